"""Several values a day become one: by steps of the day, so that a burst of values counts no more than its time.

mean     sum over steps (mean of the step's values) / steps with a value
sum      sum over all values of the day
midnight the value nearest to the day's first moment
last     the last value before the day's end
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from waterbalance.sources.series_settings import PerDay, SubdailySeries

Points = Mapping[dt.datetime, float]
"""Values by moment, with offsets."""


@dataclass(frozen=True)
class Day:
    """The number of a day."""

    date: dt.date
    value: float
    told: str = ""
    """What should be known of it."""

    doubtful: bool = False


@dataclass(frozen=True)
class Thin:
    """A day whose values are too few for its number."""

    date: dt.date
    told: str


def days_of(
    points: Points, settings: SubdailySeries, per_day: PerDay, zone: ZoneInfo, dates: Iterable[dt.date]
) -> list[Day | Thin]:
    """The number of each date at which there is a value to look at, in the unit of `points`.

    A sum of a day without all of its steps is doubtful: it is too small by what the others would have told.
    """
    moments = sorted((moment.astimezone(dt.UTC), value) for moment, value in points.items())
    found = []
    for date in dates:
        start, end = _bounds(date, zone)
        if per_day == "midnight":
            day = _nearest(date, start, moments, settings)
        else:
            # What is stamped with its end belongs to the day that ends at that moment.
            inside = [(at, value) for at, value in moments if _inside(at, start, end, settings.stamp)]
            if per_day == "last":
                day = _last(date, end, inside, settings)
            else:
                day = _over_steps(date, (start, end), inside, settings, per_day)
        if day is not None:
            found.append(day)
    return found


def _bounds(date: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """First moments of a local day and of the next, in UTC: 23 to 25 hours where clocks change."""
    first = dt.datetime.combine(date, dt.time(), zone)
    following = dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), zone)
    return first.astimezone(dt.UTC), following.astimezone(dt.UTC)


def _inside(at: dt.datetime, start: dt.datetime, end: dt.datetime, stamp: str) -> bool:
    return start < at <= end if stamp == "end" else start <= at < end


def _nearest(
    date: dt.date, start: dt.datetime, moments: list[tuple[dt.datetime, float]], settings: SubdailySeries
) -> Day | Thin | None:
    reach = dt.timedelta(days=settings.reach)
    near = min(moments, key=lambda each: abs(each[0] - start), default=None)
    if near is None or abs(near[0] - start) > dt.timedelta(days=1):
        return None
    away = _hours(abs(near[0] - start))
    if abs(near[0] - start) > reach:
        return Thin(date, f"the value nearest to midnight is {away} away")
    return Day(date, near[1], "" if near[0] == start else f"read {away} {'before' if near[0] < start else 'after'} midnight")


def _last(
    date: dt.date, end: dt.datetime, inside: list[tuple[dt.datetime, float]], settings: SubdailySeries
) -> Day | Thin | None:
    if not inside:
        return None
    at, value = inside[-1]
    away = _hours(end - at)
    if end - at > dt.timedelta(days=settings.reach):
        return Thin(date, f"its last value stands {away} before its end")
    return Day(date, value)


def _over_steps(
    date: dt.date,
    bounds: tuple[dt.datetime, dt.datetime],
    inside: list[tuple[dt.datetime, float]],
    settings: SubdailySeries,
    per_day: PerDay,
) -> Day | Thin | None:
    if not inside:
        return None
    start, end = bounds
    step = dt.timedelta(days=settings.step)
    instant = dt.timedelta(microseconds=1 if settings.stamp == "end" else 0)
    of_step: dict[int, list[float]] = {}
    for at, value in inside:
        of_step.setdefault((at - instant - start) // step, []).append(value)
    expected = max(1, round((end - start) / step))
    told = f"{len(of_step)} of {expected} steps have a value"
    if len(of_step) < settings.coverage * expected:
        return Thin(date, told)
    values = [value for _, value in inside]
    number = {
        "mean": sum(sum(each) / len(each) for each in of_step.values()) / len(of_step),
        "sum": sum(values),
        "highest": max(values),
        "lowest": min(values),
    }[per_day]
    partial = len(of_step) < expected
    return Day(date, number, told if partial else "", doubtful=partial and per_day == "sum")


def _hours(span: dt.timedelta) -> str:
    return f"{span.total_seconds() / 3600:.1f} h"
