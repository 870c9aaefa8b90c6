"""Pumps that lift water from one place to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import Downstream, EnergyPerVolume, FlowRate, Upstream

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class PumpStation(Component):
    """Pumps that bring all they take, and use energy for it.

    outflow = inflow
    inflow <= capacity
    energy = energy_per_volume x inflow

    The energy per volume is constant: good where the lift changes little against its mean.
    """

    varying: ClassVar[tuple[str, ...]] = ("capacity",)
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    source: Upstream
    """Where the pumps take their water."""

    target: Downstream
    """Where the pumps bring their water."""

    capacity: FlowRate | None = None
    """Most that all pumps together can lift; unlimited when left out. [m3/day]"""

    energy_per_volume: EnergyPerVolume = 0.0
    """Energy for one cubic metre. [kWh/m3]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        inflow = step.flow(self, "inflow", upper=step.given(self, "capacity"))
        step.loss(self, "inflow", inflow, at=self.source)
        step.gain(self, "outflow", inflow, at=self.target)
        step.measure(self, "energy", self.energy_per_volume * inflow, unit=units.ENERGY)

    def check(self, ledger: Ledger) -> None:
        """Capacity and energy from the fields."""
        inflow = ledger.value(self, "inflow")
        ledger.within(self, "inflow", inflow, 0.0, ledger.given(self, "capacity"))
        ledger.equal(self, "outflow", ledger.value(self, "outflow"), inflow)
        ledger.equal(self, "energy", ledger.value(self, "energy"), self.energy_per_volume * inflow)
        ledger.loses(self.source, inflow)
        ledger.gains(self.target, inflow)
