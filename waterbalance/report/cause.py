"""What stands behind a limit: the storage and the curve that set a stage, who announced it, a repair, a missed date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from waterbalance.network.components.treatment_works import TreatmentWorks
from waterbalance.network.rules._drought_stages import CURTAILMENT
from waterbalance.network.rules.blending_limit import BlendingLimit
from waterbalance.network.rules.drought_stage import OUTLOOK, DroughtStage
from waterbalance.network.rules.drought_stage_choice import DroughtStageChoice
from waterbalance.network.rules.emergency_transfer import ALLOWED, EmergencyTransfer
from waterbalance.network.rules.exclusive_sources import ExclusiveSources
from waterbalance.network.rules.fallowing import Fallowing
from waterbalance.network.rules.rotation import OPEN, Rotation
from waterbalance.network.rules.rule_curve import STAGE, SUPPLY, SUPPLY_FRACTION, RuleCurve
from waterbalance.network.rules.turbidity_limit import TurbidityLimit
from waterbalance.plan.audit import Book
from waterbalance.plan.walk import WHOLE
from waterbalance.report.drought_stages import announced_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import UnionType

    from waterbalance.network.component import Component
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan
    from waterbalance.plan.walk import Hold

ONE_DAY = dt.timedelta(days=1)

Kind = Literal[
    "below",
    "above",
    "kept",
    "before",
    "chosen",
    "announced",
    "outage",
    "not_yet",
    "no_longer",
    "decided",
    "turn",
    "next_turn",
    "above_trigger",
    "mud",
    "mixture",
    "exclusive",
]


BY_REASON: Mapping[str, Kind] = MappingProxyType({"below": "below", "reached": "above", "damage": "chosen"})
"""Causes of stages by the words of `StageReason`; for all others the scenario has announced them."""


@dataclass(frozen=True)
class Cause:
    """Why a limit is where it is."""

    kind: Kind
    """`below`: what is stored lies below a limit; `above`: it lies so high again that a severer stage ended; `kept`: without
    the cuts it would lie below; `before`: announced before the plan; `chosen`: by the plan; `announced`: by the scenario;
    `outage`: a repair; `not_yet` and `no_longer`: in service; `decided`: the date for the decision has passed;
    `turn` and `next_turn`: others have the water; `above_trigger`: no emergency; `mud`: the water is too muddy;
    `mixture`: what it may hold; `exclusive`: others run."""

    name: str = ""
    """The stage, the reason of an outage, the block of fields, or the group whose turn it is not."""

    first: str = ""
    """First day of the stage or of the outage; the day by which was to be decided."""

    last: str = ""
    """Last day of the outage; the day of the storages."""

    share: float | None = None
    """Of the demand that is cut. [-]"""

    places: tuple[str, ...] = ()
    """Whose storages are added up."""

    stored: float | None = None
    """Their storage on the first day, of what was announced before the plan on the plan's first day. [m3]"""

    expected: float = 0.0
    """Inflow that the rule counts with it. [m3]"""

    limit: float | None = None
    """The limit that both together are compared with. [m3]"""

    curves: Mapping[str, float] = field(default_factory=dict)
    """The curves that the limit is made of, with their shares. [-]"""

    turbidity: float | None = None
    """[NTU]"""

    available: float | None = None
    """Share of a structure that an outage leaves in service. [-]"""


@dataclass(frozen=True)
class _At:
    """A quantity in one step of a plan."""

    quantity: str
    network: Network
    plan: Plan
    step: int


def cause_of(hold: Hold, network: Network, plan: Plan, step: int) -> Cause | None:
    """What stands behind a hold in one step; None where it speaks for itself."""
    if hold.component not in network:
        return None
    component, at = network[hold.component], _At(hold.quantity, network, plan, step)
    if hold.kind in {"most", "bars"}:
        out_of_service = _out_of_service(component, plan.horizon.starts[step])
        if out_of_service is not None:
            return out_of_service
    for kind, tell in _CAUSES:
        if isinstance(component, kind):
            return tell(component, at)
    return None


def _hedging(rule: RuleCurve, at: _At) -> Cause | None:
    quantity, network, plan, step = at.quantity, at.network, at.plan, at.step
    if not quantity.startswith(SUPPLY):
        return None
    book, user = Book(network, plan), quantity.removeprefix(SUPPLY)
    announced = book.given(rule, "announced_stage")
    stages = np.maximum(book.given(rule, STAGE), announced)
    stage = round(float(stages[step]))
    others = np.flatnonzero(stages[: step + 1] != stages[step])
    begin = int(others[-1]) + 1 if len(others) else 0
    curve = "severe_curve" if stage > 1 else "lower_curve"
    stored = float(sum(book.before(place, "storage")[begin] for place in rule.reservoirs))
    limit = float(book.given(rule, curve)[begin])
    by_table = announced[begin] >= stages[step]
    return Cause(
        kind="announced" if by_table else "below" if stored < limit else "kept",
        name=str(stage),
        first=str(plan.horizon.starts[begin]),
        share=1.0 - float(book.given(rule, f"{SUPPLY_FRACTION}{user}")[step]),
        places=rule.reservoirs,
        stored=stored,
        limit=limit,
        curves={curve: 1.0},
    )


def _stage(rule: DroughtStage | DroughtStageChoice, at: _At) -> Cause | None:
    if not at.quantity.startswith(CURTAILMENT):
        return None
    horizon, user = at.plan.horizon, at.network[at.quantity.removeprefix(CURTAILMENT)]
    in_force = [at.plan.values[rule.name, f"in_force {name}"][at.step] > 0 for name in rule.droughts]
    number = int(np.flatnonzero(in_force)[-1]) + 1
    name, share = rule.stages[number].name, rule.cut(user.user_class_name, number)
    runs = [each for each in announced_by(rule, at.network, at.plan) if each.number == number]
    begun = [each for each in runs if each.in_force_from <= str(horizon.ends[at.step] - ONE_DAY)]
    if not begun or not begun[-1].change:
        earlier = [str(each.since) for each in rule.announced if each.since < horizon.start and each.stage == name]
        return _with_storages(Cause("before", name, earlier[-1] if earlier else "", share=share), rule, at, 0, number)
    told = begun[-1]
    kind = BY_REASON.get(told.reason, "announced")
    if kind in {"chosen", "announced"}:
        return Cause(kind, name, told.first, share=share)
    day = horizon.starts.index(dt.date.fromisoformat(told.first))
    return _with_storages(Cause(kind, name, told.first, share=share), rule, at, day, number if told.change > 0 else number + 1)


def _with_storages(cause: Cause, rule: DroughtStage | DroughtStageChoice, at: _At, day: int, number: int) -> Cause:
    """A stage with what was stored and expected at the beginning of a step, and the limit of the stage of a number."""
    if not isinstance(rule, DroughtStage):
        return cause
    book = Book(at.network, at.plan)
    return replace(
        cause,
        last=str(at.plan.horizon.starts[day]),
        places=rule.reservoirs,
        stored=float(sum(book.before(place, "storage")[day] for place in rule.reservoirs)),
        expected=float(book.given(rule, OUTLOOK)[day]),
        limit=float(rule.limits(book)[number - 1, day]),
        curves=dict(rule.stages[number].below.items()),
    )


def _decision(rule: Fallowing, at: _At) -> Cause | None:
    block = at.quantity.partition(" ")[2]
    if block not in rule.blocks or at.plan.horizon.start <= rule.decide_by:
        return None
    return Cause("decided", block, str(rule.decide_by))


def _turn(rule: Rotation, at: _At) -> Cause | None:
    canal = at.quantity.partition(" ")[2]
    group = next((group for group, names in rule.groups.items() if canal in names), None)
    if group is None:
        return None
    shares = Book(at.network, at.plan).given(rule, f"{OPEN}{group}")[at.step :]
    coming = np.flatnonzero(shares > 0)
    if shares[0] > 0 or not len(coming):
        return Cause("turn", group, share=None)
    return Cause("next_turn", group, str(at.plan.horizon.starts[at.step + int(coming[0])]))


def _no_emergency(rule: EmergencyTransfer, at: _At) -> Cause | None:
    book = Book(at.network, at.plan)
    if at.quantity != "transfer" or not rule.reservoirs or book.given(rule, ALLOWED)[at.step] > 0:
        return None
    stored = float(sum(book.before(place, "storage")[at.step] for place in rule.reservoirs))
    limit = float(book.given(rule, "trigger_curve")[at.step])
    day = str(at.plan.horizon.starts[at.step])
    return Cause("above_trigger", first=day, places=rule.reservoirs, stored=stored, limit=limit, curves={"trigger_curve": 1.0})


def _mud(place: TurbidityLimit | TreatmentWorks, at: _At) -> Cause | None:
    turbidity = Book(at.network, at.plan).given(place.weir if isinstance(place, TurbidityLimit) else place.name, "turbidity")
    return Cause("mud", turbidity=float(turbidity[at.step])) if turbidity[at.step] > 0 else None


def _out_of_service(component: Component, day: dt.date) -> Cause | None:
    for outage in component.outages:
        if outage.first_day <= day <= outage.last_day:
            days = str(outage.first_day), str(outage.last_day)
            return Cause("outage", outage.reason, *days, available=outage.available)
    begins, ends = component.in_service_from, component.in_service_until
    if begins is not None and day < begins:
        return Cause("not_yet", first=str(begins))
    return Cause("no_longer", last=str(ends)) if ends is not None and day > ends else None


def _mixture(rule: BlendingLimit, at: _At) -> Cause:
    limit = Book(at.network, at.plan).given(rule, "limit")[at.step]
    return Cause("mixture", f"{limit:g} {rule.unit}")


def _others_run(rule: ExclusiveSources, at: _At) -> Cause | None:
    book = Book(at.network, at.plan)
    running = tuple(subject for subject in rule.subjects if book.value(rule, f"runs {subject}")[at.step] > WHOLE)
    return Cause("exclusive", str(rule.at_most), places=running) if at.quantity.startswith("may_run ") else None


_CAUSES: tuple[tuple[type[Component] | UnionType, Callable[..., Cause | None]], ...] = (
    (RuleCurve, _hedging),
    (DroughtStage | DroughtStageChoice, _stage),
    (Fallowing, _decision),
    (Rotation, _turn),
    (EmergencyTransfer, _no_emergency),
    (TurbidityLimit | TreatmentWorks, _mud),
    (BlendingLimit, _mixture),
    (ExclusiveSources, _others_run),
)
