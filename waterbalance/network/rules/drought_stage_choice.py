"""Drought stages that the plan chooses: when to announce what, so that the season's damage is least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import model_validator

from waterbalance import units
from waterbalance.network.rules._drought_stages import _DroughtStages

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Flow, Step


class DroughtStageChoice(_DroughtStages):
    """Drought stages chosen by the plan, with the damage that they do and avoid.

    at_least(stage) = 0 or 1 at every step; at_least(stage) <= at_least(milder stage)
    announced(stage) = days x at_least(stage)
    stage number = sum of at_least(stage);  stage number - stage number before = raised - lowered, both 0 or 1
    raised + lowered, over all steps begun less than minimum_duration ago, <= 1: one stage at a time, and not too soon again
    in_force(stage) = announced(stage) delayed by lead_time, exactly for steps of unequal length
    curtailment(user) = further cut of the user's class x demand / days x in_force(stage), summed over the stages
    shortage(user) >= curtailment(user)
    damage = announced_cost x curtailment + unannounced_cost x (shortage - curtailment) + cost_per_day x days in the stage

    The policy needs a goal that minimises `damage` of this rule, before the goals for the shortages of the users: without
    it nothing says which stage is better. A cut is a cut of use; what a user keeps in tanks of its own does not lift it.
    Choosing takes switches at every step (mixed-integer program): for long horizons keep stages few and the minimum
    duration long. Method: measures against shortage chosen together with the operation of the sources for least cost, as in
    Jenkins and Lund (2000), doi:10.1061/(ASCE)0733-9496(2000)126:5(288); their probabilities are not looked at here.
    """

    @model_validator(mode="after")
    def _no_curve_decides(self) -> Self:
        for stage in self.stages:
            if stage.below:
                raise ValueError(f"stage {stage.name} has a curve; the plan chooses here, and curves decide in drought_stage")
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        super().formulate(step)
        announced = [step.of(self.name, f"announced {name}") for name in self.droughts]
        raised, lowered = step.of(self.name, "raised"), step.of(self.name, "lowered")
        stage, stage_before = self._numbers(step, announced)
        step.constraint(self, "one_stage_at_a_time", stage - stage_before == raised - lowered)
        changes = raised.recent(self.minimum_duration) + lowered.recent(self.minimum_duration)
        step.constraint(self, "minimum_duration", changes <= 1)

    def _announce(self, step: Step) -> tuple[list[Flow], Flow, Flow]:
        on = [step.switch(self, f"at_least {name}", season=True) for name in self.droughts]
        announced = [step.flow(self, f"announced {name}", number=True, unit=units.TIME) for name in self.droughts]
        for name, switch, days in zip(self.droughts, on, announced, strict=True):
            step.constraint(self, f"announced {name}", days == step.days * switch)
        for name, milder, severer in zip(self.droughts[1:], on, on[1:], strict=False):
            step.constraint(self, f"nested {name}", severer <= milder)
        step.constraint(self, "least_stage", sum(on) >= step.given(self, "least_stage"))
        step.constraint(self, "most_stage", sum(on) <= step.given(self, "most_stage"))
        return announced, step.switch(self, "raised", season=True), step.switch(self, "lowered", season=True)

    def check(self, ledger: Ledger) -> None:
        """As all stages; the switches say what is announced, within the stages that may be."""
        super().check(ledger)
        for name in self.droughts:
            on = ledger.value(self, f"at_least {name}")
            ledger.equal(self, f"at_least {name}", on, np.round(ledger.value(self, f"announced {name}") / ledger.horizon.days))
        stage, _ = self.announced_stages(ledger)
        ledger.within(self, "stage", stage, ledger.given(self, "least_stage"), ledger.given(self, "most_stage"))
