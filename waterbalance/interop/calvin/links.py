"""A matrix of links: what flows from node to node, piece by piece, and what it costs.

A node is called NAME.DATE, the date being the last day of a step; SOURCE, SINK, INITIAL and FINAL have none. What a reservoir
keeps flows from NAME.DATE to NAME of the next date.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.horizon import Floats, Integers

SOURCE, SINK, INITIAL, FINAL = "SOURCE", "SINK", "INITIAL", "FINAL"

OPEN = (SOURCE, SINK)
"""Nodes without a balance: where water comes from and where it ends."""

DEBUG = "DBUG"
"""How the names of nodes begin that give or take what a balance lacks or cannot place."""

NO_BOUND = 1e12
"""From here on a bound is none."""


@dataclass(frozen=True)
class Nodes:
    """Names, with and without their dates; shape (nodes,)."""

    name: tuple[str, ...]
    base: Integers
    """Number of the name without its date."""

    step: Integers
    """Step of the date; of a node without one the first that it leads to, else the last that leads to it."""

    dated: np.ndarray
    bases: tuple[str, ...]

    @cached_property
    def balanced(self) -> np.ndarray:
        """Which nodes have a balance, and so a row in the program."""
        return np.array([name not in OPEN for name in self.name], dtype=bool)

    @cached_property
    def row(self) -> Integers:
        """Row of each node in the program; -1 where it has none."""
        return np.where(self.balanced, np.cumsum(self.balanced) - 1, -1)


@dataclass(frozen=True)
class Links:
    """One entry a piece of a link, shape (pieces,). Flows are what arrives; flow / gain is what leaves."""

    nodes: Nodes
    dates: tuple[dt.date, ...]
    """Last days of the steps."""

    source: Integers
    target: Integers
    piece: Integers
    cost: Floats
    """Per unit that arrives."""

    gain: Floats
    """What arrives of one unit that leaves. [-]"""

    lower: Floats
    upper: Floats
    """Infinite where there is none."""

    def __len__(self) -> int:
        return len(self.source)

    @cached_property
    def step(self) -> Integers:
        """Step of each piece: that in which water leaves, where the node it leaves has a date."""
        leaves, arrives = self.nodes.step[self.source], self.nodes.step[self.target]
        return np.where(self.nodes.dated[self.source] | ~self.nodes.dated[self.target], leaves, arrives)

    @cached_property
    def carries(self) -> np.ndarray:
        """Which pieces carry water over to a later date: storage."""
        nodes = self.nodes
        both = nodes.dated[self.source] & nodes.dated[self.target]
        return np.asarray(both & (nodes.step[self.source] != nodes.step[self.target]))

    @cached_property
    def debug(self) -> np.ndarray:
        """Which pieces bring what a balance lacks, or take what it cannot place."""
        return np.asarray(self.is_debug_node[self.source] | self.is_debug_node[self.target])

    @cached_property
    def is_debug_node(self) -> np.ndarray:
        """Which nodes give or take such water, shape (nodes,)."""
        gives_or_takes = np.array([base.startswith(DEBUG) for base in self.nodes.bases], dtype=bool)
        return np.asarray(gives_or_takes[self.nodes.base])
