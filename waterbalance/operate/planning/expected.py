"""What a plan of a scenario begins from: the state of its first day, and one value of every forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.scenario.forecasts import forecast
from waterbalance.scenario.scenario import horizon_of
from waterbalance.scenario.set_values import set_over
from waterbalance.scenario.state import state_at

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.network.state import State
    from waterbalance.scenario.scenario import Scenario


def expected_of(scenario: Scenario, start: dt.date | None = None) -> tuple[State, Forecasts]:
    """From the scenario's own first day or from `start`. Raises `InputError` where the scenario does not cover the horizon."""
    horizon = horizon_of(scenario, start)
    state = state_at(scenario, horizon.start)
    expected = forecast(scenario, horizon=horizon).choose(scenario.planning_values)
    return state, expected.merged(set_over(scenario, state, horizon))
