"""A step of a simulation in which nothing can happen but what is planned: no forecaster makes a guess, nothing looks ahead.

    values = parameters, from the state before the step
    step   = best plan of the step alone
    state  = the step's state after it, with the flows that parameters look back at

So simulators work that solve one small problem after another (Pywr, WEAP, MODSIM).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.operate.simulation import PARAMETER
from waterbalance.scenario.set_values import set_at

if TYPE_CHECKING:
    from waterbalance.errors import Finding
    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.network.state import State
    from waterbalance.optimise.solve import Planner
    from waterbalance.plan.plan import Plan
    from waterbalance.scenario.scenario import Scenario


def as_planned(scenario: Scenario, planner: Planner, state: State, expected: Forecasts) -> tuple[Plan, Plan, tuple[Finding, ...]]:
    """The plan, the step as it happens, which is the same, and no findings: the audit adds up all steps when they are done."""
    parameters, horizon = scenario.parameters, expected.horizon
    moment = parameters.at(horizon.start, float((horizon.end - horizon.start).days), state)
    plan = planner.plan(state, expected.merged(set_at(scenario, moment)), scenario.policy)
    told = {each.parameter: np.array([moment.value(each.parameter)]) for each in scenario.reported if each.parameter is not None}
    looked_at = {key: plan.values[key] if key in plan.values else plan.givens[key] for key in parameters.remembered()}
    step = replace(
        plan,
        values={**plan.values, **looked_at},
        givens={**plan.givens, **{(PARAMETER, name): values for name, values in told.items()}},
        remembered=tuple(dict.fromkeys((*plan.remembered, *looked_at))),
    )
    return plan, step, ()
