"""One scale for all volumes, so that HiGHS sees numbers near one whatever the units of the file.

Columns are divided by the scale and so are rows that hold a volume; entries between volumes do not change. Only powers
of two are used: scaling loses no digit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.solver.program import Program


def volume_scale(program: Program) -> float:
    """Power of two near the geometric mean of all finite, nonzero bounds and sides of volumes."""
    volumes = np.concatenate(
        [
            program.lower[~program.number],
            program.upper[~program.number],
            program.row_lower,
            program.row_upper,
        ]
    )
    sizes = np.abs(volumes[np.isfinite(volumes) & (volumes != 0)])
    if sizes.size == 0:
        return 1.0
    return float(2.0 ** np.round(np.log2(sizes).mean()))


def column_scales(program: Program, scale: float) -> Floats:
    """What one unit of each scaled column is worth, shape (columns,)."""
    return np.where(program.number, 1.0, scale)


def row_scales(program: Program, scale: float) -> Floats:
    """Divisor of each row: the volume scale where the row holds any volume, else one; shape (rows,)."""
    holds_volume = np.abs(program.matrix) @ (~program.number).astype(float) > 0
    return np.where(holds_volume, scale, 1.0)


def scaled(program: Program, columns: Floats, rows: Floats) -> Program:
    """The program in units of its column scales and row scales."""
    matrix = program.matrix
    entries = matrix.data * columns[matrix.indices] / np.repeat(rows, np.diff(matrix.indptr))
    return replace(
        program,
        matrix=sp.csr_array((entries, matrix.indices, matrix.indptr), shape=matrix.shape),
        row_lower=program.row_lower / rows,
        row_upper=program.row_upper / rows,
        lower=program.lower / columns,
        upper=program.upper / columns,
    )
