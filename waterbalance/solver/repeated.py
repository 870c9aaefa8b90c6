"""Small linear programs that are solved again and again while their numbers move a little.

Columns that say the same are one (`merged.py`). Each program has a HiGHS of its own, whose basis stays where its last solve
left it: from there the simplex method needs few steps. Where many programs stand at the same basis, it is first asked
whether it is still an optimum (`known_basis.py`), for all of them by one factorisation. No program takes the basis of
another: its optimum, also where it is one of several, is the same whatever else is solved beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.solver.known_basis import BASIC, LOWER, UPPER, ZERO, Basis, KnownBasis
from waterbalance.solver.merged import Merged
from waterbalance.solver.scaling import column_scales, row_scales, volume_scale
from waterbalance.solver.search import Search

if TYPE_CHECKING:
    import numpy.typing as npt

    from waterbalance.horizon import Floats, Integers
    from waterbalance.solver.programs import Programs

LEAST_TOGETHER = 4
"""How many programs must stand at a basis for it to be asked: for fewer HiGHS is as fast."""

TRIED, LEAST_SHARE = 20, 0.2
"""After so many solves bases are asked no more, unless they have answered for this share of the programs."""

MOST_KNOWN = 1000
"""How many bases are kept; those that were not used for longest are forgotten."""


class RepeatedSolver:
    """Linear programs whose matrices keep their places. Numbers go in and come out in the programs' own units."""

    def __init__(
        self,
        programs: Programs,
        number: npt.NDArray[np.bool_],
        lasting: npt.NDArray[np.bool_],
        stocks: Integers,
        balances: Integers,
    ) -> None:
        """Begin where nothing flows: the `stocks` are what their rows, `balances`, make them, all else is at its least.

        `programs` are like those to be solved. `number` tells which columns are numbers without a volume, `lasting` which
        rows have the same entries and sides in all of them.
        """
        self._merged = Merged(programs, lasting)
        first = self._merged.reduced(programs)
        whole = programs.one(0, number)
        scale = volume_scale(whole)
        column_scale, row_scale = np.empty(first.columns), row_scales(whole, scale)[self._merged.rows]
        column_scale[self._merged.group] = column_scales(whole, scale)
        basis = _nothing_flows(first, self._merged.group[stocks], np.searchsorted(self._merged.rows, balances))
        self._scales = column_scale, row_scale
        self._searches = [Search(first, program, column_scale, row_scale, basis) for program in range(first.count)]
        self._asks = first.count >= LEAST_TOGETHER
        self._stands: dict[int, Basis] = {}
        self._known: dict[bytes, KnownBasis] = {}
        self._matrix = first.entries
        self._solved = self._answered = 0

    def minimise(self, programs: Programs) -> Floats:
        """The columns at the least costs, shape (columns, programs); not numbers where none were found."""
        reduced = self._merged.reduced(programs)
        values = np.full((reduced.columns, reduced.count), np.nan)
        waiting = self._asked(reduced, values) if self._asks else range(reduced.count)
        for program in waiting:
            found = self._searches[program].minimise(reduced, program)
            if found is not None:
                values[:, program] = found
            if self._asks:
                self._stands.pop(program, None)
                basis = self._searches[program].basis() if found is not None else None
                if basis is not None:
                    self._stands[program] = basis
        self._solved += 1
        if self._solved == TRIED and self._answered < LEAST_SHARE * TRIED * reduced.count:
            self._asks = False
        return self._merged.expanded(values)

    def _asked(self, programs: Programs, values: Floats) -> list[int]:
        """Fill in the programs whose basis is still an optimum, as far as enough of them share it; returns the others."""
        if not np.array_equal(programs.entries, self._matrix):
            self._known.clear()
            self._matrix = programs.entries
        if programs.entries.shape[1] > 1:
            return list(range(programs.count))
        together: dict[bytes, list[int]] = {}
        for program, basis in self._stands.items():
            together.setdefault(basis.key, []).append(program)
        costs = np.ascontiguousarray(programs.cost.T)
        answered: set[int] = set()
        for key, group in together.items():
            if len(group) < LEAST_TOGETHER:
                continue
            known = self._known.pop(key, None) or KnownBasis(self._stands[group[0]], programs.matrix(0), *self._scales)
            self._known[key] = known
            best = np.array([each for each in group if known.is_best(programs, each, costs[each].tobytes())], dtype=np.int64)
            if len(best):
                found, inside = known.vertices(programs, best)
                values[:, best[inside]] = found[:, inside]
                answered.update(best[inside].tolist())
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        for program in answered:
            self._searches[program].leave(self._stands[program])
        self._answered += len(answered)
        return [program for program in range(programs.count) if program not in answered]


def _nothing_flows(programs: Programs, stocks: Integers, balances: Integers) -> Basis:
    lower, upper = programs.lower[:, 0], programs.upper[:, 0]
    columns = np.where(np.isfinite(lower), LOWER, np.where(np.isfinite(upper), UPPER, ZERO)).astype(np.int8)
    rows = np.full(programs.rows, BASIC, dtype=np.int8)
    columns[stocks], rows[balances] = BASIC, LOWER
    return Basis(columns, rows)
