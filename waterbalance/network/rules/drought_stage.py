"""Drought stages by rule: storages against curves, with an outlook on the inflow."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import model_validator

from waterbalance import units
from waterbalance.network.fields import Duration, Subject, Volume
from waterbalance.network.rules._drought_stages import StageReason, _DroughtStages
from waterbalance.network.rules._limit import IN_FORCE
from waterbalance.network.rules._saved_water import saved_water

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Flow, Step

STAGE, RAISED, LOWERED = "announced_stage", "stage_raised", "stage_lowered"
"""Givens of the rule: what the last pass made of the storages."""

WANTED = "wanted_stage"
"""Given of the rule: the stage that storages and outlook ask for, before the minimum duration and the single steps."""

ASKED_FOR_WITH, ASKED_FOR_AFTER = "asked_for_with", "asked_for_after"
"""Givens of the rule: what was available in the latest pass that asked for the wanted stage by its storages [m3], and the
sum of its stages x days up to the step [day]. No equation holds them: they tell why a stage stays asked for."""

OUTLOOK = "outlook_inflow"
"""Given of the rule: what is expected to flow in over the outlook. [m3]"""

FREE_PASSES = 6
"""Passes in which a milder stage may be asked for again: the first one cuts nobody, so it finds the later steps too dry."""

SAME_STORAGE = 1e-6
"""Two storages that differ by this share of the limit are the same. [-]"""

MADE_OF_THE_LAST_PASS = frozenset({STAGE, RAISED, LOWERED, WANTED, ASKED_FOR_WITH, ASKED_FOR_AFTER})


class DroughtStage(_DroughtStages):
    """Drought stages announced by rule curves, with lead time, minimum duration and one stage at a time.

    available = joint storage before the step + inflow of the places in `inflows` expected over the outlook
    limit(stage) = sum of below(curve) x curve
    wanted stage = number of stages, from mild to severe, whose limit lies above what is available
    announced stage = one towards the wanted stage, within least_stage and most_stage; as before where the last change was
        announced less than minimum_duration ago
    in_force(stage) = days with at least this stage announced, delayed by lead_time, exactly for steps of unequal length
    curtailment(user) = further cut of the user's class x demand / days x in_force(stage), summed over the stages
    shortage(user) >= curtailment(user)
    damage = announced_cost x curtailment + unannounced_cost x (shortage - curtailment) + cost_per_day x days in the stage

    The stage depends on the storage, and the storage on the stage. So the stage is read from the pass before, and the plan
    is made again until no stage changes; where it still changes after a few passes, what is once asked for stays asked for,
    and late steps may be on the careful side: the report then says what a milder stage would have left. Where the outlook
    reaches beyond the plan, the inflow of the last step goes on.

    A cut is a cut of use: what a user keeps in tanks of its own does not lift it. Where a user should only be limited in
    what it is brought, use rule_curve. For stages that a plan chooses by their damage, use drought_stage_choice.
    """

    varying: ClassVar[tuple[str, ...]] = ("upper_curve", "lower_curve", "severe_curve", "least_stage", "most_stage")
    idle_zero: ClassVar[tuple[str, ...]] = (IN_FORCE, "upper_curve", "lower_curve", "severe_curve")

    reservoirs: tuple[Subject, ...]
    """Reservoirs and tanks whose storages are added up."""

    upper_curve: Volume | None = None
    """A joint storage that stages name; usually a table. [m3]"""

    lower_curve: Volume | None = None
    """A joint storage that stages name; usually a table. [m3]"""

    severe_curve: Volume | None = None
    """A joint storage that stages name; usually a table. [m3]"""

    outlook: Duration = 0.0
    """How far ahead the expected inflow counts with the storage. [day]"""

    inflows: tuple[Subject, ...] = ()
    """Reservoirs and weirs whose `inflow` counts over the outlook."""

    @model_validator(mode="after")
    def _every_stage_has_a_limit(self) -> Self:
        if not self.reservoirs or len(set(self.reservoirs)) < len(self.reservoirs):
            raise ValueError("reservoirs needs at least one name, and each of them once")
        for stage in self.stages[1:]:
            if not stage.below:
                raise ValueError(f"stage {stage.name} needs the curve below which it is asked for: 'below: {{lower_curve: 1}}'")
            for curve in stage.below:
                if getattr(self, curve) is None:
                    raise ValueError(f"stage {stage.name} names {curve}, which has no values here")
        if (self.outlook > 0) != bool(self.inflows):
            raise ValueError("outlook and inflows belong together: how far ahead, and whose inflow")
        return self

    def default_given(self, name: str) -> float | None:
        """No stage is announced before the first pass has told the storages."""
        return 0.0 if name in {*MADE_OF_THE_LAST_PASS, OUTLOOK} else super().default_given(name)

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        # No equation holds these; asked for here, they are among the givens that `revise` and `check` read.
        for name in (WANTED, ASKED_FOR_WITH, ASKED_FOR_AFTER, OUTLOOK, "least_stage", "most_stage", *self._curves()):
            step.given(self, name)
        for place in self.inflows:
            step.given(place, "inflow")
        super().formulate(step)
        step.measure(self, "joint_storage", sum(step.of(reservoir, "storage") for reservoir in self.reservoirs))

    def _announce(self, step: Step) -> tuple[list[Flow], Flow, Flow]:
        def fixed(name: str, value: Expression, unit: str) -> Flow:
            return step.flow(self, name, lower=value, upper=value, number=True, unit=unit)

        announced = []
        for number, name in enumerate(self.droughts, start=1):
            days = step.derived(self, f"days {name}", _Days(number), step.given(self, STAGE), step.days)
            announced.append(fixed(f"announced {name}", days, units.TIME))
        raised, lowered = step.given(self, RAISED), step.given(self, LOWERED)
        return announced, fixed("raised", raised, units.FRACTION), fixed("lowered", lowered, units.FRACTION)

    def revise(self, ledger: Ledger) -> Mapping[str, Floats]:
        """Stages from the storages of the last pass; after a few passes no milder stage is asked for than in it."""
        outlook = self._expected_inflow(ledger)
        wanted, stage, asked_with, asked_after = self._one_at_a_time(ledger, outlook)
        if (wanted == ledger.given(self, WANTED)).all() and (stage == ledger.given(self, STAGE)).all():
            asked_with, asked_after = ledger.given(self, ASKED_FOR_WITH), ledger.given(self, ASKED_FOR_AFTER)
        change = np.diff(stage, prepend=self.announced_stages(ledger)[1][0])
        return {
            OUTLOOK: outlook,
            WANTED: wanted,
            ASKED_FOR_WITH: asked_with,
            ASKED_FOR_AFTER: asked_after,
            STAGE: stage,
            RAISED: np.maximum(change, 0.0),
            LOWERED: np.maximum(-change, 0.0),
        }

    def check(self, ledger: Ledger) -> None:
        """As all stages; the announced stage is one towards what storages and outlook ask for, unless it is too soon."""
        super().check(ledger)
        joint_storage = np.sum([ledger.value(reservoir, "storage") for reservoir in self.reservoirs], axis=0)
        ledger.equal(self, "joint_storage", ledger.value(self, "joint_storage"), joint_storage)
        stage, before = self.announced_stages(ledger)
        wanted = ledger.given(self, WANTED)
        allowed, outlook = self._allowed(ledger), ledger.given(self, OUTLOOK)
        # Where only one stage may be announced, it was decided elsewhere, and nobody asks the storages.
        free = allowed[0] < allowed[1]
        available, limits = self.available(ledger, outlook), self.limits(ledger)
        least = np.where(free, _below(available, limits * (1.0 - 2 * SAME_STORAGE)), 0.0)
        careful = ~free | (ledger.passes > FREE_PASSES)
        most = np.where(careful, len(self.droughts), _below(available, limits * (1.0 + SAME_STORAGE)))
        ledger.within(self, WANTED, wanted, least, most)
        own = np.abs(stage - before)
        lately = ledger.recent(self, "raised", self.minimum_duration) + ledger.recent(self, "lowered", self.minimum_duration)
        move = np.where(lately - own > 0.5, 0.0, np.sign(np.clip(wanted, *allowed) - before))
        ledger.equal(self, "announced stage", stage, before + move)
        ledger.equal(self, OUTLOOK, outlook, np.where(free, self._expected_inflow(ledger), outlook))

    def reasons(self, ledger: Ledger) -> tuple[StageReason, ...]:
        """Why each step has its stage, from the storages of this very plan."""
        stage, before = self.announced_stages(ledger)
        available, limits = self.available(ledger, ledger.given(self, OUTLOOK)), self.limits(ledger)
        least, most = self._allowed(ledger)
        own = np.abs(stage - before)
        lately = ledger.recent(self, "raised", self.minimum_duration) + ledger.recent(self, "lowered", self.minimum_duration)
        asked_with = ledger.given(self, ASKED_FOR_WITH)
        milder = ledger.given(self, ASKED_FOR_AFTER) < np.cumsum(stage * ledger.horizon.days) - SAME_STORAGE
        found = []
        for t, number in enumerate(stage.astype(int)):
            lowered = stage[t] < before[t]
            if not lowered and number == 0:
                found.append(StageReason("no drought"))
                continue
            limit = float(limits[number if lowered else number - 1, t])
            if lowered and available[t] >= limit * (1.0 - 2 * SAME_STORAGE):
                found.append(StageReason("reached", float(available[t]), limit))
            elif not lowered and _below(available[t], limits[:, t] * (1.0 + SAME_STORAGE)) >= number:
                found.append(StageReason("below", float(available[t]), limit))
            elif most[t] <= number if lowered else least[t] >= number:
                found.append(StageReason("decided elsewhere"))
            elif not own[t] and lately[t] > 0.5:
                found.append(StageReason("too soon"))
            elif not lowered and milder[t] and asked_with[t] < limit:
                found.append(StageReason("would return", float(asked_with[t]), limit))
            else:
                found.append(StageReason("not settled"))
        return tuple(found)

    def _curves(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(curve for stage in self.stages for curve in stage.below))

    def available(self, ledger: Ledger, outlook: Floats) -> Floats:
        """Joint storage at the start of each step and what is expected to flow in. [m3]."""
        available: Floats = outlook + np.sum([ledger.before(reservoir, "storage") for reservoir in self.reservoirs], axis=0)
        return available

    def limits(self, ledger: Ledger) -> Floats:
        """What is available must not lie below these, or a stage is asked for; shape (stages after the first, steps). [m3]."""
        none = np.zeros(len(ledger.horizon))
        limits = [[share * ledger.given(self, curve) for curve, share in stage.below.items()] for stage in self.stages[1:]]
        return np.array([sum(parts, none) for parts in limits])

    def _allowed(self, ledger: Ledger) -> tuple[Floats, Floats]:
        """Mildest and severest stage that may be announced; of a table's mean over a step the whole numbers inside."""
        most = np.minimum(np.floor(ledger.given(self, "most_stage")), len(self.droughts))
        return np.minimum(np.ceil(ledger.given(self, "least_stage")), most), most

    def _one_at_a_time(self, ledger: Ledger, outlook: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Wanted and announced stages step after step, the storages guessed where the stages differ from the last pass.

        And by what they were asked for: what was available, after how many days of stages.
        """
        begins = ledger.horizon.calendar[:-1]
        earlier = self._changed_before(ledger)
        at_least = ledger.given(self, WANTED) if ledger.passes > FREE_PASSES else np.zeros_like(begins)
        last, stage = ledger.given(self, STAGE), self.announced_stages(ledger)[1][0]
        saving = _Saving(self, ledger, last)
        available, limits = self.available(ledger, outlook), (1.0 - SAME_STORAGE) * self.limits(ledger)
        least, most = self._allowed(ledger)
        changed, ahead = -np.inf, 0.0
        wanted, stages = np.zeros_like(begins), last.copy()
        asked_with, asked_after = ledger.given(self, ASKED_FOR_WITH).copy(), ledger.given(self, ASKED_FOR_AFTER).copy()
        for t, begin in enumerate(begins):
            asked = float(_below(available[t] + ahead, limits[:, t]))
            wanted[t] = max(asked, at_least[t])
            if asked > 0 and asked >= wanted[t]:
                asked_with[t], asked_after[t] = available[t] + ahead, stages[: t + 1] @ ledger.horizon.days[: t + 1]
            aim = min(max(wanted[t], least[t]), most[t])
            if aim != stage and earlier[t] < 0.5 and begin - changed >= self.minimum_duration:
                stage += np.sign(aim - stage)
                changed = begin
            stages[t] = stage
            ahead += saving.in_step(t, stages)
        return wanted, stages, asked_with, asked_after

    def _changed_before(self, ledger: Ledger) -> Floats:
        """Changes before the plan that still count in each step: all that count, less those of the last pass itself."""
        begins = ledger.horizon.calendar[:-1]
        ago = begins[:, None] - begins[None, :]
        counted = (ago >= 0) & (ago < self.minimum_duration)
        words = ("raised", "lowered")
        earlier = [ledger.recent(self, word, self.minimum_duration) - counted @ ledger.value(self, word) for word in words]
        before: Floats = np.sum(earlier, axis=0)
        return before

    def _expected_inflow(self, ledger: Ledger) -> Floats:
        """Inflow from the start of each step over the outlook; past the plan the last step's inflow goes on. [m3]."""
        if not self.inflows:
            return np.zeros(len(ledger.horizon))
        inflow = np.sum([ledger.given(place, "inflow") for place in self.inflows], axis=0)
        edges, last = ledger.horizon.offsets, inflow[-1] / ledger.horizon.days[-1]
        moments = np.append(edges, edges[-1] + self.outlook)
        cumulative = np.cumsum([0.0, *inflow, last * self.outlook])
        expected: Floats = np.interp(edges[:-1] + self.outlook, moments, cumulative) - cumulative[: len(inflow)]
        return expected


def _below(available: Floats | float, limits: Floats) -> Floats:
    """How many stages in a row have their limit above what is available."""
    below: Floats = np.cumprod(available < limits, axis=0).sum(axis=0).astype(float)
    return below


class _Days:
    """Days of a step on which at least the stage of a number is announced."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __call__(self, stage: Floats, days: Floats) -> Floats:
        return np.where(stage >= self.number, days, 0.0)


class _Saving:
    """What other stages would save against those of the last pass."""

    def __init__(self, rule: DroughtStage, ledger: Ledger, last: Floats) -> None:
        self.last = last
        starts, ends = ledger.horizon.offsets[:-1], ledger.horizon.offsets[1:]
        later, sooner = np.minimum.outer(ends, ends + rule.lead_time), np.maximum.outer(starts, starts + rule.lead_time)
        self.days_in_force = np.maximum(later - sooner, 0.0)
        """Days of each step in which a stage announced in each step is in force, shape (steps, steps)."""
        self.users = []
        for user in rule.users:
            shares = np.array([rule.cut(ledger.user_class(user), number) for number in range(len(rule.stages))])
            demand, cut = ledger.given(user, "demand"), ledger.value(rule, f"curtailment {user}")
            rate = demand / ledger.horizon.days * ledger.given(rule, IN_FORCE)
            self.users.append((demand, ledger.value(user, "shortage"), cut, rate, shares))

    def in_step(self, t: int, stages: Floats) -> float:
        """Water saved in one step by the stages up to it. [m3]."""
        total = 0.0
        for demand, shortage, cut, rate, shares in self.users:
            further = shares[stages.astype(int)] - shares[self.last.astype(int)]
            other = cut[t] + rate[t] * (self.days_in_force[t] @ further)
            total += float(saved_water(demand[t], shortage[t], cut[t], other))
        return total
