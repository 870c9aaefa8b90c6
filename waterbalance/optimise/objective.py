"""Goals as cost vectors: the weighted sum of measures over components and steps.

objective = sum over terms, components and steps of weight x benefit x measure

Where members part, the sum is the expected one: every node counts as likely as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import scipy.sparse as sp

    from waterbalance.forecast.fan import Fan
    from waterbalance.horizon import Floats, Integers
    from waterbalance.network.network import Network
    from waterbalance.optimise.step import Key
    from waterbalance.optimise.tree import Tree
    from waterbalance.policy.goal import Goal, Term


class Measures:
    """The measures of a tiled network: measure = matrix x columns - offset, row r of step t at t x readings + r."""

    def __init__(
        self, names: tuple[Key, ...], measured: Mapping[Key, str], matrix: sp.csr_array, offset: Floats, tree: Tree
    ) -> None:
        self.number = {key: number for number, key in enumerate(names) if key in measured}
        self.matrix = matrix
        self.offset = offset
        self.height = len(names)
        self.steps = offset.shape[1]
        self.tree = tree

    def rows(self, key: Key) -> Integers:
        """Rows of a measure in the matrix at every step, shape (steps,)."""
        return np.arange(self.steps) * self.height + self.number[key]

    def value(self, key: Key, solution: Floats) -> Floats:
        """A measure in a solution at every step, shape (steps,)."""
        rows = self.rows(key)
        found: Floats = self.matrix[rows] @ solution[: self.matrix.shape[1]] - self.offset[self.number[key]]
        return found

    def chosen(self, term: Term, network: Network) -> list[Key]:
        """The measures that a term speaks about."""
        return [
            key
            for key in self.number
            if key[1] == term.measure
            and (not term.components or key[0] in term.components)
            and (not term.user_classes or network[key[0]].user_class_name in term.user_classes)
        ]


def goal_cost(goal: Goal, measures: Measures, network: Network, fan: Fan) -> tuple[Floats, float] | None:
    """Cost of every column and the constant part, to be minimised; None when nothing in the network has the measure."""
    weights = np.zeros(measures.height * measures.steps)
    tree = measures.tree
    found = False
    for term in goal.terms:
        for key in measures.chosen(term, network):
            weight = term.weight * tree.weight
            if term.at == "last step":
                weight[tree.step < tree.steps - 1] = 0.0
            if term.benefit is not None:
                benefits = [path.get(key[0], term.benefit) for path in fan.paths]
                told = [each.values[:, 0] for each in benefits if each is not None]
                if not told:
                    continue
                weight *= tree.on_nodes(told)
            weights[measures.rows(key)] += weight
            found = True
    if not found:
        return None
    sign = 1.0 if goal.sense == "minimise" else -1.0
    weights *= sign
    constant = -float(weights @ measures.offset.T.ravel())
    return weights @ measures.matrix, constant
