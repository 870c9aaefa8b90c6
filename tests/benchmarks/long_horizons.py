"""Ways to begin a long horizon, beside a cold start: CALVIN's last 1 to 5 years, seconds of one processor, all in one run.

    PYTHONPATH=tests python tests/benchmarks/long_horizons.py [years ...]

The last years of the five-year matrix, opened with the storages of its optimum, have that part of its optimum. Each way ends with
the dual simplex method on the whole; every objective is asserted to be that of the cold start. What a window does not see:

    alone       closing storages are worth nothing
    overlap     windows look half a year further, of which nothing is kept
    own prices  closing storages are worth the median price of the window, from a first round without one
    typical     closing storages are worth what they are in the typical year

`basis of a typical year` is what the engine does (`LongSolver`). `shifted by a year` begins with the optimum of the same number
of years a year before, whose last one stands for the new one; `inflows 2 % less` with the optimum before inflows changed.
The seconds of both are those of the second solve. Cold and typical are the fastest of three runs, the others one.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from interop.calvin_matrices import CASES
from waterbalance.interop.calvin.program import alike, program_of
from waterbalance.interop.calvin.read_links import read_links
from waterbalance.solver.alike import Alike
from waterbalance.solver.long import LongSolver
from waterbalance.solver.outcome import Have, Outcome
from waterbalance.solver.program import Program

YEAR = 12
FILE = "calvin_05y_WY1999_2003_raw.csv.gz"
RUNS = {"cold": 3, "basis of a typical year": 3}
"""How often a way is run; others once."""

Basis = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Problem:
    """A program with the step of each row, and the first and the last step that each column stands in."""

    program: Program
    cost: np.ndarray
    row: np.ndarray
    first: np.ndarray
    last: np.ndarray
    alike: Alike
    inflow: np.ndarray
    """Columns that bring water from outside."""

    @cached_property
    def by_column(self) -> sp.csc_array:
        """The matrix, column by column."""
        return self.program.matrix.tocsc()

    def part(self, begin: int, end: int, before: np.ndarray, after: np.ndarray | None = None) -> "Problem":
        """Steps begin to end; what comes in is held at `before`, what goes out at `after` where that is given."""
        rows, columns = self.within(begin, end)
        lower, upper = self.program.lower[columns].copy(), self.program.upper[columns].copy()
        held = self.first[columns] < begin
        lower[held] = upper[held] = before[columns][held]
        if after is not None:
            held = self.last[columns] >= end
            lower[held] = upper[held] = after[columns][held]
        kinds = (np.unique(kind, return_inverse=True)[1] for kind in (self.alike.columns[columns], self.alike.rows[rows]))
        program = Program(
            sp.csr_array(self.program.matrix[rows][:, columns]),
            self.program.row_lower[rows],
            self.program.row_upper[rows],
            lower,
            upper,
            self.program.integer[columns],
            self.program.number[columns],
        )
        inside = (
            self.row[rows],
            np.maximum(self.first[columns], begin),
            np.minimum(self.last[columns], end - 1),
        )
        return Problem(program, self.cost[columns], *inside, Alike(*kinds), self.inflow[columns])

    def within(self, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the steps begin to end, and columns that stand in them."""
        return np.flatnonzero((self.row >= begin) & (self.row < end)), np.flatnonzero((self.last >= begin) & (self.first < end))


@dataclass
class Clock:
    """Seconds of one processor that HiGHS and what is around it took."""

    seconds: float = 0.0
    steps: int = 0

    def solve(self, solver: LongSolver, cost: np.ndarray) -> Outcome:
        """Solve and count."""
        started = time.process_time()
        outcome = solver.minimise(cost)
        self.seconds += time.process_time() - started
        self.steps += outcome.iterations
        assert outcome.have is Have.OPTIMUM
        return outcome


def whole() -> Problem:
    """The five-year matrix."""
    links = read_links(CASES / FILE)
    nodes, program = links.nodes, program_of(links)
    in_source, in_target = nodes.balanced[links.source], nodes.balanced[links.target]
    one, two = nodes.step[links.source], nodes.step[links.target]
    one, two = np.where(in_source, one, two), np.where(in_target, two, one)
    inflow = np.array([base == "INFLOW" for base in nodes.bases])[nodes.base][links.source]
    steps = nodes.step[nodes.balanced]
    return Problem(program, links.cost, steps, np.minimum(one, two), np.maximum(one, two), alike(links), inflow)


def forward(
    problem: Problem, clock: Clock, length: int, ahead: int = 0, price: np.ndarray | None = None
) -> tuple[Basis, np.ndarray]:
    """Windows one after the other, each from where the one before ended: their bases stitched, and the prices of rows."""
    program, start = problem.program, int(problem.row.min())
    values, prices = np.zeros(program.columns), np.zeros(program.rows)
    columns, rows = np.zeros(program.columns, dtype=np.int8), np.ones(program.rows, dtype=np.int8)
    end = int(problem.row.max()) + 1
    for begin in range(start, end, length):
        until = min(begin + length + ahead, end)
        window = problem.part(begin, until, values)
        here_rows, here = problem.within(begin, until)
        cost = window.cost.copy()
        if price is not None:
            later = price * (problem.row >= until)
            cost -= (problem.by_column.T @ later)[here] * (problem.last[here] >= until)
        solver = LongSolver(window.program)
        # Without presolve, which takes longer than it saves on a window.
        solver.begin_at(np.where(np.isfinite(window.program.lower), 0, 2).astype(np.int8), np.ones(len(here_rows), dtype=np.int8))
        outcome = clock.solve(solver, cost)
        kept = (problem.first[here] >= begin) & (problem.first[here] < begin + length)
        kept_rows = problem.row[here_rows] < begin + length
        column_status, row_status = solver.basis
        values[here[kept]], columns[here[kept]] = outcome.values[kept], column_status[kept]
        prices[here_rows[kept_rows]], rows[here_rows[kept_rows]] = outcome.row_dual[kept_rows], row_status[kept_rows]
    return (columns, rows), prices


def finish(problem: Problem, clock: Clock, basis: Basis) -> float:
    """The whole from a basis: its objective."""
    solver = LongSolver(problem.program)
    solver.begin_at(*basis)
    return clock.solve(solver, problem.cost).objective


def typical_prices(problem: Problem, clock: Clock) -> np.ndarray:
    """What water is worth in the typical year, row by row."""
    solver = LongSolver(problem.alike.program(problem.program))
    return clock.solve(solver, problem.alike.cost(problem.cost)).row_dual[problem.alike.rows]


def own_prices(problem: Problem, clock: Clock) -> float:
    """Two rounds of windows, the second with the median prices of the first."""
    _, prices = forward(problem, clock, YEAR)
    medians = np.array([np.median(prices[problem.alike.rows == kind]) for kind in range(int(problem.alike.rows.max()) + 1)])
    return finish(problem, clock, forward(problem, clock, YEAR, price=medians[problem.alike.rows])[0])


WAYS: dict[str, Callable[[Problem, Clock], float]] = {
    "cold": lambda problem, clock: clock.solve(LongSolver(problem.program), problem.cost).objective,
    "windows of a year, alone": lambda problem, clock: finish(problem, clock, forward(problem, clock, YEAR)[0]),
    "windows of two years, alone": lambda problem, clock: finish(problem, clock, forward(problem, clock, 2 * YEAR)[0]),
    "windows of a season, alone": lambda problem, clock: finish(problem, clock, forward(problem, clock, 3)[0]),
    "windows of a year, overlap": lambda problem, clock: finish(problem, clock, forward(problem, clock, YEAR, 6)[0]),
    "windows of a year, own prices": own_prices,
    "windows of a year, typical": lambda problem, clock: finish(
        problem, clock, forward(problem, clock, YEAR, price=typical_prices(problem, clock))[0]
    ),
    "basis of a typical year": lambda problem, clock: (
        clock.solve(LongSolver(problem.program, problem.alike), problem.cost).objective
    ),
}


def less_inflow(problem: Problem, clock: Clock) -> tuple[float, float]:
    """From the optimum before inflows were cut by 2 %: the share of a cold start's seconds, and the seconds."""
    program, less = problem.program, np.where(problem.inflow, 0.98, 1.0)
    drier = replace(program, lower=program.lower * less, upper=program.upper * less)
    solver = LongSolver(program, problem.alike)
    solver.minimise(problem.cost)
    started = time.process_time()
    solver.update(drier)
    clock.seconds += time.process_time() - started
    objective = clock.solve(solver, problem.cost).objective
    cold = Clock()
    assert abs(cold.solve(LongSolver(drier), problem.cost).objective / objective - 1) < 1e-9
    return clock.seconds / cold.seconds, clock.seconds


def shifted(five: Problem, years: int, values: np.ndarray, clock: Clock) -> float:
    """From the optimum of the same number of years a year before; the year that is new begins as the last one of it."""
    begin, end = (5 - years) * YEAR, 5 * YEAR
    before, problem = five.part(begin - YEAR, end - YEAR, values, values), five.part(begin, end, values)
    solver = LongSolver(before.program, before.alike)
    solver.minimise(before.cost)
    rows, columns = zip(five.within(begin - YEAR, end - YEAR), five.within(begin, end), strict=True)
    found = []
    for status, (there, here), kinds, step, unknown in (
        (solver.basis[0], columns, five.alike.columns, five.first, 0),
        (solver.basis[1], rows, five.alike.rows, five.row, 1),
    ):
        known = np.full(len(kinds), -1, dtype=np.int8)
        known[there] = status
        order = np.lexsort((step, kinds))
        earlier = np.full(len(kinds), -1)
        earlier[order[1:]] = np.where(kinds[order[1:]] == kinds[order[:-1]], order[:-1], -1)
        known = np.where((known < 0) & (earlier >= 0), known[earlier], known)
        found.append(np.where(known < 0, unknown, known)[here].astype(np.int8))
    return finish(problem, clock, (found[0], found[1]))


def measured(problem: Problem, name: str) -> tuple[float, Clock]:
    """The objective, and the fastest of some runs."""
    clocks, objective = [], np.nan
    for _ in range(RUNS.get(name, 1)):
        clock = Clock()
        objective = WAYS[name](problem, clock)
        clocks.append(clock)
    return objective, min(clocks, key=lambda clock: clock.seconds)


def main(numbers: tuple[int, ...]) -> None:
    """A row for each number of years and way."""
    five = whole()
    values = LongSolver(five.program, five.alike).minimise(five.cost).values
    sys.stdout.write("| years | columns | way | simplex steps | seconds | of cold |\n|--:|--:|---|--:|--:|--:|\n")
    for years in numbers:
        problem = five.part((5 - years) * YEAR, 5 * YEAR, values)
        columns = f"{problem.program.columns:,}"
        expected, cold = measured(problem, "cold")
        found = {"cold": (expected, cold)}
        for name in WAYS:
            found[name] = found.get(name) or measured(problem, name)
        if years < 5:
            clock = Clock()
            found["shifted by a year"] = shifted(five, years, values, clock), clock
        for name, (objective, clock) in found.items():
            assert abs(objective / expected - 1) < 1e-9, name
            share = clock.seconds / cold.seconds
            sys.stdout.write(f"| {years} | {columns} | {name} | {clock.steps:,} | {clock.seconds:.2f} | {share:.2f} |\n")
        share, seconds = less_inflow(problem, Clock())
        sys.stdout.write(f"| {years} | {columns} | inflows 2 % less | | {seconds:.2f} | {share:.2f} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or (1, 2, 3, 4, 5))
