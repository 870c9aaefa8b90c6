"""One step after another, each for the least cost of its own: the step's numbers are filled in, the program is never rebuilt.

    linked column = weight x its source in the same step + what came from before
    matrix, sides, bounds, cost = constant + coefficients x givens

What `optimise/tile.py` does for a whole horizon is done here for a single step, in arrays whose places stay the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from waterbalance.network.component import Component
from waterbalance.optimise.links import history, weights
from waterbalance.optimise.step import Before
from waterbalance.optimise.tile import layout_of
from waterbalance.solver.programs import Programs
from waterbalance.solver.repeated import RepeatedSolver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waterbalance.horizon import Floats, Horizon, Integers
    from waterbalance.network.network import Network
    from waterbalance.network.states import States
    from waterbalance.optimise.compile import Affine, CompiledStep, Rows
    from waterbalance.optimise.step import Key
    from waterbalance.policy.goal import Policy


def can_step(network: Network, step: CompiledStep, policy: Policy) -> bool:
    """Whether a step is one linear program: a single goal, no switches, nothing that is revised or shared."""
    goal = policy.goals[0]
    plain = len(policy.goals) == 1 and goal.shared is None and not policy.smallest_change
    plain = plain and all(term.benefit is None for term in goal.terms)
    revises = any(type(component).revise is not Component.revise for component in network)
    lifelines = any(component.user_class_name == "lifeline" for component in network)
    return plain and not step.integer.any() and not revises and not lifelines


class OneStep:
    """A compiled step and its goal, for steps of a given length from any state."""

    def __init__(self, network: Network, step: CompiledStep, policy: Policy) -> None:
        self._step = step
        layout = layout_of(step, 1)
        self.columns: tuple[Key, ...] = layout.columns
        self.place = position = layout.position
        self._kept = np.array([number for number, key in enumerate(step.columns) if key in position], dtype=np.int64)
        self._source = np.array([position[link.source] for link in step.links], dtype=np.int64)
        stocks = set(step.stocks)
        self._carried = np.array([isinstance(link.kind, Before) and link.source in stocks for link in step.links], dtype=bool)
        self._rows = _Places(step.rows, step, position)
        self._readings = _Places(step.readings, step, position)
        self._cost = self._readings.summed_up(_goal_weights(network, step, policy))
        limits = step.lower.some(self._kept), step.upper.some(self._kept)
        self._numbers = _Numbers((*limits, step.rows.entry, step.rows.side, step.readings.entry, step.readings.side))
        row = {name: number for number, name in enumerate(step.rows.names)}
        balances = [row[key[0], "balance"] for key in step.stocks]
        self._stocks = np.array([position[key] for key in step.stocks], dtype=np.int64), np.array(balances, dtype=np.int64)
        self._solver: RepeatedSolver | None = None

    @property
    def remembered(self) -> tuple[Key, ...]:
        """Columns whose past in the state matters."""
        links = zip(self._step.links, self._carried, strict=True)
        return tuple(dict.fromkeys(link.source for link, carried in links if not carried))

    def begin_afresh(self) -> None:
        """Forget the solver's bases."""
        self._solver = None

    def before(self, horizon: Horizon, states: States, last: Floats | None) -> tuple[Floats, Floats]:
        """What linked columns have from before the step, shape (links, members), and the weight of their source in it.

        `last`: the columns of the step before, shape (columns, members).
        """
        came, weight = np.zeros((len(self._step.links), states.count)), np.zeros(len(self._step.links))
        if last is not None:
            came[self._carried] = last[self._source[self._carried]]
        for number, link in enumerate(self._step.links):
            if last is None or not self._carried[number]:
                came[number] = [history(link, horizon, state)[0] for state in states.each]
            if not isinstance(link.kind, Before):
                weight[number] = weights(link.kind, horizon).toarray()[0, 0]
        return came, weight

    def fill(self, givens: Floats, came: Floats, weight: Floats) -> Filled:
        """The step with its numbers; `givens` of shape (givens, members)."""
        lower, upper, entry, side, read, offset = self._numbers.at(givens)
        entries, sides = self._rows.fill(entry, side, came, weight)
        kind, shape = self._step.rows.kind[:, None], (len(lower), givens.shape[1])
        reading = self._readings.amounts(read, weight)
        programs = Programs(
            indptr=self._rows.indptr,
            indices=self._rows.indices,
            entries=entries,
            row_lower=np.where(kind == 1, -np.inf, sides),
            row_upper=np.where(kind == -1, np.inf, sides),
            lower=np.broadcast_to(lower, shape),
            upper=np.broadcast_to(upper, shape),
            cost=np.broadcast_to(self._cost @ reading, shape),
        )
        return Filled(programs, reading, offset - self._readings.came(read, came))

    def solve(self, filled: Filled) -> Floats:
        """The columns of the best step, shape (columns, members); not numbers where none was found."""
        if self._solver is None:
            number = self._step.number[self._kept]
            self._solver = RepeatedSolver(filled.programs, number, self._rows.lasting, *self._stocks)
        return np.clip(self._solver.minimise(filled.programs), filled.programs.lower, filled.programs.upper)

    def read(self, filled: Filled, columns: Floats) -> Floats:
        """All readings at some columns, shape (readings, members)."""
        return self._readings.read(filled, columns)


@dataclass(frozen=True)
class Filled:
    """A step with all its numbers, for each member."""

    programs: Programs
    reading: Floats
    """Entries of the readings, shape (entries, members or 1)."""

    offset: Floats
    """Reading = sum of entry x column - offset; shape (readings, members or 1)."""


class _Numbers:
    """Affine numbers of several kinds, worked out together."""

    def __init__(self, parts: Sequence[Affine]) -> None:
        self._constant = np.concatenate([part.constant for part in parts])[:, None]
        self._coefficients = sp.vstack([part.coefficients for part in parts], format="csr")
        self._ends = np.cumsum([len(part.constant) for part in parts])[:-1]
        edges = zip((0, *self._ends), (*self._ends, len(self._constant)), strict=True)
        self._moves = [bool(part.coefficients.nnz) for part in parts]
        self._slices = [slice(*each) for each in edges]

    def at(self, givens: Floats) -> list[Floats]:
        """Each kind for givens of shape (givens, members); with one column where the givens do not matter."""
        found = self._constant + self._coefficients @ givens
        return [(found if moves else self._constant)[part] for moves, part in zip(self._moves, self._slices, strict=True)]


class _Places:
    """Where the entries of some rows stand in the matrix of one step."""

    def __init__(self, rows: Rows, step: CompiledStep, position: Mapping[Key, int]) -> None:
        order = {link.column: number for number, link in enumerate(step.links)}
        link = np.array([order.get(key, -1) for key in step.columns])
        kept = np.array([position.get(key, -1) for key in step.columns])
        source = np.array([position[each.source] for each in step.links], dtype=np.int64)
        weighed = np.array([not isinstance(each.kind, Before) for each in step.links], dtype=bool)
        self._own = np.flatnonzero(link[rows.column] < 0)
        self._linked = np.flatnonzero(link[rows.column] >= 0)
        self._link: Integers = link[rows.column[self._linked]]
        with_source = np.flatnonzero(weighed[self._link]) if len(self._link) else np.empty(0, dtype=np.int64)
        self._sourced, self._source_link = self._linked[with_source], self._link[with_source]
        self._row = np.concatenate([rows.row[self._own], rows.row[self._sourced]])
        self._column = np.concatenate([kept[rows.column[self._own]], source[self._source_link]])
        height, width = len(rows.names), len(position)
        places, place = np.unique(self._row * width + self._column, return_inverse=True)
        self.indices = (places % width).astype(np.int32)
        self.indptr = np.searchsorted(places // width, np.arange(height + 1)).astype(np.int32)
        self._into_places = _adding_up(place, len(places))
        self._into_columns = _adding_up(self._column, width)
        self._into_rows = _adding_up(self._row, height)
        self._linked_into_rows = _adding_up(rows.row[self._linked], height)
        self.lasting = np.diff(rows.side.coefficients.indptr) == 0
        """Rows whose entries and sides are the same in every step."""
        self.lasting[rows.row[np.diff(rows.entry.coefficients.indptr) > 0]] = False
        self.lasting[rows.row[self._linked]] = False

    def amounts(self, entry: Floats, weight: Floats) -> Floats:
        """What stands before the kept columns, shape (amounts, members or 1)."""
        if not len(self._sourced):
            return entry[self._own]
        return np.concatenate([entry[self._own], entry[self._sourced] * weight[self._source_link, None]])

    def came(self, entry: Floats, came: Floats) -> Floats:
        """What came from before, by row, shape (rows, members)."""
        return self._linked_into_rows @ (entry[self._linked] * came[self._link])

    def fill(self, entry: Floats, side: Floats, came: Floats, weight: Floats) -> tuple[Floats, Floats]:
        """Entries of the matrix in their places, and sides with what came from before."""
        return self._into_places @ self.amounts(entry, weight), side - self.came(entry, came)

    def summed_up(self, weights_of_rows: Floats) -> sp.csr_array:
        """What makes the weighted sum of all rows of amounts, by column; shape (columns, amounts)."""
        found = sp.csr_array(self._into_columns * weights_of_rows[self._row])
        found.eliminate_zeros()
        return found

    def read(self, filled: Filled, columns: Floats) -> Floats:
        """All rows at some columns of shape (columns, members)."""
        return self._into_rows @ (filled.reading * columns[self._column]) - filled.offset


def _adding_up(into: Integers, count: int) -> sp.csr_array:
    """A matrix that adds each number to the one at its place."""
    return sp.csr_array((np.ones(len(into)), (into, np.arange(len(into)))), shape=(count, len(into)))


def _goal_weights(network: Network, step: CompiledStep, policy: Policy) -> Floats:
    """How much each reading counts in the goal, shape (readings,)."""
    goal = policy.goals[0]
    found = np.zeros(len(step.readings.names))
    for number, (component, measure) in enumerate(step.readings.names):
        if (component, measure) not in step.measures:
            continue
        for term in goal.terms:
            named = not term.components or component in term.components
            classed = not term.user_classes or network[component].user_class_name in term.user_classes
            if term.measure == measure and named and classed:
                found[number] += term.weight
    return found if goal.sense == "minimise" else -found
