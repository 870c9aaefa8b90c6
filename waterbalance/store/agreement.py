"""Whether plans, approvals and commands of the store are those that the audit log tells of.

A row that somebody wrote into a table by hand has no line in the log; a line that was cut off leaves a row behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from waterbalance.errors import Finding, InputError, Place
from waterbalance.plan.short_name import short
from waterbalance.schedule.canonical import sha256
from waterbalance.store.audit_log import entries, lines_about
from waterbalance.store.plans import damage_of
from waterbalance.store.tables import approvals, commands, plans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

QUEUED = frozenset({"queued", "sent once more"})
"""Lines that tell the hash of a command as it stands from then on."""

REMEDY = "Find out who wrote into the database; run and approve the plan again."


def disagreements(connection: Connection) -> tuple[Finding, ...]:
    """Rows without their line in the audit log, and rows that are not what was recorded; empty when all are."""
    told, queued = set(), {}
    for line in entries(connection):
        told.add((line["what"], line["by"], line["subject"]))
        if line["what"] in QUEUED:
            queued[line["subject"]] = line["details"].get("payload")
    ran = {subject for what, _, subject in told if what == "ran"}
    found = [_unknown(row.plan) for row in connection.execute(select(plans.c.plan).order_by(plans.c.plan)) if row.plan not in ran]
    agreed = connection.execute(select(approvals).order_by(approvals.c.plan, approvals.c.by))
    found.extend(_untold(row.plan, row.by) for row in agreed if ("approved", row.by, row.plan) not in told)
    return (*found, *_damaged(connection), *_altered(connection, queued))


def _damaged(connection: Connection) -> Iterator[Finding]:
    """Plans whose content is not that of their hash."""
    for row in connection.execute(select(plans.c.plan, plans.c.content).order_by(plans.c.recorded_at, plans.c.plan)):
        finding = damage_of(row.plan, bytes(row.content))
        if finding is not None:
            yield finding


def _altered(connection: Connection, queued: Mapping[str, str | None]) -> Iterator[Finding]:
    """Commands that are not those of their last line."""
    columns = (commands.c.cmd_id, commands.c.controller, commands.c.payload)
    for row in connection.execute(select(*columns).order_by(commands.c.controller, commands.c.sequence)):
        where, own = Place(component=f"{row.controller}, command {row.cmd_id}"), sha256(bytes(row.payload))
        if row.cmd_id not in queued:
            yield Finding("a command that no line of the log tells of", where, remedy=REMEDY)
        elif queued[row.cmd_id] is not None and own != queued[row.cmd_id]:
            # The first versions told no hash.
            yield Finding("the command is not the one that was queued", where, own, queued[row.cmd_id], REMEDY)


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
    return Finding("a plan that no line of the log tells of", Place(component=f"plan {short(plan)}"), remedy=REMEDY)


def _untold(plan: str, by: str) -> Finding:
    return Finding("an approval that no line of the log tells of", Place(component=f"plan {short(plan)}"), by, remedy=REMEDY)
