"""Links as a linear program: one column a piece, one row a node.

    least  sum of cost x flow
    sum of flow over links to a node - sum of flow / gain over links from it = 0   at every node but SOURCE and SINK
    lower <= flow <= upper

Source: Dogan, Fefer, Herman, Hart, Merz, Medellin-Azuara and Lund (2018), An open-source Python implementation of California's
hydroeconomic water supply optimization model, Environmental Modelling & Software 108, doi:10.1016/j.envsoft.2018.08.002.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from waterbalance.solver.alike import Alike
from waterbalance.solver.program import Program

if TYPE_CHECKING:
    from waterbalance.horizon import Integers
    from waterbalance.interop.calvin.links import Links


def program_of(links: Links) -> Program:
    """The program; its cost is that of the links."""
    row = links.nodes.row
    arrives, leaves = row[links.target], row[links.source]
    to, away = np.flatnonzero(arrives >= 0), np.flatnonzero(leaves >= 0)
    rows, columns = int(row.max()) + 1, len(links)
    entries = np.concatenate([np.ones(len(to)), -1 / links.gain[away]])
    places = (np.concatenate([arrives[to], leaves[away]]), np.concatenate([to, away]))
    none = np.zeros(columns, dtype=bool)
    return Program(
        matrix=sp.csr_array((entries, places), shape=(rows, columns)),
        row_lower=np.zeros(rows),
        row_upper=np.zeros(rows),
        lower=links.lower,
        upper=links.upper,
        integer=none,
        number=none,
    )


def alike(links: Links) -> Alike:
    """Pieces and nodes of the same name in the same month of different years."""
    month = np.array([date.month for date in links.dates], dtype=np.int64)
    nodes = links.nodes
    from_base, to_base = nodes.base[links.source], nodes.base[links.target]
    columns = _numbered(from_base, to_base, links.piece, month[links.step])
    return Alike(columns=columns, rows=_numbered(nodes.base, month[nodes.step])[nodes.balanced])


def _numbered(*parts: Integers) -> Integers:
    """The same number for equal parts."""
    together = np.zeros(len(parts[0]), dtype=np.int64)
    for part in parts:
        together = np.unique(together * (int(part.max()) + 1) + part, return_inverse=True)[1]
    return together
