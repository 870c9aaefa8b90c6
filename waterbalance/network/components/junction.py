"""A place where water meets and parts, and nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance.network.component import Component

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class Junction(Component):
    """What is brought is taken.

    throughput = brought = taken
    """

    is_place: ClassVar[bool] = True

    def formulate(self, step: Step) -> None:
        """See the class for the equation."""
        step.leaving(self, "throughput")

    def check(self, ledger: Ledger) -> None:
        """The throughput is what is taken; the audit adds up the balance."""
        ledger.equal(self, "throughput", ledger.value(self, "throughput"), ledger.taken(self))
