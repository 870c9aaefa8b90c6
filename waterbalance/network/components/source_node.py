"""Where water enters a bare flow network."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance.network.components._node import _Node

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class SourceNode(_Node):
    """Water that enters, as much as its limits allow; water that comes from upstream passes as well.

    sum over the neighbours of what goes to each = flow + brought
    minimum_flow <= flow <= maximum_flow
    cost = price x flow
    """

    is_source: ClassVar[bool] = True

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        step.gain(self, "flow", self._limited_flow(step))
        self._leaving(step)

    def check(self, ledger: Ledger) -> None:
        """Limits and cost; the audit adds up the balance."""
        ledger.gains(self, self._check_flow(ledger))
        self._book_leaving(ledger)
