"""Conditional climatology: the past years, each drawn towards how the river stands today."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from waterbalance.forecast.daily_steps import Kind, asked_days, over_steps
from waterbalance.forecast.exogenous import refuse_weather
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.seasonal_naive import days_ahead
from waterbalance.forecast.ten_day_anomalies import TenDaySeason, ten_day_season
from waterbalance.forecast.ten_day_record import TenDayRecord, screened_record

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.forecast.history import History
    from waterbalance.horizon import Horizon

_TELLING: Final = 0.05
"""Share of today's anomaly that is left on the first day, below which the label does not speak of it. [1]"""


@dataclass
class ConditionalClimatology:
    """The past years as ten-day means, as anomalies of their season, beginning at today's.

        z[d, m] = carried[d] x z[today] + sqrt(1 - carried[d]^2) x z[d, year of member m]
        carried[d] = product of the daily persistence over the days from today to d

    Anomalies and persistence are those of `ten_day_anomalies.py`: a record of ten-day means and one reading are enough. Today is
    the last day that the history knows; far days are the past years themselves, also where the record ended long ago.

    Source: the "extended streamflow prediction" of Day, G. N. (1985), doi:10.1061/(ASCE)0733-9496(1985)111:2(157), with a
    first-order autoregression in the place of the hydrological model. Do not use it with years of daily record
    (`river_inflow` learns more from them), nor where a reading tells little of the next day (a difference of two gauges).
    """

    kind: Kind = "rate"
    """Whether the history is a rate (amounts per step are told) or a level (means are told)."""

    least_coverage: float = 0.8
    """Share of the horizon's days that a past year must know to become a member. [1]"""

    lowest: float = 0.0
    """Smallest value allowed in the history; anomalies of logarithms need one of zero or more."""

    history_: History | None = field(default=None, init=False, repr=False)
    record_: TenDayRecord | None = field(default=None, init=False, repr=False)
    season_: TenDaySeason | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily values or ten-day means, a rate per [day]; every ten-day period needs a value in some year.

        Raises `InputError` when the history is no series of numbers on dates, or does not cover the year.
        """
        self.history_, self.record_ = screened_record(history, self.lowest)
        self.season_ = ten_day_season(self.record_)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts (or mean levels) over the steps, shape (steps, members).

        Raises `InputError` when the horizon begins before the history ends.
        """
        refuse_weather(weather, self)
        record, history, season = fitted(self.record_, self), fitted(self.history_, self), fitted(self.season_, self)
        days = asked_days(horizon, members, seed)
        days_ahead(history.values.index[-1], days)
        years = record.start_years(days, self.least_coverage)
        today = history.values.dropna().iloc[-1:]
        now = season.anomalies(today.to_numpy(dtype=np.float64)[:, None], pd.DatetimeIndex(today.index))
        past = season.anomalies(record.filled_sequences(days, years), days)
        carried = season.carried(today.index[0], days)[:, None]
        told = season.values(carried * now + np.sqrt(1.0 - carried**2) * past, days)
        values = over_steps(told, horizon, self.kind)[:, deal(len(years), members, seed)]
        since = f", from {today.index[0].date()}" if carried[0, 0] > _TELLING else ""
        return Forecast(values, f"climatology {history.years}, {len(years)} years{since}", history.missing, history.notes)
