"""Linear programs side by side: the same places, other numbers in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from waterbalance.solver.program import Program

if TYPE_CHECKING:
    import numpy.typing as npt

    from waterbalance.horizon import Floats, Integers


@dataclass(frozen=True)
class Programs:
    """Of each: least cost x, row_lower <= matrix x <= row_upper, lower <= x <= upper; program k has column k of every array."""

    indptr: npt.NDArray[np.signedinteger[Any]]
    indices: npt.NDArray[np.signedinteger[Any]]
    """Where the entries of the matrices stand, row by row (CSR)."""

    entries: Floats
    """Shape (entries, programs), or (entries, 1) where all have the same matrix."""

    row_lower: Floats
    row_upper: Floats
    """Shape (rows, programs)."""

    lower: Floats
    upper: Floats
    cost: Floats
    """Shape (columns, programs)."""

    @property
    def columns(self) -> int:
        """Number of columns of each program."""
        return len(self.lower)

    @property
    def rows(self) -> int:
        """Number of rows of each program."""
        return len(self.row_lower)

    @property
    def count(self) -> int:
        """How many programs there are."""
        return int(self.lower.shape[1])

    def entries_of(self, program: int) -> Floats:
        """Entries of the matrix of one program, shape (entries,)."""
        return self.entries[:, program if self.entries.shape[1] > 1 else 0]

    def matrix(self, program: int) -> sp.csr_array:
        """The matrix of one program."""
        return sp.csr_array((self.entries_of(program), self.indices, self.indptr), shape=(self.rows, self.columns))

    def one(self, program: int, number: npt.NDArray[np.bool_]) -> Program:
        """One of them by itself; `number` tells which columns are numbers without a volume."""
        return Program(
            matrix=self.matrix(program),
            row_lower=self.row_lower[:, program],
            row_upper=self.row_upper[:, program],
            lower=self.lower[:, program],
            upper=self.upper[:, program],
            integer=np.zeros(self.columns, dtype=bool),
            number=number,
        )

    def alike(self) -> list[tuple[bytes, Integers]]:
        """What tells one matrix from another, and the programs that have it."""
        if self.entries.shape[1] == 1:
            return [(self.entries.tobytes(), np.arange(self.count))]
        found: dict[bytes, list[int]] = {}
        for program, entries in enumerate(np.ascontiguousarray(self.entries.T)):
            found.setdefault(entries.tobytes(), []).append(program)
        return [(key, np.array(programs)) for key, programs in found.items()]
