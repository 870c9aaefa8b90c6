"""A plan for several futures: the same orders in the common days, then a branch for each member of the forecasts.

Every branch is a plan by itself, from the opening state along the common days to the end of the horizon, and is judged as one:

    audit(branch, what its member tells) finds nothing, and in the common steps all branches are the same
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, Place
from waterbalance.plan.audit import audit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.horizon import Floats
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Key, Plan


def expected_on_stem(values: Floats, probability: Sequence[float]) -> Floats:
    """The expected value in each common step of what has shape (branches, common steps).

    Equal values stay as they are, to the last digit, and infinite ones infinite.
    """
    common: Floats = np.where((values == values[0]).all(axis=0), values[0], np.array(probability) @ values)
    return common


@dataclass(frozen=True)
class Branch:
    """One future, and the plan for it."""

    member: int
    """Its number among all members."""

    probability: float
    """[1]"""

    plan: Plan


@dataclass(frozen=True)
class Compared:
    """One goal: what it is expected to be with this plan, and with others."""

    name: str
    sense: str
    value: float
    """Expected value with the plan."""

    by_one_value: float | None
    """The same when in the common days the orders of a plan for one value of the members are followed; None where these fit no
    plan for some member."""

    known_ahead: float
    """The same if it were known today which member comes: no plan does better."""


@dataclass(frozen=True)
class Ensemble:
    """The futures of a plan."""

    branches: tuple[Branch, ...]
    """The first is the one that is shown: its member lies nearest to all the others."""

    common_steps: int
    """In how many of the first steps all branches are the same."""

    out_of: int
    """How many members there were before few were chosen to stand for all."""

    distance: float
    """How far the chosen ones are from all, as a share of how far members lie from their mean. [-]"""

    goals: tuple[Compared, ...] = ()
    """What the plan is worth beside others; empty where that was not asked for."""

    def agreed(self, of_branches: Sequence[Mapping[Key, Floats]]) -> tuple[Mapping[Key, Floats], ...]:
        """Values by branch, with the expected value of all branches in the common steps."""
        found = [dict(each) for each in of_branches]
        probability = [branch.probability for branch in self.branches]
        for key in found[0]:
            if all(key in each for each in found):
                common = expected_on_stem(np.array([each[key][: self.common_steps] for each in found]), probability)
                for each in found:
                    each[key] = np.concatenate([common, each[key][self.common_steps :]])
        return tuple(found)


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
