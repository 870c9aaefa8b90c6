"""One step after another, each for the least cost of its own: the step's numbers are filled in, the program is never rebuilt.

    linked column = weight x its source in the same step + what came from before
    matrix, sides, bounds, cost = constant + coefficients x givens

What `optimise/tile.py` does for a whole horizon is done here for a single step, in arrays whose places stay the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from waterbalance.network.component import Component
from waterbalance.optimise.compile import Affine
from waterbalance.optimise.links import history, weights
from waterbalance.optimise.step import Before
from waterbalance.optimise.tile import layout_of
from waterbalance.optimise.tree import Tree
from waterbalance.solver.programs import Programs
from waterbalance.solver.repeated import RepeatedSolver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waterbalance.horizon import Floats, Horizon, Integers
    from waterbalance.network.network import Network
    from waterbalance.network.states import States
    from waterbalance.optimise.compile import CompiledStep, Rows
    from waterbalance.optimise.step import Key
    from waterbalance.policy.goal import Policy


def can_step(network: Network, step: CompiledStep, policy: Policy) -> bool:
    """Whether a step is one program: a single goal, no switches but those of rules, nothing that is revised or shared."""
    goal = policy.goals[0]
    plain = len(policy.goals) == 1 and goal.shared is None and not policy.smallest_change
    plain = plain and all(term.benefit is None for term in goal.terms)
    revises = any(type(component).revise is not Component.revise for component in network)
    lifelines = any(component.user_class_name == "lifeline" for component in network)
    switched = any(whole and not network[name].is_rule for (name, _), whole in zip(step.columns, step.integer, strict=True))
    return plain and not switched and not revises and not lifelines


class OneStep:
    """A compiled step and its goal, for steps of a given length from any state."""

    def __init__(self, network: Network, step: CompiledStep, policy: Policy) -> None:
        self._step = step
        layout = layout_of(step, Tree.path(1))
        self.columns: tuple[Key, ...] = layout.columns
        self.place = position = layout.position
        self._kept = np.array([number for number, key in enumerate(step.columns) if key in position], dtype=np.int64)
        self._source = np.array([position[link.source] for link in step.links], dtype=np.int64)
        stocks = set(step.stocks)
        self._carried = np.array([isinstance(link.kind, Before) and link.source in stocks for link in step.links], dtype=bool)
        self._not_carried = np.flatnonzero(~self._carried).tolist()
        self._rows, self._readings = _Places(step.rows, step, position), _Places(step.readings, step, position)
        self._cost = self._readings.summed_up(_goal_weights(network, step, policy), len(position))
        limits = step.lower.some(self._kept), step.upper.some(self._kept)
        self._numbers = _Numbers((*limits, *self._rows.numbers, *self._readings.numbers))
        self._above, self._below = np.flatnonzero(step.rows.kind == 1), np.flatnonzero(step.rows.kind == -1)
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
        for number in range(len(self._step.links)) if last is None else self._not_carried:
            link = self._step.links[number]
            came[number] = [history(link, horizon, state)[0] for state in states.each]
            if not isinstance(link.kind, Before):
                weight[number] = weights(link.kind, horizon).toarray()[0, 0]
        return came, weight

    def fill(self, givens: Floats, came: Floats, weight: Floats) -> Filled:
        """The step with its numbers; `givens` of shape (givens, members)."""
        lower, upper, *numbers = self._numbers.at(givens)
        entries, sides = self._rows.fill(numbers[:4], came, weight)
        reading, offset = self._readings.fill(numbers[4:], came, weight)
        row_lower, row_upper = sides.copy(), sides
        row_lower[self._above], row_upper[self._below] = -np.inf, np.inf
        shape = (len(lower), givens.shape[1])
        programs = Programs(
            indptr=self._rows.indptr,
            indices=self._rows.indices,
            entries=entries,
            row_lower=row_lower,
            row_upper=row_upper,
            lower=np.broadcast_to(lower, shape),
            upper=np.broadcast_to(upper, shape),
            cost=np.broadcast_to(self._cost @ reading, shape),
        )
        return Filled(programs, reading, offset)

    def solve(self, filled: Filled) -> Floats:
        """The columns of the best step, shape (columns, members); not numbers where none was found, or switches have to be."""
        if self._step.integer.any():
            return np.full((len(self.columns), filled.programs.lower.shape[1]), np.nan)
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
        constant = np.concatenate([part.constant for part in parts])[:, None]
        self._coefficients = sp.vstack([part.coefficients for part in parts], format="csr")
        self._constant = constant
        ends = np.cumsum([0, *(len(part.constant) for part in parts)]).tolist()
        self._slices = [slice(*edges) for edges in pairwise(ends)]
        self._fixed = [None if part.coefficients.nnz else constant[each] for part, each in zip(parts, self._slices, strict=True)]

    def at(self, givens: Floats) -> list[Floats]:
        """Each kind for givens of shape (givens, members); the same array with one column where they do not matter."""
        found = self._constant + self._coefficients @ givens
        return [found[each] if fixed is None else fixed for fixed, each in zip(self._fixed, self._slices, strict=True)]


class _Places:
    """Where the entries of some rows stand in the matrix of one step."""

    def __init__(self, rows: Rows, step: CompiledStep, position: Mapping[Key, int]) -> None:
        order = {link.column: number for number, link in enumerate(step.links)}
        link = np.array([order.get(key, -1) for key in step.columns])
        kept = np.array([position.get(key, -1) for key in step.columns])
        source = np.array([position[each.source] for each in step.links], dtype=np.int64)
        weighed = np.array([not isinstance(each.kind, Before) for each in step.links], dtype=bool)
        own, linked = np.flatnonzero(link[rows.column] < 0), np.flatnonzero(link[rows.column] >= 0)
        self._link: Integers = link[rows.column[linked]]
        with_source = np.flatnonzero(weighed[self._link]) if len(self._link) else np.empty(0, dtype=np.int64)
        sourced, self._source_link = linked[with_source], self._link[with_source]
        row = np.concatenate([rows.row[own], rows.row[sourced]])
        column = np.concatenate([kept[rows.column[own]], source[self._source_link]])
        height, width = len(rows.names), len(position)
        places, place = np.unique(row * width + column, return_inverse=True)
        self.indices = (places % width).astype(np.int32)
        self.indptr = np.searchsorted(places // width, np.arange(height + 1)).astype(np.int32)
        self._row_of = places // width
        self._into_rows = _adding_up(self._row_of, height)
        self._linked_into_rows = _adding_up(rows.row[linked], height)
        self._sourced_into_places = _adding_up(place[len(own) :], len(places))
        into_places, entries = _adding_up(place[: len(own)], len(places)), rows.entry.some(own)
        whole = Affine(into_places @ entries.constant, sp.csr_array(into_places @ entries.coefficients))
        self.numbers = whole, rows.entry.some(sourced), rows.entry.some(linked), rows.side
        """What `fill` is to be handed for one step: entries of kept columns, of sources and of linked columns, and sides."""
        self.lasting = np.diff(rows.side.coefficients.indptr) == 0
        """Rows whose entries and sides are the same in every step."""
        self.lasting[rows.row[np.diff(rows.entry.coefficients.indptr) > 0]] = False
        self.lasting[rows.row[linked]] = False

    def fill(self, numbers: Sequence[Floats], came: Floats, weight: Floats) -> tuple[Floats, Floats]:
        """Entries of the matrix in their places, and sides with what came from before."""
        own, sourced, linked, side = numbers
        entries = own + self._sourced_into_places @ (sourced * weight[self._source_link, None]) if len(sourced) else own
        return entries, side - self._linked_into_rows @ (linked * came[self._link])

    def summed_up(self, weights_of_rows: Floats, columns: int) -> sp.csr_array:
        """What makes the weighted sum of all rows of their entries, by column; shape (columns, places)."""
        counts = np.flatnonzero(weights_of_rows[self._row_of])
        into = (weights_of_rows[self._row_of[counts]], (self.indices[counts], counts))
        return sp.csr_array(into, shape=(columns, len(self._row_of)))

    def read(self, filled: Filled, columns: Floats) -> Floats:
        """All rows at some columns of shape (columns, members)."""
        found: Floats = self._into_rows @ (filled.reading * columns[self.indices]) - filled.offset
        return found


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
