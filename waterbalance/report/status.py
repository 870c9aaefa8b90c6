"""What the store holds at one moment: today's water, the last night, plans, orders, alarms, dispatchers, and what waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from waterbalance.report.orders import order_json, orders_at
from waterbalance.report.today import Today, today_of
from waterbalance.report.waits import Agreed, Wait, waits
from waterbalance.schedule.agreed import of_others, still_needed
from waterbalance.store import nights
from waterbalance.store.alarms import Alarm, ringing
from waterbalance.store.audit_log import head
from waterbalance.store.liveness import Dispatcher, known
from waterbalance.store.outbox import Queued, newest_of_each
from waterbalance.store.overrides import Recorded
from waterbalance.store.overrides import recorded as overrides_of
from waterbalance.store.plans import StoredPlan, approvals_of, find, in_force, recorded
from waterbalance.store.runs import manifest_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from waterbalance.schedule.envelope import Approval
    from waterbalance.store.database import Store


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

    agreed: Mapping[str, Agreed] = field(default_factory=dict)
    """Plan -> how many have agreed to it, and how many have to."""

    in_force: Mapping[str, StoredPlan] = field(default_factory=dict)
    """Scenario -> the plan that its devices follow, or are being told."""

    scenarios: Mapping[str, str] = field(default_factory=dict)
    """Plan -> its scenario, of plans and of all that devices were told last."""

    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    """Scenario -> its time zone; none where no plan of it was recorded."""

    zone: ZoneInfo | None = None
    """Where no plan tells one; None: that of this machine."""

    def here(self, moment: dt.datetime, scenario: str) -> dt.datetime:
        """A moment by the clock of a scenario."""
        return moment.astimezone(self.zones.get(scenario, self.zone))

    def waiting(self, dispatcher: Dispatcher) -> tuple[str, ...]:
        """Gates with orders in force that nobody sets, because their dispatcher is not alive."""
        if dispatcher.is_alive(self.at):
            return ()
        told = (each for each in self.commands if each.state == "confirmed" and each.valid_until > self.at)
        return tuple(sorted({each.controller for each in told} & dispatcher.gates))


def status_of(store: Store, now: dt.datetime, most: int = 10, *, zone: ZoneInfo | None = None) -> Status:
    """Look at the store. `zone`: of a scenario of which no plan tells one. Raises `StoreError`."""
    with store.reading() as connection:
        plans = recorded(connection, most)
        commands, alarms = newest_of_each(connection), ringing(connection)
        last = nights.newest_of_each(connection)
        scenarios = {plan.plan: plan.scenario for plan in plans}
        scenarios |= {each.plan: find(connection, each.plan).scenario for each in commands if each.plan not in scenarios}
        manifests = {plan.plan: manifest_of(connection, plan.plan) for plan in plans}
        approvals = {plan.plan: approvals_of(connection, plan.plan) for plan in plans}
        followed = {name: in_force(connection, name) for name in dict.fromkeys(scenarios.values())}
        return Status(
            plans,
            approvals,
            commands,
            alarms,
            head(connection),
            known(connection),
            now,
            last,
            overrides_of(connection, most),
            {plan: _agreed(connection, plan, each, manifests[plan]) for plan, each in approvals.items()},
            {name: plan for name, plan in followed.items() if plan is not None},
            scenarios,
            dict(_zones(plans, manifests)),
            zone,
        )


def _agreed(connection: Connection, plan: str, approvals: tuple[Approval, ...], manifest: Mapping[str, Any]) -> Agreed:
    """Without the word of those who issue it. Plans of before scenarios told how many ask for one."""
    counted, needed = of_others(approvals, *nights.planned_by(connection, plan)), int(manifest.get("approvals", 1))
    return Agreed(tuple(each.rule or each.by for each in counted), needed, still_needed(counted, needed))


def _zones(plans: tuple[StoredPlan, ...], manifests: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, ZoneInfo]]:
    """Of each scenario as its newest plan has it."""
    for plan in reversed(plans):
        name = manifests[plan.plan].get("time_zone")
        try:
            yield plan.scenario, ZoneInfo(str(name))
        except (ZoneInfoNotFoundError, ValueError):
            continue


def waits_of(status: Status) -> tuple[Wait, ...]:
    """What waits for whom, gates without a living dispatcher and scenarios without a plan included."""
    unset = {gate for each in status.dispatchers for gate in status.waiting(each)}
    found = tuple(waits(status.plans, status.agreed, status.commands, status.alarms, unset, status.at))
    ready = [(status.scenarios[each.name], each.kind) for each in found if each.what in {"plan", "agree", "issue"}]
    return (*(Wait("planner", "none", each.scenario, "") for each in todays(status) if _lacks_plan(each, ready)), *found)


def _lacks_plan(today: Today, ready: Sequence[tuple[str, str]]) -> bool:
    """Whether nobody has made a plan: where orders were taken back, one that begins tomorrow leaves the rest of today without."""
    mine = [day for scenario, day in ready if scenario == today.scenario]
    if today.answer == "recalled":
        return not any(day <= str(today.day) for day in mine)
    return today.answer == "nothing" and not mine


def todays(status: Status) -> tuple[Today, ...]:
    """Of every scenario: whether today's water is ordered and confirmed."""
    names = dict.fromkeys((*(each.key.scenario for each in status.nights), *status.scenarios.values()))
    return tuple(
        today_of(
            name,
            status.here(status.at, name),
            status.in_force.get(name),
            [each for each in status.commands if status.scenarios[each.plan] == name],
        )
        for name in names
    )


def status_json(status: Status) -> dict[str, Any]:
    """Ready for JSON."""
    return {
        "schema": "waterbalance.status/1",
        "today": [
            {
                "scenario": each.scenario,
                "day": str(each.day),
                "answer": each.answer,
                "plan": each.plan,
                "told": each.told,
                "unconfirmed": list(each.late),
                "recalled": list(each.recalled),
            }
            for each in todays(status)
        ],
        "time_zones": {scenario: str(zone) for scenario, zone in status.zones.items()},
        "nights": [_night_json(each) for each in status.nights],
        "plans": [_plan_json(plan, status) for plan in status.plans],
        "commands": [_command_json(command, status.at) for command in status.commands],
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


def _plan_json(plan: StoredPlan, status: Status) -> dict[str, Any]:
    return {
        "plan": plan.plan,
        "scenario": plan.scenario,
        "start": plan.start,
        "state": plan.state,
        "label": plan.label,
        "whole": plan.damage is None,
        "valid_from": plan.valid_from.isoformat(),
        "valid_until": plan.valid_until.isoformat(),
        "recorded_at": plan.recorded_at.isoformat(),
        "approvals_needed": status.agreed[plan.plan].needed,
        "approvals_lacking": status.agreed[plan.plan].still_needed,
        "approvals": [{"by": each.by, "at": each.at.isoformat(), "rule": each.rule} for each in status.approvals[plan.plan]],
    }


def _command_json(command: Queued, at: dt.datetime) -> dict[str, Any]:
    return {
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
        **order_json(orders_at(command, at)),
    }


def _override_json(each: Recorded, at: dt.datetime) -> dict[str, Any]:
    ended = {"withdrawn_at": each.withdrawn_at and each.withdrawn_at.isoformat(), "withdrawn_by": each.withdrawn_by}
    return {"override": each.told.override, **each.told.content(), "state": each.state(at), **ended}


def _night_json(night: nights.Night) -> dict[str, Any]:
    ended = None if night.ended_at is None else night.ended_at.isoformat()
    told = {"scenario": night.key.scenario, "day": str(night.key.date), "state": night.state, "exit_code": night.exit_code}
    made = {"rung": night.rung, "run": night.run, "plan": night.plan}
    return {**told, **made, "started_at": night.started_at.isoformat(), "ended_at": ended, "why": night.detail}
