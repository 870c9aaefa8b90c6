"""Values by date, and what they are on the steps of a horizon."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from waterbalance import units
from waterbalance.errors import Place
from waterbalance.horizon import Floats, Horizon, Integers, next_ten_day_start, ten_day_number

SeriesKind = Literal["date", "from", "ten_day", "month"]
"""One row a day; values from a date on; 36 ten-day periods of a year; 12 months of a year."""

ROWS_OF_A_YEAR = {"ten_day": 36, "month": 12}

Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class Series:
    """One quantity of one component by date, in internal units."""

    component: str
    quantity: str
    kind: SeriesKind
    unit: str
    """Internal unit."""

    values: Floats
    """One for each row, shape (rows,)."""

    dates: tuple[dt.date, ...] = ()
    """For the kinds `date` and `from`: the rows' dates, ascending."""

    holds: bool = False
    """For the kind `from`: the last value holds until further notice, and the first one also before its date."""

    label: str = ""
    """How the values came to be."""

    source: str | None = None
    """Where they come from."""

    where: Place = field(default_factory=Place)
    """Where they were read."""

    @property
    def key(self) -> tuple[str, str]:
        """Component and quantity."""
        return self.component, self.quantity

    @property
    def first_day(self) -> dt.date | None:
        """First day with a value; None when every day has one."""
        return None if not self.dates or self.holds else self.dates[0]

    @property
    def last_day(self) -> dt.date | None:
        """Last day with a value; None when there is none.

        The last row of the kind `from` holds to the end of its own ten-day period.
        """
        if not self.dates or self.holds:
            return None
        return self.dates[-1] if self.kind == "date" else next_ten_day_start(self.dates[-1]) - dt.timedelta(days=1)

    def covers(self, first: dt.date, last: dt.date) -> bool:
        """Whether every day from `first` to `last` has a value."""
        return (self.first_day is None or self.first_day <= first) and (self.last_day is None or last <= self.last_day)

    def on_days(self, days: Days) -> Floats:
        """The value in force on each day; the days must be covered."""
        if self.kind == "month":
            return self._rows(days.astype("datetime64[M]").astype(np.int64) % 12)
        if self.kind == "ten_day":
            return self._rows(np.array([ten_day_number(day) - 1 for day in days.tolist()]))
        rows = np.searchsorted(np.array(self.dates, dtype="datetime64[D]"), days, side="right") - 1
        return self._rows(np.maximum(rows, 0))

    def _rows(self, rows: Integers) -> Floats:
        """The values of some rows."""
        return np.take(self.values, rows)

    def on_steps(self, horizon: Horizon) -> Floats:
        """Values for the steps of a horizon, shape (steps,).

        Flows, rates and depths per day are added up to the amount over the step, by the true length of each day;
        volumes (capacities, curves) are those of the step's last day; everything else is averaged over the step.
        """
        values = self.on_days(days_of(horizon))
        firsts = np.array([(start - horizon.start).days for start in horizon.starts])
        if self.unit == units.VOLUME:
            return np.take(values, np.append(firsts[1:], len(values)) - 1)
        amounts: Floats = np.add.reduceat(values * _lengths_of_days(horizon), firsts)
        return amounts if units.integrates_over_step(self.unit) else amounts / horizon.days


def days_of(horizon: Horizon) -> Days:
    """Every day of a horizon."""
    return np.arange(np.datetime64(horizon.start), np.datetime64(horizon.end))


@lru_cache(maxsize=16)
def _lengths_of_days(horizon: Horizon) -> Floats:
    """True length of every day of a horizon in [day], where summer time begins and ends included."""
    return Horizon((*days_of(horizon).tolist(), horizon.end), horizon.time_zone).days
