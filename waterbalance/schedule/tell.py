"""From orders to commands: each device is told its structure's flows in its own words and steps.

    due[r] = volume of row r + what rounding has left of the rows before it
    setpoint[r] = due[r] / (length of r), in the device's mode, to the nearest setpoint that it can tell apart

What rounding takes from one row the next one gets, and the water of a trickle below the device's least setpoint too, so that
the volume of all rows is the order's to one step over one row; it lifts no setpoint over the device's most. A setpoint stays
while it is less than a step off; neighbouring rows with one setpoint become one row. A row that misses its own volume so is
told as two by a device that may be moved at any hour (`between_steps`). Where the device has a greatest step,
changes are divided into stairs (`ramp`). A device that keeps fewer rows gets the first ones, for a day at least: tomorrow's
plan brings the rest.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.schedule.between_steps import between_steps
from waterbalance.schedule.command import Command, Label, Row, elapsed
from waterbalance.schedule.guard_commands import guard_commands
from waterbalance.schedule.passing import flow_at, goes_on, greatest_flow, passing, setting_for, stepped, valve_flow
from waterbalance.schedule.ramp import ramped
from waterbalance.schedule.rounding import SHARE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from waterbalance.schedule.device import Device
    from waterbalance.schedule.schedule import Order, Schedule, Setting

ONE_DAY = dt.timedelta(days=1)

HAIR = 1e-9
"""Rounding of an order's flow. [-]"""


def commands_of(schedule: Schedule, devices: Collection[Device], plan: str = "", label: Label = "planned") -> tuple[Command, ...]:
    """One command for each device whose structure has orders, by name of the device.

    Raises `InputError` with everything that a device cannot do: a discharge outside of its rating, more rows than it keeps, and
    all that `guard_commands` looks at.
    """
    orders = {order.structure: order for order in schedule.orders}
    findings = Findings(_both_ways(schedule, {device.structure for device in devices}))
    told = [
        _command(orders[device.structure], device, plan, label, findings)
        for device in sorted(devices, key=lambda each: each.controller)
        if device.structure in orders
    ]
    findings.raise_if_any(InputError, "the orders cannot be told to the devices")
    return guard_commands(tuple(told), {device.controller: device for device in devices})


def _both_ways(schedule: Schedule, moved: set[str]) -> Iterator[Finding]:
    """Structures with a device that run to and fro within one schedule: a setpoint does not say which way."""
    counted = Counter(order.structure for order in schedule.orders)
    for structure in sorted(name for name, count in counted.items() if count > 1 and name in moved):
        remedy = "Name no device for it, or close one of its ways."
        yield Finding("the structure runs both ways", Place(component=structure), "two orders", "one", remedy)


def unserved(schedule: Schedule, devices: Iterable[Device]) -> tuple[str, ...]:
    """Structures with orders that no device takes: somebody has to be told by other means."""
    moved = {device.structure for device in devices}
    return tuple(sorted({order.structure for order in schedule.orders} - moved))


def _command(order: Order, device: Device, plan: str, label: Label, findings: Findings) -> Command:
    rows = _rows(order, device, findings)
    if device.any_hour and len(rows) > device.most_rows:
        rows = _rows(order, replace(device, any_hour=False), Findings())
    if not findings:
        rows = _ramped(order, rows, device, findings)
    kept = rows[: device.most_rows]
    if len(rows) > len(kept) and kept[-1].end - order.valid_from < ONE_DAY:
        remedy = "Choose longer slots, or a device that keeps more."
        found, allowed = f"{len(kept)} of {len(rows)} rows do not reach to the next day", f"{device.most_rows} rows for a day"
        findings.add(Finding("more rows than the device keeps", _place(device), found, allowed, remedy))
    return Command(
        controller=device.controller,
        structure=device.structure,
        plan=plan,
        action="apply",
        mode=device.mode,
        unit=device.unit,
        valid_from=order.valid_from,
        valid_until=kept[-1].end if len(rows) > len(kept) else order.valid_until,
        rows=tuple(kept),
        limits=device.limits,
        fallback=device.fallback,
        label=label,
    )


def _rows(order: Order, device: Device, findings: Findings) -> list[Row]:
    """The order in the device's steps, each row within what the ones before it have left."""
    rows: list[Row] = []
    left = 0.0
    for setting in map(_told_by_offset, order.settings):
        try:
            made, left = _made(setting, device, left, rows[-1].setpoint if rows else None)
        except InputError as error:
            findings.extend(_dated(error, device, setting))
            made, left = (Row(setting.start, setting.end, 0.0),), 0.0
        for row in made:
            if rows and goes_on(rows[-1], row) and device.mode != "duration":
                rows[-1] = Row(rows[-1].start, row.end, row.setpoint)
            else:
                rows.append(row)
    return rows


def kept_from(held: float, rows: Sequence[Row], order: Order, device: Device) -> tuple[Row, ...]:
    """Rows that begin with the setpoint which the device holds, where the order lies less than a step off it.

    A plan begins at midnight, when its rounding moves no keeper's gate. A day that would miss more than 1 % so, and what may be
    exceeded by a step's water, stay as they are.
    """
    if device.mode == "duration" or device.limits.daily_volume is not None or held > device.limits.most or held == device.closed:
        return tuple(rows)
    first, *others = rows
    settings = [each for each in order.settings if each.start < first.end and each.end > first.start]
    off = abs(flow_at(held, device) - flow_at(first.setpoint, device)) * first.seconds
    if off > SHARE * sum(each.volume for each in order.settings if each.start < max(first.start + ONE_DAY, first.end)):
        return tuple(rows)
    if any(
        each.setpoint <= 0.0 or abs(_wanted(each.setpoint, each.setpoint, device) - held) >= device.setpoint_step
        for each in settings
    ):
        return tuple(rows)
    kept = replace(first, setpoint=held)
    if others and goes_on(kept, others[0]):
        kept = replace(kept, end=others.pop(0).end)
    return (kept, *others)


def _made(setting: Setting, device: Device, left: float, before: float | None) -> tuple[tuple[Row, ...], float]:
    """One row, or two that come nearer to the setting's volume; and the volume that is left to the next ones. [m3]."""
    setpoint, after = _rounded(setting, device, left, before)
    if device.any_hour and abs(left - after) > SHARE * setting.volume:
        # The gate will be moved: a setpoint that stayed has no advantage.
        setpoint, after = _rounded(setting, device, left, None)
    missed = left - after
    if device.any_hour and abs(missed) > SHARE * setting.volume:
        both = between_steps(setting, setting.volume + left, device, before)
        off = missed if both is None else sum(passing(row, device) for row in both) - setting.volume
        if both is not None and abs(off) < abs(missed):
            return both, left - off
    return (Row(setting.start, setting.end, setpoint),), after


def _told_by_offset(setting: Setting) -> Setting:
    """With its moments by their offsets: differences of times of one zone are those of its clocks."""
    start, end = (each.astimezone(dt.timezone(each.utcoffset() or dt.timedelta(0))) for each in (setting.start, setting.end))
    return replace(setting, start=start, end=end)


def _ramped(order: Order, rows: list[Row], device: Device, findings: Findings) -> list[Row]:
    """Within the greatest step; what stairs take away is made up for up to the structure's capacity, not only the device's."""
    try:
        ramp = ramped(rows, device)
    except InputError as error:
        findings.extend(_dated(error, device, order.settings[0]))
        return rows
    findings.extend(ramp.findings)
    for row in ramp.rows if ramp.rows != tuple(rows) else ():
        over = [each for each in order.settings if each.start < row.end and each.end > row.start and each.capacity is not None]
        most = min((each.capacity for each in over if each.capacity is not None), default=math.inf)
        if (flow := flow_at(row.setpoint, device)) > most + device.setpoint_step:
            where = Place(component=f"{device.controller} ({device.structure})", date=row.start.isoformat())
            remedy = "Allow the device a greater step, or a plan that changes less from day to day."
            found = f"{flow:g} m3/s to make up for the stairs"
            findings.add(Finding("the setpoint is over the capacity", where, found, f"0 to {most:g} m3/s", remedy))
    return list(ramp.rows)


def _rounded(setting: Setting, device: Device, left: float, before: float | None) -> tuple[float, float]:
    """Setpoint, and the volume that it leaves to the next row. [m3].

    `before`, the setpoint of the row before, stays while it is less than a step off: nobody turns a gate for that.
    """
    seconds = elapsed(setting.start, setting.end)
    # A closed row stays closed: the few litres that rounding left go on to the next row with water.
    due = 0.0 if setting.volume <= 0.0 else max(setting.volume + left, 0.0)
    if device.mode == "duration":
        setpoint = _closed_below(stepped(due / valve_flow(device), device), device)
        passed = setpoint * valve_flow(device)
    else:
        wanted = _wanted(due / seconds, setting.volume / seconds, device)
        near = before is not None and due > 0.0 and abs(wanted - before) < device.setpoint_step
        setpoint = before if near and before is not None else _closed_below(stepped(wanted, device), device)
        passed = flow_at(setpoint, device) * seconds
    return setpoint, setting.volume + left - passed


def _closed_below(setpoint: float, device: Device) -> float:
    """No gate is opened for a trickle: its water is left to the next row."""
    return setpoint if setpoint >= device.least_setpoint else 0.0


def _wanted(flow: float, ordered: float, device: Device) -> float:
    """Setting for a flow; where only what rounding has left goes beyond the most, the greatest step that does not."""
    most = greatest_flow(device)
    can = device.limits.most if device.mode == "flow" else most * (1.0 + HAIR)
    return setting_for(min(flow, most) if ordered <= can else flow, device)


def _dated(error: InputError, device: Device, setting: Setting) -> Sequence[Finding]:
    where = Place(component=f"{device.controller} ({device.structure})", date=setting.start.isoformat())
    return [Finding(each.what, where, each.found, each.allowed, each.remedy) for each in error.findings]


def _place(device: Device) -> Place:
    return Place(component=f"{device.controller} ({device.structure})")
