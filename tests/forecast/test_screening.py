"""Readings that a meter cannot have meant are left out and named; what nature can do stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from waterbalance.forecast.history import History, checked_history
from waterbalance.forecast.lone_readings import lone_readings
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


@pytest.mark.parametrize("place", [0, 100, -1])
@pytest.mark.parametrize(("factor", "word"), [(1000.0, "a thousand times"), (0.001, "a thousandth")])
def test_one_reading_in_another_unit(factor: float, word: str, place: int) -> None:
    series = meter()
    series.iloc[place] *= factor
    history = looked_at(series)
    assert history.values.isna().sum() == 1
    assert np.isnan(history.values.iloc[place])
    assert history.notes[0].startswith(f"1 day left out, {series.index[place].date()}: {word}")


def test_floods_and_dry_days_are_no_unit() -> None:
    """A flood of a hundred times the base flow, one of 400 times in a place that knows such floods, a river that falls dry."""
    series = meter(1500)
    series.iloc[-1] *= 100.0
    assert looked_at(series).notes == ()
    series.iloc[[300, 301, 302, 666, 667]] *= [400.0, 200.0, 40.0, 300.0, 10.0]
    series.iloc[1030] *= 400.0  # 2022-10-27, as on 2020-10-27 and 2021-10-28
    assert looked_at(series).notes == ()
    series.iloc[[500, 502]] *= [0.0, 0.002]
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


def rivers(shared: Path) -> dict[str, pd.Series]:
    """Seven rivers, up to 136 years."""
    folder, found = shared / "forecasting" / "inflow", {}
    for file in sorted(folder.glob("*.csv.gz")):
        rows = pd.read_csv(file, parse_dates=["date"]).set_index("date")
        found |= {str(name): rows[name] for name in rows.columns if not str(name).endswith("rain_mm")}
    return found


def test_no_flood_is_lost(shared: Path) -> None:
    """No reading of seven rivers and ten districts is taken for another unit, on the day itself or seen from later.

    On the day itself: every day that rose or fell to more than 30 times, as the last and as the last but one of its record.
    """
    tried = 0
    districts = pd.read_csv(shared / "forecasting" / "bwdf" / "bwdf_daily.csv", index_col=0, parse_dates=True).iloc[:, :10]
    for series in [*rivers(shared).values(), *(districts[name] for name in districts.columns)]:
        values = checked_history(series, shortest=1).values
        jumps = np.flatnonzero(np.abs(np.log(values.where(values > 0.0)).diff()) > np.log(30.0)).tolist()
        for end in {len(values), *(day + 1 for day in jumps), *(day + 2 for day in jumps)}:
            for up in (True, False):
                assert not lone_readings(values.iloc[:end], up=up).any()
                tried += 1
    assert tried > 60


@pytest.mark.parametrize(("name", "up", "down"), [("teddington", 55, 55), ("lee", 40, 10), ("zengwen_inflow_m3s", 30, 15)])
def test_what_is_found_in_rivers(shared: Path, name: str, up: int, down: int) -> None:
    """Of 60 days on which the last reading is in another unit; in rivers with large floods many could be one."""
    values = checked_history(rivers(shared)[name], shortest=1).values
    days = np.random.default_rng(1).choice(np.flatnonzero(values.to_numpy() > 0.0)[-1000:], 60, replace=False)
    for factor, least in ((1000.0, up), (0.001, down)):
        found = 0
        for day in days:
            told = values.iloc[: day + 1].copy()
            told.iloc[-1] *= factor
            mask = lone_readings(told, up=factor > 1.0)
            assert not mask[:-1].any()
            found += int(mask[-1])
        assert found >= least
