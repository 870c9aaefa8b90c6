"""From the solver's columns to a plan: named values, water values, provenance.

Where members part, the plan is that of the first one, with a branch for each; its prices are what one cubic metre more on a day
is expected to bring, whichever member comes: the sum of those of all nodes of the day.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.optimise.numbers import notes_on
from waterbalance.optimise.step import Before
from waterbalance.optimise.worth import worths
from waterbalance.plan.plan import Branch, Ensemble, Plan, Rank
from waterbalance.plan.prices import NEGLIGIBLE, Prices, Sparse, Ties
from waterbalance.solver.highs import FEASIBILITY_TOLERANCE
from waterbalance.solver.infeasible import first
from waterbalance.solver.outcome import Stop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.forecast.fan import Fan
    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.horizon import Floats, Integers
    from waterbalance.network.state import State
    from waterbalance.optimise.compile import CompiledStep
    from waterbalance.optimise.posed import Posed
    from waterbalance.optimise.rank import Ranked
    from waterbalance.optimise.step import Key
    from waterbalance.optimise.tile import Layout
    from waterbalance.plan.numbers import Numbers
    from waterbalance.policy.goal import Policy
    from waterbalance.solver.program import Program


def extract(  # noqa: PLR0913, PLR0917 (each is one named value of the pass)
    step: CompiledStep,
    posed: Posed,
    values: Floats,
    ranked: tuple[Ranked, ...],
    policy: Policy,
    fan: Fan,
    state: State,
    switch_steps: int,
    numbers: Numbers,
) -> Plan:
    """Name every value of a solution."""
    layout = posed.layout
    named = _named(step, posed, values)
    shown = layout.tree.paths[0]
    units = {key: unit for key, unit in {**step.measures, **step.units}.items() if unit != "m3"}
    linked = dict.fromkeys(link.source for link in step.links)
    # A switch that is compared with the step before is carried over like a stock.
    switches = {key for key, whole in zip(step.columns, step.integer, strict=True) if whole}
    compared = [link.source for link in step.links if isinstance(link.kind, Before) and link.source in switches]
    carried = dict.fromkeys([*step.stocks, *compared])
    flows = [link.source for link in step.links if not isinstance(link.kind, Before) or link.source not in carried]
    plan = Plan(
        horizon=fan.horizon,
        policy=policy.name,
        values=_along(named, shown),
        units=units,
        stocks=tuple(carried),
        remembered=tuple(key for key in linked if key in set(flows)),
        givens=_along(posed.givens, shown),
        labels=_labels(fan.paths[0]),
        opening=state,
        switch_steps=switch_steps,
        notes=(*notes_on(numbers), *(note for each in ranked for note in (each.note, _coarse(each), _stopped(each)) if note)),
        ranks=tuple(_rank(each, step, layout, *worth) for each, worth in zip(ranked, worths(ranked, posed.program), strict=True)),
        measures=tuple(sorted(step.measures)),
        numbers=numbers,
        ties=ties_of(step, layout, _shown(posed.program, layout)),
    )
    return plan if not fan.branches else replace(plan, ensemble=_ensemble(plan, named, posed, fan))


def _ensemble(plan: Plan, named: Mapping[Key, Floats], posed: Posed, fan: Fan) -> Ensemble:
    """Every member's own plan."""
    branches = []
    for number, (forecasts, nodes) in enumerate(zip(fan.paths, posed.layout.tree.paths, strict=True)):
        own = replace(plan, values=_along(named, nodes), givens=_along(posed.givens, nodes), labels=_labels(forecasts))
        branches.append(Branch(fan.members[number], fan.probability[number], own))
    return Ensemble(tuple(branches), fan.common_steps, fan.out_of, fan.distance)


def _named(step: CompiledStep, posed: Posed, values: Floats) -> dict[Key, Floats]:
    """Columns and readings by name, over all nodes."""
    layout = posed.layout
    columns = layout.unstack(values)
    read = (posed.readings @ values).reshape(layout.steps, len(step.readings.names)).T - posed.offset
    named: dict[Key, Floats] = {key: columns[number] for number, key in enumerate(layout.columns)}
    named.update({key: read[number] for number, key in enumerate(step.readings.names) if key not in named})
    return dict(sorted(named.items()))


def _along(of_nodes: Mapping[Key, Floats], path: Integers) -> dict[Key, Floats]:
    """Values along a path, by name."""
    return {key: _frozen(values[path]) for key, values in sorted(of_nodes.items())}


def _labels(forecasts: Forecasts) -> dict[Key, str]:
    return {key: forecasts.series[key].label for key in sorted(forecasts.series)}


def _shown(program: Program, layout: Layout) -> Program:
    """The program of the first path: its nodes stand first."""
    share = layout.tree.steps / layout.steps
    return program if share == 1 else first(program, round(program.rows * share), round(program.columns * share))


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
    tree, height, width = layout.tree, len(step.rows.names), len(layout.columns)

    def by_step(values: Floats, size: int) -> Floats:
        return tree.over_steps(values[: tree.nodes * size].reshape(tree.nodes, size)).ravel()

    worth = by_step(row_worth, height).reshape(tree.steps, height).T
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
        prices=_prices(
            by_step(each.outcome.cost, width),
            by_step(each.outcome.row_dual, height),
            by_step(each.outcome.column_dual, width),
            by_step(row_worth, height),
            by_step(column_worth, width),
        ),
    )


def _prices(weights: Floats, row: Floats, column: Floats, row_worth: Floats, column_worth: Floats) -> Prices:
    """The prices of the network's own rows and columns, without what goals and sharing have added."""
    cost = Sparse.of(weights, 0.0)
    least = NEGLIGIBLE * float(np.abs(cost.value).max(initial=0.0))
    return Prices(
        Sparse.of(row, least),
        Sparse.of(column, least),
        cost,
        Sparse.of(row_worth, least),
        Sparse.of(column_worth, least),
    )
