"""A flow that a river should keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from waterbalance.network.component import Component
from waterbalance.network.fields import FlowRate, Subject, UserClass

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class MinimumFlow(Component):
    """A flow that should be kept; what lacks is measured, and the policy says how much that matters.

    flow + shortfall >= minimum

    The flow is the mean of the step: within a step of ten days it may be less on some of them.
    """

    is_rule: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("minimum",)
    idle_zero: ClassVar[tuple[str, ...]] = ("minimum",)

    subject: Subject
    """The component whose flow is kept, such as the river reach below a weir."""

    quantity: str = "inflow"
    """Which of its quantities."""

    minimum: FlowRate
    """Flow to be kept. [m3/day]"""

    user_class: UserClass = "environment"
    """Class for policies and reports."""

    def formulate(self, step: Step) -> None:
        """See the class for the equation."""
        shortfall = step.flow(self, "shortfall")
        step.constraint(self, "minimum", step.of(self.subject, self.quantity) + shortfall >= step.given(self, "minimum"))
        step.measure(self, "shortfall", shortfall)

    def check(self, ledger: Ledger) -> None:
        """What lacks is told in full."""
        lacking = np.maximum(0.0, ledger.given(self, "minimum") - ledger.value(self.subject, self.quantity))
        ledger.within(self, "shortfall", ledger.value(self, "shortfall"), lacking, np.inf)
