"""Fields that are irrigated together, seen from the head of the zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance.network.component import Component
from waterbalance.network.fields import Area, Downstream, Duration, FlowRate, Fraction, UserClass

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class IrrigationZone(Component):
    """Fields that are irrigated together; the demand is what the crops ask for at the head of the zone.

    delivery + shortage = demand
    return_flow = return_fraction x delivery, which arrives at return_to after return_time
    """

    is_place: ClassVar[bool] = True
    needs_supply: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("demand",)
    idle_zero: ClassVar[tuple[str, ...]] = ("demand",)
    shortage_of: ClassVar[str | None] = "demand"

    area: Area
    """Irrigated area. [m2]"""

    demand: FlowRate = 0.0
    """Water asked for at the head of the zone; usually a forecast. [m3/day]"""

    return_fraction: Fraction = 0.0
    """Share of the delivery that drains back. [-]"""

    return_to: Downstream | None = None
    """Where the return flow arrives; lost to the system when left out."""

    return_time: Duration = 0.0
    """Time until the return flow arrives. [day]"""

    user_class: UserClass = "agriculture"
    """Class for policies and reports."""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        demand = step.given(self, "demand")
        delivery = step.arriving(self, "delivery")
        shortage = step.flow(self, "shortage")
        step.constraint(self, "supply", delivery + shortage == demand)
        step.loss(self, "use", delivery)
        if self.return_to is not None:
            step.gain(self, "return_flow", self.return_fraction * delivery.delayed(self.return_time), at=self.return_to)
        step.measure(self, "shortage", shortage)
        step.measure(self, "delivery", delivery)

    def check(self, ledger: Ledger) -> None:
        """Demand is met or short, and the return flow is the declared share."""
        delivery, shortage = ledger.value(self, "delivery"), ledger.value(self, "shortage")
        ledger.within(self, "delivery", delivery, 0.0, ledger.given(self, "demand"))
        ledger.equal(self, "delivery", delivery, ledger.brought(self))
        ledger.equal(self, "delivery + shortage", delivery + shortage, ledger.given(self, "demand"))
        ledger.loses(self, delivery)
        if self.return_to is not None:
            returned = self.return_fraction * ledger.delayed(self, "delivery", self.return_time)
            ledger.equal(self, "return_flow", ledger.value(self, "return_flow"), returned)
            ledger.gains(self.return_to, returned)
