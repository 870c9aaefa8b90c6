"""A program into HiGHS as it is, in its own units: for whoever searches or keeps it without the scaling of `WarmSolver`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.solver.program import Program


def hand_over(highs: Any, program: Program, cost: Floats) -> None:  # noqa: ANN401 (the binding is partly typed)
    """Pass matrix, bounds, whole numbers and `cost`, shape (columns,), in one call."""
    matrix = program.matrix
    highs.passModel(
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
