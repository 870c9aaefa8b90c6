"""Who did what and when, each line bound to the one before it.

    hash[n] = SHA-256(canonical JSON of (n, at, by, what, subject, details, hash[n - 1]))

An edited, removed or inserted line breaks the chain; a removed end is told by the head, which stands in a table of its own, and
beyond doubt by a head that was written down elsewhere (`verify(head=...)`). Haber and Stornetta 1991, doi:10.1007/BF00196791.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from waterbalance.errors import Finding, Place
from waterbalance.schedule.canonical import canonical, sha256
from waterbalance.store.tables import audit_head, audit_log

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

BEGINNING = "0" * 64
"""What the first line is bound to."""


@dataclass(frozen=True)
class Event:
    """One thing that somebody or something did."""

    by: str
    what: str
    """A word for the kind, such as `approved`."""

    subject: str
    """Which plan, command or controller."""

    details: Mapping[str, Any]


def append(connection: Connection, at: dt.datetime, *events: Event) -> str:
    """Add lines in the caller's transaction; returns the new head. They stand or fall with what they tell of."""
    number, head = _head(connection, locked=True)
    rows = []
    for number, event in enumerate(events, number + 1):  # noqa: B020 (goes on from the head)
        entry = canonical(
            {
                "number": number,
                "at": at.isoformat(),
                "by": event.by,
                "what": event.what,
                "subject": event.subject,
                "details": dict(event.details),
                "previous": head,
            }
        )
        head = sha256(entry)
        rows.append({"number": number, "entry": entry, "hash": head})
    if rows:
        connection.execute(insert(audit_log), rows)
        connection.execute(update(audit_head).values(number=number, hash=head))
    return head


def entries(connection: Connection) -> Iterator[dict[str, Any]]:
    """All lines, the oldest first."""
    for row in connection.execute(select(audit_log).order_by(audit_log.c.number)):
        yield {**json.loads(row.entry), "hash": row.hash}


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last line; write them down elsewhere, and nobody can shorten the log unseen."""
    return _head(connection, locked=False)


def verify(connection: Connection, expected: str | None = None) -> tuple[Finding, ...]:
    """Everything that is wrong with the log; empty when it is whole.

    `expected`: the hash of a line that was written down before; it has to be there still.
    """
    findings = []
    before, last, seen = BEGINNING, 0, set()
    for row in connection.execute(select(audit_log).order_by(audit_log.c.number)):
        place = Place(component=f"audit log, line {row.number}")
        if row.number != last + 1:
            findings.append(Finding("lines are missing", place, f"line {last} before it", f"line {row.number - 1} before it"))
        findings.extend(_wrong(bytes(row.entry), row.number, row.hash, before, place))
        before, last = row.hash, row.number
        seen.add(row.hash)
    number, told = _head(connection, locked=False)
    if (number, told) != (last, before):
        where = Place(component="audit log, end")
        findings.append(Finding("the log ends elsewhere than its head says", where, f"line {last}", f"line {number}"))
    if expected is not None and expected not in seen:
        where = Place(component="audit log")
        findings.append(Finding("the line that was written down is not there", where, "no such hash", expected))
    return tuple(findings)


def _wrong(entry: bytes, number: int, told: str, before: str, place: Place) -> Iterator[Finding]:
    own = sha256(entry)
    if own != told:
        yield Finding("the line was changed", place, own, told)
    try:
        content = json.loads(entry)
        previous, own_number = content["previous"], content["number"]
    except (ValueError, KeyError, TypeError):
        yield Finding("the line is no entry", place)
        return
    if previous != before:
        yield Finding("the line does not follow the one before it", place, str(previous), before)
    if own_number != number:
        yield Finding("the line stands in another's place", place, f"line {own_number}", f"line {number}")


def _head(connection: Connection, *, locked: bool) -> tuple[int, str]:
    query = select(audit_head.c.number, audit_head.c.hash)
    row = connection.execute(query.with_for_update() if locked else query).one_or_none()
    return (0, BEGINNING) if row is None else (row.number, row.hash)
