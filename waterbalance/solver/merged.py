"""Columns that are always the same but for a factor, as one column.

    a x + b y = 0  with  -a / b > 0:   x = q_x z,   y = q_y z,   and the row goes

A network of flows is full of such rows (what a canal brings is what its zone uses): without them a program is half as large.
The reduction is that of presolvers (Brearley, Mitra & Williams 1975, doi:10.1007/BF01580428), done once for programs that are
solved many times.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    import numpy.typing as npt

    from waterbalance.horizon import Floats, Integers
    from waterbalance.solver.programs import Programs


class Merged:
    """How the columns and rows of some programs become fewer."""

    def __init__(self, programs: Programs, lasting: npt.NDArray[np.bool_]) -> None:
        """Only `lasting` rows may go, shape (rows,): those whose entries and sides are the same in all programs to come."""
        matrix = programs.matrix(0)
        equal = (programs.row_lower[:, 0] == 0.0) & (programs.row_upper[:, 0] == 0.0)
        able = np.flatnonzero(lasting & equal & (np.diff(matrix.indptr) == 2))
        follows, self._ratio, gone = _followed(programs.columns, able, matrix)
        roots, self.group = np.unique(follows, return_inverse=True)
        self.rows = np.setdiff1d(np.arange(programs.rows), gone)
        self._order = np.argsort(self.group, kind="stable")
        self._first = np.searchsorted(self.group[self._order], np.arange(len(roots)))
        row = np.repeat(np.arange(programs.rows), np.diff(matrix.indptr))
        place = np.full(programs.rows, -1)
        place[self.rows] = np.arange(len(self.rows))
        kept = np.flatnonzero(place[row] >= 0)
        width = len(roots)
        places, into = np.unique(place[row[kept]] * width + self.group[matrix.indices[kept]], return_inverse=True)
        self._indices = (places % width).astype(np.int32)
        self._indptr = np.searchsorted(places // width, np.arange(len(self.rows) + 1)).astype(np.int32)
        shape = (len(places), len(row))
        self._entries = sp.csr_array((self._ratio[matrix.indices[kept]], (into, kept)), shape=shape)
        self._last: tuple[Floats, Floats] | None = None
        self._columns = sp.csr_array((self._ratio, (self.group, np.arange(programs.columns))))

    def reduced(self, programs: Programs) -> Programs:
        """The same programs in fewer columns and rows."""
        ratio = self._ratio[self._order, None]
        return replace(
            programs,
            indptr=self._indptr,
            indices=self._indices,
            entries=self._entries_of(programs.entries),
            row_lower=programs.row_lower[self.rows],
            row_upper=programs.row_upper[self.rows],
            lower=np.maximum.reduceat(programs.lower[self._order] / ratio, self._first, axis=0),
            upper=np.minimum.reduceat(programs.upper[self._order] / ratio, self._first, axis=0),
            cost=self._columns @ programs.cost,
        )

    def _entries_of(self, entries: Floats) -> Floats:
        """Those of the fewer columns, shape (entries, programs), or (entries, 1); the same array where nothing has changed."""
        if entries.shape[1] > 1 and (entries == entries[:, :1]).all():
            entries = entries[:, :1]
        if self._last is None or not np.array_equal(entries, self._last[0]):
            self._last = entries, self._entries @ entries
        return self._last[1]

    def expanded(self, values: Floats) -> Floats:
        """All columns for values of the fewer ones."""
        return values[self.group] * self._ratio[:, None]


def _followed(columns: int, rows: Integers, matrix: sp.csr_array) -> tuple[Integers, Floats, list[int]]:
    """Which column each one follows, by what factor, and the rows that say so."""
    leader, ratio, gone = list(range(columns)), [1.0] * columns, []

    def followed(column: int) -> tuple[int, float]:
        factor = 1.0
        while leader[column] != column:
            factor *= ratio[column]
            column = leader[column]
        return column, factor

    for row in rows.tolist():
        entries = slice(matrix.indptr[row], matrix.indptr[row + 1])
        (one, other), (a, b) = matrix.indices[entries].tolist(), matrix.data[entries].tolist()
        if a * b >= 0.0:
            continue
        (first, x), (second, y) = followed(one), followed(other)
        if first != second:
            leader[second], ratio[second] = first, -(a * x) / (b * y)
            gone.append(row)
    found = [followed(column) for column in range(columns)]
    return np.array([column for column, _ in found]), np.array([factor for _, factor in found]), gone
