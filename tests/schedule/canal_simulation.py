"""What orders bring, by the simulation of water in canals that knows no slots and no program."""

from collections.abc import Sequence

from waterbalance.schedule.canal_simulation import Signal, simulate_canals, volume_between
from waterbalance.schedule.canal_tree import CanalTree
from waterbalance.schedule.schedule import Order


def simulate(tree: CanalTree, orders: Sequence[Order]) -> dict[str, float]:
    """What each turnout really brings to its field, by its name, from canals that are dry. [m3]"""
    begin = min(order.valid_from for order in orders).timestamp()
    brought = simulate_canals(tree, {order.structure: _signal(order, begin) for order in orders})
    return {name: volume_between(signal, 0.0, signal[-1][0]) for name, signal in brought.items()}


def _signal(order: Order, begin: float) -> Signal:
    # By UTC: two local times of one zone differ by what the clock shows.
    rows = [(setting.start.timestamp() - begin, setting.setpoint) for setting in order.settings]
    return [*rows, (order.valid_until.timestamp() - begin, 0.0)]
