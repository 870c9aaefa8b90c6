"""What was measured and what was thought of it: every version is kept, none is overwritten.

    newest(component, quantity, date, at) = the version with the greatest (known_at, revision) among those with known_at <= at

so that a night that is replayed sees what it saw then. A version that says what was known already is not kept twice; two
different ones of the same moment are told apart by `revision`. Readings are to arrive in the order of `known_at`: one that comes
with an earlier moment than others is kept too, and counts from then until the next version.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, or_, select

from waterbalance.forecast.readings import Origin, Reading, Trust
from waterbalance.store.tables import readings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Connection, Row

Key = tuple[str, str]
Slot = tuple[str, str, dt.date]

KEYS_AT_ONCE = 200
"""Databases take a limited number of values in one statement."""


def keep(connection: Connection, new: Iterable[Reading], night: str | None = None) -> tuple[Reading, ...]:
    """Keep what says something new, and return it. `night`: the night that brought it.

    A reading says something new where what was known of its component, quantity and date at its own moment is another value, flag
    or source, or nothing.
    """
    offered = sorted(new, key=lambda each: each.known_at)
    if not offered:
        return ()
    days = [each.date for each in offered]
    versions = _versions(connection, {each.key for each in offered}, min(days), max(days))
    rows, kept = [], []
    for reading in offered:
        there = versions.setdefault((*reading.key, reading.date), [])
        before = [(known, revision, content) for known, revision, content in there if known <= reading.known_at]
        content = _content(reading)
        if before and max(before, key=lambda each: each[:2])[2] == content:
            continue
        revision = sum(known == reading.known_at for known, _, _ in there)
        there.append((reading.known_at, revision, content))
        kept.append(reading)
        rows.append(
            {
                "component": reading.component,
                "quantity": reading.quantity,
                "date": reading.date,
                "known_at": reading.known_at,
                "revision": revision,
                "night": night,
                **content,
            }
        )
    if rows:
        connection.execute(insert(readings), rows)
    return tuple(kept)


def known(
    connection: Connection, keys: Collection[Key], first: dt.date, last: dt.date, at: dt.datetime | None = None
) -> tuple[Reading, ...]:
    """Of each key and date from `first` to `last` the newest reading that was known at `at` (by default: at all).

    Sorted by component, quantity and date.
    """
    newest: dict[Slot, Row[Any]] = {}
    # Later versions of a slot come later and take its place.
    for row in _rows(connection, keys, first, last, at):
        newest[row.component, row.quantity, row.date] = row
    return tuple(_reading(newest[slot]) for slot in sorted(newest))


def keys_from(connection: Connection, sources: Collection[str]) -> tuple[Key, ...]:
    """Every series of which one of these sources has told something, whenever it was."""
    query = select(readings.c.component, readings.c.quantity).where(readings.c.source.in_(sorted(sources))).distinct()
    return tuple(sorted((row.component, row.quantity) for row in connection.execute(query)))


def told_since(connection: Connection, first: dt.date) -> dict[str, tuple[Key, ...]]:
    """By source the series of which it has told something of a day from `first` on."""
    columns = (readings.c.source, readings.c.component, readings.c.quantity)
    rows = connection.execute(select(*columns).where(readings.c.date >= first).distinct().order_by(*columns))
    found: dict[str, tuple[Key, ...]] = {}
    for source, component, quantity in rows:
        found[source] = (*found.get(source, ()), (component, quantity))
    return found


def history(connection: Connection, key: Key, day: dt.date) -> tuple[Reading, ...]:
    """Everything that was ever known of one day, the oldest first."""
    return tuple(_reading(row) for row in _rows(connection, {key}, day, day, None))


def _rows(
    connection: Connection, keys: Collection[Key], first: dt.date, last: dt.date, at: dt.datetime | None
) -> Iterable[Row[Any]]:
    wanted = sorted(keys)
    for number in range(0, len(wanted), KEYS_AT_ONCE):
        part = wanted[number : number + KEYS_AT_ONCE]
        which = or_(*(((readings.c.component == component) & (readings.c.quantity == quantity)) for component, quantity in part))
        query = select(readings).where(which, readings.c.date >= first, readings.c.date <= last)
        if at is not None:
            query = query.where(readings.c.known_at <= at)
        yield from connection.execute(query.order_by(readings.c.known_at, readings.c.revision))


def _versions(
    connection: Connection, keys: Collection[Key], first: dt.date, last: dt.date
) -> dict[Slot, list[tuple[dt.datetime, int, dict[str, Any]]]]:
    found: dict[Slot, list[tuple[dt.datetime, int, dict[str, Any]]]] = {}
    for row in _rows(connection, keys, first, last, None):
        content = _content(_reading(row))
        found.setdefault((row.component, row.quantity, row.date), []).append((row.known_at, row.revision, content))
    return found


def _content(reading: Reading) -> dict[str, Any]:
    """What a reading says, as columns."""
    return {
        "value": float(reading.value),
        "unit": reading.unit,
        "source": reading.source,
        "origin": reading.origin.value,
        "trust": reading.trust.value,
        "read": None if reading.read is None else float(reading.read),
        "why": json.dumps(list(reading.why), ensure_ascii=False),
    }


def _reading(row: Row[Any]) -> Reading:
    return Reading(
        component=row.component,
        quantity=row.quantity,
        date=row.date,
        value=row.value,
        unit=row.unit,
        source=row.source,
        known_at=row.known_at,
        origin=Origin(row.origin),
        trust=Trust(row.trust),
        read=row.read,
        why=tuple(json.loads(row.why)),
    )
