"""How a river falls when nothing feeds it.

    flow(d + 1) = k x flow(d)

A linear store that empties, Maillet, E. (1905), Essais d'hydraulique souterraine et fluviale; k as the median ratio of days
that fall, Tallaksen, L. M. (1995), A review of baseflow recession analysis, doi:10.1016/0022-1694(94)02540-R.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

FALLING: Final = 2
"""Days in a row that must have fallen before a ratio counts: the first ones still drain the surface. [day]"""

LEAST: Final = 10
"""Ratios that are needed. [1]"""


def recession_constant(flows: Floats) -> float | None:
    """Share of a flow that is left a day later while it falls, between 0 and 1; None where too few days tell. [-].

    `flows` are of days in a row, in any unit, NaN where unknown, shape (days,).

    >>> recession_constant(100.0 * 0.9 ** np.arange(20))
    0.9
    """
    known = np.isfinite(flows[:-1]) & np.isfinite(flows[1:]) & (flows[:-1] > 0)
    ratio = np.divide(flows[1:], flows[:-1], out=np.full(max(len(flows) - 1, 0), np.nan), where=known)
    falls = ratio < 1.0
    settled = falls.copy()
    for back in range(1, FALLING + 1):
        settled[back:] &= falls[:-back]
        settled[:back] = False
    counted = ratio[settled & (ratio > 0)]
    return round(float(np.median(counted)), 12) if counted.size >= LEAST else None
