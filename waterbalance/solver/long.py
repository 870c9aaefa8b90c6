"""HiGHS for one long linear program: begun at the basis of its typical season, and gone on with when its limits change.

The simplex method takes steps in number with the length of the horizon, and each works on the whole of it. A typical season
(`Alike`) is solved first; its basis, repeated for every season, is nearly that of the whole: the dual simplex method then mends
what differs from season to season. The optimum is that of the whole program, whatever it began with.

A start from a basis goes without presolve. It pays where presolve takes little away, as from a network of links with costs and
bounds (a tenth of the rows of CALVIN's); where it takes most away, as from a compiled step with its definitions, a cold start is
faster.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from waterbalance.errors import UsageError
from waterbalance.solver.hand_over import hand_over
from waterbalance.solver.heard import run
from waterbalance.solver.outcome import Have, Outcome, Stop
from waterbalance.solver.scaling import column_scales, row_scales, scaled, volume_scale
from waterbalance.solver.statuses import DOUBTFUL, HAVES, SETTLED, STOPS

if TYPE_CHECKING:
    import numpy.typing as npt

    from waterbalance.horizon import Floats
    from waterbalance.solver.alike import Alike
    from waterbalance.solver.program import Program

    Basis = tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]
    """Status of every column and row, as HiGHS numbers them."""

TYPICAL_COST = 2.0**8
"""To what the geometric mean of the costs is scaled. HiGHS shifts every cost by a share of one and of itself: where most are far
below one they all look alike, and it takes ten times the steps."""

FEWEST_REPEATS = 1.5
"""How often a kind must come on average for a typical season to be worth its solve."""

MOST_STEPS_PER_ROW = 0.3
"""How many simplex steps a begun program may take before a cold start is tried. A cold one takes about one for each row; a good
start a tenth of that, without what presolve would have taken away."""

STATUSES = (
    highspy.HighsBasisStatus.kLower,
    highspy.HighsBasisStatus.kBasic,
    highspy.HighsBasisStatus.kUpper,
    highspy.HighsBasisStatus.kZero,
    highspy.HighsBasisStatus.kNonbasic,
)
NO_LIMIT = 2**31 - 1


class LongSolver:
    """A long linear program in HiGHS. Everything goes in and comes out in the program's own units.

    `alike` tells what is the same thing at other times; without it the first solve is a cold one. Raises `UsageError` where
    something must be whole, or HiGHS refuses the program.
    """

    def __init__(self, program: Program, alike: Alike | None = None) -> None:
        if program.integer.any():
            raise UsageError("a long program has no whole numbers")
        self.program = program
        self._alike = alike if alike is not None and alike.repeats >= FEWEST_REPEATS else None
        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # (the binding is partly typed)
        for option, value in {"output_flag": False, "threads": 1, "random_seed": 0, "small_matrix_value": 1e-12}.items():
            self._highs.setOptionValue(option, value)
        scale = volume_scale(program)
        self._column_scale, self._row_scale = column_scales(program, scale), row_scales(program, scale)
        self._start: Basis | None = None
        self._is_loaded = self._is_begun = False

    def minimise(self, cost: Floats) -> Outcome:
        """Solve for the least cost x x, shape (columns,): the first time from a typical season, then from the last optimum."""
        started = time.perf_counter()
        size = _cost_scale(cost * self._column_scale)
        self._load(cost * self._column_scale / size)
        steps = 0
        if not self._is_begun and self._start is None and self._alike is not None:
            steps += self._begin_typically(self._alike, cost)
        if self._start is not None:
            self._is_begun = self._highs.setBasis(_of_highs(self._start)) != highspy.HighsStatus.kError
            self._start = None
        settled = False
        if self._is_begun:
            steps += self._run("off", most=int(MOST_STEPS_PER_ROW * self.program.rows))
            settled = self._highs.getModelStatus() in SETTLED
        if not settled:
            self._highs.clearSolver()
            steps += self._run("choose")
            if self._highs.getModelStatus() in DOUBTFUL:
                self._highs.clearSolver()
                steps += self._run("off")
        self._is_begun = bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)
        return self._outcome(cost, size, steps, time.perf_counter() - started)

    def update(self, program: Program) -> None:
        """Change to a program with other limits and sides; raises `UsageError` where its matrix is another one."""
        old, new = self.program.matrix, program.matrix
        if old.shape != new.shape or (old is not new and (abs(old - new) > 0).nnz):
            raise UsageError("the matrix is another one; make a new solver")
        self.program = program
        if not self._is_loaded:
            return
        columns, rows = np.arange(program.columns, dtype=np.int32), np.arange(program.rows, dtype=np.int32)
        lower, upper = program.lower / self._column_scale, program.upper / self._column_scale
        self._highs.changeColsBounds(len(columns), columns, lower, upper)
        lower, upper = program.row_lower / self._row_scale, program.row_upper / self._row_scale
        self._highs.changeRowsBounds(len(rows), rows, lower, upper)

    def _load(self, cost: Floats) -> None:
        """Hand over the program, the first time, or what it costs, in units of its scales."""
        if self._is_loaded:
            self._highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
            return
        hand_over(self._highs, scaled(self.program, self._column_scale, self._row_scale), cost)
        self._is_loaded = True

    def _begin_typically(self, alike: Alike, cost: Floats) -> int:
        """Set the basis of the typical season for all of them, where it has one; returns the steps that it took."""
        typical = LongSolver(alike.program(self.program))
        outcome = typical.minimise(alike.cost(cost))
        if outcome.have is Have.OPTIMUM:
            columns, rows = typical.basis
            self.begin_at(columns[alike.columns], rows[alike.rows])
        return outcome.iterations

    @property
    def basis(self) -> Basis:
        """Where the last solve ended."""
        basis = self._highs.getBasis()
        columns, rows = (np.array([int(each) for each in part], dtype=np.int8) for part in (basis.col_status, basis.row_status))
        return columns, rows

    def begin_at(self, columns: npt.NDArray[np.int8], rows: npt.NDArray[np.int8]) -> None:
        """Begin the next solve at a basis; where too many or too few are basic, HiGHS mends it."""
        self._start = columns, rows

    def _run(self, presolve: str, most: int = NO_LIMIT) -> int:
        self._highs.setOptionValue("presolve", presolve)
        self._highs.setOptionValue("simplex_iteration_limit", most)
        run(self._highs)
        return int(self._highs.getInfo().simplex_iteration_count)

    def _outcome(self, cost: Floats, size: float, steps: int, seconds: float) -> Outcome:
        status, solution = self._highs.getModelStatus(), self._highs.getSolution()
        have = HAVES.get(status, Have.NOTHING)
        found = have is Have.OPTIMUM
        values = np.array(solution.col_value) * self._column_scale if found else np.full(self.program.columns, np.nan)
        return Outcome(
            stop=STOPS.get(status, Stop.TROUBLE),
            have=have,
            objective=float(cost @ values),
            gap=0.0,
            values=values,
            row_dual=np.array(solution.row_dual) * size / self._row_scale if found else np.zeros(self.program.rows),
            column_dual=np.array(solution.col_dual) * size / self._column_scale if found else np.zeros(self.program.columns),
            cost=cost,
            iterations=steps,
            seconds=seconds,
            tolerance=self._highs.getOptionValue("primal_feasibility_tolerance")[1],
        )


def _cost_scale(cost: Floats) -> float:
    """Power of two by which costs are divided."""
    sizes = np.abs(cost[cost != 0])
    return float(2.0 ** np.round(np.log2(sizes).mean())) / TYPICAL_COST if len(sizes) else 1.0


def _of_highs(statuses: Basis) -> highspy.HighsBasis:
    basis = highspy.HighsBasis()
    basis.col_status, basis.row_status = ([STATUSES[each] for each in part.tolist()] for part in statuses)
    basis.valid = True
    return basis
