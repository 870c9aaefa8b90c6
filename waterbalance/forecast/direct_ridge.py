"""Departures of the days to come from those before, each lead by a regression of its own, for many series at once.

    u[t + h] = level[t] + a_h + b_h . x_h[t]                                           h = 1 ... leads
    x_h[t] = today, yesterday, the day before, mean of a week, the same weekday of the last four weeks (all from level[t]),
             level[t] = mean of four weeks

Direct, not iterated: no model need hold for every lead. Robust ridge (`huber_ridge.py`). Source of direct forecasts:
Marcellino, M., Stock, J. H., Watson, M. W. (2006), doi:10.1016/j.jeconom.2005.07.020.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from waterbalance.forecast.huber_ridge import huber_ridge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Floats

WEEK: Final = 7
LEVEL_DAYS: Final = 28
_LAGS: Final = 4
_PENALTY: Final = 10.0


def learn_ridge(departures: Floats, leads: int) -> tuple[Floats, Floats]:
    """Constants, shape (leads, series), and coefficients, shape (leads, series, columns).

    `departures` has the shape (series, days), NaN where unknown.
    """
    learned = [
        huber_ridge(columns, np.concatenate([_targets(departures, level, lead), nothing], axis=1), _PENALTY)
        for lead, (level, columns) in enumerate(_columns(departures, leads), start=1)
        for nothing in [np.full((len(departures), lead), np.nan)]
    ]
    return np.stack([constant for constant, _ in learned]), np.stack([slopes for _, slopes in learned])


def told_by_ridge(departures: Floats, constants: Floats, coefficients: Floats) -> Floats:
    """What would have been told on each day, shape (series, days, leads)."""
    told = [
        level + constant[:, None] + (columns @ slopes[..., None])[..., 0]
        for (level, columns), constant, slopes in zip(_columns(departures, len(constants)), constants, coefficients, strict=True)
    ]
    return np.stack(told, axis=-1)


def by_week(values: Floats) -> Floats:
    """Unknown days by the same weekday before (or, at the beginning, after), shape (series, days) like `values`."""
    frame = pd.DataFrame(values.T)
    weekday = np.arange(len(frame)) % WEEK
    filled = frame.groupby(weekday).ffill().groupby(weekday).bfill().fillna(frame.median()).fillna(0.0)
    return np.asarray(filled.to_numpy(dtype=np.float64).T)


def _targets(departures: Floats, level: Floats, lead: int) -> Floats:
    """What came from each day's level, shape (series, days - lead); the first weeks, without a level, are left out."""
    came = departures[:, lead:] - level[:, :-lead]
    came[:, :LEVEL_DAYS] = np.nan
    return np.asarray(came)


def _columns(departures: Floats, leads: int) -> Iterator[tuple[Floats, Floats]]:
    """For each lead the level, shape (series, days), and what it is told from, shape (series, days, columns)."""
    filled = by_week(departures)
    size = np.maximum(filled.std(axis=1), 1.0e-12)[:, None, None]
    level, week = _trailing_mean(filled, LEVEL_DAYS), _trailing_mean(filled, WEEK)
    recent = [_shifted(filled, back) - level for back in range(3)]
    for lead in range(1, leads + 1):
        first = WEEK * (-(-lead // WEEK)) - lead
        same = [_shifted(filled, first + WEEK * back) - level for back in range(_LAGS)]
        yield level, np.stack([*recent, week - level, *same, level], axis=-1) / size


def _shifted(values: Floats, back: int) -> Floats:
    """Values of so many days before; of the first day where there is none."""
    return values[:, np.maximum(np.arange(values.shape[1]) - back, 0)]


def _trailing_mean(values: Floats, days: int) -> Floats:
    """Means of the last days, of fewer at the beginning."""
    sums = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    begin = np.maximum(np.arange(1, values.shape[1] + 1) - days, 0)
    end = np.arange(1, values.shape[1] + 1)
    return np.asarray((sums[:, end] - sums[:, begin]) / (end - begin))
