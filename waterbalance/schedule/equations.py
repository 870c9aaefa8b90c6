"""Rows and columns of a program, written as equations over whole arrays of columns.

flow, open_ = equations.columns((gates, slots), upper=capacity), equations.switches((gates, slots))
equations.rows((1.0, flow), (-capacity, open_), upper=0.0)              # flow <= capacity x open, for each gate and slot
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from waterbalance.solver.program import Program

if TYPE_CHECKING:
    import numpy.typing as npt

    from waterbalance.horizon import Floats, Integers

    Coefficient = float | Floats
    Shape = int | tuple[int, ...]


class Equations:
    """Grows column by column and row by row; `program` closes it."""

    def __init__(self) -> None:
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []
        self._cost: list[Floats] = []
        self._integer: list[npt.NDArray[np.bool_]] = []
        self._columns = 0
        self._entries: list[tuple[Integers, Integers, Floats]] = []
        self._sides: list[tuple[Floats, Floats]] = []
        self._rows = 0

    def columns(
        self, shape: Shape, lower: Coefficient = 0.0, upper: Coefficient = np.inf, cost: Coefficient = 0.0, *, whole: bool = False
    ) -> Integers:
        """New columns; returns their numbers in `shape`."""
        numbers = self._columns + np.arange(int(np.prod(shape))).reshape(shape)
        for kept, value in ((self._lower, lower), (self._upper, upper), (self._cost, cost)):
            kept.append(np.broadcast_to(value, shape).astype(float).ravel())
        self._integer.append(np.full(numbers.size, whole))
        self._columns += numbers.size
        return numbers

    def switches(self, shape: Shape, lower: Coefficient = 0.0, upper: Coefficient = 1.0, cost: Coefficient = 0.0) -> Integers:
        """New columns that are 0 or 1; 0 where `upper` is, 1 where `lower` is."""
        return self.columns(shape, lower, upper, cost, whole=True)

    def rows(self, *terms: tuple[Coefficient, Integers], lower: Coefficient = -np.inf, upper: Coefficient = np.inf) -> None:
        """One row for each entry of the arrays of columns, of one shape: lower <= sum of coefficient x column <= upper."""
        shape = np.broadcast_shapes(*(np.shape(columns) for _, columns in terms))
        numbers = self._rows + np.arange(int(np.prod(shape))).reshape(shape)
        for coefficient, columns in terms:
            row, column, value = np.broadcast_arrays(numbers, columns, coefficient)
            self._entries.append((row.ravel(), column.ravel(), value.astype(float).ravel()))
        self._close(shape, numbers, lower, upper)

    def sums(self, *terms: tuple[Coefficient, Integers], lower: Coefficient = -np.inf, upper: Coefficient = np.inf) -> None:
        """One row for each entry along the last axis of the terms, which are added up over their other axes.

        A term may have any number of rows, none included.
        """
        shape = (np.shape(terms[0][1])[-1],)
        numbers = self._rows + np.arange(shape[0])
        for coefficient, columns in terms:
            row, column, value = np.broadcast_arrays(numbers, columns, coefficient)
            self._entries.append((row.ravel(), column.ravel(), value.astype(float).ravel()))
        self._close(shape, numbers, lower, upper)

    def total(self, *terms: tuple[Coefficient, Integers], lower: float = -np.inf, upper: float = np.inf) -> None:
        """One row over all entries of the terms."""
        for coefficient, columns in terms:
            column, value = np.broadcast_arrays(columns, coefficient)
            self._entries.append((np.full(column.size, self._rows), column.ravel(), value.astype(float).ravel()))
        self._close((1,), np.array([self._rows]), lower, upper)

    def _close(self, shape: tuple[int, ...], numbers: Integers, lower: Coefficient, upper: Coefficient) -> None:
        sides = (np.broadcast_to(side, shape).astype(float).ravel() for side in (lower, upper))
        self._sides.append((next(sides), next(sides)))
        self._rows += numbers.size

    def program(self) -> tuple[Program, Floats]:
        """The program, and what a unit of each column costs."""
        row, column, value = (np.concatenate(parts) for parts in zip(*self._entries, strict=True))
        matrix = sp.csr_array((value, (row, column)), shape=(self._rows, self._columns))
        matrix.eliminate_zeros()
        lower, upper = (np.concatenate(parts) for parts in zip(*self._sides, strict=True))
        integer = np.concatenate(self._integer)
        program = Program(
            matrix, lower, upper, np.concatenate(self._lower), np.concatenate(self._upper), integer=integer, number=integer
        )
        return program, np.concatenate(self._cost)
