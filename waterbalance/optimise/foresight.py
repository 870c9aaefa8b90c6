"""What it is worth to plan for several futures, and what it would be worth to know which one comes.

    plan         orders of the common days for all members, then each member's own
    one value    orders of the common days from a plan for one value of the members, then each member's own
    known ahead  each member's own orders from the first day on

    value of the stochastic solution  = one value - plan      what planning for the members brings
    value of perfect information      = plan - known ahead    what better forecasts could bring at most

all as expected values of a goal that is minimised. For the first goal, unless its shortage is shared, neither is below zero;
later goals and shared ones may pay for what goals before them gain.
Source: Birge and Louveaux (2011), Introduction to stochastic programming, doi:10.1007/978-1-4614-0237-4, chapter 4.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from waterbalance.errors import NoPlanError
from waterbalance.plan.orders import is_set, storages_among
from waterbalance.plan.plan import Compared

if TYPE_CHECKING:
    from waterbalance.forecast.fan import Fan
    from waterbalance.network.state import State
    from waterbalance.optimise.solve import Planner
    from waterbalance.plan.plan import Plan
    from waterbalance.policy.goal import Policy


def compared(planner: Planner, plan: Plan, state: State, fan: Fan, policy: Policy, previous: Plan | None = None) -> Plan:
    """The plan with what each of its goals would be expected to be with others; as it is where it has one future."""
    if plan.ensemble is None:
        return plan
    goals_alone = policy.model_copy(update={"smallest_change": False})
    by_one_value = planner.plan(state, fan.expected, policy, previous=previous)
    storages = storages_among(by_one_value.stocks)
    orders = {
        key: values[: fan.common_steps]
        for key, values in by_one_value.values.items()
        if key in planner.step.columns and is_set(planner.network[key[0]], key[1], storages)
    }
    try:
        ordered: Plan | None = planner.plan(state, fan, goals_alone, orders=orders)
    except NoPlanError:
        ordered = None
    ahead = planner.plan(state, fan.known_ahead(), goals_alone)
    goals = tuple(
        Compared(
            name=rank.name,
            sense=rank.sense,
            value=rank.value,
            by_one_value=None if ordered is None else ordered.ranks[number].value,
            known_ahead=ahead.ranks[number].value,
        )
        for number, rank in enumerate(plan.ranks)
    )
    return replace(plan, ensemble=replace(plan.ensemble, goals=goals))
