"""The store at one moment for people: today's water first, then what waits for whom, and the tables behind it.

Times are those of each scenario's own zone, which is named; without a plan that tells one, those of this machine.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from waterbalance.plan.short_name import short
from waterbalance.report.orders import orders_at
from waterbalance.report.status import todays, waits_of
from waterbalance.report.waits import in_words, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from waterbalance.report.language import Wording
    from waterbalance.report.status import Status
    from waterbalance.store.nights import Night
    from waterbalance.store.outbox import Queued
    from waterbalance.store.plans import StoredPlan

MOST_ROWS = 40
"""Controllers of a table; those that have confirmed are counted in its place when there are more."""

_PASSING = frozenset({12, 69})
"""Exit codes of nights that waited for somebody, or for a device."""

_AGREED = re.compile(r"(?P<word>accepted|active|done|duplicate) at (?P<at>\S+?)(?:: (?P<remark>.+))?")
"""What is kept of a device that has confirmed, and of a keeper's remark."""

_WAITS = frozenset({"run", "reviewed"})


def status_tables(status: Status, say: Wording) -> RenderableType:
    """For a terminal."""
    number, last = status.head
    return Group(
        *_today(status, say),
        _waits(status, say),
        *_nights(status, say),
        _commands(status, say),
        _alarms(status, say),
        _plans(status, say),
        *_dispatchers(status, say),
        Text(_times(status, say)),
        Text(say("status.audit_log", lines=number, head=last)),
    )


def short_status(status: Status, say: Wording) -> RenderableType:
    """For a telephone: today's water, and what waits for whom, one a line."""
    waits = (say("status.short", whom=say(f"status.whom.{whom}"), what=what) for whom, what in in_words(waits_of(status), say))
    told = [Text(say.printable(each)) for each in waits] or [Text(say("status.no_waits"))]
    return Group(*_today(status, say), *told, Text(_times(status, say)))


def _today(status: Status, say: Wording) -> Iterator[RenderableType]:
    found = todays(status)
    if not found:
        yield Text(say("status.no_plans"))
    for each in found:
        yield Text(each.words(say), style="bold" if each.is_good else "bold red")


def _nights(status: Status, say: Wording) -> Iterator[RenderableType]:
    if not status.nights:
        return
    table = _table(say, "day", "scenario", "outcome", "rung", "ended", "run", "why", title="nights")
    for night in status.nights:
        rung = "" if night.rung is None else str(night.rung)
        ended = "" if night.ended_at is None else _moment(night.ended_at, status, night.key.scenario)
        outcome, why = _outcome(night, status, say)
        row = (str(night.key.date), night.key.scenario, outcome, rung, ended, (night.run or "")[:8], why)
        table.add_row(*(Text(say.printable(cell)) for cell in row))
    yield table


def _outcome(night: Night, status: Status, say: Wording) -> tuple[str, str]:
    """What came of it, and why; of a plan that waited, or of devices that were late, what has become of them since."""
    why = say.finding((night.detail or "").partition("\n")[0])
    plan = next((plan for plan in status.plans if plan.plan == night.plan), None)
    if night.exit_code in _PASSING and plan is not None:
        return _plan_state(plan, status, say), why if plan.state in _WAITS else ""
    told = say(f"night_state.{night.state}") if night.exit_code is None else say.known("exit_code", str(night.exit_code))
    return told, why


def _plan_state(plan: StoredPlan, status: Status, say: Wording) -> str:
    agreed = status.agreed[plan.plan]
    if plan.state == "approved" and agreed.still_needed:
        return say("plan_state.partly", by=len(agreed.by), needed=agreed.needed)
    return say(f"plan_state.{plan.state}")


def _plans(status: Status, say: Wording) -> RenderableType:
    if not status.plans:
        return Text(say("status.no_plans"))
    table = _table(say, "plan", "scenario", "start", "state", "approved_by", "valid_until", title="plans")
    for plan in status.plans:
        by = ", ".join(_approval(each.rule, say) or each.by for each in status.approvals[plan.plan])
        state = _plan_state(plan, status, say)
        state = state if plan.label == "planned" else say("status.with", what=state, more=say(f"label.{plan.label}"))
        state = state if plan.damage is None else say("status.with", what=state, more=say("alarm_kind.altered"))
        until = _moment(plan.valid_until, status, plan.scenario)
        row = (short(plan.plan), plan.scenario, plan.start, state, by, until)
        table.add_row(*(Text(say.printable(cell)) for cell in row))
    return table


def _approval(rule: str | None, say: Wording) -> str | None:
    return None if rule is None else say("status.by_rule", rule=say.finding(say.known("rule", rule)))


def _commands(status: Status, say: Wording) -> RenderableType:
    if not status.commands:
        return Text(say("status.no_commands"))
    table = _table(say, "controller", "now", "next", "state", "sequence", "attempts", "detail", title="commands")
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
    told = say("status.and").join(f"{say(f'command_state.{state}')} {number}" for state, number in sorted(counted.items()))
    return Group(table, Text(say("status.counted", total=len(status.commands), told=told)))


def _detail(command: Queued, status: Status, say: Wording) -> str:
    """What the device said; of one that is being sent, for how long nobody else sends it."""
    scenario = status.scenarios[command.plan]
    if command.state == "sending" and command.claimed_until is not None:
        return say("status.lease", until=_moment(command.claimed_until, status, scenario, seconds=True))
    agreed = _AGREED.fullmatch(command.detail or "")
    if agreed is None:
        told = say.told(command.detail or "")
        return say("status.told_above") if told and _is_open(command, status) and shortened(told) == told else told
    at = _moment(dt.datetime.fromisoformat(agreed["at"]), status, scenario)
    told = say("status.agreed", word=say(f"status.agreed.{agreed['word']}"), at=at)
    return say("pair", name=told, value=say.told(agreed["remark"])) if agreed["remark"] else told


def _is_open(command: Queued, status: Status) -> bool:
    """Whether it stands under what waits."""
    return command.state != "confirmed" and command.valid_until > status.at


def _alarms(status: Status, say: Wording) -> RenderableType:
    if not status.alarms:
        return Text(say("status.no_alarms"))
    table = _table(say, "alarm", "subject", "kind", "state", "text", title="alarms")
    waiting = {each.controller: each.detail for each in status.commands if _is_open(each, status)}
    for alarm in status.alarms:
        told = say.told(alarm.text)
        is_above = alarm.state == "active" and waiting.get(alarm.subject, alarm.text) == alarm.text and shortened(told) == told
        row = (
            str(alarm.alarm),
            alarm.subject,
            say.known("alarm_kind", alarm.kind),
            say(f"alarm_state.{alarm.state}"),
            say("status.told_above") if is_above else told,
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
            seen = _moment(each.alive_at, status, each.scenario, seconds=True)
            yield Text(say(f"status.dispatcher.{word}", scenario=scenario, seen=seen, host=host, process=each.process))
        if waiting := status.waiting(each):
            told = say("status.dispatcher.waiting", gates=say.printable(", ".join(waiting)), scenario=scenario)
            yield Text(told, style="bold red")


def _waits(status: Status, say: Wording) -> RenderableType:
    found = waits_of(status)
    if not found:
        return Text(say("status.no_waits"))
    table = _table(say, "whom", "what", title="waits")
    for whom, what in in_words(found, say):
        table.add_row(*(Text(say.printable(cell)) for cell in (say(f"status.whom.{whom}"), what)))
    return table


def _table(say: Wording, *columns: str, title: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=Text(say(f"status.{title}")), title_justify="left")
    for column in columns:
        table.add_column(say(f"status.column.{column}"), overflow="fold")
    return table


def _times(status: Status, say: Wording) -> str:
    zones = dict.fromkeys(map(str, status.zones.values()))
    if not zones and status.zone is not None:
        return say("status.times", zone=status.zone)
    if not zones:
        return say("status.times_here", zone=status.at.astimezone().tzname())
    if len(zones) == 1:
        return say("status.times", zone=next(iter(zones)))
    told = (say("status.with", what=scenario, more=zone) for scenario, zone in sorted(status.zones.items()))
    return say("status.times", zone=say("status.and").join(map(say.printable, told)))


def _moment(moment: dt.datetime, status: Status, scenario: str, *, seconds: bool = False) -> str:
    """By the clock of the scenario; the zone is told once, below."""
    return f"{status.here(moment, scenario):{'%Y-%m-%d %H:%M:%S' if seconds else '%Y-%m-%d %H:%M'}}"
