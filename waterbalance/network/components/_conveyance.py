"""What canals and river reaches have in common: two ends, a time on the way, and a share that is lost on it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import model_validator

from waterbalance.network.component import Component
from waterbalance.network.fields import Downstream, Duration, Fraction, Length, SharePerLength, Upstream

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Flow, Step


class _Conveyance(Component):
    """A way for water from one place to another.

    share_lost = conveyance_loss, or 1 - exp(-loss_per_length x length)

    Each metre loses the same share of what reaches it, so that two reaches one behind the other lose what a single one of
    their length does.
    """

    source: Upstream
    """Where the water is taken."""

    target: Downstream
    """Where the water is brought."""

    travel_time: Duration = 0.0
    """Time from the beginning to the end. [day]"""

    conveyance_loss: Fraction = 0.0
    """Share of the water that seeps and evaporates on the way, all in all. [-]"""

    length: Length | None = None
    """From the beginning to the end. [m]"""

    loss_per_length: SharePerLength | None = None
    """Share that seeps and evaporates on a short stretch, by its length, such as `0.4 %/km`. [1/m]"""

    @model_validator(mode="after")
    def _a_loss_is_told_once(self) -> Self:
        if self.loss_per_length is not None and self.conveyance_loss > 0:
            raise ValueError(
                f"conveyance_loss ({self.conveyance_loss:g}) and loss_per_length ({self.loss_per_length:g} 1/m) both tell"
                " what is lost on the way; leave one of them out"
            )
        if self.loss_per_length is not None and self.length is None:
            raise ValueError("a loss_per_length needs a length")
        return self

    @property
    def share_lost(self) -> float:
        """Share of the water that does not arrive. [-]."""
        if self.loss_per_length is None or self.length is None:
            return self.conveyance_loss
        return -math.expm1(-self.loss_per_length * self.length)

    @property
    def share_kept(self) -> float:
        """Share that arrives, for the audit: both ways of telling a loss as one product. [-]."""
        return (1 - self.conveyance_loss) * math.exp(-(self.loss_per_length or 0.0) * (self.length or 0.0))

    def _say_under_way(self, step: Step, entering: Flow) -> None:
        """What is still on its way at the end of the step: all that has entered within the travel time."""
        if self.travel_time > 0:
            step.measure(self, "under_way", entering.total(self.travel_time))

    def _check_under_way(self, ledger: Ledger, entering: str) -> None:
        """What was under way, and all that has entered since, less all that has arrived since."""
        if self.travel_time > 0:
            entered, arrived = ledger.value(self, entering), ledger.delayed(self, entering, self.travel_time)
            opening = ledger.total(self, entering, self.travel_time)[0] - entered[0] + arrived[0]
            ledger.equal(self, "under_way", ledger.value(self, "under_way"), opening + (entered - arrived).cumsum())

    def _say_swing(self, step: Step, inflow: Flow) -> None:
        """How much more or less enters than a day earlier."""
        if self.travel_time > 0:
            swing, change = step.flow(self, "swing"), inflow - inflow.delayed(1.0)
            step.constraint(self, "rise", swing >= change)
            step.constraint(self, "fall", swing >= -1.0 * change)
            step.measure(self, "swing", swing)

    def _check_swing(self, ledger: Ledger) -> None:
        """At least the difference from what entered a day earlier."""
        if self.travel_time > 0:
            change = ledger.value(self, "inflow") - ledger.delayed(self, "inflow", 1.0)
            ledger.within(self, "swing", ledger.value(self, "swing"), np.abs(change), np.inf)
