"""What prevents a field from having its water: limits are lifted one at a time, and the search is made again.

    gain of a limit = shortfall with it - shortfall without it

The limit with the greatest gain is the cause; of several that bring nearly as much, the one nearest to the field. Where none
alone brings half of what is missing, several bind together. A gain is what the search has found: it may be greater still.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from waterbalance.schedule.canal_tree import Hours
from waterbalance.schedule.timetable import make_timetable
from waterbalance.schedule.turn_fields import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.horizon import Floats
    from waterbalance.schedule.canal_tree import Canal, CanalTree, Gate, Reach
    from waterbalance.schedule.search import Limits
    from waterbalance.schedule.timetable import Timetable

Cause = Literal[
    "turnout_capacity",
    "reach_capacity",
    "head_capacity",
    "river",
    "energy",
    "night",
    "turn",
    "working_hours",
    "minimum_run",
    "moves_a_day",
    "ramp",
    "least_flow",
    "filling",
    "several",
]

NEARLY_NOTHING = 1.0
"""A shortfall below is rounding. [m3]"""

NEARLY_AS_MUCH = 0.95
"""Share of the greatest gain that another limit's has to have to be named before it. [-]"""

MANY = 100.0
"""How many times its capacity has what is lifted."""


@dataclass(frozen=True)
class Shortfall:
    """What one field lacks, and why. Volumes in [m3]."""

    turnout: str
    zone: str
    wanted: float
    brought: float
    cause: Cause | None
    """None where nothing to speak of is missing."""

    at: str | None = None
    """Where the limit is, if it is one place's: the canal and the number of its reach, from 1."""

    gain: float = 0.0
    """What it would bring to lift the limit alone."""

    @property
    def short(self) -> float:
        """What is missing. [m3]."""
        return max(0.0, self.wanted - self.brought)


@dataclass(frozen=True)
class _Lifted:
    cause: Cause
    at: str | None
    tree: CanalTree


def shortfalls(timetable: Timetable, limits: Limits) -> tuple[Shortfall, ...]:
    """One for each turnout; `limits` are those of each search with a limit lifted."""
    short = timetable.shortfall > np.maximum(NEARLY_NOTHING, TOLERANCE * timetable.wanted.volume)
    gains = []
    for each in _lifted(timetable.tree) if short.any() else ():
        freed = make_timetable(each.tree, timetable.slots, timetable.wanted, limits=limits, running=timetable.running)
        gains.append((each, timetable.shortfall - freed.shortfall))
    return tuple(_named(timetable, row, gains if short[row] else None) for row in range(len(short)))


def _named(timetable: Timetable, row: int, gains: list[tuple[_Lifted, Floats]] | None) -> Shortfall:
    turnout, wanted = timetable.tree.turnouts[row][1], float(timetable.wanted.volume[row])
    told = Shortfall(turnout.name, turnout.zone, wanted, float(timetable.brought[row]), None)
    if gains is None:
        return told
    greatest = max(float(gain[row]) for _, gain in gains)
    enough = NEARLY_AS_MUCH * greatest if greatest > 0 else greatest
    best, gain = next((each, float(gain[row])) for each, gain in gains if gain[row] >= enough)
    if gain < 0.5 * told.short:
        return replace(told, cause="several")
    return replace(told, cause=best.cause, at=best.at, gain=gain)


def _lifted(tree: CanalTree) -> list[_Lifted]:
    """The tree without each of its limits, one at a time; the limits nearest to the field first."""
    found = [
        _Lifted("turnout_capacity", None, _with_gates(tree, lambda gate: replace(gate, capacity=MANY * gate.capacity))),
        *(_Lifted("head_capacity", canal.name, _with_wide_head(tree, canal)) for canal in tree.canals if canal.pump is None),
        *(
            _Lifted("reach_capacity", f"{node.canal.name} {node.number + 1}", _with_reach(tree, place))
            for place, node in enumerate(tree.nodes)
        ),
        *(_Lifted("river", canal.name, _with_canals(tree, _from_a_storage)) for canal in tree.canals if canal.supply is not None),
        *(_Lifted("energy", canal.name, _with_wide_head(tree, canal)) for canal in tree.canals if canal.pump is not None),
        _Lifted("night", None, replace(tree, hours=replace(tree.hours, night=None))),
        _Lifted("turn", None, _with_canals(tree, lambda canal: replace(canal, rotation=None, operation="on_demand"))),
        _Lifted("working_hours", None, replace(tree, hours=Hours(None, tree.hours.night))),
        _Lifted("minimum_run", None, _with_all_gates(tree, lambda gate: replace(gate, minimum_run=0.0))),
        _Lifted("moves_a_day", None, _with_all_gates(tree, lambda gate: replace(gate, moves_a_day=None))),
        _Lifted("ramp", None, _with_all_gates(tree, lambda gate: replace(gate, ramp=None))),
        _Lifted("least_flow", None, _with_all_gates(tree, lambda gate: replace(gate, least=0.0))),
        _Lifted("filling", None, _with_reaches(tree, lambda reach: replace(reach, fill_volume=0.0, drain_volume=0.0))),
    ]
    return [each for each in found if each.tree != tree]


def _with_canals(tree: CanalTree, change: Callable[[Canal], Canal]) -> CanalTree:
    return replace(tree, canals=tuple(change(canal) for canal in tree.canals))


def _with_reaches(tree: CanalTree, change: Callable[[Reach], Reach]) -> CanalTree:
    return _with_canals(tree, lambda canal: replace(canal, reaches=tuple(change(reach) for reach in canal.reaches)))


def _with_gates(tree: CanalTree, change: Callable[[Gate], Gate]) -> CanalTree:
    """Every turnout changed."""

    def changed(reach: Reach) -> Reach:
        return replace(reach, turnouts=tuple(replace(each, gate=change(each.gate)) for each in reach.turnouts))

    return _with_reaches(tree, changed)


def _with_all_gates(tree: CanalTree, change: Callable[[Gate], Gate]) -> CanalTree:
    """Every turnout and every head changed."""
    return _with_canals(_with_gates(tree, change), lambda canal: replace(canal, head=change(canal.head)))


def _with_reach(tree: CanalTree, place: int) -> CanalTree:
    """One reach with any capacity, and with it the head gate that stands at its beginning."""
    node = tree.nodes[place]

    def changed(canal: Canal) -> Canal:
        if canal.name != node.canal.name:
            return canal
        reaches = list(canal.reaches)
        reaches[node.number] = replace(node.reach, capacity=MANY * node.reach.capacity)
        head = canal.head
        if node.is_head and canal.pump is None:
            head = replace(head, capacity=MANY * head.capacity)
        return replace(canal, reaches=tuple(reaches), head=head)

    return _with_canals(tree, changed)


def _from_a_storage(canal: Canal) -> Canal:
    return replace(canal, supply=None)


def _with_wide_head(tree: CanalTree, canal: Canal) -> CanalTree:
    """One head with any capacity; a pump with energy at any hour."""
    pump = None if canal.pump is None else replace(canal.pump, grid=True)
    wide = replace(canal, head=replace(canal.head, capacity=MANY * canal.head.capacity), pump=pump)
    return _with_canals(tree, lambda each: wide if each.name == canal.name else each)
