"""A district whose water comes in turns, and its schedule from a plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Findings, NoPlanError, UsageError
from waterbalance.plan.orders import storages_among
from waterbalance.schedule.account import LITRES, Account, StandingWater
from waterbalance.schedule.canal_tree import trees_of
from waterbalance.schedule.carried import held_turns, lacking_at, with_turns_held
from waterbalance.schedule.derive import daily_steps, derive_schedule
from waterbalance.schedule.guard import guard
from waterbalance.schedule.later import slots_from, tree_from, wanted_from
from waterbalance.schedule.left_running import left_running
from waterbalance.schedule.rounds import rounds_of, rounds_so_far
from waterbalance.schedule.running import AT_REST
from waterbalance.schedule.runs_on import closed_of, runs_on, with_closed, without_minimum_run
from waterbalance.schedule.search import Limits
from waterbalance.schedule.shortfall import NEARLY_NOTHING, shortfalls
from waterbalance.schedule.timetable import make_timetable
from waterbalance.schedule.turn_audit import audit_turns
from waterbalance.schedule.turn_orders import orders_of
from waterbalance.schedule.wanted import wanted_of
from waterbalance.schedule.weights import Weights
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan
    from waterbalance.schedule.account import RoundSoFar
    from waterbalance.schedule.canal_tree import Canal, CanalTree, Hours
    from waterbalance.schedule.rounds import Round
    from waterbalance.schedule.running import Running
    from waterbalance.schedule.runs_on import Closed
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

    running: Running = AT_REST
    """What is told to run as the first slot begins; what is not told, the orders before tell."""

    begin: int = 0
    """First slot that is scheduled; what the orders before bring until then is done."""


@dataclass(frozen=True)
class Turns:
    """A schedule in turns, and how good it is."""

    schedule: Schedule
    timetables: tuple[Timetable, ...]
    """One for each tree of canals."""

    fields: tuple[Shortfall, ...]
    """What each turnout brings, and why not more."""

    notes: tuple[str, ...] = ()
    rounds: tuple[Round, ...] = ()
    """How far the running round has come at each turnout of a canal with turns."""


WHAT_IF = 2.0
"""How many times the time of the search all searches with one lifted limit may take together."""

WHAT_IF_GAP = 0.05
"""How near to the bound such a search is taken; a shortfall counts a hundredfold. [-]"""


def turn_schedule(plan: Plan, network: Network, district: District, before: Schedule | None = None) -> Turns:
    """The turns of a district for the daily steps at the beginning of a plan, with the daily orders of all else.

    They go on from what runs as the first slot begins, as the district tells it, else by the orders `before`; and from what those
    have left undone.
    Raises `NoPlanError` where the audit of the turns or the last look at the orders finds something.
    """
    even = derive_schedule(plan, network)
    trees = trees_of(tuple(_fed(canal, plan, network, district.slots) for canal in district.canals), district.hours)
    found = ((name, closed_of(plan, network, supply.structure)) for name, supply in district.supplies.items())
    closed = {name: each for name, each in found if each is not None}
    made = [_timetable(tree, plan, district, before, closed) for tree in trees]
    timetables, notes = tuple(each.timetable for each in made), tuple(note for each in made for note in each.notes)
    findings = Findings(finding for timetable in timetables for finding in audit_turns(timetable))
    findings.raise_if_any(NoPlanError, "the turns may not be issued")
    timed = tuple(order for timetable in timetables for order in orders_of(timetable))
    in_turns = {supply.structure for supply in district.supplies.values()} | {order.structure for order in timed}
    orders = (*(order for order in even.orders if order.structure not in in_turns), *timed)
    time = None if district.limits.time is None else WHAT_IF * district.limits.time
    what_if = replace(district.limits, time=time, gap=max(WHAT_IF_GAP, district.limits.gap))
    fields = tuple(field for each in made for field in shortfalls(each.timetable, what_if, each.before))
    accounts = tuple(account for each in made for account in each.accounts)
    held = tuple(turn for each in timetables for canal in each.tree.canals for turn in held_turns(canal, each.slots))
    standing = tuple(each for timetable in timetables for each in _standing(timetable))
    rounds = tuple(each for one in made for each in rounds_of(one.timetable, one.so_far, one.before))
    return Turns(
        guard(replace(even, orders=orders, accounts=accounts, held=held, standing=standing)), timetables, fields, notes, rounds
    )


@dataclass(frozen=True)
class _Made:
    """The timetable of one tree, what its fields lacked before, shape (turnouts,) [m3], and what is to be noted."""

    timetable: Timetable
    before: Floats
    so_far: tuple[RoundSoFar | None, ...]
    accounts: tuple[Account, ...]
    notes: tuple[str, ...]


def _timetable(tree: CanalTree, plan: Plan, district: District, before: Schedule | None, closed: Mapping[str, Closed]) -> _Made:
    """Where it cannot go on from what runs, it begins with all gates shut."""
    daily, begin = _daily(plan, tree, district), district.begin
    wanted = wanted_of(tree, district.slots, daily)
    running, slots = district.running, slots_from(district.slots, begin)
    lacking = np.zeros(len(tree.turnouts)) if before is None else lacking_at(before, tree, district.slots, begin)
    counts = np.clip(lacking, -wanted.volume, wanted.volume)
    notes = [*_given_up(tree, lacking - counts)]
    wanted, tree = wanted_from(wanted, begin, counts), tree_from(tree, district.slots, begin)
    if before is not None:
        tree = with_turns_held(tree, slots, before, counts)
        running = running.over(left_running(before, tree, slots))
    first_slot_day = (slots.start.date() - plan.horizon.start).days
    running = without_minimum_run(running, tree, slots, closed, first_slot_day)
    tree = with_closed(tree, slots, closed, running, first_slot_day)

    def made(running: Running) -> Timetable:
        return make_timetable(tree, slots, wanted, weights=district.weights, limits=district.limits, running=running)

    try:
        timetable = made(running)
    except UsageError:
        if not running.gates:
            raise
        told = f"the turns of {tree.canals[0].name} cannot go on from the gates that are open as they begin"
        notes.append(f"{told}; they begin with all gates shut, which somebody has to see to.")
        timetable = made(running.shut())
    notes.extend(runs_on(timetable, closed, first_slot_day))
    so_far = rounds_so_far(before, tree, slots)
    return _Made(timetable, counts, so_far, _accounts(tree, district.slots, daily, counts, so_far), tuple(notes))


def _given_up(tree: CanalTree, lacking: Floats) -> Iterator[str]:
    """What lacked before beside all that is planned is not made up for."""
    for (_, turnout), volume in zip(tree.turnouts, lacking, strict=True):
        if volume > NEARLY_NOTHING:
            yield f"{turnout.name} lacked {volume:,.0f} m3 more from before than is planned for all days: that is given up"


def _accounts(
    tree: CanalTree, slots: Slots, daily: Floats, lacking: Floats, so_far: tuple[RoundSoFar | None, ...]
) -> tuple[Account, ...]:
    """What the orders are to bring, for whoever makes the next ones."""
    first = slots.start.date()
    return tuple(
        Account(turnout.name, volume, tuple((first + dt.timedelta(days=day), each) for day, each in enumerate(row)), known)
        for (_, turnout), volume, row, known in zip(tree.turnouts, lacking.tolist(), daily.tolist(), so_far, strict=True)
    )


def _standing(timetable: Timetable) -> Iterator[StandingWater]:
    """What stands in canals as the orders begin; to the litre, as it is read back."""
    for (canal, number), volume in sorted(timetable.running.contents.items()):
        if round(volume, LITRES) > 0.0:
            yield StandingWater(canal, number + 1, round(volume, LITRES))


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
