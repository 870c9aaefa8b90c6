"""HiGHS for one small linear program that is solved again and again while its numbers move a little.

The basis stays where the last solve left it: from there the simplex method needs few steps, most often none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from waterbalance.errors import UsageError
from waterbalance.solver.highs import FEASIBILITY_TOLERANCE
from waterbalance.solver.scaling import column_scales, row_scales, volume_scale

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Integers
    from waterbalance.solver.program import Program


class RepeatedSolver:
    """A linear program in HiGHS whose matrix keeps its places. Numbers go in and come out in the program's own units."""

    def __init__(self, program: Program, stocks: Integers, balances: Integers) -> None:
        """Begin where nothing flows: the `stocks` are what their rows, `balances`, make them, all else is at its least."""
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
        }
        for option, value in options.items():
            self._highs.setOptionValue(option, value)
        scale = volume_scale(program)
        self._column_scale, self._row_scale = column_scales(program, scale), row_scales(program, scale)
        matrix = program.matrix
        self._row_of = np.repeat(np.arange(program.rows), np.diff(matrix.indptr))
        self._column_of = matrix.indices
        self._factor = self._column_scale[self._column_of] / self._row_scale[self._row_of]
        self._columns = np.arange(program.columns, dtype=np.int32)
        self._rows = np.arange(program.rows, dtype=np.int32)
        self._entries = matrix.data
        passed = self._highs.passModel(
            program.columns,
            program.rows,
            matrix.nnz,
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            np.zeros(program.columns),
            program.lower / self._column_scale,
            program.upper / self._column_scale,
            program.row_lower / self._row_scale,
            program.row_upper / self._row_scale,
            matrix.indptr.astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data * self._factor,
            np.zeros(program.columns, dtype=np.int32),
        )
        if passed == highspy.HighsStatus.kError:
            raise UsageError("HiGHS refused the program; a bound or an entry is not a number")
        self._last: tuple[Floats, ...] = ()
        self._begin(program, stocks, balances)

    def _begin(self, program: Program, stocks: Integers, balances: Integers) -> None:
        basis = highspy.HighsBasis()
        status = highspy.HighsBasisStatus
        limits = zip(np.isfinite(program.lower), np.isfinite(program.upper), strict=True)
        columns = [status.kLower if least else status.kUpper if most else status.kZero for least, most in limits]
        rows = [status.kBasic] * program.rows
        for stock, balance in zip(stocks.tolist(), balances.tolist(), strict=True):
            columns[stock], rows[balance] = status.kBasic, status.kLower
        basis.col_status, basis.row_status = columns, rows
        basis.valid = True
        self._highs.setBasis(basis)

    def minimise(self, cost: Floats, program: Program) -> Floats | None:
        """The columns at the least cost x columns, for other numbers in the same places; None where none was found."""
        scaled = cost * self._column_scale
        size = float(np.abs(scaled).max(initial=0.0)) or 1.0
        self._change(scaled / size, program)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._highs.clearSolver()
            self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self._highs.getSolution().col_value) * self._column_scale

    def _change(self, cost: Floats, program: Program) -> None:
        """Hand over what differs from the last time."""
        new = (cost, program.lower, program.upper, program.row_lower, program.row_upper)
        same = [bool(self._last) and np.array_equal(one, other) for one, other in zip(self._last or new, new, strict=True)]
        if not same[0]:
            self._highs.changeColsCost(len(self._columns), self._columns, cost)
        if not (same[1] and same[2]):
            lower, upper = program.lower / self._column_scale, program.upper / self._column_scale
            self._highs.changeColsBounds(len(self._columns), self._columns, lower, upper)
        if not (same[3] and same[4]):
            lower, upper = program.row_lower / self._row_scale, program.row_upper / self._row_scale
            self._highs.changeRowsBounds(len(self._rows), self._rows, lower, upper)
        entries = program.matrix.data
        for place in np.flatnonzero(entries != self._entries).tolist():
            value = float(entries[place] * self._factor[place])
            self._highs.changeCoeff(int(self._row_of[place]), int(self._column_of[place]), value)
        self._last, self._entries = new, entries
