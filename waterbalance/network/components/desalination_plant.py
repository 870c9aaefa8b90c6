"""A plant that makes fresh water of sea water."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import EnergyPerVolume, FlowRate, Fraction

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class DesalinationPlant(Component):
    """A source of desalinated water: dependable, and hungry for energy.

    taken = production + brought
    production <= capacity x availability x running
    production >= capacity x availability x running x minimum_load
    energy = energy_per_volume x production

    Without a minimum load there is no switch and the plant is linear. With one, a plant that runs for a part of a long
    step only shows as running below its load: use a minimum load for steps in which it would not start and stop.
    """

    is_place: ClassVar[bool] = True
    is_source: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("capacity", "availability")
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    capacity: FlowRate
    """Most that can be produced with every line at work. [m3/day]"""

    availability: Fraction = 1.0
    """Share of the capacity that is at work. [-]"""

    minimum_load: Fraction = 0.0
    """Least share of the available capacity at which the plant can run. [-]"""

    energy_per_volume: EnergyPerVolume = 0.0
    """Energy for one cubic metre. [kWh/m3]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        available = step.derived(
            self, "available_capacity", self._available_capacity, step.given(self, "capacity"), step.given(self, "availability")
        )
        production = step.flow(self, "production", upper=available)
        if self.minimum_load > 0:
            running = step.switch(self, "running")
            step.constraint(self, "off", production <= available * running)
            step.constraint(self, "minimum_load", production >= self.minimum_load * available * running)
            step.measure(self, "running", running, unit=units.FRACTION)
        step.gain(self, "production", production)
        step.measure(self, "production", production)
        step.measure(self, "energy", self.energy_per_volume * production, unit=units.ENERGY)

    def _available_capacity(self, capacity: Floats, availability: Floats) -> Floats:
        """What the lines at work can produce in a step, as a volume [m3]."""
        return capacity * availability

    def check(self, ledger: Ledger) -> None:
        """Production within what is available, above the minimum load or none, and its energy."""
        production = ledger.value(self, "production")
        most = ledger.given(self, "availability") * ledger.given(self, "capacity")
        ledger.within(self, "production", production, 0.0, most)
        if self.minimum_load > 0:
            running = ledger.value(self, "running")
            ledger.whole(self, "running", running)
            ledger.within(self, "production", production, self.minimum_load * most * running, most * running)
        ledger.equal(self, "energy", ledger.value(self, "energy"), self.energy_per_volume * production)
        ledger.gains(self, production)
