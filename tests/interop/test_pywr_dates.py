"""Dates of tables that do not say which step a row belongs to."""

import datetime as dt

import pandas as pd
import pytest

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.series import on_steps
from waterbalance.interop.pywr.steps import Steps

FIRST = dt.date(2015, 1, 1)


def three_days() -> Steps:
    return Steps(tuple(FIRST + dt.timedelta(days=day) for day in range(4)), days=1, months=None)


def test_dates_with_a_time_zone_are_told() -> None:
    series = pd.Series([1.0, 2.0, 3.0], index=pd.date_range(FIRST, periods=3, tz="Asia/Taipei"))
    with pytest.raises(UncarriedError, match="a time zone"):
        on_steps(series, three_days())


def test_a_date_that_stands_twice_is_told_and_not_averaged() -> None:
    series = pd.Series([1.0, 2.0, 99.0], index=pd.DatetimeIndex(["2015-01-01", "2015-01-02", "2015-01-02"]))
    with pytest.raises(UncarriedError, match="2015-01-02 00:00:00 twice"):
        on_steps(series, three_days())


def test_several_hours_of_a_day_are_averaged() -> None:
    series = pd.Series([1.0, 2.0, 4.0], index=pd.DatetimeIndex(["2015-01-01 00:00", "2015-01-01 12:00", "2015-01-02"]))
    assert on_steps(series, three_days())[FIRST] == pytest.approx(1.5)
