"""What somebody has to look at (states after ISA-18.2: active, acknowledged, returned to normal).

One alarm for each subject and kind: what goes on does not ring twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import and_, insert, select, update

from waterbalance.store.audit_log import Event, append
from waterbalance.store.tables import alarms

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection


@dataclass(frozen=True)
class Alarm:
    """One alarm."""

    alarm: int
    at: dt.datetime
    subject: str
    kind: str
    text: str
    state: Literal["active", "acknowledged", "returned"]
    acknowledged_by: str | None


def ring(connection: Connection, subject: str, kind: str, text: str, at: dt.datetime) -> None:
    """Raise an alarm; one that has not returned to normal takes the new text."""
    same = and_(alarms.c.subject == subject, alarms.c.kind == kind, alarms.c.state != "returned")
    values = {"text": text, "changed_at": at}
    if connection.execute(update(alarms).where(same).values(values)).rowcount:
        return
    row = {"at": at, "subject": subject, "kind": kind, "state": "active", **values}
    connection.execute(insert(alarms).values(row))
    append(connection, at, Event("engine", "alarm", subject, {"kind": kind, "text": text}))


def clear(connection: Connection, subject: str, at: dt.datetime) -> None:
    """What was wrong with a subject is over."""
    wrong = and_(alarms.c.subject == subject, alarms.c.state != "returned")
    if connection.execute(update(alarms).where(wrong).values(state="returned", changed_at=at)).rowcount:
        append(connection, at, Event("engine", "returned", subject, {}))


def acknowledge(connection: Connection, alarm: int, by: str, at: dt.datetime) -> bool:
    """Somebody has seen it; False where there is no such active alarm."""
    seen = and_(alarms.c.alarm == alarm, alarms.c.state == "active")
    values = {"state": "acknowledged", "acknowledged_by": by, "changed_at": at}
    if not connection.execute(update(alarms).where(seen).values(values)).rowcount:
        return False
    append(connection, at, Event(by, "acknowledged", str(alarm), {}))
    return True


def ringing(connection: Connection) -> tuple[Alarm, ...]:
    """Alarms that have not returned to normal, the newest first."""
    rows = connection.execute(
        select(alarms).where(alarms.c.state != "returned").order_by(alarms.c.at.desc(), alarms.c.alarm.desc())
    )
    return tuple(Alarm(row.alarm, row.at, row.subject, row.kind, row.text, row.state, row.acknowledged_by) for row in rows)
