"""A stretch of river between two places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.network.component import Component
from waterbalance.network.fields import Downstream, Duration, Fraction, Upstream

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class RiverReach(Component):
    """A stretch of river: it takes any flow, and brings it later and a little less.

    outflow = (1 - conveyance_loss) x inflow delayed by travel_time

    The flood wave keeps its shape (pure delay): good for daily and longer steps, not for flood routing. Water that joins
    on the way belongs to the weir or junction at the end.
    """

    source: Upstream
    """Where the reach begins."""

    target: Downstream
    """Where the reach ends."""

    travel_time: Duration = 0.0
    """Time from the beginning to the end. [day]"""

    conveyance_loss: Fraction = 0.0
    """Share of the water that seeps and evaporates on the way. [-]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equation."""
        inflow = step.flow(self, "inflow")
        arriving = inflow.delayed(self.travel_time)
        step.loss(self, "inflow", inflow, at=self.source)
        step.gain(self, "outflow", (1 - self.conveyance_loss) * arriving, at=self.target)
        step.measure(self, "conveyance_loss", self.conveyance_loss * arriving)
        step.measure(self, "inflow", inflow)

    def check(self, ledger: Ledger) -> None:
        """Delay and loss from the fields."""
        inflow, outflow = ledger.value(self, "inflow"), ledger.value(self, "outflow")
        ledger.within(self, "inflow", inflow, 0.0, np.inf)
        arrived = ledger.delayed(self, "inflow", self.travel_time)
        ledger.equal(self, "outflow", outflow, arrived - self.conveyance_loss * arrived)
        ledger.equal(self, "conveyance_loss", ledger.value(self, "conveyance_loss"), arrived - outflow)
        ledger.loses(self.source, inflow)
        ledger.gains(self.target, outflow)
