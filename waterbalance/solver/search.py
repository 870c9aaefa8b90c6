"""HiGHS for one small linear program, kept warm: only the numbers that move are handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import scipy.sparse as sp

from waterbalance.solver.hand_over import hand_over
from waterbalance.solver.highs import FEASIBILITY_TOLERANCE
from waterbalance.solver.known_basis import BASIC, LOWER, UPPER, ZERO, Basis
from waterbalance.solver.program import Program

if TYPE_CHECKING:
    import numpy.typing as npt

    from waterbalance.horizon import Floats
    from waterbalance.solver.programs import Programs

PERTURBATION = "dual_simplex_cost_perturbation_multiplier"
"""HiGHS's option: by how much it moves costs against going in circles."""

MOST_STEPS = 5000
"""How many simplex steps may be taken without moved costs."""

NO_LIMIT = 2**31 - 1


class Scaled:
    """The numbers of several programs as HiGHS sees them, divided by the scales of columns and rows; each program in a row."""

    def __init__(self, programs: Programs, column_scale: Floats, row_scale: Floats) -> None:
        self.programs = programs
        column, row = 1.0 / column_scale, 1.0 / row_scale
        self.lower, self.upper = programs.lower.T * column, programs.upper.T * column
        self.row_lower, self.row_upper = programs.row_lower.T * row, programs.row_upper.T * row
        cost = programs.cost.T * column_scale
        size = np.abs(cost).max(axis=1, initial=0.0)
        self.cost = cost / np.where(size > 0.0, size, 1.0)[:, None]


class Search:
    """One of several programs that have their entries in the same places."""

    def __init__(self, scaled: Scaled, program: int, column_scale: Floats, row_scale: Floats, basis: Basis) -> None:
        """Begin from a basis."""
        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # (the binding is partly typed)
        options: dict[str, bool | int | float | str] = {
            "output_flag": False,
            "threads": 1,
            "random_seed": 0,
            "presolve": "off",
            "solver": "simplex",
            "small_matrix_value": 1e-12,
            "primal_feasibility_tolerance": FEASIBILITY_TOLERANCE,
            "dual_feasibility_tolerance": FEASIBILITY_TOLERANCE,
            "simplex_iteration_limit": MOST_STEPS,
            # A few steps from the last optimum seldom go in circles, and moved costs must be put right again.
            PERTURBATION: 0.0,
        }
        for option, value in options.items():
            self._highs.setOptionValue(option, value)
        programs, self._program, self._last = scaled.programs, program, scaled
        self._column_scale = column_scale
        self._row_of = np.repeat(np.arange(programs.rows), np.diff(programs.indptr))
        self._factor = column_scale[programs.indices] / row_scale[self._row_of]
        entries = programs.entries_of(program) * self._factor
        matrix = sp.csr_array((entries, programs.indices, programs.indptr), shape=(programs.rows, programs.columns))
        bounds = (scaled.row_lower[program], scaled.row_upper[program], scaled.lower[program], scaled.upper[program])
        none = np.zeros(programs.columns, dtype=bool)
        hand_over(self._highs, Program(matrix, *bounds, integer=none, number=none), scaled.cost[program])
        self._left: Basis | None = basis

    def leave(self, basis: Basis) -> None:
        """The next search begins from this basis, not from where the last one stopped."""
        self._left = basis

    def minimise(self, scaled: Scaled) -> Floats | None:
        """The columns at the least cost; None where none were found."""
        self._change(scaled)
        if self._left is not None:
            self._highs.setBasis(_told(self._left))
            self._left = None
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._afresh()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self._highs.getSolution().col_value) * self._column_scale

    def _afresh(self) -> None:
        """Search once more from nothing, with moved costs."""
        self._highs.clearSolver()
        self._highs.setOptionValue(PERTURBATION, 1.0)
        self._highs.setOptionValue("simplex_iteration_limit", NO_LIMIT)
        self._highs.run()
        self._highs.setOptionValue(PERTURBATION, 0.0)
        self._highs.setOptionValue("simplex_iteration_limit", MOST_STEPS)

    def _change(self, scaled: Scaled) -> None:
        """Hand over what differs from the last time."""
        program, last = self._program, self._last
        new, old = scaled.cost[program], last.cost[program]
        moved = (new != old).nonzero()[0].astype(np.int32)
        if len(moved):
            self._highs.changeColsCost(len(moved), moved, new[moved])
        lower, upper = scaled.lower[program], scaled.upper[program]
        moved = ((lower != last.lower[program]) | (upper != last.upper[program])).nonzero()[0].astype(np.int32)
        if len(moved):
            self._highs.changeColsBounds(len(moved), moved, lower[moved], upper[moved])
        lower, upper = scaled.row_lower[program], scaled.row_upper[program]
        moved = ((lower != last.row_lower[program]) | (upper != last.row_upper[program])).nonzero()[0].astype(np.int32)
        if len(moved):
            self._highs.changeRowsBounds(len(moved), moved, lower[moved], upper[moved])
        self._last = scaled
        if scaled.programs.entries is not last.programs.entries:
            self._change_entries(scaled.programs, last.programs)

    def _change_entries(self, programs: Programs, last: Programs) -> None:
        entries = programs.entries_of(self._program)
        for place in np.flatnonzero(entries != last.entries_of(self._program)).tolist():
            value = float(entries[place] * self._factor[place])
            self._highs.changeCoeff(int(self._row_of[place]), int(programs.indices[place]), value)

    def basis(self) -> Basis:
        """Where the last search stopped."""
        solution, last, program = self._highs.getSolution(), self._last, self._program
        basic = self._highs.getBasicVariables()[1]
        columns = _standing(np.array(solution.col_value), last.lower[program], last.upper[program])
        rows = _standing(np.array(solution.row_value), last.row_lower[program], last.row_upper[program])
        columns[basic[basic >= 0]] = rows[-1 - basic[basic < 0]] = BASIC
        return Basis(columns, rows)


def _standing(values: Floats, lower: Floats, upper: Floats) -> npt.NDArray[np.int8]:
    """At which limit each number stands if it is not basic: the nearer one."""
    with np.errstate(invalid="ignore"):
        at_upper = np.abs(upper - values) < np.abs(values - lower)
    found: npt.NDArray[np.int8] = np.where(at_upper, UPPER, np.where(np.isfinite(lower), LOWER, ZERO)).astype(np.int8)
    return found


_STATUSES = [highspy.HighsBasisStatus(number) for number in range(5)]


def _told(basis: Basis) -> highspy.HighsBasis:
    told = highspy.HighsBasis()
    told.col_status = [_STATUSES[number] for number in basis.columns.tolist()]
    told.row_status = [_STATUSES[number] for number in basis.rows.tolist()]
    told.valid = True
    return told
