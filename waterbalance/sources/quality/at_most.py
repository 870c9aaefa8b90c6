"""A value that cannot be more than another one of the same day."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.rule import Flag, Rule, SeriesName, key_of, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence


class AtMost(Rule):
    """value(d) <= other(d) x (1 + share): what leaves a weir, which stores nothing, is no more than what comes."""

    word: ClassVar[str] = "at most"

    of: SeriesName
    """The other series, in the same unit: diversion_weir.inflow."""

    share: float = Field(default=0.02, ge=0)
    """Share by which it may be more all the same: errors of two gauges. [-]"""

    trust: Flag = Trust.DOUBTFUL
    """What is left of readings that are more."""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """Days on which it is more; which of the two is wrong is not known, and only this one is flagged."""
        other = evidence.line(key_of(self.of)).by_day()
        for place, each in enumerate(evidence.tonight[key]):
            day = each.date.toordinal()
            if each.usable and day in other and each.value > other[day][0] * (1 + self.share):
                told = f"{spoken(each.value, each.unit)} is more than the {spoken(other[day][0], each.unit)} of {self.of}"
                yield Verdict(key, place, Trust(self.trust), told)
