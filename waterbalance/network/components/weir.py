"""A weir or intake in a river, where natural flow enters the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from waterbalance.network.component import Component
from waterbalance.network.fields import FlowRate, Turbidity

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class Weir(Component):
    """A place in a river where water can be taken, and nothing is kept.

    taken = inflow + brought

    where
        inflow: natural flow of the river that no upstream component brings;
        brought: water that reaches, canals and pipes bring;
        taken: water that intakes, and the river reach below the weir, take.

    All water must leave: give a weir a river reach downstream, so that a flood finds its way. Do not use it for a weir
    with a pond that is worked from day to day: that is a small `reservoir`.
    """

    is_place: ClassVar[bool] = True
    is_source: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("inflow", "turbidity")

    inflow: FlowRate = 0.0
    """Natural inflow; usually a table or a forecast. [m3/day]"""

    turbidity: Turbidity = 0.0
    """Turbidity of the river, which a `turbidity_limit` reads; usually a table or a forecast. [NTU]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equation."""
        step.leaving(self, "taken")
        step.gain(self, "inflow", step.given(self, "inflow"))

    def check(self, ledger: Ledger) -> None:
        """All of the river is taken by something; the audit adds up the balance."""
        taken = ledger.value(self, "taken")
        ledger.within(self, "taken", taken, 0.0, np.inf)
        ledger.equal(self, "taken", taken, ledger.taken(self))
        ledger.equal(self, "inflow", ledger.value(self, "inflow"), ledger.given(self, "inflow"))
        ledger.gains(self, ledger.given(self, "inflow"))
