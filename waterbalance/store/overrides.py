"""What somebody has set for a while, by whose word and why: it counts between two moments and is never forgotten.

An override is known by the hash of what it says: the same line of a file read every night is one override.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, insert, or_, select, update

from waterbalance.errors import Finding, Place, UsageError
from waterbalance.plan.people import person
from waterbalance.schedule.canonical import canonical, sha256
from waterbalance.store.audit_log import Event, append
from waterbalance.store.tables import overrides

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row

Bound = Literal["exactly", "at_most", "at_least"]


@dataclass(frozen=True)
class Override:
    """A value or a limit in the place of what the scenario says, from one moment to another."""

    scenario: str
    component: str
    quantity: str
    bound: Bound
    """Whether the quantity takes the value, or the value limits it."""

    value: float
    unit: str
    valid_from: dt.datetime
    valid_until: dt.datetime
    by: str
    reason: str

    @property
    def override(self) -> str:
        """Its hash."""
        return sha256(canonical(self.content()))

    def content(self) -> dict[str, Any]:
        """What it says, ready for JSON; times in UTC, so that one moment has one spelling."""
        return {
            "scenario": self.scenario,
            "component": self.component,
            "quantity": self.quantity,
            "bound": self.bound,
            "value": self.value,
            "unit": self.unit,
            "valid_from": self.valid_from.astimezone(dt.UTC).isoformat(),
            "valid_until": self.valid_until.astimezone(dt.UTC).isoformat(),
            "by": self.by,
            "reason": self.reason,
        }


def keep(connection: Connection, new: Iterable[Override], at: dt.datetime) -> tuple[str, ...]:
    """Keep overrides that are not known yet; returns their hashes. One that was withdrawn counts again.

    Raises `UsageError` for one without author, reason or time.
    """
    added = []
    for each in new:
        _require_whole(each)
        there = connection.execute(select(overrides.c.withdrawn_at).where(overrides.c.override == each.override)).first()
        if there is not None and there.withdrawn_at is None:
            continue
        if there is not None:
            again = {"withdrawn_at": None, "withdrawn_by": None}
            connection.execute(update(overrides).where(overrides.c.override == each.override).values(**again))
            append(connection, at, Event(each.by, "overrode again", each.override, {}))
            continue
        row = {**each.content(), "valid_from": each.valid_from, "valid_until": each.valid_until}
        connection.execute(insert(overrides).values(**row, override=each.override, recorded_at=at))
        append(connection, at, Event(each.by, "overrode", f"{each.component}.{each.quantity}", each.content()))
        added.append(each.override)
    return tuple(added)


@dataclass(frozen=True)
class Recorded:
    """An override, and what became of it."""

    told: Override
    recorded_at: dt.datetime
    withdrawn_at: dt.datetime | None
    withdrawn_by: str | None

    def state(self, at: dt.datetime) -> Literal["to come", "in force", "over", "withdrawn"]:
        """Whether it counts at a moment."""
        if self.withdrawn_at is not None and self.withdrawn_at <= at:
            return "withdrawn"
        if at < self.told.valid_from:
            return "to come"
        return "in force" if at < self.told.valid_until else "over"


def recorded(connection: Connection, limit: int = 50) -> tuple[Recorded, ...]:
    """The overrides that were recorded last, the newest first."""
    query = select(overrides).order_by(overrides.c.recorded_at.desc(), overrides.c.override).limit(limit)
    return tuple(
        Recorded(_override(row), row.recorded_at, row.withdrawn_at, row.withdrawn_by) for row in connection.execute(query)
    )


def standing(connection: Connection, scenario: str, at: dt.datetime) -> tuple[Override, ...]:
    """What counts at a moment or is still to count."""
    query = select(overrides).where(
        overrides.c.scenario == scenario, overrides.c.valid_until > at, overrides.c.withdrawn_at.is_(None)
    )
    return tuple(_override(row) for row in connection.execute(query.order_by(overrides.c.recorded_at, overrides.c.override)))


def withdraw(connection: Connection, override: str, by: str, at: dt.datetime) -> bool:
    """End an override before its time; False where there is none that could be."""
    there = and_(overrides.c.override == override, overrides.c.withdrawn_at.is_(None))
    if not connection.execute(update(overrides).where(there).values(withdrawn_at=at, withdrawn_by=person(by))).rowcount:
        return False
    append(connection, at, Event(person(by), "withdrew override", override, {}))
    return True


def in_force(connection: Connection, scenario: str, at: dt.datetime) -> tuple[Override, ...]:
    """What counts at a moment, as it was known then: recorded, begun, not over, not withdrawn; the last recorded last."""
    query = select(overrides).where(
        overrides.c.scenario == scenario,
        overrides.c.recorded_at <= at,
        overrides.c.valid_from <= at,
        overrides.c.valid_until > at,
        or_(overrides.c.withdrawn_at.is_(None), overrides.c.withdrawn_at > at),
    )
    return tuple(_override(row) for row in connection.execute(query.order_by(overrides.c.recorded_at, overrides.c.override)))


def _require_whole(each: Override) -> None:
    place = Place(component=f"{each.component}.{each.quantity}")
    person(each.by)
    if not each.reason.strip():
        raise UsageError("no override", (Finding("nobody says why", place, remedy="Give a reason."),))
    if each.valid_until <= each.valid_from:
        found = f"{each.valid_from.isoformat()} to {each.valid_until.isoformat()}"
        raise UsageError("no override", (Finding("it would end before it begins", place, found, "an end after the beginning"),))


def _override(row: Row[Any]) -> Override:
    names = ("scenario", "component", "quantity", "bound", "value", "unit", "valid_from", "valid_until", "by", "reason")
    return Override(**{name: getattr(row, name) for name in names})
