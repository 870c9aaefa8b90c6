"""A district from the middle of its slots on: what is done is done, and the rest makes up for it.

wanted until then, from slot `begin` on = max(wanted until then - brought before `begin`, 0)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.left_running import flow_at
from waterbalance.schedule.slots import Slots
from waterbalance.schedule.wanted import Wanted

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.schedule.canal_tree import Canal, CanalTree
    from waterbalance.schedule.schedule import Schedule


def slots_from(slots: Slots, begin: int) -> Slots:
    """The slots without the first `begin`."""
    return Slots(slots.moment(begin), slots.hours, slots.count - begin)


def tree_from(tree: CanalTree, slots: Slots, begin: int) -> CanalTree:
    """The same canals; turns go on, and energy is that of the slots that are left."""
    return replace(tree, canals=tuple(_canal(canal, slots, begin) for canal in tree.canals))


def _canal(canal: Canal, slots: Slots, begin: int) -> Canal:
    rotation, pump = canal.rotation, canal.pump
    if rotation is not None:
        rotation = replace(rotation, since=rotation.since + begin * slots.hours)
    if pump is not None:
        solar = None if pump.solar is None else pump.solar[begin:]
        pump = replace(pump, energy_price=pump.energy_price[begin:], solar=solar)
    supply = None if canal.supply is None else canal.supply[begin:]
    return replace(canal, rotation=rotation, pump=pump, supply=supply)


def wanted_from(wanted: Wanted, begin: int, brought: Floats) -> Wanted:
    """What is wanted beside what was brought, shape (turnouts,) [m3]."""
    left = np.maximum(wanted.cumulative[:, begin:] - brought[:, None], 0.0)
    return Wanted(left, wanted.looked_at[:, begin:])


def brought_by(before: Schedule, tree: CanalTree, slots: Slots, begin: int) -> Floats:
    """What orders have brought to the field of each turnout in the first `begin` slots, shape (turnouts,). [m3]."""
    orders = {order.structure: order for order in before.orders}
    found = np.zeros(len(tree.turnouts))
    for row, (place, turnout) in enumerate(tree.turnouts):
        if turnout.name in orders:
            travel = tree.nodes[place].travel + slots.hours / 2
            flows = [flow_at(orders[turnout.name], slots.moment(slot, travel)) for slot in range(begin)]
            found[row] = sum(flows) * slots.seconds
    return found
