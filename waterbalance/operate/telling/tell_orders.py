"""What devices were told, and which plan is in force, as plain values for the report of a night."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from waterbalance.report.night.told import DeviceOrder, PlanInForce
from waterbalance.store import plans
from waterbalance.store.outbox import AlteredError, newest_of_each

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.scenario.scenario import Scenario
    from waterbalance.store.database import Store
    from waterbalance.store.outbox import Queued


def tell_orders(store: Store, scenario: Scenario, now: dt.datetime) -> Mapping[str, object]:
    """Fields of `NightTold`."""
    with store.reading() as connection:
        force = plans.in_force(connection, scenario.name)
        newest = {each.controller: each for each in newest_of_each(connection)}
    in_force = None
    if force is not None:
        start = dt.date.fromisoformat(force.start)
        in_force = PlanInForce(plan=force.plan, start=start, valid_until=force.valid_until, label=force.label)
    orders = (_order(name, told.structure, newest.get(name), now) for name, told in scenario.controllers.items())
    return {"in_force": in_force, "orders": tuple(orders)}


def _order(device: str, structure: str, queued: Queued | None, now: dt.datetime) -> DeviceOrder:
    if queued is None:
        return DeviceOrder(device=device, structure=structure)
    try:
        command = queued.envelope.command
    except AlteredError:
        return DeviceOrder(device=device, structure=structure, state=queued.state, is_altered=True)
    holds = next((row.setpoint for row in command.rows if row.start <= now < row.end), None)
    coming = next((row for row in command.rows if row.start > now and row.setpoint != holds), None)
    return DeviceOrder(
        device=device,
        structure=command.structure,
        state=queued.state,
        label=command.label,
        unit=command.unit,
        now=holds,
        next=None if coming is None else coming.setpoint,
        next_at=None if coming is None else coming.start,
        valid_until=command.valid_until,
        detail=queued.detail or "",
    )
