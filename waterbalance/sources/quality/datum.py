"""Levels above another zero: known offsets, which are taken off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.amount import Amount
from waterbalance.sources.quality.rule import Rule, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence


class Datum(Rule):
    """value - offset is within `within` of the last believed value, and value itself is not.

    Offsets are declared, so that the value is corrected; a jump by any other amount is told by the rate of change.
    """

    word: ClassVar[str] = "datum"

    offsets: Mapping[str, Amount] = Field(min_length=1)
    """Name of another zero -> how much more is read there, in the unit of the series: {"old gauge zero": 17.9 m}."""

    within: Amount
    """How far the value may lie from the last one, in the unit of the series."""

    reach: int = Field(default=10, ge=1)
    """How many days back the last value may lie. [day]"""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """What a declared offset explains is corrected, and doubtful."""
        line, unit = evidence.line(key), evidence.unit(key)
        within = self.within.of(key, unit)
        offsets = {name: offset.of(key, unit) for name, offset in self.offsets.items()}
        last, last_day = 0.0, -self.reach - 1
        for day, value, place in zip(line.days.tolist(), line.values.tolist(), line.places.tolist(), strict=True):
            mended = value
            if place >= 0 and day - last_day <= self.reach and abs(value - last) > within:
                name = min(offsets, key=lambda each, now=value, then=last: abs(now - offsets[each] - then))  # type: ignore[misc]
                if abs(value - offsets[name] - last) <= within:
                    mended = value - offsets[name]
                    told = f"{spoken(value, unit)} is read from {name}; {spoken(offsets[name], unit)} are taken off"
                    yield Verdict(key, place, Trust.DOUBTFUL, told, mended)
            last, last_day = mended, day
