r"""Commands on their way: written in the transaction that makes their plan current, sent afterwards.

    waiting -> sending -> confirmed                      the device agrees, and holds what it was told
                 |  \---> refused | differs              it says no; it holds something else
                 |  \---> waiting | held                 nothing heard: later again; Local, off its time: when that is over
                 \------> expired | dead | superseded    too late; given up; a newer one took its place

A sender claims rows for a while (the lease). A sender that dies leaves its claim behind; when the lease is over the rows are
sent again under the same `cmd_id`, which the device takes for the same command. Richardson 2018, Microservices Patterns, 3.2.7.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from sqlalchemy import and_, exists, func, insert, or_, select, update

from waterbalance.errors import Finding, InputError, Place
from waterbalance.schedule.canonical import sha256
from waterbalance.schedule.envelope import Envelope
from waterbalance.store.audit_log import Event, append
from waterbalance.store.tables import commands

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection


class AlteredError(InputError):
    """A command of the store is not what was queued."""


CommandState = Literal["waiting", "sending", "held", "confirmed", "refused", "differs", "expired", "dead", "superseded"]

OPEN: frozenset[CommandState] = frozenset({"waiting", "sending", "held"})
"""States from which a command may still be sent."""

FAILED: frozenset[CommandState] = frozenset({"refused", "differs", "dead"})
"""States from which somebody may send a command once more."""

ALL: frozenset[CommandState] = frozenset(get_args(CommandState))


@dataclass(frozen=True)
class Queued:
    """A command of the outbox."""

    cmd_id: str
    plan: str
    controller: str
    sequence: int
    payload: bytes
    valid_from: dt.datetime
    valid_until: dt.datetime
    state: CommandState
    attempts: int
    next_try: dt.datetime
    claim: str | None
    detail: str | None
    changed_at: dt.datetime
    claimed_until: dt.datetime | None = None
    """While it is being sent: when its sender's lease ends."""

    @property
    def envelope(self) -> Envelope:
        """What is sent. Raises `AlteredError` where the row is not what was queued."""
        try:
            envelope = Envelope.from_payload(self.payload)
        except ValueError as error:
            raise self._altered(str(error)) from None
        told = (envelope.command.cmd_id, envelope.command.controller, envelope.sequence)
        if told != (self.cmd_id, self.controller, self.sequence):
            raise self._altered(f"it holds command {told[0]} of {told[1]}, number {told[2]}")
        return envelope

    def _altered(self, why: str) -> AlteredError:
        where = Place(component=f"{self.controller}, command {self.cmd_id}")
        remedy = "Find out who wrote into the database (`waterbalance audit-log verify`); run, approve and issue again."
        finding = Finding("the row was changed", where, why, remedy=remedy)
        return AlteredError("what stands in the store is no command", (finding,))


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt."""

    cmd_id: str
    claim: str
    state: CommandState
    detail: str
    next_try: dt.datetime | None = None
    """For `waiting` and `held`."""


def last_sequences(connection: Connection) -> dict[str, int]:
    """Highest sequence of each controller so far."""
    rows = connection.execute(select(commands.c.controller, func.max(commands.c.sequence)).group_by(commands.c.controller))
    return {controller: int(sequence) for controller, sequence in rows}


def known(connection: Connection, cmd_ids: Collection[str]) -> frozenset[str]:
    """Which of these commands are in the outbox."""
    found: set[str] = set()
    wanted = sorted(cmd_ids)
    # Databases take a limited number of values in one statement.
    for first in range(0, len(wanted), 500):
        query = select(commands.c.cmd_id).where(commands.c.cmd_id.in_(wanted[first : first + 500]))
        found.update(row.cmd_id for row in connection.execute(query))
    return frozenset(found)


def enqueue(connection: Connection, envelopes: Sequence[Envelope], at: dt.datetime) -> None:
    """Put commands into the outbox; older ones of the same controllers that were not sent yet are superseded.

    Raises `IntegrityError` where a `cmd_id` or a sequence of a controller is there already.
    """
    if not envelopes:
        return
    rows = [
        {
            "cmd_id": envelope.command.cmd_id,
            "plan": envelope.command.plan,
            "controller": envelope.command.controller,
            "sequence": envelope.sequence,
            "payload": envelope.payload(),
            "valid_from": envelope.command.valid_from,
            "valid_until": envelope.command.valid_until,
            "state": "waiting",
            "attempts": 0,
            "next_try": at,
            "changed_at": at,
        }
        for envelope in envelopes
    ]
    events = [Event(each.issued_by, "queued", each.command.cmd_id, _told(each)) for each in envelopes]
    for envelope in envelopes:
        events.extend(_supersede(connection, envelope, at))
    connection.execute(insert(commands), rows)
    append(connection, at, *events)


def _told(envelope: Envelope) -> dict[str, Any]:
    """What the log tells of a command: its hash shows where the row was changed afterwards."""
    return {"controller": envelope.command.controller, "sequence": envelope.sequence, "payload": sha256(envelope.payload())}


def revive(connection: Connection, envelopes: Sequence[Envelope], at: dt.datetime) -> None:
    """Commands that had failed wait to be sent once more, as they stand in their new envelopes."""
    for envelope in envelopes:
        values = {"payload": envelope.payload(), "sequence": envelope.sequence, "state": "waiting", "attempts": 0}
        values |= {"next_try": at, "changed_at": at}
        which = and_(commands.c.cmd_id == envelope.command.cmd_id, commands.c.state.in_(sorted(FAILED)))
        connection.execute(update(commands).where(which).values(values))
    append(connection, at, *(Event(each.issued_by, "sent once more", each.command.cmd_id, _told(each)) for each in envelopes))


def forgotten(connection: Connection, controllers: Collection[str], now: dt.datetime) -> None:
    """These devices say that they follow nothing: what each had agreed to last, and still holds, waits to be sent again."""
    for each in newest_of_each(connection):
        if each.controller in controllers and each.state == "confirmed" and each.valid_until > now:
            values = {"state": "waiting", "attempts": 0, "next_try": now, "changed_at": now}
            connection.execute(update(commands).where(commands.c.cmd_id == each.cmd_id).values(values))
            append(connection, now, Event("dispatcher", "forgotten by the device", each.cmd_id, {"controller": each.controller}))


def hurry(connection: Connection, controllers: Collection[str], now: dt.datetime) -> None:
    """What waits for its next try is due: somebody has asked."""
    waits = and_(commands.c.state.in_(("waiting", "held")), commands.c.next_try > now)
    names = sorted(controllers)
    for first in range(0, len(names), 500):
        chosen = and_(waits, commands.c.controller.in_(names[first : first + 500]))
        connection.execute(update(commands).where(chosen).values(next_try=now))


def _supersede(connection: Connection, envelope: Envelope, at: dt.datetime) -> list[Event]:
    older = and_(
        commands.c.controller == envelope.command.controller,
        commands.c.sequence < envelope.sequence,
        commands.c.state.in_(("waiting", "held")),
    )
    gone = [row.cmd_id for row in connection.execute(select(commands.c.cmd_id).where(older))]
    if gone:
        connection.execute(update(commands).where(older).values(state="superseded", claim=None, changed_at=at))
    return [Event(envelope.issued_by, "superseded", each, {"by": envelope.command.cmd_id}) for each in gone]


def claim(
    connection: Connection,
    controllers: Collection[str],
    now: dt.datetime,
    lease: dt.timedelta,
    limit: int,
    due: dt.datetime | None = None,
) -> tuple[Queued, ...]:
    """Take commands of these controllers that are due, the oldest first; nobody else gets them before the lease is over.

    With `due` those that were due by then. One command of a controller at a time: the lower sequence first.
    """
    _give_up_left_behind(connection, now)
    other = commands.alias("other")
    first = select(func.min(other.c.sequence)).where(other.c.controller == commands.c.controller, other.c.state.in_(sorted(OPEN)))
    rows = connection.execute(
        select(commands.c.cmd_id)
        .where(
            _due(now if due is None else due),
            commands.c.controller.in_(sorted(controllers)),
            commands.c.sequence == first.correlate(commands).scalar_subquery(),
        )
        .order_by(commands.c.next_try, commands.c.cmd_id)
        .limit(limit)
    )
    wanted = [row.cmd_id for row in rows]
    token = str(uuid.uuid4())
    taken = {"state": "sending", "claim": token, "claimed_until": now + lease, "changed_at": now}
    for part in range(0, len(wanted), 500):
        chosen = commands.c.cmd_id.in_(wanted[part : part + 500])
        connection.execute(update(commands).where(chosen).values(attempts=commands.c.attempts + 1, **taken))
    rows = connection.execute(select(commands).where(commands.c.claim == token).order_by(commands.c.controller))
    return tuple(_queued(row) for row in rows)


def _give_up_left_behind(connection: Connection, now: dt.datetime) -> None:
    """Commands whose sender died and that a newer one has taken the place of meanwhile."""
    gone = and_(commands.c.state == "sending", commands.c.claimed_until <= now, _has_newer())
    ids = [row.cmd_id for row in connection.execute(select(commands.c.cmd_id).where(gone))]
    if ids:
        connection.execute(update(commands).where(gone).values(state="superseded", claim=None, changed_at=now))
        append(connection, now, *(Event("engine", "superseded", each, {}) for each in ids))


def _has_older_on_its_way() -> ColumnElement[bool]:
    older = commands.alias("older")
    same = and_(older.c.controller == commands.c.controller, older.c.sequence < commands.c.sequence, older.c.state == "sending")
    return exists(select(older.c.cmd_id).where(same).correlate(commands))


def _has_newer() -> ColumnElement[bool]:
    newer = commands.alias("newer")
    same = and_(newer.c.controller == commands.c.controller, newer.c.sequence > commands.c.sequence)
    return exists(select(newer.c.cmd_id).where(same).correlate(commands))


def _due(now: dt.datetime) -> ColumnElement[bool]:
    waits = and_(commands.c.state.in_(("waiting", "held")), commands.c.next_try <= now)
    left_behind = and_(commands.c.state == "sending", commands.c.claimed_until <= now)
    return or_(waits, left_behind)


def settle(connection: Connection, outcomes: Iterable[Outcome], now: dt.datetime, by: str) -> tuple[str, ...]:
    """Write down what came of attempts; returns the commands that were not this sender's any more, which stay as they are."""
    lost, events = [], []
    for outcome in outcomes:
        mine = and_(commands.c.cmd_id == outcome.cmd_id, commands.c.claim == outcome.claim, commands.c.state == "sending")
        again = outcome.state in OPEN and connection.execute(select(commands.c.cmd_id).where(mine, _has_newer())).first()
        state: CommandState = "superseded" if again else outcome.state
        values: dict[str, Any] = {"state": state, "detail": outcome.detail, "claim": None, "changed_at": now}
        if outcome.next_try is not None:
            values["next_try"] = outcome.next_try
        if connection.execute(update(commands).where(mine).values(values)).rowcount == 1:
            events.append(Event(by, state, outcome.cmd_id, {"detail": outcome.detail}))
        else:
            lost.append(outcome.cmd_id)
    append(connection, now, *events)
    return tuple(lost)


def of_plan(connection: Connection, plan: str) -> tuple[Queued, ...]:
    """All commands of a plan, by controller and sequence."""
    query = select(commands).where(commands.c.plan == plan).order_by(commands.c.controller, commands.c.sequence)
    return tuple(_queued(row) for row in connection.execute(query))


def valid_since(connection: Connection, controllers: Collection[str], since: dt.datetime) -> tuple[Queued, ...]:
    """All commands of these controllers that held at `since` or later, by controller and sequence."""
    chosen = select(commands).where(commands.c.controller.in_(sorted(controllers)), commands.c.valid_until >= since)
    return tuple(_queued(row) for row in connection.execute(chosen.order_by(commands.c.controller, commands.c.sequence)))


def confirmed_since(connection: Connection, since: dt.datetime) -> dict[str, tuple[Queued, ...]]:
    """What devices have agreed to that held at `since` or later, by controller; the lowest sequence first."""
    chosen = select(commands).where(commands.c.state == "confirmed", commands.c.valid_until >= since)
    found: dict[str, list[Queued]] = {}
    for row in connection.execute(chosen.order_by(commands.c.controller, commands.c.sequence)):
        found.setdefault(row.controller, []).append(_queued(row))
    return {controller: tuple(each) for controller, each in found.items()}


def newest_of_each(connection: Connection, states: frozenset[CommandState] = ALL) -> tuple[Queued, ...]:
    """The command with the highest sequence of each controller, among those in some states."""
    chosen = select(commands.c.controller, func.max(commands.c.sequence).label("last")).where(
        commands.c.state.in_(sorted(states))
    )
    last = chosen.group_by(commands.c.controller).subquery()
    joined = select(commands).join(last, and_(commands.c.controller == last.c.controller, commands.c.sequence == last.c.last))
    return tuple(_queued(row) for row in connection.execute(joined.order_by(commands.c.controller)))


def states_of(connection: Connection, plan: str) -> frozenset[CommandState]:
    """In which states the commands of a plan are."""
    return frozenset(row.state for row in connection.execute(select(commands.c.state).where(commands.c.plan == plan).distinct()))


def next_due(connection: Connection, controllers: Collection[str]) -> dt.datetime | None:
    """When the next open command of these controllers is to be tried; None where all have ended.

    One that waits for an older one on its way is due when that one's lease is over.
    """
    mine = commands.c.controller.in_(sorted(controllers))
    waits = select(func.min(commands.c.next_try)).where(mine, commands.c.state.in_(("waiting", "held")), ~_has_older_on_its_way())
    claimed = select(func.min(commands.c.claimed_until)).where(mine, commands.c.state == "sending")
    times = [time for query in (waits, claimed) if (time := connection.execute(query).scalar_one()) is not None]
    return min(times, default=None)


def _queued(row: Any) -> Queued:  # noqa: ANN401 (a row of the table)
    return Queued(
        cmd_id=row.cmd_id,
        plan=row.plan,
        controller=row.controller,
        sequence=int(row.sequence),
        payload=bytes(row.payload),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        state=row.state,
        attempts=row.attempts,
        next_try=row.next_try,
        claim=row.claim,
        detail=row.detail,
        changed_at=row.changed_at,
        claimed_until=row.claimed_until,
    )
