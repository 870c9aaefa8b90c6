"""HiGHS for one small linear program, kept warm: only the numbers that move are handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from waterbalance.errors import UsageError
from waterbalance.solver.highs import FEASIBILITY_TOLERANCE
from waterbalance.solver.known_basis import Basis

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.solver.programs import Programs

PERTURBATION = "dual_simplex_cost_perturbation_multiplier"
"""HiGHS's option: by how much it moves costs against going in circles."""

MOST_STEPS = 5000
"""How many simplex steps may be taken without moved costs."""

NO_LIMIT = 2**31 - 1


class Search:
    """One of several programs that have their entries in the same places."""

    def __init__(self, programs: Programs, program: int, column_scale: Floats, row_scale: Floats, basis: Basis) -> None:
        """Begin from a basis. HiGHS sees columns and rows divided by their scales."""
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
            # A few steps from the last optimum seldom go in circles; moved costs take a third of the time.
            PERTURBATION: 0.0,
        }
        for option, value in options.items():
            self._highs.setOptionValue(option, value)
        self._column_scale, self._row_scale = column_scale, row_scale
        self._row_of = np.repeat(np.arange(programs.rows), np.diff(programs.indptr))
        self._factor = column_scale[programs.indices] / row_scale[self._row_of]
        self._entries = programs.entries_of(program)
        lower, upper = programs.lower[:, program] / column_scale, programs.upper[:, program] / column_scale
        row_lower, row_upper = programs.row_lower[:, program] / row_scale, programs.row_upper[:, program] / row_scale
        self._limits, self._sides, self._cost = (lower, upper), (row_lower, row_upper), np.zeros(programs.columns)
        passed = self._highs.passModel(
            programs.columns,
            programs.rows,
            len(programs.indices),
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            self._cost,
            lower,
            upper,
            row_lower,
            row_upper,
            programs.indptr.astype(np.int32),
            programs.indices.astype(np.int32),
            self._entries * self._factor,
            np.zeros(programs.columns, dtype=np.int32),
        )
        if passed == highspy.HighsStatus.kError:
            raise UsageError("HiGHS refused the program; a bound or an entry is not a number")
        self._left: Basis | None = basis

    def leave(self, basis: Basis) -> None:
        """The next search begins from this basis, not from where the last one stopped."""
        self._left = basis

    def minimise(self, programs: Programs, program: int) -> Floats | None:
        """The columns at the least cost; None where none were found."""
        self._change(programs, program)
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

    def _change(self, programs: Programs, program: int) -> None:
        """Hand over what differs from the last time."""
        cost = programs.cost[:, program] * self._column_scale
        cost /= float(np.abs(cost).max(initial=0.0)) or 1.0
        moved = np.flatnonzero(cost != self._cost).astype(np.int32)
        if len(moved):
            self._highs.changeColsCost(len(moved), moved, cost[moved])
        lower, upper = programs.lower[:, program] / self._column_scale, programs.upper[:, program] / self._column_scale
        moved = np.flatnonzero((lower != self._limits[0]) | (upper != self._limits[1])).astype(np.int32)
        if len(moved):
            self._highs.changeColsBounds(len(moved), moved, lower[moved], upper[moved])
        row_lower, row_upper = programs.row_lower[:, program] / self._row_scale, programs.row_upper[:, program] / self._row_scale
        moved = np.flatnonzero((row_lower != self._sides[0]) | (row_upper != self._sides[1])).astype(np.int32)
        if len(moved):
            self._highs.changeRowsBounds(len(moved), moved, row_lower[moved], row_upper[moved])
        entries = programs.entries_of(program)
        for place in np.flatnonzero(entries != self._entries).tolist():
            value = float(entries[place] * self._factor[place])
            self._highs.changeCoeff(int(self._row_of[place]), int(programs.indices[place]), value)
        self._cost, self._limits, self._sides, self._entries = cost, (lower, upper), (row_lower, row_upper), entries

    def basis(self) -> Basis:
        """Where the last search stopped."""
        found = self._highs.getBasis()
        columns, rows = (np.array([int(each) for each in every], dtype=np.int8) for every in (found.col_status, found.row_status))
        return Basis(columns, rows)


_STATUSES = [highspy.HighsBasisStatus(number) for number in range(5)]


def _told(basis: Basis) -> highspy.HighsBasis:
    told = highspy.HighsBasis()
    told.col_status = [_STATUSES[number] for number in basis.columns.tolist()]
    told.row_status = [_STATUSES[number] for number in basis.rows.tolist()]
    told.valid = True
    return told
