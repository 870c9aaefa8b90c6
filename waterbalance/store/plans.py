"""Plans and what became of them.

    plan = SHA-256 of its content: inputs, what state and which forecasts and readings it was made from, orders, and the commands
           that are made of them

The same plan recorded twice is one plan with two runs. Whoever changes anything in it has another plan, which nobody has
approved.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, insert, select, update

from waterbalance.errors import Finding, InputError, Place, UsageError
from waterbalance.plan.life_cycle import ENDED, IN_FORCE, PlanState, require_step
from waterbalance.plan.people import person, same
from waterbalance.plan.short_name import short
from waterbalance.schedule.canonical import canonical, sha256
from waterbalance.schedule.envelope import Approval
from waterbalance.store.audit_log import Event, append
from waterbalance.store.outbox import AlteredError, newest_of_each
from waterbalance.store.tables import approvals, commands, plans, runs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Row

    from waterbalance.store.outbox import Queued

SHORTEST_NAME = 6
"""Characters of a hash by which a plan may be named."""


@dataclass(frozen=True)
class StoredPlan:
    """A plan as it stands in the store: its state is told whatever somebody wrote into it, its content only when it is whole."""

    plan: str
    scenario: str
    start: str
    valid_from: dt.datetime
    valid_until: dt.datetime
    state: PlanState
    label: str
    written: bytes
    recorded_at: dt.datetime

    @property
    def damage(self) -> Finding | None:
        """What is wrong with what is written; None where it is what was recorded."""
        return damage_of(self.plan, self.written)

    @property
    def content(self) -> Mapping[str, Any]:
        """What was recorded. Raises `InputError` where somebody has changed it."""
        require_whole((self,))
        told: Mapping[str, Any] = json.loads(self.written)
        return told


def damage_of(plan: str, written: bytes) -> Finding | None:
    """What is wrong with the content of a plan, by the plan's hash."""
    own = sha256(written)
    if own == plan:
        return None
    remedy = "Its approval does not hold for what stands there. Run and approve the plan again."
    return Finding("the plan was changed in the store", Place(component=f"plan {short(plan)}"), own, plan, remedy)


def require_whole(stored: Iterable[StoredPlan]) -> None:
    """Raises `InputError` with every plan of these that was changed in the store."""
    found = tuple(finding for each in stored if (finding := each.damage) is not None)
    if found:
        raise InputError("a plan of the store is not what it was", found)


@dataclass(frozen=True)
class NewPlan:
    """What is recorded of a plan."""

    scenario: str
    start: str
    valid_from: dt.datetime
    valid_until: dt.datetime
    content: Mapping[str, Any]
    label: str = "planned"

    @property
    def plan(self) -> str:
        """Its hash."""
        return sha256(canonical(dict(self.content)))


def record(
    connection: Connection, new: NewPlan, manifest: Mapping[str, Any], by: str, at: dt.datetime, run: str | None = None
) -> str:
    """Keep a plan and the run that made it; returns the plan's hash. One that is known keeps its state, and is as new as its run.

    What somebody has written over its content meanwhile goes out again: the hash is that of this one.

    One that was rejected, withdrawn or superseded does not come back, nor one of which a device's orders were taken back: run
    again it is another plan, `again` for the nth time.
    `run` names the run; else it gets a new name.
    """
    new = _again(connection, new)
    if connection.execute(select(plans.c.plan).where(plans.c.plan == new.plan)).first() is None:
        values = {
            "plan": new.plan,
            "scenario": new.scenario,
            "start": new.start,
            "valid_from": new.valid_from,
            "valid_until": new.valid_until,
            "state": "run",
            "label": new.label,
            "content": canonical(dict(new.content)),
            "recorded_at": at,
        }
        connection.execute(insert(plans).values(values))
    else:
        values = {"recorded_at": at, "content": canonical(dict(new.content))}
        connection.execute(update(plans).where(plans.c.plan == new.plan).values(values))
    run = run or str(uuid.uuid4())
    row = {"run": run, "plan": new.plan, "at": at, "by": by, "manifest": json.dumps(manifest, ensure_ascii=False, sort_keys=True)}
    connection.execute(insert(runs).values(row))
    append(connection, at, Event(by, "ran", new.plan, {"run": run, "scenario": new.scenario, "start": new.start}))
    return new.plan


def _again(connection: Connection, new: NewPlan) -> NewPlan:
    attempt, times = new, 0
    while (state := _state(connection, attempt.plan)) is not None and (state in ENDED or _is_recalled(connection, attempt.plan)):
        times += 1
        attempt = replace(new, content={**new.content, "again": times})
    return attempt


def _is_recalled(connection: Connection, plan: str) -> bool:
    """Whether the last that some device was told of a plan is to forget it, or cannot be read any more."""
    return any(each.plan == plan and not _applies(each) for each in newest_of_each(connection))


def _applies(queued: Queued) -> bool:
    try:
        return queued.envelope.command.action == "apply"
    except AlteredError:
        return False


def _state(connection: Connection, plan: str) -> PlanState | None:
    row = connection.execute(select(plans.c.state).where(plans.c.plan == plan)).one_or_none()
    return None if row is None else row.state


def find(connection: Connection, name: str) -> StoredPlan:
    """The plan of this hash, or of its first characters. Raises `UsageError` where that is none or several."""
    rows = connection.execute(select(plans).where(plans.c.plan.startswith(name, autoescape=True)).limit(2)).all()
    if len(rows) == 1 and len(name) >= SHORTEST_NAME:
        return _stored(rows[0])
    found = "several plans" if len(rows) > 1 else "no plan" if not rows else "too few characters"
    allowed, remedy = f"at least {SHORTEST_NAME} characters of the hash of a plan", "`waterbalance status` tells the plans."
    raise UsageError(
        "which plan?", (Finding("the name names no plan", found=f"{name!r}: {found}", allowed=allowed, remedy=remedy),)
    )


def newest(connection: Connection, scenario: str, states: frozenset[PlanState]) -> StoredPlan | None:
    """The plan of a scenario in one of the states that was recorded last; None where there is none."""
    query = select(plans).where(plans.c.scenario == scenario, plans.c.state.in_(sorted(states)))
    row = connection.execute(
        query.order_by(plans.c.recorded_at.desc(), plans.c.start.desc(), plans.c.plan).limit(1)
    ).one_or_none()
    return None if row is None else _stored(row)


def recorded(connection: Connection, limit: int = 50) -> tuple[StoredPlan, ...]:
    """The plans that were recorded last, the newest first."""
    rows = connection.execute(select(plans).order_by(plans.c.recorded_at.desc(), plans.c.plan).limit(limit))
    return tuple(_stored(row) for row in rows)


def move(connection: Connection, plan: str, to: PlanState, by: str, at: dt.datetime, **details: Any) -> None:  # noqa: ANN401
    """Take a plan to its next state. Raises `UsageError` where there is no such step, or somebody was faster."""
    before = find(connection, plan).state
    require_step(plan, before, to)
    changed = connection.execute(update(plans).where(plans.c.plan == plan, plans.c.state == before).values(state=to))
    if changed.rowcount != 1:
        raise UsageError("the plan stays as it is", (Finding("somebody has changed its state meanwhile", Place(component=plan)),))
    append(connection, at, Event(by, to, plan, {"before": before, **details}))


def approve(connection: Connection, plan: str, by: str, at: dt.datetime, rule: str | None = None) -> None:
    """Somebody, or a declared rule, agrees to exactly this plan; others may have agreed before.

    Raises `UsageError` where it cannot be approved any more, or the same person has approved it already.
    """
    stored, by = find(connection, plan), person(by)
    require_whole((stored,))
    if any(same(by, each.by) for each in approvals_of(connection, stored.plan)):
        finding = Finding(
            "who has approved a plan does not count twice", Place(component=f"plan {short(stored.plan)}"), by, "somebody else"
        )
        raise UsageError("the plan stays as it is", (finding,))
    connection.execute(insert(approvals).values(plan=stored.plan, by=by, at=at, rule=rule))
    if stored.state == "approved":
        append(connection, at, Event(by, "approved", stored.plan, {"before": "approved", "rule": rule}))
    else:
        move(connection, stored.plan, "approved", by, at, rule=rule)


def approvals_of(connection: Connection, plan: str) -> tuple[Approval, ...]:
    """Who has agreed, the first one first."""
    rows = connection.execute(select(approvals).where(approvals.c.plan == plan).order_by(approvals.c.at, approvals.c.by))
    return tuple(Approval(row.by, row.at, row.rule) for row in rows)


_TOLD = exists(select(commands.c.cmd_id).where(commands.c.plan == plans.c.plan).correlate(plans))
"""Whether devices were told of a plan at all: one that was passed over never left."""


def in_force(connection: Connection, scenario: str) -> StoredPlan | None:
    """The plan that controllers follow, or are being told to."""
    return newest(connection, scenario, IN_FORCE)


def is_known(connection: Connection, scenario: str) -> bool:
    """Whether any plan of a scenario was ever recorded."""
    return connection.execute(select(plans.c.plan).where(plans.c.scenario == scenario).limit(1)).first() is not None


def agreed_to_by_people(connection: Connection, scenario: str) -> bool:
    """Whether somebody, and no rule, has ever agreed to a plan of a scenario."""
    joined = select(approvals.c.plan).join(plans, plans.c.plan == approvals.c.plan)
    agreed = joined.where(plans.c.scenario == scenario, approvals.c.rule.is_(None))
    return connection.execute(agreed.limit(1)).first() is not None


def followed_before(connection: Connection, scenario: str, start: dt.date) -> StoredPlan | None:
    """The last plan with an earlier first day that controllers were told to follow; None where there is none."""
    told = plans.c.state.in_(sorted({*IN_FORCE, "superseded"}))
    query = select(plans).where(plans.c.scenario == scenario, told, _TOLD, plans.c.start < start.isoformat())
    ordered = query.order_by(plans.c.start.desc(), plans.c.recorded_at.desc(), plans.c.plan)
    row = connection.execute(ordered.limit(1)).one_or_none()
    return None if row is None else _stored(row)


def last_issued(connection: Connection, scenario: str) -> StoredPlan | None:
    """The newest plan of which devices were told, whatever became of it; a fallback for want of a plan does not count."""
    query = select(plans).where(plans.c.scenario == scenario, plans.c.label != "fallback", _TOLD)
    row = connection.execute(query.order_by(plans.c.recorded_at.desc(), plans.c.plan).limit(1)).one_or_none()
    return None if row is None else _stored(row)


def pass_over(connection: Connection, newer: StoredPlan, by: str, at: dt.datetime) -> tuple[str, ...]:
    """Approved plans of the scenario that were made before `newer` are superseded by it; returns them, the oldest first."""
    older = select(plans.c.plan).where(
        plans.c.scenario == newer.scenario, plans.c.state == "approved", plans.c.recorded_at < newer.recorded_at
    )
    found = tuple(connection.execute(older.order_by(plans.c.recorded_at, plans.c.plan)).scalars())
    for plan in found:
        move(connection, plan, "superseded", by, at, successor=newer.plan)
    return found


def of_day(connection: Connection, scenario: str, start: str, states: frozenset[PlanState]) -> StoredPlan | None:
    """The plan that begins with a day and is in one of the states; what is left of an earlier one, or a fallback, is none."""
    query = select(plans).where(plans.c.scenario == scenario, plans.c.start == start, plans.c.state.in_(sorted(states)))
    query = query.where(plans.c.label.not_in(["remainder", "fallback"])).order_by(plans.c.recorded_at.desc(), plans.c.plan)
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else _stored(row)


def _stored(row: Row[Any]) -> StoredPlan:
    return StoredPlan(
        plan=row.plan,
        scenario=row.scenario,
        start=row.start,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        state=row.state,
        label=row.label,
        written=bytes(row.content),
        recorded_at=row.recorded_at,
    )
