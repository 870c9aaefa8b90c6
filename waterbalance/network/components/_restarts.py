"""Starts within a step: whole outages that end in it, each followed by a start of what runs in the step.

restarts = outages_ended x running - begins_out_of_service x start

where
    outages_ended: how many whole outages end within the step, its very beginning included, by the calendar.
    begins_out_of_service: 1 where the step begins, or just comes back from, out of service, so that its own start, if it
        was not running before, is one of these.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.network.service import outages_ended

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.component import Component
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Flow, Step

ENDED, BEGINS_OUT = "outages_ended", "begins_out_of_service"
"""Givens of the component, by the calendar."""


def restarts(component: Component, step: Step, running: Flow, start: Flow) -> Expression:
    """Starts of a component within a step, beside its `start`."""
    return step.given(component, ENDED) * running - step.given(component, BEGINS_OUT) * start


def restart_given(component: Component, name: str, horizon: Horizon) -> Floats | None:
    """The two givens over the steps; None for all others."""
    if name not in {ENDED, BEGINS_OUT}:
        return None
    ended, begins_out = outages_ended(component, horizon)
    return ended if name == ENDED else begins_out


def restarts_day_by_day(component: Component, ledger: Ledger, running: Floats, start: Floats) -> Floats:
    """The same for the audit, from the dates of the outages, day by day; shape (steps,)."""
    horizon = ledger.horizon
    found = np.zeros(len(horizon))
    for t, (first, after) in enumerate(zip(horizon.starts, horizon.ends, strict=True)):
        days = [first + dt.timedelta(days=number) for number in range(-1, (after - first).days)]
        out = [_is_out(component, day) for day in days]
        ended = sum(was and not now for was, now in pairwise(out))
        found[t] = ended * running[t] - (out[0] or out[1]) * start[t]
    return found


def _is_out(component: Component, day: dt.date) -> bool:
    """Whether nothing of a component can be used on a day."""
    early = component.in_service_from is not None and day < component.in_service_from
    late = component.in_service_until is not None and day > component.in_service_until
    return early or late or any(each.first_day <= day <= each.last_day and each.available <= 0 for each in component.outages)
