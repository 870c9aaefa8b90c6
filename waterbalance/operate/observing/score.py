"""The next morning: what was forecast and planned, against what came.

    forecast    crps of its members, beside that of the past years as they stood when it was made; median - observed, and whether
                the middle 80 % of the members holds what came
    plan        expected - observed, of storages at the midnight after and of flows that are metered

Only completed days are scored, with values that were really read: what quality control filled in judges nobody.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from waterbalance import units
from waterbalance.forecast.readings import Origin
from waterbalance.forecast.skill import crps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from waterbalance.forecast.forecast import Forecast, Forecasts
    from waterbalance.forecast.readings import Reading
    from waterbalance.plan.plan import Plan

Key = tuple[str, str]
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Score:
    """One forecast or planned number beside the one that was read."""

    component: str
    quantity: str
    of: Literal["forecast", "plan"]
    made_on: dt.date
    """First day of the plan that it was made for."""

    date: dt.date
    """The day it is of; for a storage the midnight at which the day begins."""

    lead: int
    """1 for the first day. [day]"""

    expected: float
    """The median of a forecast. In `unit`, as readings are."""

    observed: float
    unit: str
    crps: float | None = None
    """In `unit`; None for a plan."""

    climatology: float | None = None
    """The crps of the past years, where they are known. In `unit`."""

    inside: bool | None = None
    """Whether the middle 80 % of the members holds what came; None for a plan, and for fewer than five members."""

    @property
    def error(self) -> float:
        """Expected - observed."""
        return self.expected - self.observed


def score_forecasts(
    forecasts: Forecasts, readings: Iterable[Reading], today: dt.date, climatology: Forecasts | None = None
) -> tuple[Score, ...]:
    """Every forecast of a day that is over and was read; the series that are named in `forecasts` only.

    `climatology` is the past years on the same horizon.
    """
    read = _read(readings)
    past = {} if climatology is None else climatology.series
    return tuple(
        score
        for key in sorted(forecasts.series)
        for score in _of_forecast(key, forecasts, past.get(key), read.get(key, {}), today)
    )


def score_plan(plan: Plan, readings: Iterable[Reading], today: dt.date) -> tuple[Score, ...]:
    """Every storage and metered flow of a plan that was read since."""
    read = _read(readings)
    return tuple(score for key in sorted(set(plan.values) & set(read)) for score in _of_plan(key, plan, read[key], today))


def _read(readings: Iterable[Reading]) -> Mapping[Key, Mapping[dt.date, Reading]]:
    found: dict[Key, dict[dt.date, Reading]] = {}
    for reading in readings:
        if reading.usable and reading.origin is not Origin.COMPLETED:
            found.setdefault(reading.key, {})[reading.date] = reading
    return found


def _of_forecast(
    key: Key, forecasts: Forecasts, past: Forecast | None, read: Mapping[dt.date, Reading], today: dt.date
) -> Iterator[Score]:
    horizon, forecast = forecasts.horizon, forecasts.series[key]
    for t, day in _single_days(forecasts.horizon.edges):
        reading = read.get(day)
        if reading is None or day >= today:
            continue
        length = horizon.days[t] if units.integrates_over_step(reading.unit) else 1.0
        members = forecast.values[t] / length
        low, median, high = np.quantile(members, (0.1, 0.5, 0.9))
        yield Score(
            *key,
            "forecast",
            horizon.start,
            day,
            (day - horizon.start).days + 1,
            float(median),
            reading.value,
            reading.unit,
            float(crps(members, reading.value)),
            None if past is None else float(crps(past.values[t] / length, reading.value)),
            bool(low <= reading.value <= high) if forecast.members >= 5 else None,
        )


def _of_plan(key: Key, plan: Plan, read: Mapping[dt.date, Reading], today: dt.date) -> Iterator[Score]:
    stock = key in plan.stocks or key[1] == "storage"
    for t, day in _single_days(plan.horizon.edges):
        # A stock stands at the end of its step, which is the midnight that begins the next day.
        date = day + ONE_DAY if stock else day
        reading = read.get(date)
        if reading is None or (date > today if stock else date >= today):
            continue
        value = float(plan.values[key][t]) / (plan.horizon.days[t] if units.integrates_over_step(reading.unit) else 1.0)
        yield Score(*key, "plan", plan.horizon.start, date, t + 1, value, reading.value, reading.unit)


def _single_days(edges: tuple[dt.date, ...]) -> Iterator[tuple[int, dt.date]]:
    """The steps of one day each, from the first on."""
    for t, (start, end) in enumerate(itertools.pairwise(edges)):
        if (end - start).days == 1:
            yield t, start
