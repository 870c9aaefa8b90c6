"""A simulation in which nothing can happen but what is planned: no forecaster makes a guess, nothing looks ahead.

    values = parameters, from the state before the step
    step   = cheapest step from that state, with these values
    state  = storages and accounts after it, and the flows that links and parameters look back at

So simulators work that solve one small problem after another (Pywr, WEAP, MODSIM). What the state does not decide is worked
out for a whole year before its first step (`year_ahead.py`). Members go side by side, one in each
column of every array.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import NoPlanError
from waterbalance.forecast.forecast import Forecast
from waterbalance.horizon import Horizon
from waterbalance.network.states import Flowed, States
from waterbalance.operate.rolling.member_series import factor_of
from waterbalance.operate.rolling.simulation import PARAMETER, PARAMETER_AT_END
from waterbalance.operate.rolling.year_ahead import YearAhead
from waterbalance.optimise.one_step import OneStep, can_step
from waterbalance.parameter.moments import OfMembers
from waterbalance.plan.plan import REMEMBERED, Plan
from waterbalance.scenario.forecasts import forecast
from waterbalance.scenario.members import AS_IT_IS
from waterbalance.scenario.set_values import amount_of, amounts_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.state import State
    from waterbalance.optimise.one_step import Filled
    from waterbalance.optimise.solve import Planner
    from waterbalance.optimise.step import Key
    from waterbalance.scenario.members import Members
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
    for (plan,) in members_in_years(scenario, planner, state, end, AS_IT_IS):
        yield plan


def members_in_years(
    scenario: Scenario, planner: Planner, state: State, end: dt.date, members: Members
) -> Iterator[tuple[Plan, ...]]:
    """The same for each member, all from one state."""
    one = OneStep(scenario.network, planner.step, scenario.policy)
    states: tuple[State, ...] = (state,) * len(members)
    while states[0].day <= end:
        edges = [states[0].day]
        while edges[-1] <= end and edges[-1].year == edges[0].year:
            edges.append(scenario.horizon.step_after(edges[-1]))
        one.begin_afresh()
        ahead = YearAhead.of(scenario, planner.step, Horizon(tuple(edges), scenario.time_zone), states[0], members)
        plans = _Year(scenario, planner, one, ahead, states, members).done()
        yield plans
        states = tuple(plan.state_after(len(plan.horizon)) for plan in plans)


@dataclass
class _Year:
    """Steps that are done one after another."""

    scenario: Scenario
    planner: Planner
    one: OneStep
    ahead: YearAhead
    openings: tuple[State, ...]
    members: Members

    def done(self) -> tuple[Plan, ...]:
        """All steps, as one plan of each member that no goal looked over as a whole."""
        ahead, steps, count = self.ahead, len(self.ahead.horizon), len(self.members)
        states, last = States.beside(self.openings), None
        looks_back = tuple(dict.fromkeys((*self.one.remembered, *self.scenario.parameters.remembered())))
        columns = np.empty((steps, len(self.one.columns), count))
        readings = np.empty((steps, len(self.planner.step.readings.names), count))
        moved = np.empty((steps, len(ahead.moved), count))
        moves = frozenset(name for name in self.scenario.parameters.named if self.scenario.parameters.moves(name))
        told = self._reported(steps, count)
        for t, moment in enumerate(ahead.moments.each):
            now = OfMembers(moment, states, moves)
            givens = self._givens(t, now)
            moved[t] = givens[ahead.moved]
            filled = self.one.fill(givens, *self.one.before(self._horizon(t), states, last))
            last = columns[t] = self._solved(t, filled, states)
            readings[t] = self.one.read(filled, last)
            states = self._after(t, last, givens, states, looks_back)
            ended = OfMembers(moment, states, moves)
            for when, name in told.keys() - {(PARAMETER, name) for name in ahead.told}:
                told[when, name][t] = (ended if when == PARAMETER_AT_END else now).values(name)
        return self._plans(columns, readings, moved, told, looks_back)

    def _reported(self, steps: int, count: int) -> dict[Key, Floats]:
        """Parameters that are told, before or after each step; those that no state moves are known, shape (steps, members)."""
        asked = [each for each in self.scenario.reported if each.parameter is not None]
        keys = dict.fromkeys((PARAMETER_AT_END if each.at_end else PARAMETER, str(each.parameter)) for each in asked)
        known = {(PARAMETER, name): values for name, values in self.ahead.told.items()}
        return {key: known[key] if key in known else np.empty((steps, count)) for key in keys}

    def _horizon(self, t: int) -> Horizon:
        return Horizon(self.ahead.horizon.edges[t : t + 2], self.ahead.horizon.time_zone)

    def _givens(self, t: int, now: OfMembers) -> Floats:
        """The givens of a step, with what the state decides and what is derived from that; shape (givens, members)."""
        ahead, number = self.ahead, self.ahead.numbers
        givens = np.repeat(ahead.series[:, t, None], len(self.members), axis=1)
        for key, values in ahead.varied.items():
            givens[number[key]] = values[t]
        for key, argument in ahead.moving.items():
            givens[number[key]] = amounts_of(self.scenario.network, key, argument, now) * ahead.factor[key][t]
        for key in ahead.derived:
            derived = self.planner.step.derived[key]
            givens[number[key]] = derived.function(*(givens[number[argument]] for argument in derived.arguments))
        return givens

    def _solved(self, t: int, filled: Filled, states: States) -> Floats:
        """The columns of one step, shape (columns, members); where there are none, the planner tells why."""
        found = self.one.solve(filled)
        for member in np.flatnonzero(np.isnan(found).any(axis=0)).tolist():
            found[:, member] = self._planned(t, member, states.one(member))
        return found

    def _planned(self, t: int, member: int, state: State) -> Floats:
        """The columns of a step of one member as the planner finds them. Raises `NoPlanError` where there are none."""
        ahead, network, horizon = self.ahead, self.scenario.network, self._horizon(t)
        moment = replace(ahead.moments.each[t], state=state)
        sets = self.scenario.parameters.sets.items()
        given = {key: amount_of(network, key, each, moment) for key, each in sets}
        given |= {key: value * factor_of(self.scenario.parameters, key, self.members)[member] for key, value in given.items()}
        given |= {key: float(values[t, member]) for key, values in ahead.varied.items() if key not in self.planner.step.derived}
        series = {key: Forecast(np.array([[value]]), "a parameter") for key, value in given.items()}
        expected = forecast(self.scenario, horizon=horizon).choose(self.scenario.planning_values).merged(series)
        try:
            plan = self.planner.plan(state, expected, self.scenario.policy)
        except NoPlanError as error:
            name = self.members.names[member]
            raise NoPlanError(f"{state.day}{f', member {name}' if name else ''}: {error.title}", error.findings) from None
        return np.array([plan.values[key][0] for key in self.one.columns])

    def _after(self, t: int, columns: Floats, givens: Floats, states: States, looks_back: tuple[Key, ...]) -> States:
        """Storages and accounts after a step, and what its flows add to the past."""
        start, end = self.ahead.horizon.edges[t : t + 2]
        place = self.one.place
        past = {}
        for key in looks_back:
            volumes = columns[place[key]] if key in place else givens[self.ahead.numbers[key]]
            known = (*states.past.get(key, ()), Flowed(start, end, volumes))
            past[key] = tuple(each for each in known if each.end > end - REMEMBERED)
        return States(end, states.count, {key: columns[place[key]] for key in self.planner.step.stocks}, past)

    def _plans(
        self, columns: Floats, readings: Floats, moved: Floats, told: Mapping[Key, Floats], looks_back: tuple[Key, ...]
    ) -> tuple[Plan, ...]:
        """The steps of each member under the names of their quantities."""
        # One member after the other in memory: whoever reads a plan reads its series from end to end.
        columns, readings, moved = (np.ascontiguousarray(each.transpose(2, 1, 0)) for each in (columns, readings, moved))
        return tuple(
            self._plan(member, columns[member], readings[member], moved[member], told, looks_back)
            for member in range(len(self.members))
        )

    def _plan(
        self,
        member: int,
        columns: Floats,
        readings: Floats,
        moved: Floats,
        told: Mapping[Key, Floats],
        looks_back: tuple[Key, ...],
    ) -> Plan:
        step, ahead = self.planner.step, self.ahead
        named: dict[Key, Floats] = dict(zip(self.one.columns, columns, strict=True))
        named |= {key: values for key, values in zip(step.readings.names, readings, strict=True) if key not in named}
        givens = dict(zip(ahead.numbers, ahead.series, strict=True))
        givens |= {key: values[:, member] for key, values in ahead.varied.items()}
        givens |= dict(zip((*ahead.moving, *ahead.derived), moved, strict=True))
        named |= {key: givens[key] for key in looks_back if key not in named}
        return Plan(
            horizon=ahead.horizon,
            policy=self.scenario.policy.name,
            values=dict(sorted(named.items())),
            units={key: unit for key, unit in {**step.measures, **step.units}.items() if unit != "m3"},
            stocks=step.stocks,
            remembered=looks_back,
            givens={**dict(sorted(givens.items())), **{key: values[:, member] for key, values in told.items()}},
            labels={},
            opening=self.openings[member],
            switch_steps=0,
            ranks=(),
        )
