"""A value that swings to and fro from day to day."""

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


class Oscillation(Rule):
    """At least `swings` changes in a row, each of more than `amplitude` and against the one before.

    change[d] = value[d] - value[d - 1],   |change[d]| > amplitude,   change[d] x change[d - 1] < 0
    """

    word: ClassVar[str] = "oscillation"

    amplitude: Amount
    """Smallest change that counts as a swing, in the unit of the series."""

    swings: int = Field(default=4, ge=3)
    """Swings in a row that are not believed. [1]"""

    trust: Flag = Trust.DOUBTFUL
    """What is left of values that swing."""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """All of tonight's readings between the first swing and the last."""
        line, unit = evidence.line(key), evidence.unit(key)
        amplitude = self.amplitude.of(key, unit)
        changes = np.where(np.diff(line.days) == 1, np.diff(line.values), 0.0)
        large = np.abs(changes) > amplitude
        goes_on = np.concatenate([[False], large[1:] & large[:-1] & (changes[1:] * changes[:-1] < 0)])[: len(changes)]
        starts = np.flatnonzero(~goes_on)
        for start, end in zip(starts, [*starts[1:], len(changes)], strict=True):
            if not large[start] or end - start < self.swings:
                continue
            for row in range(start, end + 1):
                if line.places[row] >= 0:
                    told = f"swings by more than {spoken(amplitude, unit)} on {end - start} days in a row"
                    yield Verdict(key, int(line.places[row]), Trust(self.trust), told)
