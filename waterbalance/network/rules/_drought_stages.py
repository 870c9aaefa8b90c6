"""What announced drought stages do to users, however the stages are chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from waterbalance import units
from waterbalance.horizon import Horizon
from waterbalance.network.component import Component
from waterbalance.network.fields import Duration, Fraction, Money, Price, Subject, UserClass
from waterbalance.network.rules._limit import IN_FORCE
from waterbalance.network.state import Past

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Flow, Step

Curve = Literal["upper_curve", "lower_curve", "severe_curve"]

CURTAILMENT = "curtailment "
"""Quantities of the rules that begin with this word are what stages cut; the name of the user follows."""

CUT = "cut "
"""Rows of the rules that begin with this word let nobody lack less than that."""

ONE_DAY = dt.timedelta(days=1)
SECONDS = 86_400.0
"""Days are audited as seconds, because half a unit is the audit's tolerance."""


class Stage(BaseModel):
    """One stage of a drought."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    """Its name, such as a colour."""

    below: Mapping[Curve, Fraction] = {}
    """Shares of curves whose sum is the limit: `{lower_curve: 0.5, severe_curve: 0.5}` lies half-way. [-]"""

    cuts: Mapping[UserClass, Fraction] = {}
    """Share of the demand that each user class is cut; a class left out keeps the cut of the stage before. [-]"""

    cost_per_day: Money = 0.0
    """What a day in this stage costs, whatever is saved: enforcement, trust. [currency]"""


class Announcement(BaseModel):
    """A stage that has been announced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: dt.date
    """First day of the announcement; it takes effect after the lead time."""

    stage: str
    """Name of the stage."""


@dataclass(frozen=True)
class StageReason:
    """Why a stage is announced, or stays announced, in a step."""

    word: Literal["no drought", "below", "reached", "too soon", "decided elsewhere", "would return", "not settled", "damage"]
    """below: what is available lies below the limit; reached: it no longer does. What stays although storages ask for a
    milder stage does so because the minimum duration is not over (too soon), because the least stage that may be announced
    says so (decided elsewhere), because in a pass with milder stages what was available lay below the limit (would
    return), or because the passes ended first (not settled). damage: the plan chose it."""

    available: float | None = None
    """What is stored and expected, in this plan or, for what would return, in the pass with milder stages. [m3]"""

    limit: float | None = None
    """The limit that it is compared with. [m3]"""


class _DroughtStages(Component):
    """Equations of all drought stages; a class says which stage is announced."""

    is_rule: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("least_stage", "most_stage")
    idle_zero: ClassVar[tuple[str, ...]] = (IN_FORCE,)

    stages: tuple[Stage, ...]
    """The stages from mild to severe; the first one is no drought. Names, number and cuts are the scenario's."""

    users: tuple[Subject, ...]
    """Users who are cut by their class; lifelines are cut by no stage."""

    lead_time: Duration = 0.0
    """Time between the announcement of a stage and its effect. [day]"""

    minimum_duration: Duration = 1.0
    """Least time between two changes of the announced stage. [day]"""

    announced: tuple[Announcement, ...] = ()
    """Stages announced before the plan begins, oldest first; none means the first stage. Later days are not looked at."""

    announced_cost: Mapping[UserClass, Price] = {}
    """Damage of a cubic metre that a stage cuts, by user class. [currency/m3]"""

    unannounced_cost: Mapping[UserClass, Price] = {}
    """Damage of a cubic metre that lacks beyond the announced cut, by user class. [currency/m3]"""

    least_stage: int = Field(default=0, ge=0)
    """Number of the mildest stage that may be announced, 0 for the first; may be a table. [-]"""

    most_stage: int | None = Field(default=None, ge=0)
    """Number of the severest stage that may be announced; may be a table. [-]"""

    @model_validator(mode="after")
    def _stages_grow_more_severe(self) -> Self:
        names = [stage.name for stage in self.stages]
        if len(names) < 2 or len(set(names)) < len(names):
            raise ValueError("stages needs at least two stages, each with a name of its own")
        first = self.stages[0]
        if first.cuts or first.below or first.cost_per_day:
            raise ValueError(f"the first stage, {first.name}, is no drought: it has no cuts, no cost and no curve")
        for milder, stage in pairwise(range(len(names))):
            for user_class in self.stages[stage].cuts:
                cuts = self.cut(user_class, milder), self.cut(user_class, stage)
                if user_class == "lifeline" and cuts[1] > 0:
                    raise ValueError(f"stage {names[stage]} cuts lifelines; no stage may")
                if cuts[1] < cuts[0]:
                    raise ValueError(
                        f"stage {names[stage]} cuts {user_class} less than {names[milder]}: {cuts[1]:g} < {cuts[0]:g}"
                    )
        return self

    @model_validator(mode="after")
    def _there_are_users_and_times(self) -> Self:
        if not self.users or len(set(self.users)) < len(self.users):
            raise ValueError("users needs at least one name, and each of them once")
        if self.minimum_duration < 1:
            raise ValueError(f"minimum_duration is at least 1 day, not {self.minimum_duration:g} days")
        names = [stage.name for stage in self.stages]
        for each in self.announced:
            if each.stage not in names:
                raise ValueError(f"announced names the stage {each.stage!r}; the stages are {', '.join(names)}")
        if any(later.since <= earlier.since for earlier, later in pairwise(self.announced)):
            raise ValueError("announced must be in order of its dates, each day once")
        for user_class, cost in self.announced_cost.items():
            if cost > self.unannounced_cost.get(user_class, 0.0):
                raise ValueError(
                    f"an announced cut of {user_class} costs more than an unannounced shortage; then why announce it?"
                )
        return self

    @property
    def droughts(self) -> tuple[str, ...]:
        """Names of the stages after the first."""
        return tuple(stage.name for stage in self.stages[1:])

    def cut(self, user_class: str | None, number: int) -> float:
        """Share of the demand that a stage cuts a user class. [-]."""
        told = (stage.cuts for stage in reversed(self.stages[: number + 1]))
        return next((share for cuts in told for name, share in cuts.items() if name == user_class), 0.0)

    def default_given(self, name: str) -> float | None:
        """Every stage may be announced, and the rule is in force, unless the engine finds it out of service."""
        if name == "most_stage" and self.most_stage is None:
            return float(len(self.droughts))
        return 1.0 if name == IN_FORCE else super().default_given(name)

    def past_flows(self, day: dt.date, time_zone: str = "UTC") -> Mapping[str, tuple[Past, ...]]:
        """Days under each stage, and changes of stage, from what has been announced before a day."""
        names = [stage.name for stage in self.stages]
        known = [(each.since, names.index(each.stage)) for each in self.announced if each.since < day]
        known = known or [(day - ONE_DAY, 0)]
        ends = (*(since for since, _ in known[1:]), day)
        spans = [(since, end, number) for (since, number), end in zip(known, ends, strict=True)]
        lengths = [float(Horizon((since, end), time_zone).days[0]) for since, end, _ in spans]
        past = {
            f"announced {name}": tuple(
                Past(since, end, length * float(at >= number)) for (since, end, at), length in zip(spans, lengths, strict=True)
            )
            for number, name in enumerate(self.droughts, start=1)
        }
        # Of earlier changes only the last one counts: it holds the stage longest.
        changes = [(since, number - last) for (_, last), (since, number) in pairwise([(day, 0), *known]) if number != last]
        for word, sign in (("raised", 1), ("lowered", -1)):
            past[word] = tuple(
                Past(since, since + dt.timedelta(days=1), 1.0) for since, change in changes[-1:] if sign * change > 0
            )
        return past

    def formulate(self, step: Step) -> None:
        """See the classes for the equations."""
        announced, raised, lowered = self._announce(step)
        stage, stage_before = self._numbers(step, announced)
        step.measure(self, "stage", stage, unit=units.FRACTION)
        step.measure(self, "stage_before", stage_before, unit=units.FRACTION)
        changes = raised.recent(self.minimum_duration) + lowered.recent(self.minimum_duration)
        step.measure(self, "changes", changes, unit=units.FRACTION)
        in_force = [days.delayed(self.lead_time) for days in announced]
        for name, days in zip(self.droughts, in_force, strict=True):
            step.measure(self, f"in_force {name}", days, unit=units.TIME)
        damage = self._cut_users(step, in_force)
        costs = np.diff([stage.cost_per_day for stage in self.stages])
        step.measure(
            self, "damage", damage + sum(cost * days for cost, days in zip(costs, in_force, strict=True)), unit=units.MONEY
        )

    def _announce(self, step: Step) -> tuple[list[Flow], Flow, Flow]:
        """The days of the step on which each stage or a severer one is announced; whether the stage is raised, or lowered."""
        raise NotImplementedError

    def _numbers(self, step: Step, announced: list[Flow]) -> tuple[Expression, Expression]:
        """Number of the stage that is announced, and of the one in the step before."""
        a_day = step.derived(self, "a_day", np.reciprocal, step.days)
        a_day_before = step.derived(self, "a_day_before", np.reciprocal, step.days_before)
        return sum(a_day * days for days in announced), sum(a_day_before * days.before for days in announced)

    def _cut_users(self, step: Step, in_force: list[Expression]) -> Expression:
        """Cut every user for as long as a stage is in force; returns what lacks, in money."""
        damage, total = 0.0, 0.0
        for user in self.users:
            user_class, shortage = step.user_class(user), step.of(user, "shortage")
            rate = step.derived(self, f"rate {user}", _rate, step.given(user, "demand"), step.days, step.given(self, IN_FORCE))
            further = np.diff([self.cut(user_class, number) for number in range(len(self.stages))])
            curtailment = step.flow(self, f"{CURTAILMENT}{user}")
            cut = sum(share * rate * days for share, days in zip(further, in_force, strict=True))
            step.constraint(self, f"{CURTAILMENT}{user}", curtailment == cut)
            step.constraint(self, f"{CUT}{user}", shortage >= curtailment)
            announced, unannounced = self._costs(user_class)
            damage += announced * curtailment + unannounced * (shortage - curtailment)
            total += curtailment
        step.measure(self, "curtailment", total)
        return damage

    def _costs(self, user_class: str | None) -> tuple[float, float]:
        """Damage of a cubic metre that lacks, announced and unannounced."""
        told = (self.announced_cost, self.unannounced_cost)
        announced, unannounced = (next((cost for name, cost in costs.items() if name == user_class), 0.0) for costs in told)
        return announced, unannounced

    def check(self, ledger: Ledger) -> None:
        """Stages are whole and change by one and seldom; who is cut lacks at least the cut; the damage adds up."""
        self._check_changes(ledger)
        days = ledger.horizon.days
        lasts = np.array([ledger.delayed(self, f"announced {name}", self.lead_time) for name in self.droughts])
        for name, last in zip(self.droughts, lasts, strict=True):
            ledger.equal(self, f"in_force {name}", SECONDS * ledger.value(self, f"in_force {name}"), SECONDS * last)
        # Days under exactly one stage: those under it or a severer one, less those under a severer one.
        exactly = -np.diff(np.vstack([days, lasts, np.zeros_like(days)]), axis=0)
        damage = np.array([stage.cost_per_day for stage in self.stages]) @ exactly
        total = np.zeros_like(days)
        for user in self.users:
            user_class = ledger.user_class(user)
            shares = np.array([self.cut(user_class, number) for number in range(len(self.stages))])
            cut = (shares @ exactly) / days * ledger.given(user, "demand") * ledger.given(self, IN_FORCE)
            shortage = ledger.value(user, "shortage")
            ledger.equal(self, f"{CURTAILMENT}{user}", ledger.value(self, f"{CURTAILMENT}{user}"), cut)
            ledger.within(self, f"shortage of {user}", shortage, cut, np.inf)
            announced, unannounced = self._costs(user_class)
            damage = damage + announced * cut + unannounced * (shortage - cut)
            total = total + cut
        ledger.equal(self, "curtailment", ledger.value(self, "curtailment"), total)
        ledger.equal(self, "damage", ledger.value(self, "damage"), damage)

    def _check_changes(self, ledger: Ledger) -> None:
        days, milder = ledger.horizon.days, np.ones(len(ledger.horizon))
        for name in self.droughts:
            on = ledger.value(self, f"announced {name}") / days
            ledger.whole(self, f"announced {name}", on, season=True)
            ledger.within(self, f"announced {name}", SECONDS * on, 0.0, SECONDS * milder)
            milder = on
        stage, before = self.announced_stages(ledger)
        raised, lowered = ledger.value(self, "raised"), ledger.value(self, "lowered")
        ledger.equal(self, "stage", ledger.value(self, "stage"), stage)
        ledger.equal(self, "stage_before", ledger.value(self, "stage_before"), before)
        ledger.equal(self, "raised", raised, np.maximum(stage - before, 0.0))
        ledger.equal(self, "lowered", lowered, np.maximum(before - stage, 0.0))
        lately = ledger.recent(self, "raised", self.minimum_duration) + ledger.recent(self, "lowered", self.minimum_duration)
        ledger.within(self, f"changes within {self.minimum_duration:g} days", lately, 0.0, 1.0)
        ledger.equal(self, "changes", ledger.value(self, "changes"), lately)

    def decided(self, ledger: Ledger) -> Mapping[str, Floats]:
        """The stage of the plan is announced in the morning; the day as it happens does not think again."""
        stage, _ = self.announced_stages(ledger)
        return {"least_stage": stage, "most_stage": stage}

    def reasons(self, ledger: Ledger) -> tuple[StageReason, ...]:
        """Why each step has its stage; shape (steps,)."""
        raise NotImplementedError

    def unannounced_damage(self, ledger: Ledger) -> float:
        """Damage of the whole plan if no stage had been announced and the same had lacked. [currency]."""
        costs = ((user, self._costs(ledger.user_class(user))[1]) for user in self.users)
        return sum(cost * float(ledger.value(user, "shortage").sum()) for user, cost in costs)

    def announced_stages(self, ledger: Ledger) -> tuple[Floats, Floats]:
        """Number of the stage that is announced in every step, and in the step before it."""
        names = [f"announced {name}" for name in self.droughts]
        stage: Floats = np.round(np.sum([ledger.value(self, name) for name in names], axis=0) / ledger.horizon.days)
        opening = np.round(np.sum([ledger.before(self, name)[0] for name in names]))
        return stage, np.concatenate([[opening], stage[:-1]])


def _rate(demand: Floats, days: Floats, in_force: Floats) -> Floats:
    """Demand a day while the rule is in force. [m3/day]."""
    return demand / days * in_force
