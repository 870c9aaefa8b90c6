"""More water than a reservoir holds on the date."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from waterbalance import units
from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.rule import Rule, Verdict, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence

STORAGE: Final = "storage"


class Capacity(Rule):
    """storage <= capacity(date) x (1 + margin) is reliable, <= capacity(date) x (1 + far) + flood_pool doubtful.

    The capacity is the newest that was read by the date (`component.capacity`), else that of the scenario's table, else
    the component's: a lake silts up.
    """

    word: ClassVar[str] = "capacity"

    margin: float = Field(default=0.02, ge=0)
    """Share above the capacity that nobody wonders at: waves, wind, the last survey. [-]"""

    far: float = Field(default=0.25, ge=0)
    """Share above the capacity, and the flood pool, that no lake holds; a stated capacity may be years old. [-]"""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """Above its capacity a storage is doubtful, far above never used."""
        if key[1] != STORAGE or evidence.unit(key) != units.VOLUME:
            return
        component = evidence.network.components.get(key[0])
        pool = float(getattr(component, "flood_pool", None) or 0.0)
        readings = evidence.tonight[key]
        capacities = evidence.capacities(key[0], [each.date for each in readings])
        for place, (each, capacity) in enumerate(zip(readings, capacities.tolist(), strict=True)):
            if not each.usable or not each.value > capacity * (1 + self.margin):
                continue
            beyond = each.value > capacity * (1 + self.far) + pool
            told = f"{spoken(each.value, each.unit)} is above the capacity of {spoken(capacity, each.unit)} on {each.date}"
            yield Verdict(key, place, Trust.UNRELIABLE if beyond else Trust.DOUBTFUL, told)
