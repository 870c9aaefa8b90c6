"""An optimal basis, asked whether it is one for other numbers: a system of equations takes the place of a search.

    x_N at its bounds,   A_RC x_C = b_R - A_RN x_N        (R rows at a side, C basic columns)
    A_RC' y = c_C,       d = c - A_R' y

The vertex is optimal where x_C and the other rows are within their limits, and d and y have the sign of the bound at which each
column and row stands; what is fixed may have any sign (Dantzig 1963, Linear programming and extensions,
doi:10.1515/9781400884179). One factorisation does for all programs that have come to the same basis.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from waterbalance.solver.highs import FEASIBILITY_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.horizon import Floats, Integers
    from waterbalance.solver.programs import Programs

LOWER, BASIC, UPPER, ZERO = 0, 1, 2, 3
"""Where a column or row stands: at its lower limit, within, at its upper limit, free at zero. As HiGHS counts."""

MOST_VERDICTS = 1000
"""How many costs a basis remembers."""


@dataclass(frozen=True)
class Basis:
    """Where every column and row stands."""

    columns: npt.NDArray[np.int8]
    rows: npt.NDArray[np.int8]

    @cached_property
    def key(self) -> bytes:
        """Equal where the bases are."""
        return self.columns.tobytes() + self.rows.tobytes()


@dataclass(frozen=True)
class _Verdict:
    """Which columns and rows speak against an optimum at one cost, unless they are fixed."""

    columns: Integers
    rows: Integers


class KnownBasis:
    """A basis of one matrix. Nothing is taken on trust: limits and signs are looked at in the matrix itself, not in its factors.

    A basis whose equations have no single answer is an optimum of nothing.
    """

    def __init__(self, basis: Basis, matrix: sp.csr_array, column_scale: Floats, row_scale: Floats) -> None:
        """Limits may be missed by `FEASIBILITY_TOLERANCE` of the scales, shape (columns,) and (rows,)."""
        self.basis = basis
        self._basic = np.flatnonzero(basis.columns == BASIC)
        self._upper = np.flatnonzero(basis.columns == UPPER)
        self._zero = np.flatnonzero(basis.columns == ZERO)
        self._held = np.flatnonzero(basis.rows != BASIC)
        self._at_upper = np.flatnonzero(basis.rows[self._held] == UPPER)
        self._matrix, self._held_matrix = matrix, matrix[self._held]
        self._transposed = sp.csr_array(self._held_matrix.T)
        self._column_scale, self._row_scale = column_scale, row_scale
        self._verdicts: dict[bytes, _Verdict] = {}
        self._factors = self._factorised()

    def _factorised(self) -> Any:  # noqa: ANN401 (SuperLU has no type)
        if len(self._held) != len(self._basic) or not len(self._held):
            return None
        try:
            return splu(sp.csc_array(self._held_matrix[:, self._basic]))
        except RuntimeError:  # SuperLU: the factor is exactly singular
            return None

    def _solve(self, sides: Floats, *, transposed: bool = False) -> Floats:
        if self._factors is None:
            return np.full_like(sides, np.nan if len(self._held) or len(self._basic) else 0.0)
        found: Floats = self._factors.solve(sides, trans="T" if transposed else "N")
        return found

    def vertices(self, programs: Programs, which: Integers) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """The columns of some programs at this basis, shape (columns, len(which)), and which of them are within all limits."""
        lower, upper = programs.lower[:, which], programs.upper[:, which]
        row_lower, row_upper = programs.row_lower[:, which], programs.row_upper[:, which]
        values = lower.copy()
        values[self._upper] = upper[self._upper]
        values[self._zero] = values[self._basic] = 0.0
        sides = row_lower[self._held]
        sides[self._at_upper] = row_upper[self._held[self._at_upper]]
        with np.errstate(invalid="ignore"):
            values[self._basic] = self._solve(sides - self._held_matrix @ values)
            amounts = self._matrix @ values
            room = FEASIBILITY_TOLERANCE * self._column_scale[:, None]
            inside = ((values >= lower - room) & (values <= upper + room) & np.isfinite(values)).all(axis=0)
            room = FEASIBILITY_TOLERANCE * self._row_scale[:, None]
            inside &= ((amounts >= row_lower - room) & (amounts <= row_upper + room)).all(axis=0)
        return values, inside

    def best(self, programs: Programs, which: Integers, costs: Sequence[bytes]) -> Integers:
        """Those of some programs of which no other vertex costs less than the one at this basis, if it is within the limits.

        `costs` holds the costs of every program.
        """
        same: dict[bytes, list[int]] = {}
        for program in which.tolist():
            same.setdefault(costs[program], []).append(program)
        found = [program for cost, group in same.items() for program in self._best_at(programs, cost, np.array(group))]
        return np.array(found, dtype=np.int64)

    def _best_at(self, programs: Programs, cost: bytes, group: Integers) -> list[int]:
        """The same of programs with one cost."""
        verdict = self._verdicts.get(cost)
        if verdict is None:
            if len(self._verdicts) >= MOST_VERDICTS:
                self._verdicts.clear()
            verdict = self._verdicts[cost] = self._judge(programs.cost[:, group[0]])
        for places, lower, upper in (
            (verdict.columns, programs.lower, programs.upper),
            (verdict.rows, programs.row_lower, programs.row_upper),
        ):
            if len(places):
                group = group[(lower[places[:, None], group] == upper[places[:, None], group]).all(axis=0)]
        return list(group.tolist())

    def _judge(self, cost: Floats) -> _Verdict:
        """Signs of reduced costs and of prices, as shares of the largest cost."""
        columns, rows = self.basis.columns, self.basis.rows[self._held]
        size = float(np.abs(cost * self._column_scale).max(initial=0.0)) or 1.0
        prices = self._solve(cost[self._basic], transposed=True)
        reduced = (cost - self._transposed @ prices) * self._column_scale / size
        worth = prices * self._row_scale[self._held] / size
        return _Verdict(np.flatnonzero(_wrong(reduced, columns)), self._held[_wrong(worth, rows)])


def _wrong(price: Floats, stands: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Where the cost would fall if what stands at a limit moved away from it; what stands within must have no price."""
    found: npt.NDArray[np.bool_] = ~(
        ((stands == LOWER) & (price >= -FEASIBILITY_TOLERANCE))
        | ((stands == UPPER) & (price <= FEASIBILITY_TOLERANCE))
        | (np.abs(price) <= FEASIBILITY_TOLERANCE)
    )
    return found
