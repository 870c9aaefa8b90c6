"""From an approved plan to commands in the outbox: numbered, signed, in one transaction with the plan's new state.

    who        somebody whose own approval does not count (`agreed`)
    what       exactly what was approved: the plan's hash is that of its content
    when       a plan that is not too old, whose validity is still to come, and that was not made before the one issued last
    commands   looked at once more; where a device has done something already today, that stays done (`midday`); where it may
               only be turned a little at a time, from what it holds (`schedule/ramp`); a setpoint that it holds stays while
               the order is less than a step off it (`schedule/tell`)
    sequence   the next of each controller

Issuing the same plan twice therefore issues nothing new; what a device did not take the first time is sent once more.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from waterbalance.errors import ApprovalError, Finding, Place, TryLaterError, UsageError
from waterbalance.operate.issuing.followed import followed
from waterbalance.operate.issuing.intact import intact
from waterbalance.operate.issuing.midday import carried_on, lost, replanned, still_running, still_to_begin
from waterbalance.operate.issuing.record import commands_in, orders_in
from waterbalance.plan.life_cycle import IN_FORCE
from waterbalance.plan.short_name import short
from waterbalance.schedule.agreed import lacking, of_others
from waterbalance.schedule.envelope import Approval, Envelope
from waterbalance.schedule.guard_commands import guard_commands, of_another_device
from waterbalance.schedule.ramp import ramped_from
from waterbalance.schedule.tell import kept_from
from waterbalance.store.agreement import require_told
from waterbalance.store.alarms import ring
from waterbalance.store.audit_log import Event, append
from waterbalance.store.outbox import (
    FAILED,
    OPEN,
    confirmed_since,
    enqueue,
    known,
    last_sequences,
    newest_of_each,
    of_plan,
    revive,
)
from waterbalance.store.plans import StoredPlan, approvals_of, find, in_force, last_issued, move, newest, pass_over

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from waterbalance.scenario.issuing import IssuingSettings
    from waterbalance.schedule.command import Command, Row
    from waterbalance.schedule.device import Device
    from waterbalance.schedule.schedule import Order
    from waterbalance.schedule.signature import SigningKey
    from waterbalance.store.database import Store


BEGINNING_OF_TIME = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
"""From which first sequences are counted."""

A_MOMENT = dt.timedelta(seconds=1)
"""Before a command begins: what the device holds then."""


@dataclass(frozen=True)
class Issuer:
    """Who issues, by what rules, to which devices, signed with what."""

    by: str
    settings: IssuingSettings
    devices: Mapping[str, Device]
    key: SigningKey | None = None
    follows: Mapping[str, int] = field(default_factory=dict)
    """Sequences that devices tell of, where somebody has said that those of other stores are taken over."""


@dataclass(frozen=True)
class Issued:
    """What went into the outbox."""

    plan: str
    commands: tuple[str, ...]
    """Names of the commands that are new."""

    known: int
    """How many were there already."""

    passed_over: tuple[str, ...] = ()
    """Approved plans that were made before this one, and are superseded by it."""

    late: tuple[Finding, ...] = ()
    """Devices that are told for the first time when part of the day is over, and how much water that is."""


def issue(store: Store, scenario: str, issuer: Issuer, now: dt.datetime, plan: str | None = None) -> Issued:
    """Put the commands of the newest approved plan of a scenario, or of `plan`, into the outbox.

    Raises `UsageError` where there is no plan, `ApprovalError` or `TryLaterError` where it may not be issued, `InputError` where
    a command may not be sent; then nothing has changed.
    """
    with store.writing() as connection:
        stored = _to_issue(connection, scenario, plan)
        approvals = approvals_of(connection, stored.plan)
        require_told(connection, stored.plan)
        _require_allowed(stored, approvals, issuer, now)
        if stored.state == "approved":
            _require_newest(stored, last_issued(connection, scenario))
        passed_over = pass_over(connection, stored, issuer.by, now)
        commands = commands_in(stored)
        if stored.state in IN_FORCE:
            again = _once_more(connection, stored.plan, issuer, now)
            return Issued(stored.plan, again, len(commands) - len(again), passed_over)
        before = in_force(connection, scenario)
        known_of = _followed(connection, commands, issuer, now)
        new = put(
            connection,
            _from_now(commands, orders_in(stored), known_of, _on_their_way(connection, issuer, now), issuer, now),
            of_others(approvals, issuer.by),
            issuer,
            now,
        )
        if before is not None:
            move(connection, before.plan, "superseded", issuer.by, now, successor=stored.plan)
        move(connection, stored.plan, "current", issuer.by, now, commands=len(new))
        late = _late(commands, known_of, issuer, now)
        if late:
            ring(connection, scenario, "late", "; ".join(map(str, late)), now)
    return Issued(stored.plan, new, len(commands) - len(new), passed_over, late)


def _once_more(connection: Connection, plan: str, issuer: Issuer, now: dt.datetime) -> tuple[str, ...]:
    """Commands that were given up, refused or misheard go out once more: signed anew, under their own names and numbers."""
    latest = last_sequences(connection)
    failed = (each for each in of_plan(connection, plan) if each.state in FAILED and each.valid_until > now)
    last = [each for each in failed if each.sequence == latest[each.controller]]
    again = [
        replace(each, sequence=_above(each.sequence, each.command, issuer), issued_at=now, issued_by=issuer.by)
        for each in intact(connection, last, now)
    ]
    envelopes = [_signed(envelope, issuer.key) for envelope in again]
    revive(connection, envelopes, now)
    _tell_taken_over(connection, envelopes, latest, issuer, now)
    return tuple(envelope.command.cmd_id for envelope in envelopes)


def put(
    connection: Connection, commands: Collection[Command], approvals: tuple[Approval, ...], issuer: Issuer, now: dt.datetime
) -> tuple[str, ...]:
    """Number, date and sign commands that are not in the outbox yet, and put them in; returns their names."""
    there = known(connection, {command.cmd_id for command in commands})
    fresh = tuple(command for command in commands if command.cmd_id not in there)
    guard_commands(fresh, issuer.devices, now)
    own = last_sequences(connection)
    last = dict(own)
    envelopes = []
    for command in fresh:
        before = last.get(command.controller)
        last[command.controller] = _above(_first(now) if before is None else before + 1, command, issuer)
        envelope = Envelope(command, last[command.controller], before, now, issuer.by, approvals)
        envelopes.append(_signed(envelope, issuer.key))
    enqueue(connection, envelopes, now)
    _tell_taken_over(connection, envelopes, own, issuer, now)
    return tuple(command.cmd_id for command in fresh)


def _first(now: dt.datetime) -> int:
    """Sequence of a controller that the store has told nothing yet: seconds, so that a new store goes on above a lost one."""
    return int((now - BEGINNING_OF_TIME).total_seconds())


def _above(sequence: int, command: Command, issuer: Issuer) -> int:
    """The sequence, or the next after what the device follows, where that is taken over."""
    return max(sequence, issuer.follows.get(command.controller, 0) + 1)


def _tell_taken_over(
    connection: Connection, envelopes: Collection[Envelope], own: Mapping[str, int], issuer: Issuer, now: dt.datetime
) -> None:
    """The log and an alarm tell which devices followed somebody else than this store, whose last sequences are `own`."""
    for envelope in envelopes:
        name, sequence = envelope.command.controller, envelope.sequence
        before = issuer.follows.get(name, 0)
        if before > own.get(name, 0):
            details = {"followed": before, "sequence": sequence, "command": envelope.command.cmd_id}
            append(connection, now, Event(issuer.by, "took over", name, details))
            text = f"{name} followed command {before}, not of this store, and is told {sequence}: is another engine at work?"
            ring(connection, envelope.command.cmd_id, "taken_over", text, now)


def _signed(envelope: Envelope, key: SigningKey | None) -> Envelope:
    if key is None:
        return envelope
    from waterbalance.schedule.signature import sign  # noqa: PLC0415 (needs the extra `signing`)

    return sign(envelope, key)


def _followed(
    connection: Connection, commands: Collection[Command], issuer: Issuer, now: dt.datetime
) -> Mapping[str, tuple[Envelope, ...]]:
    """What devices have confirmed that held since the first command begins."""
    since = min((command.valid_from for command in commands), default=now)
    confirmed = confirmed_since(connection, since).items()
    return {name: tuple(_in_own_words(intact(connection, each, now), issuer)) for name, each in confirmed}


def _on_their_way(connection: Connection, issuer: Issuer, now: dt.datetime) -> Mapping[str, Envelope]:
    """What devices were told last, where nobody knows yet whether they follow it, by controller."""
    newest_ones = intact(connection, (each for each in newest_of_each(connection) if each.state in OPEN), now)
    return {each.command.controller: each for each in _in_own_words(newest_ones, issuer)}


def _in_own_words(envelopes: Iterable[Envelope], issuer: Issuer) -> Iterator[Envelope]:
    """Those that say what the device has done: not in another mode, nor of another structure, before it was described anew."""
    for envelope in envelopes:
        device = issuer.devices.get(envelope.command.controller)
        if device is not None and of_another_device(envelope.command, device) is None:
            yield envelope


def _from_now(
    commands: tuple[Command, ...],
    orders: Mapping[str, Order],
    confirmed: Mapping[str, Sequence[Envelope]],
    on_their_way: Mapping[str, Envelope],
    issuer: Issuer,
    now: dt.datetime,
) -> tuple[Command, ...]:
    """The commands as they are, but for what devices have done already today, and what they hold when they begin."""
    return tuple(
        _for_device(
            command,
            orders.get(command.structure),
            confirmed.get(command.controller, ()),
            on_their_way.get(command.controller),
            issuer.devices[command.controller],
            now,
        )
        if command.controller in issuer.devices
        else command
        for command in commands
    )


def _late(
    commands: tuple[Command, ...], confirmed: Mapping[str, Sequence[Envelope]], issuer: Issuer, now: dt.datetime
) -> tuple[Finding, ...]:
    done = {each.controller: followed(confirmed.get(each.controller, ()), each.valid_from, now) for each in commands}
    return tuple(
        finding for each in commands for finding in lost(each, done[each.controller], issuer.devices[each.controller], now)
    )


def _for_device(
    command: Command,
    order: Order | None,
    confirmed: Sequence[Envelope],
    on_its_way: Envelope | None,
    device: Device,
    now: dt.datetime,
) -> Command:
    """What was told and not confirmed counts for nothing done, but goes on as if it was: it was ordered, and may run already."""
    done = followed(confirmed, command.valid_from, now)
    told = still_to_begin(replanned(command, done, device, now), device, now)
    begins = told.valid_from
    if begins < now.replace(microsecond=0):
        return told
    confirmed = confirmed if on_its_way is None else (*confirmed, on_its_way)
    running = still_running(told, _running(confirmed, now, begins), device, now)
    reaches = bool(running) and running[-1].end == begins
    held = running if reaches else followed(confirmed, begins - A_MOMENT, begins)
    if held:
        rows = told.rows if order is None else kept_from(held[-1].setpoint, told.rows, order, device)
        told = replace(told, rows=ramped_from(held[-1].setpoint, rows, device))
    return carried_on(told, running, device)


def _running(confirmed: Sequence[Envelope], now: dt.datetime, begins: dt.datetime) -> tuple[Row, ...]:
    """What a device that was told something does from now until a command begins; no longer than its rows reach."""
    if not confirmed:
        return ()
    last = confirmed[-1].command
    return followed(confirmed, now, min(begins, last.valid_until) if last.action == "apply" else begins)


def _to_issue(connection: Connection, scenario: str, plan: str | None) -> StoredPlan:
    """An approved plan that is not older goes before the one in force, which may be issued again without effect."""
    if plan is not None:
        return find(connection, plan)
    found, force = newest(connection, scenario, frozenset({"approved"})), in_force(connection, scenario)
    if found is None or (force is not None and _is_older(found, last_issued(connection, scenario))):
        found = force
    if found is not None:
        return found
    waits = newest(connection, scenario, frozenset({"run", "reviewed"}))
    told = "no plan" if waits is None else f"plan {short(waits.plan)} waits for approval"
    remedy = "Run the scenario with --store." if waits is None else f"`waterbalance approve {short(waits.plan)} --by NAME`"
    error = UsageError if waits is None else ApprovalError
    raise error("nothing to issue", (Finding(f"no approved plan of {scenario!r}", found=told, remedy=remedy),))


def _require_allowed(stored: StoredPlan, approvals: tuple[Approval, ...], issuer: Issuer, now: dt.datetime) -> None:
    place = Place(component=f"plan {short(stored.plan)}")
    if stored.state not in IN_FORCE | {"approved"}:
        remedy = (
            "Run the scenario again." if stored.state in {"rejected", "superseded", "withdrawn"} else "Let somebody approve it."
        )
        raise ApprovalError("nothing is issued", (Finding("the plan is not approved", place, stored.state, "approved", remedy),))
    if stored.state == "approved":
        too_few = lacking(stored.plan, approvals, issuer.by, issuer.settings.approvals)
        if too_few:
            raise ApprovalError("nothing is issued", too_few)
    age = now - stored.recorded_at
    if age > dt.timedelta(days=issuer.settings.oldest_plan):
        allowed = f"{24 * issuer.settings.oldest_plan:g} h ('issuing: oldest_plan')"
        found = f"{age.total_seconds() / 3600:.1f} h"
        raise TryLaterError(
            "nothing is issued", (Finding("the plan is too old", place, found, allowed, "Run and approve it anew."),)
        )
    if stored.valid_until <= now:
        found = stored.valid_until.isoformat()
        raise TryLaterError("nothing is issued", (Finding("the plan's days are over", place, found, f"after {now.isoformat()}"),))


def _is_older(stored: StoredPlan, last: StoredPlan | None) -> bool:
    return last is not None and stored.recorded_at < last.recorded_at


def _require_newest(stored: StoredPlan, last: StoredPlan | None) -> None:
    """A plan that knows less than what devices follow does not take its place."""
    if last is not None and _is_older(stored, last):
        place, made = Place(component=f"plan {short(stored.plan)}"), stored.recorded_at.isoformat(timespec="seconds")
        allowed = f"not before {last.recorded_at.isoformat(timespec='seconds')}, when plan {short(last.plan)} was made"
        remedy = "Run the scenario again where this is what you want, and approve it."
        finding = Finding("the plan was made before the one that was issued last", place, made, allowed, remedy)
        raise ApprovalError("nothing is issued", (finding,))
