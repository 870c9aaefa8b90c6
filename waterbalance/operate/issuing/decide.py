"""What somebody, or a declared rule, says to a plan of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from waterbalance.errors import ApprovalError, Finding, Place, UsageError
from waterbalance.operate.issuing.auto_approve import approve_automatically
from waterbalance.plan.people import person, same
from waterbalance.plan.short_name import short
from waterbalance.store.nights import planned_by
from waterbalance.store.plans import approve, find, move, require_whole

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection

    from waterbalance.scenario.issuing import IssuingSettings
    from waterbalance.store.database import Store


def decide(store: Store, plan: str, decision: Literal["approved", "reviewed", "rejected"], by: str, at: dt.datetime) -> str:
    """Write a decision down; returns the plan's whole hash.

    Raises `UsageError` where the plan cannot be decided on any more, or `by` is the name by which its night issues.
    """
    by = person(by)
    with store.writing() as connection:
        stored = find(connection, plan)
        if decision == "approved":
            _require_another(connection, stored.plan, by)
            approve(connection, stored.plan, by, at)
        else:
            if decision == "reviewed":
                require_whole((stored,))
            move(connection, stored.plan, decision, by, at)
    return stored.plan


def _require_another(connection: Connection, plan: str, by: str) -> None:
    """The job of a plan issues it too: its own name is nobody's approval."""
    if any(same(by, each) for each in planned_by(connection, plan)):
        allowed, remedy = "somebody else", "Approve it by the name of a person: --by NAME."
        finding = Finding("who issues a plan does not approve it", Place(component=f"plan {short(plan)}"), by, allowed, remedy)
        raise UsageError("the plan stays as it is", (finding,))


def decide_by_rule(store: Store, plan: str, settings: IssuingSettings, at: dt.datetime) -> str:
    """Approve by the declared rule; returns the plan's whole hash.

    Raises `UsageError` where there is no rule, and `ApprovalError` with everything that lies outside of its envelope.
    """
    if settings.automatic_approval is None:
        remedy = "Write 'issuing: automatic_approval: greatest_change: ...' into the scenario, or approve it yourself."
        raise UsageError("nothing is approved", (Finding("the scenario declares no rule", remedy=remedy),))
    with store.reading() as connection:
        stored = find(connection, plan)
    outside = approve_automatically(store, stored.plan, settings.automatic_approval, at)
    if outside:
        raise ApprovalError("the plan lies outside of the declared envelope; somebody has to look at it", outside)
    return stored.plan
