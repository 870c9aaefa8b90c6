"""Rows as OpenSprinkler's single-run programs, which know each other by their names only.

    program   wb{station}.{sequence}.{first 6 digits of cmd_id}.{row}.{minutes that the row holds}
    marker    wb{station}.{sequence}.{first 6 digits of cmd_id}.{apply, stop or withdraw}      never enabled, of zero seconds

The marker stays when programs have run (the device may delete those): it remembers the sequence, and that the command counts.
A program is [flag, day high, day low, [start, -1, -1, -1], seconds by station]; the day counts local days since 1970, the start
local minutes; bit 0 of the flag enables it, 16 is `single run`, 64 `fixed start times`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waterbalance.controllers.fit import UnfitError
from waterbalance.errors import Finding, Findings, Place
from waterbalance.scenario.controller_quantities import LONGEST_RUN
from waterbalance.schedule.command import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waterbalance.schedule.envelope import Envelope

ENABLED, DISABLED = 81, 80
LONGEST_NAME = 31
MOST_STATIONS = 200

_NAME = re.compile(r"wb(\d{1,3})\.(\d{1,10})\.([0-9a-f]{6})\.(?:(\d{1,2})\.(\d{1,4})|([a-z]+))")


@dataclass(frozen=True)
class Program:
    """A program of ours, as the device tells it."""

    number: int
    """Its place in the device's list, until one before it is deleted."""

    name: str
    station: int
    sequence: int
    digits: str
    """Of the cmd_id."""

    is_marker: bool
    enabled: bool
    row: Row | None
    """What it does; None for a marker."""


@dataclass(frozen=True)
class Wanted:
    """A program that shall be there."""

    name: str
    settings: tuple[int, int, tuple[int, ...], tuple[int, ...]]
    """Day high and low, starts, seconds by station."""

    def fields(self, flag: int, number: int = -1) -> Mapping[str, str | int]:
        """For the command `cp`; -1 adds a program."""
        high, low, starts, seconds = self.settings
        value = f"[{flag},{high},{low},[{','.join(map(str, starts))}],[{','.join(map(str, seconds))}]]"
        return {"pid": number, "v": value, "name": self.name}


def wanted_programs(envelope: Envelope, station: int, stations: int, offset: dt.timedelta) -> list[Wanted]:
    """The programs of a command's rows; `offset` is the device's own, and it counts days and minutes by it."""
    return [
        Wanted(f"{_stem(envelope, station)}.{number}.{_minutes(row)}", _settings(row, station, stations, offset))
        for number, row in enumerate(envelope.command.rows)
    ]


def wanted_marker(envelope: Envelope, station: int, stations: int) -> Wanted:
    """The marker of a command."""
    return Wanted(f"{_stem(envelope, station)}.{envelope.command.action}", (0, 0, (0, -1, -1, -1), (0,) * stations))


def own_programs(told: Any, station: int, offset: dt.timedelta) -> Iterator[Program]:  # noqa: ANN401 (as the device tells it)
    """The programs of a station among all of a device. Raises `ValueError` or `TypeError` where the list is none."""
    for number, (flag, high, low, starts, seconds, name, *_) in enumerate(told):
        match = _NAME.fullmatch(str(name))
        if match is None or int(match[1]) != station:
            continue
        row = None if match[4] is None else _row(int(high) << 8 | int(low), int(starts[0]), int(seconds[station]), match, offset)
        yield Program(number, str(name), station, int(match[2]), match[3], row is None, bool(int(flag) & 1), row)


def is_of(program: Program, envelope: Envelope) -> bool:
    """Whether a program belongs to a command."""
    return program.sequence == envelope.sequence and program.digits == _digits(envelope)


def require_fit(envelope: Envelope, at: dt.datetime) -> None:
    """Raises `UnfitError` for what the device would cut, wrap or never begin."""
    command = envelope.command
    findings = Findings()
    where, remedy = Place(component=repr(command.controller)), "Nothing was sent; derive it again."
    for row in command.rows:
        held = (row.end - row.start).total_seconds()
        most = min(LONGEST_RUN, held)
        if not 0 <= row.setpoint <= most:
            findings.add(
                Finding("the valve cannot be open for so long", where, f"{row.setpoint:g} s", f"0 to {most:g} s", remedy)
            )
        if row.start.timestamp() % 60 or held % 60 or held >= 600_000:
            span = f"{row.start.isoformat()} to {row.end.isoformat()}"
            findings.add(Finding("the device counts minutes", where, span, "rows that begin and end at full minutes", remedy))
        if row.start <= at:
            late = f"from {row.start.isoformat()} on"
            findings.add(
                Finding("a program whose minute has passed never runs", where, late, f"later than {at.isoformat()}", remedy)
            )
    if command.fallback.mode != "close":
        found, allowed = command.fallback.mode, "close: it closes its valves when its programs have ended"
        findings.add(Finding("the device has no such fallback", where, found, allowed, remedy))
    findings.raise_if_any(UnfitError, f"{command.controller} cannot be told this command; nothing was sent")


def _stem(envelope: Envelope, station: int) -> str:
    return f"wb{station}.{envelope.sequence}.{_digits(envelope)}"


def _digits(envelope: Envelope) -> str:
    return envelope.command.cmd_id[:6]


def _minutes(row: Row) -> int:
    return round((row.end - row.start).total_seconds() / 60)


def _settings(row: Row, station: int, stations: int, offset: dt.timedelta) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
    day, second = divmod(int(row.start.timestamp() + offset.total_seconds()), 86_400)
    seconds = tuple(round(row.setpoint) if number == station else 0 for number in range(stations))
    return day >> 8, day & 0xFF, (second // 60, -1, -1, -1), seconds


def _row(day: int, minute: int, seconds: int, match: re.Match[str], offset: dt.timedelta) -> Row:
    start = dt.datetime.fromtimestamp(day * 86_400 + minute * 60 - offset.total_seconds(), dt.UTC)
    return Row(start, start + dt.timedelta(minutes=int(match[5])), float(seconds))
