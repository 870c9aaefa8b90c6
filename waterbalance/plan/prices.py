"""What held a goal back: the price of every limit, rule and balance that binds, and how they hang together.

With y the price of a row and d that of a column's bound, every column x of a solved linear program satisfies

    d = c - sum of a x y   over its rows,

so that what cannot move without harm to the goal is held either by its own bound or by rows in which others stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from waterbalance import units

if TYPE_CHECKING:
    from collections.abc import Mapping

    import scipy.sparse as sp

    from waterbalance.horizon import Floats, Integers

Key = tuple[str, str]

NUMBERS = {units.FRACTION, units.TIME}
"""Units of what is no water."""

NEGLIGIBLE = 1e-4
"""Share of a goal's largest weight below which a price is not worth telling. [-]"""


@dataclass(frozen=True)
class Ties:
    """How the quantities of a plan are tied to each other: row_lower <= matrix x <= row_upper, lower <= x <= upper.

    Row r of step t is number t x len(rows) + r, and so are columns.
    """

    rows: tuple[Key, ...]
    """Component and name of every row of a step."""

    columns: tuple[Key, ...]
    """Component and quantity of every column of a step."""

    matrix: sp.csr_array
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    switch: tuple[Key, ...]
    """Columns that are on or off."""

    units: Mapping[Key, str]
    """Units of columns that are no flows over the step: numbers, rates, and amounts [m3] at its end or over a window."""

    @cached_property
    def by_column(self) -> sp.csc_array:
        """The same matrix, column by column."""
        return self.matrix.tocsc()

    def row(self, number: int) -> tuple[Key, int]:
        """Component and name of a row, and its step."""
        return self.rows[number % len(self.rows)], number // len(self.rows)

    def column(self, number: int) -> tuple[Key, int]:
        """Component and quantity of a column, and its step."""
        return self.columns[number % len(self.columns)], number // len(self.columns)

    def entries(self, row: int) -> tuple[Integers, Floats]:
        """Columns that stand in a row, and their factors."""
        here = slice(self.matrix.indptr[row], self.matrix.indptr[row + 1])
        return self.matrix.indices[here], self.matrix.data[here]

    def is_number(self, column: Key) -> bool:
        """Whether a column is no water: a switch, days, starts."""
        return self.units.get(column) in NUMBERS

    def is_of_numbers(self, row: int) -> bool:
        """Whether no water stands in a row."""
        return all(self.is_number(self.column(int(column))[0]) for column in self.entries(row)[0])

    def unit_of_row(self, row: int) -> str | None:
        """Unit of what a row compares: of the water in it, where there is any, else of its numbers; None for flows."""
        found = [self.units.get(self.column(int(column))[0]) for column in self.entries(row)[0]]
        return next((unit for unit in found if unit not in NUMBERS), found[0] if found else None)

    def is_limit(self, row: int) -> bool:
        """Whether a row has one open side: a limit, and no balance or definition."""
        return bool(self.row_lower[row] != self.row_upper[row])

    def side(self, row: int) -> float:
        """The number that a row compares with; a limit written as -x <= -5 reads x >= 5."""
        upper = self.row_upper[row]
        side = float(upper if np.isfinite(upper) else self.row_lower[row])
        return -side if self.is_limit(row) and (self.entries(row)[1] <= 0).all() else side


@dataclass(frozen=True)
class Sparse:
    """Numbers of which most are zero."""

    index: Integers
    value: Floats

    @classmethod
    def of(cls, values: Floats, least: float) -> Sparse:
        """Those above `least` in size."""
        index = np.flatnonzero(np.abs(values) > least)
        value = values[index]
        for each in (index, value):
            each.setflags(write=False)
        return cls(index, value)

    def dense(self, length: int) -> Floats:
        """All of them."""
        values = np.zeros(length)
        values[self.index] = self.value
        return values


@dataclass(frozen=True)
class Prices:
    """The prices of one goal, which is minimised here (a goal to be maximised has its sign turned)."""

    row: Sparse
    """Change of the goal for one unit more on the side of a row. [goal/m3]"""

    column: Sparse
    """Change of the goal for one unit more of a column, were it not held. [goal/m3]"""

    cost: Sparse
    """Weight of every column in the goal."""

    row_worth: Sparse
    """What one unit more on the side of a row really changes: earlier goals get better by it, too, and are then held there."""

    column_worth: Sparse
    """The same for one unit more of a column. [goal/m3]"""

    @property
    def least(self) -> float:
        """Smallest price worth telling."""
        return NEGLIGIBLE * float(np.abs(self.cost.value).max(initial=0.0))
