"""When the dispatcher of each scenario was last alive, and which gates stand still without one."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from waterbalance.store.tables import dispatchers

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

MISSED = 3
"""Looks that a dispatcher may miss before it is taken for dead."""

GRACE = dt.timedelta(minutes=1)
"""How long it may be silent at least: it waits for devices that do not answer."""


@dataclass(frozen=True)
class Dispatcher:
    """One row: a scenario whose gates keep nothing by themselves."""

    scenario: str
    gates: frozenset[str]
    host: str | None = None
    process: int | None = None
    every: float | None = None
    """How often it looks. [s]"""

    began_at: dt.datetime | None = None
    alive_at: dt.datetime | None = None
    """None: no dispatcher was ever seen."""

    def is_alive(self, now: dt.datetime) -> bool:
        """Whether it was heard of lately."""
        if self.alive_at is None:
            return False
        # Of a time to come it says nothing: its clock has been put back since, and it has not been heard of after that.
        return abs(now - self.alive_at) <= max(GRACE, MISSED * dt.timedelta(seconds=self.every or 0.0))


def expect(connection: Connection, scenario: str, gates: Collection[str]) -> None:
    """Write down that these gates need a dispatcher; what is known of the one that runs stays."""
    if gates:
        _put(connection, scenario, {"gates": json.dumps(sorted(gates))})


def beat(connection: Connection, alive: Dispatcher) -> None:
    """A dispatcher is alive; of two for one scenario the later word counts."""
    told = {"host": alive.host, "process": alive.process, "every": alive.every}
    times = {"began_at": alive.began_at, "alive_at": alive.alive_at}
    _put(connection, alive.scenario, {"gates": json.dumps(sorted(alive.gates)), **told, **times})


def known(connection: Connection) -> tuple[Dispatcher, ...]:
    """All that was expected or heard of, by scenario."""
    rows = connection.execute(select(dispatchers).order_by(dispatchers.c.scenario))
    return tuple(
        Dispatcher(row.scenario, frozenset(json.loads(row.gates)), row.host, row.process, row.every, row.began_at, row.alive_at)
        for row in rows
    )


def _put(connection: Connection, scenario: str, values: dict[str, object]) -> None:
    mine = update(dispatchers).where(dispatchers.c.scenario == scenario).values(values)
    if connection.execute(mine).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(dispatchers).values(scenario=scenario, **values))
    except IntegrityError:
        # Somebody was faster.
        connection.execute(mine)
