"""A storage with a dead pool, a full supply level, evaporation, seepage and a spillway."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from waterbalance.network.component import Component
from waterbalance.network.components._target import check_wanted, want_storage
from waterbalance.network.fields import Area, DepthRate, Downstream, FlowRate, RatePerDay, Volume

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class Reservoir(Component):
    """A storage with a dead pool and a full supply level.

    storage = before + inflow + brought - release - spill - evaporation - seepage
    dead_storage - below_dead_storage <= storage <= capacity
    evaporation = evaporation_depth x surface_area x before / capacity
    seepage = seepage_rate x before
    target_shortfall >= storage_target - storage

    where
        brought: water that canals, pipes and reaches bring;
        release: water that they take, at most release_capacity.

    Spill is a release that no outlet limits, which goals keep small; it is not tied to a full reservoir (that takes
    switches), so give spill a weight in goals of your own. The surface is proportional to the storage: good for a
    planning year, not for a nearly empty reservoir with a wide flat bed. Dead storage is a soft limit with the first
    rank of every preset, so that a reservoir that is found below it (evaporation, a new survey) still gets a plan,
    and says so.
    """

    is_place: ClassVar[bool] = True
    is_source: ClassVar[bool] = True
    absorbs_all: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = (
        "capacity",
        "dead_storage",
        "inflow",
        "evaporation_depth",
        "release_capacity",
        "storage_target",
        "upper_curve",
        "lower_curve",
        "severe_curve",
    )

    capacity: Volume
    """Storage at full supply level. [m3]"""

    dead_storage: Volume = 0.0
    """Storage below the lowest outlet. [m3]"""

    inflow: FlowRate = 0.0
    """Natural inflow; usually a table or a forecast. [m3/day]"""

    surface_area: Area = 0.0
    """Water surface at full supply level. [m2]"""

    evaporation_depth: DepthRate = 0.0
    """Open-water evaporation; usually a table. [m/day]"""

    seepage_rate: RatePerDay = 0.0
    """Share of the storage that seeps away. [1/day]"""

    release_capacity: FlowRate | None = None
    """Most that all outlets together can release; unlimited when left out. [m3/day]"""

    spill_to: Downstream | None = None
    """Where the spillway leads; out of the system when left out."""

    storage_target: Volume = 0.0
    """Storage wanted at the end of a step; end conditions fill it for the last one. [m3]"""

    upper_curve: Volume | None = None
    """Upper rule curve; usually a table. [m3]"""

    lower_curve: Volume | None = None
    """Lower rule curve; usually a table. [m3]"""

    severe_curve: Volume | None = None
    """Severe lower rule curve; usually a table. [m3]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        storage = step.stock(self, "storage", upper=step.given(self, "capacity"))
        spill = step.flow(self, "spill")
        below_dead_storage = step.flow(self, "below_dead_storage")
        step.leaving(self, "release", upper=step.given(self, "release_capacity"))
        step.gain(self, "inflow", step.given(self, "inflow"))
        step.loss(self, "spill", spill)
        if self.spill_to is not None:
            step.gain(self, "spill", spill, at=self.spill_to)
        if self.surface_area > 0:
            share = step.derived(
                self,
                "evaporation_share",
                self._evaporation_share,
                step.given(self, "evaporation_depth"),
                step.given(self, "capacity"),
            )
            step.loss(self, "evaporation", share * storage.before)
        if self.seepage_rate > 0:
            step.loss(self, "seepage", self.seepage_rate * step.days * storage.before)
        step.constraint(self, "dead_storage", storage + below_dead_storage >= step.given(self, "dead_storage"))
        want_storage(step, self, storage)
        step.measure(self, "spill", spill)
        step.measure(self, "below_dead_storage", below_dead_storage)
        step.measure(self, "release", step.of(self.name, "release"))

    def _evaporation_share(self, evaporation_depth: Floats, capacity: Floats) -> Floats:
        """Share of the storage that evaporates in a step; a reservoir without capacity loses nothing."""
        return np.divide(evaporation_depth * self.surface_area, capacity, out=np.zeros_like(capacity), where=capacity > 0)

    def check(self, ledger: Ledger) -> None:
        """Re-add the balance and the limits from the fields."""
        storage, before = ledger.value(self, "storage"), ledger.before(self, "storage")
        spill, release = ledger.value(self, "spill"), ledger.value(self, "release")
        capacity = ledger.given(self, "capacity")
        ledger.within(self, "storage", storage, 0.0, capacity)
        below_dead = np.maximum(0.0, ledger.given(self, "dead_storage") - storage)
        ledger.within(self, "below_dead_storage", ledger.value(self, "below_dead_storage"), below_dead, np.inf)
        ledger.within(self, "spill", spill, 0.0, np.inf)
        ledger.within(self, "release", release, 0.0, ledger.given(self, "release_capacity"))
        ledger.equal(self, "release", release, ledger.taken(self))
        check_wanted(ledger, self, storage)
        ledger.equal(self, "inflow", ledger.value(self, "inflow"), ledger.given(self, "inflow"))
        ledger.gains(self, ledger.given(self, "inflow"))
        ledger.loses(self, spill)
        if self.spill_to is not None:
            ledger.gains(self.spill_to, spill)
        if self.surface_area > 0:
            full = np.where(capacity > 0, before / np.maximum(capacity, 1e-9), 0.0)
            evaporation = ledger.given(self, "evaporation_depth") * self.surface_area * full
            ledger.equal(self, "evaporation", ledger.value(self, "evaporation"), evaporation)
            ledger.loses(self, evaporation)
        if self.seepage_rate > 0:
            seepage = self.seepage_rate * ledger.horizon.days * before
            ledger.equal(self, "seepage", ledger.value(self, "seepage"), seepage)
            ledger.loses(self, seepage)
        ledger.stores(self, storage, before)
