"""A day that is told twice."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from waterbalance.forecast.readings import Key, Reading, Trust
from waterbalance.sources.quality.rule import Rule, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence

_DAY = dt.timedelta(days=1)


class Repeated(Rule):
    """Of several readings of one day the newest count, and only where they agree.

    known earlier                    -> unreliable: another one took its place
    same time, same value            -> the first counts, the others are unreliable
    same time, another value         -> all are unreliable, for nobody knows which is true
    """

    word: ClassVar[str] = "repeated"

    tolerance: float = Field(default=1e-6, ge=0, lt=1)
    """Share of the larger value by which two readings may differ and still agree. [-]"""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """At most one reading of a day stays usable."""
        days: dict[dt.date, list[int]] = {}
        for place, each in enumerate(evidence.tonight[key]):
            if each.usable:
                days.setdefault(each.date, []).append(place)
        for date, places in days.items():
            if len(places) > 1:
                missing = [day for day in (date - _DAY, date + _DAY) if day not in days]
                yield from self._of_one_day(key, evidence.tonight[key], places, missing)

    def _of_one_day(
        self, key: Key, readings: tuple[Reading, ...], places: list[int], missing: list[dt.date]
    ) -> Iterator[Verdict]:
        newest = max(readings[place].known_at for place in places)
        for place in places:
            if readings[place].known_at < newest:
                yield Verdict(key, place, Trust.UNRELIABLE, "a later reading of the day took its place")
        last = [place for place in places if readings[place].known_at == newest]
        values = [readings[place].value for place in last]
        if max(values) - min(values) <= self.tolerance * max(map(abs, values)):
            for place in last[1:]:
                yield Verdict(key, place, Trust.UNRELIABLE, f"the day is told {len(last)} times alike; the first counts")
            return
        told = ", ".join(spoken(value, readings[last[0]].unit) for value in sorted(set(values)))
        slipped = f"; {missing[0]} is missing: did the label of a day slip?" if missing else ""
        for place in last:
            yield Verdict(key, place, Trust.UNRELIABLE, f"the day is told {len(last)} times: {told}{slipped}")
