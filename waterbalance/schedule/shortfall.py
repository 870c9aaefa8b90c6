"""What prevents a field from having its water: limits are lifted one at a time, and the search is made again.

    gain of a limit = shortfall with it - shortfall without it - what other fields lack more without it

The limit with the greatest gain is the cause; others that bring nearly as much would serve as well and are told with it, the
nearest to the field first. Where a search that was stopped brings nearly as much by going on, with every limit in its place, no
limit is the cause. Where none alone brings a quarter of what is missing, all are lifted, and one after another is put
back as long as half of what that brings is left: the rest binds together. A gain is what the search has found: it may be greater.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from waterbalance.errors import UsageError
from waterbalance.schedule.canal_tree import Hours
from waterbalance.schedule.opportunity import in_turn
from waterbalance.schedule.timetable import make_timetable
from waterbalance.schedule.turn_fields import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waterbalance.horizon import Floats
    from waterbalance.schedule.canal_tree import Canal, CanalTree, Gate, Reach
    from waterbalance.schedule.search import Limits
    from waterbalance.schedule.timetable import Timetable

Cause = Literal[
    "turnout_capacity",
    "device",
    "reach_capacity",
    "head_capacity",
    "river",
    "energy",
    "night",
    "turn",
    "turn_later",
    "working_hours",
    "minimum_run",
    "moves_a_day",
    "ramp",
    "least_flow",
    "filling",
    "search",
    "several",
]

NEARLY_NOTHING = 1.0
"""A shortfall below is rounding. [m3]"""

NEARLY_AS_MUCH = 0.95
"""Share of the greatest gain that another limit's has to have to be named before it. [-]"""

ALONE = 0.25
"""Share of what is missing that a limit has to bring alone to be named for itself. [-]"""

MANY = 100.0
"""How many times its capacity has what is lifted; at least that of the widest place of the tree, else a slit stays one."""


@dataclass(frozen=True)
class Limit:
    """One limit of a tree."""

    cause: Cause
    at: str | None = None
    """Where it is, if it is one place's: the canal, and for a reach its number, from 1."""


@dataclass(frozen=True)
class Shortfall:
    """What one field lacks, and why. Volumes in [m3]."""

    turnout: str
    zone: str
    wanted: float
    brought: float
    cause: Cause | None
    """None where nothing to speak of is missing; `several` where no limit alone brings much."""

    at: str | None = None
    """Where the limit is, if it is one place's: the canal and the number of its reach, from 1."""

    gain: float = 0.0
    """What it would bring to lift the limit alone, or those that bind together; nothing of it is taken from other fields."""

    others: tuple[Limit, ...] = ()
    """Limits that would serve as well; where `several` do, those that bind together."""

    before: float = 0.0
    """What lacked before, and is wanted besides what is planned; below 0 where more was brought."""

    @property
    def planned(self) -> float:
        """By the plan. [m3]."""
        return self.wanted - self.before

    @property
    def short(self) -> float:
        """What is missing. [m3]."""
        return max(0.0, self.wanted - self.brought)


@dataclass(frozen=True)
class _Lift:
    limit: Limit
    change: Callable[[CanalTree], CanalTree]
    contains: Limit | None = None
    """A limit that is lifted with it."""


GOING_ON = _Lift(Limit("search"), lambda tree: tree)
"""Nothing is lifted."""


def shortfalls(timetable: Timetable, limits: Limits, before: Floats | None = None) -> tuple[Shortfall, ...]:
    """One for each turnout; the searches with one limit lifted share the time of `limits`; `before` is what lacked [m3]."""
    short = timetable.shortfall > np.maximum(NEARLY_NOTHING, TOLERANCE * timetable.wanted.volume)
    lifts = _lifts(timetable.tree) if short.any() else []
    if lifts and timetable.stopped_by is not None:
        lifts = [GOING_ON, *lifts]
    if limits.time is not None and lifts:
        limits = replace(limits, time=limits.time / len(lifts))
    # Near enough to the bound is no reason for a search that goes on to end.
    gains = [(lift, _gains(timetable, [lift], replace(limits, gap=0.0) if lift is GOING_ON else limits)) for lift in lifts]
    found = [_alone(timetable, row, gains if short[row] else None) for row in range(len(short))]
    unclear = [row for row, each in enumerate(found) if each.cause == "several"]
    if unclear:
        together, gain = _together(timetable, unclear, lifts, limits)
        for row in unclear:
            others = tuple(_as_seen(timetable, row, each) for each in together if _concerns(timetable.tree, row, each))
            found[row] = replace(found[row], others=others, gain=float(gain[row]))
    lacked = np.zeros(len(found)) if before is None else before
    return tuple(replace(each, before=volume) for each, volume in zip(found, lacked.tolist(), strict=True))


def _gains(timetable: Timetable, lifts: Sequence[_Lift], limits: Limits) -> Floats:
    """What each field gains without limits, less what others lose by it, shape (turnouts,). [m3]."""
    tree = timetable.tree
    for lift in lifts:
        tree = lift.change(tree)
    slots, wanted, running = timetable.slots, timetable.wanted, timetable.running
    # What can be done with a limit can be done without it.
    try:
        freed = make_timetable(tree, slots, wanted, limits=limits, running=running, known=timetable)
    except UsageError:
        return np.zeros_like(timetable.shortfall)
    gain = timetable.shortfall - freed.shortfall
    lost = np.maximum(-gain, 0.0)
    found: Floats = gain - (lost.sum() - lost)
    return found


def _alone(timetable: Timetable, row: int, gains: list[tuple[_Lift, Floats]] | None) -> Shortfall:
    """With the limit that brings most alone, and those that bring as much; `several` where that is little."""
    turnout, wanted = timetable.tree.turnouts[row][1], float(timetable.wanted.volume[row])
    told = Shortfall(turnout.name, turnout.zone, wanted, float(timetable.brought[row]), None)
    if gains is None:
        return told
    greatest = max(float(gain[row]) for _, gain in gains)
    if greatest < ALONE * told.short:
        return replace(told, cause="several")
    serving = [(lift, float(gain[row])) for lift, gain in gains if gain[row] >= NEARLY_AS_MUCH * greatest]
    if serving[0][0] is GOING_ON:
        serving = serving[:1]
    named = {lift.limit for lift, _ in serving}
    serving = [(lift, gain) for lift, gain in serving if lift.contains not in named]
    first, *others = (_as_seen(timetable, row, lift.limit) for lift, _ in serving)
    return replace(told, cause=first.cause, at=first.at, gain=serving[0][1], others=tuple(others))


def _together(timetable: Timetable, rows: list[int], lifts: list[_Lift], limits: Limits) -> tuple[list[Limit], Floats]:
    """Limits of which none may stay if fields that no limit alone helps are to gain half of what they can, and the gains."""
    kept, gain = lifts, _gains(timetable, lifts, limits)
    enough = 0.5 * float(gain[rows].sum())
    if enough < 0.5 * ALONE * float(timetable.shortfall[rows].sum()):
        return [], np.zeros(len(gain))
    for lift in reversed(lifts):
        fewer = [each for each in kept if each is not lift]
        without = _gains(timetable, fewer, limits) if fewer else np.zeros(len(gain))
        if float(without[rows].sum()) >= enough:
            kept, gain = fewer, without
    return [lift.limit for lift in kept], gain


def _as_seen(timetable: Timetable, row: int, limit: Limit) -> Limit:
    """A turn that never comes within the slots is not too short."""
    place, turnout = timetable.tree.turnouts[row]
    rotation = timetable.tree.nodes[place].canal.rotation
    if limit.cause != "turn" or rotation is None:
        return limit
    own = next(group for group in rotation.groups if turnout.name in group.turnouts)
    names = set(own.turnouts)
    rows = [at for at, (_, each) in enumerate(timetable.tree.turnouts) if each.name in names]
    never = not in_turn(rotation, timetable.slots, turnout.name).any()
    left_over = rotation.order == "free" and timetable.open[rows].max() < 0.5
    return Limit("turn_later") if never or left_over else limit


def _concerns(tree: CanalTree, row: int, limit: Limit) -> bool:
    """Whether a limit stands on the way to a field."""
    way = [tree.nodes[at] for at in tree.way_to(tree.turnouts[row][0])]
    names = {node.canal.name for node in way} | {f"{node.canal.name} {node.number + 1}" for node in way}
    return limit.at is None or limit.at in names


def _lifts(tree: CanalTree) -> list[_Lift]:
    """Each limit of the tree; the limits nearest to the field first."""
    found = [
        _Lift(Limit("turnout_capacity"), _wide_turnouts),
        _Lift(Limit("device"), lambda tree: _with_gates(tree, _without_device)),
        *(_Lift(Limit("device", canal.name), _head_without_device(canal.name)) for canal in tree.canals),
        *(_Lift(Limit("head_capacity", canal.name), _wide_head(canal.name)) for canal in tree.canals if canal.pump is None),
        *(
            _Lift(
                Limit("reach_capacity", f"{node.canal.name} {node.number + 1}"),
                _wide_reach(place),
                Limit("head_capacity", node.canal.name) if node.is_head else None,
            )
            for place, node in enumerate(tree.nodes)
        ),
        *(
            _Lift(Limit("river", canal.name), _with_canal(canal.name, lambda canal: replace(canal, supply=None)))
            for canal in tree.canals
            if canal.supply is not None
        ),
        *(_Lift(Limit("energy", canal.name), _wide_head(canal.name)) for canal in tree.canals if canal.pump is not None),
        _Lift(Limit("night"), lambda tree: replace(tree, hours=replace(tree.hours, night=None))),
        _Lift(Limit("turn"), lambda tree: _with_canals(tree, _without_turns)),
        _Lift(Limit("working_hours"), lambda tree: replace(tree, hours=Hours(None, tree.hours.night))),
        _Lift(Limit("minimum_run"), lambda tree: _with_all_gates(tree, lambda gate: replace(gate, minimum_run=0.0))),
        _Lift(Limit("moves_a_day"), lambda tree: _with_all_gates(tree, lambda gate: replace(gate, moves_a_day=None))),
        _Lift(Limit("ramp"), lambda tree: _with_all_gates(tree, lambda gate: replace(gate, ramp=None))),
        _Lift(Limit("least_flow"), lambda tree: _with_all_gates(tree, lambda gate: replace(gate, least=0.0))),
        _Lift(Limit("filling"), lambda tree: _with_reaches(tree, _never_filled)),
    ]
    return [each for each in found if each.change(tree) != tree]


def _wide_turnouts(tree: CanalTree) -> CanalTree:
    return _with_gates(tree, lambda gate: _wide(gate, tree))


def _wide(gate: Gate, tree: CanalTree) -> Gate:
    """With any capacity; where its device is the limit, it stays one."""
    if gate.without_device is not None:
        return replace(gate, without_device=max(MANY * gate.without_device, _widest(tree)))
    return replace(gate, capacity=max(MANY * gate.capacity, _widest(tree)))


def _without_device(gate: Gate) -> Gate:
    capacity = gate.capacity if gate.without_device is None else gate.without_device
    return replace(gate, capacity=capacity, without_device=None, greatest_step=None, daily_volume=None)


def _head_without_device(name: str) -> Callable[[CanalTree], CanalTree]:
    return _with_canal(name, lambda canal: replace(canal, head=_without_device(canal.head)))


def _widest(tree: CanalTree) -> float:
    """The greatest capacity of all gates and reaches. [m3/s]."""
    gates = [*(canal.head for canal in tree.canals), *(turnout.gate for _, turnout in tree.turnouts)]
    return max(*(gate.capacity for gate in gates), *(node.reach.capacity for node in tree.nodes))


def _never_filled(reach: Reach) -> Reach:
    return replace(reach, fill_volume=0.0, drain_volume=0.0)


def _without_turns(canal: Canal) -> Canal:
    """As it is without a rotation; what runs all day has none."""
    return canal if canal.rotation is None else replace(canal, rotation=None, operation="on_demand")


def _with_canal(name: str, change: Callable[[Canal], Canal]) -> Callable[[CanalTree], CanalTree]:
    """One canal changed."""
    return lambda tree: _with_canals(tree, lambda canal: change(canal) if canal.name == name else canal)


def _wide_head(name: str) -> Callable[[CanalTree], CanalTree]:
    """One head with any capacity; a pump with energy at any hour."""

    def changed(tree: CanalTree) -> CanalTree:
        def wider(canal: Canal) -> Canal:
            pump = None if canal.pump is None else replace(canal.pump, grid=True)
            return replace(canal, head=_wide(canal.head, tree), pump=pump)

        return _with_canal(name, wider)(tree)

    return changed


def _wide_reach(place: int) -> Callable[[CanalTree], CanalTree]:
    """One reach with any capacity, and with it the head gate that stands at its beginning."""

    def changed(tree: CanalTree) -> CanalTree:
        node = tree.nodes[place]

        def wider(canal: Canal) -> Canal:
            reaches = list(canal.reaches)
            reaches[node.number] = replace(node.reach, capacity=max(MANY * node.reach.capacity, _widest(tree)))
            head = _wide(canal.head, tree) if node.is_head and canal.pump is None else canal.head
            return replace(canal, reaches=tuple(reaches), head=head)

        return _with_canal(node.canal.name, wider)(tree)

    return changed


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
