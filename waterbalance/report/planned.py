"""Everything that one planning of a scenario rests on and leads to: what reports are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from waterbalance.report.fallback import NO_FALLBACK, Fallback

if TYPE_CHECKING:
    from waterbalance.errors import Finding
    from waterbalance.forecast.fan import Fan
    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.horizon import Horizon
    from waterbalance.network.state import State
    from waterbalance.plan.plan import Plan
    from waterbalance.policy.goal import Policy
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.schedule.district import Turns
    from waterbalance.schedule.schedule import Schedule


@dataclass(frozen=True)
class SearchLimits:
    """Where each goal's search for switches ends (see `Planner`); None where it does not."""

    time_limit: float | None = None
    """Wall clock. [s]"""

    node_limit: int | None = None


@dataclass(frozen=True)
class Planned:
    """A scenario, the plan made for it, and the judgement on the plan."""

    scenario: Scenario
    horizon: Horizon
    forecasts: Forecasts
    """One member a series: the values that the scenario chose for planning, or those of the member that is shown."""

    policy: Policy
    state: State
    plan: Plan
    findings: tuple[Finding, ...]
    """What the audit found; empty when the plan is sound."""

    schedule: Schedule | None
    """Orders for the structures; None where the audit found something, because such a plan gives no orders."""

    turns: Turns | None = None
    """How the orders within the day came about, where the scenario has turns."""

    limits: SearchLimits = field(default_factory=SearchLimits)
    """What the search was allowed."""

    previous: Plan | None = None
    """The plan that this one was to stay near."""

    fallback: Fallback = NO_FALLBACK
    """Whether the plan is a full one, and why not."""

    fan: Fan | None = None
    """The futures that it was made for, where there were several."""
