"""What keeps water in a bare flow network."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance import units
from waterbalance.network.components._node import _Joined
from waterbalance.network.fields import Price, Volume

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class StorageNode(_Joined):
    """A storage without losses of its own; what evaporates or spills goes to a demand node.

    storage = before + brought - sum over the neighbours of what goes to each
    minimum_storage <= storage <= capacity
    cost = price x (storage - before)

    A negative price says what a cubic metre in store is worth.
    """

    is_source: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("minimum_storage", "capacity", "price")

    capacity: Volume | None = None
    """Most that it holds; unlimited when left out. [m3]"""

    minimum_storage: Volume = 0.0
    """Least that it holds. [m3]"""

    price: Price = 0.0
    """Cost of a cubic metre more in store at the end of a step; negative where it is wanted. [currency/m3]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        lower, upper = step.given(self, "minimum_storage"), step.given(self, "capacity")
        storage = step.stock(self, "storage", lower=lower, upper=upper)
        self._leaving(step)
        step.measure(self, "cost", step.given(self, "price") * (storage - storage.before), unit=units.MONEY)

    def check(self, ledger: Ledger) -> None:
        """Limits and cost; the audit adds up the balance."""
        storage, before = ledger.value(self, "storage"), ledger.before(self, "storage")
        ledger.within(self, "storage", storage, ledger.given(self, "minimum_storage"), ledger.given(self, "capacity"))
        ledger.equal(self, "cost", ledger.value(self, "cost"), ledger.given(self, "price") * (storage - before))
        self._book_leaving(ledger)
        ledger.stores(self, storage, before)
