"""How fast a value may rise and fall."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.amount import Amount
from waterbalance.sources.quality.rule import Flag, Rule, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence


class RateOfChange(Rule):
    """-fall x days <= value - last <= rise x days, where `last` is the newest value before that kept this.

    What breaks it is not compared with again, so that the way back from a wrong value is no second finding; a level that
    truly jumped is believed once `days` have grown enough.
    """

    word: ClassVar[str] = "rate of change"

    rise: Amount | None = None
    """Most that the value rises from day to day, in the unit of the series; unlimited when left out."""

    fall: Amount | None = None
    """Most that the value falls from day to day, in the unit of the series; unlimited when left out."""

    reach: int = Field(default=5, ge=1)
    """How many days back the last value may lie to be compared with. [day]"""

    trust: Flag = Trust.DOUBTFUL
    """What is left of a reading that changed too fast."""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """Changes faster than allowed."""
        line, unit = evidence.line(key), evidence.unit(key)
        rise = float("inf") if self.rise is None else self.rise.of(key, unit)
        fall = float("inf") if self.fall is None else self.fall.of(key, unit)
        last, last_day = 0.0, -self.reach - 1
        for day, value, place in zip(line.days.tolist(), line.values.tolist(), line.places.tolist(), strict=True):
            days = day - last_day
            if place >= 0 and days <= self.reach and not -fall * days <= value - last <= rise * days:
                change, allowed = ("rises", rise) if value > last else ("falls", fall)
                told = f"{change} by {spoken(abs(value - last), unit)} in {days} days; at most {spoken(allowed, unit)} a day"
                yield Verdict(key, place, Trust(self.trust), told)
            else:
                last, last_day = value, day
