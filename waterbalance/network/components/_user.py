"""What all users of water have in common: a demand, a shortage, and perhaps a return flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance.network.component import Component
from waterbalance.network.fields import Downstream, Duration, FlowRate, Fraction, UserClass

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Flow, Step


class _User(Component):
    """A place where water is used up, but for what flows back.

    consumption + shortage = demand
    return_flow = return_fraction x consumption, which arrives at return_to after return_time

    where the consumption is the delivery, unless a user keeps a storage between the two.
    """

    is_place: ClassVar[bool] = True
    needs_supply: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("demand",)
    idle_zero: ClassVar[tuple[str, ...]] = ("demand",)
    shortage_of: ClassVar[str | None] = "demand"

    demand: FlowRate = 0.0
    """Water asked for where it is delivered; usually a forecast. [m3/day]"""

    return_fraction: Fraction = 0.0
    """Share of the consumption that flows back. [-]"""

    return_to: Downstream | None = None
    """Where the return flow arrives; lost to the system when left out."""

    return_time: Duration = 0.0
    """Time until the return flow arrives. [day]"""

    user_class: UserClass
    """Class for policies and reports."""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        delivery = step.arriving(self, "delivery")
        consumption = self._consumption(step, delivery)
        shortage = step.flow(self, "shortage")
        step.constraint(self, "supply", consumption + shortage == step.given(self, "demand"))
        step.loss(self, "use", consumption)
        if self.return_to is not None:
            step.gain(self, "return_flow", self.return_fraction * consumption.delayed(self.return_time), at=self.return_to)
        step.measure(self, "shortage", shortage)
        step.measure(self, "delivery", delivery)

    def _consumption(self, step: Step, delivery: Flow) -> Flow:  # noqa: ARG002 (a user with a storage needs the step)
        """The column that meets the demand: what is delivered, where nothing is kept in between."""
        return delivery

    def check(self, ledger: Ledger) -> None:
        """Demand is met or short, and the return flow is the declared share."""
        delivery, shortage, demand = ledger.value(self, "delivery"), ledger.value(self, "shortage"), ledger.given(self, "demand")
        consumed = self._consumed_in
        consumption = ledger.value(self, consumed)
        ledger.equal(self, "delivery", delivery, ledger.brought(self))
        ledger.within(self, consumed, consumption, 0.0, demand)
        ledger.equal(self, f"{consumed} + shortage", consumption + shortage, demand)
        ledger.equal(self, "use", ledger.value(self, "use"), consumption)
        ledger.loses(self, consumption)
        if self.return_to is not None:
            returned: Floats = self.return_fraction * ledger.delayed(self, consumed, self.return_time)
            ledger.equal(self, "return_flow", ledger.value(self, "return_flow"), returned)
            ledger.gains(self.return_to, returned)

    @property
    def _consumed_in(self) -> str:
        """The quantity of the plan that meets the demand."""
        return "delivery"
