"""Readings in another unit: a known factor away from all that the series held before."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.rule import Flag, Rule, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence, Line


class UnitSlip(Rule):
    """A reading beyond all that was believed before, which a factor brings back to the usual.

    not  least / spread <= value <= greatest x spread,   least and greatest of all values (not zero) before
    usual / spread <= value / factor <= usual x spread,  usual: median of the `around` values before

    A factor counts both ways: ten times too large, and a tenth. A river in flood, or one that has fallen dry before,
    stays within what it has done.
    """

    word: ClassVar[str] = "unit"

    factors: tuple[float, ...] = (10.0, 86.4, 1000.0, 1e4)
    """Factors that are looked for: a point in the wrong place, m3/s and 1000 m3/day, litres, 10 000 m3. [1]"""

    spread: float = Field(default=1.5, gt=1)
    """How many times the usual a value may be and still be like it. [1]"""

    around: int = Field(default=15, ge=3)
    """Values before that tell what is usual. [1]"""

    least: int = Field(default=365, ge=5)
    """Values that must be known before anything is judged: a year, for a first flood is ten times the usual, too. [1]"""

    corrected: tuple[float, ...] = ()
    """Factors that are divided out, such as 10000 or 0.0001: the value is doubtful, and says what was read. [1]"""

    trust: Flag = Trust.DOUBTFUL
    """What is left of a reading whose factor is not corrected."""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """What a factor explains is corrected where that is declared, else doubted."""
        line, unit = evidence.line(key), evidence.unit(key)
        for row, usual, factor in self._slips(line):
            value = float(line.values[row])
            told = f"{spoken(value, unit)} is about {factor:g} times the usual {spoken(usual, unit)}"
            declared = any(np.isclose(factor, each) for each in self.corrected)
            trust = Trust.DOUBTFUL if declared else Trust(self.trust)
            mended = value / factor if declared else None
            yield Verdict(key, int(line.places[row]), trust, f"{told}{', corrected' if declared else ''}", mended)

    def _slips(self, line: Line) -> Iterator[tuple[int, float, float]]:
        """Row, what was usual before it, and the factor."""
        both_ways = (*self.factors, *(1.0 / each for each in self.factors))
        believed: list[float] = []
        lowest, highest = np.inf, 0.0
        for row, value in enumerate(line.values.tolist()):
            if value <= 0.0:
                continue
            if len(believed) >= self.least and not lowest / self.spread <= value <= highest * self.spread:
                usual = float(np.median(believed[-self.around :]))
                factor = min(both_ways, key=lambda each, now=value, then=usual: abs(np.log(now / then / each)))  # type: ignore[misc]
                if line.places[row] >= 0 and 1 / self.spread <= value / usual / factor <= self.spread:
                    yield row, usual, factor
                    continue
            believed.append(value)
            lowest, highest = min(lowest, value), max(highest, value)
