"""Whether plans, approvals and commands of the store are those that the audit log tells of, and in the state that it tells.

A row that somebody wrote into a table by hand has no line in the log; a line that was cut off leaves a row behind, and a row
that was taken away its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from sqlalchemy import select

from waterbalance.errors import Finding, InputError, Place
from waterbalance.plan.life_cycle import PlanState
from waterbalance.plan.short_name import short
from waterbalance.schedule.canonical import sha256
from waterbalance.store.audit_log import entries, lines_about
from waterbalance.store.outbox import ALL, OPEN
from waterbalance.store.plans import damage_of
from waterbalance.store.tables import approvals, commands, plans

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlalchemy import Connection

QUEUED = frozenset({"queued", "sent once more"})
"""Lines that tell the hash of a command as it stands from then on."""

WAITING = QUEUED | {"forgotten by the device"}
"""Lines after which a command waits to be sent."""

STATES = WAITING | ALL | (frozenset(get_args(PlanState)) - {"run"})
"""Lines after which a plan or a command is in another state."""

REMEDY = "Find out who wrote into the database; run and approve the plan again."


def disagreements(connection: Connection) -> tuple[Finding, ...]:
    """Rows without their line in the audit log, and rows that are not what was recorded; empty when all are."""
    told: dict[tuple[str, str, str], None] = {}
    queued: dict[str, str | None] = {}
    states: dict[str, str] = {}
    for line in entries(connection):
        what, subject = line["what"], line["subject"]
        told[what, line["by"], subject] = None
        if what in QUEUED:
            queued[subject] = line["details"].get("payload")
        if what in STATES:
            states[subject] = "waiting" if what in WAITING else what
    ran = dict.fromkeys(subject for what, _, subject in told if what == "ran")
    approved = dict.fromkeys((subject, by) for what, by, subject in told if what == "approved" and subject in ran)
    return (
        *_plans_told(connection, ran, states),
        *_approvals_told(connection, approved),
        *_damaged(connection),
        *_commands_told(connection, queued, states),
    )


def _plans_told(connection: Connection, ran: Collection[str], states: Mapping[str, str]) -> Iterator[Finding]:
    there = {row.plan: row.state for row in connection.execute(select(plans.c.plan, plans.c.state).order_by(plans.c.plan))}
    for plan, state in there.items():
        if plan not in ran:
            yield _unknown(plan)
        elif state != states.get(plan, "run"):
            yield Finding("the plan is not in the state that the log tells", _of(plan), state, states.get(plan, "run"), REMEDY)
    yield from (
        Finding("a plan that the log tells of is not there", _of(plan), remedy=REMEDY) for plan in ran if plan not in there
    )


def _approvals_told(connection: Connection, approved: Collection[tuple[str, str]]) -> Iterator[Finding]:
    agreed = connection.execute(select(approvals).order_by(approvals.c.plan, approvals.c.by))
    there = {(row.plan, row.by): None for row in agreed}
    yield from (_untold(plan, by) for plan, by in there if (plan, by) not in approved)
    what = "an approval that the log tells of is not there"
    yield from (Finding(what, _of(plan), by, remedy=REMEDY) for plan, by in approved if (plan, by) not in there)


def _damaged(connection: Connection) -> Iterator[Finding]:
    """Plans whose content is not that of their hash."""
    for row in connection.execute(select(plans.c.plan, plans.c.content).order_by(plans.c.recorded_at, plans.c.plan)):
        finding = damage_of(row.plan, bytes(row.content))
        if finding is not None:
            yield finding


def _commands_told(connection: Connection, queued: Mapping[str, str | None], states: Mapping[str, str]) -> Iterator[Finding]:
    """Commands that are not those of their last line; that one is on its way, no line tells."""
    columns = (commands.c.cmd_id, commands.c.controller, commands.c.payload, commands.c.state)
    there = set()
    for row in connection.execute(select(*columns).order_by(commands.c.controller, commands.c.sequence)):
        there.add(row.cmd_id)
        where, own = Place(component=f"{row.controller}, command {row.cmd_id}"), sha256(bytes(row.payload))
        if row.cmd_id not in queued:
            yield Finding("a command that no line of the log tells of", where, remedy=REMEDY)
        elif queued[row.cmd_id] is not None and own != queued[row.cmd_id]:
            # The first versions told no hash.
            yield Finding("the command is not the one that was queued", where, own, queued[row.cmd_id], REMEDY)
        state = states.get(row.cmd_id, row.state)
        if row.state != state and not (row.state == "sending" and state in OPEN):
            yield Finding("the command is not in the state that the log tells", where, row.state, state, REMEDY)
    what = "a command that the log tells of is not there"
    yield from (Finding(what, Place(component=f"command {each}"), remedy=REMEDY) for each in queued if each not in there)


def require_told(connection: Connection, plan: str) -> None:
    """Raises `InputError` where a plan's approvals are not those of the audit log, of which only its own lines are read."""
    lines, wrong = lines_about(connection, plan)
    told = {(line["what"], line["by"]) for line in lines}
    by = connection.execute(select(approvals.c.by).where(approvals.c.plan == plan).order_by(approvals.c.by)).scalars()
    found = [*wrong, *(_untold(plan, each) for each in by if ("approved", each) not in told)]
    if "ran" not in {what for what, _ in told}:
        found.append(_unknown(plan))
    if found:
        raise InputError("nothing is issued: the store is not what the audit log tells", tuple(found))


def _unknown(plan: str) -> Finding:
    return Finding("a plan that no line of the log tells of", _of(plan), remedy=REMEDY)


def _untold(plan: str, by: str) -> Finding:
    return Finding("an approval that no line of the log tells of", _of(plan), by, remedy=REMEDY)


def _of(plan: str) -> Place:
    return Place(component=f"plan {short(plan)}")
