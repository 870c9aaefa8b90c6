"""A past season planned again: recorded days stay, other days are forecast."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waterbalance.forecast.climatology import TenDayClimatology
from waterbalance.forecast.recorded import RecordedFirst
from waterbalance.horizon import Horizon, plan_horizon


@pytest.fixture
def ten_day_means() -> pd.Series:
    """Ten-day means of 2018 to February 2021: the year before 2018 in hundreds, and the period in ones."""
    days = pd.date_range("2018-01-01", "2021-02-28")
    starts = days[days.day.isin([1, 11, 21])]
    return pd.Series((starts.year - 2017) * 100.0 + starts.month, index=starts)


def test_recorded_days_are_told_as_they_were(ten_day_means: pd.Series) -> None:
    horizon = plan_horizon(dt.date(2021, 1, 1), last_day=dt.date(2021, 2, 28), daily_steps=2)
    forecast = RecordedFirst(TenDayClimatology()).fit(ten_day_means).predict(horizon)
    assert forecast.label == "recorded"
    assert forecast.members == 1
    expected = np.where([start.month == 1 for start in horizon.starts], 401.0, 402.0) * horizon.days
    np.testing.assert_allclose(forecast.values[:, 0], expected)


def test_days_beyond_the_record_are_those_of_the_other_forecaster(ten_day_means: pd.Series) -> None:
    horizon = plan_horizon(dt.date(2022, 1, 1), last_day=dt.date(2022, 2, 28))
    both = RecordedFirst(TenDayClimatology()).fit(ten_day_means).predict(horizon, members=3, seed=5)
    alone = TenDayClimatology().fit(ten_day_means).predict(horizon, members=3, seed=5)
    np.testing.assert_array_equal(both.values, alone.values)
    assert both.label == alone.label


def test_a_step_may_be_recorded_in_part(ten_day_means: pd.Series) -> None:
    horizon = Horizon((dt.date(2021, 2, 25), dt.date(2021, 3, 5)))
    forecast = RecordedFirst(TenDayClimatology()).fit(ten_day_means).predict(horizon, members=3)
    march = TenDayClimatology().fit(ten_day_means).predict(Horizon((dt.date(2021, 3, 1), dt.date(2021, 3, 5))), members=3)
    assert sorted(forecast.values[0]) == pytest.approx(sorted(4 * 402.0 + march.values[0]))
    assert forecast.label.startswith("recorded on 4 of 8 days, else climatology")


def test_levels_are_averaged(ten_day_means: pd.Series) -> None:
    horizon = Horizon((dt.date(2021, 1, 1), dt.date(2021, 1, 11)))
    forecast = RecordedFirst(TenDayClimatology(kind="level"), kind="level").fit(ten_day_means).predict(horizon)
    assert forecast.values[0, 0] == pytest.approx(401.0)
