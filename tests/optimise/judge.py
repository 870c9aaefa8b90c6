"""Two routes to every goal's best value: the tiled program in HiGHS, and the multi-period model by Pyomo's own route.

Where members part, the second route has a whole model for each of them, and equations that make them equal before.
"""

# ruff: noqa: ANN401 (Pyomo and the binding of HiGHS are untyped)

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo

from gallery import Case
from waterbalance.forecast.fan import Fan
from waterbalance.optimise.compile import compile_step
from waterbalance.optimise.givens import resolve
from waterbalance.optimise.objective import Measures, goal_cost
from waterbalance.optimise.pyomo_model import add_goal, multi_period_model
from waterbalance.optimise.rank import frozen_limit, goal_scale, optimise_in_ranks
from waterbalance.optimise.tile import layout_of, links_of, tile
from waterbalance.optimise.tree import Tree
from waterbalance.solver.highs import WarmSolver
from waterbalance.solver.outcome import Outcome
from waterbalance.solver.program import Program
from waterbalance.solver.scaling import volume_scale

SWITCH_STEPS = 14


@dataclass(frozen=True)
class Tiled:
    """What the tiled program found, without equity."""

    values: Mapping[str, float]
    """Best value of every goal."""

    limits: Mapping[str, float]
    """Where each goal was frozen, as a goal to be minimised."""

    scale: float
    """Scale of the volumes."""

    missed: float
    """Most by which any limit was missed in any rank, in volumes divided by their scale."""


def by_tiling(case: Case, futures: Fan | None = None) -> Tiled:
    """Best (expected) values by the engine's own route."""
    fan = futures or Fan.alone(case.forecasts)
    step, tree = compile_step(case.network), Tree.of(fan)
    of_paths = [resolve(case.network, path, step.givens, step.derived, {}) for path in fan.paths]
    givens = {key: tree.on_nodes([each[key] for each in of_paths]) for key in of_paths[0]}
    series = np.array([givens[key] for key in step.givens]).reshape(len(step.givens), tree.nodes)
    layout = layout_of(step, tree)
    links = links_of(step, layout, fan.horizon, case.state)
    program, readings, offset = tile(step, layout, links, series, switch_steps=SWITCH_STEPS)
    measures = Measures(step.readings.names, step.measures, readings, offset, layout.tree)
    solver = WarmSolver(program)
    solver._highs.setOptionValue("mip_rel_gap", 0.0)

    missed = 0.0

    def require(outcome: Outcome) -> None:
        nonlocal missed
        assert outcome.usable, outcome
        missed = max(missed, _missed(program, outcome) / solver.scale)

    ranked, _ = optimise_in_ranks(solver, case.policy, measures, case.network, fan, givens, require, share="not")
    scale, limits = volume_scale(program), {}
    for each in ranked:
        priced = goal_cost(each.goal, measures, case.network, fan)
        assert priced is not None
        size = float(np.abs(priced[0]).max(initial=0.0))
        limits[each.goal.name] = np.inf
        if size > 0:
            leeway = each.goal.leeway(each.value)
            own = goal_scale(program, priced[0], scale)
            limits[each.goal.name] = frozen_limit(each.outcome.objective, leeway, size, own) * size + priced[1]
    return Tiled({each.goal.name: each.value for each in ranked}, limits, scale, missed)


def _missed(program: Program, outcome: Outcome) -> float:
    values = outcome.values[: program.columns]
    sides = program.matrix @ values
    return max(
        (program.row_lower - sides).max(initial=0.0),
        (sides - program.row_upper).max(initial=0.0),
        (program.lower - values).max(initial=0.0),
        (values - program.upper).max(initial=0.0),
    )


def by_pyomo(case: Case, tiled: Tiled, futures: Fan | None = None) -> dict[str, float]:
    """The same from one block a step and links as equations; earlier goals are frozen where the tiled program froze them."""
    fan = futures or Fan.alone(case.forecasts)
    model, of_members = pyo.ConcreteModel(), []
    for number, path in enumerate(fan.paths):
        own, writers = multi_period_model(case.network, case.state, path, switch_steps=SWITCH_STEPS)
        model.add_component(f"member {number}", own)
        of_members.append((own, writers, path))
    model.frozen, model.together = pyo.ConstraintList(), pyo.ConstraintList()
    for _, writers, _ in of_members[1:]:
        for t in range(fan.common_steps):
            for key, column in writers[t].column.items():
                model.together.add(column == of_members[0][1][t].column[key])
    solver = pyo.SolverFactory("appsi_highs")
    # This route has no scaling: its absolute tolerance must leave room for rounding in numbers of this size.
    tolerance = max(1e-10, 1e-13 * tiled.scale)
    solver.options = {"primal_feasibility_tolerance": tolerance, "dual_feasibility_tolerance": 1e-10, "mip_rel_gap": 0.0}
    solver.options["mip_feasibility_tolerance"] = tolerance
    found = {}
    for goal in case.policy.goals:
        parts = [add_goal(own, writers, goal, case.network, path) for own, writers, path in of_members]
        if parts[0] is None:
            continue
        expression = sum(likely * part for likely, part in zip(fan.probability, parts, strict=True))
        for objective in model.component_data_objects(pyo.Objective, active=True):
            objective.deactivate()
        model.add_component(f"all {goal.name}", pyo.Objective(expr=expression))
        _solve(solver, model)
        best = float(pyo.value(expression))
        found[goal.name] = best if goal.sense == "minimise" else -best
        if tiled.limits[goal.name] < np.inf:
            model.frozen.add(expression <= tiled.limits[goal.name])
    return found


def _solve(solver: Any, model: Any) -> None:
    """Solve; with switches once more with the switches held, so that no row rests on one that is a billionth open."""
    solver.solve(model)
    switches = [column for column in model.component_data_objects(pyo.Var, active=True) if column.is_integer()]
    if not switches:
        return
    for switch in switches:
        switch.fix(round(switch.value))
    solver.solve(model)
    for switch in switches:
        switch.unfix()
