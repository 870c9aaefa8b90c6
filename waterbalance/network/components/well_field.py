"""Wells that draw groundwater."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import EnergyPerVolume, EnergyPrice, FlowRate, Volume

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class WellField(Component):
    """Wells that are worked together.

    taken = abstraction + brought
    abstraction <= capacity
    sum of the abstraction since 1 January <= annual_limit
    energy = energy_per_volume x abstraction
    energy_cost = energy_price x energy

    The aquifer itself is not modelled: capacity and annual limit stand for what it bears. The state's past of
    `abstraction` says what has been drawn since 1 January; where that is more than the limit already, there is no plan.
    """

    is_place: ClassVar[bool] = True
    is_source: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("capacity", "energy_price")
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    capacity: FlowRate
    """Most that all wells together can draw. [m3/day]"""

    annual_limit: Volume | None = None
    """Most that may be drawn in a calendar year; unlimited when left out. [m3]"""

    energy_per_volume: EnergyPerVolume = 0.0
    """Energy for one cubic metre. [kWh/m3]"""

    energy_price: EnergyPrice | None = None
    """Price of energy; no cost is measured when left out. [currency/kWh]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        abstraction = step.flow(self, "abstraction", upper=step.given(self, "capacity"))
        step.gain(self, "abstraction", abstraction)
        if self.annual_limit is not None:
            step.constraint(self, "annual_limit", abstraction.total("year") <= self.annual_limit)
        step.measure(self, "abstraction", abstraction)
        energy = self.energy_per_volume * abstraction
        step.measure(self, "energy", energy, unit=units.ENERGY)
        if self.energy_price is not None:
            step.measure(self, "energy_cost", step.given(self, "energy_price") * energy, unit=units.MONEY)

    def check(self, ledger: Ledger) -> None:
        """Capacity, annual limit and energy from the fields."""
        abstraction = ledger.value(self, "abstraction")
        ledger.within(self, "abstraction", abstraction, 0.0, ledger.given(self, "capacity"))
        if self.annual_limit is not None:
            ledger.within(self, "annual abstraction", ledger.total(self, "abstraction", "year"), 0.0, self.annual_limit)
        energy = self.energy_per_volume * abstraction
        ledger.equal(self, "energy", ledger.value(self, "energy"), energy)
        if self.energy_price is not None:
            ledger.equal(self, "energy_cost", ledger.value(self, "energy_cost"), ledger.given(self, "energy_price") * energy)
        ledger.gains(self, abstraction)
