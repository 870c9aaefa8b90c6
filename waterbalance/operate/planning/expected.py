"""What a plan of a scenario begins from: the state of its first day, and what is expected.

one value of every forecast, by `planning_values`;
or a fan of members, by `planning_ensemble`, that has this value in its common days
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.forecast.fan import Fan, common_steps_of, fan_of
from waterbalance.scenario.forecasts import forecast
from waterbalance.scenario.scenario import horizon_of
from waterbalance.scenario.set_values import set_over
from waterbalance.scenario.state import state_at

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.network.state import State
    from waterbalance.scenario.scenario import Scenario


def members_of(scenario: Scenario, start: dt.date | None = None) -> tuple[State, Forecasts]:
    """From the scenario's own first day or from `start`, forecasts with all their members.

    Raises `InputError` where the scenario does not cover the horizon.
    """
    horizon = horizon_of(scenario, start)
    state = state_at(scenario, horizon.start)
    return state, forecast(scenario, horizon=horizon).merged(set_over(scenario, state, horizon))


def expected_of(scenario: Scenario, start: dt.date | None = None) -> tuple[State, Forecasts]:
    """The same with one value of every forecast."""
    state, members = members_of(scenario, start)
    return state, members.choose(scenario.planning_values)


def outlook_of(scenario: Scenario, members: Forecasts, expected: Forecasts | None = None) -> Fan:
    """What a plan is made for: the members that the scenario asks for, or the one value of them that is `expected`.

    Raises `InputError` where series have different numbers of members.
    """
    one_value = members.choose(scenario.planning_values) if expected is None else expected
    settings = scenario.planning_ensemble
    if settings is None:
        return Fan.alone(one_value)
    return fan_of(members, one_value, settings.members, common_steps_of(one_value.horizon, settings.common_days))
