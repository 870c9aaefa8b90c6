"""Climatology from a table of ten-day statistics."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.ten_day_statistics import TenDayStatistics
from waterbalance.horizon import Horizon

NOTHING = pd.Series(dtype=float)
YEAR = Horizon((dt.date(2021, 1, 1), dt.date(2022, 1, 1)))
TEN_DAYS = Horizon((dt.date(2021, 5, 11), dt.date(2021, 5, 21)))


def table(*, mean: bool = True) -> pd.DataFrame:
    """Quantiles that grow with the period, with a long upper tail in the mean."""
    period = np.arange(1, 37)
    columns = {"tenday": period, "q05": period * 1.0, "q50": period * 2.0, "q95": period * 6.0}
    return pd.DataFrame(columns | ({"mean": period * 4.0} if mean else {}))


def test_members_stand_at_the_quantiles() -> None:
    """Without a mean the members are the straight lines between the quantiles."""
    values = TenDayStatistics(table(mean=False), kind="level").fit(NOTHING).predict(TEN_DAYS, members=20).values[0]
    levels = (np.arange(20) + 0.5) / 20
    assert np.sort(values) == pytest.approx(14 * np.interp(levels, [0.05, 0.5, 0.95], [1.0, 2.0, 6.0]))


def test_members_keep_the_mean() -> None:
    """With a mean the tail carries what the quantiles do not show: the members' mean volume is mean x days."""
    forecast = TenDayStatistics(table()).fit(NOTHING).predict(YEAR, members=50)
    lengths = pd.Series(1, index=pd.date_range("2021-01-01", "2021-12-31"))
    expected = sum(4.0 * ((day.month - 1) * 3 + min((day.day - 1) // 10, 2) + 1) for day in lengths.index)
    assert forecast.values.mean() == pytest.approx(expected)


def test_members_are_comonotone() -> None:
    """A member keeps its rank through the season."""
    months = Horizon(tuple(dt.date(2021, month, 1) for month in range(1, 13)))
    values = TenDayStatistics(table()).fit(NOTHING).predict(months, members=15, seed=3).values
    ranks = values.argsort(axis=1)
    assert (ranks == ranks[0]).all()


def test_faults_of_a_table() -> None:
    for faulty, message in (
        (table().iloc[:-1], "found 35 rows"),
        (table()[["tenday", "q50", "mean"]], "too few quantile columns"),
        (table().assign(q50=0.0), "the quantiles of period 36 fall"),
        (table().assign(mean="x"), "period 1 has a value that is no finite number"),
    ):
        with pytest.raises(InputError, match=message):
            TenDayStatistics(faulty).fit(NOTHING)
