"""Equal percentage: in every ten-day period one percentage for all, also for those who could have more.

    1. by progressive filling (minimax) it is found whom the water reaches at all;
    2. minimise theta(p), the highest period first, then the next one, subject to
       S(u, p) = theta(p) x D(u, p)  for all u whom the water reaches in period p;
    3. minimise what is brought beyond the percentage: sum of spill at users + extra / 2,
       with  S(u, p) + extra(u, p) = theta(p) x D(u, p), so that nobody has to spill what is on its way already.

The minimax gives more to whoever the worst-off cannot help; here that water stays where it is, in a storage or a river. In
each period nobody gets a larger share than the worst-off whom the water reaches, but for what would be spilt on arrival.
Whom less than the equity tolerance of its demand can reach is left out and has what the minimax gives.

This is the proportional rule of O'Neill (1982), A problem of rights arbitration from the Talmud,
doi:10.1016/0165-4896(82)90029-4, with one estate for each period.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from waterbalance.optimise.equity import SLACK, fill, with_entries
from waterbalance.optimise.shares import Shares

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Integers
    from waterbalance.optimise.objective import Measures
    from waterbalance.solver.highs import WarmSolver

SPILL = "spill"
EXTRA_WEIGHT = 0.5
"""What is brought beyond the percentage weighs less than what is spilt: water that comes anyway is used."""


def level_out(solver: WarmSolver, shares: Shares, measures: Measures, tolerance: float) -> bool:
    """One percentage for all in every period; tells whether every period was settled by a price."""
    first = solver.row_count
    filled = fill(solver, shares, tolerance)
    outcome = solver.minimise(np.zeros(solver.program.columns), cold=True)
    if not outcome.usable:
        return False
    # What the filling holds is let go again, but for those whom the water does not reach.
    fewest = 1.0 - tolerance
    reached = shares.ratios(outcome) < fewest
    filling = np.arange(first, first + len(shares.claim))[reached]
    unlimited = np.full(len(filling), np.inf)
    solver.bound_rows(filling, -unlimited, unlimited)
    if not reached.any():
        return filled
    periods = np.unique(shares.periods[reached])
    theta = solver.add_columns(len(periods), 0.0, np.inf, volumes=False)
    extra = solver.add_columns(int(reached.sum()), 0.0, 0.0, volumes=True)
    tied = _tie(solver, shares, reached, theta[np.searchsorted(periods, shares.periods[reached])], extra)
    if not solver.minimise(np.zeros(solver.program.columns), cold=True).usable:
        # Earlier goals hold some to more than others can have: there is no common percentage, and the minimax stays.
        solver.bound_rows(tied, np.full(len(tied), -np.inf), np.full(len(tied), np.inf))
        fill(solver, shares, tolerance)
        return False
    settled = fill(solver, _levels(shares, reached, periods, theta), tolerance)
    _spare_what_comes_anyway(solver, shares, measures, reached, extra)
    return filled and settled


def _tie(solver: WarmSolver, shares: Shares, reached: npt.NDArray[np.bool_], theta: Integers, extra: Integers) -> Integers:
    """S + extra = theta x D, within the solver's tolerance; returns the rows."""
    width = int(extra[-1]) + 1
    matrix = with_entries(sp.csr_array(shares.lacking[reached]), -shares.room[reached], theta, width)
    matrix = with_entries(matrix, np.ones(len(extra)), extra, width)
    slack = SLACK * solver.scale
    return solver.add_rows(matrix, shares.offset[reached] - slack, shares.offset[reached] + slack)


def _levels(shares: Shares, reached: npt.NDArray[np.bool_], periods: Integers, theta: Integers) -> Shares:
    """The periods as those who share: each lacks its percentage of all that is asked for in it."""
    room = np.array([shares.room[reached & (shares.periods == period)].sum() for period in periods])
    count = len(periods)
    return Shares(
        users=shares.users[:count],
        periods=periods,
        lacking=sp.csr_array((room, (np.arange(count), theta)), shape=(count, int(theta[-1]) + 1)),
        offset=np.zeros(count),
        claim=room,
        weight=np.ones(count),
        lowest=0.0,
        steps=(),
        step_demand=(),
        probability=np.ones(count),
    )


def _spare_what_comes_anyway(
    solver: WarmSolver, shares: Shares, measures: Measures, reached: npt.NDArray[np.bool_], extra: Integers
) -> None:
    """Let users have more than their percentage only as far as it would be spilt on arrival."""
    solver.bound_columns(extra, np.zeros(len(extra)), np.full(len(extra), np.inf))
    weights = np.zeros(measures.matrix.shape[0])
    for user in dict.fromkeys(shares.users):
        if (user, SPILL) in measures.number:
            weights[measures.rows((user, SPILL))] = measures.tree.weight
    cost = np.zeros(int(extra[-1]) + 1)
    spilt: Floats = weights @ measures.matrix
    cost[: len(spilt)] = spilt
    cost[extra] = EXTRA_WEIGHT * shares.probability[reached]
    outcome = solver.minimise(cost, cold=True)
    most = np.maximum(0.0, outcome.values[extra]) + SLACK * solver.scale if outcome.usable else np.zeros(len(extra))
    solver.bound_columns(extra, np.zeros(len(extra)), most)
