"""Scores against their definitions, and the rolling origin."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterbalance.errors import InputError
from waterbalance.forecast.backtest import backtest
from waterbalance.forecast.climatology import TenDayClimatology
from waterbalance.forecast.persistence import Persistence
from waterbalance.forecast.skill import coverage, crps, mase, pinball

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.forecast.forecast import Forecast
    from waterbalance.horizon import Horizon

values = st.floats(-1.0e6, 1.0e6)


@given(st.lists(values, min_size=1, max_size=30), values)
def test_crps_is_its_definition(members: list[float], observed: float) -> None:
    ensemble = np.array(members)
    pairs = np.abs(ensemble[:, None] - ensemble[None, :]).mean()
    expected = np.abs(ensemble - observed).mean() - pairs / 2.0
    assert crps(ensemble, observed) == pytest.approx(expected, abs=1e-6)
    assert crps(ensemble, observed) >= -1e-6


def test_crps_of_a_normal_ensemble() -> None:
    """A large standard normal ensemble and y = 0: (sqrt(2) - 1) / sqrt(pi)."""
    levels = (np.arange(20_000) + 0.5) / 20_000
    from scipy.special import ndtri

    assert crps(ndtri(levels), 0.0) == pytest.approx((np.sqrt(2.0) - 1.0) / np.sqrt(np.pi), abs=1e-4)


def test_crps_is_twice_the_mean_pinball() -> None:
    """Averaged over all levels the pinball loss is half the CRPS."""
    members = np.sort(np.random.default_rng(1).gamma(2.0, size=400))
    levels = (np.arange(400) + 0.5) / 400
    losses = [float(pinball(member, 1.7, level)) for member, level in zip(members, levels, strict=True)]
    assert 2.0 * np.mean(losses) == pytest.approx(float(crps(members, 1.7)), rel=1e-3)


def test_shapes_and_missing_values() -> None:
    scores = crps(np.array([[1.0, 3.0], [2.0, 2.0]]), np.array([2.0, np.nan]))
    assert scores[0] == pytest.approx(0.5)
    assert np.isnan(scores[1])


def test_pinball_mase_and_coverage_by_hand() -> None:
    assert pinball([1.0, 3.0], 2.0, 0.9) == pytest.approx([0.9, 0.1])
    assert mase([1.0, 2.0], [2.0, np.nan], [0.0, 2.0, 0.0, 2.0], season=1) == pytest.approx(0.5)
    assert np.isnan(mase([1.0], [2.0], [5.0, 5.0, 5.0], season=1))
    assert coverage([0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.5, 2.0, np.nan]) == pytest.approx(0.5)


@dataclass
class Spy:
    """Writes down the last day that each fit saw."""

    seen: list[pd.Timestamp] = field(default_factory=list)
    inner: Persistence = field(default_factory=Persistence)

    def __deepcopy__(self, memo: dict[int, object]) -> Spy:
        return Spy(self.seen)

    def fit(self, history: pd.Series) -> Self:
        self.seen.append(history.index[-1])
        self.inner.fit(history)
        return self

    def predict(self, horizon: Horizon, *, members: int = 100, seed: int = 0) -> Forecast:
        assert pd.Timestamp(horizon.start) == self.seen[-1] + pd.Timedelta(days=1)
        return self.inner.predict(horizon, members=members, seed=seed)


def ramp(days: int = 100) -> pd.Series:
    return pd.Series(np.arange(days, dtype=float), index=pd.date_range("2020-01-01", periods=days))


def test_backtest_rolls_its_origin() -> None:
    """Persistence on a ramp is wrong by exactly the lead."""
    spy = Spy()
    scores = backtest(spy, ramp(), first_cutoff=dt.date(2020, 2, 1), days_ahead=5, every=7)
    assert spy.seen == list(scores["cutoff"].unique())
    assert len(scores) == 5 * len(spy.seen)
    assert scores["cutoff"].max() + pd.Timedelta(days=5) <= ramp().index[-1]
    assert scores["crps"].tolist() == scores["lead"].tolist()
    assert (scores["date"] - scores["cutoff"]).dt.days.tolist() == scores["lead"].tolist()


def test_backtest_leaves_the_forecaster_alone_and_skips_what_is_unknown() -> None:
    history = ramp()
    history.iloc[40] = np.nan
    forecaster = Persistence()
    scores = backtest(forecaster, history, first_cutoff=dt.date(2020, 2, 1), days_ahead=20)
    assert forecaster.last_ is None
    assert scores["crps"].isna().tolist() == scores["observed"].isna().tolist()
    assert scores["crps"].isna().sum() == scores["date"].eq(history.index[40]).sum() > 0


@pytest.mark.parametrize("cutoff", [dt.date(2019, 12, 1), dt.date(2020, 4, 1)])
def test_backtest_without_an_origin_is_refused(cutoff: dt.date) -> None:
    with pytest.raises(InputError, match="no origin fits"):
        backtest(Persistence(), ramp(), first_cutoff=cutoff)


def test_climatology_beats_persistence_on_real_inflow(shared: Path) -> None:
    """Last 30 % of a reservoir's record: from the second week on the past years are the better guess."""
    rows = pd.read_csv(shared / "kaohsiung" / "reservoir" / "wra_daily_south_2010_2021.csv", parse_dates=["date"])
    inflow = rows[rows["reservoir_id"] == 30502].set_index("date")["inflow_1e4m3_per_day"]
    cutoff = inflow.index[int(0.7 * len(inflow))].date()
    climatology, persistence = (
        backtest(forecaster, inflow, first_cutoff=cutoff, every=20).query("lead > 7")["crps"].mean()
        for forecaster in (TenDayClimatology(), Persistence())
    )
    assert climatology < 0.7 * persistence
