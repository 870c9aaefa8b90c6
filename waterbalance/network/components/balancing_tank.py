"""A tank that evens out the hours and days between works and users."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from waterbalance.network.component import Component
from waterbalance.network.components._target import check_wanted, want_storage
from waterbalance.network.fields import Volume

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class BalancingTank(Component):
    """A covered tank: it loses nothing but what flows over.

    storage = before + brought - taken - spill
    0 <= storage <= capacity
    target_shortfall >= storage_target - storage
    """

    is_place: ClassVar[bool] = True
    absorbs_all: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("capacity", "storage_target")
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    capacity: Volume
    """What the tank holds when full. [m3]"""

    storage_target: Volume = 0.0
    """Storage wanted at the end of a step; end conditions fill it for the last one. [m3]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equation."""
        storage = step.stock(self, "storage", upper=step.given(self, "capacity"))
        spill = step.flow(self, "spill")
        step.loss(self, "spill", spill)
        want_storage(step, self, storage)
        step.measure(self, "spill", spill)

    def check(self, ledger: Ledger) -> None:
        """The tank holds what it can; the audit adds up the balance."""
        storage, spill = ledger.value(self, "storage"), ledger.value(self, "spill")
        ledger.within(self, "storage", storage, 0.0, ledger.given(self, "capacity"))
        ledger.within(self, "spill", spill, 0.0, np.inf)
        check_wanted(ledger, self, storage)
        ledger.loses(self, spill)
        ledger.stores(self, storage, ledger.before(self, "storage"))
