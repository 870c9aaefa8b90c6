"""Where water leaves a bare flow network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.network.components._node import _Node

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class DemandNode(_Node):
    """Water that is used or lost to the network, as much as its limits allow; the rest goes to the neighbours downstream.

    flow + sum over the neighbours of what goes to each = brought
    minimum_flow <= flow <= maximum_flow
    cost = price x flow

    A negative price says how much a delivery is wanted.
    """

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        step.loss(self, "flow", self._limited_flow(step))
        self._leaving(step)

    def check(self, ledger: Ledger) -> None:
        """Limits and cost; the audit adds up the balance."""
        ledger.loses(self, self._check_flow(ledger))
        self._book_leaving(ledger)
