"""Wells that draw groundwater."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import EnergyPerVolume, EnergyPrice, FlowRate, Upstream, Volume

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step, Window


class WellField(Component):
    """Wells that are worked together.

    taken = abstraction + brought
    abstraction <= capacity
    sum of the abstraction since the 1st of the month <= monthly_limit
    sum of the abstraction since 1 January or 1 July <= seasonal_limit
    sum of the abstraction since 1 January <= annual_limit
    energy = energy_per_volume x abstraction
    energy_cost = energy_price x energy

    The water comes out of `aquifer`, which then says how far it falls and what the wells still yield; without one, capacity
    and limits stand for what the ground bears. The state's past of `abstraction` says what has been drawn since a window
    began; where that is more than its limit already, there is no plan. For a limit that several well fields share, see
    subsidence_zone and water_right.
    """

    is_place: ClassVar[bool] = True
    is_source: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("capacity", "energy_price")
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    capacity: FlowRate
    """Most that all wells together can draw. [m3/day]"""

    aquifer: Upstream | None = None
    """The aquifer that the wells draw from; not modelled when left out."""

    monthly_limit: Volume | None = None
    """Most that may be drawn in a calendar month; unlimited when left out. [m3]"""

    seasonal_limit: Volume | None = None
    """Most that may be drawn from January to June, and from July to December; unlimited when left out. [m3]"""

    annual_limit: Volume | None = None
    """Most that may be drawn in a calendar year; unlimited when left out. [m3]"""

    energy_per_volume: EnergyPerVolume = 0.0
    """Energy for one cubic metre. [kWh/m3]"""

    energy_price: EnergyPrice | None = None
    """Price of energy; no cost is measured when left out. [currency/kWh]"""

    def _limits(self) -> Iterator[tuple[str, Window, Volume]]:
        """The limits that there are: name, window and volume."""
        limits: tuple[tuple[str, Window, Volume | None], ...] = (
            ("monthly_limit", "month", self.monthly_limit),
            ("seasonal_limit", "season", self.seasonal_limit),
            ("annual_limit", "year", self.annual_limit),
        )
        return ((name, window, limit) for name, window, limit in limits if limit is not None)

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        abstraction = step.flow(self, "abstraction", upper=step.given(self, "capacity"))
        step.gain(self, "abstraction", abstraction)
        if self.aquifer is not None:
            step.loss(self, "abstraction", abstraction, at=self.aquifer)
        for name, window, limit in self._limits():
            step.constraint(self, name, abstraction.total(window) <= limit)
        step.measure(self, "abstraction", abstraction)
        energy = self.energy_per_volume * abstraction
        step.measure(self, "energy", energy, unit=units.ENERGY)
        if self.energy_price is not None:
            step.measure(self, "energy_cost", step.given(self, "energy_price") * energy, unit=units.MONEY)

    def check(self, ledger: Ledger) -> None:
        """Capacity, limits and energy from the fields."""
        abstraction = ledger.value(self, "abstraction")
        ledger.within(self, "abstraction", abstraction, 0.0, ledger.given(self, "capacity"))
        for name, window, limit in self._limits():
            ledger.within(self, f"abstraction of the {window} ({name})", ledger.total(self, "abstraction", window), 0.0, limit)
        energy = self.energy_per_volume * abstraction
        ledger.equal(self, "energy", ledger.value(self, "energy"), energy)
        if self.energy_price is not None:
            ledger.equal(self, "energy_cost", ledger.value(self, "energy_cost"), ledger.given(self, "energy_price") * energy)
        ledger.gains(self, abstraction)
        if self.aquifer is not None:
            ledger.loses(self.aquifer, abstraction)
