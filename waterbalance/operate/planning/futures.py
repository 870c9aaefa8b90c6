"""Plans for several futures: made, compared with plans that are not, and labelled so that nobody takes a member for the truth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from waterbalance.errors import WaterBalanceError
from waterbalance.optimise.foresight import compared

if TYPE_CHECKING:
    from waterbalance.forecast.fan import Fan
    from waterbalance.network.state import State
    from waterbalance.optimise.solve import Planner
    from waterbalance.plan.plan import Plan
    from waterbalance.policy.goal import Policy
    from waterbalance.scenario.scenario import Scenario


def plan_for(
    planner: Planner, scenario: Scenario, state: State, outlook: Fan, policy: Policy, previous: Plan | None = None
) -> Plan:
    """The plan for everything that may come, with what that is worth where the scenario asks for it."""
    plan = planner.plan(state, outlook, policy, previous=previous)
    settings = scenario.planning_ensemble
    if settings is None:
        return plan
    if not outlook.branches:
        return replace(plan, notes=("planned for one future: the members do not differ after the common days", *plan.notes))
    why_not: tuple[str, ...] = ()
    if settings.compare:
        try:
            plan = compared(planner, plan, state, outlook, policy, previous)
        except (WaterBalanceError, ArithmeticError, RuntimeError) as error:
            # The plan is there, and what it is worth is only told.
            why_not = (f"what planning for several futures is worth was not found: {error}",)
        # Plans after this one come out as if nothing had been compared.
        planner.begin_afresh()
    return replace(plan, notes=(_label(outlook), *why_not, *plan.notes))


def _label(outlook: Fan) -> str:
    """From when on the values are those of one member."""
    shown, parts = outlook.members[0], outlook.common_steps
    return (
        f"planned for {len(outlook.paths)} of {outlook.out_of} members: from {outlook.horizon.starts[parts]} on every value and "
        f"order shown is that of member {shown}, which lies nearest to all; results of goals and prices are expected values"
    )
