"""A timetable as orders: when each gate is set to which flow, by the clock at the gate.

    setpoint = flow over the slots in which it stays the same   [m3/s], to the tenth of a litre per second

Heads of canals are rounded up, so that rounding leaves no field short. What the days have left after the last slot (an hour where
the clock is put back) lengthens it: its water takes so much longer, in heads and turnouts alike, and orders end at midnight.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.opportunity import head_opportunities, turnout_opportunities
from waterbalance.schedule.schedule import Order, Setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.horizon import Floats
    from waterbalance.schedule.running import RunningGate
    from waterbalance.schedule.schedule import Role
    from waterbalance.schedule.slots import Slots
    from waterbalance.schedule.timetable import Timetable

HAIR = 1e-5
"""Less is no move. [m3/s]"""

DECIMALS = 4
"""Of a setpoint in m3/s: small turnouts are set to the tenth of a litre per second."""


def orders_of(timetable: Timetable) -> tuple[Order, ...]:
    """One for each head of a canal, then one for each turnout, in the order of the tree."""
    tree, slots = timetable.tree, timetable.slots
    found = []
    for at, opportunity in head_opportunities(tree, slots).items():
        canal = tree.nodes[at].canal
        flows = _as_set(timetable.enter[at], timetable.running.head(canal), _rounded_up)
        role: Role = "canal_head" if canal.pump is None else "pump"
        settings = _settings(flows, np.minimum(opportunity.capacity, tree.nodes[at].reach.capacity), slots, opportunity.travel)
        found.append(Order(canal.gate, canal.name, settings, role=role))
    for row, opportunity in enumerate(turnout_opportunities(tree, slots)):
        turnout = tree.turnouts[row][1]
        flows = _as_set(timetable.take[row], timetable.running.gate(turnout.name), _rounded)
        settings = _settings(flows, opportunity.capacity, slots, opportunity.travel)
        found.append(Order(turnout.name, turnout.zone, settings, role="turnout"))
    return tuple(found)


def _rounded(flow: float) -> float:
    return round(flow, DECIMALS)


def _rounded_up(flow: float) -> float:
    return float(np.ceil(np.round(flow * 10**DECIMALS, 1)) / 10**DECIMALS)


def _as_set(flows: Floats, running: RunningGate, rounded: Callable[[float], float]) -> Floats:
    """What nobody moves stays as it is ordered, to the last digit, and as it was ordered before; shape (slots,). [m3/s]."""
    found, setpoint, flow, near = [], running.flow, running.flow, running.off_by + HAIR
    for each in flows.tolist():
        if abs(each - flow) > near or (each > 0.0) != (flow > 0.0):
            setpoint, flow, near = rounded(each), each, HAIR
        found.append(setpoint)
    return np.array(found)


def _settings(flows: Floats, capacity: Floats, slots: Slots, travel: float) -> tuple[Setting, ...]:
    """One for each span of slots with the same flow."""
    longer = slots.hours / (slots.hours + slots.rest)
    changes = set((np.flatnonzero(np.diff(flows)) + 1).tolist())
    if longer < 1.0 and flows[-1] > 0.0:
        changes.add(slots.count - 1)
    edges = [*sorted({0, *changes}), slots.count]
    ends = [slots.moment(edge, travel) for edge in edges[1:-1]] + [slots.moment(slots.count, travel + slots.rest)]
    return tuple(
        Setting(
            start=slots.moment(first, travel),
            end=end,
            setpoint=round(float(flows[first]) * (longer if last == slots.count else 1.0), DECIMALS) + 0.0,
            volume=float(flows[first]) * slots.seconds * (last - first) + 0.0,
            capacity=round(float(capacity[first:last].min()), 6),
        )
        for (first, last), end in zip(pairwise(edges), ends, strict=True)
    )
