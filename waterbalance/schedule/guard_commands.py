"""The last look at commands: before they are signed, and once more before each is sent.

rows      follow each other in time, each with an end after its start, within the command's validity
setpoint  finite; closed or between least and most; with room in the device's registers; within its rating; off the one before by
          greatest_step at most
dwell     each row holds for least_dwell at least
volume    of each local day at most daily_volume
fallback  closed or between least and most
time      valid_until is still to come

Limits are those of the command and of the device as it is described at this moment: what was approved before the gate was damaged
is not sent afterwards, nor what was meant for another structure or is told in another mode.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.schedule.passing import passed_on_days

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from waterbalance.schedule.command import Command, Row
    from waterbalance.schedule.device import Device

LITRE = 1e-3
"""Rounding of volumes. [m3]"""

REMEDY = "Look at the device in the scenario; then run, approve and issue again."


def guard_commands(
    commands: tuple[Command, ...], devices: Mapping[str, Device], now: dt.datetime | None = None
) -> tuple[Command, ...]:
    """Return the commands as they are; raises `InputError` with everything for which one of them may not be sent."""
    findings = Findings()
    for command in commands:
        device = devices.get(command.controller)
        if device is None:
            findings.add(Finding("no such device", Place(component=command.controller), allowed=", ".join(sorted(devices))))
            continue
        findings.extend(wrong_with(command, device, now))
    findings.raise_if_any(InputError, "the commands may not be sent")
    return commands


def wrong_with(command: Command, device: Device, now: dt.datetime | None = None) -> tuple[Finding, ...]:
    """Everything for which a command may not be sent; empty when it is sound."""
    return tuple(each if each.remedy else replace(each, remedy=REMEDY) for each in _wrong(command, device, now))


def _wrong(command: Command, device: Device, now: dt.datetime | None) -> tuple[Finding, ...]:
    numbers = tuple(_not_a_number(command))
    if numbers:
        return numbers
    other = of_another_device(command, device)
    if other is not None:
        return (*_about_time(command, now), other)
    command = replace(command, limits=command.limits.within(device.limits))
    findings = [*_about_time(command, now), *_about_rows(command), *_about_setpoints(command, device), *_about_fallback(command)]
    if command.action == "apply" and not findings:
        findings.extend(_about_volume(command, device))
    return tuple(findings)


def of_another_device(command: Command, device: Device) -> Finding | None:
    """Whether the device is another one than that which the orders were made for; whatever it is, it may be stopped."""
    made_for, now = (command.structure, command.mode), (device.structure, device.mode)
    if made_for == now or command.action != "apply":
        return None
    found, allowed = (f"{mode} of {structure}" for structure, mode in (made_for, now))
    remedy = "The device was described anew since: run, approve and issue again."
    return Finding("the orders are for another device", Place(component=command.controller), found, allowed, remedy)


def _not_a_number(command: Command) -> Iterator[Finding]:
    for row in command.rows:
        if not math.isfinite(row.setpoint):
            allowed = command.limits.told(command.mode, command.unit)
            yield Finding("the setpoint is not a number", _at(command, row), str(row.setpoint), allowed)


def _about_time(command: Command, now: dt.datetime | None) -> Iterator[Finding]:
    where = Place(component=command.controller)
    if command.valid_until <= command.valid_from:
        until, begins = command.valid_until.isoformat(), command.valid_from.isoformat()
        yield Finding("the command ends before it begins", where, until, f"after {begins}")
    if now is not None and command.valid_until <= now:
        yield Finding("the command is out of date", where, command.valid_until.isoformat(), f"after {now.isoformat()}")


def _about_rows(command: Command) -> Iterator[Finding]:
    where = Place(component=command.controller)
    if command.action == "apply" and not command.rows:
        remedy = "An empty schedule closes nothing by accident: withdraw or stop says what is meant."
        yield Finding("a command without rows", where, "no rows", "one row at least", remedy)
    if command.action != "apply" and command.rows:
        yield Finding(f"a command to {command.action} has rows", where, f"{len(command.rows)} rows", "none")
    before = command.valid_from
    for row in command.rows:
        if row.start < before or row.end <= row.start or row.end > command.valid_until:
            found = f"{row.start.isoformat()} to {row.end.isoformat()}"
            allowed = f"from {before.isoformat()} to {command.valid_until.isoformat()}"
            yield Finding("the row is out of its order", _at(command, row), found, allowed)
        length = row.seconds
        # The first row of what is left of a command, or of one that replaces another at midday, has begun before.
        begun = row is command.rows[0] and command.label in {"remainder", "replanned"}
        if length < command.limits.least_dwell and not begun:
            yield Finding("the setpoint does not hold long enough", _at(command, row), f"{length:g} s", _dwell(command))
        before = max(before, row.end)


def _about_setpoints(command: Command, device: Device) -> Iterator[Finding]:
    limits = command.limits
    for row in command.rows:
        if not limits.allow(row.setpoint, command.mode):
            allowed = limits.told(command.mode, command.unit)
            yield Finding("the setpoint is outside of the limits", _at(command, row), _told(row, command), allowed)
        ranges = [("the register cannot hold the setpoint", device.registers)]
        if device.rating is not None and row.setpoint != limits.closed(command.mode):
            ranges.append(("the setpoint is outside of the rating", device.rating.ends))
        for what, (first, last) in ranges:
            if not first <= row.setpoint <= last:
                yield Finding(what, _at(command, row), _told(row, command), f"{first:g} to {last:g} {command.unit}")
        length = row.seconds
        if command.mode == "duration" and row.setpoint > length:
            yield Finding("the valve is open longer than its row", _at(command, row), f"{row.setpoint:g} s", f"{length:g} s")
    if limits.greatest_step is None:
        return
    for one, other in zip(command.rows, command.rows[1:], strict=False):
        step = abs(other.setpoint - one.setpoint)
        if step > limits.greatest_step * (1.0 + 1e-9):
            allowed = f"at most {limits.greatest_step:g} {command.unit}"
            yield Finding("the setpoint changes too much at once", _at(command, other), f"{step:g} {command.unit}", allowed)


def _about_fallback(command: Command) -> Iterator[Finding]:
    fallback, limits = command.fallback, command.limits
    setpoint = math.nan if fallback.setpoint is None else fallback.setpoint
    if command.action == "apply" and fallback.mode == "flow" and not limits.allow(setpoint, command.mode):
        where, allowed = Place(component=f"{command.controller} ({command.structure})"), limits.told(command.mode, command.unit)
        yield Finding("the fallback is outside of the limits", where, f"{setpoint:g} {command.unit}", allowed)


def _about_volume(command: Command, device: Device) -> Iterator[Finding]:
    most = command.limits.daily_volume
    if most is None:
        return
    for day, volume in passed_on_days(command, device).items():
        if volume > most + LITRE:
            where = Place(component=command.controller, date=day)
            yield Finding("more water on a day than may pass", where, f"{volume:.0f} m3", f"at most {most:.0f} m3")


def _at(command: Command, row: Row) -> Place:
    return Place(component=f"{command.controller} ({command.structure})", date=row.start.isoformat())


def _told(row: Row, command: Command) -> str:
    return f"{row.setpoint:g} {command.unit}"


def _dwell(command: Command) -> str:
    return f"at least {command.limits.least_dwell:g} s"
