"""Fields that are irrigated together, seen from the head of the zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.network.components._user import _User
from waterbalance.network.fields import Area, Subject, UserClass

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Step


class IrrigationZone(_User):
    """Fields that are irrigated together; the demand is what the crops ask for at the head of the zone.

    delivery = consumption + spill
    consumption + shortage + spared = demand
    return_flow = return_fraction x consumption, which arrives at return_to after return_time

    What is spared is the demand of blocks that a `fallowing` rule leaves without a crop: no shortage, for nobody waits for
    it. Without such a rule nothing is spared. Shares of a shortage are those of the demand that is left.
    """

    area: Area
    """Irrigated area. [m2]"""

    fallowing: Subject | None = None
    """The `fallowing` rule that may leave blocks of this zone without a crop; it must name them."""

    user_class: UserClass = "agriculture"
    """Class for policies and reports."""

    def _spared(self, step: Step) -> Expression:
        """A column that the rule holds at what its blocks give up."""
        if self.fallowing is None:
            return 0.0
        spared = step.flow(self, "spared")
        step.measure(self, "spared", spared)
        return spared

    def _check_spared(self, ledger: Ledger) -> Floats:
        """What the rule says of this zone."""
        if self.fallowing is None:
            return super()._check_spared(ledger)
        spared = ledger.value(self.fallowing, f"spared {self.name}")
        ledger.equal(self, "spared", ledger.value(self, "spared"), spared)
        ledger.within(self, "spared", spared, 0.0, np.inf)
        return spared
