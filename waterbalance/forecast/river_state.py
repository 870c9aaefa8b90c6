"""What the next days of a river are told by: how it stands, in standardised anomalies z, and the rain of the last days.

    z[d - 1], z[d - 2], z[d - 3],   mean z of 5, 20 and 90 days,   r[d], r[d - 1], r[d - 2] with r = ln(1 + rain / 5 mm),
    z[d - 1], z[d - 2] and the means of 5 and 20 days x sine and cosine of the year,
    (z[d - 1] - z[d - 2]) x z[d - 1], the latter within -2 and 2

The single days carry the recession, the means what ground and snow remember. By season a river forgets at another pace, and a
high river falls at another pace than a low one: the last two lines. Rain of the day itself counts only where a forecast tells it.

Lags (2, 3, 5), spans (10, 30, 90 or 5, 20, 90, with 365, without 90), which of them go with the season, one or two waves, and
the ridge (5, 20, 50, 200) have been chosen by the mean skill on days 1 to 10 of seven rivers, all of it within the first 70 % of
each record. Source: heterogeneous autoregression, Corsi, F. (2009), doi:10.1093/jjfinec/nbp001.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from waterbalance.forecast.waves import year_waves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.horizon import Floats

LAGS: Final = 3
"""Days that act one by one. [day]"""

MEMORIES: Final = (5, 20, 90)
"""Spans whose means act. [day]"""

RAIN_DAYS: Final = 2
"""Days of rain that act: those before. [day]"""

SEASONAL_LAGS: Final = 2
SEASONAL_MEMORIES: Final = 2
"""So many of the lags and of the means act by season."""

BEND: Final = 2.0
"""Anomaly from which on a higher or lower river falls no faster or slower. [1]"""

RIDGE: Final = 50.0

_MODERATE_RAIN: Final = 5.0


def wetness_of(rain: Floats) -> Floats:
    """R = ln(1 + rain / 5 mm) of daily rain [mm]; unknown rain counts as none [1]."""
    return np.asarray(np.log1p(np.nan_to_num(np.maximum(rain, 0.0)) / _MODERATE_RAIN))


def state_columns(anomalies: Floats, days: pd.DatetimeIndex, wet: Floats, *, told: bool) -> Floats:
    """Of every day of a record, shape (days, columns), the last one a constant; NaN where too little before it is known.

    Without `told` the rain of the day itself is zero.
    """
    series, rain = pd.Series(anomalies), pd.Series(wet)
    before = series.shift(1)
    lags = [series.shift(lag) for lag in range(1, LAGS + 1)]
    memories = [before.rolling(span, min_periods=max(2, span // 2)).mean() for span in MEMORIES]
    rains = [rain if told else 0.0 * rain, *(rain.shift(back) for back in range(1, RAIN_DAYS + 1))]
    return _columns(lags, memories, rains, season_waves(days))


def state_now(past: Floats, past_wetness: Floats, day: pd.DatetimeIndex) -> Floats:
    """Of the `day` after the past, its rain not told, shape (columns,)."""
    lags = [past[-lag : len(past) - lag + 1] for lag in range(1, LAGS + 1)]
    memories = [past[-span:].mean(keepdims=True) for span in MEMORIES]
    rains = [np.zeros(1), *(past_wetness[-back : len(past_wetness) - back + 1] for back in range(1, RAIN_DAYS + 1))]
    return np.asarray(_columns(lags, memories, rains, season_waves(day))[0])


def bend_of(level: Floats, before: Floats) -> Floats:
    """The change from the day before x the level within its bounds."""
    return np.asarray((level - before) * np.clip(level, -BEND, BEND))


def spread_columns(level: Floats, before: Floats, rains: Floats) -> Floats:
    """How much may be left over, by level, change and rain of some days (rain days, ...), shape (..., columns)."""
    change = level - before
    return np.stack(np.broadcast_arrays(level, level**2, change, np.abs(change), *rains, 1.0), axis=-1)


def spread_of(columns: Floats) -> Floats:
    """The same of `state_columns`, shape (..., columns)."""
    first = LAGS + len(MEMORIES)
    rains = np.moveaxis(columns[..., first : first + 1 + RAIN_DAYS], -1, 0)
    return spread_columns(columns[..., 0], columns[..., 1], rains)


def season_waves(days: pd.DatetimeIndex) -> Floats:
    """By what the season acts, shape (days, 2)."""
    return year_waves(days, 1)


def ridge_weights(columns: Floats, targets: Floats) -> Floats:
    """Ridge regression, the constant (last column) without a penalty, shape (columns,)."""
    penalty = RIDGE * np.eye(columns.shape[1])
    penalty[-1, -1] = 0.0
    return np.asarray(np.linalg.solve(columns.T @ columns + penalty, columns.T @ targets))


def _columns(
    lags: Sequence[npt.ArrayLike], memories: Sequence[npt.ArrayLike], rains: Sequence[npt.ArrayLike], waves: Floats
) -> Floats:
    level, before = (np.asarray(lag, dtype=np.float64) for lag in lags[:2])
    seasonal = np.column_stack([*lags[:SEASONAL_LAGS], *memories[:SEASONAL_MEMORIES]])
    by_season = (seasonal[:, None, :] * waves[:, :, None]).reshape(len(waves), -1)
    return np.column_stack([*lags, *memories, *rains, by_season, bend_of(level, before), np.ones(len(waves))])
