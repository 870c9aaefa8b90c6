"""A part of every year with its own first and last day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon

_COMMON_YEAR = 2001
"""A year without 29 February."""


def _in_every_year(text: str) -> str:
    try:
        day = dt.date.fromisoformat(f"{_COMMON_YEAR}-{text}")
    except ValueError:
        raise ValueError(f"{text!r} is no day of every year; write month-day, such as 11-01") from None
    return f"{day:%m-%d}"


DayOfYear = Annotated[str, AfterValidator(_in_every_year)]
"""Month and day, such as 11-01; 29 February, which most years lack, is none."""


class Season(BaseModel):
    """A part of every year from its first day to its last, both included; it may go over the turn of the year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_day: DayOfYear
    """First day of the season, such as 11-01."""

    last_day: DayOfYear
    """Last day of the season, such as 05-31."""

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"

    def begins(self, day: dt.date) -> dt.date:
        """First day of the season that holds `day`, else of the last one before it."""
        this_year = dt.date.fromisoformat(f"{day.year}-{self.first_day}")
        return this_year if this_year <= day else dt.date.fromisoformat(f"{day.year - 1}-{self.first_day}")

    def ends(self, begins: dt.date) -> dt.date:
        """The day after the last of the season that begins on a day."""
        year = begins.year + (self.last_day < self.first_day)
        return dt.date.fromisoformat(f"{year}-{self.last_day}") + dt.timedelta(days=1)

    def share(self, horizon: Horizon) -> Floats:
        """Share of every step that lies in the season, by the true length of each day, shape (steps,). [-]."""
        daily = horizon.day_by_day
        firsts = np.searchsorted(daily.offsets, horizon.offsets[:-1])
        held = np.array([self._holds(day) for day in daily.starts])
        share: Floats = np.add.reduceat(held * daily.days, firsts) / np.add.reduceat(daily.days, firsts)
        return share

    def opens(self, horizon: Horizon) -> Floats:
        """1 in the steps in which a season begins, else 0; shape (steps,). [-]."""
        last_days = [end - dt.timedelta(days=1) for end in horizon.ends]
        found = [self.begins(last) >= start for start, last in zip(horizon.starts, last_days, strict=True)]
        return np.array(found, dtype=float)

    def _holds(self, day: dt.date) -> bool:
        return day < self.ends(self.begins(day))
