"""The orders that gates follow through a chain of plans amid a day: each plan keeps what was followed until its own begin.

    followed = rows of the plan before, and of what that one kept, up to the moment at which the new orders begin

A plan amid a day begins with the next slot. Another one within that slot finds here what runs until then.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from waterbalance.schedule.schedule import Order, Schedule, Setting

LONGEST = dt.timedelta(days=31)
"""How long rows are kept."""


def followed_through(schedule: Schedule) -> tuple[Order, ...]:
    """Every order of a schedule with the rows that were followed until it begins."""
    kept = {order.structure: order.settings for order in schedule.followed}
    return tuple(
        replace(order, settings=(*_between(kept.get(order.structure, ()), None, order.valid_from), *order.settings))
        for order in schedule.orders
    )


def with_followed(schedule: Schedule, before: Schedule, structures: Collection[str]) -> Schedule:
    """The schedule with what `before` says of some structures until their orders begin."""
    begins = {order.structure: order.valid_from for order in schedule.orders if order.structure in structures}
    found = []
    for order in followed_through(before):
        begin = begins.get(order.structure)
        settings = () if begin is None else _between(order.settings, begin - LONGEST, begin)
        if settings:
            found.append(replace(order, settings=settings))
    return replace(schedule, followed=tuple(found), standing=before.standing)


def passed(order: Order, since: dt.datetime, until: dt.datetime) -> float:
    """What an order lets through between two moments. [m3]."""
    begin, end = since.timestamp(), until.timestamp()
    spans = ((each.setpoint, max(begin, each.start.timestamp()), min(end, each.end.timestamp())) for each in order.settings)
    return sum(setpoint * max(0.0, last - first) for setpoint, first, last in spans)


def _between(settings: tuple[Setting, ...], start: dt.datetime | None, end: dt.datetime) -> tuple[Setting, ...]:
    """Settings that begin before `end`, cut there; none that ended by `start`."""
    return tuple(
        each if each.end <= end else replace(each, end=end, volume=each.volume * ((end - each.start) / (each.end - each.start)))
        for each in settings
        if each.start < end and (start is None or each.end > start)
    )
