"""What a device has done between two moments, by all that it has confirmed: plans, what replaced them, recalls.

    from the moment a command was issued until the next one was
        its rows; before them what was set last; after them, and where it was withdrawn, the declared fallback
        stopped: closed

A device that has confirmed late counts as if it had followed from the beginning: a person's receipt comes after the gate was set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.schedule.command import Row
from waterbalance.schedule.passing import open_within

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from waterbalance.schedule.command import Command
    from waterbalance.schedule.envelope import Envelope


def followed(confirmed: Sequence[Envelope], since: dt.datetime, until: dt.datetime) -> tuple[Row, ...]:
    """Rows of one device between two moments, in the unit of its commands; gaps where nobody knows.

    `confirmed`: its commands by sequence. A valve that is opened for a time is open from the beginning of its row on.
    """
    rows: list[Row] = []
    held: float | None = None
    for envelope, end in zip(confirmed, [*(each.issued_at for each in confirmed[1:]), until], strict=False):
        for row in _pieces(envelope.command, envelope.issued_at, min(end, until), held):
            held = _held(envelope.command, row)
            rows.extend(_cut(row, max(row.start, since), row.end, envelope.command))
    return tuple(rows)


def _pieces(command: Command, begin: dt.datetime, end: dt.datetime, held: float | None) -> Iterator[Row]:
    """Rows of one command from when it was confirmed until the next one was, those of its fallback in between."""
    if command.action == "stop":
        yield from _row(begin, end, command.limits.closed(command.mode))
        return
    moment, last = begin, held
    for row in command.rows:
        # A row that is still to come: what was set last stays.
        yield from _row(moment, min(row.start, end), last)
        for piece in _cut(row, max(row.start, begin), min(row.end, end), command):
            yield piece
            last = _held(command, piece)
        moment = max(moment, row.end)
    yield from _row(moment, end, _fallback(command, last))


def _held(command: Command, row: Row) -> float | None:
    """What stays when a row is over; a valve that was opened for a time closes by itself."""
    return None if command.mode == "duration" else row.setpoint


def _fallback(command: Command, last: float | None) -> float | None:
    if command.mode == "duration" or command.fallback.mode == "close":
        return command.limits.closed(command.mode)
    return last if command.fallback.mode == "hold_last" else command.fallback.setpoint


def _row(start: dt.datetime, end: dt.datetime, setpoint: float | None) -> Iterator[Row]:
    if setpoint is not None and start < end:
        yield Row(start, end, setpoint)


def _cut(row: Row, start: dt.datetime, end: dt.datetime, command: Command) -> Iterator[Row]:
    if start < end:
        yield Row(start, end, open_within(row, start, end) if command.mode == "duration" else row.setpoint)
