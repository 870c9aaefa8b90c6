r"""The life of a plan, from the run that made it to the day when another one takes its place.

    run -> reviewed -> approved -> current -> sent -> superseded
     \________________________________________/
                 rejected, withdrawn

`current`: its commands lie in the outbox. `sent`: every controller has confirmed them. An approved plan is superseded when
one that was made later is issued. A plan that was rejected, withdrawn or superseded does not come back: it is run again.
"""

from __future__ import annotations

from typing import Literal

from waterbalance.errors import Finding, Place, UsageError

PlanState = Literal["run", "reviewed", "approved", "current", "sent", "superseded", "rejected", "withdrawn"]

NEXT: dict[PlanState, frozenset[PlanState]] = {
    "run": frozenset({"reviewed", "approved", "rejected"}),
    "reviewed": frozenset({"approved", "rejected"}),
    "approved": frozenset({"current", "superseded", "rejected"}),
    "current": frozenset({"sent", "superseded", "withdrawn"}),
    "sent": frozenset({"superseded", "withdrawn"}),
    "superseded": frozenset(),
    "rejected": frozenset(),
    "withdrawn": frozenset(),
}

IN_FORCE: frozenset[PlanState] = frozenset({"current", "sent"})
"""States in which controllers follow the plan, or are being told to."""


ENDED: frozenset[PlanState] = frozenset({"superseded", "rejected", "withdrawn"})
"""States from which a plan does not come back."""


def require_step(plan: str, before: PlanState, after: PlanState) -> None:
    """Raises `UsageError` where a plan cannot go from one state to the other."""
    if after in NEXT[before]:
        return
    allowed = ", ".join(sorted(NEXT[before])) or "nothing: run the scenario again"
    finding = Finding(f"a plan that is {before} cannot become {after}", Place(component=plan), before, allowed)
    raise UsageError("the plan stays as it is", (finding,))
