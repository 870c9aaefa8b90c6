"""Under which light each supply area stands: today, on the days ahead, and against what was told last night; and why.

A supply area is a drought rule, whose announced stages are its lights; a rule curve; or a reservoir with curves that no such rule
reads. The lights of the last two are the engine's own reading (`drought_light`) and no announcement.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping  # noqa: TC003 (values that are read back resolve their types)
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from waterbalance.network.components.reservoir import Reservoir
from waterbalance.network.rules.drought_stage import DroughtStage
from waterbalance.network.rules.drought_stage_choice import DroughtStageChoice
from waterbalance.network.rules.rule_curve import RuleCurve
from waterbalance.plan.audit import Book
from waterbalance.report.drought_light import LIGHTS, SLIGHT, Light, drought_light
from waterbalance.report.storages import curve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from waterbalance.horizon import Floats
    from waterbalance.network.network import Network
    from waterbalance.network.rules._drought_stages import StageReason
    from waterbalance.plan.plan import Plan
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

    in_force: int
    """Number of the light that is in force today: an announced stage takes effect after its lead time."""

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

    A rule of which the plan tells no stage, and a storage without a curve, are left out.
    """
    network, plan = planned.scenario.network, planned.plan
    announced = [
        _announced(each, network, plan, before)
        for each in network
        if isinstance(each, Announcing) and (each.name, "stage") in plan.values
    ]
    read = {name for each in network if isinstance(each, DroughtStage | RuleCurve) for name in each.reservoirs}
    owners = (each for each in network if isinstance(each, RuleCurve) or (isinstance(each, Reservoir) and each.name not in read))
    by_curves = (_by_curves(each, planned, before) for each in owners)
    return tuple(sorted([*announced, *(each for each in by_curves if each is not None)], key=lambda each: each.area))


def _announced(rule: Announcing, network: Network, plan: Plan, before: Plan | None) -> AreaLights:
    book = Book(network, plan)
    numbers, _ = rule.announced_stages(book)
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
    in_force = np.round(np.sum([book.value(rule, f"in_force {name}") for name in rule.droughts], axis=0) / plan.horizon.days)
    # Until its lead time is over an older stage may hold, also the same one: the last step of another one counts.
    waits = [
        end
        for end, other in zip(plan.horizon.ends, in_force != numbers[0], strict=True)
        if other and (end - plan.horizon.start).days <= rule.lead_time
    ]
    told = None if before is None else before.values.get((rule.name, "stage"))
    return AreaLights(
        rule.name,
        True,
        rule.reservoirs if isinstance(rule, DroughtStage) else (),
        tuple(spells),
        None if told is None else round(float(told[0])),
        round(float(in_force[0])),
        max(waits, default=plan.horizon.start),
    )


def _by_curves(owner: WithCurves, planned: Planned, before: Plan | None) -> AreaLights | None:
    """None where there is no curve, or the plan lacks a storage."""
    lower, severe = (curve(planned, owner.name, name) for name in ("lower_curve", "severe_curve"))
    if severe is None:
        severe = curve(planned, owner.name, "dead_storage")
    stored = _stored(owner, planned.plan)
    if lower is None or severe is None or stored is None:
        return None
    lights = [drought_light(*each) for each in zip(stored.tolist(), lower.tolist(), severe.tolist(), strict=True)]
    spells = []
    for begin, finish in _runs(lights):
        light, curves = lights[begin], {"lower_curve": float(lower[begin]), "severe_curve": float(severe[begin])}
        limit = sum(share * curves[name] for name, share in LIMITS[light].items())
        because: Because = "above" if light == "blue" else "below"
        days = _days(planned.plan, begin, finish)
        spells.append(Spell(*days, light, LIGHTS.index(light), light, because, float(stored[begin]), limit, LIMITS[light]))
    return AreaLights(
        owner.name,
        False,
        owner.reservoirs if isinstance(owner, RuleCurve) else (owner.name,),
        tuple(spells),
        None if before is None else _number_before(owner, before, float(lower[0]), float(severe[0])),
        spells[0].number,
        planned.horizon.start,
    )


def _number_before(owner: WithCurves, before: Plan, lower: float, severe: float) -> int | None:
    """Of the storage with which last night's plan began, against its own curves; where it does not tell them, today's."""
    stored = _stored(owner, before)
    told = (before.givens.get((owner.name, name)) for name in ("lower_curve", "severe_curve"))
    low, bad = (today if own is None else float(own[0]) for own, today in zip(told, (lower, severe), strict=True))
    return None if stored is None else LIGHTS.index(drought_light(float(stored[0]), low, bad))


def _stored(owner: WithCurves, plan: Plan) -> Floats | None:
    """Joint storage as each step begins. [m3]; None where the plan lacks one."""
    keys = [(name, "storage") for name in (owner.reservoirs if isinstance(owner, RuleCurve) else (owner.name,))]
    if any(key not in plan.values or key not in plan.opening.stocks for key in keys):
        return None
    stored: Floats = np.sum([[plan.opening.stocks[key], *plan.values[key][:-1]] for key in keys], axis=0)
    return stored


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
