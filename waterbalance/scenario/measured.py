"""In which unit a series of readings has to come: the one that the network, the state and the forecasters give it.

    a field of a component that has a unit      that unit            lake.inflow, canal.capacity
    a column of a component                     m3 for a stock, else m3/day, as it declares
    a column that a forecaster learns from      that of its table
    a station that `feeds` forecasters          that of their tables of weather

Series of other names are of nothing that the scenario knows: any unit will do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance import units
from waterbalance.errors import UnitError
from waterbalance.scenario.needs import needs_of
from waterbalance.scenario.weather_settings import WEATHER, WEATHER_AHEAD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.scenario.scenario import Scenario

Key = tuple[str, str]


def units_of(scenario: Scenario, feeds: Mapping[str, tuple[str, ...]] | None = None) -> dict[Key, str]:
    """Internal unit by component and quantity; `feeds` as in `informed`."""
    needs = needs_of(scenario.network)
    told = {
        (component.name, name): unit
        for component in scenario.network
        for name in type(component).model_fields
        if (unit := component.unit_of(name)) is not None
    }
    told |= {key: needs.other_units.get(key, units.FLOW) for key in needs.columns}
    told |= dict.fromkeys(needs.stocks, units.VOLUME) | dict.fromkeys(needs.switches, units.FRACTION)
    tables = (column for recipe in scenario.forecasts.values() for column in recipe.columns.values())
    told |= {each.key: each.unit for each in tables if each.component not in {WEATHER, WEATHER_AHEAD}}
    for station, forecasts in (feeds or {}).items():
        recipes = (recipe for key, recipe in scenario.forecasts.items() if ".".join(key) in forecasts)
        told |= {(station, name): each.unit for recipe in recipes for (of, name), each in recipe.columns.items() if of == WEATHER}
    return told


def is_kind(unit: str, due: str) -> bool:
    """Whether an internal unit measures the same kind of thing as another one."""
    try:
        units.factor(unit, due)
    except UnitError:
        return False
    return True
