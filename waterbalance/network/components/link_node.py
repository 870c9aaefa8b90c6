"""What water passes in a bare flow network."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance.network.components._node import _Node
from waterbalance.network.fields import Share

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class LinkNode(_Node):
    """A reach, works or meter: water passes within limits, at a cost, and some of it may be lost.

    flow = sum over the neighbours of what goes to each
    flow x (1 + loss_share) = brought
    minimum_flow <= flow <= maximum_flow
    cost = price x flow
    """

    varying: ClassVar[tuple[str, ...]] = (*_Node.varying, "loss_share")

    loss_share: Share = 0.0
    """What is lost on the way, for each unit that comes out. [-]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        flow = self._limited_flow(step)
        step.constraint(self, "passing", flow == self._leaving(step))
        step.loss(self, "lost", step.given(self, "loss_share") * flow)

    def check(self, ledger: Ledger) -> None:
        """What comes out is what passes; the audit adds up the balance."""
        flow = self._check_flow(ledger)
        ledger.equal(self, "flow", flow, self._book_leaving(ledger))
        lost = ledger.given(self, "loss_share") * flow
        ledger.equal(self, "lost", ledger.value(self, "lost"), lost)
        ledger.loses(self, lost)
