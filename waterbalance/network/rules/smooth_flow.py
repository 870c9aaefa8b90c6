"""A flow that should change little from step to step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from pydantic import Field

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import FlowRate, Subject
from waterbalance.network.rules._square import MOST_SEGMENTS, check_square, say_square

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class SmoothFlow(Component):
    """How much a mean flow changes from one step to the next, for goals that want it calm.

    rise - fall = flow / days - flow before / days before
    change = rise + fall
    penalty = (rise / scale)^2 + (fall / scale)^2

    The first step is compared with the state's past over the day before. The square spreads a change over many steps,
    where `change` alone may make it at once. It is told by n straight segments: at most 1 / (4 n^2) too large up to the
    scale, never too small; beyond the scale it goes on in a straight line. A change counts once, however long the steps
    are. Goals that do not want it small may tell too much. For a limit that must hold use a `ramp_limit`.
    """

    is_rule: ClassVar[bool] = True

    subject: Subject
    """The component whose flow is meant."""

    quantity: str = "inflow"
    """Which of its quantities."""

    scale: Annotated[FlowRate, Field(gt=0)]
    """Change of the mean flow that has a penalty of one. [m3/day]"""

    segments: int = Field(default=10, ge=1, le=MOST_SEGMENTS)
    """How many straight segments stand for the square up to the scale. [-]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        flow = step.of(self.subject, self.quantity)
        share_of_day = step.derived(self, "one_over_days", np.reciprocal, step.days)
        share_of_day_before = step.derived(self, "one_over_days_before", np.reciprocal, step.days_before)
        rise, rise_squared = say_square(step, self, "rise", self.segments, self.scale, units.FLOW)
        fall, fall_squared = say_square(step, self, "fall", self.segments, self.scale, units.FLOW)
        step.constraint(self, "change", rise - fall == share_of_day * flow - share_of_day_before * flow.before)
        step.measure(self, "change", rise + fall, unit="m3/day")
        step.measure(self, "penalty", (1 / self.scale) * (rise_squared + fall_squared), unit="1")

    def check(self, ledger: Ledger) -> None:
        """The change of the mean flow from the volumes and the lengths of the steps, and its square."""
        days = ledger.horizon.days
        rate = ledger.value(self.subject, self.quantity) / days
        rate_before = ledger.before(self.subject, self.quantity) / np.concatenate([[1.0], days[:-1]])
        scale = np.full(len(days), self.scale)
        rise, rise_squared = check_square(ledger, self, "rise", self.segments, scale)
        fall, fall_squared = check_square(ledger, self, "fall", self.segments, scale)
        ledger.equal(self, "rise - fall", rise - fall, rate - rate_before)
        ledger.equal(self, "change", ledger.value(self, "change"), rise + fall)
        ledger.equal(self, "penalty", ledger.value(self, "penalty"), (rise_squared + fall_squared) / self.scale)
