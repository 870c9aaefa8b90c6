r"""Whether enough people have agreed to a plan for somebody to issue it; the issuer's own word is not counted.

    a rule has agreed,  or  |people who have agreed \ {issuer}| >= approvals

Names are compared as in `plan/people`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Place
from waterbalance.plan.people import identity, same
from waterbalance.plan.short_name import short

if TYPE_CHECKING:
    from collections.abc import Collection

    from waterbalance.schedule.envelope import Approval


def of_others(approvals: Collection[Approval], issuer: str) -> tuple[Approval, ...]:
    """The approvals that count where `issuer` issues."""
    return tuple(each for each in approvals if not same(each.by, issuer))


def lacking(plan: str, approvals: Collection[Approval], issuer: str, needed: int) -> tuple[Finding, ...]:
    """Why a plan that somebody has approved may not be issued yet; empty where it may."""
    counted = of_others(approvals, issuer)
    people = {identity(each.by): each.by for each in counted}
    if any(each.rule is not None for each in counted) or len(people) >= needed:
        return ()
    place, found = Place(component=f"plan {short(plan)}"), []
    if len(counted) < len(approvals):
        remedy = "Somebody else has to issue it, or to approve it: the issuer's approval does not count."
        found.append(Finding("who has approved a plan does not issue it", place, issuer, "somebody else", remedy))
    told = f"{len(people)} of {needed} have agreed" + (f": {', '.join(people.values())}" if people else "")
    remedy = f"`waterbalance approve {short(plan)} --by NAME`, by somebody else."
    return (*found, Finding("too few have approved the plan", place, told, str(needed), remedy))
