"""The same `formulate` calls as an ordinary multi-period Pyomo model: one block a step, links as equations.

For export (.lp, .mps), for other solvers, for people's own Pyomo constraints, and as the judge of the tiled program.
Building it takes many times as long as the tiled route; do not use it for daily runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from pyomo.common.modeling import unique_component_name

from waterbalance.optimise.givens import Givens, resolve
from waterbalance.optimise.links import history, weights
from waterbalance.optimise.step import LinkedColumn, StepWriter

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.horizon import Horizon
    from waterbalance.network.network import Network
    from waterbalance.network.state import State
    from waterbalance.policy.goal import Goal

SWITCH_STEPS = 14


def multi_period_model(
    network: Network,
    state: State,
    forecasts: Forecasts,
    *,
    revised: Givens | None = None,
    switch_steps: int = SWITCH_STEPS,
) -> tuple[Any, tuple[StepWriter, ...]]:
    """A Pyomo model with a block `step[t]` a step, and what was said in each; it has no objective yet.

    Columns are `step[t].column[component, quantity]`, rows `step[t].row[component, name]`, links `link[t, ...]`.
    """
    horizon = forecasts.horizon
    model = pyo.ConcreteModel()
    model.step = pyo.Block(range(len(horizon)))
    writers = []
    for t in range(len(horizon)):
        writer = StepWriter(model.step[t])
        writer.write(network)
        writers.append(writer)
    values = resolve(network, forecasts, writers[0].given_value, writers[0].derivations, revised or {})
    for t, writer in enumerate(writers):
        _fix_givens(writer, {key: float(series[t]) for key, series in values.items()})
        _set_bounds(writer, whole=t < switch_steps, season=switch_steps > 0)
    model.link = pyo.Constraint(pyo.Any)
    for link in writers[0].links.values():
        _tie(model, writers, link, horizon, state)
    return model, tuple(writers)


def add_goal(model: Any, writers: tuple[StepWriter, ...], goal: Goal, network: Network, forecasts: Forecasts) -> Any:  # noqa: ANN401
    """Make a goal the model's only active objective, to be minimised; returns its expression, or None without a measure."""
    sign = 1.0 if goal.sense == "minimise" else -1.0
    parts = []
    for t, writer in enumerate(writers):
        for term in goal.terms:
            if term.at == "last step" and t != len(writers) - 1:
                continue
            for component, name in writer.measures:
                chosen = (
                    name == term.measure
                    and (not term.components or component in term.components)
                    and (not term.user_classes or network[component].user_class_name in term.user_classes)
                )
                benefit = None if term.benefit is None else forecasts.get(component, term.benefit)
                if not chosen or (term.benefit is not None and benefit is None):
                    continue
                by_date = 1.0 if benefit is None else float(benefit.values[t, 0])
                parts.append(sign * term.weight * by_date * writer.readings[component, name])
    if not parts:
        return None
    for objective in model.component_objects(pyo.Objective, active=True):
        objective.deactivate()
    expression = sum(parts)
    name = unique_component_name(model, "goal")
    model.add_component(name, pyo.Objective(expr=expression))
    return expression


def export(model: Any, path: Path) -> None:  # noqa: ANN401
    """Write the model with readable names; the ending (.lp or .mps) tells the format."""
    model.write(str(path), io_options={"symbolic_solver_labels": True})


def _fix_givens(writer: StepWriter, values: dict[tuple[str, str], float]) -> None:
    for key, variable in writer.given_value.items():
        variable.fix(values[key], skip_validation=True)


def _set_bounds(writer: StepWriter, *, whole: bool, season: bool) -> None:
    for key, (lower, upper) in writer.bounds.items():
        column = writer.column[key]
        least = -np.inf if lower is None else pyo.value(lower)
        most = np.inf if upper is None else pyo.value(upper)
        column.setlb(least if np.isfinite(least) else None)
        column.setub(most if np.isfinite(most) else None)
        if (key in writer.season_switches and season) or (key in writer.switches and whole):
            column.domain = pyo.Integers


def _tie(model: Any, writers: list[StepWriter], link: LinkedColumn, horizon: Horizon, state: State) -> None:  # noqa: ANN401
    """Tie a link: linked = sum of weights x source + history, one equation a step."""
    matrix = weights(link.kind, horizon).tolil()
    past = history(link, horizon, state)
    for t, writer in enumerate(writers):
        source = sum(
            float(weight) * writers[j].column[link.source] for j, weight in zip(matrix.rows[t], matrix.data[t], strict=True)
        )
        model.link[t, *link.column] = writer.column[link.column] == source + float(past[t])
