"""Fewer members that stand for all: fast forward selection.

Source: Heitsch, H., Roemisch, W. (2003), Scenario reduction algorithms in stochastic programming,
doi:10.1023/A:1021805924152.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from waterbalance.errors import UsageError

if TYPE_CHECKING:
    from waterbalance.horizon import Floats


@dataclass(frozen=True)
class Reduced:
    """The members that were kept."""

    kept: npt.NDArray[np.intp]
    """Their numbers, in the order in which they were chosen."""

    probability: Floats
    """What each stands for: the share of all members that are nearest to it. [1]"""

    distance: float
    """Transport (Wasserstein) distance to all members: how far their probability had to move, in the members' norm."""


def reduce_members(values: Floats, count: int) -> Reduced:
    """Choose `count` of equally likely members, shape (steps, members), one after another.

    Each one is the member that lowers the transport distance most:  d(kept) = mean over all m of min over kept k of
    |values[:, m] - values[:, k]|. Scale the values first where quantities of several units stand together.

    Raises `UsageError` where there are fewer members.
    """
    members = values.shape[1]
    if not 1 <= count <= members:
        raise UsageError(f"{count} of {members} members cannot be kept")
    squares = (values**2).sum(axis=0)
    apart = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2.0 * values.T @ values, 0.0))
    np.fill_diagonal(apart, 0.0)
    nearest = np.full(members, np.inf)
    kept: list[int] = []
    for _ in range(count):
        costs = np.minimum(apart, nearest[:, None]).mean(axis=0)
        costs[kept] = np.inf
        kept.append(int(costs.argmin()))
        nearest = np.minimum(nearest, apart[:, kept[-1]])
    owner = apart[:, kept].argmin(axis=1)
    probability = np.bincount(owner, minlength=count) / members
    return Reduced(np.array(kept, dtype=np.intp), probability, float(nearest.mean()))
