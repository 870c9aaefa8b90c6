"""Members of two forecasts in one: each lead takes the more from the one that has proved better there.

    pooled(lead) = share(lead) x n members of the first + (1 - share(lead)) x n members of the second

The first forecast keeps the order of its members from lead to lead, so that paths stay paths (a template of ranks): Schefzik,
R., Thorarinsdottir, T. L., Gneiting, T. (2013), doi:10.1214/13-STS443. Shares that past scores have chosen: Ranjan, R.,
Gneiting, T. (2010), doi:10.1111/j.1467-9868.2009.00726.x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from waterbalance.forecast.skill import crps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waterbalance.horizon import Floats

SHARES: Final = np.linspace(0.0, 1.0, 11)
"""Shares that are tried. [1]"""

_SMOOTHED: Final = 7
"""Neighbouring leads whose scores are averaged before a share is chosen."""


def pooled(first: Floats, second: Floats, share: Floats) -> Floats:
    """Members of both, shape (leads, members) like each of them; `share` of the first at each lead, shape (leads,)."""
    members = first.shape[1]
    told = np.empty_like(first)
    for lead, part in enumerate(share):
        count = round(float(part) * members)
        both = np.concatenate([_quantiles(first[lead], count), _quantiles(second[lead], members - count)])
        told[lead, np.argsort(first[lead], kind="stable")] = np.sort(both)
    return told


def best_shares(tried: Iterable[tuple[Floats, Floats, Floats]], leads: int) -> Floats:
    """Shares of the first forecast that would have had the least CRPS, falling with the lead, shape (leads,).

    `tried` are past forecasts: first and second, shape (leads, members), and what came, shape (leads,), NaN where unknown.
    Without a past the first one has it all.
    """
    scores, counts = np.zeros((len(SHARES), leads)), np.zeros(leads)
    for first, second, observed in tried:
        known = np.isfinite(observed)
        counts += known
        for number, share in enumerate(SHARES):
            score = crps(pooled(first, second, np.full(leads, share)), observed)
            scores[number] += np.where(known, score, 0.0)
    if not counts.any():
        return np.ones(leads)
    means = scores / np.maximum(counts, 1.0)
    near = np.ones(min(_SMOOTHED, leads)) / min(_SMOOTHED, leads)
    width = len(near) // 2
    smooth = np.array([np.convolve(np.pad(row, (width, len(near) - 1 - width), mode="edge"), near, "valid") for row in means])
    return np.asarray(np.minimum.accumulate(SHARES[smooth.argmin(axis=0)]))


def _quantiles(members: Floats, count: int) -> Floats:
    """So many members that stand for all."""
    return np.quantile(members, (np.arange(count) + 0.5) / count) if count else members[:0]
