"""Rows as OpenSprinkler's single-run programs, which know each other by their names only.

    program   wb{station}.{sequence}.{first 6 digits of cmd_id}.{row}.{minutes that the row holds}
    marker    wb{station}.{sequence}.{first 6 digits of cmd_id}.{apply, stop or withdraw}      never enabled, of zero seconds

The marker stays when programs have run (the device may delete those): it remembers the sequence, and that the command counts.
A program is [flag, day high, day low, [start, -1, -1, -1], seconds by station, name, date range, sensor adjustment]; the day
counts local days since 1970, the start local minutes; bit 0 of the flag enables it, bit 1 lets the weather scale it, 16 is
`single run`, 64 `fixed start times`. A new program takes over the sensor adjustment that an earlier one left at its number,
unless it is told another (API Reference 2.2.1(5) and (6), `/cp`; `server_change_program`).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from waterbalance.controllers.fit import UnfitError
from waterbalance.errors import Finding, Findings, Place
from waterbalance.scenario.controller_quantities import LONGEST_RUN
from waterbalance.schedule.command import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from waterbalance.controllers.opensprinkler_setup import Setup
    from waterbalance.schedule.envelope import Envelope

LONGEST_NAME = 31

_SINGLE_RUN_DISABLED = 80
_NO_SENSOR = "0,0"

_NAME = re.compile(r"wb(\d{1,3})\.(\d{1,10})\.([0-9a-f]{6})\.(?:(\d{1,2})\.(\d{1,4})|([a-z]+))")


@dataclass(frozen=True)
class Settings:
    """When a program runs and what it opens."""

    flag: int
    day: int
    starts: tuple[int, ...]
    seconds: tuple[int, ...]
    """By station."""

    adjusted: bool = False
    """Whether a sensor scales it."""

    def without(self, station: int) -> Settings:
        """The same but for how long this station is open, and whether it is enabled."""
        seconds = tuple(0 if number == station else each for number, each in enumerate(self.seconds))
        return replace(self, flag=self.flag & ~1, seconds=seconds)


@dataclass(frozen=True)
class Program:
    """A program of ours, as the device tells it."""

    number: int
    """Its place in the device's list, until one before it is deleted."""

    name: str
    sequence: int
    digits: str
    """Of the cmd_id."""

    is_marker: bool
    enabled: bool
    row: Row | None
    """What it does; None for a marker."""

    settings: Settings
    """But for how long the station is open, and whether it is enabled."""


@dataclass(frozen=True)
class Wanted:
    """A program that shall be there."""

    name: str
    station: int
    settings: Settings

    def fields(self) -> Mapping[str, str | int]:
        """For the command `cp`, which adds it; it is not enabled then."""
        settings = self.settings
        starts, seconds = (",".join(map(str, each)) for each in (settings.starts, settings.seconds))
        value = f"[{settings.flag},{settings.day >> 8},{settings.day & 0xFF},[{starts}],[{seconds}]]"
        return {"pid": -1, "v": value, "name": self.name, "snadj": _NO_SENSOR}


def wanted_programs(envelope: Envelope, station: int, setup: Setup) -> list[Wanted]:
    """The programs of a command's rows; the device counts days and minutes by its own offset."""
    return [
        Wanted(f"{_stem(envelope, station)}.{number}.{_minutes(row)}", station, _settings(row, station, setup))
        for number, row in enumerate(envelope.command.rows)
    ]


def wanted_marker(envelope: Envelope, station: int, setup: Setup) -> Wanted:
    """The marker of a command."""
    settings = Settings(_SINGLE_RUN_DISABLED, 0, (0, -1, -1, -1), (0,) * setup.stations)
    return Wanted(f"{_stem(envelope, station)}.{envelope.command.action}", station, settings)


def own_programs(told: Any, station: int, offset: dt.timedelta) -> Iterator[Program]:  # noqa: ANN401 (as the device tells it)
    """The programs of a station among all of a device. Raises `ValueError` or `TypeError` where the list is none."""
    for number, (flag, high, low, starts, seconds, name, *more) in enumerate(told):
        match = _NAME.fullmatch(str(name))
        if match is None or int(match[1]) != station:
            continue
        adjusted = any(isinstance(each, dict) and bool(int(each.get("flag", 0)) & 1) for each in more)
        settings = Settings(int(flag), int(high) << 8 | int(low), _whole(starts), _whole(seconds), adjusted)
        row = None if match[4] is None else _row(settings, station, int(match[5]), offset)
        own = settings.without(station)
        yield Program(number, str(name), int(match[2]), match[3], row is None, bool(settings.flag & 1), row, own)


def is_of(program: Program, envelope: Envelope) -> bool:
    """Whether a program belongs to a command."""
    return program.sequence == envelope.sequence and program.digits == _digits(envelope)


def require_fit(envelope: Envelope, at: dt.datetime) -> None:
    """Raises `UnfitError` for what the device would cut, wrap or never begin; `at` is the later one of its time and ours."""
    command = envelope.command
    findings = Findings()
    where, remedy = Place(component=repr(command.controller)), "Nothing was sent; derive it again."
    for row in command.rows:
        held = row.seconds
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
    return round(row.seconds / 60)


def _settings(row: Row, station: int, setup: Setup) -> Settings:
    day, second = divmod(int(row.start.timestamp() + setup.offset.total_seconds()), 86_400)
    seconds = tuple(round(row.setpoint) if number == station else 0 for number in range(setup.stations))
    return Settings(_SINGLE_RUN_DISABLED, day, (second // 60, -1, -1, -1), seconds)


def _row(settings: Settings, station: int, minutes: int, offset: dt.timedelta) -> Row:
    begin = settings.day * 86_400 + settings.starts[0] * 60 - offset.total_seconds()
    start = dt.datetime.fromtimestamp(begin, dt.UTC)
    return Row(start, start + dt.timedelta(minutes=minutes), float(settings.seconds[station]))


def _whole(told: Iterable[Any]) -> tuple[int, ...]:
    return tuple(int(each) for each in told)
