"""A district whose water comes in turns, and its schedule from a plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Findings, NoPlanError
from waterbalance.plan.orders import storages_among
from waterbalance.schedule.canal_tree import trees_of
from waterbalance.schedule.derive import daily_steps, derive_schedule
from waterbalance.schedule.guard import guard
from waterbalance.schedule.search import Limits
from waterbalance.schedule.shortfall import shortfalls
from waterbalance.schedule.timetable import make_timetable
from waterbalance.schedule.turn_audit import audit_turns
from waterbalance.schedule.turn_orders import orders_of
from waterbalance.schedule.wanted import wanted_of
from waterbalance.schedule.weights import Weights
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan
    from waterbalance.schedule.canal_tree import Canal, CanalTree, Hours
    from waterbalance.schedule.schedule import Schedule
    from waterbalance.schedule.shortfall import Shortfall
    from waterbalance.schedule.slots import Slots
    from waterbalance.schedule.timetable import Timetable


@dataclass(frozen=True)
class Supply:
    """Whose water a turnout brings to the field: a share of what a structure of the network brings to the zone."""

    structure: str
    share: float


@dataclass(frozen=True)
class District:
    """Canals, hours and slots; what is left out of it keeps its even daily orders."""

    canals: tuple[Canal, ...]
    hours: Hours
    slots: Slots
    supplies: Mapping[str, Supply]
    """By turnout."""

    weights: Weights = field(default_factory=Weights)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Turns:
    """A schedule in turns, and how good it is."""

    schedule: Schedule
    timetables: tuple[Timetable, ...]
    """One for each tree of canals."""

    fields: tuple[Shortfall, ...]
    """What each turnout brings, and why not more."""


WHAT_IF = 0.2
"""Share of the time of the search that each search with a lifted limit may take."""

WHAT_IF_GAP = 0.05
"""How near to the bound such a search is taken; a shortfall counts a hundredfold. [-]"""


def turn_schedule(plan: Plan, network: Network, district: District) -> Turns:
    """The turns of a district for the daily steps at the beginning of a plan, with the daily orders of all else.

    Raises `NoPlanError` where the audit of the turns or the last look at the orders finds something.
    """
    even = derive_schedule(plan, network)
    trees = trees_of(tuple(_fed(canal, plan, network, district.slots) for canal in district.canals), district.hours)
    timetables = tuple(
        make_timetable(
            tree,
            district.slots,
            wanted_of(tree, district.slots, _daily(plan, tree, district)),
            weights=district.weights,
            limits=district.limits,
        )
        for tree in trees
    )
    findings = Findings(finding for timetable in timetables for finding in audit_turns(timetable))
    findings.raise_if_any(NoPlanError, "the turns may not be issued")
    timed = tuple(order for timetable in timetables for order in orders_of(timetable))
    in_turns = {supply.structure for supply in district.supplies.values()} | {order.structure for order in timed}
    orders = (*(order for order in even.orders if order.structure not in in_turns), *timed)
    time = None if district.limits.time is None else WHAT_IF * district.limits.time
    what_if = replace(district.limits, time=time, gap=max(WHAT_IF_GAP, district.limits.gap))
    fields = tuple(each for timetable in timetables for each in shortfalls(timetable, what_if))
    return Turns(guard(replace(even, orders=orders)), timetables, fields)


def _fed(canal: Canal, plan: Plan, network: Network, slots: Slots) -> Canal:
    """A canal that a river feeds has, slot by slot, what the plan takes on the day: the rest of the river is for others."""
    name = canal.structure or canal.name
    taken, head = plan.values.get((name, "inflow")), network.components.get(name)
    if canal.parent is not None or taken is None or getattr(head, "source", None) in storages_among(plan.stocks):
        return canal
    flow = np.maximum(taken / (plan.horizon.days * SECONDS_PER_DAY), 0.0)
    return replace(canal, supply=tuple(flow[slots.days()].tolist()))


def _daily(plan: Plan, tree: CanalTree, district: District) -> Floats:
    """What the plan brings to the field of each turnout on each day, shape (turnouts, days). [m3]."""
    days = min(daily_steps(plan.horizon), int(district.slots.days()[-1]) + 1)
    rows = []
    for _, turnout in tree.turnouts:
        supply = district.supplies[turnout.name]
        rows.append(supply.share * np.maximum(plan.values[supply.structure, "outflow"][:days], 0.0))
    return np.array(rows).reshape(len(rows), days)
