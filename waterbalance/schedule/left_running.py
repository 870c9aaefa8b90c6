"""What still runs as a schedule begins, by the orders of the one before: its water is followed slot by slot up to then.

In every slot, for a reach in use that holds `content`:

    content = content before + (1 - share_lost) entering - seepage - what gates take,  at most fill_volume
    entering the next reach = what is left over

A reach in use that was full once stays so, but for what its gates take out of it. One that only the rounding of orders reaches is
not in use: what stands in it seeps away; nor is one behind the first that less reaches than fills it in its slots: that runs over
the escape before it. No reach serves before it is full: one that does was full, whatever is known of it. What stood in reaches as
the orders began, they tell.
"""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.filling import slots_to_fill
from waterbalance.schedule.followed_through import followed_through, passed
from waterbalance.schedule.opportunity import head_opportunities, turnout_opportunities
from waterbalance.schedule.running import ROUNDED, Running, RunningGate
from waterbalance.schedule.slots import MOMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.schedule.canal_tree import CanalTree, Gate, Reach
    from waterbalance.schedule.opportunity import Opportunity
    from waterbalance.schedule.schedule import Order, Schedule
    from waterbalance.schedule.slots import Slots

LONGEST = 31 * 24.0
"""How far back orders are followed. [h]"""

SECOND = dt.timedelta(seconds=1)

NEARLY_FULL = 0.99
"""Share of its filling from which on a reach is full: orders are rounded. [-]"""


def left_running(before: Schedule, tree: CanalTree, slots: Slots) -> Running:
    """What runs as the first slot begins; at rest where no orders reach up to it."""
    orders = {order.structure: order for order in followed_through(before)}
    gates = {
        name: _gate(orders[name], gate, opportunity, slots)
        for name, (gate, opportunity) in _gates(tree, slots).items()
        if name in orders
    }
    stood = {(water.canal, water.reach - 1): water.volume for water in before.standing}
    contents, in_use = _contents(orders, stood, tree, slots)
    names = {at: (tree.nodes[at].canal.name, tree.nodes[at].number) for at in contents}
    idle = frozenset(names[at] for at in contents if at not in in_use)
    return Running(gates, {names[at]: volume for at, volume in contents.items()}, idle)


def _gates(tree: CanalTree, slots: Slots) -> Mapping[str, tuple[Gate, Opportunity]]:
    """Gates by the names of their orders."""
    heads = head_opportunities(tree, slots).items()
    found = {tree.nodes[at].canal.gate: (tree.nodes[at].canal.head, each) for at, each in heads}
    turnouts = zip(tree.turnouts, turnout_opportunities(tree, slots), strict=True)
    return found | {turnout.name: (turnout.gate, each) for (_, turnout), each in turnouts}


def _gate(order: Order, gate: Gate, opportunity: Opportunity, slots: Slots) -> RunningGate:
    begin = slots.moment(0, opportunity.travel)
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    settings = [each for each in order.settings if each.start < begin]
    flow = min(flow_at(order, begin - SECOND), gate.capacity)
    since = begin
    for each in reversed(settings):
        if each.setpoint <= 0.0 or flow <= 0.0:
            break
        since = each.start
    moved = [later.start >= midnight and later.setpoint != earlier.setpoint for earlier, later in pairwise(settings)]
    hours = (begin.timestamp() - since.timestamp()) / 3600.0
    return RunningGate(flow, hours, sum(moved), off_by=ROUNDED, passed=passed(order, midnight, begin))


def flow_at(order: Order, moment: dt.datetime) -> float:
    """What an order says at a moment; nothing where it says nothing. [m3/s]."""
    return next((each.setpoint for each in order.settings if each.start <= moment < each.end), 0.0)


def _contents(
    orders: Mapping[str, Order], stood: Mapping[tuple[str, int], float], tree: CanalTree, slots: Slots
) -> tuple[dict[int, float], set[int]]:
    """What stands in every reach as the first slot begins [m3], and which reaches are in use."""
    flows = {
        name: _past(orders[name], slots, opportunity.travel)
        for name, (_, opportunity) in _gates(tree, slots).items()
        if name in orders
    }
    contents = {at: stood.get((node.canal.name, node.number), 0.0) for at, node in enumerate(tree.nodes)}
    in_use: set[int] = set()
    # Gates far down the canal have seen fewer slots of the orders: all are followed from where they all have some.
    for slot in range(-min(map(len, flows.values()), default=0), 0):
        contents, in_use = _after(tree, slots, contents, {name: float(each[slot]) for name, each in flows.items()})
    return contents, in_use


def _past(order: Order, slots: Slots, travel: float) -> Floats:
    """Flows in the middle of the slots before the first, the last of them at the end. [m3/s]."""
    begin = slots.moment(0, travel)
    hours = min(LONGEST, (begin.timestamp() - order.valid_from.timestamp()) / 3600.0)
    count = max(0, int(hours / slots.hours + 1e-6))
    middle = [(edge + 0.5) * slots.hours for edge in range(-count, 0)]
    return np.array([flow_at(order, begin + dt.timedelta(hours=hour)) for hour in middle])


def _after(
    tree: CanalTree, slots: Slots, contents: Mapping[int, float], flows: Mapping[str, float]
) -> tuple[dict[int, float], set[int]]:
    """What stands in every reach after one slot, and which are in use; `contents` before it. [m3]."""
    found: dict[int, float] = {}
    in_use: set[int] = set()
    entering = {at: flows.get(node.canal.gate, 0.0) for at, node in enumerate(tree.nodes) if node.is_head}
    for (at, node), count in zip(enumerate(tree.nodes), slots_to_fill(tree, slots).tolist(), strict=True):
        reach, asked, flow = node.reach, _asked(tree, at, flows), entering[at]
        serves = any(_asked(tree, place, flows) > 0.0 for place in range(at, len(tree.nodes)) if _behind(tree, place, at))
        before = reach.fill_volume if serves else contents[at]
        trickle = ROUNDED * (1 + sum(len(each.turnouts) + 1 for each in node.canal.reaches[: node.number]))
        onward = 0.0
        net = (1.0 - reach.share_lost) * flow - reach.seepage - asked
        filling = NEARLY_FULL * _each_slot(reach, before, count) / slots.seconds
        if serves or (flow > trickle and (node.is_head or net > filling - trickle)):
            in_use.add(at)
            after = before + net * slots.seconds
            onward = max(0.0, after - reach.fill_volume) / slots.seconds
            if after >= NEARLY_FULL * reach.fill_volume or (before >= reach.fill_volume and net > -trickle):
                after = reach.fill_volume
        else:
            after = before - reach.seepage * slots.seconds
        found[at] = max(after, 0.0)
        entering |= {place: onward for place in tree.children[at] if not tree.nodes[place].is_head}
    return found, in_use


def _each_slot(reach: Reach, stands: float, count: int) -> float:
    """What each slot of a filling brings that goes on from what stands in a reach. [m3]."""
    lacks = reach.fill_volume - stands
    return lacks / max(1, math.ceil(count * lacks / reach.fill_volume - MOMENT)) if lacks > 0.0 else 0.0


def _asked(tree: CanalTree, at: int, flows: Mapping[str, float]) -> float:
    """What the gates at the end of a reach are set to. [m3/s]."""
    branches = [tree.nodes[child].canal.gate for child in tree.children[at] if tree.nodes[child].is_head]
    return sum(flows.get(name, 0.0) for name in (*(each.name for each in tree.nodes[at].reach.turnouts), *branches))


def _behind(tree: CanalTree, place: int, at: int) -> bool:
    """Whether a reach is this one or one behind it in the same canal."""
    mine, other = tree.nodes[at], tree.nodes[place]
    return mine.canal.name == other.canal.name and other.number >= mine.number
