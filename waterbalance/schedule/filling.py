"""How long a canal that was dry is filled before it serves.

Filled evenly over the fewest whole slots n that every reach on its way can carry, r being the reach and those before it in turn:

    needed_r = (needed of the next + seepage_r) / (1 - lost_r),  needed behind the last = fill_volume / (n slot)
    needed_r <= capacity_r
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.opportunity import head_capacity
from waterbalance.schedule.slots import MOMENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.horizon import Integers
    from waterbalance.schedule.canal_tree import CanalTree, Reach
    from waterbalance.schedule.slots import Slots


def fewest_slots(way: Sequence[Reach], capacities: Sequence[float], seconds: float) -> int | None:
    """Slots that fill the last reach of a way when all before it are full; None where they lose all that they can carry.

    `capacities` [m3/s] of the reaches with the gates at their heads; a slot has so many `seconds`.
    """
    volume = way[-1].fill_volume
    if volume <= 0.0:
        return 0
    fixed, spread, least = 0.0, volume / seconds, 1
    for reach, capacity in zip(reversed(way), reversed(capacities), strict=True):
        if reach.share_lost >= 1.0:
            return None
        fixed, spread = (fixed + reach.seepage) / (1.0 - reach.share_lost), spread / (1.0 - reach.share_lost)
        if fixed >= capacity:
            return None
        least = max(least, math.ceil(spread / (capacity - fixed) - MOMENT))
    return least


def slots_to_fill(tree: CanalTree, slots: Slots) -> Integers:
    """Slots of filling for every reach; more than there are where it cannot be filled in time."""
    found = []
    for at in range(len(tree.nodes)):
        way = tree.way_to(at)
        capacities = [_capacity(tree, place, slots) for place in way]
        least = fewest_slots([tree.nodes[place].reach for place in way], capacities, slots.seconds)
        found.append(slots.count + 1 if least is None else min(least, slots.count + 1))
    return np.array(found, dtype=np.int64)


def _capacity(tree: CanalTree, at: int, slots: Slots) -> float:
    """What may enter a reach; a head that opens slowly fills slowly."""
    node = tree.nodes[at]
    if not node.is_head:
        return node.reach.capacity
    change = node.canal.head.most_change(slots.hours)
    most = min(node.reach.capacity, float(head_capacity(node.canal, slots.count).max(initial=0.0)))
    return most if change is None else min(most, change)
