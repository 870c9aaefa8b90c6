"""Under which light each supply area stands: today, on the days ahead, and against what was told last night; and why.

A supply area is a drought rule, whose announced stages are its lights; a rule curve; or a reservoir with curves that no such rule
reads. The lights of the last two are the engine's own reading (`drought_light`) and no announcement.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from waterbalance.network.components.reservoir import Reservoir
from waterbalance.network.rules.drought_stage import DroughtStage
from waterbalance.network.rules.drought_stage_choice import DroughtStageChoice
from waterbalance.network.rules.rule_curve import RuleCurve
from waterbalance.plan.audit import Book
from waterbalance.report.drought_light import LIGHTS, SLIGHT, drought_light

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from waterbalance.network.network import Network
    from waterbalance.network.rules._drought_stages import StageReason
    from waterbalance.plan.plan import Plan
    from waterbalance.report.drought_light import Light
    from waterbalance.report.planned import Planned

Announcing = DroughtStage | DroughtStageChoice
WithCurves = RuleCurve | Reservoir
Because = Literal[
    "above", "no drought", "below", "reached", "too soon", "decided elsewhere", "would return", "not settled", "damage"
]
"""Why a light: `above` its curve, or a word of `StageReason`."""

LIMITS: Mapping[Light, Mapping[str, float]] = {
    "blue": {"lower_curve": 1.0},
    "green": {"lower_curve": 1.0},
    "yellow": {"lower_curve": 1.0 - SLIGHT, "severe_curve": SLIGHT},
    "orange": {"lower_curve": 0.5, "severe_curve": 0.5},
    "red": {"severe_curve": 1.0},
}
"""Shares of the curves whose sum is undercut under each of the engine's own lights; of blue, what is reached."""


@dataclass(frozen=True)
class Spell:
    """Days in a row under one light."""

    first: dt.date
    last: dt.date
    stage: str
    """The rule's own word; the light where it has none."""

    number: int
    """0 where there is no drought."""

    light: Light
    because: Because
    stored: float | None = None
    """What is stored, and expected over the rule's outlook, as the first day begins. [m3]"""

    limit: float | None = None
    """What it is compared with. [m3]"""

    shares: Mapping[str, float] = field(default_factory=dict)
    """Shares of the curves whose sum is the limit. [-]"""


@dataclass(frozen=True)
class AreaLights:
    """One supply area."""

    area: str
    """Name of the rule or reservoir."""

    announced: bool
    """Whether the light is an announcement of a drought rule."""

    reservoirs: tuple[str, ...]
    """Whose storages count."""

    spells: tuple[Spell, ...]
    """Over the whole plan, in order."""

    before: int | None
    """Number of the light with which last night's plan began; None where there was none."""

    in_force_from: dt.date
    """When the light of today takes effect."""

    @property
    def today(self) -> Spell:
        """The first one."""
        return self.spells[0]

    @property
    def change(self) -> int:
        """By how many lights it is worse than last night; below zero where it is better."""
        return 0 if self.before is None else self.today.number - self.before

    def on(self, day: dt.date) -> Spell | None:
        """The light of a day of the plan."""
        return next((each for each in self.spells if each.first <= day <= each.last), None)


def lights_of(planned: Planned, before: Plan | None = None) -> tuple[AreaLights, ...]:
    """Every supply area, by name; `before` is last night's plan.

    What a plan of rule curves alone does not tell is left out: it announces no stages.
    """
    network, plan = planned.scenario.network, planned.plan
    found = [
        _announced(each, network, plan, before)
        for each in network
        if isinstance(each, Announcing) and (each.name, "stage") in plan.values
    ]
    read = {name for each in network if isinstance(each, DroughtStage | RuleCurve) for name in each.reservoirs}
    for each in network:
        if isinstance(each, RuleCurve) or (
            isinstance(each, Reservoir) and each.name not in read and each.lower_curve is not None
        ):
            found.append(_by_curves(each, network, plan, before))
    return tuple(sorted(found, key=lambda each: each.area))


def _announced(rule: Announcing, network: Network, plan: Plan, before: Plan | None) -> AreaLights:
    book = Book(network, plan)
    numbers, earlier = rule.announced_stages(book)
    reasons: Sequence[StageReason] = rule.reasons(book)
    spells = []
    for begin, finish in _runs(numbers.tolist()):
        number, why = round(float(numbers[begin])), reasons[begin]
        lifted = why.word == "reached"
        below = dict(rule.stages[min(number + lifted, len(rule.stages) - 1)].below)
        shares = {str(curve): share for curve, share in below.items()} if why.limit is not None else {}
        light = _light(rule, number)
        days = _days(plan, begin, finish)
        spells.append(Spell(*days, rule.stages[number].name, number, light, why.word, why.available, why.limit, shares))
    changed = numbers[0] != earlier[0]
    told = None if before is None else before.values.get((rule.name, "stage"))
    return AreaLights(
        rule.name,
        True,
        rule.reservoirs if isinstance(rule, DroughtStage) else (),
        tuple(spells),
        None if told is None else round(float(told[0])),
        plan.horizon.start + dt.timedelta(days=rule.lead_time if changed else 0),
    )


def _by_curves(owner: WithCurves, network: Network, plan: Plan, before: Plan | None) -> AreaLights:
    values = list(_read(owner, network, plan))
    spells = []
    for begin, finish in _runs([light for light, _, _ in values]):
        light, stored, curves = values[begin]
        limit = sum(share * curves[name] for name, share in LIMITS[light].items())
        because: Because = "above" if light == "blue" else "below"
        days = _days(plan, begin, finish)
        spells.append(Spell(*days, light, LIGHTS.index(light), light, because, stored, limit, LIMITS[light]))
    told = None if before is None else next(_read(owner, network, before), None)
    return AreaLights(
        owner.name,
        False,
        owner.reservoirs if isinstance(owner, RuleCurve) else (owner.name,),
        tuple(spells),
        None if told is None else LIGHTS.index(told[0]),
        plan.horizon.start,
    )


def _read(owner: WithCurves, network: Network, plan: Plan) -> Iterator[tuple[Light, float, Mapping[str, float]]]:
    """Light, joint storage as the step begins, and curves, of every step; nothing where the plan lacks a reservoir or a curve."""
    reservoirs = owner.reservoirs if isinstance(owner, RuleCurve) else (owner.name,)
    if any((name, "storage") not in plan.values for name in reservoirs):
        return
    book = Book(network, plan)
    stored = np.sum([book.before(name, "storage") for name in reservoirs], axis=0)
    lower, severe = book.given(owner.name, "lower_curve"), book.given(owner.name, "severe_curve")
    if isinstance(owner, Reservoir) and not np.isfinite(severe).all():
        severe = book.given(owner.name, "dead_storage")
    for storage, low, bad in zip(stored.tolist(), lower.tolist(), severe.tolist(), strict=True):
        yield drought_light(storage, low, bad), storage, {"lower_curve": low, "severe_curve": bad}


def _light(rule: Announcing, number: int) -> Light:
    """The stage as a light: by its name, else by its place among the stages."""
    name = rule.stages[number].name
    last = len(LIGHTS) - 1
    return next((light for light in LIGHTS if light == name), LIGHTS[-(-number * last // len(rule.droughts))])


def _runs(values: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Begin and end (not included) of what stays the same."""
    for _, group in itertools.groupby(range(len(values)), key=values.__getitem__):
        steps = list(group)
        yield steps[0], steps[-1] + 1


def _days(plan: Plan, begin: int, finish: int) -> tuple[dt.date, dt.date]:
    return plan.horizon.starts[begin], plan.horizon.ends[finish - 1] - dt.timedelta(days=1)
