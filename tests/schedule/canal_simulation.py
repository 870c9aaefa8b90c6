"""Water in canals under orders, moment by moment: an event simulation that knows no slots and no program.

Water that passes the beginning of a reach arrives at its end a travel time later, less what is lost. At the end stands a pool:
it has to be full before anything leaves it for the first time, and can be drawn down by its `drain_volume`. Gates take what they
are set to as long as it is there; what is left goes on to the next reach of the canal, and behind the last one over the escape.
A pool that has seeped away below that has to be filled again.
"""

from collections.abc import Sequence
from itertools import pairwise

from waterbalance.schedule.canal_tree import CanalTree
from waterbalance.schedule.schedule import Order

Signal = list[tuple[float, float]]
"""Moments [s] and the flow from then on [m3/s]."""

HAIR = 1e-9

MOMENT = 1e-6
"""To which events are rounded. [s]"""


def simulate(tree: CanalTree, orders: Sequence[Order]) -> dict[str, float]:
    """What each turnout really brings to its field, by its name. [m3]"""
    set_to = {order.structure: _signal(order, orders) for order in orders}
    entering: dict[int, Signal] = {}
    brought: dict[str, float] = {}
    for at, node in enumerate(tree.nodes):
        if node.parent is None:
            entering[at] = set_to[node.canal.structure or node.canal.name]
        reach = node.reach
        arriving = [(moment + 3600 * reach.travel_time, flow * (1 - reach.share_lost)) for moment, flow in entering[at]]
        gates = {turnout.name: set_to[turnout.name] for turnout in reach.turnouts}
        heads = {tree.nodes[child].canal.name: child for child in tree.children[at] if tree.nodes[child].is_head}
        gates |= {name: set_to[tree.nodes[child].canal.structure or name] for name, child in heads.items()}
        passed, onward = _pool(arriving, gates, reach.seepage, reach.fill_volume, reach.drain_volume)
        brought |= {turnout.name: volume_of(passed[turnout.name]) for turnout in reach.turnouts}
        entering |= {child: passed[name] for name, child in heads.items()}
        entering |= {child: onward for child in tree.children[at] if not tree.nodes[child].is_head}
    return brought


def volume_of(signal: Signal) -> float:
    """All that has flown. [m3]"""
    return sum(flow * (after - moment) for (moment, flow), (after, _) in pairwise(signal))


def _signal(order: Order, orders: Sequence[Order]) -> Signal:
    begin = min(each.valid_from for each in orders)
    # By UTC: two local times of one zone differ by what the clock shows.
    moments = [setting.start.timestamp() - begin.timestamp() for setting in order.settings]
    rows = list(zip(moments, (setting.setpoint for setting in order.settings), strict=True))
    return [*rows, (order.valid_until.timestamp() - begin.timestamp(), 0.0)]


def _at(signal: Signal, moment: float) -> float:
    return next((flow for begin, flow in reversed(signal) if begin <= moment + MOMENT), 0.0)


def _pool(
    arriving: Signal, gates: dict[str, Signal], seepage: float, full: float, drain: float
) -> tuple[dict[str, Signal], Signal]:
    """What passes each gate, and what goes on."""
    events = sorted({round(moment, 6) for signal in (arriving, *gates.values()) for moment, _ in signal})
    passed: dict[str, Signal] = {name: [] for name in gates}
    onward: Signal = []
    level, serves = 0.0, full == 0
    for begin, end in pairwise([*events, events[-1] + 1.0]):
        now = begin
        while now < end - HAIR:
            flow = _at(arriving, now)
            asked = {name: _at(signal, now) for name, signal in gates.items()}
            net = flow - (seepage if flow > HAIR or level > HAIR else 0.0)
            lowest = full - drain
            wanted = sum(asked.values()) if serves else 0.0
            given = wanted if level > lowest + HAIR or net >= wanted else max(0.0, min(wanted, net))
            change, lasts, spare = net - given, end - now, 0.0
            floor = lowest if serves and level > lowest + HAIR else 0.0
            if change > 0 and level < full - HAIR:
                lasts = min(lasts, (full - level) / change)
            elif change < 0 and level > floor + HAIR:
                lasts = min(lasts, (level - floor) / -change)
            else:
                spare, change = max(0.0, change), 0.0
            for name, share in asked.items():
                passed[name].append((now, share * given / wanted if wanted > 0 else 0.0))
            onward.append((now, spare))
            level += change * lasts
            serves = level >= full - 1e-6 or (serves and level >= lowest - 1e-6)
            now += max(lasts, 1e-6)
    for signal in (*passed.values(), onward):
        signal.append((events[-1], 0.0))
    return passed, onward
