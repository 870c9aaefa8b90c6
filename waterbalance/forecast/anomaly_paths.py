"""Paths of standardised anomalies: an autoregression over days, weeks and seasons, with residuals and rain as they came.

    z[d] = sum_i lag_i z[d - i] + sum_w memory_w mean(z[d - w] ... z[d - 1]) + sum_j rain_j r[d - j] + constant + e[d]
    r = ln(1 + rain / 5 mm)

Lags carry the recession, the means what ground and snow remember. Of rain, the days before count, and the day itself only
where a forecast of rain tells it (coefficients of its own): else what it brings stands in the residual, and the lags keep
what they know of rain that lasts. Residuals e and rain r of the days to come are drawn together from the record, in blocks of
some days of the same season, so that storms keep their shape and their relation. Coefficients by ridge regression.

Lags (2, 3, 5), spans, blocks (3, 5, 10 days), window (30, 45 days) and the use of rain have been chosen on the first 70 % of
seven rivers; coefficients by season, residuals by state and k-NN blocks were tried there and won nothing.

Sources: heterogeneous autoregression, Corsi, F. (2009), doi:10.1093/jjfinec/nbp001; seasonal block bootstrap, Kuensch, H. R.
(1989), doi:10.1214/aos/1176347265.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from waterbalance.forecast.day_of_year import same_date

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

LAGS: Final = 3
"""Days that act one by one. [day]"""

MEMORIES: Final = (10, 30, 90)
"""Spans whose means act. [day]"""

RAIN_DAYS: Final = 2
"""Days of rain that act: those before. [day]"""

BLOCK: Final = 5
"""Days that are drawn together. [day]"""

HALF_WINDOW: Final = 45
"""Blocks come from days of the year at most so far away. [day]"""

_RIDGE: Final = 5.0
_MODERATE_RAIN: Final = 5.0


@dataclass(frozen=True)
class Regression:
    """How a day follows from those before."""

    lags: Floats
    memories: Floats
    rain: Floats
    """Coefficients of rain, from that of the day itself (0 where it is not told) back."""

    constant: float
    residuals: Floats
    """Of every day of the record, NaN where unknown. [1]"""


@dataclass(frozen=True)
class AnomalyModel:
    """What was learned."""

    untold: Regression
    """Where nobody tells the rain of the days to come."""

    told: Regression
    """Where a forecast of rain tells it."""

    wetness: Floats
    """r of every day of the record; zeros where rain is not used."""

    start: np.datetime64
    """First day of the record."""

    nearest: npt.NDArray[np.intp]
    """For every day of the record the first day of the nearest block that is known as a whole."""

    known: npt.NDArray[np.int64]
    """Before every day (and after the last one) so many blocks that are known as a whole have begun."""

    def paths(
        self, past: Floats, past_wetness: Floats, days: pd.DatetimeIndex, wetness: Floats | None, members: int, seed: int
    ) -> Floats:
        """Anomalies of `days`, shape (days, members).

        `past` are the anomalies up to the day before, `past_wetness` their r; `wetness`, shape (days, members), is r of the
        days where a forecast of rain tells it. The same seed draws the same days of the past for every river.
        """
        model = self.untold if wetness is None else self.told
        start = max(MEMORIES)
        path = np.empty((start + len(days), members))
        path[:start] = _last(past, start)[:, None]
        sums = np.zeros((start + len(days) + 1, members))
        sums[1 : start + 1] = path[:start].cumsum(axis=0)
        drawn = self._drawn(days, members, seed)
        wet = np.empty((RAIN_DAYS + len(days), members))
        wet[:RAIN_DAYS] = _last(past_wetness, RAIN_DAYS)[:, None]
        wet[RAIN_DAYS:] = self.wetness[drawn] if wetness is None else wetness
        for day in range(len(days)):
            now = start + day
            value = model.constant + model.residuals[drawn[day]]
            for lag, weight in enumerate(model.lags, start=1):
                value = value + weight * path[now - lag]
            for span, weight in zip(MEMORIES, model.memories, strict=True):
                value = value + weight / span * (sums[now] - sums[now - span])
            for back, weight in enumerate(model.rain):
                value = value + weight * wet[RAIN_DAYS + day - back]
            path[now] = value
            sums[now + 1] = sums[now] + value
        return path[start:]

    def _drawn(self, days: pd.DatetimeIndex, members: int, seed: int) -> npt.NDArray[np.intp]:
        """Days of the record that lend their residuals and rain, shape (days, members).

        A member's block is drawn by how many years it lies back and how many days from the date: each year has a random key,
        and the largest among the years that the record knows wins. So records of other lengths, or with gaps, draw the same
        days wherever they can.
        """
        last = len(self.nearest) - 1
        drawn = np.empty((len(days), members), dtype=np.intp)
        for first in range(0, len(days), BLOCK):
            generator = np.random.default_rng([seed, first])
            shift = generator.integers(-HALF_WINDOW, HALF_WINDOW, members, endpoint=True)
            same_dates = self._same_dates(days[first])
            keys = generator.random((len(same_dates), members))
            keys[~self._knows(same_dates)] -= 1.0
            day = np.clip(same_dates[keys.argmax(axis=0)] + shift, 0, last)
            length = min(BLOCK, len(days) - first)
            drawn[first : first + length] = self.nearest[day] + np.arange(length)[:, None]
        return drawn

    def _same_dates(self, day: pd.Timestamp) -> npt.NDArray[np.int64]:
        """Places of the date one, two ... years before, as far back as the record goes, and one more, shape (years,)."""
        backs = np.arange(1, max(2, day.year - self.start.astype(object).year + 1))
        return np.asarray((same_date(day, backs) - self.start).astype(np.int64))

    def _knows(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Around which places the record knows at least half of the blocks, shape (places,)."""
        last = len(self.known) - 1
        before, after = (np.clip(places + side, 0, last) for side in (-HALF_WINDOW, HALF_WINDOW + 1))
        return np.asarray(self.known[after] - self.known[before] > HALF_WINDOW)


def fit_anomaly_model(anomalies: Floats, days: pd.DatetimeIndex, rain: Floats | None) -> AnomalyModel | None:
    """Learn from daily anomalies and rain [mm] with gaps (NaN); None where no block of days is known as a whole."""
    wet = np.zeros(len(days)) if rain is None else wetness_of(rain)
    known = np.isfinite(_columns(anomalies, wet, told=True)).all(axis=1) & np.isfinite(anomalies)
    whole = np.convolve(known, np.ones(BLOCK), mode="valid") > BLOCK - 0.5
    if not whole.any():
        return None
    untold, told = (_regression(anomalies, _columns(anomalies, wet, told=each), known) for each in (False, True))
    blocks = np.flatnonzero(whole).astype(np.intp)
    halfway = np.searchsorted((blocks[1:] + blocks[:-1]) / 2.0, np.arange(len(days)))
    begun = np.zeros(len(days) + 1, dtype=np.int64)
    begun[blocks + 1] = 1
    return AnomalyModel(untold, told, wet, np.datetime64(days[0], "D"), blocks[halfway], begun.cumsum())


def wetness_of(rain: Floats) -> Floats:
    """R = ln(1 + rain / 5 mm) of daily rain [mm]; unknown rain counts as none [1]."""
    return np.asarray(np.log1p(np.nan_to_num(np.maximum(rain, 0.0)) / _MODERATE_RAIN))


def _regression(anomalies: Floats, columns: Floats, known: npt.NDArray[np.bool_]) -> Regression:
    chosen = columns[known]
    penalty = _RIDGE * np.eye(columns.shape[1])
    penalty[-1, -1] = 0.0
    weights = np.linalg.solve(chosen.T @ chosen + penalty, chosen.T @ anomalies[known])
    residuals = np.full(len(anomalies), np.nan)
    residuals[known] = anomalies[known] - chosen @ weights
    lags, memories, rain = np.split(weights[:-1], [LAGS, LAGS + len(MEMORIES)])
    return Regression(lags, memories, rain, float(weights[-1]), residuals)


def _columns(anomalies: Floats, wet: Floats, *, told: bool) -> Floats:
    """Lags, memories, rain and a constant of every day, shape (days, columns)."""
    series, rain = pd.Series(anomalies), pd.Series(wet)
    before = series.shift(1)
    columns = [series.shift(lag) for lag in range(1, LAGS + 1)]
    columns += [before.rolling(span, min_periods=max(2, span // 2)).mean() for span in MEMORIES]
    columns += [rain if told else 0.0 * rain, *(rain.shift(back) for back in range(1, RAIN_DAYS + 1))]
    return np.column_stack([*columns, np.ones(len(series))])


def _last(values: Floats, count: int) -> Floats:
    """The last values with gaps carried forward; zeros (the mean) before the record begins, shape (count,)."""
    known = pd.Series(values[-count:]).ffill().fillna(0.0).to_numpy(dtype=np.float64)
    return np.concatenate([np.zeros(count - len(known)), known])
