"""What no timetable can cost less than: the water that fields want, each at the least that it costs to bring it.

With a price for a cubic metre at the end of every reach r, where its fields are,

    price_r = min(shortage, (price of the reach before it + energy) / (1 - share_lost_r)),  1 before the first
    floor = sum over fields of price x wanted - sum over reaches of price x water that may be there already

The prices are a dual solution of the balances, which makes the floor a bound by weak duality: water that fills a reach is worth
no less than what is drained from it later, so that only reaches give any in which water stands at the beginning, or whose filling
may be cut short by the end. It takes no time, and holds when the relaxed program was not solved. Shortage counts 1 at least.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.filling import slots_to_fill

if TYPE_CHECKING:
    from waterbalance.schedule.canal_tree import Canal, CanalTree
    from waterbalance.schedule.running import Running
    from waterbalance.schedule.slots import Slots
    from waterbalance.schedule.wanted import Wanted
    from waterbalance.schedule.weights import Weights


def least_cost(tree: CanalTree, slots: Slots, wanted: Wanted, weights: Weights, running: Running) -> float:
    """The floor under the cost of every timetable of a tree."""
    prices: list[float] = []
    stands, counts = 0.0, slots_to_fill(tree, slots)
    for at, node in enumerate(tree.nodes):
        before = 1.0 if node.parent is None else prices[node.parent]
        energy = _least_energy(node.canal, weights) if node.is_head else 0.0
        arriving = (before + energy) / max(1.0 - node.reach.share_lost, 1e-9)
        prices.append(min(weights.shortage, arriving))
        there = node.reach.drain_volume if running.is_wet(tree, at) else running.content(tree, at)
        cut_short = node.reach.drain_volume if counts[at] > 1 else 0.0
        stands += prices[at] * there + cut_short
    asked = sum(prices[place] * volume for (place, _), volume in zip(tree.turnouts, wanted.volume.tolist(), strict=True))
    return float(asked - stands)


def _least_energy(canal: Canal, weights: Weights) -> float:
    """What the energy for a cubic metre costs at least."""
    pump = canal.pump
    if pump is None or pump.solar is not None:
        return 0.0
    return weights.money * max(0.0, float(np.min(pump.energy_price, initial=np.inf)))
