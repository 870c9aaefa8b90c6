"""More water than a reservoir holds on the date."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from waterbalance import units
from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.rule import Rule, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waterbalance.sources.quality.evidence import Evidence

STORAGE: Final = "storage"

FAR_ABOVE: Final = "far above"
"""Begins what is said of a storage on which no approval by rule may rest."""

DAYS_BACK: Final = 3
"""How old the storage may be from which another one goes on. [day]"""


class Capacity(Rule):
    """How far above capacity(date), in shares of it, a storage may be.

    <= margin                         reliable
    <= told, beyond the flood pool    doubtful
    <= far, beyond the flood pool     doubtful, told, and no rule approves what rests on it
    <= farthest, beyond the flood pool    the same where it goes on from what was believed of one of the three days before,
                                          |storage - storage before| <= step x capacity; else never used
    above                             never used

    The capacity is the newest that was read by the date (`component.capacity`), else that of the scenario's table, else
    the component's: a lake silts up. A stated capacity may be years old, and a lake that is truly above it has risen there day by
    day, or in a flood; a slip of a gauge comes at once.
    """

    word: ClassVar[str] = "capacity"

    margin: float = Field(default=0.02, ge=0)
    """Share above the capacity that nobody wonders at: waves, wind, the last survey. [-]"""

    told: float = Field(default=0.05, ge=0)
    """Share above the capacity, and the flood pool, from which somebody has to look. [-]"""

    far: float = Field(default=0.10, ge=0)
    """Share above the capacity, and the flood pool, that no lake comes to at once. [-]"""

    farthest: float = Field(default=0.25, ge=0)
    """Share above the capacity, and the flood pool, that no lake holds; `far` where that is more. [-]"""

    step: float = Field(default=0.05, ge=0)
    """Share of the capacity by which a storage far above it may differ from the one that it goes on from. [-]"""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """Above its capacity a storage is doubtful, far above used only where it goes on so."""
        if key[1] != STORAGE or evidence.unit(key) != units.VOLUME:
            return
        component = evidence.network.components.get(key[0])
        pool = float(getattr(component, "flood_pool", None) or 0.0)
        readings = evidence.tonight[key]
        capacities = evidence.capacities(key[0], [each.date for each in readings])
        believed = {day: value for day, (value, _) in evidence.line(key).by_day().items()}
        for place, (each, capacity) in enumerate(zip(readings, capacities.tolist(), strict=True)):
            if not each.usable or not each.value > capacity * (1 + self.margin):
                continue
            day = each.date.toordinal()
            beyond = (each.value - pool) / capacity - 1 if capacity > 0 else float("inf")
            goes_on = beyond <= self.farthest and self._goes_on(each.value, day, believed, capacity)
            trust = Trust.DOUBTFUL if beyond <= self.far or goes_on else Trust.UNRELIABLE
            if trust is Trust.UNRELIABLE:
                believed.pop(day, None)
            told = f"{spoken(each.value, each.unit)} is above the capacity of {spoken(capacity, each.unit)} on {each.date}"
            yield Verdict(key, place, trust, f"{FAR_ABOVE}, {told}" if beyond > self.told else told)

    def _goes_on(self, value: float, day: int, believed: Mapping[int, float], capacity: float) -> bool:
        """Whether the newest storage that is believed of the days before is about the same."""
        before = next((believed[day - back] for back in range(1, DAYS_BACK + 1) if day - back in believed), None)
        return before is not None and abs(value - before) <= self.step * capacity
