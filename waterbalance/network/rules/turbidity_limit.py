"""Muddy water stops an intake, in stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from waterbalance.network.fields import FlowRate, Subject, Turbidity
from waterbalance.network.rules._limit import IN_FORCE, _Limit, while_in_force

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class TurbidityStage(BaseModel):
    """One stage of a turbidity limit: turbidity > above allows flow <= at_most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    above: Turbidity
    """The stage begins above this turbidity. [NTU]"""

    at_most: FlowRate
    """Most that may be taken in this stage. [m3/day]"""


class TurbidityLimit(_Limit):
    """How much an intake may take while the river is muddy.

    flow <= at_most of the last stage with turbidity > above

    Below the first stage there is no limit. A step of several days is judged by its one value of turbidity: give the
    mean, and let the intake's capacity stand for the clear days.
    """

    subject: Subject
    """The intake: the canal, pipe or pump station that takes the water."""

    quantity: str = "inflow"
    """Which of its quantities."""

    weir: Subject
    """The weir whose turbidity is read."""

    limits: tuple[TurbidityStage, ...]
    """The stages, in order of rising turbidity."""

    @model_validator(mode="after")
    def _muddier_stages_follow_and_allow_no_more(self) -> Self:
        if not self.limits:
            raise ValueError("a turbidity limit needs at least one stage in limits")
        for earlier, later in zip(self.limits, self.limits[1:], strict=False):
            if later.above <= earlier.above:
                raise ValueError(
                    f"the stages must be in order of rising turbidity; {later.above:g} follows {earlier.above:g} NTU"
                )
            if later.at_most > earlier.at_most:
                raise ValueError(
                    f"a muddier stage may allow no more; above {later.above:g} NTU {later.at_most:g} m3/day"
                    f" follows {earlier.at_most:g} m3/day"
                )
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equation."""
        limit = step.derived(
            self, "limit", self._limit, step.given(self.weir, "turbidity"), step.days, step.given(self, IN_FORCE)
        )
        limited_flow = step.flow(self, "limited_flow", upper=limit)
        step.constraint(self, "limit", limited_flow == step.of(self.subject, self.quantity))

    def _limit(self, turbidity: Floats, days: Floats, in_force: Floats) -> Floats:
        """Most that may be taken in a step, as a volume [m3]; infinite below the first stage."""
        stage = np.searchsorted([limit.above for limit in self.limits], turbidity, side="left")
        allowed = np.array([np.inf, *(limit.at_most for limit in self.limits)])
        return while_in_force(allowed[stage] * days, in_force)

    def check(self, ledger: Ledger) -> None:
        """Stage by stage, what is taken while the river is muddier than the stage allows."""
        flow, turbidity = ledger.value(self.subject, self.quantity), ledger.given(self.weir, "turbidity")
        ledger.equal(self, "limited_flow", ledger.value(self, "limited_flow"), flow)
        in_force = ledger.given(self, IN_FORCE) > 0
        for limit in self.limits:
            most = np.where(in_force & (turbidity > limit.above), limit.at_most * ledger.horizon.days, np.inf)
            ledger.within(self, f"{self.quantity} of {self.subject} above {limit.above:g} NTU", flow, 0.0, most)
