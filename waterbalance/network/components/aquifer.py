"""Groundwater under a plain: a linear store, whose cone of drawdown fills up again by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import model_validator

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import Area, FlowRate, Fraction, Length, RatePerDay, Upstream

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step

CAPACITY, PER_METRE = "capacity", "storage_per_metre"
"""Givens that follow from the fields: storage at rest [m3], and water in a metre of the aquifer [m3/m]."""


class Aquifer(Component):
    """Groundwater that well fields share: a linear store of the water above the level at which the wells fall dry.

    storage = before + recharge + brought + recovery - taken
    recovery = (1 - kept) x cone before + (1 - spread) x (taken - recharge - brought)
    cone = capacity - storage
    kept = exp(-recession x days), spread = (1 - kept) / (recession x days)
    taken <= well_yield x (1 - mean of cone before and cone / capacity)
    river_exchange = river_share x recovery, taken from the river
    drawdown = cone / (area x specific_yield)
    capacity = area x specific_yield x usable_depth

    Left alone the cone shrinks by the share `recession` a day: this is the exact solution of
    d cone / dt = (taken - recharge - brought) / days - recession x cone for even flows within a step, so that a step of ten
    days ends where ten steps of a day do. What fills the cone comes from the ground around it, and a share of it from a
    river; where recharge has made a mound (a negative cone), it flows the other way. The drawdown is the mean of the whole
    area, not that in a well. The wells yield less the deeper the cone, and nothing when the storage is used up.

    A river must carry what the cone draws from it, or there is no plan. Not for single wells, confined layers that take years
    to answer, or the movement of salt: use a groundwater model, and its answers as `recession` and `recharge`.

    Method: linear reservoir, Maillet (1905), Essais d'hydraulique souterraine et fluviale.
    """

    is_place: ClassVar[bool] = True
    is_source: ClassVar[bool] = True
    absorbs_all: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("recharge", "well_yield")
    idle_zero: ClassVar[tuple[str, ...]] = ("well_yield",)

    area: Area
    """Area over which the water level falls. [m2]"""

    specific_yield: Fraction
    """Share of the ground's volume that drains when the water level falls; where the water is confined, its storativity. [-]"""

    usable_depth: Length
    """From the water level at rest down to where the wells fall dry. [m]"""

    recession: RatePerDay
    """Share of the cone that fills up again in a day when nothing is drawn. [1/day]"""

    recharge: FlowRate = 0.0
    """Water that reaches the aquifer from rain and fields beyond what keeps it at rest; usually a table. [m3/day]"""

    well_yield: FlowRate | None = None
    """Most that all wells together can draw with the water level at rest; unlimited when left out. [m3/day]"""

    river: Upstream | None = None
    """Place in a river that a share of the recovery comes from, and that a mound drains to."""

    river_share: Fraction = 1.0
    """Share of the recovery that comes from the river, where there is one. [-]"""

    @model_validator(mode="after")
    def _there_is_something_to_draw(self) -> Self:
        for field in ("area", "specific_yield", "usable_depth"):
            if getattr(self, field) == 0:
                raise ValueError(f"an aquifer with a {field} of 0 holds no water")
        return self

    def default_given(self, name: str) -> float | None:
        """What the fields give together."""
        per_metre = self.area * self.specific_yield
        return {CAPACITY: per_metre * self.usable_depth, PER_METRE: per_metre}.get(name, super().default_given(name))

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        capacity = step.given(self, CAPACITY)
        storage, recovery = step.stock(self, "storage"), step.flow(self, "recovery", lower=None)
        brought, taken = step.arriving(self, "brought"), step.leaving(self, "taken")
        recharge = step.given(self, "recharge")
        step.gain(self, "recharge", recharge)
        step.gain(self, "recovery", recovery)
        refilled = step.derived(self, "refilled_share", self._refilled_share, step.days)
        early = step.derived(self, "early_share", self._early_share, step.days)
        at_rest = step.derived(self, "refilled_at_rest", _refilled_at_rest, refilled, capacity, early, recharge)
        # (1 - kept) x (capacity - before) + (1 - spread) x (taken - recharge - brought), the givens gathered in `at_rest`.
        step.constraint(self, "recovery", recovery == at_rest - refilled * storage.before + early * (taken - brought))
        cone = step.flow(self, "cone", lower=None, unit=units.VOLUME)
        step.constraint(self, "cone", cone == capacity - storage)
        if self.well_yield is not None:
            per_cone = step.derived(self, "yield_of_full_storage", _per_volume, step.given(self, "well_yield"), capacity)
            step.constraint(self, "well_yield", taken <= per_cone * (0.5 * storage.before + 0.5 * storage))
        if self.river is not None:
            step.loss(self, "river_exchange", self.river_share * recovery, at=self.river)
        step.measure(self, "storage", storage)
        step.measure(self, "drawdown", (1 / (self.area * self.specific_yield)) * cone, unit=units.LENGTH)

    def _refilled_share(self, days: Floats) -> Floats:
        """Share of the cone before that is filled up in the step, shape (steps,). [-]."""
        return -np.expm1(-self.recession * days)

    def _early_share(self, days: Floats) -> Floats:
        """Share of what is drawn evenly in the step that is filled up before its end, shape (steps,). [-]."""
        rate = self.recession * days
        return 1.0 + np.divide(np.expm1(-rate), rate, out=-np.ones_like(rate), where=rate > 0)

    def check(self, ledger: Ledger) -> None:
        """The cone from the analytic solution, the yield of the wells, and the share of the river."""
        storage, before = ledger.value(self, "storage"), ledger.before(self, "storage")
        taken, brought, recovery = (ledger.value(self, name) for name in ("taken", "brought", "recovery"))
        recharge, full = ledger.given(self, "recharge"), self.area * self.specific_yield * self.usable_depth
        ledger.equal(self, "taken", taken, ledger.taken(self))
        ledger.equal(self, "brought", brought, ledger.brought(self))
        ledger.within(self, "storage", storage, 0.0, np.inf)
        ledger.equal(self, "cone", ledger.value(self, "cone"), full - storage)
        ledger.equal(self, "drawdown", ledger.value(self, "drawdown") * full / self.usable_depth, full - storage)
        rest, days = taken - recharge - brought, ledger.horizon.days
        if self.recession > 0:
            # The cone tends to the one at which recovery and draught are equal.
            steady = rest / (self.recession * days)
            expected = steady + (full - before - steady) * np.exp(-self.recession * days)
        else:
            expected = full - before + rest
        ledger.equal(self, "cone after recession", full - storage, expected)
        ledger.equal(self, "recharge", ledger.value(self, "recharge"), recharge)
        if self.well_yield is not None:
            most = ledger.given(self, "well_yield") * (before + storage) / 2 / full
            ledger.within(self, "taken", taken, 0.0, most)
        if self.river is not None:
            exchanged = self.river_share * recovery
            ledger.equal(self, "river_exchange", ledger.value(self, "river_exchange"), exchanged)
            ledger.loses(self.river, exchanged)
        ledger.gains(self, recharge + recovery)
        ledger.stores(self, storage, before)


def _refilled_at_rest(refilled: Floats, capacity: Floats, early: Floats, recharge: Floats) -> Floats:
    """What the recovery is without storage and draught, shape (steps,). [m3]."""
    return refilled * capacity - early * recharge


def _per_volume(well_yield: Floats, capacity: Floats) -> Floats:
    """Yield for each cubic metre that is stored, shape (steps,). [-]."""
    return well_yield / capacity
