"""The futures that a plan was made for: members and their probabilities, and what planning for all of them is worth."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.report.row import goal_amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.plan.plan import Compared
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned
    from waterbalance.report.row import Row

FUTURE_COLUMNS = ("goal", "futures.plan", "futures.one_value", "futures.known_ahead")
"""Columns of `future_rows`."""


@dataclass(frozen=True)
class GoalInFutures:
    """One goal: its expected value with the plan and with others."""

    name: str
    sense: str
    unit: str
    plan: float
    one_value: float | None
    """When in the common days a plan for one value of the members is followed; None where that fits no plan for some member."""

    known_ahead: float
    """If it were known today which member comes."""

    value_of_stochastic_solution: float | None
    """How much better the plan is than that for one value. [goal]"""

    value_of_perfect_information: float
    """How much better it could be at most with other forecasts. [goal]"""


@dataclass(frozen=True)
class Futures:
    """The members that a plan was made for; the first one is shown."""

    members: tuple[int, ...]
    probability: tuple[float, ...]
    out_of: int
    distance: float
    """Transport distance to all members, as a share of how far they lie from their mean. [-]"""

    common_steps: int
    last_common_day: str
    goals: tuple[GoalInFutures, ...]


def futures(planned: Planned, units: Mapping[str, str]) -> Futures | None:
    """What a plan says of its futures, with the `units` of its goals; None where it has one."""
    ensemble = planned.plan.ensemble
    if ensemble is None:
        return None
    parts = planned.horizon.edges[ensemble.common_steps]
    return Futures(
        members=tuple(branch.member for branch in ensemble.branches),
        probability=tuple(branch.probability for branch in ensemble.branches),
        out_of=ensemble.out_of,
        distance=ensemble.distance,
        common_steps=ensemble.common_steps,
        last_common_day=str(parts - dt.timedelta(days=1)),
        goals=tuple(_goal(each, units.get(each.name, "")) for each in ensemble.goals),
    )


def _goal(each: Compared, unit: str) -> GoalInFutures:
    sign = 1.0 if each.sense == "minimise" else -1.0
    gain = None if each.by_one_value is None else sign * (each.by_one_value - each.value)
    ahead = sign * (each.value - each.known_ahead)
    return GoalInFutures(each.name, each.sense, unit, each.value, each.by_one_value, each.known_ahead, gain, ahead)


def futures_told(told: Futures, say: Wording) -> str:
    """Which members stand for all, how likely each is, and how well they do."""
    members = ", ".join(
        say("futures.member", member=member, likely=say.percent(likely, 0))
        for member, likely in zip(told.members, told.probability, strict=True)
    )
    return say(
        "futures.told",
        count=len(told.members),
        out_of=told.out_of,
        members=members,
        until=say.date(told.last_common_day),
        shown=told.members[0],
        distance=say.percent(told.distance, 0),
    )


def future_rows(told: Futures, say: Wording) -> list[Row]:
    """Goal, and its expected value with the plan, with a plan for one value, and if the member were known."""
    return [
        (
            say.known("goal", each.name),
            goal_amount(each.plan, each.unit, say),
            say("futures.no_plan") if each.one_value is None else goal_amount(each.one_value, each.unit, say),
            goal_amount(each.known_ahead, each.unit, say),
        )
        for each in told.goals
    ]
