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


def of_others(approvals: Collection[Approval], *issuers: str) -> tuple[Approval, ...]:
    """The approvals that count where one of `issuers` issues."""
    return tuple(each for each in approvals if not any(same(each.by, issuer) for issuer in issuers))


def still_needed(counted: Collection[Approval], needed: int) -> int:
    """How many more have to agree; 0 where a rule has."""
    if any(each.rule is not None for each in counted):
        return 0
    return max(0, needed - len(_people(counted)))


def lacking(plan: str, approvals: Collection[Approval], issuer: str, needed: int) -> tuple[Finding, ...]:
    """Why a plan that somebody has approved may not be issued yet; empty where it may."""
    counted = of_others(approvals, issuer)
    if not still_needed(counted, needed):
        return ()
    people = _people(counted)
    place, found = Place(component=f"plan {short(plan)}"), []
    if len(counted) < len(approvals):
        remedy = "Somebody else has to issue it, or to approve it: the issuer's approval does not count."
        found.append(Finding("who has approved a plan does not issue it", place, issuer, "somebody else", remedy))
    told = f"{len(people)} of {needed} have agreed" + (f": {', '.join(people.values())}" if people else "")
    remedy = f"`waterbalance approve {short(plan)} --by NAME`, by somebody else."
    return (*found, Finding("too few have approved the plan", place, told, str(needed), remedy))


def _people(counted: Collection[Approval]) -> dict[str, str]:
    """Each by whom they are counted, and by the name that was given."""
    return {identity(each.by): each.by for each in counted}
