"""What nodes of a bare flow network have in common: neighbours downstream, limits, and a cost of what flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import Downstream, FlowRate, Price

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Flow, Step


class _Joined(Component):
    """A place from which water goes straight to others, without a canal or pipe that would be a component.

    leaving = sum over the neighbours downstream of what goes to each
    """

    is_place: ClassVar[bool] = True
    stands_alone: ClassVar[bool] = True

    to: tuple[Downstream, ...] = ()
    """Nodes downstream, to which water may go."""

    def _leaving(self, step: Step) -> Expression:
        """What goes to each neighbour: lost here, brought there."""
        leaving = 0.0
        for neighbour in self.to:
            flow = step.flow(self, f"to {neighbour}")
            step.loss(self, f"to {neighbour}", flow)
            step.gain(self, f"to {neighbour}", flow, at=neighbour)
            leaving = leaving + flow
        return leaving

    def _book_leaving(self, ledger: Ledger) -> Floats:
        """The same in plain numbers."""
        leaving = np.zeros(len(ledger.horizon))
        for neighbour in self.to:
            flow = ledger.value(self, f"to {neighbour}")
            ledger.within(self, f"to {neighbour}", flow, 0.0, np.inf)
            ledger.loses(self, flow)
            ledger.gains(neighbour, flow)
            leaving = leaving + flow
        return leaving


class _Node(_Joined):
    """A place with limits on its flow, and a cost of it.

    minimum_flow <= flow <= maximum_flow
    cost = price x flow
    """

    varying: ClassVar[tuple[str, ...]] = ("minimum_flow", "maximum_flow", "price")
    idle_zero: ClassVar[tuple[str, ...]] = ("minimum_flow", "maximum_flow")

    minimum_flow: FlowRate = 0.0
    """Least flow. [m3/day]"""

    maximum_flow: FlowRate | None = None
    """Largest flow; unlimited when left out. [m3/day]"""

    price: Price = 0.0
    """Cost of a cubic metre that flows; negative where it is wanted. [currency/m3]"""

    def _limited_flow(self, step: Step) -> Flow:
        """The flow within its limits, and what it costs."""
        flow = step.flow(self, "flow", lower=step.given(self, "minimum_flow"), upper=step.given(self, "maximum_flow"))
        step.measure(self, "cost", step.given(self, "price") * flow, unit=units.MONEY)
        return flow

    def _check_flow(self, ledger: Ledger) -> Floats:
        """Limits and cost from the fields."""
        flow = ledger.value(self, "flow")
        ledger.within(self, "flow", flow, ledger.given(self, "minimum_flow"), ledger.given(self, "maximum_flow"))
        ledger.equal(self, "cost", ledger.value(self, "cost"), ledger.given(self, "price") * flow)
        return flow
