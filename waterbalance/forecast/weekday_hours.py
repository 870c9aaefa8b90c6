"""Hours of each weekday that follow demand, at several speeds at once.

    e[d, i] = y[d, i] - s[w, i]                                     w = weekday of day d, i = hour; e at most 10 deviations
    s[w, i] += speed e[d, i]                                        this weekday moves,
    s[v, i] += speed e[d, i] + 0.2 mean(e[d])   for all v           and every weekday: the hour, and the level of the day

Hours that are unknown move nothing. A slow speed averages over months, a fast one over weeks; which is the better differs from
place to place and with the time of the year, so that all of them are told. Source of smoothing with several cycles at once:
Gould, P. G. et al. (2008), doi:10.1016/j.ejor.2007.08.024 (here every weekday is a cycle, and learns from the others).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from waterbalance.forecast.direct_ridge import WEEK, by_week

if TYPE_CHECKING:
    import numpy.typing as npt

    from waterbalance.horizon import Floats

SPEEDS: Final = (0.05, 0.1, 0.2)
"""Shares of an error that are learned. [1]"""

_LEVEL: Final = 0.2
_FIRST_WEEKS: Final = 8
_OUTLIER: Final = 10.0
_NORMAL: Final = 1.4826


def weekday_hours(values: Floats, weekdays: npt.NDArray[np.int64], leads: int) -> Floats:
    """What was told on each day of the days after it, shape (days, speeds, leads, hours), in the unit of `values`.

    `values` has the shape (days, hours), NaN where unknown; `weekdays`, 0 to 6, shape (days + leads,), may call a holiday a
    Sunday. The first eight weeks begin from their own medians and are no forecasts.
    """
    speeds = np.array(SPEEDS)[:, None]
    hours = _first_hours(values, weekdays)[None].repeat(len(SPEEDS), axis=0)
    most = _most(values)
    known = np.isfinite(values)
    told = np.empty((len(values), len(SPEEDS), leads, values.shape[1]))
    for day, weekday in enumerate(weekdays[: len(values)]):
        if known[day].any():
            error = np.clip(np.where(known[day], values[day] - hours[:, weekday], 0.0), -most, most)
            level = _LEVEL * error.sum(axis=1, keepdims=True) / known[day].sum()
            hours[:, weekday] += speeds * error
            hours += (speeds * error + level)[:, None]
        told[day] = hours[:, weekdays[day + 1 : day + 1 + leads]]
    return told


def _first_hours(values: Floats, weekdays: npt.NDArray[np.int64]) -> Floats:
    """Medians of the first weeks, shape (7, hours)."""
    first = by_week(values[: _FIRST_WEEKS * WEEK].T).T
    own = weekdays[: len(first)]
    return np.stack([np.median(first[own == weekday] if (own == weekday).any() else first, axis=0) for weekday in range(WEEK)])


def _most(values: Floats) -> float:
    """The greatest error that is believed: ten robust standard deviations; any, where most hours are as a week before."""
    change = np.abs(values[WEEK:] - values[:-WEEK])
    deviation = _NORMAL * np.nanmedian(change) / np.sqrt(2.0) if np.isfinite(change).any() else 0.0
    return float(_OUTLIER * deviation) if deviation > 0.0 else np.inf
