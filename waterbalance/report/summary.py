"""The numbers that a planner wants first, as plain values; pages, tables and files show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from waterbalance.plan.side import Side, goal_measure
from waterbalance.report.binding import bindings, limits
from waterbalance.report.conditions import below_dead_storage, end_conditions, kept_flows, stages
from waterbalance.report.drought_stages import announced_stages, stage_damages
from waterbalance.report.futures import futures
from waterbalance.report.outages import planned_outages
from waterbalance.report.provenance import provenance
from waterbalance.report.recorded import recorded
from waterbalance.report.storages import storages
from waterbalance.report.supply import supply_by_class
from waterbalance.report.turn_rounds import field_rounds
from waterbalance.report.turns import field_turns, turn_searches
from waterbalance.report.why import whys
from waterbalance.units import MONEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.plan.plan import Rank
    from waterbalance.report.binding import Binding, LimitBinding
    from waterbalance.report.conditions import EndCondition, KeptFlow, Stage
    from waterbalance.report.drought_stages import AnnouncedStage, StageDamage
    from waterbalance.report.futures import Futures
    from waterbalance.report.outages import PlannedOutage
    from waterbalance.report.planned import Planned
    from waterbalance.report.provenance import SeriesOrigin
    from waterbalance.report.recorded import Recorded
    from waterbalance.report.storages import StorageOutlook
    from waterbalance.report.supply import ClassSupply
    from waterbalance.report.turn_rounds import FieldRound
    from waterbalance.report.turns import FieldTurn, TurnSearch
    from waterbalance.report.why import Why
    from waterbalance.scenario.scenario import Scenario


@dataclass(frozen=True)
class GoalResult:
    """One goal as it came out."""

    rank: int
    name: str
    sense: str
    value: float
    price_of_equity: float
    """How much worse the goal became because its shortage is shared. [goal]"""

    gap: float
    stop: str
    unit: str
    """The one unit of its measures, or that it is a weighted sum, and of what."""


@dataclass(frozen=True)
class Summary:
    """One plan in numbers. Volumes in [m3]."""

    scenario: str
    title: Mapping[str, str]
    time_zone: str
    start: str
    last_day: str
    steps: int
    policy: str
    passes: int
    audit: tuple[str, ...]
    """What the audit found; empty when the plan is sound."""

    storages: tuple[StorageOutlook, ...]
    supply: tuple[ClassSupply, ...]
    binding: tuple[Binding, ...]
    limits: tuple[LimitBinding, ...]
    why_short: tuple[Why, ...]
    end_conditions: tuple[EndCondition, ...]
    kept_flows: tuple[KeptFlow, ...]
    below_dead_storage: tuple[tuple[str, float], ...]
    stages: tuple[Stage, ...]
    outages: tuple[PlannedOutage, ...]
    drought_stages: tuple[AnnouncedStage, ...]
    """Which drought stage is announced when, and why."""

    turns: tuple[FieldTurn, ...]
    """What the turns bring to each field, and what prevents more."""

    turn_rounds: tuple[FieldRound, ...]
    """How far the running round of turns has come at each field."""

    turn_searches: tuple[TurnSearch, ...]
    stage_damages: tuple[StageDamage, ...]
    """What those announcements cost and avoid."""

    goals: tuple[GoalResult, ...]
    planning_values: Mapping[str, str | float]
    futures: Futures | None
    """The members that it was planned for, where there were several."""

    recorded: tuple[Recorded, ...]
    """What really happened beside what the plan says, where the scenario has a record."""

    series: tuple[SeriesOrigin, ...]
    notes: tuple[str, ...]
    fallback_rung: int
    """0 for a full plan."""

    fallback_label: str
    fallback_reasons: tuple[str, ...]
    """Why each rung before it was left."""

    @property
    def sound(self) -> bool:
        """Whether the audit found nothing."""
        return not self.audit

    def to_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        values = asdict(self)
        for row, supply in zip(values["supply"], self.supply, strict=True):
            row |= {"supply": supply.supply, "share": supply.share}
        return {"schema": "waterbalance.summary/1", "fallback_rung": self.fallback_rung, **values}


def summarise(planned: Planned) -> Summary:
    """Read everything off a plan."""
    plan, units = planned.plan, _units_of_goals(planned)
    return Summary(
        scenario=planned.scenario.name,
        title=dict(planned.scenario.title),
        time_zone=planned.scenario.time_zone,
        start=str(planned.horizon.start),
        last_day=str(planned.horizon.end - dt.timedelta(days=1)),
        steps=len(planned.horizon),
        policy=plan.policy,
        passes=plan.passes,
        audit=tuple(str(finding) for finding in planned.findings),
        storages=storages(planned),
        supply=supply_by_class(planned),
        binding=bindings(planned),
        limits=limits(planned),
        why_short=whys(planned.scenario.network, plan),
        end_conditions=end_conditions(planned),
        kept_flows=kept_flows(planned),
        below_dead_storage=below_dead_storage(planned),
        stages=stages(planned),
        outages=planned_outages(planned),
        drought_stages=announced_stages(planned),
        turns=field_turns(planned),
        turn_rounds=field_rounds(planned),
        turn_searches=turn_searches(planned),
        stage_damages=stage_damages(planned),
        goals=_goals(planned, units),
        planning_values=_planning_values(planned.scenario),
        futures=futures(planned, units),
        recorded=recorded(planned),
        series=provenance(planned),
        notes=plan.notes,
        fallback_rung=planned.fallback.rung,
        fallback_label=planned.fallback.label,
        fallback_reasons=planned.fallback.reasons,
    )


def _planning_values(scenario: Scenario) -> dict[str, str | float]:
    """What the scenario chooses, and the median for every other quantity with a forecast."""
    return dict.fromkeys(sorted({quantity for _, quantity in scenario.forecasts}), "median") | dict(scenario.planning_values)


def _units_of_goals(planned: Planned) -> dict[str, str]:
    side = Side.of("", planned.plan, planned.policy, planned.scenario.network, planned.forecasts)
    return {goal.name: goal_measure(goal, side).unit.replace(MONEY, planned.scenario.currency) for goal in planned.policy.goals}


def _goals(planned: Planned, units: Mapping[str, str]) -> tuple[GoalResult, ...]:
    return tuple(_goal(number, rank, units.get(rank.name, "")) for number, rank in enumerate(planned.plan.ranks, start=1))


def _goal(number: int, rank: Rank, unit: str) -> GoalResult:
    price = rank.value - rank.alone if rank.sense == "minimise" else rank.alone - rank.value
    return GoalResult(number, rank.name, rank.sense, rank.value, max(0.0, price), rank.gap, rank.stop, unit)
