"""What the store holds, as tables: the last night, plans, what every controller is told, alarms, dispatchers, and what waits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from waterbalance.plan.short_name import short
from waterbalance.report.orders import order_json, orders_at
from waterbalance.report.waits import Wait, waits
from waterbalance.store import nights
from waterbalance.store.alarms import Alarm, ringing
from waterbalance.store.audit_log import head
from waterbalance.store.liveness import Dispatcher, known
from waterbalance.store.outbox import Queued, newest_of_each
from waterbalance.store.overrides import Recorded
from waterbalance.store.overrides import recorded as overrides_of
from waterbalance.store.plans import StoredPlan, approvals_of, recorded

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from rich.console import RenderableType

    from waterbalance.report.language import Wording
    from waterbalance.schedule.envelope import Approval
    from waterbalance.store.database import Store

MOST_ROWS = 40
"""Controllers of a table; those that have confirmed are counted in its place when there are more."""

_PASSING = frozenset({12, 69})
"""Exit codes of nights that waited for somebody, or for a device."""


@dataclass(frozen=True)
class Status:
    """The store at one moment."""

    plans: tuple[StoredPlan, ...]
    approvals: Mapping[str, tuple[Approval, ...]]
    commands: tuple[Queued, ...]
    alarms: tuple[Alarm, ...]
    head: tuple[int, str]
    """Number and hash of the last line of the audit log."""

    dispatchers: tuple[Dispatcher, ...]
    at: dt.datetime
    nights: tuple[nights.Night, ...] = ()
    """The newest of every scenario."""

    overrides: tuple[Recorded, ...] = ()
    """Orders of people, the newest first."""

    @property
    def time_zone(self) -> ZoneInfo | None:
        """Of the plan that was recorded last and tells one; None where none does."""
        whole = [plan.content for plan in self.plans if plan.damage is None]
        told = (content["schedule"].get("time_zone") for content in whole if "schedule" in content)
        name = next((each for each in told if each is not None), None)
        return None if name is None else ZoneInfo(name)

    def waiting(self, dispatcher: Dispatcher) -> tuple[str, ...]:
        """Gates with orders in force that nobody sets, because their dispatcher is not alive."""
        if dispatcher.is_alive(self.at):
            return ()
        told = (each for each in self.commands if each.state == "confirmed" and each.valid_until > self.at)
        return tuple(sorted({each.controller for each in told} & dispatcher.gates))


def status_of(store: Store, now: dt.datetime, most: int = 10) -> Status:
    """Look at the store. Raises `StoreError`."""
    with store.reading() as connection:
        plans = recorded(connection, most)
        approvals = {plan.plan: approvals_of(connection, plan.plan) for plan in plans}
        commands, alarms = newest_of_each(connection), ringing(connection)
        last = nights.newest_of_each(connection)
        return Status(
            plans, approvals, commands, alarms, head(connection), known(connection), now, last, overrides_of(connection, most)
        )


def waits_of(status: Status) -> tuple[Wait, ...]:
    """What waits for whom, gates without a living dispatcher included."""
    unset = {gate for each in status.dispatchers for gate in status.waiting(each)}
    return tuple(waits(status.plans, status.commands, status.alarms, unset, status.at))


def status_json(status: Status) -> dict[str, Any]:
    """Ready for JSON."""
    return {
        "schema": "waterbalance.status/1",
        "nights": [_night_json(each) for each in status.nights],
        "plans": [
            {
                "plan": plan.plan,
                "scenario": plan.scenario,
                "start": plan.start,
                "state": plan.state,
                "label": plan.label,
                "whole": plan.damage is None,
                "valid_from": plan.valid_from.isoformat(),
                "valid_until": plan.valid_until.isoformat(),
                "recorded_at": plan.recorded_at.isoformat(),
                "approvals": [
                    {"by": each.by, "at": each.at.isoformat(), "rule": each.rule} for each in status.approvals[plan.plan]
                ],
            }
            for plan in status.plans
        ],
        "commands": [
            {
                "controller": command.controller,
                "sequence": command.sequence,
                "cmd_id": command.cmd_id,
                "plan": command.plan,
                "state": command.state,
                "attempts": command.attempts,
                "valid_until": command.valid_until.isoformat(),
                "changed_at": command.changed_at.isoformat(),
                "detail": command.detail,
                "claimed_until": command.claimed_until.isoformat() if command.claimed_until and command.claim else None,
                **order_json(orders_at(command, status.at)),
            }
            for command in status.commands
        ],
        "alarms": [
            {"alarm": each.alarm, "subject": each.subject, "kind": each.kind, "state": each.state, "text": each.text}
            for each in status.alarms
        ],
        "dispatchers": [
            {
                "scenario": each.scenario,
                "alive": each.is_alive(status.at),
                "alive_at": None if each.alive_at is None else each.alive_at.isoformat(),
                "host": each.host,
                "process": each.process,
                "gates": sorted(each.gates),
                "waiting": list(status.waiting(each)),
            }
            for each in status.dispatchers
        ],
        "waits": [{"whom": each.whom, "what": each.what, "name": each.name, "text": each.text} for each in waits_of(status)],
        "overrides": [_override_json(each, status.at) for each in status.overrides],
        "audit_log": {"lines": status.head[0], "head": status.head[1]},
    }


def _override_json(each: Recorded, at: dt.datetime) -> dict[str, Any]:
    ended = {"withdrawn_at": each.withdrawn_at and each.withdrawn_at.isoformat(), "withdrawn_by": each.withdrawn_by}
    return {"override": each.told.override, **each.told.content(), "state": each.state(at), **ended}


def _night_json(night: nights.Night) -> dict[str, Any]:
    ended = None if night.ended_at is None else night.ended_at.isoformat()
    told = {"scenario": night.key.scenario, "day": str(night.key.date), "state": night.state, "exit_code": night.exit_code}
    made = {"rung": night.rung, "run": night.run, "plan": night.plan}
    return {**told, **made, "started_at": night.started_at.isoformat(), "ended_at": ended, "why": night.detail}


def status_tables(status: Status, say: Wording) -> RenderableType:
    """For a terminal."""
    number, last = status.head
    return Group(
        *_nights(status, say),
        _plans(status, say),
        _commands(status, say),
        _alarms(status, say),
        *_dispatchers(status, say),
        _waits(status, say),
        Text(say("status.times", zone=_named(status))),
        Text(say("status.audit_log", lines=number, head=last)),
    )


def _nights(status: Status, say: Wording) -> Iterator[RenderableType]:
    if not status.nights:
        return
    table = _table(say, "day", "scenario", "outcome", "rung", "ended", "run", "why", title="nights")
    for night in status.nights:
        rung = "" if night.rung is None else str(night.rung)
        ended = "" if night.ended_at is None else _moment(night.ended_at, status.time_zone)
        why = (night.detail or "").partition("\n")[0]
        row = (str(night.key.date), night.key.scenario, _outcome(night, status, say), rung, ended, (night.run or "")[:8], why)
        table.add_row(*(Text(say.printable(cell)) for cell in row))
    yield table


def _outcome(night: nights.Night, status: Status, say: Wording) -> str:
    """What came of it; of a plan that waited, or of devices that were late, what has become of them since."""
    state = next((plan.state for plan in status.plans if plan.plan == night.plan), None)
    if night.exit_code in _PASSING and state is not None:
        return say(f"plan_state.{state}")
    return say(f"night_state.{night.state}") if night.exit_code is None else say.known("exit_code", str(night.exit_code))


def _plans(status: Status, say: Wording) -> RenderableType:
    if not status.plans:
        return Text(say("status.no_plans"))
    table = _table(say, "plan", "scenario", "start", "state", "approved_by", "valid_until")
    for plan in status.plans:
        by = ", ".join(each.rule or each.by for each in status.approvals[plan.plan])
        state = say(f"plan_state.{plan.state}")
        state = state if plan.label == "planned" else f"{state} ({say(f'label.{plan.label}')})"
        state = state if plan.damage is None else f"{state} ({say('alarm_kind.altered')})"
        until = _moment(plan.valid_until, status.time_zone)
        row = (short(plan.plan), plan.scenario, plan.start, state, by, until)
        table.add_row(*(Text(say.printable(cell)) for cell in row))
    return table


def _commands(status: Status, say: Wording) -> RenderableType:
    if not status.commands:
        return Text(say("status.no_commands"))
    table = _table(say, "controller", "now", "next", "state", "sequence", "attempts", "detail")
    shown = (
        [each for each in status.commands if each.state != "confirmed"] if len(status.commands) > MOST_ROWS else status.commands
    )
    for command in shown:
        row = (
            command.controller,
            *orders_at(command, status.at).words(say),
            say(f"command_state.{command.state}"),
            str(command.sequence),
            str(command.attempts),
            _detail(command, status, say),
        )
        table.add_row(*(Text(say.printable(cell)) for cell in row))
    counted = Counter(command.state for command in status.commands)
    told = ", ".join(f"{say(f'command_state.{state}')} {number}" for state, number in sorted(counted.items()))
    return Group(table, Text(say("status.counted", total=len(status.commands), told=told)))


def _detail(command: Queued, status: Status, say: Wording) -> str:
    """What the device said; of one that is being sent, for how long nobody else sends it."""
    if command.state != "sending" or command.claimed_until is None:
        return command.detail or ""
    return say("status.lease", until=_moment(command.claimed_until, status.time_zone, "seconds"))


def _alarms(status: Status, say: Wording) -> RenderableType:
    if not status.alarms:
        return Text(say("status.no_alarms"))
    table = _table(say, "alarm", "subject", "kind", "state", "text")
    for alarm in status.alarms:
        row = (
            str(alarm.alarm),
            alarm.subject,
            say.known("alarm_kind", alarm.kind),
            say(f"alarm_state.{alarm.state}"),
            alarm.text,
        )
        table.add_row(*(Text(say.printable(cell)) for cell in row))
    return table


def _dispatchers(status: Status, say: Wording) -> Iterator[RenderableType]:
    for each in status.dispatchers:
        scenario, host = say.printable(each.scenario), say.printable(each.host or "")
        if each.alive_at is None:
            yield Text(say("status.dispatcher.never", scenario=scenario))
        else:
            word = "alive" if each.is_alive(status.at) else "silent"
            seen = _moment(each.alive_at, status.time_zone, "seconds")
            yield Text(say(f"status.dispatcher.{word}", scenario=scenario, seen=seen, host=host, process=each.process))
        if waiting := status.waiting(each):
            told = say("status.dispatcher.waiting", gates=say.printable(", ".join(waiting)), scenario=scenario)
            yield Text(told, style="bold red")


def _waits(status: Status, say: Wording) -> RenderableType:
    found = waits_of(status)
    if not found:
        return Text(say("status.no_waits"))
    table = _table(say, "whom", "what", title="waits")
    for each in found:
        table.add_row(*(Text(say.printable(cell)) for cell in (say(f"status.whom.{each.whom}"), each.words(say))))
    return table


def _table(say: Wording, *columns: str, title: str | None = None) -> Table:
    shown = None if title is None else Text(say(f"status.{title}"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=shown, title_justify="left")
    for column in columns:
        table.add_column(say(f"status.column.{column}"), overflow="fold")
    return table


def _named(status: Status) -> str:
    return str(status.at.astimezone().tzname() if status.time_zone is None else status.time_zone)


def _moment(moment: dt.datetime, zone: ZoneInfo | None, timespec: str = "minutes") -> str:
    return moment.astimezone(zone).isoformat(timespec=timespec)
