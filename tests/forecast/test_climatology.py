"""Ten-day climatology on synthetic years and on the real inflow of a reservoir."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterbalance.errors import InputError
from waterbalance.forecast.climatology import TenDayClimatology
from waterbalance.forecast.daily_steps import days_of, over_steps
from waterbalance.forecast.ten_day_record import period_index
from waterbalance.horizon import Horizon, plan_horizon

if TYPE_CHECKING:
    from pathlib import Path

ZENGWEN = 30502


def whole_years(first: int, last: int) -> pd.Series:
    """Each ten-day period of each year has its own value: year + period / 100."""
    days = pd.date_range(f"{first}-01-01", f"{last}-12-31")
    return pd.Series(days.year + period_index(days) % 36 / 100.0, index=days)


@pytest.fixture(scope="module")
def zengwen(shared: Path) -> pd.Series:
    """Daily inflow [m3/day]."""
    rows = pd.read_csv(shared / "kaohsiung" / "reservoir" / "wra_daily_south_2010_2021.csv", parse_dates=["date"])
    return rows[rows["reservoir_id"] == ZENGWEN].set_index("date")["inflow_1e4m3_per_day"] * 1.0e4


def test_a_member_is_one_year_across_the_new_year() -> None:
    """Members that start in 2010 go on in 2011; the last year lacks its sequel and is left out."""
    horizon = Horizon((dt.date(2024, 12, 21), dt.date(2025, 1, 1), dt.date(2025, 1, 11)))
    forecast = TenDayClimatology(kind="level").fit(whole_years(2010, 2013)).predict(horizon, members=3)
    assert sorted(map(tuple, forecast.values.T.round(6))) == [(2010.35, 2011.0), (2011.35, 2012.0), (2012.35, 2013.0)]


def test_steps_across_periods_are_weighted_by_days() -> None:
    """A step from 8 to 13 May holds three days of one period and two of the next."""
    horizon = Horizon((dt.date(2024, 5, 8), dt.date(2024, 5, 13)))
    forecast = TenDayClimatology().fit(whole_years(2010, 2010)).predict(horizon, members=1)
    assert forecast.values[0, 0] == pytest.approx(3 * 2010.12 + 2 * 2010.13)


def test_every_year_is_dealt_equally_often() -> None:
    forecast = TenDayClimatology().fit(whole_years(2010, 2019)).predict(plan_horizon(dt.date(2021, 2, 3)), members=100)
    counts = pd.Series(forecast.values[0]).value_counts()
    assert counts.tolist() == [10] * 10


def test_one_year_is_enough_across_the_new_year() -> None:
    """With a single year no sequence is complete; the unknown part takes the typical value."""
    forecast = (
        TenDayClimatology(kind="level").fit(whole_years(2010, 2010)).predict(plan_horizon(dt.date(2020, 12, 25)), members=2)
    )
    assert np.isfinite(forecast.values).all()


def test_an_uncovered_period_is_refused() -> None:
    with pytest.raises(InputError, match="none in period 34, 35, 36"):
        TenDayClimatology().fit(whole_years(2010, 2010)[:"2010-11-30"])


@settings(max_examples=40, deadline=None)
@given(st.dates(dt.date(2020, 1, 1), dt.date(2023, 12, 31)), st.lists(st.integers(1, 25), min_size=1, max_size=12))
def test_volume_is_conserved_on_any_steps(start: dt.date, lengths: list[int]) -> None:
    """The steps of any horizon add up to ten-day mean x days, however it is cut."""
    edges = np.cumsum([0, *lengths])
    horizon = Horizon(tuple(start + dt.timedelta(days=int(edge)) for edge in edges))
    whole = Horizon((horizon.start, horizon.end))
    forecaster = TenDayClimatology().fit(whole_years(2010, 2015))
    parts = forecaster.predict(horizon, members=6, seed=1).values.sum(axis=0)
    assert parts == pytest.approx(forecaster.predict(whole, members=6, seed=1).values[0])


def test_summer_time_lengthens_the_day() -> None:
    """The day on which clocks go back has 25 hours, and its amount is larger by a twenty-fourth."""
    horizon = Horizon((dt.date(2021, 10, 30), dt.date(2021, 10, 31), dt.date(2021, 11, 1)), "Europe/London")
    assert over_steps(np.full((2, 1), 24.0), horizon)[:, 0] == pytest.approx([24.0, 25.0])
    assert over_steps(np.full((2, 1), 24.0), horizon, "level")[:, 0] == pytest.approx([24.0, 24.0])


def test_real_inflow_keeps_the_volume_of_its_years(zengwen: pd.Series) -> None:
    """A member of whole ten-day periods has exactly the volume that its year brought."""
    horizon = Horizon((*(dt.date(2021, month, day) for month in (2, 3, 4) for day in (1, 11, 21)), dt.date(2021, 5, 1)))
    history = zengwen[:"2020-12-31"]
    forecast = TenDayClimatology().fit(history).predict(horizon, members=100)
    told = set(np.round(forecast.values.sum(axis=0), 3))
    complete = {year: history[f"{year}-02-01" : f"{year}-04-30"] for year in (2010, 2011, 2013, 2014, 2015, 2017, 2018, 2019)}
    brought = {round(float(spring.sum()), 3) for spring in complete.values() if len(spring) == 89}
    assert len(brought) >= 5
    assert brought <= told


def test_real_inflow_sums_ten_day_means(zengwen: pd.Series) -> None:
    """On the default horizon the sum over the steps is the sum of ten-day means x days."""
    horizon = plan_horizon(dt.date(2021, 2, 3))
    forecaster = TenDayClimatology().fit(zengwen[:"2020-12-31"])
    forecast = forecaster.predict(horizon, members=10)
    days = days_of(horizon)
    assert forecaster.record_ is not None
    means = forecaster.record_.means
    filled = np.where(np.isnan(means), forecaster.record_.typical, means)
    by_year = filled[:, period_index(days) % 36].sum(axis=1)
    for total in forecast.values.sum(axis=0):
        assert np.isclose(by_year, total, rtol=1e-12).any()
    assert forecast.filled == len(pd.date_range(zengwen.index[0], "2020-12-31")) - len(zengwen[:"2020-12-31"])


def test_the_same_seed_deals_the_same_years_everywhere(zengwen: pd.Series) -> None:
    """Two places with the same days of record: a member is the same year at both."""
    horizon = plan_horizon(dt.date(2021, 2, 3))
    past = zengwen[:"2020-12-31"]
    here = TenDayClimatology().fit(past).predict(horizon, members=30, seed=5).values
    there = TenDayClimatology().fit(past * 0.5).predict(horizon, members=30, seed=5).values
    assert there == pytest.approx(here * 0.5)
