"""Last of all: the smallest change from yesterday's plan, and no restless gates.

    minimise  sum w x |x - x_previous|  over the steps that both plans have
            + RESTLESSNESS x sum w x |x[t] / days[t] - x[t - 1] / days[t - 1]|
            + NEARNESS x sum |storage - storage_last|  while values of the last pass do not settle

over the flows of links, the releases of outlets and the spill of storages, for which gates get orders; x[-1] is what the
previous plan said of the step before the first one. The changes from step to step count in the first CALM_STEPS steps. Both
keep gates where they are; the second also decides where there is no previous plan, so that the plan does not hang on the
order of the columns. A river that takes what is left, and a spill, count little (w = LEFT_ALONE, else 1): where the inflow
of a weir swings, the river below it does, and not the canal. Where members part, every node counts as likely as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from waterbalance.plan.orders import LINK_FLOWS, RELEASE, is_flow_of_a_link, is_set, storages_among

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.network import Network
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

LEFT_ALONE = 0.01
"""Weight of what nobody sets beside what somebody does."""

SPILL = "spill"

KEPT_CALM = LINK_FLOWS | {RELEASE, SPILL}
"""Quantities among which the calm flows are."""


def calm_flows(network: Network, columns: Iterable[Key], stocks: Iterable[Key]) -> Mapping[Key, float]:
    """The flows that should be calm, with the weight of each."""
    storages = storages_among(stocks)
    found = {}
    for name, quantity in columns:
        component = network[name]
        if is_set(component, quantity, storages):
            found[name, quantity] = 1.0
        elif is_flow_of_a_link(component, quantity) or (quantity == SPILL and name in storages):
            found[name, quantity] = LEFT_ALONE
    return found


def smallest_change(
    solver: WarmSolver,
    layout: Layout,
    flows: Mapping[Key, float],
    horizon: Horizon,
    previous: Plan | None,
    near: Near | None = None,
) -> Outcome:
    """Solve for the calmest of all plans that are equally good in every goal; of those near the last pass, where asked."""
    parts = [_restlessness(layout, flows, horizon)]
    if previous is not None:
        same = _same_steps(layout, flows, horizon, [previous] * layout.tree.branches)
        parts += [_since_yesterday(layout, flows, horizon, previous), same]
    if near is not None:
        parts.append(_same_steps(layout, dict.fromkeys(near.plan.stocks, NEARNESS), horizon, near.plan.paths))
    matrices, targets, weights = zip(*parts, strict=True)
    matrix = sp.csr_array(sp.vstack(matrices, format="csr"))
    return _least_deviation(solver, matrix, np.concatenate(targets), np.concatenate(weights))


Deviations = tuple[sp.csr_array, "Floats", "Floats"]
"""Rows over the columns of the program, where each should be, and its weight."""


def _restlessness(layout: Layout, flows: Mapping[Key, float], horizon: Horizon) -> Deviations:
    """Rows with the change of the mean daily rate of every flow from each step to the next."""
    tree, width = layout.tree, len(layout.columns) * layout.steps
    nodes = np.flatnonzero((tree.before >= 0) & (tree.step < CALM_STEPS))
    nodes_before = tree.before[nodes]
    now = np.concatenate([layout.over_time(key)[nodes] for key in flows] or [np.empty(0, dtype=np.int64)])
    before = np.concatenate([layout.over_time(key)[nodes_before] for key in flows] or [np.empty(0, dtype=np.int64)])
    rate = np.tile(1 / horizon.days[tree.step[nodes]], len(flows))
    rate_before = np.tile(1 / horizon.days[tree.step[nodes_before]], len(flows))
    count = len(flows) * len(nodes)
    row = np.arange(count)
    matrix = sp.csr_array(
        (np.concatenate([rate, -rate_before]), (np.concatenate([row, row]), np.concatenate([now, before]))),
        shape=(count, width),
    )
    weights = np.repeat(list(flows.values()), len(nodes)) * np.tile(tree.weight[nodes], len(flows))
    return matrix, np.zeros(count), RESTLESSNESS * weights


def _since_yesterday(layout: Layout, flows: Mapping[Key, float], horizon: Horizon, previous: Plan) -> Deviations:
    """Rows with the mean daily rate of the first step, which should be that of the step before it in the previous plan."""
    ended = [t for t, end in enumerate(previous.horizon.ends) if end == horizon.start]
    told = [(key, t) for key in flows for t in ended if key in previous.values]
    columns = [int(layout.over_time(key)[0]) for key, _ in told]
    rates = [previous.values[key][t] / previous.horizon.days[t] for key, t in told]
    weights = [RESTLESSNESS * flows[key] for key, _ in told]
    return _picked(layout, columns, 1 / horizon.days[0]), np.array(rates), np.array(weights)


def _same_steps(layout: Layout, flows: Mapping[Key, float], horizon: Horizon, previous: Sequence[Plan]) -> Deviations:
    """Columns of steps that the previous plan had too, and what it said; `previous` has a plan for each path."""
    then, tree = previous[0].horizon, layout.tree
    known = {interval: t for t, interval in enumerate(zip(then.starts, then.ends, strict=True))}
    intervals = list(zip(horizon.starts, horizon.ends, strict=True))
    columns, values, weights = [], [], []
    for node, (step, branch) in enumerate(zip(tree.step.tolist(), tree.branch.tolist(), strict=True)):
        if intervals[step] not in known:
            continue
        told = previous[branch].values
        for key, weight in flows.items():
            if key in told:
                columns.append(int(layout.over_time(key)[node]))
                values.append(float(told[key][known[intervals[step]]]))
                weights.append(weight * tree.weight[node])
    return _picked(layout, columns, 1.0), np.array(values), np.array(weights)


def _picked(layout: Layout, columns: list[int], entry: float) -> sp.csr_array:
    """A row for each of some columns."""
    row = np.arange(len(columns))
    at = np.array(columns, dtype=np.int64)
    return sp.csr_array((np.full(len(columns), entry), (row, at)), shape=(len(columns), len(layout.columns) * layout.steps))


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
