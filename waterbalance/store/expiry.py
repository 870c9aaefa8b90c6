"""What may be forgotten, and when.

results         forecasts, states and the files of runs: `results` after they were made; folders of runs that the store does not
                know, because they were killed or came to no plan: `results` after their last file
observations    readings and scores: `observations` after their day
alerts          alerts that were told: `alerts` after their end
never           the audit log, plans with their approvals and commands, overrides, nights; and the results of what is in force, of
                what waits for somebody or is on its way, and of the newest run and state of every scenario
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, select

from waterbalance.plan.life_cycle import IN_FORCE
from waterbalance.store.audit_log import Event, append
from waterbalance.store.outbox import OPEN
from waterbalance.store.tables import commands, contents, expectations, plans, readings, run_files, runs, scores, states

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Table

    from waterbalance.store.keep_settings import KeepSettings

WAITING = frozenset({"run", "reviewed", "approved"})
"""States of plans on which somebody has still to act, as long as their days are not over."""


AT_ONCE = 500
"""Databases take a limited number of values in one statement."""


def expirable(connection: Connection, settings: KeepSettings, now: dt.datetime) -> tuple[str, ...]:
    """Runs whose results are older than the settings say and that nothing protects; their folders of results may go, too."""
    before = now - dt.timedelta(days=settings.results)
    kept = _protected(connection, now)
    old = connection.execute(select(runs.c.run).where(runs.c.at < before).order_by(runs.c.at, runs.c.run)).scalars()
    made = connection.execute(select(expectations.c.run).where(expectations.c.at < before).order_by(expectations.c.at)).scalars()
    return tuple(run for run in dict.fromkeys((*old, *made)) if run not in kept)


def known_runs(connection: Connection) -> frozenset[str]:
    """Runs that the store tells of, whatever is left of them."""
    named = (connection.execute(select(table.c.run)).scalars() for table in (runs, expectations))
    return frozenset(run for each in named for run in each)


def expire(connection: Connection, settings: KeepSettings, now: dt.datetime) -> dict[str, int]:
    """Forget what is older than the settings say, and tell the audit log; returns the number of rows of each table that went."""
    gone = expirable(connection, settings, now)
    day = (now - dt.timedelta(days=settings.observations)).date()
    unused = ~exists(select(run_files.c.run).where(run_files.c.hash == contents.c.hash).correlate(contents))
    rows = {
        "run_files": _delete_of(connection, run_files, gone),
        "expectations": _delete_of(connection, expectations, gone),
        "contents": connection.execute(delete(contents).where(unused)).rowcount,
        "states": connection.execute(delete(states).where(_old_state(now - dt.timedelta(days=settings.results)))).rowcount,
        "readings": connection.execute(delete(readings).where(readings.c.date < day)).rowcount,
        "scores": connection.execute(delete(scores).where(scores.c.day < day)).rowcount,
    }
    if any(rows.values()):
        append(connection, now, Event("engine", "forgot", "store", {"rows": rows}))
    return rows


def _protected(connection: Connection, now: dt.datetime) -> frozenset[str]:
    """Runs of plans that are in force, wait or are on their way; and the newest run and forecast of each scenario."""
    under_way = set(connection.execute(select(commands.c.plan).where(commands.c.state.in_(sorted(OPEN))).distinct()).scalars())
    kept: set[str] = set()
    newest: dict[str, str] = {}
    joined = select(runs.c.run, plans.c.plan, plans.c.scenario, plans.c.state, plans.c.valid_until).join(
        plans, plans.c.plan == runs.c.plan
    )
    for row in connection.execute(joined.order_by(runs.c.at, runs.c.run)):
        newest[row.scenario] = row.run
        waits = row.state in WAITING and row.valid_until > now
        if waits or row.state in IN_FORCE or row.plan in under_way:
            kept.add(row.run)
    made = select(expectations.c.scenario, expectations.c.run).order_by(expectations.c.start, expectations.c.at)
    forecast = {row.scenario: row.run for row in connection.execute(made)}
    return frozenset((*kept, *newest.values(), *forecast.values()))


def _old_state(before: dt.datetime) -> ColumnElement[bool]:
    """Kept before a moment, and there is a newer one of the scenario."""
    newer = states.alias("newer")
    same = and_(newer.c.scenario == states.c.scenario, newer.c.number > states.c.number)
    return and_(states.c.at < before, exists(select(newer.c.number).where(same).correlate(states)))


def _delete_of(connection: Connection, table: Table, gone: Sequence[str]) -> int:
    count = 0
    for first in range(0, len(gone), AT_ONCE):
        part = gone[first : first + AT_ONCE]
        count += connection.execute(delete(table).where(table.c.run.in_(part))).rowcount
    return count
