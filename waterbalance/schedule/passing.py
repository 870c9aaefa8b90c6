"""How much water passes while a command's rows hold."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, InputError, Place
from waterbalance.schedule.command import elapsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waterbalance.schedule.command import Command, Row
    from waterbalance.schedule.device import Device
    from waterbalance.schedule.rating import Rating

WHOLE = 1e-9
"""Rounding of a number of steps. [-]"""


def flow_at(setpoint: float, device: Device) -> float:
    """What a setpoint of flow, level or position lets through. [m3/s]."""
    return setpoint if device.mode == "flow" else rating_of(device).flow(setpoint)


def setting_for(flow: float, device: Device) -> float:
    """The setpoint of flow, level or position that lets a flow through; not rounded. [unit of the mode]."""
    return flow if device.mode == "flow" else rating_of(device).setting(flow)


def greatest_flow(device: Device) -> float:
    """The most that its setpoints let through: within its limits, registers and rating, in whole steps. [m3/s]."""
    if device.mode == "duration":
        return valve_flow(device)
    least, most = _settable(device)
    # A crest lets most through where it is lowest.
    return max(flow_at(least, device), flow_at(most, device)) if least <= most else 0.0


def least_flow(device: Device) -> float:
    """The least that it lets through where it is not closed, for setpoints of flow, level, position and speed. [m3/s]."""
    return min(flow_at(each, device) for each in _settable(device))


def _settable(device: Device) -> tuple[float, float]:
    """Least and greatest setpoint that it may be told where it is not closed, in whole steps. [unit of the mode]."""
    limits, step = device.limits, device.setpoint_step
    first, last = (-math.inf, math.inf) if device.mode == "flow" else rating_of(device).ends
    least = max(limits.least, device.least_setpoint, device.registers[0], first)
    most = min(limits.most, device.registers[1], last)
    return math.ceil(least / step - WHOLE) * step, math.floor(most / step + WHOLE) * step


def step_at(setpoint: float, device: Device) -> float:
    """What one step of its setpoint makes of the flow there. [m3/s]."""
    least = 0.0 if device.mode == "flow" else rating_of(device).ends[0]
    other = setpoint - device.setpoint_step
    if other < least:
        other = setpoint + device.setpoint_step
    return abs(flow_at(setpoint, device) - flow_at(other, device))


def stepped(value: float, device: Device) -> float:
    """The nearest setpoint that the device can tell apart. Raises `InputError` for what is no number."""
    if not math.isfinite(value):
        where = Place(component=f"{device.controller} ({device.structure})")
        raise InputError("no setpoint", (Finding("the setpoint is not a number", where, str(value), "a finite number"),))
    steps = round(value / device.setpoint_step)
    # Twelve digits: 0.001 x 1234 is 1.234 and not 1.2340000000000002.
    return float(f"{steps * device.setpoint_step:.12g}") + 0.0


def passing(row: Row, device: Device) -> float:
    """Water that passes while a row holds. [m3]."""
    if device.mode == "duration":
        return row.setpoint * valve_flow(device)
    return flow_at(row.setpoint, device) * row.seconds


def open_within(row: Row, start: dt.datetime, end: dt.datetime) -> float:
    """How long a valve is open between two moments: from the beginning of its row on, for as long as that tells. [s]."""
    shut = row.start + dt.timedelta(seconds=row.setpoint)
    return max(elapsed(max(start, row.start), min(end, row.end, shut)), 0.0)


def volume_of(command: Command, device: Device) -> float:
    """Water that passes while a command's rows hold. [m3]."""
    return sum(passing(row, device) for row in command.rows)


def passed_on_days(command: Command, device: Device) -> Mapping[str, float]:
    """Water that passes on each local day, by the offsets of the rows. [m3]."""
    by_day: dict[str, float] = {}
    for row in command.rows:
        for day, share in _days_of(row):
            by_day[day] = by_day.get(day, 0.0) + share * passing(row, device)
    return by_day


def goes_on(one: Row, other: Row) -> bool:
    """Whether two rows could be one: a row within which clocks are changed lies within one day."""
    alike = one.setpoint == other.setpoint and one.end == other.start
    return alike and one.start.utcoffset() == other.end.utcoffset()


def next_midnight(moment: dt.datetime, row: Row) -> dt.datetime:
    """The midnight after a moment of a row, by the clock at the row's end."""
    return dt.datetime.combine(moment.date() + dt.timedelta(days=1), dt.time(), row.end.tzinfo)


def _days_of(row: Row) -> Iterator[tuple[str, float]]:
    moment, whole = row.start, row.seconds
    while moment < row.end:
        until = min(next_midnight(moment, row), row.end)
        yield moment.date().isoformat(), elapsed(moment, until) / whole
        moment = until


def rating_of(device: Device) -> Rating:
    """Its rating. Raises `InputError` where it has none."""
    if device.rating is None:
        raise needs(device, "a rating")
    return device.rating


def valve_flow(device: Device) -> float:
    """What the open valve lets through. [m3/s]. Raises `InputError` where the device does not say."""
    if device.valve_flow is None or not device.valve_flow > 0.0:
        raise needs(device, "a valve_flow above zero")
    return device.valve_flow


def needs(device: Device, what: str) -> InputError:
    """The complaint that a device lacks something."""
    finding = Finding(f"the mode {device.mode!r} needs {what}", Place(component=f"{device.controller} ({device.structure})"))
    return InputError("a device is not described", (finding,))
