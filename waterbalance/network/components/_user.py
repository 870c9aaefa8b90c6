"""What all users of water have in common: a demand, a shortage, and perhaps a return flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from waterbalance.network.components._worth import _Worth
from waterbalance.network.fields import Downstream, Duration, FlowRate, Fraction, UserClass

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Step


class _User(_Worth):
    """A place where water is used up, but for what flows back.

    delivery = consumption + spill
    consumption + shortage = demand
    return_flow = return_fraction x consumption, which arrives at return_to after return_time

    With marginal_damage the shortage has a price that rises with its depth (measure `damage`):
    damage = sum over parts of value_k x short_k, where the short_k add up to the shortage and each part has its width

    A user that keeps a storage has it between delivery and consumption. What spills runs away: water that was under way
    already when the demand fell; goals keep it as small as any other spill.
    """

    is_place: ClassVar[bool] = True
    needs_supply: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("demand", "entitlement")
    idle_zero: ClassVar[tuple[str, ...]] = ("demand",)
    shortage_of: ClassVar[str | None] = "demand"

    demand: FlowRate = 0.0
    """Water asked for where it is delivered; usually a forecast. [m3/day]"""

    entitlement: FlowRate | None = None
    """What its water right allows, where a policy shares in proportion to the rights; it limits nothing. [m3/day]"""

    return_fraction: Fraction = 0.0
    """Share of the consumption that flows back; the word `crops` in a scenario file takes it from the efficiencies of the
    demand's forecast. [-]"""

    return_to: Downstream | None = None
    """Where the return flow arrives; lost to the system when left out."""

    return_time: Duration = 0.0
    """Time until the return flow arrives. [day]"""

    user_class: UserClass
    """Class for policies and reports."""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        delivery = step.arriving(self, "delivery")
        consumption, spill, shortage = (step.flow(self, name) for name in ("consumption", "spill", "shortage"))
        step.constraint(self, "supply", consumption + shortage + self._spared(step) == step.given(self, "demand"))
        step.loss(self, "consumption", consumption)
        step.loss(self, "spill", spill)
        if self.return_to is not None:
            step.gain(self, "return_flow", self.return_fraction * consumption.delayed(self.return_time), at=self.return_to)
        step.measure(self, "shortage", shortage)
        self._formulate_damage(step, shortage)
        step.measure(self, "spill", spill)
        step.measure(self, "delivery", delivery)

    def _spared(self, step: Step) -> Expression:  # noqa: ARG002 (overridden where crops can be fallowed)
        """Demand that is given up by agreement, and so is no shortage."""
        return 0.0

    def check(self, ledger: Ledger) -> None:
        """Demand is met or short, and the return flow is the declared share."""
        delivery, consumption = ledger.value(self, "delivery"), ledger.value(self, "consumption")
        spill, shortage, demand = ledger.value(self, "spill"), ledger.value(self, "shortage"), ledger.given(self, "demand")
        ledger.equal(self, "delivery", delivery, ledger.brought(self))
        ledger.within(self, "consumption", consumption, 0.0, demand)
        ledger.within(self, "spill", spill, 0.0, np.inf)
        ledger.equal(self, "consumption + shortage", consumption + shortage, demand - self._check_spared(ledger))
        self._check_damage(ledger)
        ledger.loses(self, consumption + spill)
        if self.return_to is not None:
            returned: Floats = self.return_fraction * ledger.delayed(self, "consumption", self.return_time)
            ledger.equal(self, "return_flow", ledger.value(self, "return_flow"), returned)
            ledger.gains(self.return_to, returned)

    def _check_spared(self, ledger: Ledger) -> Floats:
        """What was given up, as whoever decides it tells."""
        return np.zeros(len(ledger.horizon))
