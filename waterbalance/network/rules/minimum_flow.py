"""A flow that a river should keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import model_validator

from waterbalance.network.component import Component
from waterbalance.network.fields import FlowRate, Fraction, Subject, UserClass

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class MinimumFlow(Component):
    """A flow that should be kept; what lacks is measured, and the policy says how much that matters.

    flow + shortfall >= required
    required = min(most, max(minimum, share x natural flow))
    natural flow = sum of the natural inflow of natural_flow_of

    Without a share the minimum is what is required. The flow is the mean of the step: within a step of ten days it may be
    less on some of them. Shares of the natural flow by season go back to Tennant (1976), Instream flow regimens for fish,
    wildlife, recreation and related environmental resources, doi:10.1577/1548-8446(1976)001<0006:IFRFFW>2.0.CO;2; a
    compensation flow that is the smaller of a figure and the natural inflow has `share: 1` and that figure as `most`.
    """

    is_rule: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("minimum", "share", "most")
    idle_zero: ClassVar[tuple[str, ...]] = ("minimum", "share")

    subject: Subject
    """The component whose flow is kept, such as the river reach below a weir."""

    quantity: str = "inflow"
    """Which of its quantities."""

    minimum: FlowRate = 0.0
    """Flow to be kept at least; twelve values, one for each month, may stand in a list. [m3/day]"""

    share: Fraction | None = None
    """Share of the natural flow to be kept. [-]"""

    natural_flow_of: tuple[Subject, ...] = ()
    """Weirs and reservoirs whose natural inflows make up the natural flow."""

    most: FlowRate | None = None
    """Most that is required, however much flows naturally; unlimited when left out. [m3/day]"""

    user_class: UserClass = "environment"
    """Class for policies and reports."""

    @model_validator(mode="after")
    def _something_is_required(self) -> Self:
        if (self.share is None) != (not self.natural_flow_of):
            raise ValueError("share and natural_flow_of belong together: give both, or none of them")
        if len(set(self.natural_flow_of)) < len(self.natural_flow_of):
            raise ValueError("natural_flow_of needs each of its names once")
        if not {"minimum", "share"} & self.model_fields_set:
            raise ValueError("a minimum flow needs a minimum, or a share and natural_flow_of")
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        required, most = step.given(self, "minimum"), step.given(self, "most")
        natural = [step.given(name, "inflow") for name in self.natural_flow_of]
        share = [] if self.share is None else [step.given(self, "share")]
        required = step.derived(self, "required", _required, required, most, *share, *natural)
        shortfall = step.flow(self, "shortfall")
        step.constraint(self, "minimum", step.of(self.subject, self.quantity) + shortfall >= required)
        step.measure(self, "shortfall", shortfall)

    def check(self, ledger: Ledger) -> None:
        """What lacks is told in full."""
        required = ledger.given(self, "minimum")
        if self.share is not None:
            natural = np.sum([ledger.given(name, "inflow") for name in self.natural_flow_of], axis=0)
            kept = natural * ledger.given(self, "share")
            required = np.where(kept > required, kept, required)
        required = np.where(required > ledger.given(self, "most"), ledger.given(self, "most"), required)
        lacking = np.maximum(0.0, required - ledger.value(self.subject, self.quantity))
        ledger.within(self, "shortfall", ledger.value(self, "shortfall"), lacking, np.inf)


def _required(minimum: Floats, most: Floats, share: Floats | float = 0.0, *natural: Floats) -> Floats:
    """What must flow in each step, in [m3]."""
    found: Floats = np.minimum(most, np.maximum(minimum, share * sum(natural, start=0.0 * minimum)))
    return found
