"""Why users of a scenario go short, in words or as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from waterbalance.errors import UsageError
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.report.json_text import json_text
from waterbalance.report.numbers import number_lines
from waterbalance.report.why import sentences, why, whys

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.errors import NoPlanError
    from waterbalance.horizon import Horizon
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned
    from waterbalance.report.why import Why
    from waterbalance.scenario.scenario import Scenario


@dataclass(frozen=True)
class Explanation:
    """What was asked of a planned scenario, and the chains that answer it."""

    planned: Planned
    user: str | None
    day: dt.date | None
    whys: tuple[Why, ...]


def explain(scenario: Scenario, user: str | None = None, day: dt.date | None = None) -> Explanation:
    """Plan a scenario and tell why `user` is short on `day`: the worst step of each user, or all users, where left out.

    Raises `UsageError` where there is no such user or day, and `NoPlanError` with its reasons where there is no plan.
    """
    planned = plan_scenario(scenario)
    network, plan = planned.scenario.network, planned.plan
    users = sorted(component for component, quantity in plan.values if quantity == "shortage")
    if user is not None and user not in users:
        raise UsageError(f"--component wants a user, one of {', '.join(users)}; found {user!r}")
    if day is None:
        found = [each for each in whys(network, plan, len(users)) if user in {None, each.user}]
    else:
        step = _step(planned.horizon, day)
        asked = users if user is None else [user]
        found = [each for each in (why(network, plan, name, step) for name in asked) if each is not None]
    return Explanation(planned, user, day, tuple(found))


def numbers_text(explanation: Explanation, say: Wording) -> str:
    """How far the numbers of the plan lay apart, line by line."""
    planned = explanation.planned
    numbers = planned.plan.numbers
    lines = [] if numbers is None else number_lines(numbers, planned.scenario.network, say)
    return "\n".join([say.pair("numbers", "").rstrip(), *(f"  - {line}" for line in lines)]) + "\n"


def explanation_text(explanation: Explanation, say: Wording) -> str:
    """Each chain as a sentence and a list."""
    network = explanation.planned.scenario.network
    if not explanation.whys:
        if explanation.user is None or explanation.day is None:
            return say("short.none") + "\n"
        user = say.name(network, explanation.user)
        return say("short.not_short", user=user, day=say.day(str(explanation.day))) + "\n"
    blocks = []
    for told in explanation.whys:
        head, *reasons = sentences(told, network, say)
        blocks.append("\n".join([head, *(f"  - {reason}" for reason in reasons)]))
    return "\n\n".join(blocks) + "\n"


def explanation_json(explanation: Explanation) -> str:
    """The same for programs."""
    planned = explanation.planned
    return json_text(
        {
            "schema": "waterbalance.explain/1",
            "scenario": planned.scenario.name,
            "start": str(planned.horizon.start),
            "policy": planned.plan.policy,
            "shortages": [asdict(each) for each in explanation.whys],
            "numbers": None if planned.plan.numbers is None else asdict(planned.plan.numbers),
            "notes": list(planned.plan.notes),
        }
    )


def no_plan_json(scenario: Scenario, error: NoPlanError) -> str:
    """Why there is no plan to explain, for programs."""
    reasons = [asdict(finding) for finding in error.findings]
    return json_text({"schema": "waterbalance.no_plan/1", "scenario": scenario.name, "what": error.title, "reasons": reasons})


def _step(horizon: Horizon, day: dt.date) -> int:
    for step, (start, end) in enumerate(zip(horizon.starts, horizon.ends, strict=True)):
        if start <= day < end:
            return step
    raise UsageError(f"--date wants a day of the plan, from {horizon.start} to before {horizon.end}; found {day}")
