"""The time of turns: equal slots from the first midnight on, and the hours of the day that they meet.

Slots count at the head of the canals. Water that passes the head in slot t reaches a gate `travel` hours later, so that this
gate works from

    begins[t] = start + t x hours + travel

and everything that a canal carries in slot t of its head stands in one balance, however far it has to go.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from waterbalance.horizon import Floats, Integers

    Booleans = npt.NDArray[np.bool_]

MOMENT = 1e-6
"""Moments that differ by less are the same. [h]"""


@dataclass(frozen=True)
class DailyHours:
    """Hours of every day [h], from `begin` to `end`; past midnight where the end is not later."""

    begin: float
    end: float

    @property
    def length(self) -> float:
        """From the begin to the end; the whole day where they are equal. [h]."""
        return (self.end - self.begin) % 24.0 or 24.0

    def hold(self, clock: Floats) -> Booleans:
        """Whether moments, as hours of the day, lie within; the end belongs to them, for a gate can still be moved then."""
        return np.asarray((clock - self.begin + MOMENT) % 24.0 <= self.length + 2 * MOMENT)

    def overlap(self, clock: Floats, hours: float) -> Booleans:
        """Whether spans of `hours` that begin at `clock` share more than a moment with these hours."""
        begun = (clock - self.begin + MOMENT) % 24.0 < self.length
        begin_inside = (self.begin - clock - MOMENT) % 24.0 < hours - 2 * MOMENT
        return np.asarray(begun | begin_inside)


@dataclass(frozen=True)
class Slots:
    """`count` slots of `hours` each."""

    start: dt.datetime
    """With its time zone."""

    hours: float
    count: int
    rest: float = 0.0
    """What is left of the days after the last slot, less than a slot. [h]"""

    @property
    def seconds(self) -> float:
        """Length of a slot. [s]."""
        return 3600.0 * self.hours

    def moment(self, edge: int, travel: float = 0.0) -> dt.datetime:
        """Local time of an edge at a gate that water reaches after `travel` hours; a day of 23 hours is honoured."""
        zone = self.start.tzinfo
        elapsed = dt.timedelta(seconds=round(3600.0 * (edge * self.hours + travel)))
        return (self.start.astimezone(dt.UTC) + elapsed).astimezone(zone)

    def clock(self, travel: float = 0.0) -> Floats:
        """Hour of the local day at every edge, shape (count + 1,). [h]."""
        moments = [self.moment(edge, travel) for edge in range(self.count + 1)]
        return np.array([each.hour + each.minute / 60 + each.second / 3600 for each in moments])

    def days(self, travel: float = 0.0) -> Integers:
        """Number of the local day in which every slot begins, from 0 on the first; shape (count,)."""
        first = self.start.date()
        return np.array([(self.moment(edge, travel).date() - first).days for edge in range(self.count)])

    def day_shares(self, travel: float = 0.0) -> Floats:
        """Which share of every slot lies on every local day that it meets, from the first on; shape (days, count)."""
        edges = [self.moment(edge, travel) for edge in range(self.count + 1)]
        first = edges[0].date()
        found = np.zeros(((edges[-1].date() - first).days + 1, self.count))
        for slot, (begin, end) in enumerate(pairwise(edges)):
            midnight = dt.datetime.combine(end.date(), dt.time(), self.start.tzinfo)
            after = (end.timestamp() - max(begin.timestamp(), midnight.timestamp())) / self.seconds
            found[(end.date() - first).days, slot] = after
            found[(begin.date() - first).days, slot] += 1.0 - after if begin.date() < end.date() else 0.0
        return found

    def over_day(self, by_hour: Sequence[Floats], travel: float = 0.0, pieces: int = 12) -> Floats:
        """Mean over every slot of what is told by hour of the day, one row of 24 for each local day; shape (count,)."""
        found = np.zeros(self.count)
        for piece in range(pieces):
            shift = travel + self.hours * (piece + 0.5) / pieces
            moments = [self.moment(edge, shift) for edge in range(self.count)]
            numbers = [min((each.date() - self.start.date()).days, len(by_hour) - 1) for each in moments]
            found += [by_hour[number][each.hour] for number, each in zip(numbers, moments, strict=True)]
        return found / pieces


def slots_of(first_day: dt.date, time_zone: str, hours: float, days: int) -> Slots:
    """Slots that fill whole local days; what does not make a whole slot at the end is the rest."""
    zone = ZoneInfo(time_zone)
    start, end = (dt.datetime.combine(day, dt.time(), zone) for day in (first_day, first_day + dt.timedelta(days=days)))
    long = (end.timestamp() - start.timestamp()) / 3600
    count = int(long / hours + MOMENT)
    return Slots(start, hours, count, max(long - count * hours, 0.0))
