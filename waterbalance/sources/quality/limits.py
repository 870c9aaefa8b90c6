"""Values that cannot be, and values that hardly ever are, by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.amount import Amount
from waterbalance.sources.quality.rule import Rule, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence

Month = Annotated[int, Field(ge=1, le=12)]


class Bounds(BaseModel):
    """Lowest and highest of a month."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lowest: Amount | None = None
    """Lowest value; that of all months when left out."""

    highest: Amount | None = None
    """Highest value; that of all months when left out."""


class _Limits(Rule):
    """lowest(month) <= value <= highest(month)."""

    leaves: ClassVar[Trust]

    lowest: Amount | None = None
    """Lowest value, in the unit of the series; none when left out."""

    highest: Amount | None = None
    """Highest value, in the unit of the series; none when left out."""

    months: Mapping[Month, Bounds] = {}
    """Month (1 to 12) -> other limits."""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """What lies outside."""
        for place, each in enumerate(evidence.tonight[key]):
            own = self.months.get(each.date.month, Bounds())
            lowest, highest = own.lowest or self.lowest, own.highest or self.highest
            if not each.usable:
                continue
            if lowest is not None and each.value < lowest.of(key, each.unit):
                told = f"{spoken(each.value, each.unit)} is below {spoken(lowest.value, each.unit)}"
                yield Verdict(key, place, self.leaves, told)
            if highest is not None and each.value > highest.of(key, each.unit):
                told = f"{spoken(each.value, each.unit)} is above {spoken(highest.value, each.unit)}"
                yield Verdict(key, place, self.leaves, told)


class HardLimits(_Limits):
    """lowest(month) <= value <= highest(month); beyond it the reading is never used."""

    word: ClassVar[str] = "hard limit"
    leaves: ClassVar[Trust] = Trust.UNRELIABLE


class SoftLimits(_Limits):
    """lowest(month) <= value <= highest(month); beyond it the reading is doubtful."""

    word: ClassVar[str] = "soft limit"
    leaves: ClassVar[Trust] = Trust.DOUBTFUL
