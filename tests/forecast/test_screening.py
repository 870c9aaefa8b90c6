"""Readings that a meter cannot have meant are left out and named; what nature can do stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from waterbalance.forecast.history import History, checked_history
from waterbalance.forecast.screening import screened

if TYPE_CHECKING:
    from pathlib import Path


def meter(days: int = 400) -> pd.Series:
    noise = np.random.default_rng(3).standard_normal(days)
    return pd.Series(1000.0 * np.exp(0.1 * noise), index=pd.date_range("2020-01-01", periods=days))


def looked_at(series: pd.Series) -> History:
    return screened(checked_history(series, shortest=1))


def test_a_sound_meter_is_left_alone() -> None:
    history = checked_history(meter(), shortest=1)
    assert screened(history) is history


@pytest.mark.parametrize(("factor", "word"), [(1000.0, "a thousand times"), (0.001, "a thousandth")])
def test_days_in_another_unit(factor: float, word: str) -> None:
    series = meter()
    series.iloc[100:103] *= factor
    history = looked_at(series)
    assert history.missing == 3
    assert history.values.iloc[100:103].isna().all()
    assert len(history.notes) == 1
    assert "3 days left out, 2020-04-10 to 2020-04-12" in history.notes[0]
    assert word in history.notes[0]


def test_one_high_day_is_no_unit() -> None:
    series = meter()
    series.iloc[100] *= 1000.0
    assert looked_at(series).notes == ()


def test_a_stuck_meter() -> None:
    series = meter()
    series.iloc[50:57] = 990.0
    history = looked_at(series)
    assert history.missing == 7
    assert "7 days left out, 2020-02-20 to 2020-02-26: the same value day after day" in history.notes[0]
    series.iloc[50:57] = 0.0
    assert looked_at(series).notes == ()


def test_six_equal_days_and_figures_set_by_people_are_no_fault() -> None:
    series = meter()
    series.iloc[50:56] = 990.0
    assert looked_at(series).notes == ()
    assert looked_at(series * 0.0 + 5.0).notes == ()


def test_ten_day_means_are_no_stuck_meter() -> None:
    dates = [f"2020-{month:02d}-{day:02d}" for month in range(1, 13) for day in (1, 11, 21)]
    means = pd.Series(np.arange(36.0), index=pd.to_datetime(dates))
    assert looked_at(means).notes == ()
    means.iloc[3:30] = np.nan
    assert looked_at(means).notes == ()
    means.iloc[3:30] = 0.0
    assert looked_at(means).notes == ()


def test_real_reservoirs(shared: Path) -> None:
    """Twelve years of twelve rivers: floods a thousand times the median are no unit, and rounded low flows no stuck meter.

    One figure was really copied from day to day: Jiaxian Weir, when its water level was not told either.
    """
    rows = pd.read_csv(shared / "kaohsiung" / "reservoir" / "wra_daily_south_2010_2021.csv", parse_dates=["date"])
    found = {}
    for name, record in rows.groupby("name_en"):
        inflow = record.set_index("date")["inflow_1e4m3_per_day"].clip(lower=0.0)
        found[name] = looked_at(inflow[~inflow.index.duplicated()]).notes
    assert [name for name, notes in found.items() if notes] == ["Jiaxian Weir"]
    assert found["Jiaxian Weir"][0].startswith("9 days left out, 2021-04-14 to 2021-04-22")


@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_days_in_another_unit_in_a_dry_season(factor: float) -> None:
    """A fifth of the usual flow, a thousand times: 200 times the median of the year, but a thousand times that of the month."""
    series = meter() * np.where(np.arange(400) < 250, 1.0, 0.2 if factor > 1.0 else 5.0)
    series.iloc[-5:] *= factor
    history = looked_at(series)
    assert history.missing == 5
    assert "5 days left out, 2021-01-30 to 2021-02-03" in history.notes[0]
