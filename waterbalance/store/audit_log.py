"""Who did what and when, each line bound to the one before it.

    hash[n] = SHA-256(canonical JSON of (n, at, by, what, subject, details, hash[n - 1]))

An edited, removed or inserted line breaks the chain; a removed end is told by the head, which stands in a table of its own, and
beyond doubt by a head that was written down elsewhere (`verify(head=...)`). Haber and Stornetta 1991, doi:10.1007/BF00196791.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from waterbalance.errors import Finding, Place
from waterbalance.schedule.canonical import canonical, sha256
from waterbalance.store.tables import audit_head, audit_log, audit_subjects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Row

BEGINNING = "0" * 64
"""What the first line is bound to."""

NEWEST = 20
"""Lines of a subject among which the last of a kind is looked for."""

SUBJECT = 200
"""Characters of a subject by which its lines are found."""


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
    number, previous = head(connection)
    rows, told = [], []
    for number, event in enumerate(events, number + 1):  # noqa: B020 (goes on from the head)
        entry = canonical(
            {
                "number": number,
                "at": at.isoformat(),
                "by": event.by,
                "what": event.what,
                "subject": event.subject,
                "details": dict(event.details),
                "previous": previous,
            }
        )
        previous = sha256(entry)
        rows.append({"number": number, "entry": entry, "hash": previous})
        told.append({"subject": event.subject[:SUBJECT], "number": number})
    if rows:
        connection.execute(insert(audit_log), rows)
        connection.execute(insert(audit_subjects), told)
        connection.execute(update(audit_head).values(number=number, hash=previous))
    return previous


def entries(connection: Connection) -> Iterator[dict[str, Any]]:
    """All lines, the oldest first."""
    for row in connection.execute(select(audit_log).order_by(audit_log.c.number)):
        yield {**json.loads(row.entry), "hash": row.hash}


def lines_about(connection: Connection, subject: str) -> tuple[tuple[dict[str, Any], ...], tuple[Finding, ...]]:
    """The lines of one subject, the oldest first, and everything that is wrong with them; the rest of the log is not read.

    Each line is held against its own hash, the line before it, and what stands after it: the next line, at the end the head.
    Whoever changes, removes or puts in one of them alone is found; a line that the index hides is a line that is not there. Only
    `verify` finds what was changed elsewhere.
    """
    numbers = select(audit_subjects.c.number).where(audit_subjects.c.subject == subject[:SUBJECT])
    found: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for number in connection.execute(numbers.order_by(audit_subjects.c.number)).scalars().all():
        place = Place(component=f"audit log, line {number}")
        row = connection.execute(select(audit_log).where(audit_log.c.number == number)).one_or_none()
        wrong = (Finding("the line is missing", place),) if row is None else tuple(_out_of_chain(connection, row, place))
        findings.extend(wrong)
        if row is not None and not wrong and (line := json.loads(row.entry))["subject"] == subject:
            found.append(line)
    return tuple(found), tuple(findings)


def last_time(connection: Connection, subject: str, what: str) -> dt.datetime | None:
    """When something was last done to a subject, by the newest of its lines; None where none tells of it."""
    numbers = select(audit_subjects.c.number).where(audit_subjects.c.subject == subject[:SUBJECT])
    for number in connection.execute(numbers.order_by(audit_subjects.c.number.desc()).limit(NEWEST)).scalars().all():
        entry = connection.execute(select(audit_log.c.entry).where(audit_log.c.number == number)).scalar_one_or_none()
        try:
            line = json.loads(entry or b"")
            if line["what"] == what:
                return dt.datetime.fromisoformat(line["at"])
        except (ValueError, KeyError, TypeError):
            # A line that somebody has spoilt is for `verify` to tell of.
            continue
    return None


def _out_of_chain(connection: Connection, row: Row[Any], place: Place) -> Iterator[Finding]:
    yield from _wrong(bytes(row.entry), row.number, row.hash, _hash(connection, row.number - 1), place)
    yield from _not_followed(connection, row.number, row.hash, place)


def _hash(connection: Connection, number: int) -> str | None:
    if number == 0:
        return BEGINNING
    return connection.execute(select(audit_log.c.hash).where(audit_log.c.number == number)).scalar_one_or_none()


def _not_followed(connection: Connection, number: int, told: str, place: Place) -> Iterator[Finding]:
    """Where what comes after a line is bound to another one."""
    after = connection.execute(select(audit_log.c.entry).where(audit_log.c.number == number + 1)).scalar_one_or_none()
    if after is None:
        bound = head(connection)[1]
    else:
        try:
            bound = str(json.loads(after)["previous"])
        except (ValueError, KeyError, TypeError):
            bound = "no entry"
    if bound != told:
        yield Finding("what comes after the line does not follow it", place, bound, told)


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last line; write them down elsewhere, and nobody can shorten the log unseen."""
    row = connection.execute(select(audit_head.c.number, audit_head.c.hash)).one_or_none()
    return (0, BEGINNING) if row is None else (row.number, row.hash)


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
    number, told = head(connection)
    if (number, told) != (last, before):
        where = Place(component="audit log, end")
        findings.append(Finding("the log ends elsewhere than its head says", where, f"line {last}", f"line {number}"))
    if expected is not None and expected not in seen:
        where = Place(component="audit log")
        findings.append(Finding("the line that was written down is not there", where, "no such hash", expected))
    return tuple(findings)


def _wrong(entry: bytes, number: int, told: str, before: str | None, place: Place) -> Iterator[Finding]:
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
