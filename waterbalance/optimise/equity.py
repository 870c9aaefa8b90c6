"""Equity inside a rank: the highest shortage ratio as low as it can be, then the next one, and so on.

Equal ratios go before the least total, so that a zone at the end of a leaking canal is not left dry for the sake of a
smaller sum; what that costs is reported. With S(u, p) the shortage and D(u, p) the demand of user u in ten-day period p,
and w(u) the weight of its term:

    1. minimise theta  subject to  w(u) x S(u, p) <= theta x D(u, p)  for all unsettled u and p; what has a price cannot
       get below theta and is settled there; repeat for the others (progressive filling);
    2. minimise sum of phi(u, p) x D(u, p)  subject to  S(u, t) <= phi(u, p) x D(u, t)  for all t in p;
    3. with all levels and peaks held, minimise the total shortage and freeze it.

Users and periods that share the same water come out equal: a drought is spread over the season, not left to its end,
and nobody is cut for the sake of a user or a period that the water cannot reach.
Method: lexicographic minimax shortage ratios, Wang, Fang and Hipel (2007), doi:10.1061/(ASCE)0733-9496(2007)133:1(50).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Integers
    from waterbalance.optimise.objective import Measures
    from waterbalance.optimise.shares import Shares
    from waterbalance.solver.highs import WarmSolver

MOST_FILLINGS = 150
"""Levels that a goal may have; whoever is not settled by then is held at the last one, and the plan says so."""

SLACK = 1e-9
"""Share of the volume scale by which held rows may give way: more than the solver's own tolerance. [-]"""

SAME_RATIO = 1e-6
"""Two ratios nearer than this are at the same level. [-]"""

PRICE = 1e-7
"""A row's share of the price of the level from which on it is held to block it. [-]"""


def fill(solver: WarmSolver, shares: Shares, tolerance: float) -> bool:
    """Progressive filling; tells whether every share was settled by a price.

    The first level starts cold; the others start where the last one ended, which takes few steps.
    """
    count, room = len(shares.claim), shares.room
    level = int(solver.add_columns(1, shares.lowest, np.inf, volumes=False)[0])
    cost = np.zeros(level + 1)
    cost[level] = room.sum()
    rows = solver.add_rows(
        with_entries(shares.lacking, -room, np.full(count, level), level + 1), np.full(count, -np.inf), shares.offset
    )
    settled = np.zeros(count, dtype=bool)
    for filling in range(MOST_FILLINGS):
        outcome = solver.minimise(cost, cold=True, going_on="new limits" if filling else None)
        if not outcome.usable:
            return False
        theta, ratios = outcome.values[level], shares.ratios(outcome)
        # Only a price tells who cannot get lower: a ratio at the level may be there because nothing has lowered it yet.
        blocking = ~settled & (np.abs(outcome.row_dual[rows]) * room > PRICE * cost[level])
        last = theta <= shares.lowest + tolerance or filling == MOST_FILLINGS - 1 or not blocking.any()
        if not last:
            near = ~settled & ~blocking & (ratios > theta - SAME_RATIO)
            blocking |= _blocked_too(solver, shares, near, level, theta)
        newly = ~settled if last else blocking
        # Held at what this very solution has, so that there is one for certain.
        _settle(solver, shares, rows, newly, level, theta, np.where(blocking, ratios, -np.inf), tolerance)
        settled |= newly
        if settled.all():
            return bool(theta <= shares.lowest + tolerance or filling < MOST_FILLINGS - 1)
    return False


def _blocked_too(
    solver: WarmSolver, shares: Shares, near: npt.NDArray[np.bool_], level: int, most: float
) -> npt.NDArray[np.bool_]:
    """Who of those near the level cannot get below it either: many have a level of their own that happens to be the same.

    The price falls on one of several equal shares only. So the sum of the others is pressed down with the level held, until
    none of them gives way any more; whoever has given way is not blocked.
    """
    column = np.array([level])
    solver.bound_columns(column, np.array([shares.lowest]), np.array([most]))
    while near.any():
        outcome = solver.minimise(near.astype(float) @ shares.lacking, cold=True, going_on="new cost")
        # Without a proof nobody is settled too early: the next levels find the rest one by one.
        stay = near & (shares.ratios(outcome) > most - SAME_RATIO) if outcome.usable else np.zeros_like(near)
        if (stay == near).all():
            break
        near = stay
    solver.bound_columns(column, np.array([shares.lowest]), np.array([np.inf]))
    return near


def _settle(
    solver: WarmSolver,
    shares: Shares,
    rows: Integers,
    newly: npt.NDArray[np.bool_],
    level: int,
    most: float,
    least: Floats,
    tolerance: float,
) -> None:
    """Take the settled shares off the level and hold them near it.

    A quarter of the tolerance is left above and half of it below, so that the even spread inside the period and later
    goals have room (evaporation makes every shift of water cost a little) while ratios stay equal within the tolerance.
    """
    for row in rows[newly]:
        solver.change_entry(int(row), level, 0.0)
    room, offset = shares.room[newly], shares.offset[newly]
    slack = SLACK * solver.scale
    lower = (least[newly] - tolerance / 2) * room + offset - slack
    upper = (most + tolerance / 4) * room + offset + slack
    solver.bound_rows(rows[newly], np.where(least[newly] > shares.lowest + tolerance / 2, lower, -np.inf), upper)


def spread(solver: WarmSolver, shares: Shares, measures: Measures) -> bool:
    """Lower the highest step ratio of every share, all at once, and hold it."""
    count = len(shares.claim)
    peak = solver.add_columns(count, 0.0, np.inf, volumes=False)
    rows = np.concatenate(shares.steps)
    owner = np.repeat(np.arange(count), [len(each) for each in shares.steps])
    demand = np.concatenate(shares.step_demand)
    width = int(peak[-1]) + 1
    offset = measures.offset.T.ravel()[rows]
    unlimited = np.full(len(rows), -np.inf)
    added = solver.add_rows(with_entries(sp.csr_array(measures.matrix[rows]), -demand, peak[owner], width), unlimited, offset)
    cost = np.zeros(width)
    cost[peak] = shares.probability * [each.sum() for each in shares.step_demand]
    outcome = solver.minimise(cost, cold=True)
    if outcome.usable:
        solver.bound_columns(peak, np.zeros(count), np.maximum(0.0, outcome.values[peak]))
        solver.bound_rows(added, unlimited, offset + SLACK * solver.scale)
    return outcome.usable


def with_entries(matrix: sp.csr_array, entries: Floats, columns: Integers, width: int) -> sp.csr_array:
    """The rows over `width` columns, with one more entry each."""
    height = matrix.shape[0]
    added = sp.csr_array((entries, (np.arange(height), columns)), shape=(height, width))
    widened = sp.csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(height, width))
    return sp.csr_array(widened + added)
