"""Hedging: cut some users a little and early, so that nobody is cut hard and late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import Fraction, Subject, UserClass, Volume
from waterbalance.network.rules._saved_water import saved_water

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step

STAGE = "stage"
"""Given of the rule: what the last pass made of the storages and of the announced stage."""

SUPPLY_FRACTION = "supply_fraction "
"""Givens of the rule begin with this word; the name of the user follows."""

SUPPLY = "supply "
"""Quantities of the rule that begin with this word are what a stage limits; the name of the user follows."""

FREE_PASSES = 6
"""Passes in which a stage may become milder again: the first one cuts nobody, so it finds the later steps too dry."""

SAME_STORAGE = 1e-6
"""Two storages that differ by this share of the curve are the same. [-]"""


class RuleCurve(Component):
    """Supply by rule curves: below a curve, each class of users is given only a fraction of its demand.

    stage = 0, or 1 where the joint storage before the step < lower_curve, or 2 where it is also < severe_curve,
        and at least announced_stage
    supply_fraction(user) = 1, below_lower(class of user) or below_severe(class of user) by stage
    delivery(user) <= supply_fraction(user) x demand(user), in stages 1 and 2
    below_curve >= lower_curve of the next step - joint storage; below_curve >= 0

    The stage depends on the storage, and the storage on the stage. So the stage is a given of the plan: it is read from
    the storages of the pass before, and the plan is made again until no stage changes. Each pass is right for some steps
    more, the first ones first. Where stages still change after a few passes, a stage that is once announced stays, even
    if the water that it saves lifts the storage above the curve again; the passes therefore end, and late steps may be
    on the careful side. A table of `announced_stage` sets the least stage.

    A class without a fraction keeps all its water; one that only below_severe leaves out keeps its share of stage 1. So a
    junior class that is cut less may draw the storage through the curve, and a senior one is cut for it. Against that a
    policy ranks a goal for the least `below_curve` between the two: then juniors have what lies above the curve.

    Reservoir operating rules with warning curves are of this kind; for when such cuts pay, see Draper and Lund (2004),
    Optimal hedging and carryover storage value, doi:10.1061/(ASCE)0733-9496(2004)130:1(83).
    """

    is_rule: ClassVar[bool] = True
    cuts: ClassVar[tuple[str, ...]] = ("users",)
    varying: ClassVar[tuple[str, ...]] = ("lower_curve", "severe_curve", "announced_stage")
    idle_zero: ClassVar[tuple[str, ...]] = ("lower_curve", "severe_curve")

    reservoirs: tuple[Subject, ...]
    """Reservoirs and tanks whose storages are added up."""

    lower_curve: Volume
    """Joint storage below which stage 1 begins; usually a table. [m3]"""

    severe_curve: Volume = 0.0
    """Joint storage below which stage 2 begins; usually a table. [m3]"""

    users: tuple[Subject, ...]
    """Users whose supply is cut."""

    below_lower: Mapping[UserClass, Fraction]
    """Share of the demand that each user class is given in stage 1. [-]"""

    below_severe: Mapping[UserClass, Fraction]
    """Share of the demand that each user class is given in stage 2. [-]"""

    announced_stage: Literal[0, 1, 2] = 0
    """Stage that is announced already; usually a table. [-]"""

    @model_validator(mode="after")
    def _a_later_stage_gives_no_more(self) -> Self:
        for user_class in {*self.below_lower, *self.below_severe}:
            lower, severe = self._fraction(user_class, 1), self._fraction(user_class, 2)
            if severe > lower:
                raise ValueError(f"below_severe gives {user_class} {severe:g} of its demand, more than below_lower: {lower:g}")
        return self

    @model_validator(mode="after")
    def _lifelines_are_not_cut(self) -> Self:
        for stage in (1, 2):
            if self._fraction("lifeline", stage) < 1:
                raise ValueError("lifelines are cut by no stage; leave them out of below_lower and below_severe")
        return self

    @model_validator(mode="after")
    def _there_is_something_to_read_and_somebody_to_cut(self) -> Self:
        for field, names in (("reservoirs", self.reservoirs), ("users", self.users)):
            if not names or len(set(names)) < len(names):
                raise ValueError(f"{field} needs at least one name, and each of them once")
        return self

    def default_given(self, name: str) -> float | None:
        """Nobody is cut before the first pass has told the storages."""
        if name.startswith(SUPPLY_FRACTION):
            return 1.0
        return 0.0 if name == STAGE else super().default_given(name)

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        # No equation holds this curve; asked for here, it is among the givens that `revise` and `check` read.
        step.given(self, "severe_curve")
        stages = step.given(self, STAGE), step.given(self, "announced_stage")
        for user in self.users:
            fraction, demand = step.given(self, f"{SUPPLY_FRACTION}{user}"), step.given(user, "demand")
            limit = step.derived(self, f"supply_limit {user}", _supply_limit, *stages, fraction, demand)
            supply = step.flow(self, f"{SUPPLY}{user}", upper=limit)
            step.constraint(self, f"{SUPPLY}{user}", supply == step.of(user, "delivery"))
        joint_storage = sum(step.of(reservoir, "storage") for reservoir in self.reservoirs)
        step.measure(self, "joint_storage", joint_storage)
        below_curve = step.flow(self, "below_curve", unit=units.VOLUME)
        wanted = step.derived(self, "lower_curve next", _of_the_next_step, step.given(self, "lower_curve"))
        step.constraint(self, "below_curve", joint_storage + below_curve >= wanted)
        step.measure(self, "below_curve", below_curve)

    def revise(self, ledger: Ledger) -> Mapping[str, Floats]:
        """Stages from the storages of the last pass; after a few passes never milder than they were in it."""
        storage = np.sum([ledger.before(reservoir, "storage") for reservoir in self.reservoirs], axis=0)
        least = ledger.given(self, "announced_stage")
        if ledger.passes > FREE_PASSES:
            least = np.maximum(least, ledger.given(self, STAGE))
        # A storage that a goal keeps on its curve lies there but for the solver's tolerance.
        lower, severe = ((1.0 - SAME_STORAGE) * ledger.given(self, name) for name in ("lower_curve", "severe_curve"))
        saved, ahead = self._saved(ledger), 0.0
        stage = np.zeros_like(storage)
        for t in range(len(storage)):
            stage[t] = max(_below(storage[t] + ahead, lower[t], severe[t]), least[t])
            ahead += saved[round(stage[t]), t]
        fractions = {f"{SUPPLY_FRACTION}{user}": self._fractions(ledger.user_class(user), stage) for user in self.users}
        return {STAGE: stage, **fractions}

    def _saved(self, ledger: Ledger) -> Floats:
        """What each stage would save against the last pass, in every step; shape (stages, steps). [m3]."""
        saved = np.zeros((3, len(ledger.horizon)))
        for user in self.users:
            user_class, demand = ledger.user_class(user), ledger.given(user, "demand")
            cut = (1.0 - ledger.given(self, f"{SUPPLY_FRACTION}{user}")) * demand
            shortage = np.maximum(demand - ledger.value(user, "delivery"), 0.0)
            for stage in range(3):
                saved[stage] += saved_water(demand, shortage, cut, (1.0 - self._fraction(user_class, stage)) * demand)
        return saved

    def check(self, ledger: Ledger) -> None:
        """The announced stage is at least what the storages ask for, and nobody is given more than it allows."""
        stage = ledger.given(self, STAGE)
        ledger.within(self, STAGE, stage, self._least_stage(ledger, 2 * SAME_STORAGE), 2.0)
        for user in self.users:
            share = self._fractions(ledger.user_class(user), stage)
            most = np.where(stage > 0, share * ledger.given(user, "demand"), np.inf)
            ledger.within(self, f"delivery of {user}", ledger.value(user, "delivery"), 0.0, most)
            ledger.equal(self, f"{SUPPLY}{user}", ledger.value(self, f"{SUPPLY}{user}"), ledger.value(user, "delivery"))
        joint_storage = np.sum([ledger.value(reservoir, "storage") for reservoir in self.reservoirs], axis=0)
        ledger.equal(self, "joint_storage", ledger.value(self, "joint_storage"), joint_storage)
        lower = ledger.given(self, "lower_curve")
        missing = np.maximum(np.concatenate([lower[1:], lower[-1:]]) - joint_storage, 0.0)
        ledger.within(self, "below_curve", ledger.value(self, "below_curve"), missing, np.inf)

    def _least_stage(self, ledger: Ledger, tolerance: float) -> Floats:
        """The stage by the storages at the start of each step, or the announced stage."""
        before = np.sum([ledger.before(reservoir, "storage") for reservoir in self.reservoirs], axis=0)
        lower, severe = ledger.given(self, "lower_curve"), ledger.given(self, "severe_curve")
        below = _below(before, lower * (1.0 - tolerance), severe * (1.0 - tolerance))
        return np.maximum(below, ledger.given(self, "announced_stage"))

    def _fraction(self, user_class: str | None, stage: int) -> float:
        """Share of the demand that a user class is given in one stage."""
        announced = (self.below_lower, self.below_severe)[:stage]
        return next((share for shares in reversed(announced) for name, share in shares.items() if name == user_class), 1.0)

    def _fractions(self, user_class: str | None, stage: Floats) -> Floats:
        """Share of the demand that a user class is given in every step."""
        return np.array([self._fraction(user_class, round(number)) for number in stage])


def _below(storage: Floats | float, lower: Floats, severe: Floats) -> Floats:
    """How many curves a joint storage lies below."""
    below: Floats = 1.0 * (storage < lower) + 1.0 * ((storage < lower) & (storage < severe))
    return below


def _of_the_next_step(curve: Floats) -> Floats:
    """The curve against which the storage at the end of each step will be read; after the last step it stays."""
    return np.append(curve[1:], curve[-1])


def _supply_limit(stage: Floats, announced_stage: Floats, fraction: Floats, demand: Floats) -> Floats:
    """Most that a user may be brought; without a stage it may also fill its own tanks, so there is no limit."""
    return np.where(np.maximum(stage, announced_stage) > 0, fraction * demand, np.inf)
