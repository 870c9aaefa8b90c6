"""A simulation in which nothing can happen but what is planned: no forecaster makes a guess, nothing looks ahead.

    values = parameters, from the state before the step
    step   = cheapest step from that state, with these values
    state  = storages and accounts after it, and the flows that links and parameters look back at

So simulators work that solve one small problem after another (Pywr, WEAP, MODSIM). What the state does not decide is worked
out for a whole year before its first step; all readings of a year are told by one product after its last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import NoPlanError
from waterbalance.forecast.forecast import Forecast
from waterbalance.horizon import Horizon
from waterbalance.network.service import in_service
from waterbalance.network.state import Past, State
from waterbalance.operate.simulation import PARAMETER, PARAMETER_AT_END
from waterbalance.optimise.givens import resolve
from waterbalance.optimise.inputs import require_fitting
from waterbalance.optimise.one_step import OneStep, can_step
from waterbalance.optimise.tile import layout_of, links_of, tile_rows
from waterbalance.parameter.moments import Moments
from waterbalance.plan.plan import REMEMBERED, Plan
from waterbalance.scenario.forecasts import forecast
from waterbalance.scenario.set_values import amount_of, amounts_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from waterbalance.horizon import Floats
    from waterbalance.optimise.compile import CompiledStep
    from waterbalance.optimise.solve import Planner
    from waterbalance.optimise.step import Key
    from waterbalance.parameter.moment import Moment
    from waterbalance.parameter.parameter import Argument
    from waterbalance.scenario.scenario import Scenario


def is_stepwise(scenario: Scenario, planner: Planner) -> bool:
    """Whether a simulation without a look ahead can only bring what each step's cheapest plan expects."""
    known = {*planner.step.columns, *planner.step.givens}
    looks_at_known = all(key in known for key in scenario.parameters.remembered())
    return not scenario.forecasts and looks_at_known and can_step(scenario.network, planner.step, scenario.policy)


def in_years(scenario: Scenario, planner: Planner, state: State, end: dt.date) -> Iterator[Plan]:
    """What is done, year by year up to the step that holds `end`; each year's solver begins afresh.

    Raises `NoPlanError` on a step without a plan.
    """
    one = OneStep(scenario.network, planner.step, scenario.policy)
    while state.day <= end:
        edges = [state.day]
        while edges[-1] <= end and edges[-1].year == state.day.year:
            edges.append(scenario.horizon.step_after(edges[-1]))
        one.begin_afresh()
        year = _Year.of(scenario, planner, one, Horizon(tuple(edges), scenario.time_zone), state)
        plan = year.done()
        yield plan
        state = plan.state_after(len(plan.horizon))


@dataclass
class _Year:
    """Steps that are done one after another."""

    scenario: Scenario
    planner: Planner
    one: OneStep
    horizon: Horizon
    opening: State
    series: Floats
    """Givens over the steps, shape (givens, steps); those of the state are filled in step by step."""

    moments: Moments
    numbers: Mapping[Key, int]
    """Place of each given."""

    moving: Mapping[Key, Argument]
    """What parameters set from the state."""

    service: Mapping[Key, Floats]
    """Of these, what is zero out of service: the share of each step in service. [-]"""

    moved: tuple[Key, ...]
    """What is derived from that, in an order in which it can be."""

    @classmethod
    def of(cls, scenario: Scenario, planner: Planner, one: OneStep, horizon: Horizon, state: State) -> _Year:
        """Work out what the state does not decide."""
        parameters, step = scenario.parameters, planner.step
        lengths = np.diff(horizon.calendar)
        moments = [parameters.at(start, float(days), state) for start, days in zip(horizon.starts, lengths, strict=True)]
        numbers = {key: place for place, key in enumerate(step.givens)}
        moving = {key: each for key, each in parameters.sets.items() if key in numbers and parameters.moves(each)}
        together = Moments(tuple(moments), parameters.named)
        set_now = {
            key: Forecast(amounts_of(scenario.network, key, argument, together)[:, None], "a parameter")
            for key, argument in parameters.sets.items()
            if key not in moving
        }
        nothing = {key: Forecast(np.zeros((len(horizon), 1)), "a parameter") for key in moving}
        expected = forecast(scenario, horizon=horizon).choose(scenario.planning_values).merged({**set_now, **nothing})
        require_fitting(scenario.network, state, expected, scenario.policy)
        givens = resolve(scenario.network, expected, step.givens, step.derived, {})
        series = np.array([givens[key] for key in step.givens]).reshape(len(step.givens), len(horizon))
        idle = [(scenario.network[key[0]], key) for key in moving if key[1] in type(scenario.network[key[0]]).idle_zero]
        service = {key: in_service(component, horizon) for component, key in idle}
        moved = _derived_from(moving, step)
        return cls(scenario, planner, one, horizon, state, series, together, numbers, moving, service, moved)

    def done(self) -> Plan:
        """All steps, as one plan that no goal looked over as a whole."""
        state, last = self.opening, None
        values = np.empty((len(self.horizon), len(self.one.columns)))
        looks_back = tuple(dict.fromkeys((*self.one.remembered, *self.scenario.parameters.remembered())))
        past = {key: list(state.past.get(key, ())) for key in looks_back}
        asked = [each for each in self.scenario.reported if each.parameter is not None]
        names = dict.fromkeys(each.parameter for each in asked if each.parameter is not None and not each.at_end)
        at_end = dict.fromkeys(each.parameter for each in asked if each.parameter is not None and each.at_end)
        moving = [name for name in names if self.scenario.parameters.moves(name)]
        told = {(PARAMETER, name): self.moments.values(name) for name in names if name not in moving}
        told |= {(PARAMETER, name): np.zeros(len(self.horizon)) for name in moving}
        told |= {(PARAMETER_AT_END, name): np.zeros(len(self.horizon)) for name in at_end}
        for t, moment in enumerate(self.moments.each):
            now = replace(moment, state=state)
            self._set(t, now)
            for name in moving:
                told[PARAMETER, name][t] = now.value(name)
            last = values[t] = self._step(t, state, last)
            state = self._after(t, last, past)
            ended = replace(moment, state=state, _known={})
            for name in at_end:
                told[PARAMETER_AT_END, name][t] = ended.value(name)
        return self._plan(values, told, looks_back)

    def _set(self, t: int, moment: Moment) -> None:
        """Fill in what the state decides, and what is derived from that."""
        network, number, givens = self.scenario.network, self.numbers, self.series[:, t]
        for key, argument in self.moving.items():
            service = self.service[key][t] if key in self.service else 1.0
            givens[number[key]] = amount_of(network, key, argument, moment) * service
        for key in self.moved:
            derived = self.planner.step.derived[key]
            arguments = [givens[number[argument]][None] for argument in derived.arguments]
            givens[number[key]] = derived.function(*arguments)[0]

    def _step(self, t: int, state: State, last: Floats | None) -> Floats:
        """The columns of one step; where that has switches, or none is found, the planner finds it or tells why."""
        horizon = Horizon(self.horizon.edges[t : t + 2], self.horizon.time_zone)
        came, weight = self.one.before(horizon, state, last)
        found = self.one.solve(self.series[:, t], came, weight)
        if found is not None:
            return found
        moment = replace(self.moments.each[t], state=state)
        sets = self.scenario.parameters.sets.items()
        given = {
            key: Forecast(np.array([[amount_of(self.scenario.network, key, each, moment)]]), "a parameter") for key, each in sets
        }
        expected = forecast(self.scenario, horizon=horizon).choose(self.scenario.planning_values).merged(given)
        try:
            plan = self.planner.plan(state, expected, self.scenario.policy)
        except NoPlanError as error:
            raise NoPlanError(f"{state.day}: {error.title}", error.findings) from None
        return np.array([plan.values[key][0] for key in self.one.columns])

    def _after(self, t: int, columns: Floats, past: Mapping[Key, list[Past]]) -> State:
        """Storages and accounts after a step, and what its flows add to the past."""
        start, end = self.horizon.edges[t : t + 2]
        place = self.one.place
        for key, each in past.items():
            volume = columns[place[key]] if key in place else self.series[self.numbers[key], t]
            each.append(Past(start, end, float(volume)))
            while each[0].end <= end - REMEMBERED:
                del each[0]
        stocks = {key: float(columns[place[key]]) for key in self.planner.step.stocks}
        return State(end, stocks, {key: tuple(each) for key, each in past.items()})

    def _plan(self, values: Floats, told: Mapping[Key, Floats], looks_back: tuple[Key, ...]) -> Plan:
        """The steps under the names of their quantities."""
        step, steps = self.planner.step, len(self.horizon)
        layout = layout_of(step, steps)
        links = links_of(step, layout, self.horizon, self.opening)
        matrix, offset = tile_rows(step.readings, step, layout, links, self.series)
        read = (matrix @ values.ravel()).reshape(steps, len(step.readings.names)).T - offset
        named: dict[Key, Floats] = {key: values[:, number] for number, key in enumerate(layout.columns)}
        named |= {key: read[number] for number, key in enumerate(step.readings.names) if key not in named}
        givens = {key: self.series[number] for key, number in self.numbers.items()}
        named |= {key: givens[key] for key in looks_back if key not in named}
        return Plan(
            horizon=self.horizon,
            policy=self.scenario.policy.name,
            values=dict(sorted(named.items())),
            units={key: unit for key, unit in {**step.measures, **step.units}.items() if unit != "m3"},
            stocks=step.stocks,
            remembered=looks_back,
            givens={**dict(sorted(givens.items())), **told},
            labels={},
            opening=self.opening,
            switch_steps=0,
            ranks=(),
        )


def _derived_from(moving: Mapping[Key, Argument], step: CompiledStep) -> tuple[Key, ...]:
    """Givens that are derived from moving ones, each behind those that it is derived from."""
    found: dict[Key, bool] = dict.fromkeys(moving, True)

    def moves(key: Key) -> bool:
        if key not in found:
            arguments = step.derived[key].arguments if key in step.derived else ()
            found[key] = any(map(moves, arguments))
        return found[key]

    for key in step.derived:
        moves(key)
    return tuple(key for key, moved in found.items() if moved and key in step.derived)
