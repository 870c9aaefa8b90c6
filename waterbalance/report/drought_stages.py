"""Which drought stage is announced when, and why: what lay below which limit, or what the announcement is worth."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.network.rules.drought_stage import DroughtStage
from waterbalance.network.rules.drought_stage_choice import DroughtStageChoice
from waterbalance.plan.audit import Book

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.horizon import Horizon
    from waterbalance.network.network import Network
    from waterbalance.network.rules._drought_stages import StageReason
    from waterbalance.plan.plan import Plan
    from waterbalance.report.planned import Planned

Rule = DroughtStage | DroughtStageChoice

AS_BEFORE = "as before"


KEPT = frozenset({"too soon", "decided elsewhere", "would return", "not settled"})
"""Reasons for a stage that the storages of the plan do not ask for."""


@dataclass(frozen=True)
class KeptStage:
    """Steps in a row in which a stage stays for the same reason although storages ask for a milder one. Volumes in [m3]."""

    first: str
    last: str
    reason: str
    """In the words of `StageReason`."""

    available: float | None
    """What a milder stage would have left on the first day, stored and expected; None for other reasons."""

    limit: float | None
    """The limit that it lies below."""


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

    reason: str
    """Why it was announced, in the words of `StageReason`; `as before` where it was announced before the plan."""

    available: float | None
    """What was stored and expected when it was announced; None where that is not the reason."""

    limit: float | None
    """The limit that is undercut, or that is reached again."""

    kept: tuple[KeptStage, ...]
    """Days on which storages ask for a milder stage, and why this one stays."""


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
    reasons = rule.reasons(book)
    begins = [0, *(np.flatnonzero(np.diff(stage)) + 1).tolist(), len(stage)]
    found = []
    for begin, finish in itertools.pairwise(begins):
        number, change = round(float(stage[begin])), round(float(stage[begin] - before[begin]))
        lead = dt.timedelta(days=rule.lead_time if change else 0)
        why = reasons[begin]
        found.append(
            AnnouncedStage(
                rule.name,
                rule.stages[number].name,
                number,
                str(horizon.starts[begin]),
                str(horizon.ends[finish - 1] - dt.timedelta(days=1)),
                str(horizon.starts[begin] + lead),
                change,
                why.word if change else AS_BEFORE,
                why.available if change else None,
                why.limit if change else None,
                _kept(horizon, reasons, begin + bool(change), finish),
            )
        )
    return found


def _kept(horizon: Horizon, reasons: Sequence[StageReason], begin: int, finish: int) -> tuple[KeptStage, ...]:
    """Steps from `begin` to before `finish` in which the stage stays though storages do not ask for it."""
    found = []
    for word, group in itertools.groupby(range(begin, finish), key=lambda t: reasons[t].word):
        steps = list(group)
        if word in KEPT:
            first, last = str(horizon.starts[steps[0]]), str(horizon.ends[steps[-1]] - dt.timedelta(days=1))
            found.append(KeptStage(first, last, word, reasons[steps[0]].available, reasons[steps[0]].limit))
    return tuple(found)
