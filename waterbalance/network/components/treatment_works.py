"""Works that make raw water drinkable."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import EnergyPerVolume, FlowRate, Fraction

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class TreatmentWorks(Component):
    """Works that pass on what they take in, less the water that goes with the sludge.

    treated = intake - sludge
    sludge = sludge_loss x intake
    intake <= capacity
    energy = treatment_energy x intake
    """

    is_place: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("capacity",)
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    capacity: FlowRate | None = None
    """Most raw water that the works can take in; unlimited when left out. [m3/day]"""

    sludge_loss: Fraction = 0.0
    """Share of the raw water that leaves with sludge and filter washing. [-]"""

    treatment_energy: EnergyPerVolume = 0.0
    """Energy for one cubic metre of raw water. [kWh/m3]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        intake = step.arriving(self, "intake", upper=step.given(self, "capacity"))
        step.leaving(self, "treated")
        step.loss(self, "sludge", self.sludge_loss * intake)
        step.measure(self, "intake", intake)
        step.measure(self, "energy", self.treatment_energy * intake, unit=units.ENERGY)

    def check(self, ledger: Ledger) -> None:
        """Capacity, sludge and energy from the fields."""
        intake, treated = ledger.value(self, "intake"), ledger.value(self, "treated")
        ledger.within(self, "intake", intake, 0.0, ledger.given(self, "capacity"))
        ledger.equal(self, "intake", intake, ledger.brought(self))
        ledger.equal(self, "treated", treated, ledger.taken(self))
        ledger.equal(self, "treated", treated, (1 - self.sludge_loss) * intake)
        ledger.equal(self, "sludge", ledger.value(self, "sludge"), self.sludge_loss * intake)
        ledger.equal(self, "energy", ledger.value(self, "energy"), self.treatment_energy * intake)
        ledger.loses(self, self.sludge_loss * intake)
