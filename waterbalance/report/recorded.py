"""The plan beside what really happened: recorded storages and flows of past dates, where a scenario has them.

    storage: both at the midnights that the record and the edges of the plan's steps share, the first one left out   [m3]
    flow:    both as means over the days that the record covers inside of the plan                  [m3/day]

    total outflow of a reservoir = release + spill + overtopping

What a plan knows and what it may not be judged by is for the reader to tell: a plan that was given recorded inflows knows
the end of a drought, and those who released the water did not.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance import units
from waterbalance.horizon import next_ten_day_start
from waterbalance.scenario.read_record import OUTFLOWS, TOTAL_OUTFLOW

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.plan.plan import Plan
    from waterbalance.report.planned import Planned
    from waterbalance.scenario.series import Series


@dataclass(frozen=True)
class Recorded:
    """One recorded quantity and what the plan says of it."""

    component: str
    quantity: str
    unit: str
    """`m3` for a storage, `m3/day` for a flow."""

    days: tuple[str, ...]
    """Dates of a storage; first days of the intervals of a flow."""

    recorded: tuple[float, ...]
    planned: tuple[float, ...]
    lengths: tuple[float, ...]
    """How long each value of a flow holds; one for a storage. [day]"""

    source: str | None

    @property
    def is_stock(self) -> bool:
        """Whether it is a storage."""
        return self.unit == units.VOLUME

    @property
    def mean_recorded(self) -> float:
        """Mean over the recorded time."""
        return float(np.average(self.recorded, weights=self.lengths))

    @property
    def mean_planned(self) -> float:
        """Mean over the same time."""
        return float(np.average(self.planned, weights=self.lengths))

    @property
    def mean_difference(self) -> float:
        """Mean absolute difference over the same time."""
        return float(np.average(np.abs(np.subtract(self.planned, self.recorded)), weights=self.lengths))


def recorded(planned: Planned) -> tuple[Recorded, ...]:
    """Every quantity with a record inside of the plan, storages first, in the order of the record."""
    found = []
    for key, series in planned.scenario.record.items():
        values = _planned_values(key, planned.plan)
        if values is None:
            continue
        compare = _storage if series.unit == units.VOLUME else _flow
        found.append(compare(series, values, planned))
    kept = [each for each in found if each is not None]
    return tuple(sorted(kept, key=lambda each: not each.is_stock))


def _planned_values(key: tuple[str, str], plan: Plan) -> Floats | None:
    component, quantity = key
    if quantity != TOTAL_OUTFLOW:
        return plan.values.get(key)
    parts = [plan.values[component, part] for part in OUTFLOWS if (component, part) in plan.values]
    return np.sum(parts, axis=0) if parts else None


def _storage(series: Series, storage: Floats, planned: Planned) -> Recorded | None:
    # The opening storage is no comparison: the plan was given it.
    at_end = dict(zip(planned.horizon.ends, storage, strict=True))
    days = [day for day in series.dates if day in at_end]
    if not days:
        return None
    was = tuple(float(value) for day, value in zip(series.dates, series.values, strict=True) if day in at_end)
    says = tuple(float(at_end[day]) for day in days)
    return Recorded(*series.key, units.VOLUME, tuple(map(str, days)), was, says, tuple(1.0 for _ in days), series.source)


def _flow(series: Series, volumes: Floats, planned: Planned) -> Recorded | None:
    horizon = planned.horizon
    cumulative = np.concatenate([[0.0], np.cumsum(volumes)])
    rows: list[tuple[str, float, float, float]] = []
    for first, after, value in _intervals(series):
        begin, finish = max(first, horizon.start), min(after, horizon.end)
        if begin >= finish:
            continue
        edges = np.array([horizon.offset(begin), horizon.offset(finish)])
        flowed = float(np.diff(np.interp(edges, horizon.offsets, cumulative))[0])
        length = float(edges[1] - edges[0])
        rows.append((str(begin), value, flowed / length, length))
    if not rows:
        return None
    days, was, says, lengths = zip(*rows, strict=True)
    return Recorded(*series.key, units.FLOW, days, was, says, lengths, series.source)


def _intervals(series: Series) -> list[tuple[dt.date, dt.date, float]]:
    """First day, the day after the last, and the value of every row."""
    if series.kind == "date":
        afters = [day + dt.timedelta(days=1) for day in series.dates]
    else:
        afters = [*series.dates[1:], next_ten_day_start(series.dates[-1])]
    return [(day, after, float(value)) for day, after, value in zip(series.dates, afters, series.values, strict=True)]
