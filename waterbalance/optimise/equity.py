"""Equity inside a rank: equal shortage ratios in each class and ten-day period, then an even spread inside the period.

Equal ratios go before the least total, so that a zone at the end of a leaking canal is not left dry for the sake of a
smaller sum; what that costs is reported. With S(u, p) the shortage and D(u, p) the demand of user u in period p:

    1. minimise sum of D(c, p) x damage(theta(c, p))  subject to  S(u, p) <= theta(c, p) x D(u, p)  for all unsettled
       u in c; users whose row has a price cannot get below theta: their ratio is settled; repeat for the others
       (progressive filling);
    2. minimise sum of phi(u, p) x D(u, p)  subject to  S(u, t) <= phi(u, p) x D(u, t)  for all t in p;
    3. with all levels and peaks held, minimise the total shortage and freeze it.

The damage of a ratio grows like its square, in straight pieces: two periods at 20 % are better than one at 40 %, so
that a drought is spread over the season instead of left to its end.

All classes and periods are filled side by side, so that the passes are as many as the levels of one class, not of all.
Method: lexicographic minimax shortage ratios, Wang, Fang and Hipel (2007), doi:10.1061/(ASCE)0733-9496(2007)133:1(50).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon, Integers
    from waterbalance.network.network import Network
    from waterbalance.optimise.givens import Givens
    from waterbalance.optimise.objective import Measures
    from waterbalance.policy.goal import Goal
    from waterbalance.solver.highs import WarmSolver

PIECES = 10
"""Straight pieces of the damage between no shortage and nothing delivered."""

MOST_FILLINGS = 25
"""Levels that a class may have in a period; whoever is not settled by then is held at the last one."""

PRICE = 1e-7
"""A row's price, relative to its group's, from which on its user is held to block the level."""


@dataclass(frozen=True)
class Shares:
    """Users in one period each: rows of shortage, demand, and the group (class and period) they share with."""

    shortage: sp.csr_array
    """Shortage of each share = matrix x columns - offset, shape (shares, columns)."""

    offset: Floats
    demand: Floats
    group: Integers
    steps: tuple[Integers, ...]
    """Rows of the measures at the steps of the share."""

    step_demand: tuple[Floats, ...]


def shares_of(goal: Goal, measures: Measures, network: Network, givens: Givens, horizon: Horizon) -> Shares | None:
    """Who shares with whom in a goal; None when nobody has a demand."""
    periods = np.array(horizon.periods())
    group_number: dict[tuple[str | None, int], int] = {}
    demand, group, steps, step_demand = [], [], [], []
    for key in dict.fromkeys(key for term in goal.terms for key in measures.chosen(term, network)):
        component = network[key[0]]
        demand_name = type(component).shortage_of
        if demand_name is None:
            continue
        wanted = givens[component.name, demand_name]
        rows = measures.rows(key)
        for period in np.unique(periods):
            inside = periods == period
            total = float(wanted[inside].sum())
            if total <= 0:
                continue
            demand.append(total)
            group.append(group_number.setdefault((component.user_class_name, int(period)), len(group_number)))
            steps.append(rows[inside])
            step_demand.append(wanted[inside])
    if not steps:
        return None
    offsets = measures.offset.T.ravel()
    pick = sp.csr_array(
        (
            np.ones(sum(len(each) for each in steps)),
            (np.repeat(np.arange(len(steps)), [len(each) for each in steps]), np.concatenate(steps)),
        ),
        shape=(len(steps), measures.matrix.shape[0]),
    )
    return Shares(
        shortage=sp.csr_array(pick @ measures.matrix),
        offset=pick @ offsets,
        demand=np.array(demand),
        group=np.array(group, dtype=np.int64),
        steps=tuple(steps),
        step_demand=tuple(step_demand),
    )


def fill(solver: WarmSolver, shares: Shares, tolerance: float) -> None:
    """Progressive filling of all groups side by side; ends when every share is settled."""
    count = len(shares.demand)
    groups = int(shares.group.max()) + 1
    level, cost = _levels(solver, shares, groups)
    rows = solver.add_rows(
        _with_levels(shares.shortage, -shares.demand, level[shares.group], len(cost)),
        np.full(count, -np.inf),
        shares.offset,
    )
    settled = np.zeros(count, dtype=bool)
    for filling in range(MOST_FILLINGS):
        if settled.all():
            return
        outcome = solver.minimise(cost, cold=True)
        if not outcome.usable:
            return
        theta = outcome.values[level][shares.group]
        shortage = shares.shortage @ outcome.values[: shares.shortage.shape[1]] - shares.offset
        ratio = shortage / shares.demand
        price = np.abs(outcome.row_dual[rows]) * shares.demand
        group_price = np.bincount(shares.group, weights=np.where(settled, 0.0, price), minlength=groups)[shares.group]
        blocking = price > PRICE * np.maximum(group_price, PRICE)
        # Only a price tells who cannot get lower: a ratio at the level may be there because nothing has lowered it yet.
        newly = ~settled & (blocking | (theta <= tolerance) | (filling == MOST_FILLINGS - 1))
        if not newly.any():
            newly = ~settled & (ratio >= theta - tolerance)
        _settle(solver, shares, rows, newly, level, np.maximum(ratio, theta), np.where(blocking, ratio, 0.0), tolerance)
        settled |= newly


def _levels(solver: WarmSolver, shares: Shares, groups: int) -> tuple[Integers, Floats]:
    """One level a group, theta = sum of its pieces, and the cost of the pieces: 1, 3, 5, ... of the group's demand."""
    level = solver.add_columns(groups, 0.0, np.inf, volumes=False)
    pieces = solver.add_columns(groups * PIECES, 0.0, 1.0 / PIECES, volumes=False).reshape(groups, PIECES)
    # The last piece is open at its end: return flows and the like may put a ratio above one.
    solver.bound_columns(pieces[:, -1], np.zeros(groups), np.full(groups, np.inf))
    demand = np.bincount(shares.group, weights=shares.demand, minlength=groups)
    width = int(pieces[-1, -1]) + 1
    row = np.arange(groups)
    definition = sp.csr_array(
        (
            np.concatenate([demand, np.repeat(-demand, PIECES)]),
            (np.concatenate([row, np.repeat(row, PIECES)]), np.concatenate([level, pieces.ravel()])),
        ),
        shape=(groups, width),
    )
    solver.add_rows(definition, np.zeros(groups), np.zeros(groups))
    cost = np.zeros(width)
    cost[pieces] = demand[:, None] * (2 * np.arange(PIECES) + 1) / PIECES
    return level, cost


def _settle(
    solver: WarmSolver,
    shares: Shares,
    rows: Integers,
    newly: npt.NDArray[np.bool_],
    level: Integers,
    most: Floats,
    least: Floats,
    tolerance: float,
) -> None:
    """Take the settled shares off their level and hold them near what they have.

    A quarter of the tolerance is left above and half of it below, so that the even spread inside the period and later
    goals have room (evaporation makes every shift of water cost a little) while ratios stay equal within the tolerance.
    """
    for share in np.flatnonzero(newly):
        solver.change_entry(int(rows[share]), int(level[shares.group[share]]), 0.0)
    demand, offset = shares.demand[newly], shares.offset[newly]
    lower = np.maximum(0.0, least[newly] - tolerance / 2) * demand + offset
    upper = (most[newly] + tolerance / 4) * demand + offset
    solver.bound_rows(rows[newly], np.where(least[newly] > tolerance / 2, lower, -np.inf), upper)


def spread(solver: WarmSolver, shares: Shares, measures: Measures) -> None:
    """Lower the highest step ratio of every share, all at once, and hold it."""
    count = len(shares.demand)
    peak = solver.add_columns(count, 0.0, np.inf, volumes=False)
    rows = np.concatenate(shares.steps)
    owner = np.repeat(np.arange(count), [len(each) for each in shares.steps])
    demand = np.concatenate(shares.step_demand)
    width = int(peak[-1]) + 1
    solver.add_rows(
        _with_levels(sp.csr_array(measures.matrix[rows]), -demand, peak[owner], width),
        np.full(len(rows), -np.inf),
        measures.offset.T.ravel()[rows],
    )
    cost = np.zeros(width)
    cost[peak] = shares.demand
    outcome = solver.minimise(cost, cold=True)
    if outcome.usable:
        found = outcome.values[peak]
        solver.bound_columns(peak, np.zeros(count), found + 1e-7 * solver.scale / np.maximum(shares.demand, solver.scale))


def _with_levels(matrix: sp.csr_array, entries: Floats, columns: Integers, width: int) -> sp.csr_array:
    """Rows with one more entry each, in an added column."""
    height = matrix.shape[0]
    added = sp.csr_array((entries, (np.arange(height), columns)), shape=(height, width))
    widened = sp.csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(height, width))
    return sp.csr_array(widened + added)
