"""Inflow of a river: it keeps what it has, forgets over days, weeks and seasons, and past weather comes again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.anomaly_paths import AnomalyModel, fit_anomaly_model, wetness_of
from waterbalance.forecast.daily_steps import days_of, over_steps
from waterbalance.forecast.day_of_year import stretches
from waterbalance.forecast.exogenous import refuse_weather, split, weather_members
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import History, checked_history
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.pool import best_shares, pooled
from waterbalance.forecast.screening import screened
from waterbalance.forecast.seasonal_log import SeasonalLog, seasonal_log
from waterbalance.forecast.seasonal_naive import days_ahead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.horizon import Floats, Horizon

RAIN: Final = "rain"

_YEAR: Final = 365
_SHORTEST: Final = 2 * _YEAR
_HALF_WINDOW: Final = 7
_LEADS: Final = 30
_EVERY: Final = 17
_MOST_YEARS: Final = 20
_MEMBERS: Final = 60


@dataclass(frozen=True)
class River:
    """What was learned of a river."""

    season: SeasonalLog
    model: AnomalyModel
    share: Floats
    """Share of the paths beside climatology at leads 1 to 30, shape (30,). [1]"""


@dataclass
class RiverInflow:
    """Paths from today's flow, pooled with what came on these dates in past years.

    flow -> standardised anomaly (`seasonal_log.py`) -> paths (`anomaly_paths.py`) -> flow
    members[lead] = share[lead] from the paths, the rest from the past years around the date

    Near leads are the river's own, far ones more and more the climatology's: the share falls with the lead as the river's
    own past has it best (`pool.py`, on origins within the history that is learned from). With `rain` the history is a frame
    with the columns `y` and `rain` [mm/day]; rain of the days to come is drawn with its residuals from the record, or is
    told by `weather=` frames (an outside ensemble) with the column `rain`.

    The same seed draws the same days of the record for rivers with the same record, so that a wet member is wet everywhere.
    Do not use it with less than two years, for hours, or below a reservoir.
    """

    rain: bool = False
    """Whether rain is learned from."""

    lowest: float | None = 0.0
    """Smallest value allowed in the history; None for no limit, and negative values then count as a dry river."""

    history_: History | None = field(default=None, init=False, repr=False)
    rain_: Floats | None = field(default=None, init=False, repr=False)
    river_: River | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily flows, a rate per [day].

        Raises `InputError` when the history is faulty, holds less than two years of values, or lacks the column `rain`.
        """
        self._take(history)
        flows, days = self._flows()
        season = seasonal_log(flows, days)
        model = fit_anomaly_model(season.anomalies(flows, days), days, self.rain_)
        if model is None:
            finding = Finding("the history has too many gaps", allowed="stretches of a year without long gaps")
            raise InputError("inflow of a river", (finding,))
        own = River(season, model, np.ones(_LEADS))
        self.river_ = River(season, model, best_shares(self._tried(own), _LEADS))
        return self

    def follow(self, history: Past) -> Self:
        """Go on from the last days of `history`; season, coefficients and shares stay."""
        fitted(self.river_, self)
        self._take(history)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Volumes over the steps, shape (steps, members) [m3 per step].

        Raises `InputError` when the horizon begins before the history ends, or `weather` has other columns than `rain`.
        """
        river, history = fitted(self.river_, self), fitted(self.history_, self)
        if not self.rain:
            refuse_weather(weather, self)
        days = days_of(horizon)
        ahead = days_ahead(history.values.index[-1], days)
        # From the day after the record on, so that a horizon that begins later goes on from the same paths.
        all_days = pd.date_range(days[-1] - pd.Timedelta(days=int(ahead[-1]) - 1), days[-1])
        wet = None if weather is None else self._told_wetness(weather, days, len(all_days), members)
        flows, known = self._flows()
        told = self._pooled(river, flows, known, all_days, wet, members, seed)[-len(days) :]
        label = f"river and climatology {history.years}"
        return Forecast(over_steps(told, horizon), label, history.missing, history.notes)

    def _take(self, history: Past) -> None:
        """Keep the record; its parameters are another matter."""
        series, frame = split(history, (RAIN,) if self.rain else ())
        learned = screened(checked_history(series, shortest=_SHORTEST, lowest=self.lowest))
        self.history_ = learned
        self.rain_ = None
        if self.rain:
            rain = frame[RAIN].set_axis(pd.DatetimeIndex(frame.index).tz_localize(None))
            self.rain_ = rain.reindex(learned.values.index).to_numpy(dtype=np.float64)

    def _flows(self) -> tuple[Floats, pd.DatetimeIndex]:
        values = fitted(self.history_, self).values
        return values.to_numpy(dtype=np.float64), pd.DatetimeIndex(values.index)

    def _pooled(
        self,
        river: River,
        flows: Floats,
        known: pd.DatetimeIndex,
        days: pd.DatetimeIndex,
        wet: Floats | None,
        members: int,
        seed: int,
    ) -> Floats:
        """Members of the days after the record `flows`, shape (days, members)."""
        rain = np.zeros(len(flows)) if self.rain_ is None else wetness_of(self.rain_[: len(flows)])
        past = river.season.anomalies(flows[-2 * _YEAR :], known[-2 * _YEAR :])
        paths = river.season.flows(river.model.paths(past, rain, days, wet, members, seed), days)
        climate = _climate(pd.Series(flows, index=known), days, members, seed)
        if climate is None:
            return paths
        share = np.concatenate([river.share, np.full(max(0, len(days) - _LEADS), river.share[-1])])[: len(days)]
        return pooled(paths, climate, share)

    def _tried(self, own: River) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Paths, climatology and truth at origins in the second half of the record, at most twenty years."""
        flows, days = self._flows()
        first = max(len(flows) // 2, len(flows) - _MOST_YEARS * _YEAR)
        for origin in range(first, len(flows) - _LEADS, _EVERY):
            ahead = days[origin : origin + _LEADS]
            climate = _climate(pd.Series(flows[:origin], index=days[:origin]), ahead, _MEMBERS, origin)
            if climate is not None and np.isfinite(flows[origin - 1]):
                river = self._pooled(own, flows[:origin], days[:origin], ahead, None, _MEMBERS, origin)
                yield river, climate, flows[origin : origin + _LEADS]

    def _told_wetness(self, weather: Weather, days: pd.DatetimeIndex, count: int, members: int) -> Floats:
        """What a forecast of rain tells, dealt to the members, shape (days from the record on, members)."""
        told = wetness_of(weather_members(weather, (RAIN,), days)[:, :, 0].T)
        if len(told) != count:
            finding = Finding("rain is told for later days only", found=f"{len(told)} days", allowed=f"{count} days")
            raise InputError("weather of the days to come", (finding,))
        return told[:, np.arange(members) % told.shape[1]]


def _climate(values: pd.Series, days: pd.DatetimeIndex, members: int, seed: int) -> Floats | None:
    """Past years around the dates, shape (days, members); None where no year is known as a whole."""
    found = stretches(values, days, _HALF_WINDOW)
    found = np.maximum(found[:, np.isfinite(found).all(axis=0)], 0.0)
    return found[:, deal(found.shape[1], members, seed)] if found.shape[1] else None
