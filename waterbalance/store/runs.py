"""Runs: which plan came of them, and on what it rested."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from waterbalance.errors import Finding, UsageError
from waterbalance.store.plans import SHORTEST_NAME
from waterbalance.store.tables import runs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from sqlalchemy import Connection


@dataclass(frozen=True)
class StoredRun:
    """A run as it was recorded."""

    run: str
    plan: str
    at: dt.datetime
    by: str
    manifest: Mapping[str, Any]


def runs_of(connection: Connection, plan: str) -> tuple[str, ...]:
    """Names of the runs that made a plan, the newest first."""
    query = select(runs.c.run).where(runs.c.plan == plan).order_by(runs.c.at.desc(), runs.c.run)
    return tuple(connection.execute(query).scalars())


def manifest_of(connection: Connection, plan: str) -> Mapping[str, Any]:
    """The manifest of the run that made a plan last; empty where nothing was written of it."""
    query = select(runs.c.manifest).where(runs.c.plan == plan).order_by(runs.c.at.desc(), runs.c.run).limit(1)
    written = connection.execute(query).scalar_one_or_none()
    told: Mapping[str, Any] = {} if written is None else json.loads(written)
    return told


def find_run(connection: Connection, name: str) -> StoredRun:
    """The run of this name, or of its first characters; or the last one that made the plan of this hash.

    Raises `UsageError` where that is none, or runs of several plans.
    """
    which = or_(runs.c.run.startswith(name, autoescape=True), runs.c.plan.startswith(name, autoescape=True))
    rows = connection.execute(select(runs).where(which).order_by(runs.c.at.desc(), runs.c.run)).all()
    if len(name) >= SHORTEST_NAME and len({row.plan for row in rows}) == 1:
        row = rows[0]
        return StoredRun(row.run, row.plan, row.at, row.by, json.loads(row.manifest))
    told = "runs of several plans" if rows else "no run"
    found = f"{name!r}: {told}" if len(name) >= SHORTEST_NAME else f"{name!r}: too few characters"
    finding = Finding("the name names no run", found=found, allowed="the name of a run, or the hash of a plan")
    raise UsageError("which run?", (finding,))
