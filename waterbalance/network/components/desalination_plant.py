"""A plant that makes fresh water of sea water."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance import units
from waterbalance.network.components._plant import _Plant
from waterbalance.network.fields import EnergyPerVolume, EnergyPrice

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class DesalinationPlant(_Plant):
    """A source of desalinated water: dependable, and hungry for energy.

    taken = production + brought
    production <= capacity x availability x running
    production >= capacity x availability x running x minimum_load
    start - stop = running - running before
    sum of start over the steps begun less than minimum_up_time ago <= running
    sum of stop over the steps begun less than minimum_down_time ago <= 1 - running
    running = 0 in a step out of service, and up to minimum_up_time after it: no stop, instead of the sum of start
    start_up_cost of the step = start_up_cost x (start + restarts)
    energy = energy_per_volume x production
    energy_cost = energy_price x energy

    Without a minimum load, a minimum time or a start-up cost there is no switch and the plant is linear. With one, a
    plant that runs for a part of a long step only shows as running below its load: use a minimum load for steps in which
    it would not start and stop. How fast it may change is a `ramp_limit` on its production.

    An outage of the whole is a stop: it waives what is left of the minimum_up_time, its minimum_down_time runs from it,
    and what runs afterwards was started again, for a start_up_cost and a new minimum_up_time. `restarts` are such starts
    within a step, after whole outages that end in it.
    """

    varying: ClassVar[tuple[str, ...]] = (*_Plant.varying, "energy_price")

    energy_per_volume: EnergyPerVolume = 0.0
    """Energy for one cubic metre. [kWh/m3]"""

    energy_price: EnergyPrice | None = None
    """Price of energy; no cost is measured when left out. [currency/kWh]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        production = self.say_production(step)
        step.gain(self, "production", production)
        energy = self.energy_per_volume * production
        step.measure(self, "energy", energy, unit=units.ENERGY)
        if self.energy_price is not None:
            step.measure(self, "energy_cost", step.given(self, "energy_price") * energy, unit=units.MONEY)

    def check(self, ledger: Ledger) -> None:
        """Production within what is available, above the minimum load or none, and its energy."""
        production = self.check_production(ledger)
        energy = self.energy_per_volume * production
        ledger.equal(self, "energy", ledger.value(self, "energy"), energy)
        if self.energy_price is not None:
            ledger.equal(self, "energy_cost", ledger.value(self, "energy_cost"), ledger.given(self, "energy_price") * energy)
        ledger.gains(self, production)
