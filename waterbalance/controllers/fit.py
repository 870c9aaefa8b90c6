"""What can be told to a device, looked at before anything is sent: names, numbers, times, rows.

The schedule's guard has looked at all of it already; these are the limits of the wire and of the device.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from waterbalance.controllers.controller import RefusedError
from waterbalance.errors import Finding, Findings, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from waterbalance.schedule.command import Command, Mode, Row
    from waterbalance.schedule.envelope import Envelope

_NAME = re.compile(r"\w[\w-]{0,63}")

MODES: frozenset[Mode] = frozenset({"flow", "level", "position", "speed", "duration"})

GREATEST_SEQUENCE = 2**32 - 1


class UnfitError(RefusedError):
    """The command cannot be told to this device; nothing was sent."""

    exit_code: ClassVar[int] = 65


def now() -> dt.datetime:
    """The time on the machine of the engine."""
    return dt.datetime.now(dt.UTC)


def is_name(text: str) -> bool:
    """Whether a name is safe in topics, file names, addresses and tables: letters, digits, `_` and `-`, up to 64."""
    return _NAME.fullmatch(text) is not None


def require_fit(envelope: Envelope, controller: str, at: dt.datetime, *, most_rows: int, modes: Collection[Mode] = MODES) -> None:
    """Raises `UnfitError` with all that is wrong with a command for this controller."""
    command = envelope.command
    findings = Findings()
    findings.extend(_names(command, controller))
    findings.extend(_kinds(command, modes))
    findings.extend(_numbers(envelope))
    if not 0 < envelope.sequence <= GREATEST_SEQUENCE:
        findings.add(_finding(command, "the sequence number does not fit", envelope.sequence, f"1 to {GREATEST_SEQUENCE}"))
    if len(command.rows) > most_rows:
        findings.add(_finding(command, "the device holds fewer rows", len(command.rows), f"at most {most_rows}"))
    if len(findings) == 0:
        findings.extend(_times(command, at))
    findings.raise_if_any(UnfitError, f"{controller} cannot be told this command; nothing was sent")


def _finding(command: Command, what: str, found: object, allowed: str) -> Finding:
    return Finding(what, Place(component=repr(command.controller)), str(found), allowed, "Nothing was sent; derive it again.")


def _names(command: Command, controller: str) -> Iterator[Finding]:
    if command.controller != controller:
        yield _finding(command, "the command is for another controller", repr(command.controller), repr(controller))
    for name in (command.controller, command.structure):
        if not is_name(name):
            yield _finding(command, "this is not a name", repr(name), "letters, digits, _ and -")


def _kinds(command: Command, modes: Collection[Mode]) -> Iterator[Finding]:
    if command.mode not in modes:
        yield _finding(command, "the device does not know this mode", command.mode, ", ".join(sorted(modes)))
    if command.action == "apply" and not command.rows:
        yield _finding(command, "there is nothing to apply", "no rows", "rows, or the action withdraw or stop")
    if command.action != "apply" and command.rows:
        yield _finding(command, f"{command.action} has no rows", f"{len(command.rows)} rows", "none")


def _numbers(envelope: Envelope) -> Iterator[Finding]:
    command = envelope.command
    limits = command.limits
    allowed = limits.told(command.mode, command.unit)
    if not (math.isfinite(limits.least) and math.isfinite(limits.most)):
        yield _finding(command, "a limit is no number", f"{limits.least} to {limits.most}", "finite numbers")
        return
    for row in command.rows:
        if not limits.allow(row.setpoint, command.mode):
            yield _finding(command, f"the setpoint from {row.start} is out of its limits", row.setpoint, allowed)
    fallback = command.fallback
    if not (math.isfinite(fallback.after) and fallback.after > 0):
        yield _finding(command, "the silence before the fallback is no time", fallback.after, "seconds, more than 0")
    if fallback.mode == "flow" and not (fallback.setpoint is not None and limits.allow(fallback.setpoint, command.mode)):
        yield _finding(command, "the setpoint of the fallback is out of its limits", fallback.setpoint, allowed)


def _times(command: Command, at: dt.datetime) -> Iterator[Finding]:
    told = [command.valid_from, command.valid_until, *(time for row in command.rows for time in (row.start, row.end))]
    if any(time.utcoffset() is None for time in told):
        yield _finding(command, "a time has no offset", "local time", "times with their offset")
        return
    if command.valid_until <= at:
        yield _finding(command, "the command has expired", command.valid_until.isoformat(), f"later than {at.isoformat()}")
    for row in command.rows:
        if not command.valid_from <= row.start < row.end <= command.valid_until:
            allowed = f"within {command.valid_from.isoformat()} to {command.valid_until.isoformat()}"
            yield _finding(command, "a row has no time", f"{row.start.isoformat()} to {row.end.isoformat()}", allowed)
    for before, after in pairwise(command.rows):
        if after.start < before.end:
            yield _finding(command, "rows overlap", _span(after), f"rows from {before.end.isoformat()} on")


def _span(row: Row) -> str:
    return f"{row.start.isoformat()} to {row.end.isoformat()}"
