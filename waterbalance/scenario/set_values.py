"""What parameters give for the steps of a horizon, from one state."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from waterbalance import units
from waterbalance.errors import InputError
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import Doubt

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.component import Component
    from waterbalance.network.network import Network
    from waterbalance.network.state import State
    from waterbalance.parameter.moment import Moment
    from waterbalance.parameter.moments import Moments
    from waterbalance.parameter.parameter import Argument, Key
    from waterbalance.scenario.scenario import Scenario

HELD = "what a parameter gives from storages and flows is held at what the opening state gives"


def amount_of(network: Network, key: Key, argument: Argument, moment: Moment) -> float:
    """A quantity over one step, from one look when it begins; rates per day as their amount."""
    value = _value(key, argument, moment)
    return value * moment.days if units.integrates_over_step(_unit(network, key)) else value


def amounts_of(network: Network, key: Key, argument: Argument, moments: Moments) -> Floats:
    """The same over many steps, for what the state does not move; shape (steps,)."""
    values = moments.values(argument)
    if not np.isfinite(values).all():
        bad = int(np.flatnonzero(~np.isfinite(values))[0])
        _value(key, argument, moments.each[bad])
    return values * moments.days if units.integrates_over_step(_unit(network, key)) else values


def set_over(scenario: Scenario, state: State, horizon: Horizon) -> dict[Key, Forecast]:
    """The quantities of a whole horizon: each day from the opening state, added up, or averaged over the step.

    A volume is that of the step's last day.
    """
    if not scenario.parameters.sets:
        return {}
    daily = horizon.day_by_day
    firsts = np.searchsorted(daily.offsets, horizon.offsets[:-1])
    moments = [scenario.parameters.at(day, float(days), state) for day, days in zip(daily.starts, daily.days, strict=True)]
    given = {}
    for key, argument in scenario.parameters.sets.items():
        unit = _unit(scenario.network, key)
        values = np.array([_value(key, argument, moment) for moment in moments])
        if unit == units.VOLUME:
            over_steps = values[np.append(firsts[1:], len(values)) - 1]
        else:
            amounts = np.add.reduceat(values * daily.days, firsts)
            over_steps = amounts if units.integrates_over_step(unit) else amounts / horizon.days
        held = (Doubt(HELD),) if scenario.parameters.moves(argument) else ()
        given[key] = Forecast(over_steps[:, None], label(argument), notes=held)
    return given


def label(argument: Argument) -> str:
    """Where a value came from."""
    return f"parameter {argument}" if isinstance(argument, str) else "a parameter"


def _value(key: Key, argument: Argument, moment: Moment) -> float:
    value = moment.value(argument)
    if not math.isfinite(value):
        raise InputError(f"the parameter of {'.'.join(key)} gives {value} on {moment.start}; mend its formula")
    return value


def _unit(network: Network, key: Key) -> str:
    return _unit_of(type(network[key[0]]), key[1])


@lru_cache(maxsize=256)
def _unit_of(kind: type[Component], quantity: str) -> str:
    return kind.unit_of(quantity) or units.FRACTION
