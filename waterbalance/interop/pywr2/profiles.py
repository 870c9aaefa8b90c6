"""Profiles that a scenario has only day by day: weeks, and lines through a few points of a year."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number
from waterbalance.interop.pywr2.document import type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from waterbalance.horizon import Floats

DAYS_OF_LEAP_YEAR, DAYS_OF_YEAR, DAYS_OF_WEEK = 366, 365, 7
LEAP_YEAR = 2000
FEBRUARY_28 = 58
"""Its number in a year, from 0."""

_WITHOUT_WIDTH: Mapping[str, Callable[[Floats], Floats]] = {
    "Linear": lambda r: r,
    "Cubic": lambda r: r**3,
    "Quintic": lambda r: r**5,
    "ThinPlateSpline": lambda r: r**2 * np.log(np.where(r > 0.0, r, 1.0)),
}
_WITH_WIDTH: Mapping[str, Callable[[Floats], Floats]] = {
    "Gaussian": lambda r: np.exp(-(r**2)),
    "MultiQuadric": lambda r: np.sqrt(1.0 + r**2),
    "InverseMultiQuadric": lambda r: 1.0 / np.sqrt(1.0 + r**2),
}


def weekly_by_day(values: Sequence[float], line: str | None) -> list[float]:
    """Values of 52 or 53 weeks by day: steps, or lines that have the values on the first or the last day of each week.

    value = here + (next - here) x day of the week / 7, or before + (here - before) x day of the week / 7
    """
    found = []
    for day in range(DAYS_OF_LEAP_YEAR):
        week = min(day // DAYS_OF_WEEK, len(values) - 1)
        start = {None: week, "first": week, "last": week - 1}[line]
        end = {None: week, "first": (week + 1) % len(values), "last": week}[line]
        found.append(values[start] + (values[end] - values[start]) * (day % DAYS_OF_WEEK) / DAYS_OF_WEEK)
    return found


def rbf_profile(points: Sequence[Sequence[float]], function: object, place: str, file: str) -> list[float]:
    """A profile by day that goes through points (day of the year, value), by radial basis functions.

    value(d) = sum of weight x function(|d - day|), with weights that meet every point

    All points stand in the years before and after as well.

    Raises `InputError` for a function that is none, and where no weights meet the points.
    Source: Fasshauer (2007), Meshfree Approximation Methods with MATLAB, doi:10.1142/6437, chapter 2.
    """
    word = type_of(function)
    if not isinstance(function, dict) or word not in {*_WITHOUT_WIDTH, *_WITH_WIDTH}:
        raise refusal(
            file, place, "this is no radial basis function", shown(function), ", ".join([*_WITHOUT_WIDTH, *_WITH_WIDTH])
        )
    days, wanted = np.array(sorted(map(tuple, points))).T
    epsilon = 1.0
    if word in _WITH_WIDTH:
        told = function.get("epsilon")
        epsilon = _width(days, wanted) if told is None else number(told, f"{place}.epsilon", file)
    days = np.concatenate([days - DAYS_OF_YEAR, days, days + DAYS_OF_YEAR])
    wanted = np.tile(wanted, 3)
    basis = {**_WITHOUT_WIDTH, **_WITH_WIDTH}[word]
    try:
        weights = np.linalg.solve(basis(epsilon * np.abs(days[:, None] - days)), wanted)
    except np.linalg.LinAlgError:
        raise refusal(
            file, place, "no profile of that form goes through the points", shown(function), "another function"
        ) from None
    every_day = np.arange(DAYS_OF_YEAR, dtype=float)
    values: list[float] = (basis(epsilon * np.abs(every_day[:, None] - days)) @ weights).tolist()
    return [*values[: FEBRUARY_28 + 1], values[FEBRUARY_28], *values[FEBRUARY_28 + 1 :]]


def drawdown(day: dt.date, reset: tuple[int, int], residual_days: int) -> float:
    """What is left of 1 on a day when a year's use is even, from a reset (month, day) to the next one.

    value = 1 - days x (1 - residual_days / year) / year

    Days are counted in years of 366 days, as Pywr 2 counts them: from March on, a common year is a day ahead of its reset.
    """
    first = dt.date(LEAP_YEAR, 1, 1)
    here, there = ((each - first).days for each in (dt.date(LEAP_YEAR, day.month, day.day), dt.date(LEAP_YEAR, *reset)))
    begun = here >= there
    days = here - there if begun else day.timetuple().tm_yday - 1 + DAYS_OF_LEAP_YEAR - there
    start = day.year if begun else day.year - 1
    leap = calendar.isleap(start if reset <= (2, 29) else start + 1)
    year = DAYS_OF_LEAP_YEAR if leap else DAYS_OF_YEAR
    return 1.0 - days * (1.0 - residual_days / year) / year


def _width(days: Floats, values: Floats) -> float:
    """Pywr's own width: (range of the days x range of the values) ^ (1 / points); ranges of zero do not count."""
    ranges = [float(np.ptp(each)) for each in (days, values)]
    return float(np.prod([each for each in ranges if each > 0.0]) ** (1.0 / len(days)))
