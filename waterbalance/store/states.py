"""Where water stood: whole states, observed or simulated, each with the run that it came of."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import insert, or_, select

from waterbalance.network.state import Past, State
from waterbalance.store.tables import plans, runs, states

if TYPE_CHECKING:
    from sqlalchemy import Connection

StateOrigin = Literal["observed", "simulated"]


@dataclass(frozen=True)
class StoredState:
    """A state as it was kept."""

    scenario: str
    at: dt.datetime
    """When it was kept."""

    origin: StateOrigin
    of: str
    """Name of the run."""

    state: State


_REJECTED = select(runs.c.run).join(plans, plans.c.plan == runs.c.plan).where(plans.c.state == "rejected")


def keep(connection: Connection, scenario: str, state: State, at: dt.datetime, origin: StateOrigin, of: str) -> None:
    """Keep a state. `of`: name of the run that it came of, by which later nights know what has become of its plan."""
    row = {"scenario": scenario, "day": state.day, "at": at, "origin": origin, "of": of, "content": state_bytes(state)}
    connection.execute(insert(states).values(row))


def newest(
    connection: Connection, scenario: str, day: dt.date, oldest: float, origin: StateOrigin | None = None
) -> StoredState | None:
    """The latest state on `day` or at most `oldest` [day] before it; of one day the one that was kept last.

    Only of an `origin`, where one is asked for. What a plan expects that somebody has rejected is left out: it never happened.
    """
    first = day - dt.timedelta(days=oldest)
    query = select(states).where(states.c.scenario == scenario, states.c.day <= day, states.c.day >= first)
    query = query.where(or_(states.c.origin == "observed", states.c.of.not_in(_REJECTED)))
    query = query if origin is None else query.where(states.c.origin == origin)
    row = connection.execute(
        query.order_by(states.c.day.desc(), states.c.at.desc(), states.c.number.desc()).limit(1)
    ).one_or_none()
    return None if row is None else StoredState(row.scenario, row.at, row.origin, row.of, state_from(row.content))


def state_bytes(state: State) -> bytes:
    """A state as JSON, from which it comes back number by number."""
    plain = {
        "day": str(state.day),
        "stocks": [[*key, value] for key, value in state.stocks.items()],
        "past": [[*key, [[str(each.start), str(each.end), each.volume] for each in flows]] for key, flows in state.past.items()],
        "assumed": [list(key) for key in sorted(state.assumed)],
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def state_from(content: bytes) -> State:
    """The state that `state_bytes` has written."""
    plain: dict[str, Any] = json.loads(content)
    return State(
        day=dt.date.fromisoformat(plain["day"]),
        stocks={(component, quantity): value for component, quantity, value in plain["stocks"]},
        past={(component, quantity): tuple(_past(*each) for each in flows) for component, quantity, flows in plain["past"]},
        assumed=frozenset((component, quantity) for component, quantity in plain["assumed"]),
    )


def _past(start: str, end: str, volume: float) -> Past:
    return Past(dt.date.fromisoformat(start), dt.date.fromisoformat(end), volume)
