"""How well it was foreseen: one number for each run, day, series and measure; a later look puts a better number in its place."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from waterbalance.store.insert_new import insert_new
from waterbalance.store.tables import scores

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from sqlalchemy import Connection


@dataclass(frozen=True)
class Score:
    """One number that judges a forecast or a plan by what happened."""

    run: str
    """The run that is judged."""

    day: dt.date
    """The day that happened."""

    component: str
    quantity: str
    measure: str
    """What the number is, such as `crps`, `error` or `delivered share`."""

    value: float
    unit: str


def keep(connection: Connection, scenario: str, found: Iterable[Score], at: dt.datetime) -> None:
    """Keep scores; one that is there already is renewed, because readings come late."""
    rows = {(each.run, each.day, each.component, each.quantity, each.measure): each for each in found}
    plain = [{**asdict(each), "scenario": scenario, "at": at} for each in rows.values()]
    insert_new(connection, scores, plain, renew=("value", "unit", "at"))


def of(connection: Connection, scenario: str, first: dt.date, last: dt.date) -> tuple[Score, ...]:
    """All scores of the days from `first` to `last`, sorted by day, component, quantity, measure and run."""
    query = select(scores).where(scores.c.scenario == scenario, scores.c.day >= first, scores.c.day <= last)
    order = (scores.c.day, scores.c.component, scores.c.quantity, scores.c.measure, scores.c.run)
    return tuple(
        Score(row.run, row.day, row.component, row.quantity, row.measure, row.value, row.unit)
        for row in connection.execute(query.order_by(*order))
    )
