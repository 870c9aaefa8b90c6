"""Small linear programs that are solved again and again while their numbers move a little.

Columns that say the same are one (`merged.py`). Each program has a HiGHS of its own, whose basis stays where its last solve
left it: from there the simplex method needs few steps. Of many programs those that stand at the same basis are first asked
together whether it is still an optimum (`known_basis.py`), and then whether one of the last that were is; HiGHS searches for
the others. What is found is an optimum in any case; where there are several, it depends on what is solved side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.solver.known_basis import BASIC, LOWER, UPPER, ZERO, Basis, KnownBasis
from waterbalance.solver.merged import Merged
from waterbalance.solver.scaling import column_scales, row_scales, volume_scale
from waterbalance.solver.search import Scaled, Search

if TYPE_CHECKING:
    import numpy.typing as npt

    from waterbalance.horizon import Floats, Integers
    from waterbalance.solver.programs import Programs

LEAST_TOGETHER = 4
"""How many programs must stand at a basis for it to be asked: for fewer HiGHS is as fast."""

MOST_ASKED = 8
"""How many bases are asked beyond a program's own, those that answered last."""

TRIED, LEAST_SHARE = 20, 0.5
"""After so many solves bases are asked no more where they have answered for less than this share of the programs: asking one
takes about half as long as a search."""

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
        scaled = Scaled(first, *self._scales)
        self._searches = [Search(scaled, program, *self._scales, basis) for program in range(first.count)]
        self._asks = first.count >= LEAST_TOGETHER
        self._stands: dict[int, Basis] = {}
        self._known: dict[bytes, KnownBasis] = {}
        self._matrix = first.entries
        self._solved = self._answered = 0

    def minimise(self, programs: Programs) -> Floats:
        """The columns at the least costs, shape (columns, programs); not numbers where none were found."""
        reduced = self._merged.reduced(programs)
        scaled = Scaled(reduced, *self._scales)
        values = np.full((reduced.columns, reduced.count), np.nan)
        waiting = self._asked(reduced, values) if self._asks else range(reduced.count)
        for program in waiting:
            found = self._searches[program].minimise(scaled)
            if found is not None:
                values[:, program] = found
            if self._asks:
                self._stands.pop(program, None)
            if self._asks and found is not None:
                self._stands[program] = self._searches[program].basis()
        self._solved += 1
        if self._solved >= TRIED and self._answered < LEAST_SHARE * self._solved * reduced.count:
            self._asks = False
        return self._merged.expanded(values)

    def _asked(self, programs: Programs, values: Floats) -> list[int]:
        """Fill in the programs for which a known basis is an optimum, if enough of them may share it; returns the others."""
        if programs.entries is not self._matrix:
            self._known.clear()
            self._matrix = programs.entries
        if programs.entries.shape[1] > 1:
            return list(range(programs.count))
        costs = [cost.tobytes() for cost in np.ascontiguousarray(programs.cost.T)]
        together: dict[bytes, list[int]] = {}
        for program, basis in self._stands.items():
            together.setdefault(basis.key, []).append(program)
        waiting = np.ones(programs.count, dtype=bool)
        for key, group in together.items():
            if len(group) >= LEAST_TOGETHER:
                if key not in self._known:
                    self._known[key] = KnownBasis(self._stands[group[0]], programs.matrix(0), *self._scales)
                waiting[self._answer(key, programs, np.array(group), costs, values)] = False
        for key in list(reversed(self._known))[:MOST_ASKED]:
            if waiting.sum() >= LEAST_TOGETHER:
                waiting[self._answer(key, programs, np.flatnonzero(waiting), costs, values)] = False
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._answered += int((~waiting).sum())
        return list(np.flatnonzero(waiting).tolist())

    def _answer(self, key: bytes, programs: Programs, group: Integers, costs: list[bytes], values: Floats) -> Integers:
        """Fill in those of some programs for which a basis is an optimum; returns them."""
        known = self._known[key]
        best = known.best(programs, group, costs)
        if not len(best):
            return best
        found, inside = known.vertices(programs, best)
        done = best[inside]
        values[:, done] = found[:, inside]
        for program in done.tolist():
            self._stands[program] = known.basis
            self._searches[program].leave(known.basis)
        if len(done):
            self._known[key] = self._known.pop(key)
        return done


def _nothing_flows(programs: Programs, stocks: Integers, balances: Integers) -> Basis:
    lower, upper = programs.lower[:, 0], programs.upper[:, 0]
    columns = np.where(np.isfinite(lower), LOWER, np.where(np.isfinite(upper), UPPER, ZERO)).astype(np.int8)
    rows = np.full(programs.rows, BASIC, dtype=np.int8)
    columns[stocks], rows[balances] = BASIC, LOWER
    return Basis(columns, rows)
