"""HiGHS, kept warm: one model in memory whose vectors change from solve to solve."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import highspy
import numpy as np
import scipy.sparse as sp

from waterbalance.solver.hand_over import hand_over
from waterbalance.solver.heard import run
from waterbalance.solver.outcome import Have, Outcome, Stop
from waterbalance.solver.rounding import rounded
from waterbalance.solver.scaling import column_scales, row_scales, scaled, volume_scale
from waterbalance.solver.statuses import DOUBTFUL, HAVES, SETTLED, STOPS

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Integers
    from waterbalance.solver.program import Program

FEASIBILITY_TOLERANCE = 1e-10
"""The finest that HiGHS takes. A vertex that lies a hundred-millionth outside counts as the optimum at 1e-8, and its goal
differs from another route's by that much of the volume scale."""

COARSE_TOLERANCE = 1e-7

RELATIVE_GAP = 1e-6

# Presolve, scaling and feasibility tolerance of each attempt: the next one counts only where the one before ended without a
# result. HiGHS's own scaling (on top of ours) once left columns 0.03 below their limits, and it gave up whatever the tolerance.
_ATTEMPTS = tuple(
    (presolve, scaling, tolerance)
    for tolerance in (FEASIBILITY_TOLERANCE, 1e-8, COARSE_TOLERANCE)
    for scaling in (1, 0)
    for presolve in ("choose", "off")
)

WARM_STEPS = 100
WARM_STEPS_PER_ROW = 0.05
"""How many simplex steps a warm start may take before a cold one is tried: so many, and more by the number of rows."""

MOST_STEPS_GOING_ON = 5000
"""How many simplex steps may be taken from one pass to the next before a cold start is tried."""

DUAL_SIMPLEX, PRIMAL_SIMPLEX = 1, 4
"""Values of HiGHS's option `simplex_strategy`."""

NO_LIMIT = 2**31 - 1


class WarmSolver:
    """A program in HiGHS. Rows and columns that are added later can be dropped again; the basis stays warm.

    Everything goes in and comes out in the program's own units; scaling happens in here. Limits are those of each search for
    whole numbers: `time_limit` [s] and, so that a run can be replayed, `node_limit`. Linear programs are finished, unless
    there is a `deadline` [s on the clock of `time.monotonic`], after which nothing goes on.
    """

    def __init__(
        self,
        program: Program,
        *,
        threads: int = 1,
        time_limit: float | None = None,
        node_limit: int | None = None,
        deadline: float = np.inf,
    ) -> None:
        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # (the binding is partly typed)
        for option, value in {
            "output_flag": False,
            "threads": threads,
            "random_seed": 0,
            "mip_feasibility_tolerance": FEASIBILITY_TOLERANCE,
            "mip_rel_gap": RELATIVE_GAP,
            # In scaled volumes: HiGHS's own millionth may be all that a small user asks for.
            "mip_abs_gap": FEASIBILITY_TOLERANCE,
            # Entries below this are dropped: a small capacity beside a switch must not be.
            "small_matrix_value": 1e-12,
        }.items():
            self._highs.setOptionValue(option, value)
        self._time_limit = np.inf if time_limit is None else time_limit
        self._node_limit = NO_LIMIT if node_limit is None else node_limit
        self._deadline = deadline
        self.scale = volume_scale(program)
        self._bases: dict[int, Any] = {}
        self._pass = 0
        self._set_tolerance(FEASIBILITY_TOLERANCE)
        self._load(program)

    def _load(self, program: Program) -> None:
        self.program = program
        self._column_scale = column_scales(program, self.scale)
        self._row_scale = row_scales(program, self.scale)
        hand_over(self._highs, scaled(program, self._column_scale, self._row_scale), np.zeros(program.columns))
        self._has_integers = bool(program.integer.any())
        self._incumbent = np.empty(0)
        self._cost = np.zeros(program.columns)

    def update(self, program: Program) -> None:
        """Change to a program of the same shape: only vectors where the matrix is the same, else all with the last basis."""
        self.drop_added()
        self._pass = 0
        scale = volume_scale(program)
        if scale != self.scale:
            # Another scale is another program: bases of the old one fit, but frozen goals would be rounded differently.
            self.scale = scale
            self._load(program)
            return
        same = (
            program.matrix.shape == self.program.matrix.shape
            and program.matrix.nnz == self.program.matrix.nnz
            and np.array_equal(program.matrix.indptr, self.program.matrix.indptr)
            and np.array_equal(program.matrix.indices, self.program.matrix.indices)
            and np.array_equal(program.matrix.data, self.program.matrix.data)
            and np.array_equal(program.integer, self.program.integer)
        )
        if not same:
            self._load(program)
            return
        columns, rows = np.arange(program.columns, dtype=np.int32), np.arange(program.rows, dtype=np.int32)
        self._highs.changeColsBounds(
            len(columns), columns, program.lower / self._column_scale, program.upper / self._column_scale
        )
        self._highs.changeRowsBounds(len(rows), rows, program.row_lower / self._row_scale, program.row_upper / self._row_scale)
        self.program = program

    def minimise(self, cost: Floats, *, cold: bool = False, going_on: Literal["new limits", "new cost"] | None = None) -> Outcome:
        """Solve for the least cost x x, starting from the last basis. `cost` may be shorter than all columns.

        `cold` is for passes whose path matters, not only their value: they come out the same whatever was solved before.
        `going_on` is for many small steps from such a pass: from the vertex where the last one stopped, by the simplex
        method for which that vertex is a start (dual where only limits and entries have changed, primal for a new cost).

        With whole numbers the result is polished: they are held at what was found and the rest is solved again, so that
        no row rests on a switch that is a billionth open. Its duals are those of the program with the switches held.
        """
        started = time.perf_counter()
        self._cost = np.zeros(len(self._column_scale))
        self._cost[: len(cost)] = cost
        scaled = self._cost * self._column_scale
        size = float(np.abs(scaled).max(initial=0.0)) or 1.0
        columns = np.arange(len(scaled), dtype=np.int32)
        self._highs.changeColsCost(len(columns), columns, scaled / size)
        self._limit_linear()
        if going_on is not None and self._go_on(going_on):
            return self._outcome(size, time.perf_counter() - started)
        warm = self._start(cold=cold)
        if self._has_integers and len(self._incumbent):
            # The last solution still holds (a frozen goal keeps it); with it the search never ends without a plan.
            known = np.arange(len(self._incumbent), dtype=np.int32)
            self._highs.setSolution(len(known), known, self._incumbent)
        if self._has_integers:
            self._highs.setOptionValue("time_limit", min(self._time_limit, self._time_left()))
            self._highs.setOptionValue("mip_max_nodes", self._node_limit)
        self._run(warm=warm)
        self._limit_linear()
        outcome = self._outcome(size, time.perf_counter() - started)
        unproved = outcome.have is Have.NOTHING or (outcome.usable and not np.isfinite(outcome.gap))
        if self._has_integers and unproved:
            if outcome.usable:
                self._incumbent = outcome.values / self._column_scale
            outcome = self._rounded(outcome, size, started)
        return self._polished(outcome, size) if self._has_integers and outcome.usable else outcome

    def _limit_linear(self) -> None:
        """No limit but the deadline. HiGHS counts from zero in each search for whole numbers, else on from run to run."""
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + self._time_left())
        self._highs.setOptionValue("mip_max_nodes", NO_LIMIT)

    def _time_left(self) -> float:
        return max(0.0, self._deadline - time.monotonic())

    def _rounded(self, nothing: Outcome, size: float, started: float) -> Outcome:
        """Switches by plain rules, or the known ones, after a search that was stopped without a solution or a bound."""
        switches = np.flatnonzero(self.program.integer)
        self._set_integrality(switches, highspy.HighsVarType.kContinuous)

        def held(least: Floats, most: Floats) -> Outcome:
            self.bound_columns(switches, least, most)
            self._highs.clearSolver()
            self._attempt()
            return self._outcome(size, time.perf_counter() - started)

        lower, upper = self.program.lower[switches], self.program.upper[switches]
        known = np.round(self._incumbent[switches]) if len(self._incumbent) else None
        outcome = replace(rounded(switches, lower, upper, known, held), stop=nothing.stop)
        self.bound_columns(switches, lower, upper)
        self._set_integrality(switches, highspy.HighsVarType.kInteger)
        return outcome

    def _go_on(self, going_on: Literal["new limits", "new cost"]) -> bool:
        """Solve from where the last pass stopped, in few steps; tells whether that came to an optimum."""
        self._set_tolerance(FEASIBILITY_TOLERANCE)
        self._highs.setOptionValue("simplex_strategy", DUAL_SIMPLEX if going_on == "new limits" else PRIMAL_SIMPLEX)
        self._highs.setOptionValue("simplex_iteration_limit", MOST_STEPS_GOING_ON)
        run(self._highs)
        self._highs.setOptionValue("simplex_iteration_limit", NO_LIMIT)
        self._highs.setOptionValue("simplex_strategy", DUAL_SIMPLEX)
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def _start(self, *, cold: bool) -> bool:
        """Start from the same pass of the last round where its basis fits, else cold; tells whether it is warm.

        A new goal is solved faster with presolve than from the vertex where the goal before it stopped.
        """
        self._highs.clearSolver()
        basis = self._bases.get(self._pass)
        shape = (self._highs.getNumCol(), self._highs.getNumRow())
        if cold or basis is None or (len(basis.col_status), len(basis.row_status)) != shape:
            return False
        self._highs.setBasis(basis)
        return True

    def _run(self, *, warm: bool) -> None:
        """Run HiGHS; where it gives up for numerical reasons, try again without presolve and then less finely.

        A warm start goes without presolve, so that many steps from a far basis take longer than a cold start does: it is
        given few (a number of steps, not seconds, so that the path can be replayed).
        """
        if warm:
            most = WARM_STEPS + int(WARM_STEPS_PER_ROW * self._highs.getNumRow())
            self._highs.setOptionValue("simplex_iteration_limit", most)
            self._set_tolerance(FEASIBILITY_TOLERANCE)
            run(self._highs)
            self._highs.setOptionValue("simplex_iteration_limit", NO_LIMIT)
        if warm and self._highs.getModelStatus() not in SETTLED:
            self._highs.clearSolver()
            warm = False
        if not warm:
            self._attempt()
        if not self._has_integers and self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            self._bases[self._pass] = self._highs.getBasis()
        self._pass += 1

    def _attempt(self) -> None:
        for presolve, scaling, tolerance in _ATTEMPTS:
            self._highs.setOptionValue("presolve", presolve)
            self._highs.setOptionValue("simplex_scale_strategy", scaling)
            self._set_tolerance(tolerance)
            run(self._highs)
            status = self._highs.getModelStatus()
            if status in STOPS and not (presolve != "off" and status in DOUBTFUL):
                break
            self._highs.clearSolver()

    def _set_tolerance(self, tolerance: float) -> None:
        self._tolerance = tolerance
        self._highs.setOptionValue("primal_feasibility_tolerance", tolerance)
        self._highs.setOptionValue("dual_feasibility_tolerance", tolerance)

    def _polished(self, outcome: Outcome, size: float) -> Outcome:
        """The same with the whole numbers held; the outcome itself where they leave nothing else to choose."""
        started = time.perf_counter()
        switches = np.flatnonzero(self.program.integer)
        whole = np.round(outcome.values[switches])
        self.bound_columns(switches, whole, whole)
        self._set_integrality(switches, highspy.HighsVarType.kContinuous)
        run(self._highs)
        seconds = outcome.seconds + time.perf_counter() - started
        polished = replace(self._outcome(size, seconds), gap=outcome.gap, stop=outcome.stop)
        self.bound_columns(switches, self.program.lower[switches], self.program.upper[switches])
        self._set_integrality(switches, highspy.HighsVarType.kInteger)
        if not polished.usable:
            return outcome
        self._incumbent = polished.values / self._column_scale
        return polished

    def _set_integrality(self, columns: Integers, kind: highspy.HighsVarType) -> None:
        self._highs.changeColsIntegrality(
            len(columns), columns.astype(np.int32), np.full(len(columns), int(kind), dtype=np.uint8)
        )

    @property
    def row_count(self) -> int:
        """How many rows there are now, added ones included."""
        return len(self._row_scale)

    def add_rows(self, matrix: sp.csr_array, lower: Floats, upper: Floats) -> Integers:
        """Add rows over all present columns (in volumes); returns their numbers."""
        scaled = sp.csr_array(sp.diags_array(np.full(matrix.shape[0], 1.0 / self.scale)) @ matrix)
        scaled = sp.csr_array(scaled @ sp.diags_array(self._column_scale[: matrix.shape[1]]))
        first = self._highs.getNumRow()
        self._highs.addRows(
            matrix.shape[0],
            lower / self.scale,
            upper / self.scale,
            scaled.nnz,
            scaled.indptr[:-1].astype(np.int32),
            scaled.indices.astype(np.int32),
            scaled.data,
        )
        self._row_scale = np.concatenate([self._row_scale, np.full(matrix.shape[0], self.scale)])
        return np.arange(first, first + matrix.shape[0])

    def add_columns(self, count: int, lower: float, upper: float, *, volumes: bool) -> Integers:
        """Add empty columns; returns their numbers. `volumes` tells whether they are [m3] or plain numbers."""
        scale = self.scale if volumes else 1.0
        first = self._highs.getNumCol()
        none = np.empty(0, dtype=np.int32)
        self._highs.addCols(
            count,
            np.zeros(count),
            np.full(count, lower / scale),
            np.full(count, upper / scale),
            0,
            none,
            none,
            np.empty(0),
        )
        self._column_scale = np.concatenate([self._column_scale, np.full(count, scale)])
        return np.arange(first, first + count)

    def bound_columns(self, columns: Integers, lower: Floats, upper: Floats) -> None:
        """Change the bounds of some columns."""
        scale = self._column_scale[columns]
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower / scale, upper / scale)

    def bound_rows(self, rows: Integers, lower: Floats, upper: Floats) -> None:
        """Change the bounds of some rows."""
        scale = self._row_scale[rows]
        self._highs.changeRowsBounds(len(rows), rows.astype(np.int32), lower / scale, upper / scale)

    def change_entry(self, row: int, column: int, value: float) -> None:
        """Change one entry of the matrix."""
        self._highs.changeCoeff(row, column, value * self._column_scale[column] / self._row_scale[row])

    def suggest(self, values: Floats) -> None:
        """A solution of the program to begin a search with: it then never ends with less."""
        self._incumbent = values / self._column_scale[: len(values)]

    def drop_added(self) -> None:
        """Forget all rows and columns that were added since the program was loaded."""
        rows, columns = self._highs.getNumRow(), self._highs.getNumCol()
        if rows > self.program.rows:
            self._highs.deleteRows(rows - self.program.rows, np.arange(self.program.rows, rows, dtype=np.int32))
        if columns > self.program.columns:
            added = np.arange(self.program.columns, columns, dtype=np.int32)
            self._highs.deleteCols(len(added), added)
        self._row_scale = self._row_scale[: self.program.rows]
        self._column_scale = self._column_scale[: self.program.columns]

    def conflict(self) -> tuple[Integers, Integers, Integers]:
        """Rows, columns and their bounds (1 none, 2 lower, 3 upper, 4 both) of an irreducible infeasible subsystem."""
        self._highs.setOptionValue("iis_strategy", 4)
        status, found = self._highs.getIis()
        known = status != highspy.HighsStatus.kError
        rows, columns, bounds = (found.row_index_, found.col_index_, found.col_bound_) if known else ([], [], [])
        return np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64), np.array(bounds, dtype=np.int64)

    def _outcome(self, size: float, seconds: float) -> Outcome:
        status = self._highs.getModelStatus()
        info, solution = self._highs.getInfo(), self._highs.getSolution()
        have = HAVES.get(status, Have.NOTHING)
        if have is Have.NOTHING and info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            have = Have.FEASIBLE
        columns, rows = len(self._column_scale), len(self._row_scale)
        usable = have in {Have.OPTIMUM, Have.FEASIBLE}
        duals = usable and bool(solution.dual_valid)
        return Outcome(
            stop=STOPS.get(status, Stop.TROUBLE),
            have=have,
            objective=info.objective_function_value * size if usable else np.nan,
            gap=info.mip_gap if self._has_integers else 0.0,
            values=np.array(solution.col_value) * self._column_scale if usable else np.full(columns, np.nan),
            row_dual=np.array(solution.row_dual) * size / self._row_scale if duals else np.zeros(rows),
            column_dual=np.array(solution.col_dual) * size / self._column_scale if duals else np.zeros(columns),
            cost=self._cost,
            iterations=int(info.simplex_iteration_count),
            seconds=seconds,
            tolerance=self._tolerance,
        )
