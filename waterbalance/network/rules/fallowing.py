"""Whole blocks of irrigation zones left without a crop for a season, for a compensation."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import Area, Fraction, MoneyPerArea, Subject
from waterbalance.network.rules._limit import IN_FORCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step

OPEN = "open"
"""A given of the rule: 1 where the decision may still change, else 0."""

PART = "part_of_season"
"""A given of the rule: length of the step as a share of the season."""

CENT = 100.0
"""Switches are audited as hundredths, because half a unit is the audit's tolerance."""


class Block(BaseModel):
    """A part of a zone that is planted as a whole, or not at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: Subject
    """The irrigation zone that the block belongs to."""

    area: Area
    """Area of the block, which the compensation is paid for. [m2]"""

    share: Fraction
    """Share of the zone's demand that is this block's. [-]"""

    still_needed: Fraction = 0.0
    """Share of the block's demand that the canals take all the same, to reach its neighbours. [-]"""


class Fallowing(Component):
    """Blocks without a crop for one season: which ones is decided by a date, and their water is spared.

    fallowed(block) = 0 or 1, the same in all steps; as the state has it where the plan begins after decide_by
    spared(zone) = sum over its blocks of share x (1 - still_needed) x demand of the zone x fallowed, in service
    compensation = compensation_per_area x area x fallowed x share of the season that lies in the step
    damage = damage_per_area x area x started,   started >= fallowed - fallowed before
    fallowed_area = sum of area x fallowed, in service

    The season is in_service_from to in_service_until. The compensation is told day by day of the season, so that a rolled
    plan tells it once; the damage is that of a crop that grows already when its block is given up: a table by date.
    Canals that still run for the neighbours are not saved: give them a fill_volume, or the blocks a `still_needed`.
    Without either the saving is proportional to the area, and it is not: in a drought of 2022 more than 60 % of a
    district's rice joined a rotation, and less than 20 % of the water was saved. Each block is a switch that is whole in
    every step. Fallowing costs a policy nothing without a goal for little `compensation`; the presets have one, and give
    up blocks for any shortage that this mends.
    """

    is_rule: ClassVar[bool] = True
    cuts: ClassVar[tuple[str, ...]] = ("blocks",)
    varying: ClassVar[tuple[str, ...]] = ("damage_per_area",)
    idle_zero: ClassVar[tuple[str, ...]] = (IN_FORCE,)

    blocks: Mapping[str, Block]
    """The blocks by name."""

    decide_by: dt.date
    """Last day on which a plan may still choose; later ones keep what the state says."""

    compensation_per_area: MoneyPerArea = 0.0
    """Paid to the farmers of a fallowed block for the season. [currency/m2]"""

    damage_per_area: MoneyPerArea = 0.0
    """Loss of a crop that is given up on a day; nothing before planting. [currency/m2]"""

    @model_validator(mode="after")
    def _blocks_fit_into_their_zones(self) -> Self:
        if not self.blocks:
            raise ValueError("blocks needs at least one block")
        for zone, names in self._by_zone().items():
            total = sum(self.blocks[name].share for name in names)
            if total > 1 + 1e-9:
                raise ValueError(f"the blocks of {zone} have {total:g} of its demand; their shares may add up to 1")
        return self

    @model_validator(mode="after")
    def _a_season_has_two_ends(self) -> Self:
        if self.in_service_from is None or self.in_service_until is None or self.in_service_until < self.in_service_from:
            raise ValueError("fallowing lasts for one season: give in_service_from and in_service_until")
        return self

    def neighbours(self) -> Iterator[tuple[str, str, str]]:
        """The zones of the blocks."""
        yield from (("blocks", "subject", zone) for zone in self._by_zone())

    def default_given(self, name: str) -> float | None:
        """In force, unless the engine finds the rule out of service."""
        return 1.0 if name == IN_FORCE else super().default_given(name)

    def given_by_date(self, name: str, horizon: Horizon) -> Floats | None:
        """The decision is open in the first step of a plan that begins by its date."""
        if name == PART:
            part: Floats = horizon.days / self._season_days(horizon)
            return part
        if name != OPEN:
            return super().given_by_date(name, horizon)
        found = np.zeros(len(horizon))
        found[0] = float(horizon.start <= self.decide_by)
        return found

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        may_change, in_force = step.given(self, OPEN), step.given(self, IN_FORCE)
        paid = step.derived(self, "paid_per_area", self._paid, in_force, step.given(self, PART))
        compensation = damage = area = 0.0
        fallowed = {}
        for name, block in self.blocks.items():
            fallowed[name] = step.switch(self, f"fallowed {name}", season=True)
            started = step.flow(self, f"started {name}", upper=may_change, number=True)
            change = fallowed[name] - fallowed[name].before
            step.constraint(self, f"started {name}", started >= change)
            step.constraint(self, f"planted again {name}", change >= -1.0 * may_change)
            compensation = compensation + block.area * (paid * fallowed[name])
            damage = damage + block.area * (step.given(self, "damage_per_area") * started)
            area = area + block.area * (in_force * fallowed[name])
        for zone, names in self._by_zone().items():
            demand = step.derived(self, f"demand {zone}", np.multiply, step.given(zone, "demand"), in_force)
            spared = step.flow(self, f"spared {zone}")
            given_up = sum(self._saved(name) * (demand * fallowed[name]) for name in names)
            step.constraint(self, f"spared {zone}", spared == given_up)
            step.constraint(self, f"given up {zone}", step.of(zone, "spared") == spared)
        step.measure(self, "compensation", compensation, unit=units.MONEY)
        step.measure(self, "damage", damage, unit=units.MONEY)
        step.measure(self, "fallowed_area", area, unit=units.AREA)

    def _paid(self, in_force: Floats, part_of_season: Floats) -> Floats:
        """Compensation for each step, in [currency/m2]."""
        return self.compensation_per_area * in_force * part_of_season

    def _season_days(self, horizon: Horizon) -> float:
        """True length of the season. [day]."""
        first, last = self.in_service_from or horizon.start, self.in_service_until or horizon.end
        return horizon.offset(last + dt.timedelta(days=1)) - horizon.offset(first)

    def _saved(self, name: str) -> float:
        """Share of the zone's demand that a block spares."""
        return self.blocks[name].share * (1.0 - self.blocks[name].still_needed)

    def _by_zone(self) -> Mapping[str, list[str]]:
        """Names of the blocks of each zone."""
        found: dict[str, list[str]] = defaultdict(list)
        for name, block in self.blocks.items():
            found[block.zone].append(name)
        return found

    def check(self, ledger: Ledger) -> None:
        """One decision a block, what it spares, and what it costs, block by block."""
        steps = np.arange(len(ledger.horizon))
        late = (steps > 0) | (ledger.horizon.start > self.decide_by)
        in_force = ledger.given(self, IN_FORCE)
        part_of_season = in_force * ledger.horizon.days / self._season_days(ledger.horizon)
        spared: dict[str, Floats] = defaultdict(lambda: np.zeros(len(steps)))
        compensation, damage, area = np.zeros(len(steps)), np.zeros(len(steps)), np.zeros(len(steps))
        for name, block in self.blocks.items():
            fallowed, before = ledger.value(self, f"fallowed {name}"), ledger.before(self, f"fallowed {name}")
            started = ledger.value(self, f"started {name}")
            ledger.whole(self, f"fallowed {name}", fallowed, season=True)
            ledger.within(self, f"fallowed {name}", CENT * fallowed, 0.0, CENT)
            ledger.within(
                self, f"change of {name}", CENT * (fallowed - before), np.where(late, 0.0, -CENT), np.where(late, 0.0, CENT)
            )
            ledger.within(
                self, f"started {name}", CENT * started, CENT * np.maximum(0.0, fallowed - before), np.where(late, 0.0, CENT)
            )
            demand = ledger.given(block.zone, "demand") * in_force
            spared[block.zone] = spared[block.zone] + demand * fallowed * block.share * (1 - block.still_needed)
            compensation += self.compensation_per_area * block.area * part_of_season * fallowed
            damage += ledger.given(self, "damage_per_area") * block.area * started
            area += block.area * fallowed * in_force
        for zone, expected in spared.items():
            ledger.equal(self, f"spared {zone}", ledger.value(self, f"spared {zone}"), expected)
            ledger.equal(self, f"spared of {zone}", ledger.value(zone, "spared"), expected)
        ledger.equal(self, "compensation", ledger.value(self, "compensation"), compensation)
        ledger.equal(self, "damage", ledger.value(self, "damage"), damage)
        ledger.equal(self, "fallowed_area", ledger.value(self, "fallowed_area"), area)
