"""Days that cannot be meant: not over yet when they were read, or a whole series that slipped against what it told before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar, Final
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import Field

from waterbalance import units
from waterbalance.forecast.readings import Key, Reading, Trust
from waterbalance.sources.quality.rule import Rule
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence

_AT_A_MOMENT: Final = {units.VOLUME, units.LENGTH, units.AREA}
"""Units of what holds at the first moment of its day; all others are means and sums of the whole day."""

_DAY = dt.timedelta(days=1)


class DayLabels(Rule):
    """A moment has come, and a day is over, before it is read; and a day keeps its date from night to night.

    stock of day d:  midnight(d)     <= known_at
    flow of day d:   midnight(d + 1) <= known_at
    slipped: of the days told tonight and before, none has the value of before, and all have that of the day next to it
    """

    word: ClassVar[str] = "day"

    shared: int = Field(default=4, ge=3)
    """Least number of different values that must be told both tonight and before to find a slip. [1]"""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """A day that was not over, and a series that slipped by a day, are never used."""
        zone = ZoneInfo(evidence.time_zone)
        readings = evidence.tonight[key]
        slip = self._slip(readings, evidence.past.get(key, ()))
        for place, each in enumerate(readings):
            if not each.usable:
                continue
            complete = each.date if each.unit in _AT_A_MOMENT else each.date + _DAY
            moment = dt.datetime.combine(complete, dt.time(), zone)
            if each.known_at < moment:
                told = f"read at {each.known_at.isoformat(timespec='minutes')}, before {moment.isoformat(timespec='minutes')}"
                yield Verdict(key, place, Trust.UNRELIABLE, f"{told} (a forecast, or another time zone?)")
            elif slip:
                told = f"its days told before come back {'later' if slip > 0 else 'earlier'} by one (another time zone?)"
                yield Verdict(key, place, Trust.UNRELIABLE, told)

    def _slip(self, readings: tuple[Reading, ...], past: tuple[Reading, ...]) -> int:
        """By how many days tonight's dates are late, 0 where they are not."""
        told = {each.date: each.value for each in readings if each.usable}
        before = {each.date: each.value if each.read is None else each.read for each in past}
        both = [date for date in told if date in before]
        if len(both) < self.shared or any(_same(told[date], before[date]) for date in both):
            return 0
        for days in (1, -1):
            pairs = [(told[date], before.get(date - days * _DAY)) for date in told if date - days * _DAY in before]
            alike = [now for now, then in pairs if then is not None and _same(now, then)]
            if len(alike) == len(pairs) and len(set(alike)) >= self.shared:
                return days
        return 0


def _same(one: float, other: float) -> bool:
    return bool(np.isclose(one, other, rtol=1e-9, atol=0.0))
