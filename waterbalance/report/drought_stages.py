"""Which drought stage is announced when, and why: what lay below which limit, or what the announcement is worth."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.network.rules.drought_stage import OUTLOOK, DroughtStage
from waterbalance.network.rules.drought_stage_choice import DroughtStageChoice
from waterbalance.plan.audit import Book

if TYPE_CHECKING:
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan
    from waterbalance.report.planned import Planned

Rule = DroughtStage | DroughtStageChoice


@dataclass(frozen=True)
class AnnouncedStage:
    """Steps in a row in which a rule announces the same stage. Volumes in [m3]."""

    rule: str
    stage: str
    number: int
    """0 for the first stage, no drought."""

    first: str
    last: str
    in_force_from: str
    """The first day is plus the lead time; the day itself where the stage was announced before the plan."""

    change: int
    """1 where a milder stage goes before, -1 where a severer one does, 0 where it was announced before the plan."""

    available: float | None
    """Storages and expected inflow when it was announced; None where the plan chose, or nothing changed."""

    limit: float | None
    """The limit that is undercut, or that is reached again."""


@dataclass(frozen=True)
class StageDamage:
    """What announcements of one rule cost and avoid over the plan. Money in the scenario's currency."""

    rule: str
    curtailment: float
    """What stages cut. [m3]"""

    damage: float
    """Of announced cuts, of what lacks beyond them, and of the days in a stage."""

    avoided: float
    """How much more the same shortages would do without a word, less the days in a stage."""


def announced_stages(planned: Planned) -> tuple[AnnouncedStage, ...]:
    """Runs of steps with the same announced stage, by rule."""
    network, plan = planned.scenario.network, planned.plan
    return tuple(each for rule in _rules(planned) for each in announced_by(rule, network, plan))


def stage_damages(planned: Planned) -> tuple[StageDamage, ...]:
    """One for each rule with costs."""
    book, found = Book(planned.scenario.network, planned.plan), []
    for rule in _rules(planned):
        if rule.unannounced_cost or any(stage.cost_per_day for stage in rule.stages):
            curtailment, damage = (float(book.value(rule, name).sum()) for name in ("curtailment", "damage"))
            found.append(StageDamage(rule.name, curtailment, damage, rule.unannounced_damage(book) - damage))
    return tuple(found)


def _rules(planned: Planned) -> list[Rule]:
    return [each for each in planned.scenario.network if isinstance(each, Rule)]


def announced_by(rule: Rule, network: Network, plan: Plan) -> list[AnnouncedStage]:
    """Runs of steps with the same stage of one rule."""
    book, horizon = Book(network, plan), plan.horizon
    stage, before = rule.announced_stages(book)
    limits = rule.limits(book) if isinstance(rule, DroughtStage) else None
    available = rule.available(book, book.given(rule, OUTLOOK)) if isinstance(rule, DroughtStage) else None
    begins = [0, *(np.flatnonzero(np.diff(stage)) + 1).tolist(), len(stage)]
    found = []
    for begin, finish in itertools.pairwise(begins):
        number, change = round(float(stage[begin])), round(float(stage[begin] - before[begin]))
        crossed = None if limits is None or not change else float(limits[number - 1 if change > 0 else number, begin])
        lead = dt.timedelta(days=rule.lead_time if change else 0)
        found.append(
            AnnouncedStage(
                rule.name,
                rule.stages[number].name,
                number,
                str(horizon.starts[begin]),
                str(horizon.ends[finish - 1] - dt.timedelta(days=1)),
                str(horizon.starts[begin] + lead),
                change,
                None if available is None or not change else float(available[begin]),
                crossed,
            )
        )
    return found
