"""A district from the middle of its slots on, and with what the orders before have left undone.

wanted until then, from slot `begin` on = max(wanted until then + lacking, 0)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.slots import Slots
from waterbalance.schedule.wanted import Wanted

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.schedule.canal_tree import Canal, CanalTree


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


def wanted_from(wanted: Wanted, begin: int, lacking: Floats) -> Wanted:
    """What is wanted with what lacks as the slot `begin` begins, below 0 where more was brought; shape (turnouts,) [m3]."""
    left = np.maximum(wanted.cumulative[:, begin:] + lacking[:, None], 0.0)
    return Wanted(left, wanted.looked_at[:, begin:])
