"""Works that make raw water drinkable."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from waterbalance import units
from waterbalance.network.components._switched import _Switched
from waterbalance.network.fields import EnergyPerVolume, Fraction, Turbidity

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class DeratingPoint(BaseModel):
    """One point of the derating: available capacity = share x capacity at this turbidity, linear in between."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    turbidity: Turbidity
    """Turbidity of the raw water. [NTU]"""

    share: Fraction
    """Share of the capacity that can be treated at it. [-]"""


class TreatmentWorks(_Switched):
    """Works that pass on what they take in, less the water that goes with the sludge.

    treated = intake - sludge
    sludge = sludge_loss x intake
    intake <= share x capacity x running
    intake >= share x capacity x running x minimum_load
    energy = treatment_energy x intake

    where
        share: what the turbidity leaves of the capacity, linear between the points of derating and level beyond them.

    Two points at nearly the same turbidity make a step. A step of several days is judged by its one value of turbidity.
    Switches, and the times of `start` and `stop`, are those of a `desalination_plant`; without them the works are linear.
    """

    is_place: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("capacity", "turbidity")
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    sludge_loss: Fraction = 0.0
    """Share of the raw water that leaves with sludge and filter washing. [-]"""

    treatment_energy: EnergyPerVolume = 0.0
    """Energy for one cubic metre of raw water. [kWh/m3]"""

    turbidity: Turbidity = 0.0
    """Turbidity of the raw water at the works; usually a table or a forecast. [NTU]"""

    derating: tuple[DeratingPoint, ...] = ()
    """Share of the capacity by turbidity, in order of rising turbidity; all of it when left out."""

    @model_validator(mode="after")
    def _muddier_water_leaves_no_more_capacity(self) -> Self:
        if self.derating and self.capacity is None:
            raise ValueError("a derating needs a capacity of which it leaves a share")
        for earlier, later in pairwise(self.derating):
            if later.turbidity <= earlier.turbidity or later.share > earlier.share:
                raise ValueError(
                    "the points of derating must rise in turbidity and never in share; "
                    f"{later.turbidity:g} NTU with {later.share:g} follows {earlier.turbidity:g} NTU with {earlier.share:g}"
                )
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        available = step.given(self, "capacity")
        if self.derating:
            available = step.derived(self, "available_capacity", self._available, available, step.given(self, "turbidity"))
        intake = step.arriving(self, "intake", upper=available)
        self.say_switches(step, intake, available)
        step.leaving(self, "treated")
        step.loss(self, "sludge", self.sludge_loss * intake)
        step.measure(self, "intake", intake)
        step.measure(self, "energy", self.treatment_energy * intake, unit=units.ENERGY)

    def _available(self, capacity: Floats, turbidity: Floats) -> Floats:
        """What can be treated in a step at its turbidity. [m3]."""
        shares = np.interp(turbidity, [point.turbidity for point in self.derating], [point.share for point in self.derating])
        return capacity * shares

    def check(self, ledger: Ledger) -> None:
        """Capacity, sludge and energy from the fields."""
        intake, treated = ledger.value(self, "intake"), ledger.value(self, "treated")
        most = ledger.given(self, "capacity")
        if self.derating:
            most = most * np.array([self._share_at(turbidity) for turbidity in ledger.given(self, "turbidity")])
        ledger.within(self, "intake", intake, 0.0, most)
        self.check_switches(ledger, "intake", intake, most)
        ledger.equal(self, "intake", intake, ledger.brought(self))
        ledger.equal(self, "treated", treated, ledger.taken(self))
        ledger.equal(self, "treated", treated, (1 - self.sludge_loss) * intake)
        ledger.equal(self, "sludge", ledger.value(self, "sludge"), self.sludge_loss * intake)
        ledger.equal(self, "energy", ledger.value(self, "energy"), self.treatment_energy * intake)
        ledger.loses(self, self.sludge_loss * intake)

    def _share_at(self, turbidity: float) -> float:
        """The share of the capacity at one turbidity, from the two points around it. [-]."""
        clearer = [point for point in self.derating if point.turbidity <= turbidity]
        muddier = [point for point in self.derating if point.turbidity > turbidity]
        if not clearer:
            return muddier[0].share
        if not muddier:
            return clearer[-1].share
        low, high = clearer[-1], muddier[0]
        return low.share + (high.share - low.share) * (turbidity - low.turbidity) / (high.turbidity - low.turbidity)
