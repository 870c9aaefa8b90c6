"""What orders before leave to a schedule beside what runs: what each field lacks, and whose turns the running cycle has seen.

    lacking = lacking before + planned on the days before - brought by the orders before

where the orders of a schedule without accounts count since the midnight at which the new slots begin. What lacks or is ahead
counts up to what the plan brings over all of the new slots; the rest is given up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.account import LITRES, HeldTurn
from waterbalance.schedule.followed_through import passed
from waterbalance.schedule.opportunity import turns_begun

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.schedule.canal_tree import Canal, CanalTree, Group
    from waterbalance.schedule.schedule import Schedule
    from waterbalance.schedule.slots import Slots


def lacking_at(before: Schedule, tree: CanalTree, slots: Slots, begin: int) -> Floats:
    """What every field lacks as slot `begin` begins, without what is planned from the first slot on, shape (turnouts,). [m3]."""
    orders = {order.structure: order for order in before.orders}
    accounts = {account.turnout: account for account in before.accounts}
    found = np.zeros(len(tree.turnouts))
    for row, (place, turnout) in enumerate(tree.turnouts):
        order, account, travel = orders.get(turnout.name), accounts.get(turnout.name), tree.nodes[place].travel
        since = slots.moment(0, travel)
        if account is not None:
            found[row] = account.lacking + sum(volume for day, volume in account.planned if day < slots.start.date())
            since = since if order is None else min(since, order.valid_from)
        if order is not None:
            found[row] -= passed(order, since, slots.moment(begin, travel))
    # To the litre: what is read from a file gives the very same turns as what was not written yet.
    return np.round(found, LITRES)


def with_turns_held(tree: CanalTree, slots: Slots, before: Schedule, lacking: Floats) -> CanalTree:
    """The tree with the groups that had the turns of the running cycle, where the order is free; who lacks most stands first."""
    lacks = {turnout.name: volume for (_, turnout), volume in zip(tree.turnouts, lacking.tolist(), strict=True)}

    def changed(canal: Canal) -> Canal:
        rotation = canal.rotation
        if rotation is None or rotation.order == "fixed":
            return canal
        had = tuple(_whose(tree, canal, slots, before, turn) for turn in turns_begun(rotation, slots))
        groups = sorted(rotation.groups, key=lambda group: -sum(lacks[name] for name in group.turnouts))
        return replace(canal, rotation=replace(rotation, groups=tuple(groups), had=had))

    return replace(tree, canals=tuple(changed(canal) for canal in tree.canals))


def held_turns(canal: Canal, slots: Slots) -> tuple[HeldTurn, ...]:
    """What is known of the running cycle of a canal."""
    rotation = canal.rotation
    if rotation is None or not rotation.had:
        return ()
    begun = turns_begun(rotation, slots)
    whose = zip(rotation.had, begun, strict=True)
    return tuple(HeldTurn(canal.name, group, slots.moment(first)) for group, (first, _) in whose if group is not None)


def _whose(tree: CanalTree, canal: Canal, slots: Slots, before: Schedule, turn: tuple[int, int]) -> str | None:
    """The group that had most water in a turn from one edge of slots to another; None where nobody knows of any."""
    rotation, begin, end = canal.rotation, *(slots.moment(edge).timestamp() for edge in turn)
    # Where clocks change, turns that are counted from another midnight begin an hour apart.
    near = (end - begin) / 2
    told = [each.group for each in before.held if each.canal == canal.name and abs(each.begin.timestamp() - begin) < near]
    groups = () if rotation is None else rotation.groups
    volumes = {group.name: _volume(tree, group, slots, before, turn) for group in groups}
    known = [name for name in told if name in volumes] or [name for name, volume in volumes.items() if volume > 0.0]
    return max(known, key=lambda name: volumes[name], default=None)


def _volume(tree: CanalTree, group: Group, slots: Slots, before: Schedule, turn: tuple[int, int]) -> float:
    orders = {order.structure: order for order in before.orders}
    travels = {turnout.name: tree.nodes[place].travel for place, turnout in tree.turnouts}
    return sum(
        passed(orders[name], slots.moment(turn[0], travels[name]), slots.moment(min(turn[1], 0), travels[name]))
        for name in group.turnouts
        if name in orders
    )
