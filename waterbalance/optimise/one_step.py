"""One step after another, each for the least cost of its own: the step's numbers are filled in, the program is never rebuilt.

    linked column = weight x its source in the same step + what came from before
    matrix, sides, bounds, cost = constant + coefficients x givens

What `optimise/tile.py` does for a whole horizon is done here for a single step, in arrays whose places stay the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from waterbalance.network.component import Component
from waterbalance.optimise.links import history, weights
from waterbalance.optimise.step import Before
from waterbalance.optimise.tile import layout_of
from waterbalance.solver.program import Program
from waterbalance.solver.repeated import RepeatedSolver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats, Horizon, Integers
    from waterbalance.network.network import Network
    from waterbalance.network.state import State
    from waterbalance.optimise.compile import Affine, CompiledStep, Rows
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
        layout = layout_of(step, 1)
        self.columns: tuple[Key, ...] = layout.columns
        self.place = position = layout.position
        self._kept = np.array([number for number, key in enumerate(step.columns) if key in position], dtype=np.int64)
        self._lower, self._upper = step.lower.some(self._kept), step.upper.some(self._kept)
        self._source = np.array([position[link.source] for link in step.links], dtype=np.int64)
        stocks = set(step.stocks)
        self._carried = np.array([isinstance(link.kind, Before) and link.source in stocks for link in step.links], dtype=bool)
        self._rows = _Places(step.rows, step, position)
        self._weights = _goal_weights(network, step, policy)
        self._readings = _Places(_some_rows(step.readings, self._weights), step, position)
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
        """Forget the solver's last basis."""
        self._solver = None

    def before(self, horizon: Horizon, state: State, last: Floats | None) -> tuple[Floats, Floats]:
        """What linked columns have from before the step, and the weight of their source in it; `last`: the columns before."""
        came, weight = np.zeros(len(self._step.links)), np.zeros(len(self._step.links))
        if last is not None:
            came[self._carried] = last[self._source[self._carried]]
        for number, link in enumerate(self._step.links):
            if last is None or not self._carried[number]:
                came[number] = history(link, horizon, state)[0]
            if not isinstance(link.kind, Before):
                weight[number] = weights(link.kind, horizon).toarray()[0, 0]
        return came, weight

    def solve(self, givens: Floats, came: Floats, weight: Floats) -> Floats | None:
        """The columns of the best step; None where none was found, or where switches have to be searched."""
        if self._step.integer.any():
            return None
        entries, side = self._rows.fill(givens, came, weight)
        kind = self._step.rows.kind
        program = Program(
            matrix=self._rows.matrix(entries),
            row_lower=np.where(kind == 1, -np.inf, side),
            row_upper=np.where(kind == -1, np.inf, side),
            lower=_at(self._lower, givens),
            upper=_at(self._upper, givens),
            integer=np.zeros(len(self._kept), dtype=bool),
            number=self._step.number[self._kept],
        )
        cost = self._readings.cost(self._weights[self._weights != 0.0], givens, weight)
        if self._solver is None:
            self._solver = RepeatedSolver(program, *self._stocks)
        values = self._solver.minimise(cost, program)
        return None if values is None else np.clip(values, program.lower, program.upper)


class _Places:
    """Where the entries of some rows stand in the matrix of one step."""

    def __init__(self, rows: Rows, step: CompiledStep, position: Mapping[Key, int]) -> None:
        self._rows = rows
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
        width = len(position)
        places, self._place = np.unique(self._row * width + self._column, return_inverse=True)
        self._indices = (places % width).astype(np.int32)
        height = len(rows.names)
        self._indptr = np.searchsorted(places // width, np.arange(height + 1)).astype(np.int32)
        self._shape = (height, width)

    def fill(self, givens: Floats, came: Floats, weight: Floats) -> tuple[Floats, Floats]:
        """Entries of the matrix in their places, and sides with what came from before."""
        entry, side = _at(self._rows.entry, givens), _at(self._rows.side, givens)
        moved = np.bincount(self._rows.row[self._linked], entry[self._linked] * came[self._link], self._shape[0])
        amounts = np.concatenate([entry[self._own], entry[self._sourced] * weight[self._source_link]])
        filled: Floats = np.bincount(self._place, amounts, len(self._indices)).astype(float)
        return filled, side - moved

    def matrix(self, entries: Floats) -> sp.csr_array:
        """The matrix with its entries."""
        return sp.csr_array((entries, self._indices, self._indptr), shape=self._shape)

    def cost(self, weights_of_rows: Floats, givens: Floats, weight: Floats) -> Floats:
        """The weighted sum of all rows, by column."""
        entry = _at(self._rows.entry, givens)
        amounts = np.concatenate([entry[self._own], entry[self._sourced] * weight[self._source_link]])
        cost: Floats = np.bincount(self._column, amounts * weights_of_rows[self._row], self._shape[1]).astype(float)
        return cost


def _at(affine: Affine, givens: Floats) -> Floats:
    """Affine numbers for one step's givens, shape (numbers,)."""
    coefficients = affine.coefficients
    found: Floats = affine.constant + coefficients @ givens if coefficients.nnz else affine.constant
    return found


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


def _some_rows(rows: Rows, weights_of_rows: Floats) -> Rows:
    """Only the rows that count."""
    chosen = np.flatnonzero(weights_of_rows)
    number = np.full(len(rows.names), -1)
    number[chosen] = np.arange(len(chosen))
    entries = np.flatnonzero(number[rows.row] >= 0)
    return replace(
        rows,
        names=tuple(rows.names[index] for index in chosen),
        row=number[rows.row[entries]],
        column=rows.column[entries],
        entry=rows.entry.some(entries),
        side=rows.side.some(chosen),
        kind=rows.kind[chosen],
    )
