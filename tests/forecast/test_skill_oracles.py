"""Scores against other people's: scoringrules for CRPS and pinball, scipy for PIT, counts and definitions by hand for the rest.

The CRPS here is that of the empirical distribution (scoringrules' `nrg`, and `qd`), not the `fair` one, which would be that of
infinitely many members: few members are penalised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import scoringrules
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import percentileofscore

from waterbalance.forecast.skill import coverage, crps, mase, pinball, probability_integral_transform, seasonal_scale

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

values = st.floats(-1.0e4, 1.0e4, allow_subnormal=False)
coarse = st.integers(-5, 5).map(float)
"""Values that often agree."""

levels = st.floats(0.01, 0.99)


def ensembles(elements: st.SearchStrategy[float]) -> st.SearchStrategy[tuple[Floats, Floats]]:
    """Members, shape (steps, members), and what came, shape (steps,)."""
    shapes = st.tuples(st.integers(1, 5), st.integers(1, 25))
    return shapes.flatmap(
        lambda shape: st.tuples(arrays(float, shape, elements=elements), arrays(float, shape[0], elements=elements))
    )


@given(ensembles(values) | ensembles(coarse))
@pytest.mark.parametrize("estimator", ["nrg", "qd"])
def test_crps(estimator: str, case: tuple[Floats, Floats]) -> None:
    members, came = case
    assert crps(members, came) == pytest.approx(scoringrules.crps_ensemble(came, members, estimator=estimator), abs=1e-7)


@given(ensembles(values))
def test_the_fair_crps_is_another(case: tuple[Floats, Floats]) -> None:
    """fair = crps - mean |x_i - x_j| / (2 (members - 1)), the mean over all pairs."""
    members, came = case
    size = members.shape[1]
    assume(size > 1)
    pairs = np.abs(members[:, :, None] - members[:, None, :]).mean(axis=(1, 2))
    fair = scoringrules.crps_ensemble(came, members, estimator="fair")
    assert crps(members, came) - pairs / (2.0 * (size - 1)) == pytest.approx(fair, abs=1e-7)


@given(ensembles(values) | ensembles(coarse), levels)
def test_pinball(case: tuple[Floats, Floats], level: float) -> None:
    quantiles, came = case[0][:, 0], case[1]
    assert pinball(quantiles, came, level) == pytest.approx(scoringrules.quantile_score(came, quantiles, level), abs=1e-9)


@given(ensembles(coarse))
def test_pit(case: tuple[Floats, Floats]) -> None:
    members, came = case
    ranks = [percentileofscore(row, value, kind="mean") / 100.0 for row, value in zip(members, came, strict=True)]
    assert probability_integral_transform(members, came) == pytest.approx(ranks)


def test_pit_of_what_is_unknown() -> None:
    assert np.isnan(probability_integral_transform([[1.0, 2.0]], [np.nan])).all()


@given(ensembles(coarse), st.integers(0, 4))
def test_coverage(case: tuple[Floats, Floats], unknown: int) -> None:
    """Counted one by one; both bounds belong to the interval, and unknown values count nowhere."""
    members, came = case
    low, high = members.min(axis=1), members.max(axis=1)
    came = np.where(np.arange(len(came)) == unknown, np.nan, came)
    known = [number for number in range(len(came)) if number != unknown]
    held = sum(1 for number in known if low[number] <= came[number] <= high[number])
    if known:
        assert coverage(low, high, came) == held / len(known)
    else:
        assert np.isnan(coverage(low, high, came))


@given(arrays(float, st.integers(9, 40), elements=values), arrays(float, (2, 5), elements=values), st.integers(1, 7))
def test_mase_is_the_published_definition(history: Floats, ahead: Floats, season: int) -> None:
    """Hyndman and Athanasopoulos (2021), 5.8: mean of |e_j| / (1 / (T - m) sum_{t = m + 1}^{T} |y_t - y_{t - m}|)."""
    total = 0.0
    for t in range(season, len(history)):
        total += abs(history[t] - history[t - season])
    scale = total / (len(history) - season)
    assume(scale > 1.0e-6)
    scaled = [abs(forecast - came) / scale for forecast, came in ahead.T]
    assert mase(ahead[0], ahead[1], history, season) == pytest.approx(sum(scaled) / len(scaled), rel=1e-9, abs=1e-12)


def test_the_seasonal_naive_has_a_mase_of_one_within_its_history() -> None:
    history = np.random.default_rng(0).gamma(2.0, size=100)
    assert mase(history[:-7], history[7:], history, season=7) == pytest.approx(1.0)
    assert seasonal_scale(history, 7) == pytest.approx(np.abs(history[7:] - history[:-7]).mean())
