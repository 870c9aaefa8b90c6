"""A series that only repeats another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.rule import Flag, Rule, SeriesName, key_of
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence


class Copied(Rule):
    """value(d) = other(d) on `days` days in a row, zeros left out: an outflow that was filled in from the inflow.

    At a place without storage both agree where nothing is diverted; declare it only where something is.
    """

    word: ClassVar[str] = "copied"

    of: SeriesName
    """The other series, in the same unit: diversion_weir.inflow."""

    days: int = Field(default=5, ge=2)
    """Days in a row that are not believed. [day]"""

    trust: Flag = Trust.DOUBTFUL
    """What is left of readings that repeat another series."""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """All of tonight's readings in a run of equal days."""
        own, other = evidence.line(key).by_day(), evidence.line(key_of(self.of)).by_day()
        same = [day for day, (value, _) in own.items() if value != 0.0 and day in other and other[day][0] == value]
        run: list[int] = []
        for day in [*same, None]:
            if run and (day is None or day != run[-1] + 1):
                if len(run) >= self.days:
                    told = f"equal to {self.of} on {len(run)} days in a row"
                    places = (own[each][1] for each in run)
                    yield from (Verdict(key, place, Trust(self.trust), told) for place in places if place >= 0)
                run = []
            if day is not None:
                run.append(day)
