"""What a record tells on which day."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waterbalance.forecast.history import checked_history
from waterbalance.operate.rolling.known import Record


def of_ten_days() -> Record:
    """Means of ten-day periods of a spring."""
    dates = [dt.date(2021, month, day) for month in (2, 3, 4) for day in (1, 11, 21)]
    rows = pd.Series(np.arange(9.0), index=pd.DatetimeIndex(dates))
    return Record(rows, checked_history(rows, shortest=1).values)


def of_days() -> Record:
    """Every day of March."""
    rows = pd.Series(np.arange(31.0), index=pd.date_range("2021-03-01", "2021-03-31"))
    return Record(rows, rows)


@pytest.mark.parametrize(("day", "last"), [(11, 1), (12, 1), (20, 1), (21, 11), (31, 11)])
def test_a_mean_is_known_when_its_period_is_over(day: int, last: int) -> None:
    known = of_ten_days().before(dt.date(2021, 3, day))
    assert known.index[-1] == pd.Timestamp(2021, 3, last)


def test_a_day_is_known_when_it_is_over() -> None:
    known = of_days().before(dt.date(2021, 3, 15))
    assert known.index[-1] == pd.Timestamp(2021, 3, 14)


def test_every_day_of_a_period_has_its_mean() -> None:
    record = of_ten_days()
    assert [record.on(dt.date(2021, 3, day)) for day in (10, 11, 20, 21)] == [3.0, 4.0, 4.0, 5.0]
    assert record.on(dt.date(2021, 5, 1)) is None


def test_a_record_of_weather_tells_nothing_of_the_demand() -> None:
    weather = pd.DataFrame({"rain": of_days().rows})
    record = Record(weather, None)
    assert record.on(dt.date(2021, 3, 3)) is None
    assert len(record.before(dt.date(2021, 3, 3))) == 2
    assert len(Record(weather, None, whole=True).before(dt.date(2021, 3, 3))) == 31
