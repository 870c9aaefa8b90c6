"""Equity while switches are searched for: what a share lacks costs the more the larger its ratio already is.

    minimise sum over shares s and segments k of slope(k) x lack(s, k)
    subject to  sum over k of lack(s, k) >= what s lacks,   0 <= lack(s, k) <= width(k) x room(s)

where members part, with the probability of each share.

The slopes rise fourfold from segment to segment, so that a high ratio is lowered before a low one: progressive filling in
one program instead of one for every level. Switches that were searched for by the least total would leave whole periods dry
to save a filling; the filling itself follows when they are held (`optimise/equity.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.optimise.shares import Shares
    from waterbalance.solver.highs import WarmSolver

WIDTHS = np.array([0.1, 0.15, 0.25, 0.25, np.inf])
"""Segments of the ratio. [-]"""

SLOPES = np.array([1.0, 4.0, 16.0, 64.0, 256.0])
"""Cost of a cubic metre in each segment."""


def rough_cost(solver: WarmSolver, shares: Shares) -> Floats:
    """Add the segments to the program; returns the cost of all its columns."""
    count, pieces = len(shares.claim), len(SLOPES)
    columns = solver.add_columns(count * pieces, 0.0, np.inf, volumes=True)
    most = np.repeat(shares.room, pieces) * np.tile(WIDTHS, count)
    solver.bound_columns(columns, np.zeros(count * pieces), most)
    width = int(columns[-1]) + 1
    segments = sp.csr_array((np.ones(count * pieces), (np.repeat(np.arange(count), pieces), columns)), shape=(count, width))
    lacking = shares.lacking
    lacks = sp.csr_array((lacking.data, lacking.indices, lacking.indptr), shape=(count, width))
    solver.add_rows(sp.csr_array(lacks - segments), np.full(count, -np.inf), shares.offset)
    cost = np.zeros(width)
    cost[columns] = np.tile(SLOPES, count) * np.repeat(shares.probability, pieces)
    return cost
