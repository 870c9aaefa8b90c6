"""Paths of standardised anomalies: an autoregression over days, weeks and seasons, with residuals and rain as they came.

    z[d] = state[d] . weights + e[d]

The state (`river_state.py`) is that of the path itself, day after day. Of rain, the days before count, and the day itself only
where a forecast of rain tells it (weights of its own): else what it brings stands in the residual, and the lags keep what they
know of rain that lasts. Residuals e and rain of the days to come are drawn together from the record, in blocks of some days
of the same season, so that storms keep their shape and their relation; on the first five days residuals go by how the river
stands (`residual_states.py`). A path goes no more than half a standard deviation beyond what the record knows.

Blocks (3, 5, 10 days), window (30, 45, 60 days) and the use of rain have been chosen on the first 70 % of seven rivers.

Source: seasonal block bootstrap, Kuensch, H. R. (1989), doi:10.1214/aos/1176347265.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from waterbalance.forecast.past_days import PastDays
from waterbalance.forecast.residual_states import NEAR, ResidualStates, residual_states
from waterbalance.forecast.river_state import (
    LAGS,
    MEMORIES,
    RAIN_DAYS,
    SEASONAL_LAGS,
    SEASONAL_MEMORIES,
    bend_of,
    ridge_weights,
    season_waves,
    spread_columns,
    spread_of,
    state_columns,
)

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.horizon import Floats

BLOCK: Final = 5
"""Days that are drawn together. [day]"""

_BEYOND: Final = 0.5


@dataclass(frozen=True)
class Regression:
    """How a day follows from those before."""

    lags: Floats
    memories: Floats
    rain: Floats
    """Weights of rain, from that of the day itself (0 where it is not told) back."""

    seasonal: Floats
    """What sine and cosine of the year add to the weights of the first lags and memories, shape (2, lags + memories)."""

    bend: float
    constant: float
    residuals: Floats
    """Of every day of the record, NaN where unknown. [1]"""

    states: ResidualStates
    """The same by how the river stood."""

    def in_season(self, waves: Floats) -> tuple[Floats, Floats]:
        """Weights of lags and memories on a day with these sine and cosine, shape (2,)."""
        added = waves @ self.seasonal
        lags, memories = self.lags.copy(), self.memories.copy()
        lags[:SEASONAL_LAGS] += added[:SEASONAL_LAGS]
        memories[:SEASONAL_MEMORIES] += added[SEASONAL_LAGS:]
        return lags, memories


@dataclass(frozen=True)
class AnomalyModel:
    """What was learned."""

    untold: Regression
    """Where nobody tells the rain of the days to come."""

    told: Regression
    """Where a forecast of rain tells it."""

    wetness: Floats
    """r of every day of the record; zeros where rain is not used."""

    blocks: PastDays
    """First days of the blocks that are known as a whole."""

    range: tuple[float, float]
    """Between which anomalies paths stay. [1]"""

    def paths(
        self, past: Floats, past_wetness: Floats, days: pd.DatetimeIndex, wetness: Floats | None, members: int, seed: int
    ) -> Floats:
        """Anomalies of `days`, shape (days, members).

        `past` are the known anomalies up to the day before, 90 or more, `past_wetness` their r, shape (days,) or
        (days, members); `wetness`, shape (days, members), is r of the days where a forecast of rain tells it. The same seed
        draws the same days of the past for every river.
        """
        model = self.untold if wetness is None else self.told
        start = max(MEMORIES)
        path = np.empty((start + len(days), members))
        path[:start] = _by_member(past[-start:])
        sums = np.zeros((start + len(days) + 1, members))
        sums[1 : start + 1] = path[:start].cumsum(axis=0)
        drawn = self._drawn(days, members, seed)
        wet = np.empty((RAIN_DAYS + len(days), members))
        wet[:RAIN_DAYS] = _by_member(past_wetness[-RAIN_DAYS:])
        wet[RAIN_DAYS:] = self.wetness[drawn] if wetness is None else wetness
        for day, waves in enumerate(season_waves(days)):
            now = start + day
            lags, memories = model.in_season(waves)
            left = model.residuals[drawn[day]]
            if day < NEAR:
                rains = wet[day + RAIN_DAYS : day - 1 if day else None : -1]
                left = model.states.lent(spread_columns(path[now - 1], path[now - 2], rains), drawn[day])
            value = model.constant + left + model.bend * bend_of(path[now - 1], path[now - 2])
            for lag, weight in enumerate(lags, start=1):
                value = value + weight * path[now - lag]
            for span, weight in zip(MEMORIES, memories, strict=True):
                value = value + weight / span * (sums[now] - sums[now - span])
            for back, weight in enumerate(model.rain):
                value = value + weight * wet[RAIN_DAYS + day - back]
            path[now] = np.clip(value, *self.range)
            sums[now + 1] = sums[now] + path[now]
        return path[start:]

    def _drawn(self, days: pd.DatetimeIndex, members: int, seed: int) -> npt.NDArray[np.intp]:
        """Days of the record that lend their residuals and rain, shape (days, members)."""
        drawn = np.empty((len(days), members), dtype=np.intp)
        for first in range(0, len(days), BLOCK):
            length = min(BLOCK, len(days) - first)
            drawn[first : first + length] = self.blocks.draw(days[first], members, [seed, first]) + np.arange(length)[:, None]
        return drawn


def fit_anomaly_model(anomalies: Floats, days: pd.DatetimeIndex, wet: Floats) -> AnomalyModel | None:
    """Learn from daily anomalies with gaps (NaN) and r; None where no block of days is known as a whole."""
    told = state_columns(anomalies, days, wet, told=True)
    known = np.isfinite(told).all(axis=1) & np.isfinite(anomalies)
    whole = np.zeros(len(days), dtype=bool)
    whole[: len(days) - BLOCK + 1] = np.convolve(known, np.ones(BLOCK), mode="valid") > BLOCK - 0.5
    if not whole.any():
        return None
    untold = state_columns(anomalies, days, wet, told=False)
    reach = (float(np.nanmin(anomalies)) - _BEYOND, float(np.nanmax(anomalies)) + _BEYOND)
    without, with_rain = (_regression(anomalies, columns, known) for columns in (untold, told))
    return AnomalyModel(without, with_rain, wet, PastDays.among(days, whole), reach)


def _regression(anomalies: Floats, columns: Floats, known: npt.NDArray[np.bool_]) -> Regression:
    weights = ridge_weights(columns[known], anomalies[known])
    residuals = np.full(len(anomalies), np.nan)
    residuals[known] = anomalies[known] - columns[known] @ weights
    ends = np.cumsum([LAGS, len(MEMORIES), 1 + RAIN_DAYS])
    lags, memories, rain, others = np.split(weights, ends)
    seasonal = others[:-2].reshape(2, SEASONAL_LAGS + SEASONAL_MEMORIES)
    states = residual_states(residuals, spread_of(columns))
    return Regression(lags, memories, rain, seasonal, float(others[-2]), float(others[-1]), residuals, states)


def _by_member(values: Floats) -> Floats:
    """The same for all members where it is not told for each."""
    return values[:, None] if values.ndim == 1 else values
