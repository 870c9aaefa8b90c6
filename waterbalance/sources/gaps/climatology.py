"""What the ten-day period usually brings, by the series' own record."""

from __future__ import annotations

import datetime as dt
from statistics import median
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from waterbalance.horizon import ten_day_number
from waterbalance.sources.gaps.method import Filled, Gap, Known, Method

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.forecast.readings import Key, Reading

_DAY = dt.timedelta(days=1)


class Climatology(Method):
    """value(d) = median of all known values of the same ten-day period (旬) of other years."""

    method: Literal["climatology"] = "climatology"
    """The word for this method."""

    years: int = Field(default=3, ge=1)
    """Other years that must know something of the period. [1]"""

    def fill(self, gap: Gap, known: Known, others: Callable[[Key], Known]) -> Mapping[dt.date, Filled]:  # noqa: ARG002
        """Days whose period enough years know."""
        periods: dict[int, list[Reading]] = {}
        for date, reading in known.items():
            periods.setdefault(ten_day_number(date), []).append(reading)
        found = {}
        for day in (gap.first + n * _DAY for n in range(gap.days)):
            same = tuple(each for each in periods.get(ten_day_number(day), ()) if each.date.year != day.year)
            years = sorted({each.date.year for each in same})
            if len(years) >= self.years:
                told = f"median of ten-day period {ten_day_number(day)} of {len(years)} years, {years[0]} to {years[-1]}"
                found[day] = Filled(median(each.value for each in same), told, same)
        return found
