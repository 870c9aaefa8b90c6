"""When each gate may be open and moved: what night, working hours, turns and energy leave of the slots.

The end of the slots ends nothing: hours and fixed turns are known beyond it. A turnout is open only while somebody can shut it
later, before its turn or its day is over, and begins only what its minimum run lets it end so:

    open[s]  needs  allowed[s] and (move[s + 1] or open[s + 1])
    begin[t] needs  move[t] and open[t], ..., open[t + minimum_run - 1]                  s, t beyond the last slot as well

Who has the next turn of a free order is not known. On a continuous canal a gate is shut only where it may be open no longer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, InputError, Place
from waterbalance.schedule.slots import MOMENT

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.schedule.canal_tree import Canal, CanalTree, Gate, Group, Rotation
    from waterbalance.schedule.slots import Booleans, Slots


@dataclass(frozen=True)
class Opportunity:
    """What the calendar allows one gate, by slots of the head of the tree; all of shape (slots,)."""

    travel: float
    """From the head of the tree to the gate. [h]"""

    open: Booleans
    """Whether it may be open."""

    move: Booleans
    """Whether it may be opened and closed as the slot begins."""

    begin: Booleans
    """Whether it may be opened as the slot begins."""

    end: Booleans
    """Whether it may be closed as the slot begins; on a continuous canal only where it may be open no longer."""

    adjust: Booleans
    """Whether its flow may be changed as the slot begins while it stays open."""

    capacity: Floats
    """Most that may flow. [m3/s]"""


def turnout_opportunities(tree: CanalTree, slots: Slots) -> tuple[Opportunity, ...]:
    """One for each turnout of the tree. Free turns do not close anything here: they are chosen."""
    found = []
    for place, turnout in tree.turnouts:
        canal, travel = tree.nodes[place].canal, tree.nodes[place].travel
        run = math.ceil(turnout.gate.minimum_run / slots.hours - MOMENT)
        # Within a day of the end of its minimum run somebody comes, if ever.
        beyond = replace(slots, count=slots.count + run + math.ceil(24.0 / slots.hours) + 1)
        allowed, move = _allowed(tree, beyond, place, turnout.name), _may_move(tree, beyond, turnout.gate, travel)
        if canal.rotation is not None and canal.rotation.order == "free":
            allowed[slots.count :] &= _of_the_last_turn(canal.rotation, beyond, slots.count)[slots.count :]
        begin, now = move[: slots.count].copy(), move[: slots.count]
        stays = tree.stays_open(place)
        if now.any():
            allowed = _can_be_ended(allowed, move)
            begin &= [bool(allowed[slot : slot + max(run, 1)].all()) for slot in range(slots.count)]
        end = now & ~allowed[: slots.count] if stays else now
        adjust = _first_of_each_day(now, slots, travel) if stays else now
        most = np.full(slots.count, turnout.gate.capacity)
        found.append(Opportunity(travel, allowed[: slots.count], now, begin, end, adjust, most))
    return tuple(found)


def _allowed(tree: CanalTree, slots: Slots, place: int, turnout: str) -> Booleans:
    """What night and turns leave."""
    canal, travel = tree.nodes[place].canal, tree.nodes[place].travel
    found = np.ones(slots.count, dtype=np.bool_)
    if tree.hours.night is not None and not canal.night_irrigation:
        found &= ~tree.hours.night.overlap(slots.clock(travel)[:-1], slots.hours)
    if canal.rotation is not None:
        found &= in_turn(canal.rotation, slots, turnout)
    closed = next(each.closed for each in tree.nodes[place].reach.turnouts if each.name == turnout)
    found[: len(closed)] &= ~np.array(closed, dtype=np.bool_)
    return found


def _nobody_waits(tree: CanalTree, slots: Slots, place: int) -> Booleans:
    """Slots in which all turnouts behind a reach are closed."""
    behind = [turnout.closed for at, turnout in tree.turnouts if place in tree.way_to(at)]
    return np.array([bool(behind) and all(slot < len(each) and each[slot] for each in behind) for slot in range(slots.count)])


def _of_the_last_turn(rotation: Rotation, slots: Slots, count: int) -> Booleans:
    """Slots of the turn that has the last of the first `count`."""
    return next(members for _, _, members in turn_numbers(rotation, slots) if members[count - 1])


def _can_be_ended(allowed: Booleans, move: Booleans) -> Booleans:
    """Slots in which a gate may be open because it can go on until somebody shuts it; of the very last one nobody knows."""
    found = allowed.copy()
    for slot in range(len(found) - 2, -1, -1):
        found[slot] &= move[slot + 1] or found[slot + 1]
    return found


def head_opportunities(tree: CanalTree, slots: Slots) -> dict[int, Opportunity]:
    """One for each head of a canal, by the place of its first reach."""
    found = {}
    for place, node in enumerate(tree.nodes):
        if node.is_head:
            head, travel = node.canal.head, node.head_travel
            move = _may_move(tree, slots, head, travel)
            run = max(math.ceil(head.minimum_run / slots.hours - MOMENT), 1)
            allowed = _can_be_ended(~_nobody_waits(tree, slots, place), move)
            begin = move & [bool(allowed[slot : slot + run].all()) for slot in range(slots.count)]
            most = np.where(allowed, head_capacity(node.canal, slots.count), 0.0)
            found[place] = Opportunity(travel, allowed, move, begin, move, move, most)
    return found


def head_capacity(canal: Canal, count: int) -> Floats:
    """What the head lets through in every slot: at most what the river brings or, without a grid, the sun gives. [m3/s]."""
    most = np.full(count, canal.head.capacity)
    if canal.supply is not None:
        most = np.minimum(most, canal.supply)
    if canal.pump is not None and not canal.pump.grid:
        most = np.minimum(most, 0.0 if canal.pump.solar is None else canal.pump.solar)
    return most


def _may_move(tree: CanalTree, slots: Slots, gate: Gate, travel: float) -> Booleans:
    if gate.automatic or tree.hours.working is None:
        return np.ones(slots.count, dtype=np.bool_)
    return tree.hours.working.hold(slots.clock(travel)[:-1])


def _first_of_each_day(allowed: Booleans, slots: Slots, travel: float) -> Booleans:
    """The first allowed slot of every local day."""
    days = slots.days(travel)
    found = np.zeros(slots.count, dtype=np.bool_)
    for day in np.unique(days):
        of_the_day = np.flatnonzero(allowed & (days == day))
        found[of_the_day[:1]] = True
    return found


def turn_numbers(rotation: Rotation, slots: Slots) -> tuple[tuple[int, int, Booleans], ...]:
    """Every turn that meets the slots: number of its cycle, its place in the cycle, and which slots it has.

    Raises `InputError` where a turn is no whole number of slots.
    """
    each, passed = rotation.turn / slots.hours, rotation.since / slots.hours
    for name, length in (("the length of a turn", each), ("the time since the first turn", passed)):
        if abs(length - round(length)) > MOMENT:
            allowed = f"a multiple of {slots.hours:g} h"
            remedy = "Choose slots that divide it."
            raise InputError("the turns do not fit the slots", (Finding(name, Place(), f"{length:g} slots", allowed, remedy),))
    numbers = (np.arange(slots.count) + round(passed)) // round(each)
    size = len(rotation.groups)
    return tuple((int(number) // size, int(number) % size, numbers == number) for number in np.unique(numbers))


def turns_begun(rotation: Rotation, slots: Slots) -> tuple[tuple[int, int], ...]:
    """Edges of slots, below 0 before the first, of those turns of the running cycle that have begun before the first slot."""
    each, passed = round(rotation.turn / slots.hours), round(rotation.since / slots.hours)
    begun = -(-(passed % (each * len(rotation.groups))) // each)
    first = -(passed % (each * len(rotation.groups)))
    return tuple((first + number * each, first + (number + 1) * each) for number in range(begun))


def in_turn(rotation: Rotation, slots: Slots, turnout: str) -> Booleans:
    """Slots in which a turnout may have its turn; in a fixed order its blocks share the group's turn out, one after another.

    In a free order a turn that runs stays whose it is, and who had one in the running cycle has no other one.
    """
    found = np.zeros(slots.count, dtype=np.bool_)
    turns = turn_numbers(rotation, slots)
    for cycle, place, members in turns:
        group = rotation.groups[place]
        if rotation.order == "free":
            had = rotation.had if cycle == turns[0][0] else ()
            running = had[place] if place < len(had) else None
            own = next(each.name for each in rotation.groups if turnout in each.turnouts)
            if own == running or (running is None and own not in had):
                found |= members
        elif turnout in group.turnouts:
            found |= members & _of_block(rotation, slots, group, turnout)
    return found


def _of_block(rotation: Rotation, slots: Slots, group: Group, turnout: str) -> Booleans:
    """Slots of every turn, whole turns being divided evenly, that are the block's of a turnout."""
    each = round(rotation.turn / slots.hours)
    block = next(number for number, names in enumerate(group.blocks) if turnout in names)
    own = np.zeros(each, dtype=np.bool_)
    own[np.array_split(np.arange(each), len(group.blocks))[block]] = True
    return np.asarray(own[(np.arange(slots.count) + round(rotation.since / slots.hours)) % each])


def as_fixed(rotation: Rotation, slots: Slots, turnout: str) -> Booleans:
    """Slots of a turnout if the order were that of the groups, in the running cycle among those who had no turn yet.

    Later cycles keep the order of the running one, so that nobody waits longer than a cycle.
    """
    if rotation.order == "fixed":
        return in_turn(rotation, slots, turnout)
    turns = turn_numbers(rotation, slots)
    named = {group.name: group for group in rotation.groups}
    waiting = [group for group in rotation.groups if group.name not in rotation.had]
    had = [None if name is None else named[name] for name in rotation.had]
    unknown = [group or waiting.pop(0) for group in had]
    order = (*unknown, *waiting)
    found = np.zeros(slots.count, dtype=np.bool_)
    for _, place, members in turns:
        group = order[place]
        if turnout in group.turnouts:
            found |= members & _of_block(rotation, slots, group, turnout)
    return found
