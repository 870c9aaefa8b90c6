"""Long programs from their typical season: the optimum of a cold start, whatever they begin with."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import linprog

from waterbalance.errors import UsageError
from waterbalance.solver.alike import Alike
from waterbalance.solver.long import LongSolver
from waterbalance.solver.outcome import Have
from waterbalance.solver.program import Program

SEASON = 12
CAPACITY = 100.0


def lake(inflow: np.ndarray, wanted: np.ndarray, keeps: float = 0.99) -> Program:
    """A lake that feeds a user and spills, month by month: storage, delivery and spill are columns of each step.

    storage(t) - keeps x storage(t - 1) + delivery(t) + spill(t) = inflow(t)
    """
    steps = len(inflow)
    step = sp.csr_array([[1.0, 1.0, 1.0]])
    matrix = sp.kron(sp.eye_array(steps), step) - sp.kron(sp.eye_array(steps, k=-1), sp.csr_array([[keeps, 0.0, 0.0]]))
    upper = np.column_stack([np.full(steps, CAPACITY), wanted, np.full(steps, np.inf)]).ravel()
    none = np.zeros(3 * steps, dtype=bool)
    return Program(sp.csr_array(matrix), inflow, inflow, np.zeros(3 * steps), upper, none, none)


def seasonal(years: int, seed: int = 1, spread: float = 0.9) -> tuple[Program, np.ndarray]:
    """Wet winters and dry summers of random years, up to `spread` from their mean; deliveries are worth most in summer."""
    numbers = np.random.default_rng(seed)
    month = np.arange(years * SEASON) % SEASON
    inflow = (1 + np.cos(2 * np.pi * month / SEASON)) * numbers.uniform(20 * (1 - spread), 20 * (1 + spread), years * SEASON)
    program = lake(inflow, numbers.uniform(25 - 15 * spread, 25 + 15 * spread, years * SEASON))
    worth = 2 - np.cos(2 * np.pi * month / SEASON) + numbers.uniform(0, 0.1, years * SEASON)
    return program, np.column_stack([np.zeros_like(worth), -worth, np.full_like(worth, 0.01)]).ravel()


def judged(program: Program, cost: np.ndarray) -> float:
    """The same by SciPy."""
    bounds = np.column_stack([program.lower, program.upper])
    return float(linprog(cost, A_eq=program.matrix, b_eq=program.row_upper, bounds=bounds, method="highs-ipm").fun)


@pytest.mark.parametrize("years", [1, 2, 10, 40])
def test_the_optimum_is_that_of_a_cold_start(years: int) -> None:
    program, cost = seasonal(years)
    begun = LongSolver(program, Alike.of_steps(program, years * SEASON, SEASON)).minimise(cost)
    cold = LongSolver(program).minimise(cost)
    assert begun.have is cold.have is Have.OPTIMUM
    assert begun.objective == pytest.approx(cold.objective, rel=1e-9)
    assert begun.objective == pytest.approx(judged(program, cost), rel=1e-6)


def test_prices_are_those_of_an_optimum() -> None:
    program, cost = seasonal(10)
    found = LongSolver(program, Alike.of_steps(program, 120, SEASON)).minimise(cost)
    assert found.column_dual == pytest.approx(cost - program.matrix.T @ found.row_dual, abs=1e-9)
    held = np.where(found.column_dual > 0, program.lower, np.where(np.isfinite(program.upper), program.upper, 0.0))
    assert found.row_dual @ program.row_upper + found.column_dual @ held == pytest.approx(found.objective, rel=1e-9)


def test_it_takes_fewer_steps_on_the_whole_than_a_cold_start() -> None:
    """Years that differ by a twentieth: the typical one is solved once, and little is left to mend in the forty."""
    program, cost = seasonal(40, spread=0.05)
    begun = LongSolver(program, Alike.of_steps(program, 480, SEASON)).minimise(cost)
    cold = LongSolver(program)
    # A start from nothing, without what presolve takes away: the rows are basic.
    cold.begin_at(np.zeros(program.columns, dtype=np.int8), np.ones(program.rows, dtype=np.int8))
    assert begun.iterations < 0.5 * cold.minimise(cost).iterations


def test_equal_years_need_no_more_than_the_typical_one() -> None:
    """Years that are all alike, and begin as they end, have the basis of the typical year."""
    program, cost = seasonal(1)
    years = 5
    inflow = np.tile(program.row_upper, years)
    many = lake(inflow, np.tile(program.upper[1::3], years))
    matrix = many.matrix.tolil()
    matrix[0, 3 * (years * SEASON - 1)] = -0.99
    ring = replace(many, matrix=sp.csr_array(matrix))
    alike = Alike.of_steps(ring, years * SEASON, SEASON)
    typical = LongSolver(alike.program(ring)).minimise(alike.cost(np.tile(cost, years)))
    whole = LongSolver(ring, alike).minimise(np.tile(cost, years))
    assert whole.objective == pytest.approx(typical.objective, rel=1e-9)
    assert whole.iterations == typical.iterations


def test_a_typical_season_adds_up_what_is_alike() -> None:
    """Two seasons of two steps, by hand."""
    program = lake(np.array([1.0, 2.0, 3.0, 4.0]), np.array([5.0, 6.0, 7.0, np.inf]), keeps=0.8)
    alike = Alike.of_steps(program, 4, 2)
    typical = alike.program(program)
    assert typical.matrix.toarray().tolist() == [[1, 1, 1, -0.4, 0, 0], [-0.8, 0, 0, 1, 1, 1]]
    assert typical.row_upper.tolist() == [4, 6]
    assert typical.upper.tolist() == [200, 12, np.inf, 200, np.inf, np.inf]
    assert alike.cost(np.arange(12.0)).tolist() == [3, 4, 5, 6, 7, 8]
    assert alike.repeats == 2


def test_a_typical_season_without_an_answer_does_no_harm() -> None:
    """Two steps that cannot be one: what they want together is more than the mean column lets through."""
    matrix = sp.csr_array([[1.0, 0.0], [0.0, 4.0]])
    none = np.zeros(2, dtype=bool)
    program = Program(matrix, np.array([3.0, 1.0]), np.array([3.0, 1.0]), np.zeros(2), np.array([3.0, 0.25]), none, none)
    alike = Alike(np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64))
    assert LongSolver(alike.program(program)).minimise(np.ones(1)).have is Have.OPTIMUM
    short = replace(program, upper=np.array([3.0, 0.25]), lower=np.array([3.0, 0.25]))
    assert LongSolver(alike.program(short)).minimise(np.ones(1)).have is Have.INFEASIBLE
    assert LongSolver(short, alike).minimise(np.ones(2)).objective == pytest.approx(3.25)


def test_a_what_if_goes_on_from_the_last_optimum() -> None:
    program, cost = seasonal(20)
    solver = LongSolver(program, Alike.of_steps(program, 240, SEASON))
    first = solver.minimise(cost)
    drier = replace(program, row_lower=program.row_lower * 0.97, row_upper=program.row_upper * 0.97)
    solver.update(drier)
    again = solver.minimise(cost)
    cold = LongSolver(drier).minimise(cost)
    assert again.objective == pytest.approx(cold.objective, rel=1e-9)
    assert again.objective > first.objective
    assert again.iterations < first.iterations
    solver.update(program)
    assert solver.minimise(cost).objective == pytest.approx(first.objective, rel=1e-9)


def test_another_cost_goes_on_too() -> None:
    program, cost = seasonal(5)
    solver = LongSolver(program)
    solver.minimise(cost)
    other = cost * np.random.default_rng(2).uniform(0.5, 2, len(cost))
    assert solver.minimise(other).objective == pytest.approx(LongSolver(program).minimise(other).objective, rel=1e-9)


def test_a_basis_of_before_is_a_start() -> None:
    program, cost = seasonal(10)
    first = LongSolver(program)
    before = first.minimise(cost)
    again = LongSolver(program)
    again.begin_at(*first.basis)
    found = again.minimise(cost)
    assert found.iterations == 0
    assert found.objective == pytest.approx(before.objective, rel=1e-12)
    columns, rows = first.basis
    columns[columns == 1], rows[:] = 0, 0  # Nothing is basic.
    again = LongSolver(program)
    again.begin_at(columns, rows)
    assert again.minimise(cost).objective == pytest.approx(before.objective, rel=1e-9)


def test_updates_before_the_first_solve_count() -> None:
    program, cost = seasonal(2)
    solver = LongSolver(program)
    drier = replace(program, row_lower=program.row_lower * 0.9, row_upper=program.row_upper * 0.9)
    solver.update(drier)
    assert solver.minimise(cost).objective == pytest.approx(LongSolver(drier).minimise(cost).objective, rel=1e-9)


def test_no_solution_and_no_end_are_told_apart() -> None:
    program, cost = seasonal(3)
    impossible = replace(
        program, lower=np.where(np.arange(len(cost)) % 3 == 1, 1e6, program.lower), upper=np.full(len(cost), 2e6)
    )
    alike = Alike.of_steps(program, 36, SEASON)
    assert LongSolver(impossible, alike).minimise(cost).have is Have.INFEASIBLE
    endless = replace(program, lower=np.where(np.arange(len(cost)) % 3 == 1, -np.inf, program.lower))
    assert LongSolver(endless, alike).minimise(np.abs(cost)).have is Have.UNBOUNDED


def test_costs_in_any_money_and_volumes_in_any_unit_bring_the_same() -> None:
    program, cost = seasonal(4)
    expected = LongSolver(program).minimise(cost).objective
    for factor in (1e-6, 1e6, 1e12):
        assert LongSolver(program).minimise(cost * factor).objective == pytest.approx(expected * factor, rel=1e-9)
        larger = lake(program.row_upper * factor, program.upper[1::3] * factor)
        larger = replace(larger, upper=program.upper * factor)
        assert LongSolver(larger).minimise(cost).objective == pytest.approx(expected * factor, rel=1e-9)


def test_whole_numbers_and_another_matrix_are_refused() -> None:
    program, _ = seasonal(2)
    with pytest.raises(UsageError, match="no whole numbers"):
        LongSolver(replace(program, integer=np.ones(program.columns, dtype=bool)))
    solver = LongSolver(program)
    with pytest.raises(UsageError, match="another one"):
        solver.update(replace(program, matrix=program.matrix * 2))
    with pytest.raises(UsageError, match="another one"):
        solver.update(seasonal(3)[0])
