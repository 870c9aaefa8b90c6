"""Which structures are out of service by plan within the horizon."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waterbalance.report.planned import Planned


@dataclass(frozen=True)
class PlannedOutage:
    """One window of maintenance or repair, as far as it lies within the plan."""

    component: str
    first: str
    last: str
    available: float
    """Share of the structure that stays in service. [-]"""

    reason: str


def planned_outages(planned: Planned) -> tuple[PlannedOutage, ...]:
    """All that touch the horizon, the earliest first."""
    first, last = planned.horizon.start, planned.horizon.end - dt.timedelta(days=1)
    found = [
        PlannedOutage(
            component.name,
            str(max(first, outage.first_day)),
            str(min(last, outage.last_day)),
            outage.available,
            outage.reason,
        )
        for component in planned.scenario.network
        for outage in component.outages
        if outage.first_day <= last and outage.last_day >= first
    ]
    return tuple(sorted(found, key=lambda each: (each.first, each.component)))
