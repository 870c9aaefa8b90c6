"""The audit of a plan for several futures: the same orders in the common days, then a branch for each member of the forecasts.

Every branch is a plan by itself, from the opening state along the common days to the end of the horizon, and is judged as one:

    audit(branch, what its member tells) finds nothing, and in the common steps all branches are the same
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, Place
from waterbalance.plan.audit import audit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Branch, Plan


def audit_branches(plan: Plan, network: Network, paths: Sequence[Forecasts]) -> tuple[Finding, ...]:
    """Everything that does not hold in any branch; `paths` has what each member tells, in the order of the branches."""
    if plan.ensemble is None:
        return audit(plan, network, paths[0])
    found: list[Finding] = []
    for branch, forecasts in zip(plan.ensemble.branches, paths, strict=True):
        of_member = audit(branch.plan, network, forecasts)
        found.extend(replace(each, what=f"member {branch.member}: {each.what}") for each in of_member)
        found.extend(_parted_early(plan, branch, plan.ensemble.common_steps))
    total = sum(branch.probability for branch in plan.ensemble.branches)
    if abs(total - 1.0) > 1e-9:
        found.append(Finding("the probabilities of the members do not add up", found=f"{total:.6g}", allowed="1"))
    return tuple(found)


def _parted_early(plan: Plan, branch: Branch, common: int) -> Iterator[Finding]:
    """What a branch does otherwise while nobody can know yet which member comes."""
    for (component, quantity), values in plan.values.items():
        differs = branch.plan.values[component, quantity][:common] != values[:common]
        for t in np.flatnonzero(differs)[:1]:
            where = Place(component=component, date=str(plan.horizon.starts[t]))
            own, others = branch.plan.values[component, quantity][t], values[t]
            what = f"member {branch.member}: {quantity} differs before members part"
            yield Finding(what, where, f"{own:.6g}", f"{others:.6g}")
