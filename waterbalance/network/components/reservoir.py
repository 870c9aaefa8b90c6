"""A storage with a dead pool, a full supply level, evaporation, rain, seepage and a spillway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from pydantic import Field

from waterbalance import units
from waterbalance.network.components._spillway import _Spillway
from waterbalance.network.components._target import check_wanted, want_storage
from waterbalance.network.fields import FlowRate, RatePerDay, Volume

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class Reservoir(_Spillway):
    """A storage with a dead pool and a full supply level.

    storage = before + inflow + brought + rainfall - release - spill - evaporation - seepage
    dead_storage - below_dead_storage <= storage <= capacity
    evaporation = evaporation_depth x area
    rainfall = rainfall_depth x area
    seepage = seepage_rate x days x before
    target_shortfall >= storage_target - storage

    where
        brought: water that canals, pipes and reaches bring;
        release: water that they take, at most release_capacity;
        area: surface_area x before / capacity, or with a survey the area in level_area_volume at the mean of before
            and storage.

    With a survey the area is that of the last pass, and the plan is made again until it settles: of equally good plans
    the one nearest to the last is taken, and late passes hold storages near it, with a note. Evaporation is said as a
    share of the water that is there (area of the last pass / its storage x storage), so that a lake may dry out and
    never goes below zero; below a hundredth of the capacity the surface shrinks with the storage. The `level` at the
    end of each step stands in the plan, and so does `surface_error`: how much more evaporation less rain would be with
    the plan's own surface than with that of the last pass. They can be reported, not ranked. With full_supply_level
    the survey may be of another year: silt lies on all levels in proportion to their volume, so that the lake is full
    at that level with the capacity of the date. Without a survey the surface is proportional to the storage: good for
    a planning year, not for a nearly empty reservoir with a wide flat bed.

    Without more fields spill is a release that no outlet limits, which goals keep small; it is not tied to a full
    reservoir, so give spill a weight in goals of your own. With flood_pool or spillway

        storage <= capacity + flood_pool
        flood_storage >= storage - capacity
        spill <= what runs over with d(storage)/dt = other gains and losses - rating(storage)
        spill >= the same, where there are no gates (uncontrolled_spillway)
        overtopping = 0 below the top of the dam; it leaves the storage too, and goes where the spill goes

    A spillway passes nothing below the first row of its rating, its crest, so that spill is tied to high storages without
    a switch. What can pass in a step follows from the storages of the last pass, with the step's own drawdown: any shape
    of rating will do. `unrated_spill` takes what the last pass did not foresee, so that a plan always exists; it ends at
    zero, or the audit objects. The presets keep unrated_spill and overtopping least first and flood_storage next: storage
    comes back to full supply level as fast as outlets and spillway allow. Goals of your own must rank unrated_spill
    first. Days are too long for the peak of a flood: this keeps balances honest; no dam is sized by it.

    Dead storage is a soft limit with the first rank of every preset, so that a reservoir that is found below it
    (evaporation, a new survey) still gets a plan, and says so.

    Method: successive linear programming, Reznicek and Simonovic (1990), doi:10.1029/WR026i002p00189; step bounds,
    Palacios-Gomez, Lasdon and Engquist (1982), doi:10.1287/mnsc.28.10.1106.
    """

    is_place: ClassVar[bool] = True
    is_source: ClassVar[bool] = True
    absorbs_all: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = (
        *_Spillway.varying,
        "dead_storage",
        "inflow",
        "release_capacity",
        "storage_target",
        "upper_curve",
        "lower_curve",
        "severe_curve",
    )
    idle_zero: ClassVar[tuple[str, ...]] = ("release_capacity",)

    dead_storage: Volume = 0.0
    """Storage below the lowest outlet. [m3]"""

    inflow: FlowRate = 0.0
    """Natural inflow; usually a table or a forecast. [m3/day]"""

    seepage_rate: Annotated[RatePerDay, Field(le=1)] = 0.0
    """Share of the storage that seeps away; a step loses at most all of it. [1/day]"""

    release_capacity: FlowRate | None = None
    """Most that all outlets together can release; unlimited when left out. [m3/day]"""

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
        storage = step.stock(self, "storage", upper=self._top_given(step))
        spill = self._spill_column(step)
        below_dead_storage = step.flow(self, "below_dead_storage", unit=units.VOLUME)
        step.leaving(self, "release", upper=step.given(self, "release_capacity"))
        step.gain(self, "inflow", step.given(self, "inflow"))
        step.loss(self, "spill", spill)
        if self.spill_to is not None:
            step.gain(self, "spill", spill, at=self.spill_to)
        self._say_flood(step, storage, spill)
        self._say_surface(step, storage)
        if self.seepage_rate > 0:
            share = step.derived(self, "seepage_share", self._seepage_share, step.days)
            step.loss(self, "seepage", share * storage.before)
        step.constraint(self, "dead_storage", storage + below_dead_storage >= step.given(self, "dead_storage"))
        want_storage(step, self, storage)
        step.measure(self, "spill", spill)
        step.measure(self, "below_dead_storage", below_dead_storage)
        step.measure(self, "release", step.of(self.name, "release"))

    def _seepage_share(self, days: Floats) -> Floats:
        """Share of the storage that seeps away in a step."""
        return np.minimum(self.seepage_rate * days, 1.0)

    def check(self, ledger: Ledger) -> None:
        """Re-add the balance and the limits from the fields."""
        storage, before = ledger.value(self, "storage"), ledger.before(self, "storage")
        release = ledger.value(self, "release")
        below_dead = np.maximum(0.0, ledger.given(self, "dead_storage") - storage)
        ledger.within(self, "below_dead_storage", ledger.value(self, "below_dead_storage"), below_dead, np.inf)
        ledger.within(self, "release", release, 0.0, ledger.given(self, "release_capacity"))
        ledger.equal(self, "release", release, ledger.taken(self))
        check_wanted(ledger, self, storage)
        ledger.equal(self, "inflow", ledger.value(self, "inflow"), ledger.given(self, "inflow"))
        ledger.gains(self, ledger.given(self, "inflow"))
        self._check_spill(ledger)
        self._check_surface(ledger)
        if self.seepage_rate > 0:
            seepage = np.minimum(1.0, self.seepage_rate * ledger.horizon.days) * before
            ledger.equal(self, "seepage", ledger.value(self, "seepage"), seepage)
            ledger.loses(self, seepage)
        ledger.stores(self, storage, before)
