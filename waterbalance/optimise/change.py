"""Last of all: the smallest change from yesterday's plan, and no restless gates.

    minimise  sum |x - x_previous|  over the steps that both plans have
            + RESTLESSNESS x sum |x[t] / days[t] - x[t - 1] / days[t - 1]|
            + NEARNESS x sum |storage - storage_last|  while values of the last pass do not settle

over the flows that may be chosen in the first CALM_STEPS steps, for which gates get orders. Both keep gates where
they are; the second also decides where there is no previous plan, so that the plan does not hang on the order of the
columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon, Integers
    from waterbalance.optimise.near import Near
    from waterbalance.optimise.step import Key
    from waterbalance.optimise.tile import Layout
    from waterbalance.plan.plan import Plan
    from waterbalance.solver.highs import WarmSolver
    from waterbalance.solver.outcome import Outcome

CALM_STEPS = 21
"""Steps in which flows should not jump: the daily ones and a margin."""

NEARNESS = 10.0
"""Weight of a storage's change from the last pass: more than any calmness that it could buy."""

RESTLESSNESS = 0.1
"""Weight of a change from step to step beside a change from the previous plan."""


def smallest_change(
    solver: WarmSolver,
    layout: Layout,
    flows: tuple[Key, ...],
    horizon: Horizon,
    previous: Plan | None,
    near: Near | None = None,
) -> Outcome:
    """Solve for the calmest of all plans that are equally good in every goal; of those near the last pass, where asked."""
    matrix, target, weight = _restlessness(layout, flows, horizon)
    wanted = [(flows, previous, 1.0)] if previous is not None else []
    wanted += [(near.plan.stocks, near.plan, NEARNESS)] if near is not None else []
    for keys, plan, worth in wanted:
        columns, values = _same_steps(layout, keys, horizon, plan)
        pick = sp.csr_array((np.ones(len(columns)), (np.arange(len(columns)), columns)), shape=(len(columns), matrix.shape[1]))
        matrix = sp.vstack([matrix, pick], format="csr")
        target = np.concatenate([target, values])
        weight = np.concatenate([weight, np.full(len(columns), worth)])
    return _least_deviation(solver, sp.csr_array(matrix), target, weight)


def _restlessness(layout: Layout, flows: tuple[Key, ...], horizon: Horizon) -> tuple[sp.csr_array, Floats, Floats]:
    """Rows with the change of the mean daily rate of every flow from each step to the next."""
    steps, width = min(layout.steps, CALM_STEPS), len(layout.columns) * layout.steps
    now = np.concatenate([layout.over_time(key)[1:steps] for key in flows] or [np.empty(0, dtype=np.int64)])
    before = np.concatenate([layout.over_time(key)[: steps - 1] for key in flows] or [np.empty(0, dtype=np.int64)])
    rate = np.tile(1 / horizon.days[1:steps], len(flows))
    rate_before = np.tile(1 / horizon.days[: steps - 1], len(flows))
    count = len(flows) * (steps - 1)
    row = np.arange(count)
    matrix = sp.csr_array(
        (np.concatenate([rate, -rate_before]), (np.concatenate([row, row]), np.concatenate([now, before]))),
        shape=(count, width),
    )
    return matrix, np.zeros(count), np.full(count, RESTLESSNESS)


def _same_steps(layout: Layout, flows: tuple[Key, ...], horizon: Horizon, previous: Plan) -> tuple[Integers, Floats]:
    """Columns of steps that the previous plan had too, and what it said."""
    known = {interval: t for t, interval in enumerate(zip(previous.horizon.starts, previous.horizon.ends, strict=True))}
    columns, values = [], []
    for t, interval in enumerate(zip(horizon.starts, horizon.ends, strict=True)):
        if interval not in known:
            continue
        for key in flows:
            if key in previous.values:
                columns.append(int(layout.over_time(key)[t]))
                values.append(float(previous.values[key][known[interval]]))
    return np.array(columns, dtype=np.int64), np.array(values)


def _least_deviation(solver: WarmSolver, matrix: sp.csr_array, target: Floats, weight: Floats) -> Outcome:
    """Minimise sum of weight x |matrix x - target| with one more column a row."""
    count = matrix.shape[0]
    deviation = solver.add_columns(count, 0.0, np.inf, volumes=True)
    width = int(deviation[-1]) + 1 if count else matrix.shape[1]
    own = sp.csr_array((np.ones(count), (np.arange(count), deviation)), shape=(count, width))
    wide = sp.csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(count, width))
    unlimited = np.full(count, np.inf)
    solver.add_rows(sp.csr_array(wide - own), -unlimited, target)
    solver.add_rows(sp.csr_array(wide + own), target, unlimited)
    cost = np.zeros(width)
    cost[deviation] = weight
    return solver.minimise(cost)
