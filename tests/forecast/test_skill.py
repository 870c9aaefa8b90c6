"""Scores against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterbalance.forecast.skill import coverage, crps, mase, pinball

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
