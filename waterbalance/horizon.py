"""Time: steps of unequal length, in the scenario's own time zone.

A horizon is a row of steps without gaps. By default it has daily steps first and then ten-day periods
(旬: days 1-10, 11-20, and 21 to the end of the month) to the end of the season.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from waterbalance.errors import UsageError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

TEN_DAY_STARTS = (1, 11, 21)

LAST_YEAR = 9000
"""Horizons end before it, so that the day after always exists."""


@dataclass(frozen=True)
class Horizon:
    """Steps from `edges[0]` to `edges[-1]`; step t lasts from edges[t] to edges[t + 1], both local midnights."""

    edges: tuple[dt.date, ...]
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        """Refuse a horizon without steps or with steps that do not advance."""
        if len(self.edges) < 2:
            raise UsageError("a horizon needs at least one step")
        if any(later <= earlier for earlier, later in zip(self.edges, self.edges[1:], strict=False)):
            raise UsageError(f"the steps of a horizon must advance; found {', '.join(map(str, self.edges))}")

    def __len__(self) -> int:
        return len(self.edges) - 1

    @property
    def start(self) -> dt.date:
        """First day."""
        return self.edges[0]

    @property
    def end(self) -> dt.date:
        """The day after the last step."""
        return self.edges[-1]

    @property
    def starts(self) -> tuple[dt.date, ...]:
        """First day of every step."""
        return self.edges[:-1]

    @property
    def ends(self) -> tuple[dt.date, ...]:
        """The day after every step."""
        return self.edges[1:]

    @cached_property
    def offsets(self) -> Floats:
        """Edges as true elapsed time since the start, shape (steps + 1,). [day].

        Summer time is honoured: a local day may have 23 or 25 hours.
        """
        zone = ZoneInfo(self.time_zone)
        moments = [dt.datetime.combine(edge, dt.time(), zone).timestamp() for edge in self.edges]
        return (np.array(moments) - moments[0]) / 86_400.0

    @cached_property
    def days(self) -> Floats:
        """Length of every step, shape (steps,). [day]."""
        return np.diff(self.offsets)

    def offset(self, day: dt.date) -> float:
        """True elapsed time from the start to the midnight at which `day` begins; negative before the start [day]."""
        zone = ZoneInfo(self.time_zone)
        seconds = [dt.datetime.combine(edge, dt.time(), zone).timestamp() for edge in (self.start, day)]
        return (seconds[1] - seconds[0]) / 86_400.0

    def moment(self, index: int) -> dt.datetime:
        """The instant of an edge, with its time zone."""
        return dt.datetime.combine(self.edges[index], dt.time(), ZoneInfo(self.time_zone))

    def periods(self) -> tuple[int, ...]:
        """For every step the number of its ten-day period, counted from the horizon's first one."""
        labels = [ten_day_start(start) for start in self.starts]
        order = {label: number for number, label in enumerate(dict.fromkeys(labels))}
        return tuple(order[label] for label in labels)

    @cached_property
    def calendar(self) -> Floats:
        """Edges as days of the calendar since the start, shape (steps + 1,). [day]. A day of 23 hours counts as one."""
        return np.array([(edge - self.start).days for edge in self.edges], dtype=float)

    @cached_property
    def day_by_day(self) -> Horizon:
        """The same time in steps of one day."""
        days = range(self.start.toordinal(), self.end.toordinal() + 1)
        return Horizon(tuple(map(dt.date.fromordinal, days)), self.time_zone)

    def from_step(self, index: int) -> Horizon:
        """The horizon without its first `index` steps."""
        return Horizon(self.edges[index:], self.time_zone)


def ten_day_start(day: dt.date) -> dt.date:
    """First day of the ten-day period (旬) that holds `day`."""
    return day.replace(day=max(start for start in TEN_DAY_STARTS if start <= day.day))


def next_ten_day_start(day: dt.date) -> dt.date:
    """First day of the ten-day period after the one that holds `day`."""
    later = [start for start in TEN_DAY_STARTS if start > day.day]
    if later:
        return day.replace(day=later[0])
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def ten_day_number(day: dt.date) -> int:
    """Number of the ten-day period in its year, 1 to 36."""
    return 3 * (day.month - 1) + 1 + sum(start <= day.day for start in TEN_DAY_STARTS[1:])


def season_end(start: dt.date) -> dt.date:
    """Last day of the season that holds `start`: 30 June or 31 December of its year."""
    return dt.date(start.year, 6, 30) if start.month <= 6 else dt.date(start.year, 12, 31)


def plan_horizon(start: dt.date, *, last_day: dt.date | None = None, daily_steps: int = 14, time_zone: str = "UTC") -> Horizon:
    """Daily steps, then ten-day periods to the end of the season (or to `last_day`, included).

    Days that are left over before the next ten-day period starts make one shorter step.
    Raises `UsageError` when `last_day` lies before `start`.
    """
    last = season_end(start) if last_day is None else last_day
    if last.year > LAST_YEAR:
        raise UsageError(f"the horizon ends on {last}; the calendar here ends with {LAST_YEAR}")
    stop = last + dt.timedelta(days=1)
    if stop <= start:
        raise UsageError(f"the horizon ends on {last}, before it starts on {start}")
    edges = [start]
    while edges[-1] < stop and len(edges) <= daily_steps:
        edges.append(edges[-1] + dt.timedelta(days=1))
    while edges[-1] < stop:
        edges.append(min(next_ten_day_start(edges[-1]), stop))
    return Horizon(tuple(edges), time_zone)
