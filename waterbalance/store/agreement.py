"""Whether plans and approvals of the store are those that the audit log tells of.

A row that somebody wrote into a table by hand has no line in the log; a line that was cut off leaves a row behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from waterbalance.errors import Finding, InputError, Place
from waterbalance.plan.short_name import short
from waterbalance.store.audit_log import entries
from waterbalance.store.tables import approvals, plans

if TYPE_CHECKING:
    from sqlalchemy import Connection

REMEDY = "Find out who wrote into the database; run and approve the plan again."


def disagreements(connection: Connection) -> tuple[Finding, ...]:
    """Rows without their line in the audit log; empty when all have one."""
    told = {(line["what"], line["by"], line["subject"]) for line in entries(connection)}
    ran = {subject for what, _, subject in told if what == "ran"}
    found = [
        Finding("a plan that no line of the log tells of", Place(component=f"plan {short(row.plan)}"), remedy=REMEDY)
        for row in connection.execute(select(plans.c.plan).order_by(plans.c.plan))
        if row.plan not in ran
    ]
    for row in connection.execute(select(approvals).order_by(approvals.c.plan, approvals.c.by)):
        if ("approved", row.by, row.plan) not in told:
            where = Place(component=f"plan {short(row.plan)}")
            found.append(Finding("an approval that no line of the log tells of", where, row.by, remedy=REMEDY))
    return tuple(found)


def require_told(connection: Connection, plan: str) -> None:
    """Raises `InputError` where a plan's approvals are not those of the audit log."""
    wrong = tuple(each for each in disagreements(connection) if each.where.component == f"plan {short(plan)}")
    if wrong:
        raise InputError("nothing is issued: the store is not what the audit log tells", wrong)
