"""The last look before orders leave: a setpoint is a number, not negative, and within the structure's capacity then."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Findings, NoPlanError, Place

if TYPE_CHECKING:
    from waterbalance.schedule.schedule import Schedule, Setting

ROUNDING = 5e-4
"""Half of the smallest step of a setpoint. [m3/s]"""


def guard(schedule: Schedule) -> Schedule:
    """Return the schedule as it is; raises `NoPlanError` with every setting that may not be issued."""
    findings = Findings()
    for order in schedule.orders:
        for setting in order.settings:
            findings.extend(_wrong(order.structure, setting))
    findings.raise_if_any(NoPlanError, "the orders may not be issued")
    return schedule


def _wrong(structure: str, setting: Setting) -> list[Finding]:
    place = Place(component=structure, date=str(setting.start.date()))
    most = math.inf if setting.capacity is None else setting.capacity
    allowed = f"0 to {most:g} m3/s"
    if not math.isfinite(setting.setpoint):
        return [Finding("the setpoint is not a number", place, str(setting.setpoint), allowed)]
    if setting.setpoint < 0.0:
        return [Finding("the setpoint is negative", place, f"{setting.setpoint:g} m3/s", allowed)]
    if setting.setpoint > most + ROUNDING:
        remedy = "Look at the plan's audit: no plan may go beyond a capacity."
        return [Finding("the setpoint is over the capacity", place, f"{setting.setpoint:g} m3/s", allowed, remedy)]
    return []
