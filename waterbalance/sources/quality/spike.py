"""A single day that stands out from the days on both sides of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.amount import Amount
from waterbalance.sources.quality.rule import Flag, Rule, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence


class Spike(Rule):
    """A value far above, or far below, both of its neighbours, which hardly differ themselves.

    height = min(|value - before|, |value - after|), where both differences have one sign
    height > least
    height > times x usual,        usual: median of |change from day to day| over `around` days on either side
    height > apart x |after - before|

    Medians keep the usual change from being lifted by the spike itself (Hampel, F. R. (1974), The influence curve and its
    role in robust estimation, doi:10.1080/01621459.1974.10482962). The last day of all has no neighbour after it: the rate
    of change judges it tonight, this rule when the next day is known and the source tells the day again.
    """

    word: ClassVar[str] = "spike"

    least: Amount
    """Lowest height that matters, in the unit of the series."""

    times: float = Field(default=8.0, ge=1)
    """How many times the usual change from day to day. [1]"""

    apart: float = Field(default=3.0, ge=1)
    """How many times the difference of the neighbours: a flood falls slower than it rises. [1]"""

    around: int = Field(default=15, ge=2)
    """Days on either side whose changes are the usual ones. [day]"""

    reach: int = Field(default=2, ge=1)
    """How many days away a neighbour may be. [day]"""

    trust: Flag = Trust.DOUBTFUL
    """What is left of a spike."""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """Days that stand out."""
        line, unit = evidence.line(key), evidence.unit(key)
        least = self.least.of(key, unit)
        changes, gaps = np.diff(line.values), np.diff(line.days)
        for row in line.tonight:
            if not 0 < row < len(line.days) - 1 or max(gaps[row - 1], gaps[row]) > self.reach:
                continue
            before, after = changes[row - 1], -changes[row]
            height = min(abs(before), abs(after)) if before * after > 0 else 0.0
            if height <= max(least, self.apart * abs(before - after)):
                continue
            near = slice(max(0, row - self.around), row + self.around)
            usual = float(np.median(np.abs(changes[near])))
            if height > self.times * usual:
                told = f"{spoken(float(line.values[row]), unit)} stands {spoken(height, unit)} from both neighbours"
                yield Verdict(
                    key, int(line.places[row]), Trust(self.trust), f"{told}; usual from day to day: {spoken(usual, unit)}"
                )
