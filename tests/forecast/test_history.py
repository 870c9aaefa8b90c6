"""Histories: gaps are kept and counted, faults are all told at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.history import checked_history


def series(values: list[object], dates: list[str]) -> pd.Series:
    return pd.Series(values, index=pd.to_datetime(dates))


def test_missing_dates_and_nan_are_counted() -> None:
    history = checked_history(series([1.0, np.nan, 3.0], ["2020-01-02", "2020-01-03", "2020-01-06"]), shortest=2)
    assert history.missing == 3
    assert history.values.index.tolist() == list(pd.date_range("2020-01-02", "2020-01-06"))
    assert history.values.tolist()[0] == 1.0
    assert history.years == "2020"


def test_ten_day_means_are_spread_over_their_days() -> None:
    given = series([1.0, 2.0, 3.0, 5.0], ["2020-02-01", "2020-02-11", "2020-02-21", "2020-03-11"])
    history = checked_history(given, shortest=1)
    assert len(history.values) == 29 + 20
    assert history.values["2020-02-21":"2020-02-29"].eq(3.0).all()
    assert history.values["2020-03-01":"2020-03-10"].isna().all()
    assert history.values.iloc[-1] == 5.0
    assert history.missing == 10


def test_local_days_are_kept_across_summer_time() -> None:
    dates = pd.date_range("2021-03-25", "2021-03-31", tz="Europe/London")
    history = checked_history(pd.Series(range(7), index=dates), shortest=7)
    assert history.missing == 0
    assert history.values.index[0] == pd.Timestamp("2021-03-25")


def test_the_given_series_is_left_alone() -> None:
    given = pd.Series(np.arange(5), index=pd.date_range("2020-01-01", periods=5, tz="UTC"))
    before = given.copy()
    checked_history(given, shortest=1)
    pd.testing.assert_series_equal(given, before)


DATES = ["2020-01-01", "2020-01-02", "2020-01-03"]
FAULTS = {
    "empty": (pd.Series(dtype=float), "the history is empty"),
    "frame": (pd.DataFrame({"x": [1.0]}), "a history is one series"),
    "no dates": (pd.Series([1.0, 2.0]), "the history has no dates"),
    "missing date": (pd.Series([1.0, 2.0], index=pd.DatetimeIndex(["2020-01-01", None])), "a date is missing"),
    "text": (series(["1", "many", "3"], DATES), "2020-01-02: the history holds values that are not numbers; found 'many'"),
    "numbers as text": (series(["1", "2", "3"], DATES), "the history holds values that are not numbers"),
    "booleans": (series([True, False, True], DATES), "the history holds values that are not numbers"),
    "unsorted": (series([1.0, 2.0, 3.0], [DATES[0], DATES[2], DATES[1]]), "2020-01-02: the dates are not in order"),
    "double": (series([1.0, 2.0, 3.0], [DATES[0], DATES[1], DATES[1]]), "2020-01-02: a date stands twice"),
    "hourly": (series([1.0, 2.0], ["2020-01-01 00:00", "2020-01-01 01:00"]), "a date is not a midnight"),
    "infinite": (series([1.0, np.inf, 3.0], DATES), "2020-01-02: a value is infinite"),
    "negative": (series([1.0, 2.0, -3.0], DATES), "2020-01-03: a value is too low; found -3; allowed: 0 or more"),
    "too short": (series([1.0, np.nan, 3.0], DATES), "too few values to learn from; found 2 days; allowed: 3 days or more"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named(fault: str) -> None:
    given, message = FAULTS[fault]
    with pytest.raises(InputError) as caught:
        checked_history(given, shortest=3)
    assert message in str(caught.value)


def test_all_faults_at_once() -> None:
    given = series(["x", -1.0, np.inf], [DATES[1], DATES[0], DATES[0]])
    with pytest.raises(InputError) as caught:
        checked_history(given, shortest=10)
    assert [finding.what for finding in caught.value.findings] == [
        "the history holds values that are not numbers", "the dates are not in order", "a date stands twice",
        "a value is infinite", "a value is too low", "too few values to learn from",
    ]  # fmt: skip
