"""Demand of an irrigation zone from its crop calendar and weather."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterbalance.errors import InputError
from waterbalance.forecast.agriculture import CropDemand
from waterbalance.forecast.crop import Crop
from waterbalance.horizon import Horizon
from waterbalance.hydrology.crop_water import CropCoefficients, GrowthStages, fao56_coefficients

NOTHING = pd.Series(dtype=float)
EVAPOTRANSPIRATION = (0.004,) * 36
DRY = (0.0,) * 36
HECTARE = 10_000.0
RICE = Crop(
    "rice", HECTARE, (2, 1), GrowthStages(20, 30, 40, 30), fao56_coefficients("rice"),
    percolation=0.004, preparation_depth=0.18, preparation_days=20,
)  # fmt: skip


def zone(*crops: Crop, rain: tuple[float, ...] = DRY, efficiency: float = 0.75) -> CropDemand:
    return CropDemand(crops, efficiency, EVAPOTRANSPIRATION, rain)


def daily(start: dt.date, days: int) -> Horizon:
    return Horizon(tuple(start + dt.timedelta(days=day) for day in range(days + 1)))


def test_rice_by_hand() -> None:
    """Preparation 9 mm/day, then Kc ET0 + percolation, over 75 % efficiency, and nothing after harvest."""
    values = zone(RICE).fit(NOTHING).predict(daily(dt.date(2021, 1, 1), 365), members=1).values[:, 0]
    first = (dt.date(2021, 2, 1) - dt.date(2021, 1, 1)).days
    assert values[first - 21] == 0.0
    assert values[first - 20 : first] == pytest.approx(np.full(20, 0.009 * HECTARE / 0.75))
    assert values[first] == pytest.approx((1.05 * 0.004 + 0.004) * HECTARE / 0.75)
    assert values[first + 60] == pytest.approx((1.2 * 0.004 + 0.004) * HECTARE / 0.75)
    assert not values[first + 120 :].any()


def test_rain_covers_but_never_gives_back() -> None:
    """10 mm/day at 80 % covers 8 of 9 mm of preparation; 50 mm/day leaves no demand and no negative one."""
    wet = zone(RICE, rain=(0.010,) * 36).fit(NOTHING).predict(daily(dt.date(2021, 1, 20), 5), members=1).values
    assert wet == pytest.approx(np.full((5, 1), 0.001 * HECTARE / 0.75))
    flooded = zone(RICE, rain=(0.050,) * 36).fit(NOTHING).predict(daily(dt.date(2021, 1, 1), 200), members=1).values
    assert not flooded.any()


def test_usda_rain_by_hand() -> None:
    """40 mm in ten days is 32.32 mm of use; the rest of 90 mm of preparation is demanded."""
    demand = CropDemand((RICE,), 1.0, EVAPOTRANSPIRATION, (0.004,) * 36, rain_method="usda_scs").fit(NOTHING)
    horizon = Horizon((dt.date(2021, 1, 21), dt.date(2021, 1, 31)))
    assert demand.predict(horizon, members=1).values[0, 0] == pytest.approx((90.0 - 32.32) / 1000.0 * HECTARE)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 28))
def test_staggered_planting_moves_water_but_keeps_its_volume(planting_days: int, month: int, day: int) -> None:
    """Under even weather the season's volume does not depend on when and how fast the area is planted."""
    crop = Crop("beans", HECTARE, (month, day), GrowthStages(10, 20, 30, 10), CropCoefficients(0.4, 1.1, 0.5), planting_days)
    first = dt.date(2021, month, day)
    season = daily(first, planting_days + crop.stages.season)
    volume = zone(crop).fit(NOTHING).predict(season, members=1).values.sum()
    # Kc summed by hand: 10 x 0.4, the rise 0.4 ... 1.065 over 20 days, 30 x 1.1, the fall 1.1 ... 0.56 over 10 days.
    coefficient_days = 10 * 0.4 + 20 * (0.4 + 1.065) / 2 + 30 * 1.1 + 10 * (1.1 + 0.56) / 2
    assert volume == pytest.approx(coefficient_days * 0.004 * HECTARE / 0.75)


def test_staggered_planting_is_the_mean_of_its_plantings() -> None:
    """Ten plantings a day apart need on every day the mean of the ten single crops."""
    stages, coefficients = GrowthStages(10, 20, 30, 10), CropCoefficients(0.4, 1.1, 0.5)
    horizon = daily(dt.date(2021, 2, 20), 120)
    together = zone(Crop("beans", HECTARE, (3, 1), stages, coefficients, 10)).fit(NOTHING).predict(horizon, members=1).values
    alone = [
        zone(Crop("beans", HECTARE, (3, day), stages, coefficients)).fit(NOTHING).predict(horizon, members=1).values
        for day in range(1, 11)
    ]
    assert together == pytest.approx(np.mean(alone, axis=0))


def test_a_season_across_the_new_year() -> None:
    """A crop planted in November is seen in January, from the year before."""
    winter = Crop("winter", HECTARE, (11, 15), GrowthStages(20, 20, 40, 20), CropCoefficients(0.5, 1.0, 0.8))
    values = zone(winter).fit(NOTHING).predict(daily(dt.date(2021, 1, 10), 60), members=1).values[:, 0]
    assert values[0] == pytest.approx(1.0 * 0.004 * HECTARE / 0.75)
    harvest = (dt.date(2020, 11, 15) + dt.timedelta(days=100) - dt.date(2021, 1, 10)).days
    assert values[harvest - 1] > 0.0
    assert not values[harvest:].any()


def test_crops_of_a_zone_add_up() -> None:
    other = Crop("corn", 2 * HECTARE, (3, 1), GrowthStages(20, 20, 30, 10), fao56_coefficients("sweet_corn"))
    horizon = daily(dt.date(2021, 2, 1), 60)
    parts = [zone(crop).fit(NOTHING).predict(horizon, members=1).values for crop in (RICE, other)]
    both = zone(RICE, other).fit(NOTHING).predict(horizon, members=1).values
    assert both == pytest.approx(parts[0] + parts[1])


def weather(years: range) -> pd.DataFrame:
    """Rain that differs by year; days with gaps."""
    days = pd.date_range(f"{years[0]}-01-01", f"{years[-1]}-12-31")
    frame = pd.DataFrame({"evapotranspiration": 0.004, "rain": (days.year - years[0]) * 0.001}, index=days)
    frame.loc["2012-06-10":"2012-06-12", "rain"] = np.nan
    return frame


def test_members_are_weather_years() -> None:
    """A wetter year needs less; gaps are counted; the years are dealt evenly."""
    horizon = Horizon((dt.date(2021, 2, 1), dt.date(2021, 5, 1)))
    forecast = zone(RICE).fit(weather(range(2010, 2015))).predict(horizon, members=20)
    needs, counts = np.unique(forecast.values[0].round(6), return_counts=True)
    days = (dt.date(2021, 5, 1) - dt.date(2021, 2, 1)).days
    assert np.diff(needs) == pytest.approx(np.full(4, 0.8 * 0.001 * days * HECTARE / 0.75))
    assert counts.tolist() == [4] * 5
    assert forecast.filled == 3
    assert forecast.label == "weather years 2010-2014"


def test_a_column_that_is_missing_comes_from_the_table() -> None:
    horizon = Horizon((dt.date(2021, 2, 1), dt.date(2021, 5, 1)))
    both = zone(RICE).fit(weather(range(2010, 2015))).predict(horizon, members=5).values
    rain_only = zone(RICE).fit(weather(range(2010, 2015))[["rain"]]).predict(horizon, members=5).values
    assert rain_only == pytest.approx(both)


def test_faults_are_all_named() -> None:
    faulty = Crop("rice", -1.0, (2, 30), GrowthStages(-20, 100, 300, 30), CropCoefficients(9.0, 1.2, 0.9), preparation_depth=0.1)
    with pytest.raises(InputError) as caught:
        CropDemand((faulty,), 0.0, (0.004,) * 35).fit(pd.DataFrame({"humidity": [1.0]}))
    assert [str(finding).split(";")[0] for finding in caught.value.findings] == [
        "rice: area is out of its range", "rice: season and preparation is out of its range",
        "rice: the length of a growth stage is out of its range", "rice: a crop coefficient is out of its range",
        "rice: no days for the preparation water", "rice: no such planting date in every year", "efficiency is out of its range",
        "an unknown column of weather", "no evapotranspiration of the ten-day periods", "no rain of the ten-day periods",
    ]  # fmt: skip


def test_faulty_weather_names_its_column() -> None:
    frame = weather(range(2010, 2012))
    frame.iloc[5, 1] = -1.0
    with pytest.raises(InputError, match="rain, 2010-01-06: a value is too low"):
        zone(RICE).fit(frame)
