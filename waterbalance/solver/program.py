"""A linear or mixed-integer program as arrays, without an objective."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import scipy.sparse as sp

    from waterbalance.horizon import Floats


@dataclass(frozen=True)
class Program:
    """row_lower <= matrix x <= row_upper, lower <= x <= upper, some x whole."""

    matrix: sp.csr_array
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: npt.NDArray[np.bool_]
    """Columns that must be whole."""

    number: npt.NDArray[np.bool_]
    """Columns that are numbers without a volume (switches, also where they are relaxed; days): they are not scaled."""

    @property
    def columns(self) -> int:
        """Number of columns."""
        return int(self.matrix.shape[1])

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.matrix.shape[0])
