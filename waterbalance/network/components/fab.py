"""A semiconductor works: a steady demand, and a storage on site that bridges short cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance.network.components._target import check_wanted, want_storage
from waterbalance.network.components._user import _User
from waterbalance.network.fields import UserClass, Volume

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class Fab(_User):
    """A works that uses water evenly and keeps some on site.

    storage = before + delivery - consumption - spill
    0 <= storage <= on_site_storage
    target_shortfall >= storage_target - storage
    consumption + shortage = demand
    return_flow = return_fraction x consumption, which arrives at return_to after return_time

    Without a storage on site, delivery and consumption are the same. The demand is what the works takes in after its own
    recycling: how much that saves is the business of the demand's forecaster.
    """

    varying: ClassVar[tuple[str, ...]] = (*_User.varying, "storage_target")

    on_site_storage: Volume = 0.0
    """What the tanks on site hold together. [m3]"""

    storage_target: Volume = 0.0
    """Storage wanted at the end of a step; end conditions fill it for the last one. [m3]"""

    user_class: UserClass = "industry"
    """Class for policies and reports."""

    def formulate(self, step: Step) -> None:
        """Like every user, with the tanks between delivery and consumption."""
        super().formulate(step)
        if self.on_site_storage > 0:
            want_storage(step, self, step.stock(self, "storage", upper=self.on_site_storage))

    def check(self, ledger: Ledger) -> None:
        """Like every user; the tanks hold what they can, and the audit adds up what they gain and lose."""
        super().check(ledger)
        if self.on_site_storage > 0:
            storage = ledger.value(self, "storage")
            ledger.within(self, "storage", storage, 0.0, self.on_site_storage)
            check_wanted(ledger, self, storage)
            ledger.stores(self, storage, ledger.before(self, "storage"))
