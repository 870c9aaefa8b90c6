"""Members of two forecasts in one: each lead takes the more from the one that has proved better there.

    pooled(lead) = share(lead) x n members of the first + (1 - share(lead)) x n members of the second

The CRPS of a mixture is a parabola in its share w: with X of the first, Y of the second and what came, o,

    crps(w) = w E|X - o| + (1 - w) E|Y - o| - (w^2 E|X - X'| + 2 w (1 - w) E|X - Y| + (1 - w)^2 E|Y - Y'|) / 2

so that the best share of many past forecasts follows from five means. What either would have gained by chance it does not get:
with g the gain per share from the second forecast on, -crps'(0), h that from the first one on, crps'(1) = crps'' - g, and s their
standard errors,

    share     = g / crps'' x max(0, 1 - (s / g)^2)     within 0 and 1, where the first must show that it is the better one
    1 - share = h / crps'' x max(0, 1 - (s / h)^2)     within 0 and 1, at near leads, where the second must

Near leads are the first one's own: a few floods of the past, which climatology tells with its widest years, else speak for it on
days that the river tells well. That won 1.7 % of the CRPS on day 1 within the first 70 % of seven rivers (two folds each).

A mixture Z of two forecasts that are right is too wide, by

    r = E|Z - Z'| / (w E|X - X'| + (1 - w) E|Y - Y'|)

so its members are taken not at even levels of probability but at those of a Beta(r, r) distribution, nearer to the middle. They
take the order of some paths from lead to lead, so that paths stay paths (a template of ranks). To learn how much narrower (by
CRPS or by what intervals held, for a river or for each lead) and to average quantiles in the place of mixing were worse within
the first 70 % of seven rivers.

Sources: Gneiting, T., Raftery, A. E. (2007), doi:10.1198/016214506000001437, eq. 21; Breiman, L. (1995),
doi:10.1080/00401706.1995.10484371 (the non-negative garrote); Schefzik, R., Thorarinsdottir, T. L., Gneiting, T. (2013),
doi:10.1214/13-STS443; Gneiting, T., Ranjan, R. (2013), doi:10.1214/13-EJS823 (the beta-transformed pool).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import betaincinv

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

_SMOOTHED: Final = 3
"""So many leads before and after one are averaged with it before a share is chosen; the first ones have fewer on both sides."""

_STRETCHES: Final = 15
"""Stretches of time by which chance is told."""

_TINY: Final = 1e-12

_WIDEST: Final = 2.5
"""Most that a mixture counts as wider than its parts: two that are sure of other things."""


def pooled(order: Floats, first: Floats, second: Floats, share: Floats) -> Floats:
    """Members of both in the order of others, shape (leads, members) like `order`; `share` of the first at each lead.

    `first` and `second`, shape (leads, any number): with more than are told, less is left to chance.
    """
    leads, members = order.shape
    size = first.shape[1]
    ordered, others = np.sort(first, axis=1), np.sort(second, axis=1)
    both = np.empty_like(ordered)
    for lead, part in enumerate(share):
        count = round(float(part) * size)
        parts = [_quantiles(ordered[lead], _even(count)), _quantiles(others[lead], _even(size - count))]
        both[lead] = np.sort(np.concatenate(parts))
    apart = share * _within(ordered) + (1.0 - share) * _within(others)
    wider = np.clip(_within(both) / np.maximum(apart, _TINY), 1.0, _WIDEST)[:, None]
    levels = betaincinv(wider, wider, _even(members))
    told = np.empty_like(order)
    ranks = np.argsort(order, axis=1, kind="stable")
    for lead in range(leads):
        told[lead, ranks[lead]] = _quantiles(both[lead], levels[lead])
    return told


def best_shares(first: Floats, second: Floats, observed: Floats, near: int = 0) -> Floats:
    """Shares of the first forecast that would have had the least CRPS, as far as they are sure, shape (leads,).

    They fall with the lead. `first` and `second` are past forecasts, shape (origins, leads, members), in the order of time;
    `observed`, shape (origins, leads), is what came, NaN where unknown. On the first `near` leads the second must be surely
    better to have a share, on the others the first. Without a past the first one has it all.
    """
    known = np.isfinite(observed)
    if not known.any():
        return np.ones(observed.shape[1])
    between, within, others = _between(first, second), _within(first), _within(second)
    to_first = np.abs(first - observed[:, :, None]).mean(axis=2)
    to_second = np.abs(second - observed[:, :, None]).mean(axis=2)
    gains = to_second - to_first + between - others
    bends = 2.0 * between - within - others
    bend = np.maximum(_smooth_mean(bends, known), _TINY)
    share = np.clip(_sure(gains, known) / bend, 0.0, 1.0)
    share[:near] = 1.0 - np.clip(_sure(bends - gains, known) / bend, 0.0, 1.0)[:near]
    return np.asarray(np.minimum.accumulate(share))


def _sure(gains: Floats, known: Floats) -> Floats:
    """Mean gains, zero where they are none, and as much smaller as chance may have made them, shape (leads,)."""
    gain = np.maximum(_smooth_mean(gains, known), _TINY)
    return np.asarray(gain * np.maximum(1.0 - (standard_error(gains, known) / gain) ** 2, 0.0))


def standard_error(terms: Floats, known: Floats) -> Floats:
    """Standard error of the smoothed means, from those of fifteen stretches of time, shape (leads,).

    Neighbouring origins tell nearly the same; stretches of time hardly. Zero where there are less than two.
    """
    stretches = [part for part in np.array_split(np.arange(len(terms)), _STRETCHES) if known[part].any()]
    if len(stretches) < 2:
        return np.zeros(terms.shape[1])
    means = np.stack([_smooth_mean(terms[part], known[part]) for part in stretches])
    return np.asarray(means.std(axis=0, ddof=1) / np.sqrt(len(stretches)))


def _within(members: Floats) -> Floats:
    """Mean |X - X'| over all pairs of the last axis."""
    size = members.shape[-1]
    weights = 2.0 * np.arange(1, size + 1) - size - 1.0
    return np.asarray(2.0 * (np.sort(members, axis=-1) @ weights) / size**2)


def _between(first: Floats, second: Floats) -> Floats:
    """Mean |X - Y| over all pairs of the last axis: what the pairs of both together leave over."""
    one, two = first.shape[-1], second.shape[-1]
    together = _within(np.concatenate([first, second], axis=-1)) * (one + two) ** 2
    return np.asarray((together - _within(first) * one**2 - _within(second) * two**2) / (2.0 * one * two))


def _smooth_mean(terms: Floats, known: Floats) -> Floats:
    """Mean over the origins, averaged over neighbouring leads, shape (leads,)."""
    means = np.where(known, terms, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    leads = np.arange(len(means))
    reach = np.minimum(leads, _SMOOTHED)
    first, end = leads - reach, np.minimum(leads + reach + 1, len(means))
    sums = np.concatenate([[0.0], means.cumsum()])
    return np.asarray((sums[end] - sums[first]) / (end - first))


def _even(count: int) -> Floats:
    """Levels of so many members that are equally likely (Hazen's places)."""
    return np.asarray((np.arange(count) + 0.5) / max(count, 1))


def _quantiles(ordered: Floats, levels: Floats) -> Floats:
    """Members at levels from 0 to 1; all of them as they are at as many even levels."""
    return np.interp(levels * len(ordered) - 0.5, np.arange(len(ordered)), ordered)
