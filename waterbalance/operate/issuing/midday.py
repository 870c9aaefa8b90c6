"""A plan that replaces another one while the day runs: what is done is done, and the rest of the day makes up for it.

    since = when the new command begins; where nobody knows what the device did then, the first moment that is known
    done  = water that passed since then until now, by all that the device has `followed`
    left  = max(volume of the new plan from then to the end of the day - done, 0)
    share = left / volume of the new plan's rows from now to the end of the day
    flow of those rows = share x theirs, at most what the device may let through, closed where it would trickle; later days as
    planned

Valves that are opened for a time (`duration`) are open from the beginning of a row on. They start no program whose minute has
passed: what has begun begins a little later, with its whole time where the rest of its row has room for it. They are shut as they
are told anew: what was left of a program that ran begins once more.

What was to pass before anybody was told anything is `lost`: nobody knows what the gate let through then, so nothing is made up
for, and it is named where it is more than 1 % of the day.

A command that begins later than it is told takes the place of rows that still run: those go on in it until its first own row. One
of tomorrow tells them only where they change until then, for a device holds what was set last.

A burst at 15:00 that closes a canal gives share 0; a canal that has to carry more in nine hours carries more.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Place
from waterbalance.schedule.command import Row, elapsed
from waterbalance.schedule.passing import (
    flow_at,
    goes_on,
    greatest_flow,
    least_flow,
    open_within,
    setting_for,
    stepped,
    volume_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.schedule.command import Command
    from waterbalance.schedule.device import Device

HAND_OVER = dt.timedelta(minutes=6)
"""Within which a command has to reach a device that starts programs by the minute."""

SHARE = 0.01
"""Of a day's volume that may be missing. [-]"""


def replanned(command: Command, followed: Sequence[Row], device: Device, now: dt.datetime) -> Command:
    """The command as it is where it begins later than now, or nothing was `followed`; else what is left of it."""
    if command.valid_from >= now or command.valid_until <= now or not followed:
        return command
    now = now.astimezone(command.valid_from.tzinfo).replace(microsecond=0)
    midnight = _midnight(now)
    planned = _volume(command, device, max(command.valid_from, followed[0].start), midnight)
    done = volume_of(replace(command, rows=tuple(followed)), device)
    rest = _volume(command, device, now, midnight)
    share = max(planned - done, 0.0) / rest if rest > 0.0 else 0.0
    rows, later = _today(command, device, share, now, midnight), _between(command, midnight, command.valid_until)
    if device.mode != "duration" and rows and later and goes_on(rows[-1], later[0]):
        rows[-1] = replace(rows[-1], end=later.pop(0).end)
    rows = [*rows, *later]
    return replace(command, rows=tuple(rows), valid_from=now, label="replanned")


def still_running(command: Command, followed: Sequence[Row], device: Device, now: dt.datetime) -> tuple[Row, ...]:
    """What goes on until a command begins that is told earlier, of all that the device has `followed` from now until then.

    A change that the gate could not hold for its dwell is left out.
    """
    zone, begins = command.valid_from.tzinfo, command.valid_from
    rows: list[Row] = []
    for row in followed:
        start, end = row.start.astimezone(zone).replace(microsecond=0), row.end.astimezone(zone)
        if device.mode != "duration" and rows and goes_on(rows[-1], Row(start, end, row.setpoint)):
            rows[-1] = replace(rows[-1], end=end)
        else:
            rows.append(Row(start, end, row.setpoint))
    if device.mode == "duration":
        least = max(command.limits.least, device.least_setpoint, device.setpoint_step)
        rows = [replace(row, setpoint=stepped(row.setpoint, device)) for row in rows]
        return tuple(row for row in _startable(rows, now) if row.setpoint >= least)
    if len(rows) > 1 and rows[-1].end == begins and rows[-1].seconds < command.limits.least_dwell:
        rows[-2:] = [replace(rows[-2], end=begins)]
    return tuple(rows) if len(rows) > 1 or begins.date() == now.astimezone(zone).date() else ()


def carried_on(command: Command, running: Sequence[Row], device: Device) -> Command:
    """The command with the rows that are `running` before its own; a device that keeps fewer rows gets the first ones."""
    if not running or not command.rows:
        return command
    rows, own = [*running], [*command.rows]
    if device.mode != "duration" and goes_on(rows[-1], own[0]):
        rows[-1] = replace(rows[-1], end=own.pop(0).end)
    told = (*rows, *own)[: device.most_rows]
    until = told[-1].end if len(told) < len(rows) + len(own) else command.valid_until
    return replace(command, rows=told, valid_from=rows[0].start, valid_until=until, label="replanned")


def lost(command: Command, followed: Sequence[Row], device: Device, now: dt.datetime) -> tuple[Finding, ...]:
    """What the command means to pass before the first moment that is known, if that is more than 1 % of it until midnight."""
    known = followed[0].start if followed else now
    if command.valid_from >= known or command.valid_until <= now:
        return ()
    known = known.astimezone(command.valid_from.tzinfo).replace(microsecond=0)
    midnight = _midnight(now.astimezone(known.tzinfo))
    planned = _volume(command, device, command.valid_from, midnight)
    missed = planned - _volume(command, device, known, midnight)
    if not missed > SHARE * planned:
        return ()
    where = Place(component=f"{device.controller} ({device.structure})", date=str(known.date()))
    found = f"{missed:.0f} m3 of the {planned:.0f} m3 until midnight were to pass before {known:%H:%M}"
    remedy = "They are not made up for. Set the gate by hand where they did not pass, or let tomorrow's plan know."
    return (Finding("the first orders come late", where, found, remedy=remedy),)


def still_to_begin(command: Command, device: Device, now: dt.datetime) -> Command:
    """The command as it is for devices that follow a row from its middle; for valves only with what can still begin."""
    soonest = _soonest(now).astimezone(command.valid_from.tzinfo)
    if device.mode != "duration" or command.valid_from >= soonest:
        return command
    return replace(command, rows=_startable(command.rows, now), valid_from=soonest)


def _startable(rows: Sequence[Row], now: dt.datetime) -> tuple[Row, ...]:
    """Rows of a valve whose programs can still begin."""
    soonest = _soonest(now)
    return tuple(
        row if row.start >= soonest else _from(row, soonest.astimezone(row.start.tzinfo)) for row in rows if row.end > soonest
    )


def _from(row: Row, begin: dt.datetime) -> Row:
    """The row, begun later, with its whole time where there is room for it."""
    return Row(begin, row.end, min(row.setpoint, elapsed(begin, row.end)))


def _soonest(now: dt.datetime) -> dt.datetime:
    return (now + HAND_OVER).replace(second=0, microsecond=0)


def _today(command: Command, device: Device, share: float, now: dt.datetime, midnight: dt.datetime) -> list[Row]:
    """Rows of the rest of the day, their flow times `share`."""
    rows = []
    for row in _between(command, now, midnight):
        if device.mode == "duration":
            setpoint = min(row.setpoint * share, row.seconds, command.limits.most)
            trickles = setpoint < device.least_setpoint
        else:
            flow = flow_at(row.setpoint, device) * share
            trickles = flow < least_flow(device)
            setpoint = device.closed if trickles else setting_for(min(flow, greatest_flow(device)), device)
        rows.append(Row(row.start, row.end, device.closed if trickles else stepped(setpoint, device)))
    return rows


def _between(command: Command, start: dt.datetime, end: dt.datetime) -> list[Row]:
    """Rows, cut where they reach beyond; a valve may be open for a day's whole time in what is left of that day."""
    rows, midnight = [], start.replace(hour=0, minute=0, second=0, microsecond=0)
    for row in command.rows:
        first, last = max(row.start, start), min(row.end, end)
        if first < last and command.mode == "duration":
            rows.append(_from(Row(row.start, last, open_within(row, midnight, last)), first))
        elif first < last:
            rows.append(Row(first, last, row.setpoint))
    return rows


def _midnight(now: dt.datetime) -> dt.datetime:
    return (now + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _volume(command: Command, device: Device, start: dt.datetime, end: dt.datetime) -> float:
    return volume_of(replace(command, rows=tuple(_between(command, start, end))), device)
