"""Water in canals under orders, moment by moment: an event simulation that knows no slots and no program.

Water that passes the beginning of a reach arrives at its end a travel time later, less what is lost. At the end stands a pool:
it has to be full before anything leaves it for the first time, and can be drawn down by its `drain_volume`. Gates take what they
are set to as long as it is there; what is left goes on to the next reach of the canal, and behind the last one over the escape.
A pool that has seeped away below that has to be filled again.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.schedule.canal_tree import CanalTree, Reach

Signal = list[tuple[float, float]]
"""Moments [s], one time scale for all of a tree, and the flow from then on [m3/s]; the last flow is 0."""

HAIR = 1e-9

MOMENT = 1e-6
"""To which events are rounded. [s]"""


def simulate_canals(
    tree: CanalTree, set_to: Mapping[str, Signal], contents: Mapping[int, float] | None = None
) -> dict[str, Signal]:
    """What each turnout really brings to its field, by its name.

    `set_to` tells every gate by the name of its orders, `contents` what stands in each reach before its first moment [m3]; dry
    where it does not tell.
    """
    entering: dict[int, Signal] = {}
    brought: dict[str, Signal] = {}
    for at, node in enumerate(tree.nodes):
        if node.parent is None:
            entering[at] = set_to[node.canal.gate]
        reach = node.reach
        arriving = [(moment + 3600 * reach.travel_time, flow * (1 - reach.share_lost)) for moment, flow in entering[at]]
        heads = {tree.nodes[child].canal.gate: child for child in tree.children[at] if tree.nodes[child].is_head}
        gates = {name: set_to[name] for name in (*(turnout.name for turnout in reach.turnouts), *heads)}
        passed, onward = _pool(arriving, gates, reach, (contents or {}).get(at, 0.0))
        brought |= {turnout.name: passed[turnout.name] for turnout in reach.turnouts}
        entering |= {child: passed[name] for name, child in heads.items()}
        entering |= {child: onward for child in tree.children[at] if not tree.nodes[child].is_head}
    return brought


def volume_between(signal: Signal, begin: float, end: float) -> float:
    """What has flown between two moments. [m3]."""
    spans = ((flow, max(moment, begin), min(after, end)) for (moment, flow), (after, _) in pairwise(signal))
    return sum(flow * max(0.0, last - first) for flow, first, last in spans)


def _at(signal: Signal, moment: float) -> float:
    return next((flow for begin, flow in reversed(signal) if begin <= moment + MOMENT), 0.0)


def _pool(arriving: Signal, gates: dict[str, Signal], reach: Reach, level: float) -> tuple[dict[str, Signal], Signal]:
    """What passes each gate, and what goes on; `level` is what stands before the first event. [m3]."""
    events = sorted({round(moment, 6) for signal in (arriving, *gates.values()) for moment, _ in signal})
    passed: dict[str, Signal] = {name: [] for name in gates}
    onward: Signal = []
    full, lowest = reach.fill_volume, reach.fill_volume - reach.drain_volume
    serves = level >= full - MOMENT
    for begin, end in pairwise([*events, events[-1] + 1.0]):
        now = begin
        while now < end - HAIR:
            flow = _at(arriving, now)
            asked = {name: _at(signal, now) for name, signal in gates.items()}
            net = flow - (reach.seepage if flow > HAIR or level > HAIR else 0.0)
            wanted = sum(asked.values()) if serves else 0.0
            given = wanted if level > lowest + HAIR or net >= wanted else max(0.0, min(wanted, net))
            floor = lowest if serves and level > lowest + HAIR else 0.0
            change, lasts, spare = _until_next(net - given, level, (floor, full), end - now)
            for name, share in asked.items():
                passed[name].append((now, share * given / wanted if wanted > 0 else 0.0))
            onward.append((now, spare))
            level += change * lasts
            serves = level >= full - MOMENT or (serves and level >= lowest - MOMENT)
            now += max(lasts, MOMENT)
    for signal in (*passed.values(), onward):
        signal.append((events[-1], 0.0))
    return passed, onward


def _until_next(change: float, level: float, bounds: tuple[float, float], longest: float) -> tuple[float, float, float]:
    """How fast the level changes [m3/s], for how long [s], and what runs on meanwhile [m3/s]."""
    floor, full = bounds
    if change > 0 and level < full - HAIR:
        return change, min(longest, (full - level) / change), 0.0
    if change < 0 and level > floor + HAIR:
        return change, min(longest, (level - floor) / -change), 0.0
    return 0.0, longest, max(0.0, change)
