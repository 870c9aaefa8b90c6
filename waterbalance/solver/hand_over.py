"""A program into HiGHS as it is; who wants other units scales it before (`scaling.scaled`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from waterbalance.errors import UsageError

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.solver.program import Program


def hand_over(highs: Any, program: Program, cost: Floats) -> None:  # noqa: ANN401 (the binding is partly typed)
    """Pass matrix, bounds, whole numbers and `cost`, shape (columns,), at once; raises `UsageError` where HiGHS refuses it."""
    matrix = program.matrix
    passed = highs.passModel(
        program.columns,
        program.rows,
        matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        cost,
        program.lower,
        program.upper,
        program.row_lower,
        program.row_upper,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        program.integer.astype(np.int32),
    )
    if passed == highspy.HighsStatus.kError:
        raise UsageError("HiGHS refused the program; a bound or an entry is not a number")
