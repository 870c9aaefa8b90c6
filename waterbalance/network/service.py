"""When a component is in service."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.horizon import Horizon
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.component import Component

ONE_DAY = dt.timedelta(days=1)


def in_service(component: Component, horizon: Horizon) -> Floats:
    """Share of every step in which the component is in service, shape (steps,). [-].

    An outage counts with the share that it takes away; outages of one component never overlap.
    """
    first = component.in_service_from or horizon.start
    after = horizon.end if component.in_service_until is None else component.in_service_until + ONE_DAY
    seconds = _seconds_within(horizon, first, after)
    for outage in component.outages:
        begin, end = max(first, outage.first_day), min(after, outage.last_day + ONE_DAY)
        seconds -= (1.0 - outage.available) * _seconds_within(horizon, begin, end)
    share: Floats = seconds / _seconds_within(horizon, horizon.start, horizon.end)
    return share


def _seconds_within(horizon: Horizon, first: dt.date, after: dt.date) -> Floats:
    """How long every step lies from `first` to the day before `after`, by the true length of each day. [s].

    Whole seconds: what is out of service all the time comes out as zero exactly.
    """
    begin, end = (horizon.offset(min(max(day, horizon.start), horizon.end)) for day in (first, max(first, after)))
    return np.diff(np.round(np.clip(horizon.offsets, begin, end) * SECONDS_PER_DAY))


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
