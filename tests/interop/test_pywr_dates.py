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


def test_a_step_of_which_rows_are_missing_has_no_value() -> None:
    """Pywr refuses such a table: it has no frequency."""
    series = pd.Series([1.0, 3.0, 4.0], index=pd.DatetimeIndex(["2015-01-01", "2015-01-03", "2015-01-04"]))
    assert on_steps(series, three_days()) == {FIRST: 1.0, dt.date(2015, 1, 3): 3.0}


def test_a_missing_day_is_missing_in_a_longer_step() -> None:
    series = pd.Series([1.0, 3.0, 4.0, 5.0], index=pd.DatetimeIndex(["2015-01-01", "2015-01-03", "2015-01-04", "2015-01-05"]))
    steps = Steps((FIRST, dt.date(2015, 1, 3), dt.date(2015, 1, 5)), days=2, months=None)
    assert on_steps(series, steps) == {dt.date(2015, 1, 3): 3.5}


@pytest.mark.parametrize(
    "dates",
    [
        ["2014-10-01", "2015-01-01", "2015-04-01"],
        ["2014-12-31", "2015-03-31", "2015-06-30"],
        ["2014-01-01", "2015-01-01", "2016-01-01"],
        ["2014-12-01", "2015-01-01", "2015-02-01"],
        ["2014-12-31", "2015-01-31", "2015-02-28"],
        ["2014-12-27", "2015-01-03", "2015-01-10"],
    ],
)
def test_periods_of_equal_length_hold_until_the_next(dates: list[str]) -> None:
    series = pd.Series([1.0, 2.0, 3.0], index=pd.DatetimeIndex(dates))
    assert on_steps(series, three_days()) == dict.fromkeys((FIRST, dt.date(2015, 1, 2), dt.date(2015, 1, 3)), 2.0)


def test_a_missing_month_is_missing() -> None:
    series = pd.Series([1.0, 2.0, 3.0], index=pd.DatetimeIndex(["2014-11-01", "2014-12-01", "2015-02-01"]))
    assert on_steps(series, three_days()) == {}
