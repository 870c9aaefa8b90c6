"""Turbidity of a river after heavy rain, and how likely it is to stop an intake."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.day_of_year import stretches
from waterbalance.forecast.exogenous import split
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import checked_history
from waterbalance.forecast.inflow import RAIN, checked_rain, told_rain
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.screening import screened
from waterbalance.forecast.seasonal_naive import days_ahead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.forecast.history import History
    from waterbalance.horizon import Floats, Horizon

UNTOLD_RAIN: Final = "nobody tells the rain of the days to come: it is that of past years around these dates"

_SHORTEST: Final = 60
_MEMORIES: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_HALF_WINDOW: Final = 7
_TINY: Final = 0.1
_SCALE: Final = 10.0


@dataclass(frozen=True)
class TurbidityResponse:
    """How a river clouds after rain.

    w[d] = rain[d] + memory w[d - 1]
    ln(turbidity[d]) = ln(clear) + exponent ln(1 + w[d] / 10 mm) + n[d],       n[d] = persistence n[d - 1] + noise
    """

    clear: float
    """Turbidity after long dry weather. [NTU]"""

    exponent: float
    """How steeply it rises with the rain of the last days. [1]"""

    memory: float
    """Share of the rain that still acts a day later. [1]"""

    deviation: float
    """Standard deviation of ln(turbidity) around the curve. [1]"""

    persistence: float
    """Correlation of that from day to day. [1]"""

    def typical(self, wetness: Floats) -> Floats:
        """Median turbidity at so much rain of the last days, w [mm]; same shape. [NTU]."""
        return np.asarray(self.clear * (1.0 + wetness / _SCALE) ** self.exponent)


@dataclass
class TurbidityAfterRain:
    """Members of turbidity by the rain of the last days and of those to come, see `TurbidityResponse`.

    The history is a frame with `y` [NTU], which may be unknown on any day, and `rain` [mm/day]. Rain of the days to come is
    told by `weather=` frames with the column `rain`, else it is what came on these dates in past years. The response is
    learned by least squares (the memory by trial) from at least 60 days with turbidity; where there are none it must be
    declared, and the label then says `assumed`. A step of several days is told by its mean.

    `exceedance` turns members into the probability that an intake is limited. Sources: the power law of sediment in rain and
    flow, Asselman, N. E. M. (2000), doi:10.1016/S0022-1694(00)00253-5; rain with a memory, Kohler, M. A., Linsley, R. K. (1951),
    Predicting the runoff from storm rainfall, Weather Bureau Research Paper 34. Landslides and the flushing of reservoirs are
    not in it.
    """

    response: TurbidityResponse | None = None
    """Declared where there is no series to learn from; None to learn it."""

    history_: History | None = field(default=None, init=False, repr=False)
    rain_: History | None = field(default=None, init=False, repr=False)
    response_: TurbidityResponse | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily turbidity and rain.

        Raises `InputError` when the history is faulty, lacks a column, or knows turbidity on less than 60 days and no
        response is declared.
        """
        target, frame = split(history, (RAIN,))
        self.history_ = screened(checked_history(target, shortest=0 if self.response is not None else _SHORTEST))
        self.rain_ = checked_rain(frame[RAIN])
        values, rain = self._past()
        self.response_ = self.response or _learned(values, rain)
        return self

    def follow(self, history: Past) -> Self:
        """Go on from the last days of `history`; the response stays."""
        fitted(self.response_, self)
        target, frame = split(history, (RAIN,))
        self.history_, self.rain_ = screened(checked_history(target, shortest=0)), checked_rain(frame[RAIN])
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Turbidity, mean over each step, shape (steps, members) [NTU].

        Raises `InputError` when the horizon begins before the history ends, or `weather` has other columns than `rain`.
        """
        response, history, rain = fitted(self.response_, self), fitted(self.history_, self), fitted(self.rain_, self)
        days = asked_days(horizon, members, seed)
        ahead = days_ahead(rain.values.index[-1], days)
        all_days = pd.date_range(days[-1] - pd.Timedelta(days=int(ahead[-1]) - 1), days[-1])
        values, wetness = self._past(response.memory)
        coming = _rain_ahead(weather, rain.values, all_days, members, seed)
        wet = _remembered(coming, response.memory, np.full(members, wetness[-1]))
        turbidity = response.typical(wet) * np.exp(_noise(response, values, wetness, len(all_days), members, seed))
        label = f"rain {rain.years} and {'an assumed' if self.response is not None else 'its learned'} response"
        notes = (*history.notes, UNTOLD_RAIN) if weather is None else history.notes
        return Forecast(over_steps(turbidity[-len(days) :], horizon, "level"), label, history.missing, notes)

    def _past(self, memory: float = 0.0) -> tuple[Floats, Floats]:
        """Known turbidity and w on the days of the rain's record, shape (days,) each."""
        rain = fitted(self.rain_, self).values
        values = fitted(self.history_, self).values.reindex(rain.index).to_numpy(dtype=np.float64)
        return values, _wetness(rain.to_numpy(dtype=np.float64), memory)


def exceedance(turbidity: Floats, limits: Sequence[float]) -> Floats:
    """Probability that members of turbidity, shape (steps, members), lie above each limit, shape (steps, limits). [1]."""
    return np.asarray((turbidity[:, :, None] > np.asarray(limits)).mean(axis=1))


def _wetness(rain: Floats, memory: float) -> Floats:
    """W of every day; unknown rain counts as none [mm]."""
    return _remembered(np.nan_to_num(np.maximum(rain, 0.0))[:, None], memory, np.zeros(1))[:, 0]


def _learned(values: Floats, rain: Floats) -> TurbidityResponse:
    """The response with the least squares, by trial of the memory."""
    known = np.isfinite(values)
    logarithms = np.log(np.maximum(values, _TINY))
    fits = []
    for memory in _MEMORIES:
        columns = np.column_stack([np.ones(len(rain)), np.log1p(_wetness(rain, memory) / _SCALE)])
        weights = np.linalg.lstsq(columns[known], logarithms[known], rcond=None)[0]
        left = np.where(known, logarithms - columns @ weights, np.nan)
        fits.append((float(np.nanmean(left**2)), memory, weights, left))
    squares, memory, weights, left = min(fits, key=lambda fit: fit[0])
    pairs = np.isfinite(left[1:] + left[:-1])
    variance = float((left[:-1][pairs] ** 2).sum())
    persistence = float(np.clip((left[1:][pairs] * left[:-1][pairs]).sum() / variance, 0.0, 0.99)) if variance > 0.0 else 0.0
    return TurbidityResponse(float(np.exp(weights[0])), max(float(weights[1]), 0.0), memory, float(np.sqrt(squares)), persistence)


def _noise(response: TurbidityResponse, values: Floats, wetness: Floats, count: int, members: int, seed: int) -> Floats:
    """N of the days to come, from what the last known day left over, shape (days, members)."""
    known = np.flatnonzero(np.isfinite(values))
    start, age = 0.0, np.inf
    if known.size:
        last, age = known[-1], float(len(values) - 1 - known[-1])
        start = float(np.log(max(values[last], _TINY)) - np.log(response.typical(wetness[last : last + 1])[0]))
    kept = response.persistence ** np.minimum(age, 1e6)
    generator = np.random.default_rng(seed)
    before = start * kept + response.deviation * np.sqrt(1.0 - kept**2) * generator.standard_normal(members)
    noise = response.deviation * np.sqrt(1.0 - response.persistence**2) * generator.standard_normal((count, members))
    return _remembered(noise, response.persistence, before)


def _remembered(added: Floats, kept: float, before: Floats) -> Floats:
    """y[t] = kept y[t-1] + added[t] from the y before, shape (days, members)."""
    from scipy.signal import lfilter  # noqa: PLC0415 (heavy: only where turbidity is forecast)

    return np.asarray(lfilter([1.0], [1.0, -kept], added, axis=0, zi=kept * before[None, :])[0])


def _rain_ahead(
    weather: Weather, past: pd.Series, days: pd.DatetimeIndex, members: int, seed: int
) -> Floats:  # fmt: skip
    """Rain of the days after the record, told or as in past years, shape (days, members) [mm]."""
    if weather is not None:
        return told_rain(weather, days, members, seed)
    found = stretches(past, days, _HALF_WINDOW)
    found = found[:, np.isfinite(found).all(axis=0)]
    if not found.shape[1]:
        remedy = "Give a longer record of rain, or tell the rain of the days to come."
        raise InputError("turbidity", (Finding("no past year knows the rain of these dates", remedy=remedy),))
    return found[:, deal(found.shape[1], members, seed)]
