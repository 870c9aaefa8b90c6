"""Every night that was begun: how far it came, what came of it, and who worked on it.

key      day, hash of the configuration, issue of the forecasts: the same key twice is one night
state    running -> done | failed;  a night that failed, or whose process died, may be begun again
"""

from __future__ import annotations

import os
import platform
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, insert, select, update

from waterbalance.errors import Finding, Place, UsageError
from waterbalance.store.tables import nights, runs

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import ColumnElement, Connection, Row

NightState = Literal["running", "done", "failed"]

BEGUN = "begun"
"""The stage before the first one."""

DIED = "its process died"
"""Detail of a night that nobody has ended."""


@dataclass(frozen=True)
class NightKey:
    """What makes two nights the same."""

    scenario: str
    date: dt.date
    """The first day that is planned."""

    configuration: str
    """Hash of the configuration."""

    issue: str = ""
    """Which issue of the forecasts, such as its moment; empty where there is none."""


@dataclass(frozen=True)
class Night:
    """A night as it stands in the store."""

    night: str
    key: NightKey
    state: NightState
    stage: str
    """The stage that runs, or ran last."""

    attempts: int
    host: str
    process: int
    started_at: dt.datetime
    """Of the last attempt."""

    changed_at: dt.datetime
    ended_at: dt.datetime | None = None
    exit_code: int | None = None
    rung: int | None = None
    run: str | None = None
    plan: str | None = None
    detail: str | None = None


def begin(connection: Connection, key: NightKey, at: dt.datetime, *, anew: bool = False) -> Night:
    """Begin a night, or begin it again; one that is done is given back as it is, and nothing has changed, but for `anew`.

    Whoever begins must hold the lock (`lock.held`): a night that still says `running` was then left by a process that died, and
    has failed.
    """
    left = and_(nights.c.scenario == key.scenario, nights.c.state == "running")
    connection.execute(update(nights).where(left).values(state="failed", ended_at=at, changed_at=at, detail=DIED))
    before = of(connection, key)
    if before is not None and before.state == "done" and not anew:
        return before
    here = {"state": "running", "stage": BEGUN, "host": platform.node(), "process": os.getpid(), "started_at": at}
    here |= {"changed_at": at, "ended_at": None, "exit_code": None, "detail": None}
    if before is None:
        row = {"night": str(uuid.uuid4()), "attempts": 1, **here, **vars(key)}
        connection.execute(insert(nights).values(row))
        return _found(connection, nights.c.night == row["night"])
    connection.execute(update(nights).where(nights.c.night == before.night).values(attempts=before.attempts + 1, **here))
    return _found(connection, nights.c.night == before.night)


def step(connection: Connection, night: str, stage: str, at: dt.datetime) -> None:
    """A stage begins. Raises `UsageError` where the night does not run."""
    _change(connection, night, {"stage": stage, "changed_at": at})


def end(
    connection: Connection,
    night: str,
    state: Literal["done", "failed"],
    at: dt.datetime,
    exit_code: int,
    **told: str | int | None,
) -> Night:
    """The night is over. `told`: `rung`, `run`, `plan`, `detail`. Raises `UsageError` where it does not run."""
    _change(connection, night, {"state": state, "changed_at": at, "ended_at": at, "exit_code": exit_code, **told})
    return _found(connection, nights.c.night == night)


def of(connection: Connection, key: NightKey) -> Night | None:
    """The night of a key."""
    row = connection.execute(select(nights).where(and_(*(nights.c[name] == value for name, value in vars(key).items())))).first()
    return None if row is None else _night(row)


def last(connection: Connection, scenario: str, limit: int = 1) -> tuple[Night, ...]:
    """The nights of the latest days, the newest first."""
    query = select(nights).where(nights.c.scenario == scenario)
    order = (nights.c.date.desc(), nights.c.started_at.desc(), nights.c.night)
    return tuple(_night(row) for row in connection.execute(query.order_by(*order).limit(limit)))


def planned_by(connection: Connection, plan: str) -> tuple[str, ...]:
    """By which names nights have made a plan: those by which they issue it."""
    made = select(runs.c.by).join(nights, nights.c.run == runs.c.run).where(runs.c.plan == plan)
    return tuple(connection.execute(made.distinct().order_by(runs.c.by)).scalars())


def newest_of_each(connection: Connection) -> tuple[Night, ...]:
    """The newest night of every scenario."""
    scenarios = connection.execute(select(nights.c.scenario).distinct().order_by(nights.c.scenario)).scalars().all()
    return tuple(night for scenario in scenarios for night in last(connection, scenario))


def _change(connection: Connection, night: str, values: dict[str, Any]) -> None:
    runs = and_(nights.c.night == night, nights.c.state == "running")
    if connection.execute(update(nights).where(runs).values(values)).rowcount != 1:
        finding = Finding("the night does not run", Place(component=f"night {night}"), remedy="Begin it first.")
        raise UsageError("the night stays as it is", (finding,))


def _found(connection: Connection, which: ColumnElement[bool]) -> Night:
    return _night(connection.execute(select(nights).where(which)).one())


def _night(row: Row[Any]) -> Night:
    key = NightKey(row.scenario, row.date, row.configuration, row.issue)
    told = row._asdict()
    return Night(key=key, **{name: value for name, value in told.items() if name not in vars(key)})
