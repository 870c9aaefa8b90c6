"""Arrays in, outcome out: what is asked is told apart from what was found, and added rows leave no trace."""

# ruff: noqa: ANN401 (the binding of HiGHS is untyped)

from typing import Any

import highspy
import numpy as np
import pytest
import scipy.sparse as sp

from waterbalance.solver.highs import COARSE_TOLERANCE, FEASIBILITY_TOLERANCE, WarmSolver
from waterbalance.solver.outcome import Have, Stop
from waterbalance.solver.program import Program
from waterbalance.solver.scaling import column_scales, row_scales, volume_scale

INFINITE = np.inf


def program(
    matrix: list[list[float]],
    row_lower: list[float],
    row_upper: list[float],
    upper: list[float],
    integer: tuple[int, ...] = (),
) -> Program:
    columns = len(upper)
    whole = np.isin(np.arange(columns), integer)
    return Program(
        sp.csr_array(np.array(matrix, dtype=float)),
        np.array(row_lower, dtype=float),
        np.array(row_upper, dtype=float),
        np.zeros(columns),
        np.array(upper, dtype=float),
        whole,
        whole,
    )


def two_sources(unit: float = 1.0) -> Program:
    """x + y >= 10, x <= 6."""
    return program([[1, 1]], [10 * unit], [INFINITE], [6 * unit, INFINITE])


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e9])
def test_values_duals_and_objective_come_in_own_units(unit: float) -> None:
    outcome = WarmSolver(two_sources(unit)).minimise(np.array([1.0, 3.0]))
    assert (outcome.stop, outcome.have) == (Stop.FINISHED, Have.OPTIMUM)
    assert outcome.values / unit == pytest.approx([6, 4])
    assert outcome.objective / unit == pytest.approx(18)
    assert outcome.row_dual == pytest.approx([3])
    assert outcome.column_dual == pytest.approx([-2, 0])


def test_infeasible_and_unbounded_are_told_apart() -> None:
    nothing = WarmSolver(program([[1, 1]], [10], [INFINITE], [3, 4])).minimise(np.ones(2))
    assert (nothing.have, nothing.usable) == (Have.INFEASIBLE, False)
    endless = WarmSolver(program([[1, -1]], [0], [INFINITE], [INFINITE, INFINITE])).minimise(-np.ones(2))
    assert (endless.have, endless.usable) == (Have.UNBOUNDED, False)


def test_a_conflict_is_the_smallest_set() -> None:
    """The second row has nothing to do with it."""
    solver = WarmSolver(program([[1, 0], [0, 1]], [10, 1], [INFINITE, INFINITE], [3, 4]))
    assert solver.minimise(np.ones(2)).have is Have.INFEASIBLE
    rows, columns, _ = solver.conflict()
    assert (rows.tolist(), columns.tolist()) == ([0], [0])


def test_added_rows_and_columns_are_forgotten() -> None:
    solver = WarmSolver(two_sources())
    cost = np.array([1.0, 3.0])
    before = solver.minimise(cost)
    column = solver.add_columns(1, 0.0, INFINITE, volumes=True)
    solver.add_rows(sp.csr_array(np.array([[1.0, 0.0, -1.0]])), np.array([-INFINITE]), np.array([2.0]))
    tighter = solver.minimise(np.array([1.0, 3.0, 5.0]))
    assert column.tolist() == [2]
    assert tighter.values == pytest.approx([2, 8, 0])
    solver.drop_added()
    assert solver.minimise(cost).values == pytest.approx(before.values)


def test_vectors_change_in_place() -> None:
    solver = WarmSolver(two_sources())
    solver.minimise(np.array([1.0, 3.0]))
    solver.update(program([[1, 1]], [20], [INFINITE], [5, INFINITE]))
    assert solver.minimise(np.array([1.0, 3.0])).values == pytest.approx([5, 15])


def test_another_matrix_is_handed_over() -> None:
    solver = WarmSolver(two_sources())
    solver.minimise(np.array([1.0, 3.0]))
    solver.update(program([[2, 1]], [10], [INFINITE], [6, INFINITE]))
    assert solver.minimise(np.array([1.0, 3.0])).objective == pytest.approx(5)


def test_a_switch_is_held_before_its_result_counts() -> None:
    """x <= 1e9 x on: a switch a billionth open would let a cubic metre through."""
    made = program([[1, -1e9], [1, 0]], [-INFINITE, 1], [0, INFINITE], [INFINITE, 1], integer=(1,))
    outcome = WarmSolver(made).minimise(np.array([0.0, 1.0]))
    assert outcome.values[1] == 1
    assert outcome.objective == pytest.approx(1)


def test_a_far_basis_costs_no_more_than_a_cold_start() -> None:
    """Where the warm start is given up the cold one answers, and the answer is the same."""
    numbers = np.random.default_rng(1)
    matrix = sp.csr_array(sp.random_array((400, 300), density=0.05, rng=numbers)) + sp.eye_array(400, 300)
    endless = np.full(300, INFINITE)

    def demand(seed: int) -> Program:
        lower = np.random.default_rng(seed).uniform(1, 100, 400)
        lower[300:] = 0.0
        none = np.zeros(300, dtype=bool)
        return Program(sp.csr_array(matrix), lower, np.full(400, INFINITE), np.zeros(300), endless, none, none)

    solver, costs = WarmSolver(demand(1)), np.random.default_rng(9).uniform(1, 2, (2, 300))
    solver.minimise(costs[0])
    solver.update(demand(2))
    assert solver.minimise(costs[1]).objective == pytest.approx(WarmSolver(demand(2)).minimise(costs[1]).objective, rel=1e-9)


def test_scales_are_powers_of_two_near_the_volumes() -> None:
    made = two_sources(1e8)
    scale = volume_scale(made)
    assert np.log2(scale) == np.round(np.log2(scale))
    assert 0.1 < scale / 8e8 < 10
    assert column_scales(made, scale).tolist() == [scale, scale]
    assert row_scales(made, scale).tolist() == [scale]


def test_switches_are_not_scaled() -> None:
    made = program([[1, -5e6], [0, 1]], [-INFINITE, 0], [0, 1], [1e7, 1], integer=(1,))
    scale = volume_scale(made)
    assert column_scales(made, scale).tolist() == [scale, 1.0]
    assert row_scales(made, scale).tolist() == [scale, 1.0]


class GivesUp:
    """HiGHS in trouble: it ends without a result as long as it is asked for more than a tolerance."""

    def __init__(self, highs: Any, least: float) -> None:
        self._highs = highs
        self._least = least

    def __getattr__(self, name: str) -> Any:
        return getattr(self._highs, name)

    def getModelStatus(self) -> highspy.HighsModelStatus:  # noqa: N802 (HiGHS calls it so)
        in_trouble = self._highs.getOptionValue("primal_feasibility_tolerance")[1] < self._least
        return highspy.HighsModelStatus.kUnknown if in_trouble else self._highs.getModelStatus()


@pytest.mark.parametrize("least", [FEASIBILITY_TOLERANCE, 1e-8, COARSE_TOLERANCE])
def test_the_tolerance_that_came_through_is_told_and_not_kept(least: float) -> None:
    solver = WarmSolver(two_sources())
    solver._highs = GivesUp(solver._highs, least)
    outcome = solver.minimise(np.array([1.0, 3.0]))
    assert outcome.tolerance == pytest.approx(least)
    assert outcome.values == pytest.approx([6, 4])
    solver._highs = solver._highs._highs
    assert solver.minimise(np.array([2.0, 3.0])).tolerance == FEASIBILITY_TOLERANCE


def test_whole_numbers_are_not_infeasible_because_the_presolve_says_so() -> None:
    """HiGHS 1.15.1 by itself finds this infeasible: a town of 5 behind a lake and two works of which two may run at a time.

    Columns: stored, spilt, from the lake, the same, how many run, which ones (3), from the works, used, brought, short, wasted,
    from the wells. Nothing at all is a plan, and so is 5 from the works; both cost 5.
    """
    rows: list[tuple[dict[int, float], float, float]] = [
        ({0: -1, 1: 1, 2: 1}, 1, 1),
        ({1: 1, 3: -1}, 0, 0),
        ({3: 1, 5: -8}, -INFINITE, 0),
        ({6: -6, 8: 1}, -INFINITE, 0),
        ({7: -5, 13: 1}, -INFINITE, 0),
        ({4: 1, 5: -1, 6: -1, 7: -1}, 0, 0),
        ({3: -1, 8: -1, 10: 1, 13: -1}, 0, 0),
        ({9: 1, 10: -1, 12: 1}, 0, 0),
        ({9: 1, 11: 1}, 5, 5),
    ]
    upper = [70, INFINITE, 70, 8, 2, 1, 1, 1, 6, INFINITE, INFINITE, INFINITE, INFINITE, 5]
    matrix = [[entries.get(column, 0.0) for column in range(len(upper))] for entries, _, _ in rows]
    town = program(matrix, [row[1] for row in rows], [row[2] for row in rows], upper, integer=(5, 6, 7))
    cost = np.zeros(len(upper))
    cost[[3, 8, 11, 13]] = [2, 1, 1, 2]
    outcome = WarmSolver(town).minimise(cost)
    assert (outcome.stop, outcome.have) == (Stop.FINISHED, Have.OPTIMUM)
    assert outcome.objective == pytest.approx(5)


def test_whole_numbers_that_are_infeasible_stay_so() -> None:
    none = WarmSolver(program([[2, 2]], [1], [1], [3, 3], integer=(0, 1))).minimise(np.ones(2))
    assert (none.stop, none.have) == (Stop.FINISHED, Have.INFEASIBLE)
