"""What the state does not decide, worked out for all steps of a year before the first: series, tables, fields, profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.forecast.forecast import Forecast
from waterbalance.network.service import in_service
from waterbalance.operate.rolling.member_series import (
    derived_from,
    factor_of,
    moments_of_members,
    require_members,
    rests_on,
    varied_series,
)
from waterbalance.optimise.givens import resolve
from waterbalance.optimise.inputs import require_fitting
from waterbalance.parameter.moments import Moments
from waterbalance.scenario.forecasts import forecast
from waterbalance.scenario.set_values import amounts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waterbalance.horizon import Floats, Horizon, Integers
    from waterbalance.network.state import State
    from waterbalance.optimise.compile import CompiledStep
    from waterbalance.optimise.step import Key
    from waterbalance.parameter.parameter import Argument
    from waterbalance.scenario.members import Members
    from waterbalance.scenario.scenario import Scenario


@dataclass(frozen=True)
class YearAhead:
    """Givens over the steps of a year, and what is still to be filled in step by step."""

    horizon: Horizon
    moments: Moments
    numbers: Mapping[Key, int]
    """Place of each given."""

    series: Floats
    """Givens that all members have in common, shape (givens, steps)."""

    varied: Mapping[Key, Floats]
    """Those that they have not, shape (steps, members)."""

    moving: Mapping[Key, Argument]
    """What parameters set from the state."""

    factor: Mapping[Key, Floats]
    """What that is multiplied by: its share in service, and the members' factors; shape (steps, members)."""

    derived: tuple[Key, ...]
    """What is derived from that, in an order in which it can be."""

    told: Mapping[str, Floats]
    """Reported parameters that no state moves, shape (steps, members)."""

    @property
    def moved(self) -> Integers:
        """Places of the givens that are filled in step by step."""
        return np.array([self.numbers[key] for key in (*self.moving, *self.derived)], dtype=np.int64)

    @classmethod
    def of(cls, scenario: Scenario, step: CompiledStep, horizon: Horizon, state: State, members: Members) -> YearAhead:
        """Work it out. Raises `InputError` where series, state or members do not fit."""
        require_members(scenario, step, members)
        parameters = scenario.parameters
        lengths = np.diff(horizon.calendar)
        moments = tuple(parameters.at(start, float(days), state) for start, days in zip(horizon.starts, lengths, strict=True))
        together = Moments(moments, parameters.named)
        moving = {key: each for key, each in parameters.sets.items() if key in step.givens and parameters.moves(each)}
        common = _common(scenario, step, horizon, state, together, moving)
        of_members = moments_of_members(parameters, together, members) if members.factors else []
        still = {key: values for key, values in common.items() if key not in moving and key not in step.derived}
        varied = varied_series(scenario, horizon, of_members, still, members)
        derived = derived_from(moving, step)
        for key in derived_from(varied, step):
            if key not in derived:
                varied[key] = _derive(step, key, common, varied, len(members))
        told = {
            each.parameter: _told(scenario, each.parameter, together, of_members, members)
            for each in scenario.reported
            if each.parameter is not None and not parameters.moves(each.parameter)
        }
        return cls(
            horizon=horizon,
            moments=together,
            numbers={key: place for place, key in enumerate(step.givens)},
            series=np.array([common[key] for key in step.givens]).reshape(len(step.givens), len(horizon)),
            varied=varied,
            moving=moving,
            factor={key: _share(scenario, key, horizon)[:, None] * factor_of(parameters, key, members) for key in moving},
            derived=derived,
            told=told,
        )


def _common(
    scenario: Scenario,
    step: CompiledStep,
    horizon: Horizon,
    state: State,
    together: Moments,
    moving: Mapping[Key, Argument],
) -> dict[Key, Floats]:
    """All givens as the scenario itself says, zero where the state decides; shape (steps,) each."""
    network = scenario.network
    set_now = {
        key: Forecast(amounts_of(network, key, argument, together)[:, None], "a parameter")
        for key, argument in scenario.parameters.sets.items()
        if key not in moving
    }
    nothing = {key: Forecast(np.zeros((len(horizon), 1)), "a parameter") for key in moving}
    expected = forecast(scenario, horizon=horizon).choose(scenario.planning_values).merged({**set_now, **nothing})
    require_fitting(network, state, expected, scenario.policy)
    return resolve(network, expected, step.givens, step.derived, {})


def _share(scenario: Scenario, key: Key, horizon: Horizon) -> Floats:
    """How much of each step a quantity counts, shape (steps,). [-]."""
    component = scenario.network[key[0]]
    return in_service(component, horizon) if key[1] in type(component).idle_zero else np.ones(len(horizon))


def _derive(step: CompiledStep, key: Key, common: Mapping[Key, Floats], varied: Mapping[Key, Floats], count: int) -> Floats:
    """A derived given of every member, shape (steps, members)."""
    steps = len(common[key])
    arguments = [varied.get(each, np.repeat(common[each][:, None], count, axis=1)) for each in step.derived[key].arguments]
    found = step.derived[key].function(*(each.ravel() for each in arguments))
    return np.asarray(found, dtype=float).reshape(steps, count)


def _told(scenario: Scenario, name: str, together: Moments, of_members: Sequence[Moments], members: Members) -> Floats:
    if any(name == each or rests_on(scenario.parameters, name, each) for each in members.factors):
        return np.array([moments.values(name) for moments in of_members]).T
    return np.repeat(together.values(name)[:, None], len(members), axis=1)
