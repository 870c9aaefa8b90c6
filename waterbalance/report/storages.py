"""How full the storages are, how long they will last, and under which light they stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.network.components.reservoir import Reservoir
from waterbalance.report.drought_light import drought_light, worst

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.report.drought_light import Light
    from waterbalance.report.planned import Planned

OUTLOOK_DAYS = 14.0
"""Over how many days the draw is averaged, for how long a storage will last. [day]"""


EMPTY = 0.01
"""Share of the usable capacity below which a storage counts as empty. [-]"""

NEGLIGIBLE = 1.0
"""Volume below which two storages are the same. [m3]"""


@dataclass(frozen=True)
class StorageOutlook:
    """One storage over the plan. Volumes in [m3]."""

    component: str
    start: float
    end: float
    least: float
    least_on: str
    """Last day of the step at whose end the storage is least."""

    capacity: float
    """At the start."""

    dead_storage: float
    days_left: float | None
    """Days until the plan itself brings the storage down to its dead storage; where it never does, usable storage at the
    start / mean net draw of the first days; None where the storage does not fall either. [day]"""

    empty_on: str | None
    """Day on which the plan first brings the storage down to its dead storage; None where it never does."""

    light: Light | None
    """At the start; None without a lower curve."""

    worst_light: Light | None
    lights: tuple[Light, ...]
    """At the end of every step."""


def storages(planned: Planned) -> tuple[StorageOutlook, ...]:
    """Every stock called `storage` of what is in service on some day of the plan, the largest first."""
    names = [name for name, quantity in planned.plan.stocks if quantity == "storage" and _exists(planned, name)]
    found = [_outlook(planned, name) for name in names]
    return tuple(sorted(found, key=lambda outlook: (-outlook.capacity, outlook.component)))


def curve(planned: Planned, component: str, name: str) -> Floats | None:
    """A rule curve at the end of every step: a table, else the field. [m3]; None where there is none."""
    series = planned.forecasts.get(component, name)
    if series is not None:
        return series.values[:, 0]
    value = planned.scenario.network[component].default_given(name)
    return None if value is None else np.full(len(planned.horizon), float(value))


def storage_with_opening(planned: Planned, component: str) -> Floats:
    """Storage at every edge of the horizon, shape (steps + 1,). [m3]."""
    key = component, "storage"
    return np.concatenate([[planned.plan.opening.stocks[key]], planned.plan.values[key]])


def capacity_of(planned: Planned, component: str) -> Floats:
    """Capacity of a storage in every step: a table, else the field. [m3]."""
    capacity = planned.plan.givens.get((component, "capacity"))
    if capacity is None:
        capacity = curve(planned, component, "capacity")
    if capacity is None:
        capacity = curve(planned, component, "on_site_storage")
    return planned.plan.values[component, "storage"] if capacity is None else capacity


def _exists(planned: Planned, name: str) -> bool:
    component = planned.scenario.network[name]
    first, last = component.in_service_from, component.in_service_until
    return (first is None or first < planned.horizon.end) and (last is None or last >= planned.horizon.start)


def _outlook(planned: Planned, component: str) -> StorageOutlook:
    storage = storage_with_opening(planned, component)
    dead = curve(planned, component, "dead_storage")
    dead_storage = 0.0 if dead is None else float(dead[0])
    lights = _lights(planned, component, storage, dead_storage)
    least = int(storage[1:].argmin())
    capacity = float(capacity_of(planned, component)[0])
    empty = days_until_empty(storage, planned.horizon.offsets, dead_storage if dead is None else dead, capacity)
    return StorageOutlook(
        component=component,
        start=float(storage[0]),
        end=float(storage[-1]),
        least=float(storage[1 + least]),
        least_on=str(planned.horizon.ends[least] - dt.timedelta(days=1)),
        capacity=capacity,
        dead_storage=dead_storage,
        days_left=days_left(storage, planned.horizon.offsets, dead_storage) if empty is None else empty,
        empty_on=None if empty is None else _day_after(planned.horizon, empty),
        light=lights[0] if lights else None,
        worst_light=worst(list(lights)) if lights else None,
        lights=lights[1:],
    )


def days_until_empty(storage: Floats, offsets: Floats, dead_storage: Floats | float, capacity: float) -> float | None:
    """Days until storage <= dead storage + 1 % of (capacity - dead storage). [day]; None where that never happens.

    Inside of a step the storage is taken to change evenly. A storage that begins empty and rises in the first step is
    not counted as empty.

    >>> days_until_empty(np.array([50.0, 60.0, 20.0, 0.0]), np.array([0.0, 1.0, 11.0, 21.0]), 10.0, 110.0)
    15.5
    """
    empty = dead_storage + EMPTY * np.maximum(0.0, capacity - dead_storage) + 0.0 * storage[1:]
    steps = np.flatnonzero(storage[1:] <= empty + NEGLIGIBLE)
    if not len(steps):
        return None
    step = int(steps[0])
    above = storage[step] - empty[step]
    fall = storage[step] - storage[step + 1]
    share = 0.0 if above <= 0 or fall <= 0 else min(1.0, float(above / fall))
    return float(offsets[step] + share * (offsets[step + 1] - offsets[step]))


def _day_after(horizon: Horizon, days: float) -> str:
    """The day that holds a moment of the horizon; its end belongs to the last day."""
    last = horizon.end - dt.timedelta(days=1)
    return str(min(last, horizon.start + dt.timedelta(days=int(days))))


def days_left(storage: Floats, offsets: Floats, dead_storage: float) -> float | None:
    """(start - dead storage) / mean net draw of the first days. [day]; None where the storage does not fall.

    >>> days_left(np.array([100.0, 90.0, 80.0]), np.array([0.0, 1.0, 2.0]), 20.0)
    8.0
    """
    days = min(OUTLOOK_DAYS, float(offsets[-1]))
    draw = (storage[0] - float(np.interp(days, offsets, storage))) / days
    if draw * days <= max(1.0, 1e-6 * storage[0]):
        return None
    return max(0.0, float((storage[0] - dead_storage) / draw))


def _lights(planned: Planned, component: str, storage: Floats, dead_storage: float) -> tuple[Light, ...]:
    """At the opening and at the end of every step; the opening is read against the curve of the first step."""
    lower = curve(planned, component, "lower_curve") if _has_curves(planned, component) else None
    if lower is None:
        return ()
    severe = curve(planned, component, "severe_curve")
    if severe is None:
        severe = np.full(len(lower), dead_storage)
    lower, severe = np.concatenate([lower[:1], lower]), np.concatenate([severe[:1], severe])
    return tuple(drought_light(*each) for each in zip(storage.tolist(), lower.tolist(), severe.tolist(), strict=True))


def _has_curves(planned: Planned, component: str) -> bool:
    return isinstance(planned.scenario.network[component], Reservoir)
