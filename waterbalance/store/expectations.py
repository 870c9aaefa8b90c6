"""What was expected: all forecasts of a run with their members, as one Parquet file in its row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from waterbalance.store.insert_new import insert_new
from waterbalance.store.results import forecasts_bytes, forecasts_from
from waterbalance.store.tables import expectations

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection, Row

    from waterbalance.forecast.forecast import Forecasts

Key = tuple[str, str]

FARTHEST = 60
"""How many runs back a series is looked for."""


@dataclass(frozen=True)
class Expectation:
    """The forecasts of one run."""

    run: str
    scenario: str
    at: dt.datetime
    """When they were made."""

    forecasts: Forecasts


def keep(connection: Connection, scenario: str, run: str, forecasts: Forecasts, at: dt.datetime) -> None:
    """Keep the forecasts of a run, with members; those of a run that is known stay as they are."""
    row = {"run": run, "scenario": scenario, "start": forecasts.horizon.start, "at": at, "content": forecasts_bytes(forecasts)}
    insert_new(connection, expectations, [row])


def newest(connection: Connection, scenario: str, before: dt.date, key: Key | None = None) -> Expectation | None:
    """The forecasts with the latest first day before the day `before`, of one day the last made; only with the series `key`."""
    query = select(expectations).where(expectations.c.scenario == scenario, expectations.c.start < before)
    ordered = query.order_by(expectations.c.start.desc(), expectations.c.at.desc(), expectations.c.run)
    for row in connection.execute(ordered.limit(FARTHEST)):
        found = _expectation(row)
        if key is None or key in found.forecasts.series:
            return found
    return None


def of_run(connection: Connection, run: str) -> Expectation | None:
    """The forecasts of one run."""
    row = connection.execute(select(expectations).where(expectations.c.run == run)).one_or_none()
    return None if row is None else _expectation(row)


def _expectation(row: Row[tuple[object, ...]]) -> Expectation:
    return Expectation(row.run, row.scenario, row.at, forecasts_from(row.content))
