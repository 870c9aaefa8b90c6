"""Turbines between two places: water goes through and is not used up."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.components._last_pass import settled
from waterbalance.network.fields import Downstream, EnergyPerVolume, FlowRate, Fraction, Upstream, UserClass, Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Flow, Step

SETTLED = 1e-3
"""The energy per volume has settled where it changes by less than this from pass to pass. [-]"""

HEAD_TOLERANCE = 0.05
"""The audit objects where the energy per volume is further than this from that of the plan's own storages. [-]"""


class Segment(BaseModel):
    """A part of the release that gives less energy: energy = share x energy_per_volume x (release - above)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    above: FlowRate
    """The segment begins above this release. [m3/day]"""

    share: Fraction
    """Energy of one more cubic metre in this segment, as a share of energy_per_volume. [-]"""


class HeadPoint(BaseModel):
    """One point of the head: energy_per_volume at this storage of the source, linear in between."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    storage: Volume
    """Storage of the reservoir that the turbines draw from. [m3]"""

    energy_per_volume: EnergyPerVolume
    """Energy for one cubic metre: efficiency x 9.81/3600 x head in metres. [kWh/m3]"""


class Hydropower(Component):
    """Turbines that bring all they take, and make energy from it.

    outflow = inflow
    inflow <= capacity
    energy_made = energy_per_volume x (inflow - sum over segments of (share of the segment before - share) x beyond)
    beyond >= inflow - above, for each segment
    shortage >= demand - inflow

    where
        beyond: the release beyond where a segment begins, `beyond_1` for the first one.

    The energy per volume stands for efficiency x 9.81/3600 x head [kWh/m3]; with the segments it is concave in the
    release. A plan whose goals do not want energy may tell too little of it where there are segments, never too much.
    With `by_storage` the head is that of the last pass, at the mean of the storages at the beginning and the end of the
    step, and the plan is made again until it changes by less than 0.1 %. Then a plan does not see that keeping water
    raises the head for later: good where the head moves little over a plan.

    Method: successive linear programming, Reznicek and Simonovic (1990), doi:10.1029/WR026i002p00189.
    """

    varying: ClassVar[tuple[str, ...]] = ("capacity", "energy_per_volume", "demand")
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity", "demand")

    source: Upstream
    """Where the turbines take their water."""

    target: Downstream
    """Where the turbines bring their water."""

    capacity: FlowRate | None = None
    """Most that all turbines together can swallow; unlimited when left out. [m3/day]"""

    energy_per_volume: EnergyPerVolume
    """Energy for one cubic metre; with by_storage only where the first pass begins. [kWh/m3]"""

    segments: tuple[Segment, ...] = ()
    """Parts of the release that give less energy, in order of rising release."""

    by_storage: tuple[HeadPoint, ...] = ()
    """Energy per volume by storage of the source, in order of rising storage; constant when left out."""

    demand: FlowRate | None = None
    """Water asked for at the turbines; no shortage is measured when left out. [m3/day]"""

    user_class: UserClass = "hydropower"
    """Class for policies and reports."""

    @model_validator(mode="after")
    def _segments_and_points_are_in_order(self) -> Self:
        shares = [1.0, *(segment.share for segment in self.segments)]
        if any(later >= earlier for earlier, later in pairwise(shares)):
            raise ValueError("the share of every segment must be less than that of the one before (100 % before the first)")
        for field, places in (
            ("segments", [segment.above for segment in self.segments]),
            ("by_storage", [point.storage for point in self.by_storage]),
        ):
            if any(later <= earlier for earlier, later in pairwise(places)):
                raise ValueError(f"{field} must rise from one entry to the next; found {places}")
        return self

    @property
    def _drops(self) -> list[float]:
        """How much of the energy per volume each segment loses against the one before. [-]."""
        shares = [1.0, *(segment.share for segment in self.segments)]
        return [earlier - later for earlier, later in pairwise(shares)]

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        inflow = step.flow(self, "inflow", upper=step.given(self, "capacity"))
        step.loss(self, "inflow", inflow, at=self.source)
        step.gain(self, "outflow", inflow, at=self.target)
        energy_made = step.given(self, "energy_per_volume") * self._useful(step, inflow)
        step.measure(self, "energy_made", energy_made, unit=units.ENERGY)
        step.measure(self, "inflow", inflow)
        if self.demand is not None:
            shortage = step.flow(self, "shortage")
            step.constraint(self, "demand", inflow + shortage >= step.given(self, "demand"))
            step.measure(self, "shortage", shortage)

    def _useful(self, step: Step, inflow: Flow) -> Expression:
        """The release, less what the segments lose."""
        useful: Expression = inflow
        for number, (segment, drop) in enumerate(zip(self.segments, self._drops, strict=True), start=1):
            beyond = step.flow(self, f"beyond_{number}")
            step.constraint(self, f"segment_{number}", beyond >= inflow - segment.above * step.days)
            useful = useful - drop * beyond
        return useful

    def check(self, ledger: Ledger) -> None:
        """Capacity, energy, head and demand from the fields."""
        inflow = ledger.value(self, "inflow")
        ledger.within(self, "inflow", inflow, 0.0, ledger.given(self, "capacity"))
        ledger.equal(self, "outflow", ledger.value(self, "outflow"), inflow)
        useful = inflow
        for number, segment in enumerate(self.segments, start=1):
            beyond = ledger.value(self, f"beyond_{number}")
            ledger.within(self, f"beyond_{number}", beyond, np.maximum(0.0, inflow - segment.above * ledger.horizon.days), np.inf)
            useful = useful - beyond * ((self.segments[number - 2].share if number > 1 else 1.0) - segment.share)
        energy_per_volume = ledger.given(self, "energy_per_volume")
        ledger.equal(self, "energy_made", ledger.value(self, "energy_made"), energy_per_volume * useful)
        if self.by_storage:
            real = self._at_the_head_of(ledger)
            ledger.within(self, "energy_per_volume x inflow", energy_per_volume * inflow, *_around(real * inflow))
        if self.demand is not None:
            lacking = np.maximum(0.0, ledger.given(self, "demand") - inflow)
            ledger.within(self, "shortage", ledger.value(self, "shortage"), lacking, np.inf)
        ledger.loses(self.source, inflow)
        ledger.gains(self.target, inflow)

    def revise(self, ledger: Ledger) -> Mapping[str, Floats]:
        """The energy per volume at the head of the last pass."""
        if not self.by_storage:
            return {}
        return {"energy_per_volume": settled(ledger, self, "energy_per_volume", self._at_the_head_of(ledger), SETTLED)}

    def _at_the_head_of(self, ledger: Ledger) -> Floats:
        """Energy per volume at the mean storage of every step of a plan, shape (steps,). [kWh/m3]."""
        storage = (ledger.before(self.source, "storage") + ledger.value(self.source, "storage")) / 2
        return np.interp(
            storage, [point.storage for point in self.by_storage], [point.energy_per_volume for point in self.by_storage]
        )


def _around(energy: Floats) -> tuple[Floats, Floats]:
    return energy * (1 - HEAD_TOLERANCE), energy * (1 + HEAD_TOLERANCE)
