"""What runs when a schedule begins: gates that are open, and canals that are full or being filled.

Slots count at the head of the canals, and so does this: a gate that water reaches `travel` hours after the head is told as it is
so much later than the first slot begins at the head, as the last orders have it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.slots import MOMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.schedule.canal_tree import Canal, CanalTree, Gate
    from waterbalance.schedule.opportunity import Opportunity
    from waterbalance.schedule.slots import Slots


@dataclass(frozen=True)
class RunningGate:
    """One gate just before its first slot begins."""

    flow: float = 0.0
    """Shut at zero. [m3/s]"""

    hours: float = math.inf
    """How long it has been open. [h]"""

    moves: int = 0
    """How often it has been moved on the local day in which its first slot begins."""

    off_by: float = 0.0
    """By how much the flow may be otherwise. [m3/s]"""

    passed: float = 0.0
    """What it has let through on that day. [m3]"""

    @property
    def is_open(self) -> bool:
        """Whether anything flows."""
        return self.flow > 0.0

    def slots_to_go(self, gate: Gate, slots: Slots) -> int:
        """How many slots are left of its minimum run."""
        if not self.is_open:
            return 0
        return min(slots.count, math.ceil(max(0.0, gate.minimum_run - self.hours) / slots.hours - MOMENT))

    def least(self, gate: Gate, opportunity: Opportunity) -> Floats:
        """Least flow in every slot while it is open: a trickle goes on until somebody can move it; shape (slots,). [m3/s]."""
        movable = np.cumsum(opportunity.move) > 0
        trickle = max(0.0, self.flow - self.off_by) if self.is_open else gate.least
        return np.where(movable, gate.least, min(gate.least, trickle))

    def slots_as_it_is(self, gate: Gate, opportunity: Opportunity, slots: Slots, *, stays: bool = False) -> int:
        """How many slots it may take until it is shut, or at its least where it `stays` open."""
        if not self.is_open:
            return 0
        change = gate.most_change(slots.hours)
        ramp = math.ceil(self.flow / change - MOMENT) if change else 0
        first, move = (0, opportunity.adjust) if stays else (self.slots_to_go(gate, slots), opportunity.move)
        movable = next((slot for slot in range(first, slots.count) if move[slot]), slots.count)
        return min(slots.count, movable + ramp)

    def unavoidable(self, gate: Gate, opportunity: Opportunity, slots: Slots, *, stays: bool = False) -> float:
        """What passes at most before it can be shut: nobody is there, its minimum run lasts, its ramp is gentle. [m3].

        One that `stays` open can only be set to its least flow.
        """
        if not self.is_open:
            return 0.0
        as_it_is = self.slots_as_it_is(gate, opportunity, slots, stays=stays)
        least = gate.least * (slots.count - as_it_is) if stays else 0.0
        return slots.seconds * (self.flow * as_it_is + least)


SHUT = RunningGate()

ROUNDED = 1e-4
"""By how much the flows of orders may be rounded. [m3/s]"""


@dataclass(frozen=True)
class Running:
    """Gates by the name of their orders; water by canal and number of the reach, from 0. What is not told is shut and dry."""

    gates: Mapping[str, RunningGate] = field(default_factory=lambda: MappingProxyType({}))
    contents: Mapping[tuple[str, int], float] = field(default_factory=lambda: MappingProxyType({}))
    """What stands in a reach of its `fill_volume`. [m3]"""

    idle: frozenset[tuple[str, int]] = frozenset()
    """Reaches of canals with an open head in which water stands, but which are not in use."""

    def gate(self, name: str) -> RunningGate:
        """The gate of a turnout, or of the head of a canal."""
        return self.gates.get(name, SHUT)

    def head(self, canal: Canal) -> RunningGate:
        """The gate at the head of a canal."""
        return self.gate(canal.gate)

    def content(self, tree: CanalTree, at: int) -> float:
        """What stands in a reach, at most what fills it. [m3]."""
        node = tree.nodes[at]
        return min(node.reach.fill_volume, self.contents.get((node.canal.name, node.number), 0.0))

    def is_wet(self, tree: CanalTree, at: int) -> bool:
        """Whether a reach is in use: the first with its head; one behind it with the one before it, if there is water in it."""
        node = tree.nodes[at]
        if node.is_head or node.parent is None:
            return self.head(node.canal).is_open
        stands = self.content(tree, at) > 0.0 and (node.canal.name, node.number) not in self.idle
        return stands and self.is_wet(tree, node.parent)

    def over(self, other: Running) -> Running:
        """What is told here, and by the other what is not."""
        idle = self.idle | {reach for reach in other.idle if reach not in self.contents}
        return Running({**other.gates, **self.gates}, {**other.contents, **self.contents}, idle)

    def shut(self) -> Running:
        """The same with all gates shut; the water stays where it is."""
        return replace(self, gates=MappingProxyType({}))


AT_REST = Running()
"""All dry and shut."""
