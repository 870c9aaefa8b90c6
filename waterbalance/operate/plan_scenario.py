"""From a scenario to an audited plan and its orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.report.planned import Planned
from waterbalance.scenario.forecasts import forecast
from waterbalance.scenario.scenario import horizon_of
from waterbalance.scenario.state import state_at
from waterbalance.schedule.derive import derive_schedule

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from waterbalance.policy.goal import Policy
    from waterbalance.scenario.scenario import Scenario

Stage = Literal["forecast", "solve", "audit", "schedule"]


def plan_scenario(
    scenario: Scenario,
    start: dt.date | None = None,
    *,
    policy: Policy | None = None,
    on_stage: Callable[[Stage], None] | None = None,
) -> Planned:
    """Plan a scenario from its own first day or from `start`, by its own policy or by another one.

    `on_stage` hears of each stage before it begins. A plan in which the audit finds something has no schedule.
    Raises `InputError` where the scenario does not cover the horizon, and `NoPlanError` where there is no plan.
    """
    begin = on_stage or _silent
    begin("forecast")
    horizon = horizon_of(scenario, start)
    state = state_at(scenario, horizon.start)
    expected = forecast(scenario, horizon=horizon).choose(scenario.planning_values)
    begin("solve")
    preferred = policy or scenario.policy
    plan = solve(scenario.network, state, expected, preferred)
    begin("audit")
    findings = audit(plan, scenario.network, expected)
    begin("schedule")
    schedule = None if findings else derive_schedule(plan, scenario.network)
    return Planned(scenario, horizon, expected, preferred, state, plan, findings, schedule)


def _silent(_: Stage) -> None:
    """Nobody listens."""
