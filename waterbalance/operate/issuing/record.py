"""A planned scenario into the store: what may be approved, and later issued, is exactly this."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.errors import Finding, Findings, InputError, Place, UsageError
from waterbalance.operate.issuing.made_from import made_from
from waterbalance.operate.issuing.resimulate import resimulated
from waterbalance.plan.demand import demand_of
from waterbalance.report.json_text import json_text
from waterbalance.report.manifest import manifest
from waterbalance.scenario.devices import devices_of
from waterbalance.schedule.command import Command
from waterbalance.schedule.derive import daily_steps
from waterbalance.schedule.resimulate_turns import turns_resimulated
from waterbalance.schedule.schedule import Schedule
from waterbalance.schedule.tell import commands_of, unserved
from waterbalance.store.plans import NewPlan, StoredPlan, record

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from waterbalance.report.planned import Planned
    from waterbalance.schedule.device import Device
    from waterbalance.schedule.schedule import Order
    from waterbalance.store.database import Store


def record_plan(store: Store, planned: Planned, devices: Collection[Device], by: str, at: dt.datetime) -> str:
    """Keep a plan, its orders and the commands that are made of them; returns the plan's hash.

    The same inputs give the same hash. Raises `UsageError` for a plan without orders (the audit found something, or there are no
    daily steps), `InputError` where a device cannot do as ordered, or the commands do not bring users what the plan gives them.
    """
    new = sound_plan(planned, devices)
    with store.writing() as connection:
        return record(connection, new, manifest(planned, {}), by, at)


def sound_plan(planned: Planned, devices: Collection[Device]) -> NewPlan:
    """What is kept of a plan, whose orders were simulated once more. Raises what `record_plan` raises."""
    new = plan_to_record(planned, devices)
    turns = planned.scenario.turns
    # Turns move water between days, and run through their own canals; even daily orders have to be the plan's, day by day.
    in_turns = turns.structures if turns else frozenset()
    told = tuple(Command.from_content(content) for content in new.content["commands"])
    even, named = tuple(each for each in told if each.structure not in in_turns), {each.controller: each for each in devices}
    short = Findings(resimulated(planned, even, named))
    if planned.turns is not None:
        short.extend(turns_resimulated(planned.turns.timetables, planned.turns.schedule, told, named))
    short.raise_if_any(InputError, "the orders do not carry out the plan")
    return new


def can_be_ordered(planned: Planned) -> NewPlan:
    """The same for the devices of the plan's own scenario: what a night asks of each rung of its ladder."""
    return sound_plan(planned, devices_of(planned.scenario).values())


def plan_to_record(planned: Planned, devices: Collection[Device]) -> NewPlan:
    """What is kept of a plan."""
    schedule = planned.schedule
    if schedule is None or not schedule.orders:
        found = "the audit found something" if planned.findings else "no daily steps that bring water to a structure"
        where = Place(file=planned.scenario.folder)
        raise UsageError("nothing to record", (Finding("the plan has no orders", where, found, "a sound plan with daily steps"),))
    commands = commands_of(schedule, devices)
    content: dict[str, Any] = {
        "schema": "waterbalance.plan/1",
        "scenario": planned.scenario.name,
        "start": str(planned.horizon.start),
        "inputs": dict(sorted(planned.scenario.files.items())),
        "made_from": made_from(planned),
        "rung": planned.fallback.rung,
        # Through the text: its ten digits are the same on every machine.
        "schedule": json.loads(json_text(schedule.to_dict())),
        "commands": [command.content() for command in commands],
        "by_other_means": list(unserved(schedule, devices)),
        "shortages": _shortages(planned),
        "notes": list(planned.plan.notes),
    }
    return NewPlan(
        scenario=planned.scenario.name,
        start=str(planned.horizon.start),
        valid_from=min(order.valid_from for order in schedule.orders),
        valid_until=max(order.valid_until for order in schedule.orders),
        content=content,
    )


def commands_in(stored: StoredPlan) -> tuple[Command, ...]:
    """The commands of a stored plan, each bound to it."""
    return tuple(replace(Command.from_content(content), plan=stored.plan) for content in stored.content["commands"])


def orders_in(stored: StoredPlan) -> dict[str, Order]:
    """The orders of a stored plan by structure, none where it is the rest of another one."""
    told = stored.content.get("schedule")
    return {} if told is None else {order.structure: order for order in Schedule.from_dict(told).orders}


def _shortages(planned: Planned) -> dict[str, float]:
    """Greatest shortage of each user over the days that orders are for, as a share of what it waits for. [-]."""
    plan = planned.plan
    days = daily_steps(plan.horizon)
    found = {}
    for component in planned.scenario.network:
        demand, shortage = demand_of(component, plan), plan.values.get((component.name, "shortage"))
        if demand is not None and shortage is not None:
            waits = demand[:days] > 0.0
            found[component.name] = float(np.max(shortage[:days][waits] / demand[:days][waits], initial=0.0))
    return {name: round(share, 6) for name, share in sorted(found.items())}
