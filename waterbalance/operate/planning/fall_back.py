"""A plan of a scenario, or the best that is left: the ladder by hand, without anything declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.operate.planning.expected import members_of
from waterbalance.operate.planning.ladder import plan_by_ladder
from waterbalance.operate.planning.ladder_settings import LadderSettings
from waterbalance.scenario.issuing import SECONDS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from waterbalance.operate.planning.plan_scenario import Stage
    from waterbalance.operate.planning.scheduled import Followed
    from waterbalance.plan.plan import Plan
    from waterbalance.policy.goal import Policy
    from waterbalance.report.planned import Planned
    from waterbalance.scenario.scenario import Scenario


def plan_or_fall_back(  # noqa: PLR0913 (as `plan_scenario`, and where to keep what failed)
    scenario: Scenario,
    start: dt.date | None = None,
    *,
    policy: Policy | None = None,
    previous: Plan | None = None,
    followed: Followed | None = None,
    time_limit: float | None = None,
    node_limit: int | None = None,
    on_stage: Callable[[Stage], None] | None = None,
    keep_in: Path | None = None,
) -> Planned:
    """Like `plan_scenario`, on the highest rung that holds; the program of a full plan that failed goes to `keep_in`.

    Raises `InputError` as `plan_scenario` does, and `NoPlanError` where no rung gives a plan.
    """
    begin = on_stage or (lambda _: None)
    begin("forecast")
    state, members = members_of(scenario, start)
    begin("solve")
    settings = LadderSettings(nodes=node_limit, search=None if time_limit is None else time_limit * SECONDS)
    return plan_by_ladder(
        scenario, state, members, settings, policy=policy, previous=previous, followed=followed, keep_in=keep_in
    ).planned
