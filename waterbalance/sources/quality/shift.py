"""A gauge that jumps, stays there for some days, and jumps back."""

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

    from waterbalance.sources.quality.evidence import Evidence, Line


class TemporaryShift(Rule):
    """A jump of more than `jump`, at most `longest` days that stay there, and the jump back.

    |change[first]| > jump,   |change[end]| > jump the other way,   end - first <= longest
    |change[d]| <= steady x jump for first < d < end
    |value[end] - value[first - 1]| <= the larger of jump / 2 and |change[first]| / 4

    The steady days tell it from a flood, which falls as it rose: by and by.
    """

    word: ClassVar[str] = "temporary shift"

    jump: Amount
    """Smallest jump that matters, in the unit of the series."""

    longest: int = Field(default=10, ge=2)
    """Days after which a new level is believed. [day]"""

    steady: float = Field(default=0.5, gt=0, le=1)
    """Share of the jump by which the days between may change. [-]"""

    trust: Flag = Trust.DOUBTFUL
    """What is left of readings in between."""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """All of tonight's readings between the jump and the jump back."""
        line, unit = evidence.line(key), evidence.unit(key)
        jump = self.jump.of(key, unit)
        for first, end in self._shifts(line, jump):
            height = float(line.values[first] - line.values[first - 1])
            side = "above" if height > 0 else "below"
            told = f"for {end - first} days {spoken(abs(height), unit)} {side} the days around"
            for row in range(first, end):
                if line.places[row] >= 0:
                    yield Verdict(key, int(line.places[row]), Trust(self.trust), told)

    def _shifts(self, line: Line, jump: float) -> Iterator[tuple[int, int]]:
        """First row of a shift, and the row after its last."""
        values, days = line.values, line.days
        changes = np.diff(values)
        for first in (np.flatnonzero(np.abs(changes) > jump) + 1).tolist():
            sign = np.sign(changes[first - 1])
            for end in range(first + 1, len(values)):
                if days[end] - days[first] > self.longest:
                    break
                if -sign * changes[end - 1] > jump:
                    if abs(values[end] - values[first - 1]) <= max(jump / 2, abs(changes[first - 1]) / 4):
                        yield first, end
                    break
                if abs(changes[end - 1]) > self.steady * jump:
                    break
