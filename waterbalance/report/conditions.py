"""What the plan was asked to keep: storages at the end, flows in rivers, hedging by rule curves."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.network.components.reservoir import Reservoir
from waterbalance.network.rules.minimum_flow import MinimumFlow
from waterbalance.network.rules.rule_curve import STAGE, RuleCurve
from waterbalance.report.storages import storages

if TYPE_CHECKING:
    from waterbalance.report.planned import Planned

TOLERANCE = 1.0
"""A cubic metre over a step makes no difference. [m3]"""

HAIR = 1e-5
"""A share that no gauge can tell: what goals may give up for later ones, and the solver's tolerance. [-]"""


@dataclass(frozen=True)
class EndCondition:
    """What one storage should hold at the end. Volumes in [m3]."""

    component: str
    kind: str
    """`curve`, `target`, `value`, or `free` for a storage that the plan may empty."""

    wanted: float | None
    """Storage wanted; None where only a value is set on stored water."""

    weight: float | None
    """Value of a cubic metre kept, where that is the condition."""

    curve: str | None
    storage: float
    holds: bool


@dataclass(frozen=True)
class KeptFlow:
    """A flow that a river should keep. Volumes in [m3]."""

    rule: str
    subject: str
    wanted: float
    shortfall: float
    days_short: float


@dataclass(frozen=True)
class Stage:
    """Steps in a row in which a rule announces the same stage of hedging."""

    rule: str
    stage: int
    first: str
    last: str


def end_conditions(planned: Planned) -> tuple[EndCondition, ...]:
    """One for each storage: those with an end condition in the order of the scenario, then those without."""
    found = []
    for component, condition in planned.scenario.end_conditions.items():
        storage = float(planned.plan.values[component, "storage"][-1])
        target = planned.forecasts.get(component, "storage_target")
        wanted = None if condition.value is not None or target is None else float(target.values[-1, 0])
        kind = "value" if condition.value is not None else "target" if condition.target is not None else "curve"
        holds = wanted is None or storage >= wanted - max(TOLERANCE, 1e-6 * wanted)
        found.append(EndCondition(component, kind, wanted, condition.value, condition.curve, storage, holds))
    free = [each for each in storages(planned) if each.component not in planned.scenario.end_conditions]
    return (*found, *(EndCondition(each.component, "free", None, None, None, each.end, holds=True) for each in free))


def kept_flows(planned: Planned) -> tuple[KeptFlow, ...]:
    """One for each minimum flow."""
    plan = planned.plan
    found = []
    for rule in planned.scenario.network:
        if isinstance(rule, MinimumFlow):
            shortfall = np.maximum(plan.values[rule.name, "shortfall"], 0.0)
            minimum = plan.givens[rule.name, "minimum"]
            short = shortfall > np.maximum(TOLERANCE, HAIR * minimum)
            wanted = float(minimum.sum())
            days = float(planned.horizon.days[short].sum())
            found.append(KeptFlow(rule.name, rule.subject, wanted, float(shortfall[short].sum()), days))
    return tuple(found)


def below_dead_storage(planned: Planned) -> tuple[tuple[str, float], ...]:
    """Reservoirs that fall below their dead storage, and by how much at most. [m3]."""
    found = []
    for component in planned.scenario.network:
        if isinstance(component, Reservoir):
            most = float(planned.plan.values[component.name, "below_dead_storage"].max())
            if most > TOLERANCE:
                found.append((component.name, most))
    return tuple(found)


def stages(planned: Planned) -> tuple[Stage, ...]:
    """Runs of steps with the same announced stage, stage 0 included, by rule."""
    found: list[Stage] = []
    for rule in planned.scenario.network:
        if not isinstance(rule, RuleCurve):
            continue
        announced = np.maximum(
            planned.plan.givens.get((rule.name, STAGE), np.zeros(len(planned.horizon))),
            planned.plan.givens.get((rule.name, "announced_stage"), np.zeros(len(planned.horizon))),
        )
        changes = [0, *(np.flatnonzero(np.diff(announced)) + 1).tolist(), len(announced)]
        for begin, finish in itertools.pairwise(changes):
            first = planned.horizon.starts[begin]
            last = planned.horizon.ends[finish - 1] - dt.timedelta(days=1)
            found.append(Stage(rule.name, round(float(announced[begin])), str(first), str(last)))
    return tuple(found)
