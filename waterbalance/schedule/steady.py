"""Of timetables that cost the same the steadiest: gates whose moves nobody counts do not wander for nothing.

the least of  sum over those gates and slots of |flow - flow in the slot before|
with cost <= what it was, all switches as they are, and no flow where there was none
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import highspy
import numpy as np
import scipy.sparse as sp

from waterbalance.schedule.search import Limits, loaded
from waterbalance.solver.heard import run

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Integers
    from waterbalance.solver.program import Program

NO_DEARER = 1e-9
"""By how much the cost may be missed, relative to it. [-]"""

NOTHING = 1e-9
"""Less is no flow. [m3/s]"""


def steadied(program: Program, cost: Floats, values: Floats, flows: Integers) -> Floats:
    """The steadiest solution beside a known one; `flows` are the columns of the gates, shape (gates, slots)."""
    count = flows[:, 1:].size
    if count == 0:
        return values
    change = sp.csr_array(
        (
            np.repeat([1.0, -1.0], count),
            (np.tile(np.arange(count), 2), np.concatenate([flows[:, 1:].ravel(), flows[:, :-1].ravel()])),
        ),
        shape=(count, program.columns),
    )
    size, least = sp.eye_array(count), np.where(program.integer, np.round(values), program.lower)
    most = np.where(program.integer, np.round(values), program.upper)
    most[flows] = np.where(values[flows] > NOTHING, most[flows], least[flows])
    limit = float(cost @ values) + NO_DEARER * max(1.0, abs(float(cost @ values)))
    wider = replace(
        program,
        matrix=sp.csr_array(sp.block_array([[program.matrix, None], [change, -size], [-change, -size], [cost[None], None]])),
        row_lower=np.concatenate([program.row_lower, np.full(2 * count + 1, -np.inf)]),
        row_upper=np.concatenate([program.row_upper, np.zeros(2 * count), [limit]]),
        lower=np.concatenate([least, np.zeros(count)]),
        upper=np.concatenate([most, np.full(count, np.inf)]),
        integer=np.zeros(program.columns + count, dtype=np.bool_),
        number=np.concatenate([program.number, np.zeros(count, dtype=np.bool_)]),
    )
    highs = loaded(wider, np.concatenate([np.zeros(program.columns), np.ones(count)]), Limits(time=None))
    run(highs)
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return values
    return np.array(highs.getSolution().col_value)[: program.columns]
