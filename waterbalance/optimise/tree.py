"""Steps as nodes of a tree: a stem that all members share, then a branch for each.

    nodes    stem 0 ... c - 1,  branch 0: c ... T - 1,  branch 1: T ... 2 T - c - 1,  and so on
    path m   the stem, then branch m: the nodes through which member m goes
    weight   1 on the stem, the probability of its member on a branch

A plan without members is a tree with one path. Every prefix of the nodes is a tree itself, and the first T nodes are path 0.
What looks back from a node looks along its own path: a link has the same weights on every path (`grown`).
Method: the node formulation of two-stage stochastic programs, Birge and Louveaux (2011), Introduction to stochastic programming,
doi:10.1007/978-1-4614-0237-4, chapters 2 and 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.optimise.links import Weights
from waterbalance.plan.stem import expected_on_stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.forecast.fan import Fan
    from waterbalance.horizon import Floats, Integers


@dataclass(frozen=True)
class Tree:
    """Which node stands for which step of which member."""

    steps: int
    """Steps of every path."""

    common: int
    """Steps of the stem."""

    probability: tuple[float, ...]
    """Of each branch."""

    @classmethod
    def path(cls, steps: int) -> Tree:
        """A single path."""
        return cls(steps, steps, (1.0,))

    @classmethod
    def of(cls, fan: Fan) -> Tree:
        """The tree of a fan."""
        return cls(len(fan.horizon), fan.common_steps, fan.probability)

    @property
    def branches(self) -> int:
        """How many paths there are."""
        return len(self.probability)

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return self.common + self.branches * (self.steps - self.common)

    @cached_property
    def paths(self) -> Integers:
        """The nodes of every path, shape (branches, steps)."""
        own = np.arange(self.branches)[:, None] * (self.steps - self.common)
        time = np.arange(self.steps)[None, :]
        found: Integers = np.where(time < self.common, time, time + own)
        return found

    @cached_property
    def branch(self) -> Integers:
        """The first path that goes through each node, shape (nodes,)."""
        found = np.zeros(self.nodes, dtype=np.int64)
        for number in range(self.branches - 1, -1, -1):
            found[self.paths[number]] = number
        return found

    @cached_property
    def step(self) -> Integers:
        """The step of each node, shape (nodes,)."""
        found = np.empty(self.nodes, dtype=np.int64)
        found[self.paths] = np.arange(self.steps)[None, :]
        return found

    @cached_property
    def before(self) -> Integers:
        """The node before each node, -1 for the first of a path; shape (nodes,)."""
        found = np.full(self.nodes, -1, dtype=np.int64)
        found[self.paths[:, 1:]] = self.paths[:, :-1]
        return found

    @cached_property
    def weight(self) -> Floats:
        """How likely it is that each node is come through, shape (nodes,). [1]."""
        likely: Floats = np.where(self.step < self.common, 1.0, np.array(self.probability)[self.branch])
        return likely

    def on_nodes(self, of_paths: Sequence[Floats]) -> Floats:
        """Values along every path, shape (branches, steps), on the nodes: the expected value on the stem."""
        if self.branches == 1:
            return of_paths[0]
        values = np.array(of_paths)
        found = np.empty(self.nodes)
        found[self.paths] = values
        found[: self.common] = expected_on_stem(values[:, : self.common], self.probability)
        return found

    def over_steps(self, of_nodes: Floats) -> Floats:
        """The sum over all nodes of each step, of shape (nodes, ...)."""
        if self.branches == 1:
            return of_nodes
        found = np.zeros((self.steps, *of_nodes.shape[1:]))
        np.add.at(found, self.step, of_nodes)
        return found

    def grown(self, weights: Weights) -> Weights:
        """Weights along a path as weights between nodes: the stem's once, those of a branch along its own path."""
        if self.branches == 1:
            return weights
        kind = np.repeat(np.arange(len(weights.first) - 1), np.diff(weights.first))
        entry = np.arange(len(weights.step))
        parted = entry[weights.step >= self.common]
        entries = np.concatenate([entry[weights.step < self.common], *[parted] * self.branches])
        path = np.repeat(np.arange(self.branches), len(parted))
        path = np.concatenate([np.zeros(len(entries) - len(path), dtype=np.int64), path])
        order = np.argsort(kind[entries], kind="stable")
        entries, path = entries[order], path[order]
        return Weights(
            first=np.searchsorted(kind[entries], np.arange(len(weights.first))),
            step=self.paths[path, weights.step[entries]],
            source_step=self.paths[path, weights.source_step[entries]],
            value=weights.value[entries],
        )
