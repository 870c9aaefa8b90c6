"""How well users fared over many days: reliability, resilience, vulnerability and the shortage index.

Source: Hashimoto, Stedinger and Loucks (1982), Reliability, resiliency, and vulnerability criteria for water resource system
performance evaluation, doi:10.1029/WR018i001p00014. Shortage index: U.S. Army Corps of Engineers, HEC (1975), Hydrologic
Engineering Methods for Water Resources Development, vol. 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.horizon import Floats

MET = 1e-4
"""A step with less than this share of its demand lacking counts as met: far below what a meter tells. [-]"""


@dataclass(frozen=True)
class Performance:
    """A demand over equal steps. Volumes in [m3]."""

    demand: float
    shortage: float
    reliability: float
    """Share of the steps in which the demand was met. [-]"""

    resilience: float | None
    """Chance that the demand is met in the step after one in which it was not; None where none failed. [-]"""

    vulnerability: float
    """Mean over all spells of failure of the largest shortage in a step, as a share of that step's demand. [-]"""

    shortage_index: float
    """100 x the mean over the years of (shortage of the year / demand of the year) squared. [-]"""

    spells: int
    """How many spells of failure there were."""

    longest_spell: int
    """Steps of the longest one."""

    @property
    def supply(self) -> float:
        """Demand that was met. [m3]."""
        return self.demand - self.shortage


def performance(demand: Floats, shortage: Floats, years: Sequence[int]) -> Performance:
    """Criteria of Hashimoto et al. for one user or class; all arguments have one entry a step, demand and shortage in [m3].

    failed[t]     = shortage[t] > MET x demand[t]
    reliability   = 1 - number of failed steps / number of steps
    resilience    = number of met steps after a failed one / number of failed steps that have a step after them
    vulnerability = mean over spells of max(shortage / demand), a spell being failed steps without a met one between
    index         = 100 x mean over years of (sum of shortage / sum of demand)^2

    Part of a year counts as a year of its own: compare indices over whole years only. A demand of nothing is met. Steps
    must be of equal length. Raises `ValueError` when the arguments differ in length or are empty.

    >>> import numpy as np
    >>> found = performance(np.full(4, 10.0), np.array([0.0, 5.0, 0.0, 2.0]), (2021,) * 4)
    >>> found.reliability, found.resilience, found.vulnerability, round(found.shortage_index, 4)
    (0.5, 1.0, 0.35, 3.0625)
    """
    if not len(demand) == len(shortage) == len(years) > 0:
        raise ValueError(f"demand, shortage and years of equal length; found {len(demand)}, {len(shortage)}, {len(years)}")
    ratio = np.divide(shortage, demand, out=np.zeros(len(demand)), where=demand > 0)
    failed = ratio > MET
    followed = int(failed[:-1].sum())
    spells = _spells(failed)
    peaks = [float(ratio[first:last].max()) for first, last in spells]
    return Performance(
        demand=float(demand.sum()),
        shortage=float(shortage.sum()),
        reliability=1.0 - float(failed.mean()),
        resilience=float((failed[:-1] & ~failed[1:]).sum() / followed) if followed else None,
        vulnerability=float(np.mean(peaks)) if peaks else 0.0,
        shortage_index=_shortage_index(demand, shortage, years),
        spells=len(spells),
        longest_spell=max((last - first for first, last in spells), default=0),
    )


def _spells(failed: np.ndarray) -> list[tuple[int, int]]:
    """First step and the step after the last of every unbroken row of failed steps."""
    edges = np.diff(np.concatenate([[0], failed.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def _shortage_index(demand: Floats, shortage: Floats, years: Sequence[int]) -> float:
    _, year = np.unique(np.array(years), return_inverse=True)
    asked, lacked = np.bincount(year, weights=demand), np.bincount(year, weights=shortage)
    share = np.divide(lacked, asked, out=np.zeros_like(lacked), where=asked > 0)
    return float(100.0 * np.mean(share**2))
