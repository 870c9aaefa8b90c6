"""When each gate may be open and moved: what night, working hours, turns and energy leave of the slots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, InputError, Place
from waterbalance.schedule.slots import MOMENT

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.schedule.canal_tree import Canal, CanalTree, Gate, Rotation
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

    adjust: Booleans
    """Whether its flow may be changed as the slot begins while it stays open."""

    capacity: Floats
    """Most that may flow. [m3/s]"""


def turnout_opportunities(tree: CanalTree, slots: Slots) -> tuple[Opportunity, ...]:
    """One for each turnout of the tree. Free turns do not close anything here: they are chosen."""
    found = []
    for place, turnout in tree.turnouts:
        canal, travel = tree.nodes[place].canal, tree.nodes[place].travel
        allowed = np.ones(slots.count, dtype=np.bool_)
        if tree.hours.night is not None and not canal.night_irrigation:
            allowed &= ~tree.hours.night.overlap(slots.clock(travel)[:-1], slots.hours)
        if canal.rotation is not None:
            allowed &= in_turn(canal.rotation, slots, turnout.name)
        move = _may_move(tree, slots, turnout.gate, travel)
        adjust = _first_of_each_day(move, slots, travel) if canal.operation == "continuous" else move
        found.append(Opportunity(travel, allowed, move, adjust, np.full(slots.count, turnout.gate.capacity)))
    return tuple(found)


def head_opportunities(tree: CanalTree, slots: Slots) -> dict[int, Opportunity]:
    """One for each head of a canal, by the place of its first reach."""
    found = {}
    for place, node in enumerate(tree.nodes):
        if node.is_head:
            head, travel = node.canal.head, node.head_travel
            move = _may_move(tree, slots, head, travel)
            always = np.ones(slots.count, dtype=np.bool_)
            found[place] = Opportunity(travel, always, move, move, head_capacity(node.canal, slots.count))
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


def in_turn(rotation: Rotation, slots: Slots, turnout: str) -> Booleans:
    """Slots in which a turnout may have its turn; in a fixed order its blocks share the group's turn out, one after another."""
    found = np.zeros(slots.count, dtype=np.bool_)
    for _, place, members in turn_numbers(rotation, slots):
        group = rotation.groups[place]
        if rotation.order == "free":
            found |= members
        elif turnout in group.turnouts:
            block = next(number for number, names in enumerate(group.blocks) if turnout in names)
            found[np.array_split(np.flatnonzero(members), len(group.blocks))[block]] = True
    return found
