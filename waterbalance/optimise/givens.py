"""The values of all givens over the horizon: forecasts and tables first, then what the components' fields say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from waterbalance import units
from waterbalance.errors import Finding, InputError, Place, UsageError
from waterbalance.network.service import in_service, while_in_service
from waterbalance.optimise.step import DAYS, DAYS_BEFORE, Derived, Key

if TYPE_CHECKING:
    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.component import Component
    from waterbalance.network.network import Network

Givens = Mapping[Key, "Floats"]


def resolve(
    network: Network,
    forecasts: Forecasts,
    wanted: Iterable[Key],
    derived: Mapping[Key, Derived],
    revised: Givens,
) -> dict[Key, Floats]:
    """Values over the steps for every wanted given, shape (steps,) each.

    `revised` holds what components made of the last pass; it takes the place of fields and forecasts.
    """
    horizon = forecasts.horizon
    found: dict[Key, Floats] = {
        DAYS: horizon.days,
        DAYS_BEFORE: np.concatenate([[1.0], horizon.days[:-1]]),
    }
    for key in wanted:
        _find(key, network, forecasts, derived, revised, found)
    return found


def _find(
    key: Key,
    network: Network,
    forecasts: Forecasts,
    derived: Mapping[Key, Derived],
    revised: Givens,
    found: dict[Key, Floats],
) -> Floats:
    if key in found:
        return found[key]
    if key in derived:
        arguments = [_find(argument, network, forecasts, derived, revised, found) for argument in derived[key].arguments]
        found[key] = np.asarray(derived[key].function(*arguments), dtype=float)
    elif key in revised:
        found[key] = revised[key]
    else:
        found[key] = plain_given(network[key[0]], key[1], forecasts)
    return found[key]


def plain_given(component: Component, name: str, forecasts: Forecasts) -> Floats:
    """A given that is neither derived nor revised: a series, else the component's field; over the steps.

    A field that is None is infinite (unlimited). Out of service, what `idle_zero` lists is zero.
    """
    horizon = forecasts.horizon
    series = forecasts.get(component.name, name)
    if series is not None:
        if series.members != 1:
            raise UsageError(f"{component.name}.{name} has {series.members} members; choose one with Forecasts.choose")
        values = series.values[:, 0]
    else:
        values = _from_field(component, name, horizon)
    if name in type(component).idle_zero:
        values = while_in_service(values, in_service(component, horizon))
    return values


def _from_field(component: Component, name: str, horizon: Horizon) -> Floats:
    by_date = component.given_by_date(name, horizon)
    if by_date is not None:
        return by_date
    value = component.default_given(name)
    if value is None:
        if name not in type(component).model_fields:
            finding = Finding(
                "a given has no value",
                Place(component=component.name),
                found=f"no series and no field {name!r}",
                remedy="Add a table or a forecast for it.",
            )
            raise InputError("a series is missing", (finding,))
        return np.full(len(horizon), np.inf)
    unit = type(component).unit_of(name)
    if unit is not None and units.integrates_over_step(unit):
        return value * horizon.days
    return np.full(len(horizon), float(value))
