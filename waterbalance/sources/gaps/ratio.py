"""A neighbour's value times what the series usually is of it."""

from __future__ import annotations

import datetime as dt
from statistics import median
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from waterbalance.sources.gaps.method import Filled, Gap, Known, Method
from waterbalance.sources.quality.rule import SeriesName, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.forecast.readings import Key

_DAY = dt.timedelta(days=1)


class Ratio(Method):
    """value(d) = neighbour(d) x median of own value / neighbour's value, over days that both know.

    The days are those within `around` before and after the gap, so that the ratio is that of the season; a median is not
    led by floods, as the ratio of sums is (on a recorded river its error was a third less). The first neighbour that is
    known on a day is taken.
    """

    method: Literal["ratio"] = "ratio"
    """The word for this method."""

    of: tuple[SeriesName, ...] = Field(min_length=1)
    """Neighbours, the best first: [lower_lake.inflow]."""

    around: int = Field(default=15, ge=1)
    """Days before and after the gap that tell the ratio. [day]"""

    least: int = Field(default=10, ge=1)
    """Days that both must know, the neighbour above zero. [day]"""

    def fill(self, gap: Gap, known: Known, others: Callable[[Key], Known]) -> Mapping[dt.date, Filled]:
        """Days on which a neighbour is known, with a ratio that enough days tell."""
        found: dict[dt.date, Filled] = {}
        for name in self.of:
            neighbour = others(key_of(name))
            near = range(-self.around, gap.days + self.around)
            both = [day for day in (gap.first + n * _DAY for n in near) if day in known and day in neighbour]
            both = [day for day in both if neighbour[day].value > 0]
            if len(both) < self.least:
                continue
            ratio = median(known[day].value / neighbour[day].value for day in both)
            pairs = tuple(reading for day in both for reading in (known[day], neighbour[day]))
            told = f"{ratio:.4g} x {name}, as on {len(both)} days around"
            for day in (gap.first + n * _DAY for n in range(gap.days)):
                if day in neighbour and day not in found:
                    found[day] = Filled(neighbour[day].value * ratio, told, (*pairs, neighbour[day]))
        return found
