"""Day after day over a record: plan, do the first step, take what the day brings, hand the state over.

    expected = forecasts as they are known when the day begins
    plan     = best plan from the state of this midnight (over the scenario's horizon, or over the day alone)
    applied  = the day as it happens when the plan's first step meets what was observed (`operate/planning/apply.py`)
    state    = applied.state_after(1): storages, water under way, what licences used, past flows

The solver is kept warm from day to day and renewed where a ten-day period begins: the number of steps changes there anyway,
and a simulation that goes on from there does exactly what one does that was never stopped.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, InputError, NoPlanError, UsageError
from waterbalance.horizon import TEN_DAY_STARTS, Horizon
from waterbalance.network.state import State
from waterbalance.operate.planning.apply import applied
from waterbalance.operate.rolling.checkpoint import Checkpoint, Done, Ordered, identity, read_checkpoint
from waterbalance.operate.rolling.known import expected_on, labels_of, notes_of, observed_on, records_of
from waterbalance.operate.rolling.simulation import PARAMETER, PARAMETER_AT_END, Simulation
from waterbalance.operate.rolling.stepwise import in_years, is_stepwise
from waterbalance.optimise.change import KEPT_CALM
from waterbalance.optimise.solve import Planner
from waterbalance.plan.audit import audit
from waterbalance.plan.join import Columns, Day, joined
from waterbalance.plan.orders import is_passed_on
from waterbalance.plan.plan import Plan
from waterbalance.scenario.needs import needs_of
from waterbalance.scenario.not_carried import not_carried
from waterbalance.scenario.scenario import horizon_of
from waterbalance.scenario.set_values import set_over
from waterbalance.scenario.state import state_at, unknown_past

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from waterbalance.operate.rolling.known import Record
    from waterbalance.scenario.scenario import Scenario

Key = tuple[str, str]
ONE_DAY = dt.timedelta(days=1)


def simulate(
    scenario: Scenario,
    start: dt.date,
    end: dt.date,
    *,
    myopic: bool = False,
    checkpoint: Path | None = None,
    resume: bool = False,
    on_day: Callable[[dt.date], None] | None = None,
) -> Simulation:
    """Operate a scenario from `start` to `end`, both included, knowing on each day only what was known then.

    `myopic` plans each day alone, from the end of yesterday, with end conditions at the end of the day: what most
    simulators do. `checkpoint` is a file that is extended after every day; with `resume` the simulation goes on from
    there. `on_day` hears of each day that is done.

    What forecasters learn from is cut at each day; tables of the scenario itself are known ahead, and the result's notes
    name those that tell what only the future brings. Raises `UsageError` for days that are none, `InputError` where the
    scenario does not cover a plan's horizon or the checkpoint is of another simulation, and `NoPlanError` on a day
    without a plan.
    """
    require_daily_plans(scenario, start, end)
    roll = _Roll(scenario, records_of(scenario, start), myopic)
    opening = state_at(scenario, start)
    of = identity(scenario, start, myopic=myopic)
    found = read_checkpoint(checkpoint, of) if checkpoint is not None and resume else None
    columns, done = (None, []) if found is None else (found[0], _usable(found[1], end))
    log = _Log(checkpoint, of, columns, done, on_day)
    state = log.whole(opening).state_after(len(done)) if done else opening
    planner = Planner(scenario.network)
    if myopic and is_stepwise(scenario, planner):
        for year in in_years(scenario, planner, state, end):
            whole_year = year.horizon.end.year > year.horizon.start.year
            days = [Done(each, (), (), None) for each in Day.each(year, log.columns_of(year))]
            log.add(year, days, Ordered(year.horizon.edges[-2:], {}) if whole_year else None)
    else:
        roll.day_by_day(planner, state, _previous(done[-1].ordered) if done else None, end, log)
    if not log.done:
        raise UsageError(f"no day from {start} to {end} was simulated")
    return roll.result(log.whole(opening), log.done)


@dataclass
class _Log:
    """The days that are done, in memory and in the file of a checkpoint."""

    checkpoint: Path | None
    of: Mapping[str, object]
    columns: Columns | None
    done: list[Done]
    on_day: Callable[[dt.date], None] | None
    file: Checkpoint | None = None

    def columns_of(self, plan: Plan) -> Columns:
        """The names of all numbers, those of the first plan."""
        self.columns = self.columns or Columns.of(plan)
        return self.columns

    def whole(self, opening: State) -> Plan:
        """All days as one plan."""
        if self.columns is None:
            raise UsageError("no day was simulated")
        return joined(self.columns, [each.day for each in self.done], opening)

    def add(self, plan: Plan, days: Sequence[Done], last: Ordered | None) -> None:
        """Keep days of a plan; from the last of them a simulation can go on where `last` is told."""
        fresh = (*days[:-1], replace(days[-1], ordered=last))
        if self.checkpoint is not None and self.file is None:
            self.file = Checkpoint(self.checkpoint, self.of, self.columns_of(plan), self.done)
        self.done.extend(fresh)
        if self.file is not None:
            self.file.add(*fresh)
        if self.on_day is not None:
            for each in fresh:
                self.on_day(each.day.start)


@dataclass(frozen=True)
class _Roll:
    """What stays the same from day to day."""

    scenario: Scenario
    records: Mapping[Key, Record]
    myopic: bool

    def day_by_day(self, planner: Planner, state: State, previous: Plan | None, end: dt.date, log: _Log) -> None:
        """Plan each day, let it happen as it does, and hand the state over."""
        planners = planner, Planner(self.scenario.network)
        while state.day <= end:
            if state.day.day in TEN_DAY_STARTS:
                for each in planners:
                    each.begin_afresh()
            plan, day, findings = self.one_day(planners, state, previous)
            state, previous = day.state_after(1), plan
            ordered = _ordered(plan) if state.day.day in TEN_DAY_STARTS else None
            log.add(day, [Done(Day.of(day, log.columns_of(day)), findings, day.notes, None)], ordered)

    def one_day(
        self, planners: tuple[Planner, Planner], state: State, previous: Plan | None
    ) -> tuple[Plan, Plan, tuple[Finding, ...]]:
        """The plan, the day as it happens, and what the audit says of both."""
        scenario = self.scenario
        try:
            expected = expected_on(scenario, self.records, self._horizon(state.day))
            expected = expected.merged(set_over(scenario, state, expected.horizon))
            plan = planners[0].plan(state, expected, scenario.policy, previous=previous)
            observed = observed_on(scenario, self.records, expected)
            day = applied(planners[1], plan, state, observed, scenario.policy)
        except NoPlanError as error:
            raise NoPlanError(f"{state.day}: {error.title}", error.findings) from None
        unsound = tuple(
            replace(finding, what=f"the plan made on {state.day}: {finding.what}")
            for finding in audit(plan, scenario.network, expected)
        )
        findings = (*unsound, *audit(day, scenario.network, observed))
        day = _looking_back(day, scenario.parameters.remembered())
        moment = scenario.parameters.at(state.day, float((day.horizon.end - state.day).days), state)
        ended = scenario.parameters.at(state.day, moment.days, day.state_after(1))
        reported = {
            (PARAMETER_AT_END if each.at_end else PARAMETER, each.parameter): np.array(
                [(ended if each.at_end else moment).value(each.parameter)]
            )
            for each in scenario.reported
            if each.parameter is not None
        }
        return plan, replace(day, givens={**day.givens, **reported}), findings

    def _horizon(self, day: dt.date) -> Horizon:
        if self.myopic:
            return Horizon((day, self.scenario.horizon.step_after(day)), self.scenario.time_zone)
        return horizon_of(self.scenario, day)

    def result(self, whole: Plan, done: Sequence[Done]) -> Simulation:
        """All days with what is to be said about them; the audit adds them up once more as one plan."""
        days = whole.horizon.starts
        notes = (
            *not_carried(self.scenario),
            *notes_of(self.scenario, self.records, days),
            *unknown_past(whole.opening),
            *self._out_of_sight(),
            *_notes_of_days(done),
        )
        whole = replace(whole, labels=labels_of(self.scenario, self.records, days), notes=notes)
        findings = tuple(finding for each in done for finding in each.findings)
        over_all = tuple(finding for finding in audit(whole, self.scenario.network) if finding not in findings)
        reported = self.scenario.reported
        return Simulation(self.scenario.name, self.scenario.network, self.myopic, whole, (*findings, *over_all), reported)

    def _out_of_sight(self) -> Iterator[str]:
        """What days that are planned alone cannot do."""
        delays = needs_of(self.scenario.network).delays if self.myopic else {}
        links = (name for (name, _), travel_time in delays.items() if travel_time >= 1.0)
        far = sorted(
            {name for name in links if not (self.scenario.network[name].is_place or self.scenario.network[name].is_rule)}
        )
        if far:
            yield f"each day is planned alone, so that no water is sent for over {', '.join(far)}: it arrives on a later day"


def require_daily_plans(scenario: Scenario, start: dt.date, end: dt.date) -> None:
    """Raise `UsageError` for days that no simulation can be of, and `InputError` where a scenario has no plan for them."""
    if end < start:
        raise UsageError(f"a simulation ends on its first day or later; found {start} to {end}")
    horizon_of(scenario, end)
    if scenario.horizon.daily_steps < 1:
        raise UsageError("a simulation does one day of each plan; set 'horizon: {daily_steps: 1}' or more")


def _usable(done: Sequence[Done], end: dt.date) -> list[Done]:
    """The days from which a simulation goes on: all when they reach its end, else those before the last fresh start."""
    kept = [each for each in done if each.day.start <= end]
    while kept and kept[-1].day.start < end and kept[-1].ordered is None:
        kept.pop()
    return kept


def _ordered(plan: Plan) -> Ordered:
    flows = {key: values for key, values in plan.values.items() if key[1] in KEPT_CALM or is_passed_on(key[1])}
    return Ordered(plan.horizon.edges, flows)


def _looking_back(day: Plan, keys: Sequence[Key]) -> Plan:
    """The day with the flows that parameters look back at among what is remembered of it."""
    lost = [".".join(key) for key in keys if key not in day.values and key not in day.givens]
    if lost:
        raise InputError(f"parameters look back at quantities that do not exist: {', '.join(lost)}")
    looked_at = {key: day.values[key] if key in day.values else day.givens[key] for key in keys}
    remembered = tuple(dict.fromkeys((*day.remembered, *looked_at)))
    return replace(day, values={**day.values, **looked_at}, remembered=remembered)


def _previous(ordered: Ordered | None) -> Plan | None:
    """As much of yesterday's plan as the next one looks at."""
    if ordered is None:
        return None
    return Plan(
        horizon=Horizon(ordered.edges),
        policy="",
        values=ordered.flows,
        units={},
        stocks=(),
        remembered=(),
        givens={},
        labels={},
        opening=State(ordered.edges[0]),
        switch_steps=0,
        ranks=(),
    )


def _notes_of_days(done: Sequence[Done]) -> tuple[str, ...]:
    """Every note of a day once, with how often it was made."""
    days: dict[str, list[dt.date]] = {}
    for each in done:
        for note in each.notes:
            days.setdefault(note, []).append(each.day.start)
    return tuple(f"{note}: on {len(on)} days, first on {on[0]}" for note, on in days.items())
