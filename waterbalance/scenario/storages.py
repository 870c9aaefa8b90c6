"""Storages whose figures cannot all be true: a dead pool, a target or an observation beyond what the storage holds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, Place
from waterbalance.network.components.reservoir import Reservoir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.component import Component
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.scenario.series import Days

FOUND_ABOVE = 1.2
"""A reservoir may be found this much above its capacity, as after a new survey; more is taken for a mistake. [-]"""


def pools_beyond_capacity(scenario: Scenario, horizon: Horizon) -> Iterator[Finding]:
    """Dead storages and targets that are more than the capacity on some day of the horizon."""
    days = np.arange(np.datetime64(horizon.start), np.datetime64(horizon.end))
    for component in scenario.network:
        capacity = _on_days(scenario, component, "capacity", days)
        if "storage_target" not in component.varying or capacity is None:
            continue
        for field in ("dead_storage", "storage_target"):
            values = _on_days(scenario, component, field, days) if field in component.varying else None
            if values is not None and (values > capacity).any():
                first = int(np.argmax(values > capacity))
                yield _beyond(component.name, field, values[first], capacity[first], days[first])
        target = scenario.end_conditions.get(component.name)
        if target is not None and target.target is not None and target.target > capacity[-1]:
            yield _beyond(component.name, "the end condition's target", target.target, capacity[-1], days[-1])


def observed_beyond_capacity(scenario: Scenario) -> Iterator[Finding]:
    """Observed storages that are far more than the reservoir could hold on that day: the first row of each."""
    for (name, quantity), series in scenario.observations.items():
        component = scenario.network[name]
        if quantity != "storage" or not isinstance(component, Reservoir):
            continue
        days = np.array(series.dates, dtype="datetime64[D]")
        capacity = _on_days(scenario, component, "capacity", days)
        if capacity is None:
            continue
        most = FOUND_ABOVE * capacity
        above = np.flatnonzero(series.values > most)
        if above.size:
            row = int(above[0])
            yield Finding(
                f"{name} is observed far above its capacity",
                Place(series.where.file, series.where.line, series.where.column, name, str(series.dates[row])),
                f"{series.values[row]:g} m3",
                f"at most {FOUND_ABOVE:g} times the capacity, {most[row]:g} m3",
                "Look at the unit of the column, and at the capacity.",
            )


def capacity_on(scenario: Scenario, name: str, day: dt.date) -> float | None:
    """What a storage holds at most on a day; None for a component without such a limit. [m3]."""
    found = _on_days(scenario, scenario.network[name], "capacity", np.array([day], dtype="datetime64[D]"))
    return None if found is None else float(found[0])


def _on_days(scenario: Scenario, component: Component, field: str, days: Days) -> Floats | None:
    """Values of a field on days; None where it has none, or the table does not reach (which has its own finding)."""
    series = scenario.series.get((component.name, field))
    if series is not None:
        first, last = (dt.date.fromisoformat(str(days[end])) for end in (0, -1))
        return series.on_days(days) if series.covers(first, last) else None
    value = component.default_given(field) if field in component.varying else None
    return None if value is None else np.full(len(days), value)


def _beyond(component: str, what: str, found: float, capacity: float, day: np.datetime64) -> Finding:
    return Finding(
        f"{what} is more than the capacity",
        Place(component=component, date=str(day)),
        f"{found:g} m3",
        f"at most {capacity:g} m3",
        "Mend one of the two.",
    )
