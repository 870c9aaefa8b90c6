"""Whether what devices can tell apart is fine enough for the volumes of their orders.

    miss[d] = water that passes on day d by the rounded rows / water of the order on day d - 1

What one day lacks the next one gets (`tell`): over all days the miss is small where that of single days is not.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance.errors import Finding, Place
from waterbalance.schedule.command import Row, elapsed
from waterbalance.schedule.passing import passed_on_days, step_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from waterbalance.schedule.command import Command
    from waterbalance.schedule.device import Device
    from waterbalance.schedule.schedule import Order, Schedule

SHARE = 0.01
"""Of a day's volume that may be missing or too much. [-]"""

MOMENT = dt.timedelta(microseconds=1)
"""By which a row ends on the day before midnight."""


def missed(schedule: Schedule, commands: Collection[Command], devices: Collection[Device]) -> tuple[Finding, ...]:
    """Devices that bring more or less than the order on some of their days, with the worst one and the step that is to blame."""
    orders, zone = {order.structure: order for order in schedule.orders}, ZoneInfo(schedule.time_zone)
    by_name = {device.controller: device for device in devices}
    return tuple(
        finding
        for command in commands
        if command.structure in orders and command.controller in by_name
        for finding in _missed(orders[command.structure], command.in_zone(zone), by_name[command.controller])
    )


def _missed(order: Order, command: Command, device: Device) -> Iterator[Finding]:
    passed, wanted = passed_on_days(command, device), _ordered(order, command, device)
    misses = {day: passed.get(day, 0.0) / volume - 1.0 for day, volume in wanted.items() if volume > 0.0}
    far = [day for day, miss in misses.items() if abs(miss) > SHARE]
    if not far:
        return
    worst = max(far, key=lambda day: abs(misses[day]))
    over_all = sum(passed.values()) / sum(wanted.values()) - 1.0
    what = f"the device's steps miss the volume of {len(far)} of {len(misses)} days by more than 1 %"
    found = f"{100.0 * misses[worst]:+.1f} % on that day, {100.0 * over_all:+.1f} % over all"
    where = Place(component=f"{device.controller} ({device.structure})", date=worst)
    yield Finding(what, where, found, "within 1 % every day", _remedy(worst, command, device))


def _ordered(order: Order, command: Command, device: Device) -> Mapping[str, float]:
    """Water of the order on each day of the command. [m3]."""
    rows = [
        Row(setting.start, setting.end, setting.volume / elapsed(setting.start, setting.end))
        for setting in order.settings
        if setting.end <= command.valid_until
    ]
    return passed_on_days(replace(command, mode="flow", rows=tuple(rows)), replace(device, mode="flow"))


def _remedy(day: str, command: Command, device: Device) -> str:
    closed = f" and it closes below {device.least_setpoint:g} {device.unit}" if device.least_setpoint > 0.0 else ""
    if device.mode == "duration":
        return f"It opens for whole steps of {device.setpoint_step:g} s{closed}: the next day gets what is left."
    on_day = (row for row in command.rows if row.start.date().isoformat() <= day <= (row.end - MOMENT).date().isoformat())
    upper = max((row.setpoint for row in on_day), default=0.0) or device.setpoint_step
    told = f"There one step of {device.setpoint_step:g} {device.unit} is {step_at(upper, device):.3g} m3/s{closed}"
    hours = "" if device.any_hour else ", or one that may be moved at any_hour"
    return f"{told}: a device with finer steps{hours}, or a smaller gate, comes nearer."
