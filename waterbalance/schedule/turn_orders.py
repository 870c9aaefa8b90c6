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
    from waterbalance.horizon import Floats
    from waterbalance.schedule.opportunity import Opportunity
    from waterbalance.schedule.running import RunningGate
    from waterbalance.schedule.schedule import Role
    from waterbalance.schedule.slots import Slots
    from waterbalance.schedule.timetable import Timetable

DECIMALS = 4
"""Of a setpoint in m3/s: small turnouts are set to the tenth of a litre per second."""


def orders_of(timetable: Timetable) -> tuple[Order, ...]:
    """One for each head of a canal, then one for each turnout, in the order of the tree."""
    tree, slots = timetable.tree, timetable.slots
    found = []
    for at, opportunity in head_opportunities(tree, slots).items():
        canal = tree.nodes[at].canal
        flows = np.ceil(np.round(timetable.enter[at] * 10**DECIMALS, 3)) / 10**DECIMALS
        flows = _as_it_runs(flows, opportunity, timetable.running.head(canal))
        role: Role = "canal_head" if canal.pump is None else "pump"
        settings = _settings(flows, np.minimum(opportunity.capacity, tree.nodes[at].reach.capacity), slots, opportunity.travel)
        found.append(Order(canal.gate, canal.name, settings, role=role))
    for row, opportunity in enumerate(turnout_opportunities(tree, slots)):
        turnout = tree.turnouts[row][1]
        flows = _as_it_runs(np.round(timetable.take[row], DECIMALS), opportunity, timetable.running.gate(turnout.name))
        settings = _settings(flows, opportunity.capacity, slots, opportunity.travel)
        found.append(Order(turnout.name, turnout.zone, settings, role="turnout"))
    return tuple(found)


def _as_it_runs(flows: Floats, opportunity: Opportunity, running: RunningGate) -> Floats:
    """Until somebody can move a gate it stays as it was ordered, to the last digit."""
    stays = (np.cumsum(opportunity.move) == 0) & (np.abs(flows - running.flow) <= running.off_by + 10.0**-DECIMALS)
    return np.where(stays, running.flow, flows) if running.is_open else flows


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
