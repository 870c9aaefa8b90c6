"""When a component is in service."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.horizon import Horizon

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.component import Component

ONE_DAY = dt.timedelta(days=1)


def in_service(component: Component, horizon: Horizon) -> Floats:
    """Share of every step in which the component is in service, shape (steps,). [-].

    An outage counts with the share that it takes away; outages of one component never overlap.
    """
    first = component.in_service_from or dt.date.min
    after = dt.date.max if component.in_service_until is None else component.in_service_until + ONE_DAY
    days = _days_within(horizon, first, after)
    # Calendar days, because a day of 23 hours is a whole day of service.
    length = _days_within(horizon, dt.date.min, dt.date.max)
    for outage in component.outages:
        begin, end = max(first, outage.first_day), min(after, outage.last_day + ONE_DAY)
        days -= (1.0 - outage.available) * _days_within(horizon, begin, end)
    share: Floats = days / length
    return share


def _days_within(horizon: Horizon, first: dt.date, after: dt.date) -> Floats:
    """How many days of every step lie from `first` to the day before `after`."""
    steps = zip(horizon.starts, horizon.ends, strict=True)
    return np.array([max(0, (min(end, after) - max(start, first)).days) for start, end in steps], dtype=float)


def outages_ended(component: Component, horizon: Horizon) -> tuple[Floats, Floats]:
    """How often a component comes back into service within each step, and 1 for steps that begin, or just end, an outage.

    Only outages of the whole count, and days before and after its service; each of shape (steps,). [-].
    """
    count = (horizon.end - horizon.start).days
    days = Horizon(tuple(horizon.start + number * ONE_DAY for number in range(-1, count + 1)), horizon.time_zone)
    out = in_service(component, days) <= 0
    first = np.array([(start - horizon.start).days for start in horizon.starts])
    ended = np.add.reduceat((out[:-1] & ~out[1:]).astype(float), first)
    return ended, np.where(out[first] | out[first + 1], 1.0, 0.0)


def while_in_service(values: Floats, service: Floats) -> Floats:
    """Values that count only in service: the share of the step in service, and zero outside even where unlimited."""
    return np.where(service > 0, service, 1.0) * np.where(service > 0, values, 0.0)
