"""What happens above full supply level: the flood pool, the spillway, and water over the dam."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import field_validator, model_validator

from waterbalance import units
from waterbalance.network.components._gates import Gate, Gated, follow_each, sweep
from waterbalance.network.components._last_pass import rounded, settled
from waterbalance.network.components._open_water import _OpenWater
from waterbalance.network.components._rating import (
    DIGITS,
    SETTLED,
    Rated,
    RatingPoint,
    is_full,
    require_rating,
    room_for,
)
from waterbalance.network.fields import Downstream, Volume

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Flow, Step, Stock

SPILLWAY_LIMIT = "spillway_limit"
"""Given: the most that the spillway passes at the storages of the last pass. [m3/day]"""

SPILLWAY_SHARE = "spillway_share"
"""Given: the same in rising steps, as a share of all water that the step has above the crest. [-]"""

SPILLWAY_SHARE_BEFORE = "spillway_share_before"
"""Given: the same in falling steps, as a share of the storage above the crest when the step begins. [-]"""

OVERTOPPING_LIMIT = "overtopping_limit"
"""Given: what went over the dam in the last pass. [m3]"""

AT_THE_TOP = 1e-6
"""Water goes over the dam where the storage is this near to the top. [-]"""


class _Spillway(_OpenWater):
    """A storage that can be more than full; see `Reservoir` for the equations."""

    flood_pool: Volume | None = None
    """Storage between full supply level and the top of the dam; none, and nothing above, when left out. [m3]"""

    spillway: tuple[RatingPoint, ...] = ()
    """Most that the spillway passes, by level or storage, in rising rows; unlimited at any storage when left out."""

    uncontrolled_spillway: bool = False
    """Whether the spillway has no gates: it passes its rating, and not less."""

    spill_to: Downstream | None = None
    """Where the spillway leads; out of the system when left out."""

    @field_validator("spillway")
    @classmethod
    def _rows_rise(cls, rows: tuple[RatingPoint, ...]) -> tuple[RatingPoint, ...]:
        if rows:
            require_rating(rows)
        return rows

    @model_validator(mode="after")
    def _the_spillway_fits(self) -> Self:
        if self.uncontrolled_spillway and not self.spillway:
            raise ValueError("an uncontrolled spillway needs its rating (spillway)")
        if any(row.level is not None for row in self.spillway) and not self.level_area_volume:
            raise ValueError("a spillway rated by level needs a survey (level_area_volume), or rows by storage")
        if any(row.level is not None and not self.holds_level(row.level) for row in self.spillway):
            raise ValueError("the spillway has a level outside the survey; extend the survey, or leave out rows")
        return self

    def default_given(self, name: str) -> float | None:
        """The first pass lets the spillway pass its greatest release."""
        if name == SPILLWAY_LIMIT:
            return self.spillway[-1].release
        return 0.0 if name in {SPILLWAY_SHARE, SPILLWAY_SHARE_BEFORE, OVERTOPPING_LIMIT} else super().default_given(name)

    @property
    def _has_flood_pool(self) -> bool:
        return self.flood_pool is not None or bool(self.spillway)

    def _rated(self, capacity: Floats) -> Rated:
        return Rated.of(self.spillway, self, capacity)

    def _top(self, capacity: Floats) -> Floats:
        """Storage at the top of the dam. [m3]."""
        return capacity + (self.flood_pool or 0.0)

    def _top_given(self, step: Step) -> Expression:
        capacity = step.given(self, "capacity")
        return capacity if self.flood_pool is None else step.derived(self, "top_of_dam", self._top, capacity)

    def _spill_column(self, step: Step) -> Flow:
        if not self.spillway:
            return step.flow(self, "spill")
        limit = step.derived(self, "spill_limit", np.multiply, step.given(self, SPILLWAY_LIMIT), step.days)
        return step.flow(self, "spill", upper=limit)

    def _say_flood(self, step: Step, storage: Stock, spill: Flow) -> None:
        """Flood storage, water over the dam, and what a spillway without gates cannot hold back."""
        if not self._has_flood_pool:
            return
        flood_storage = step.flow(self, "flood_storage", unit=units.VOLUME)
        step.constraint(self, "flood_storage", flood_storage >= storage - step.given(self, "capacity"))
        step.measure(self, "flood_storage", flood_storage)
        if not self.spillway:
            return
        overtopping = step.flow(self, "overtopping", upper=step.given(self, OVERTOPPING_LIMIT))
        unrated_spill = step.flow(self, "unrated_spill")
        for name, flow in (("overtopping", overtopping), ("unrated_spill", unrated_spill)):
            step.loss(self, name, flow)
            if self.spill_to is not None:
                step.gain(self, name, flow, at=self.spill_to)
            step.measure(self, name, flow)
        if self.uncontrolled_spillway:
            capacity, passes = step.given(self, "capacity"), spill + unrated_spill
            for given, water in ((SPILLWAY_SHARE, storage + passes), (SPILLWAY_SHARE_BEFORE, storage.before)):
                share = step.given(self, given)
                of_crest = step.derived(self, f"{given}_of_crest", self._of_crest, share, capacity)
                step.constraint(self, f"over_the_crest_by_{given}", passes >= share * water - of_crest)

    def _of_crest(self, share: Floats, capacity: Floats) -> Floats:
        """A share of the storage at the crest. [m3]."""
        return np.asarray(share * self._rated(capacity).storages[0])

    def gates(self, ledger: Ledger) -> Mapping[str, Gate]:
        """The spillway under the reservoir's name, where it has one, and all rated outlets, as the plan operates them."""
        gates: dict[str, Gate] = {}
        if self.spillway:
            spill, unrated = ledger.value(self, "spill"), ledger.value(self, "unrated_spill")
            full = is_full(spill, ledger.given(self, SPILLWAY_LIMIT), ledger.horizon.days)
            full |= self.uncontrolled_spillway | (unrated > SETTLED * self.spillway[-1].release * ledger.horizon.days)
            gates[self.name] = Gate(self._rated(ledger.given(self, "capacity")), spill + unrated, full)
        for taker in ledger.takers(self.name):
            gate = taker.gate(ledger, self) if isinstance(taker, Gated) else None
            if gate is not None:
                gates[taker.name] = gate
        return gates

    def net_gain(self, ledger: Ledger, gates: Iterable[Gate]) -> Floats:
        """What each step gains apart from the gates and from what goes over the dam. [m3]."""
        change = ledger.value(self, "storage") - ledger.before(self, "storage")
        over = ledger.value(self, "overtopping") if self.spillway else 0.0
        return np.asarray(change + over + sum(gate.released for gate in gates))

    def top(self, ledger: Ledger) -> Floats:
        """Storage at the top of the dam; without a spillway all that comes can leave. [m3]."""
        capacity = ledger.given(self, "capacity")
        return self._top(capacity) if self.spillway else np.full_like(capacity, np.inf)

    def revise(self, ledger: Ledger) -> Mapping[str, Floats]:
        """The surface, and the most that the spillway passes, at the storages of the last pass."""
        if not self.spillway:
            return super().revise(ledger)
        gates, days, greatest = tuple(self.gates(ledger).values()), ledger.horizon.days, self.spillway[-1].release
        swept = sweep(gates, ledger.before(self, "storage")[0], self.net_gain(ledger, gates), days, self.top(ledger))
        found = {SPILLWAY_LIMIT: swept.limits[0] / days, OVERTOPPING_LIMIT: swept.over}
        if self.uncontrolled_spillway:
            found |= {SPILLWAY_SHARE: swept.share, SPILLWAY_SHARE_BEFORE: swept.share_before}
        smallest = {name: SETTLED * (greatest if "limit" in name else 1.0) for name in found}
        news = {
            name: settled(ledger, self, name, rounded(values, DIGITS), SETTLED, smallest[name]) for name, values in found.items()
        }
        return {**super().revise(ledger), **news}

    def _check_spill(self, ledger: Ledger) -> None:
        """Spill within the rating at the plan's own storages; over the dam only at its top."""
        spill, storage, capacity = ledger.value(self, "spill"), ledger.value(self, "storage"), ledger.given(self, "capacity")
        ledger.within(self, "storage", storage, 0.0, self._top(capacity))
        if self._has_flood_pool:
            above = np.maximum(0.0, storage - capacity)
            ledger.within(self, "flood_storage", ledger.value(self, "flood_storage"), above, np.inf)
        leaves = spill
        if self.spillway:
            overtopping, unrated = ledger.value(self, "overtopping"), ledger.value(self, "unrated_spill")
            leaves = spill + overtopping + unrated
            days, gates = ledger.horizon.days, tuple(self.gates(ledger).values())
            net = self.net_gain(ledger, gates)
            rating = follow_each(gates, ledger.before(self, "storage"), net, days, self.top(ledger))[0]
            room = room_for(rating, self.spillway[-1].release, days)
            least = rating - room if self.uncontrolled_spillway else 0.0
            ledger.within(self, "spill", spill, least, rating + room)
            # Silt may lower the room below what is stored already when the step begins.
            highest = np.maximum(ledger.before(self, "storage"), storage)
            most = np.where(highest < self._top(capacity) * (1 - AT_THE_TOP), room, np.inf)
            ledger.within(self, "overtopping", overtopping, 0.0, most)
            ledger.within(self, "unrated_spill", unrated, 0.0, room)
        ledger.within(self, "spill", spill, 0.0, np.inf)
        ledger.loses(self, leaves)
        if self.spill_to is not None:
            ledger.gains(self.spill_to, leaves)
