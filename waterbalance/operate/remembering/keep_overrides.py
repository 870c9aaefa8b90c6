"""The orders of people into the memory: who ordered what, from when to when and why; and that one was taken back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance import units
from waterbalance.store import overrides as memory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from waterbalance.operate.planning.overriding import Override
    from waterbalance.scenario.scenario import Scenario


def keep_overrides(connection: Connection, scenario: Scenario, orders: Iterable[Override], by: str, now: dt.datetime) -> None:
    """Keep the orders that are in force tonight; one that is still to count and is not among them was taken back.

    `by`: who finds that nobody orders it any more. An order that comes back counts again.
    """
    told = tuple(_kept(scenario, each) for each in orders)
    memory.keep(connection, told, now)
    known = {each.override for each in told}
    for each in memory.standing(connection, scenario.name, now):
        if each.override not in known:
            memory.withdraw(connection, each.override, by, now)


def _kept(scenario: Scenario, order: Override) -> memory.Override:
    """In internal units, from the midnight of its first day to the one after its last."""
    component, quantity = order.key
    if order.how == "set":
        unit = type(scenario.network[component]).unit_of(quantity) or units.FRACTION
    else:
        unit = units.VOLUME if quantity == "storage" else units.FLOW
    zone = ZoneInfo(scenario.time_zone)
    first, end = (dt.datetime.combine(day, dt.time(), zone) for day in (order.first, order.last + dt.timedelta(days=1)))
    return memory.Override(
        scenario=scenario.name,
        component=component,
        quantity=quantity,
        bound="exactly" if order.how == "set" else order.how,
        value=units.parse(order.value, unit),
        unit=unit,
        valid_from=first,
        valid_until=end,
        by=order.author,
        reason=order.reason,
    )
