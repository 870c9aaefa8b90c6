"""From a scenario to an audited plan and its orders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from waterbalance.forecast.fan import Fan
from waterbalance.operate.planning.expected import members_of, outlook_of
from waterbalance.operate.planning.futures import plan_for
from waterbalance.operate.planning.scheduled import turns_of
from waterbalance.optimise.solve import Planner
from waterbalance.plan.audit import audit
from waterbalance.plan.audit_branches import audit_branches
from waterbalance.report.planned import Planned, SearchLimits
from waterbalance.scenario.hints import hints
from waterbalance.scenario.not_carried import not_carried
from waterbalance.scenario.state import unknown_past
from waterbalance.schedule.derive import derive_schedule

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.network.state import State
    from waterbalance.operate.planning.scheduled import Followed
    from waterbalance.plan.plan import Plan
    from waterbalance.policy.goal import Policy
    from waterbalance.scenario.scenario import Scenario

Stage = Literal["forecast", "solve", "audit", "schedule"]


def plan_scenario(
    scenario: Scenario,
    start: dt.date | None = None,
    *,
    policy: Policy | None = None,
    previous: Plan | None = None,
    followed: Followed | None = None,
    time_limit: float | None = None,
    node_limit: int | None = None,
    on_stage: Callable[[Stage], None] | None = None,
) -> Planned:
    """Plan a scenario from its own first day or from `start`, by its own policy or by another one.

    Of equally good plans the one nearest to `previous` is taken; turns go on from the orders that were `followed`. Limits are
    those of each goal's search for switches (see `Planner`) and, in seconds, of each search for turns. `on_stage` hears of each
    stage before it begins. A plan in which the audit finds something has no schedule.
    Raises `InputError` where the scenario does not cover the horizon, and `NoPlanError` where there is no plan.
    """
    (planned,) = plan_by_policies(
        scenario,
        (policy or scenario.policy,),
        start,
        previous=previous,
        followed=followed,
        time_limit=time_limit,
        node_limit=node_limit,
        on_stage=on_stage,
    )
    return planned


def plan_by_policies(
    scenario: Scenario,
    policies: Sequence[Policy],
    start: dt.date | None = None,
    *,
    previous: Plan | None = None,
    followed: Followed | None = None,
    time_limit: float | None = None,
    node_limit: int | None = None,
    on_stage: Callable[[Stage], None] | None = None,
) -> tuple[Planned, ...]:
    """Plan a scenario once by every policy, on one forecast and with one program that is kept warm; see `plan_scenario`."""
    begin = on_stage or _silent
    begin("forecast")
    state, members = members_of(scenario, start)
    limits = SearchLimits(time_limit, node_limit)
    outlook = outlook_of(scenario, members)
    return plan_expected(scenario, state, outlook, policies, previous=previous, followed=followed, limits=limits, on_stage=begin)


def plan_expected(
    scenario: Scenario,
    state: State,
    expected: Forecasts | Fan,
    policies: Sequence[Policy],
    *,
    previous: Plan | None = None,
    followed: Followed | None = None,
    limits: SearchLimits | None = None,
    on_stage: Callable[[Stage], None] | None = None,
) -> tuple[Planned, ...]:
    """Plan from a state and forecasts (one member a series, or a fan) that somebody has at hand; see `plan_by_policies`."""
    outlook = Fan.of(expected)
    begin, limits = on_stage or _silent, limits or SearchLimits()
    planner: Planner | None = None
    planned = []
    for policy in policies:
        begin("solve")
        planner = planner or Planner(scenario.network, time_limit=limits.time_limit, node_limit=limits.node_limit)
        plan = _noted(plan_for(planner, scenario, state, outlook, policy, previous), previous)
        made = judged(scenario, outlook, policy, plan, begin, followed, limits.time_limit)
        planned.append(replace(made, limits=limits, previous=previous))
    return tuple(planned)


def judged(
    scenario: Scenario,
    expected: Forecasts | Fan,
    policy: Policy,
    plan: Plan,
    on_stage: Callable[[Stage], None] | None = None,
    followed: Followed | None = None,
    time_limit: float | None = None,
) -> Planned:
    """A plan with what is to be noted, what the audit says, and, where that is nothing, its orders."""
    begin = on_stage or _silent
    outlook = Fan.of(expected)
    state, shown = plan.opening, outlook.paths[0]
    told = (*not_carried(scenario), *plan.notes, *hints(scenario, policy), *unknown_past(state), *shown.doubts)
    plan = replace(plan, notes=told)
    begin("audit")
    several = plan.ensemble is not None
    findings = audit_branches(plan, scenario.network, outlook.paths) if several else audit(plan, scenario.network, shown)
    begin("schedule")
    turns = None if findings else turns_of(scenario, plan, followed, time_limit)
    plan = replace(plan, notes=(*plan.notes, *turns.notes)) if turns else plan
    even = None if findings or turns else derive_schedule(plan, scenario.network)
    schedule = turns.schedule if turns else even
    fan = outlook if outlook.branches else None
    return Planned(scenario, shown.horizon, shown, policy, state, plan, findings, schedule, turns, fan=fan)


def _noted(plan: Plan, previous: Plan | None) -> Plan:
    """The plan, with a note where the previous one says nothing about any of its steps."""
    if previous is None:
        return plan
    steps, before = (set(zip(each.horizon.starts, each.horizon.ends, strict=True)) for each in (plan, previous))
    ended_last_night = plan.horizon.start in previous.horizon.ends
    if (steps & before or ended_last_night) and set(plan.values) & set(previous.values):
        return plan
    return replace(plan, notes=(*plan.notes, "the previous plan has no step and flow in common with this one"))


def _silent(_: Stage) -> None:
    """Nobody listens."""
