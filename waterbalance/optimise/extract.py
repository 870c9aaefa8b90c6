"""From the solver's columns to a plan: named values, water values, provenance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.optimise.numbers import notes_on
from waterbalance.optimise.step import Before
from waterbalance.optimise.worth import worths
from waterbalance.plan.plan import Plan, Rank
from waterbalance.plan.prices import NEGLIGIBLE, Prices, Sparse, Ties
from waterbalance.solver.highs import FEASIBILITY_TOLERANCE
from waterbalance.solver.outcome import Stop

if TYPE_CHECKING:
    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.horizon import Floats
    from waterbalance.network.state import State
    from waterbalance.optimise.compile import CompiledStep
    from waterbalance.optimise.posed import Posed
    from waterbalance.optimise.rank import Ranked
    from waterbalance.optimise.step import Key
    from waterbalance.optimise.tile import Layout
    from waterbalance.plan.numbers import Numbers
    from waterbalance.policy.goal import Policy
    from waterbalance.solver.outcome import Outcome
    from waterbalance.solver.program import Program


def extract(  # noqa: PLR0913, PLR0917 (each is one named value of the pass)
    step: CompiledStep,
    posed: Posed,
    values: Floats,
    ranked: tuple[Ranked, ...],
    policy: Policy,
    forecasts: Forecasts,
    state: State,
    switch_steps: int,
    numbers: Numbers,
) -> Plan:
    """Name every value of a solution."""
    layout = posed.layout
    columns = layout.unstack(values)
    columns.setflags(write=False)
    read = (posed.readings @ values).reshape(layout.steps, len(step.readings.names)).T - posed.offset
    read.setflags(write=False)
    named: dict[Key, Floats] = {key: columns[number] for number, key in enumerate(layout.columns)}
    named.update({key: read[number] for number, key in enumerate(step.readings.names) if key not in named})
    units = {key: unit for key, unit in {**step.measures, **step.units}.items() if unit != "m3"}
    linked = dict.fromkeys(link.source for link in step.links)
    # A switch that is compared with the step before is carried over like a stock.
    switches = {key for key, whole in zip(step.columns, step.integer, strict=True) if whole}
    compared = [link.source for link in step.links if isinstance(link.kind, Before) and link.source in switches]
    carried = dict.fromkeys([*step.stocks, *compared])
    flows = [link.source for link in step.links if not isinstance(link.kind, Before) or link.source not in carried]
    return Plan(
        horizon=forecasts.horizon,
        policy=policy.name,
        values=dict(sorted(named.items())),
        units=units,
        stocks=tuple(carried),
        remembered=tuple(key for key in linked if key in set(flows)),
        givens={key: _frozen(values) for key, values in sorted(posed.givens.items())},
        labels={key: forecasts.series[key].label for key in sorted(forecasts.series)},
        opening=state,
        switch_steps=switch_steps,
        notes=(*notes_on(numbers), *(note for each in ranked for note in (each.note, _coarse(each), _stopped(each)) if note)),
        ranks=tuple(_rank(each, step, layout, *worth) for each, worth in zip(ranked, worths(ranked, posed.program), strict=True)),
        measures=tuple(sorted(step.measures)),
        numbers=numbers,
        ties=ties_of(step, layout, posed.program),
    )


def ties_of(step: CompiledStep, layout: Layout, program: Program) -> Ties:
    """How the quantities of a program hang together."""
    switches = {key for key, whole in zip(step.columns, step.integer, strict=True) if whole}
    return Ties(
        rows=step.rows.names,
        columns=layout.columns,
        matrix=program.matrix,
        row_lower=_frozen(program.row_lower),
        row_upper=_frozen(program.row_upper),
        lower=_frozen(program.lower),
        upper=_frozen(program.upper),
        switch=tuple(key for key in layout.columns if key in switches),
        units=step.units,
    )


def _coarse(each: Ranked) -> str:
    """What to tell where HiGHS gave up at its finest tolerance and came through at a coarser one."""
    if each.outcome.tolerance <= FEASIBILITY_TOLERANCE:
        return ""
    return f"{each.goal.name}: solved with a tolerance of {each.outcome.tolerance:g} instead of {FEASIBILITY_TOLERANCE:g}"


def _stopped(each: Ranked) -> str:
    """What to tell where the search for switches was stopped."""
    if each.outcome.stop is Stop.FINISHED:
        return ""
    how_far = f"within {each.outcome.gap:.2%} of the best possible" if np.isfinite(each.outcome.gap) else "how far is not known"
    return f"{each.goal.name}: the search for switches was stopped by the {each.outcome.stop.value}; {how_far}"


def _frozen(values: Floats) -> Floats:
    """A copy that nobody can change: the plan must not follow when its maker's arrays do."""
    copy = values.copy()
    copy.setflags(write=False)
    return copy


def _rank(each: Ranked, step: CompiledStep, layout: Layout, row_worth: Floats, column_worth: Floats) -> Rank:
    """A balance row says losses - gains = side: more water raises the side, so its value is minus its worth."""
    height = len(step.rows.names)
    worth = row_worth.reshape(layout.steps, height).T
    return Rank(
        name=each.goal.name,
        sense=each.goal.sense,
        value=each.value,
        alone=each.alone,
        gap=each.outcome.gap,
        stop=each.outcome.stop.value,
        seconds=each.outcome.seconds,
        water_value={
            place: np.where(np.abs(worth[number]) > 1e-9, -worth[number], 0.0)
            for number, (place, name) in enumerate(step.rows.names)
            if name == "balance"
        },
        prices=_prices(each.outcome, row_worth, column_worth),
    )


def _prices(outcome: Outcome, row_worth: Floats, column_worth: Floats) -> Prices:
    """The prices of the network's own rows and columns, without what goals and sharing have added."""
    rows, columns = len(row_worth), len(column_worth)
    cost = Sparse.of(outcome.cost[:columns], 0.0)
    least = NEGLIGIBLE * float(np.abs(cost.value).max(initial=0.0))
    row, column = outcome.row_dual[:rows], outcome.column_dual[:columns]
    return Prices(
        Sparse.of(row, least),
        Sparse.of(column, least),
        cost,
        Sparse.of(row_worth, least),
        Sparse.of(column_worth, least),
    )
