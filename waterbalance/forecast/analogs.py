"""Analogs: past days on which the river stood as it does today, and what came then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.exogenous import refuse_weather
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.flow_anomalies import FlowSeason, flow_season
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.inflow import flow_and_rain
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.river_state import wetness_of
from waterbalance.forecast.seasonal_naive import days_ahead

if TYPE_CHECKING:
    import numpy.typing as npt

    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.forecast.history import History
    from waterbalance.horizon import Floats, Horizon

_LEAP: Final = 366
_CHANGE: Final = 3
_MONTH: Final = 30


@dataclass
class Analogs:
    """The k days of the season whose state is nearest to today's, and the paths that followed them.

    state = (z, z - z 3 days before, mean z of 30 days, r)        each over its standard deviation
    path[lead] = z[analog + lead] + memory ^ lead (z[today] - z[analog])

    z are standardised anomalies of the flow (`flow_anomalies.py`), r is ln(1 + rain / 5 mm) of the last two days, with `rain`.
    The gap between today and the analog closes as the river forgets: `memory` is the correlation of z from day to day. Paths
    are whole stretches of the record, and dry where these were; with fewer analogs than members each is dealt equally often.
    Where the horizon is longer than what followed an analog, that day is none.

    Source: Lall, U., Sharma, A. (1996), doi:10.1029/95WR02966; k = sqrt(days of the season in the record), as there. Use it
    beside `RiverInflow`, which is better at most leads: it knows nothing but what has been.
    """

    rain: bool = False
    """Whether rain is learned from: the history is a frame with the columns `y` and `rain` [mm/day]."""

    half_window: int = 45
    """Days before and after the date that count as the same season. [day]"""

    lowest: float | None = 0.0
    """Smallest value allowed in the history; None for no limit, and negative values then count as a dry river."""

    history_: History | None = field(default=None, init=False, repr=False)
    rain_: Floats | None = field(default=None, init=False, repr=False)
    season_: FlowSeason | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily flows, a rate per [day].

        Raises `InputError` when the history is faulty, holds less than a year of values, or lacks the column `rain`.
        """
        self.history_, self.rain_ = flow_and_rain(history, rain=self.rain, lowest=self.lowest)
        values = self.history_.values
        self.season_ = flow_season(values.to_numpy(dtype=np.float64), pd.DatetimeIndex(values.index))
        return self

    def follow(self, history: Past) -> Self:
        """Go on from the last days of `history`; what is learned of the season stays."""
        fitted(self.season_, self)
        self.history_, self.rain_ = flow_and_rain(history, rain=self.rain, lowest=self.lowest)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Volumes over the steps, shape (steps, members) [m3 per step].

        Raises `InputError` when the horizon begins before the history ends, or no past day has known days after it.
        """
        refuse_weather(weather, self)
        history, season = fitted(self.history_, self), fitted(self.season_, self)
        known = pd.DatetimeIndex(history.values.index)
        days = asked_days(horizon, members, seed)
        leads = days_ahead(known[-1], days).astype(np.int64)
        record = history.values.to_numpy(dtype=np.float64)
        anomalies = _without_gaps(season.anomalies(record, known))
        analogs = self._nearest(anomalies, known, int(leads[-1]))
        gap = anomalies[-1] - anomalies[analogs]
        after = analogs[None, :] + leads[:, None]
        paths = anomalies[after] + _memory(anomalies) ** leads[:, None] * gap[None, :]
        flows = np.where(record[after] <= 0.0, 0.0, season.flows(paths, days))[:, deal(len(analogs), members, seed)]
        label = f"{len(analogs)} analogs {history.years}"
        return Forecast(over_steps(flows, horizon), label, history.missing, history.notes)

    def _nearest(self, anomalies: Floats, days: pd.DatetimeIndex, longest: int) -> npt.NDArray[np.intp]:
        """Places of the days whose state is nearest to that of the last day, with `longest` days after them."""
        state = self._state(anomalies)
        apart = np.abs((days.day_of_year.to_numpy() - days[-1].day_of_year + _LEAP // 2) % _LEAP - _LEAP // 2)
        whole = np.arange(len(days)) < len(days) - longest
        candidates = np.flatnonzero((apart <= self.half_window) & whole)
        candidates = candidates if candidates.size else np.flatnonzero(whole)
        if not candidates.size:
            finding = Finding("the horizon is longer than the history", found=f"{longest} days", allowed=f"{len(days) - 1} days")
            raise InputError("analogs", (finding,))
        spread = np.maximum(state.std(axis=0), 1e-9)
        distance = (((state[candidates] - state[-1]) / spread) ** 2).sum(axis=1)
        count = max(1, round(float(np.sqrt(candidates.size))))
        return np.asarray(candidates[np.argsort(distance, kind="stable")[:count]])

    def _state(self, anomalies: Floats) -> Floats:
        """What days are compared by, shape (days, features)."""
        series = pd.Series(anomalies)
        columns = [series, series - series.shift(_CHANGE), series.rolling(_MONTH, min_periods=1).mean()]
        if self.rain_ is not None:
            columns.append(pd.Series(wetness_of(self.rain_)).rolling(2, min_periods=1).mean())
        return np.asarray(np.nan_to_num(np.column_stack(columns)), dtype=np.float64)


def _without_gaps(anomalies: Floats) -> Floats:
    """Anomalies with gaps bridged by straight lines; zero (the season's mean) where nothing is known."""
    return np.asarray(pd.Series(anomalies).interpolate(limit_direction="both").fillna(0.0), dtype=np.float64)


def _memory(anomalies: Floats) -> float:
    """Correlation from day to day, from 0 to 1; 0 where nothing changes."""
    before, after = anomalies[:-1] - anomalies.mean(), anomalies[1:] - anomalies.mean()
    varied = float((before**2).sum())
    return float(np.clip((before * after).sum() / varied, 0.0, 1.0)) if varied > 0.0 else 0.0
