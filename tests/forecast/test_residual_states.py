"""Residuals by how a river stood, by hand and against what was put in."""

import numpy as np
import pytest

from waterbalance.forecast.residual_states import residual_states
from waterbalance.forecast.river_state import spread_columns

RNG = np.random.default_rng(8)


def test_three_classes_by_hand() -> None:
    """Nine days, three of them calm, three middling and three wild: a rank of one class is that of another."""
    level = np.repeat([0.0, 1.0, 2.0], 3)
    sizes = np.repeat([0.1, 1.0, 10.0], 3)
    residuals = sizes * np.tile([-1.0, 0.9, 1.1], 3)
    # Many times over, so that the ridge does not matter.
    columns = np.column_stack([np.tile(level, 500), np.ones(4500)])
    states = residual_states(np.tile(residuals, 500), columns)
    now = np.array([[0.0, 1.0], [2.0, 1.0], [2.0, 1.0], [1.0, 1.0]])
    drawn = np.array([8, 0, 4, 4])  # the largest of the wild, the least of the calm, a middling one
    assert states.lent(now, drawn) == pytest.approx([0.11, -10.0, 9.0, 0.9])


def test_sizes_beside_the_usual_ones_of_their_class() -> None:
    """Calm days leave 0.1 over, wild ones 10, so that 0.2 and 20 are twice as much; a tenth of days that leave 4 are cut at 3."""
    level = np.repeat([0.0, 1.0, 2.0], 1000)
    residuals = np.repeat([0.1, 1.0, 10.0], 1000) * np.tile([-1.0, 1.0], 1500)
    columns = np.column_stack([level, np.ones(3000)])
    states = residual_states(residuals, columns)
    now = np.array([[0.0, 1.0], [2.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]])
    told = states.sizes(np.array([-0.2, 20.0, 7.0, 0.0, np.nan]), now, 3.0)
    assert told == pytest.approx([2.0, 2.0, 3.0, 0.0, np.nan], nan_ok=True)
    # The mean of 0.8 and, on every tenth day, 4.8 is 1.2; cut at 3.6 it is 1.08.
    tailed = np.where(np.arange(3000) % 10 == 0, 4.8, 0.8)
    states = residual_states(tailed, columns)
    assert states.sizes(tailed, columns, 3.0).mean() == pytest.approx(1.0)
    assert states.sizes(np.array([0.8, 4.8]), now[:2], 3.0) == pytest.approx([0.8 / 1.08, 3.6 / 1.08])


def test_a_day_that_stood_as_today_lends_its_own_residual() -> None:
    level, before = RNG.standard_normal((2, 800))
    columns = spread_columns(level, before, RNG.random((3, 800)))
    residuals = RNG.standard_normal(800) * np.exp(0.5 * level)
    residuals[[3, 400]] = np.nan
    columns[7] = np.nan
    known = np.setdiff1d(np.arange(800), [3, 7, 400])
    states = residual_states(residuals, columns)
    assert states.lent(columns[known], known) == pytest.approx(residuals[known])
    # Days that nobody knows lend what lies in the middle.
    assert np.abs(states.lent(columns[known[0]], np.array([3, 7, 400]))).max() < 0.2


@pytest.mark.parametrize("days", [1, 2, 50])
def test_a_river_that_never_changes_leaves_nothing_over(days: int) -> None:
    columns = spread_columns(np.zeros(days), np.zeros(days), np.zeros((3, days)))
    states = residual_states(np.zeros(days), columns)
    assert states.lent(spread_columns(np.array(5.0), np.array(1.0), np.zeros(3)), np.arange(days)).tolist() == [0.0] * days
