"""Where water leaves the system: the sea, a river beyond the study."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from waterbalance.network.component import Component

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class Outfall(Component):
    """A place that takes any amount of water and gives none back.

    outflow = brought
    """

    is_place: ClassVar[bool] = True
    absorbs_all: ClassVar[bool] = True

    def formulate(self, step: Step) -> None:
        """See the class for the equation."""
        outflow = step.arriving(self, "outflow")
        step.loss(self, "outflow", outflow)
        step.measure(self, "outflow", outflow)

    def check(self, ledger: Ledger) -> None:
        """What is brought is gone."""
        outflow = ledger.value(self, "outflow")
        ledger.within(self, "outflow", outflow, 0.0, np.inf)
        ledger.equal(self, "outflow", outflow, ledger.brought(self))
        ledger.loses(self, outflow)
