"""A past season of an irrigation zone planned again: its weather as it was, by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.agriculture import CropDemand
from waterbalance.forecast.crop import Crop
from waterbalance.forecast.recorded_weather import FORESIGHT, RecordedWeather
from waterbalance.horizon import Horizon
from waterbalance.hydrology.crop_water import CropCoefficients, GrowthStages

CROP = Crop("all year", 1e6, (1, 1), GrowthStages(0, 0, 365, 0), CropCoefficients(1.0, 1.0, 1.0))
ZONE = CropDemand((CROP,), 0.5)


def weather(end: str) -> pd.DataFrame:
    """No rain; 1 mm a day in 2019, 2 mm in 2020, 3 mm in 2021."""
    days = pd.date_range("2019-01-01", end)
    return pd.DataFrame({"evapotranspiration": (days.year - 2018) / 1000.0, "rain": 0.0}, days)


def told(end: str, first: dt.date, last: dt.date) -> tuple[list[float], tuple[str, ...], str]:
    forecast = RecordedWeather(ZONE).fit(weather(end)).predict(Horizon((first, last)), members=2)
    return sorted(set(np.round(forecast.values[0], 6).tolist())), forecast.notes, forecast.label


def test_days_on_record_are_reckoned_as_they_were() -> None:
    """3 mm on 100 ha at half efficiency over ten days of 2021."""
    values, notes, label = told("2021-12-31", dt.date(2021, 3, 1), dt.date(2021, 3, 11))
    assert values == pytest.approx([10 * 1e6 * 0.003 / 0.5])
    assert FORESIGHT in notes
    assert label == "recorded weather to 2021-03-10"


def test_days_beyond_the_record_are_those_of_the_years_before() -> None:
    """Ten days on record, then the ten after them as in 2019 and 2020: 30 mm + 10 mm or 20 mm."""
    values, notes, label = told("2021-03-10", dt.date(2021, 3, 1), dt.date(2021, 3, 21))
    assert values == pytest.approx([1e6 * 0.040 / 0.5, 1e6 * 0.050 / 0.5])
    assert label == "recorded weather to 2021-03-10"
    assert any("of 20 days, the first 2021-03-11" in note for note in notes)


def test_after_the_record_it_is_the_forecaster_alone() -> None:
    ahead = Horizon((dt.date(2022, 3, 1), dt.date(2022, 3, 11)))
    alone = ZONE.fit(weather("2021-12-31")).predict(ahead, members=4, seed=3)
    again = RecordedWeather(ZONE).fit(weather("2021-12-31")).predict(ahead, members=4, seed=3)
    np.testing.assert_array_equal(again.values, alone.values)
    assert (again.label, again.notes) == (alone.label, alone.notes)


def test_the_forecaster_alone_refuses_to_forecast_what_its_record_knows() -> None:
    with pytest.raises(InputError, match="begins in the history"):
        ZONE.fit(weather("2021-12-31")).predict(Horizon((dt.date(2021, 3, 1), dt.date(2021, 3, 11))))
