"""The same weekday of last week: the judge that demands are held against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.daily_steps import Kind, asked_days, over_steps
from waterbalance.forecast.exogenous import refuse_weather, without_exogenous
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import checked_history
from waterbalance.forecast.screening import screened

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.forecast.history import History
    from waterbalance.horizon import Floats, Horizon


@dataclass
class SeasonalNaive:
    """Last week goes on; members differ by how wrong that was before.

    told[d] = history[d - season k],   k the least number with d - season k in the known past
    member[d, m] = max(lowest, told[d] + error[d, m])

    The errors of member m are those of a past origin, drawn with the seed, at the same leads, so that they hang together.
    Days that are not known take the value of the season before. Source: Hyndman, R. J., Athanasopoulos, G. (2021):
    Forecasting, principles and practice, 3rd edition, 5.2 and 5.5. A judge for backtests, and the member that guards the
    tail of a blend.
    """

    season: int = 7
    """Days after which the pattern repeats. [day]"""

    memory: int = 364
    """Most recent days whose errors are drawn. [day]"""

    kind: Kind = "rate"
    """Whether the history is a rate (amounts per step are told) or a level (means are told)."""

    lowest: float | None = 0.0
    """Smallest value allowed in the history and told; None for no limit."""

    history_: History | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily values, a rate per [day].

        Raises `InputError` when the history is no series of numbers on dates, or holds less than a season of values.
        """
        self.history_ = screened(checked_history(without_exogenous(history), shortest=self.season, lowest=self.lowest))
        return self

    def follow(self, history: Past) -> Self:
        """The newest days are all that it ever learns."""
        return self.fit(history)

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts (or levels) over the steps, shape (steps, members).

        Raises `InputError` when the horizon begins before the history ends.
        """
        refuse_weather(weather, self)
        history = fitted(self.history_, self)
        known = carried_forward(history.values.to_numpy(dtype=np.float64), self.season)
        days = asked_days(horizon, members, seed)
        leads = days_ahead(history.values.index[-1], days)
        told = self._repeated(known, leads)
        values = told[:, None] + self._errors(known, leads, members, seed)
        if self.lowest is not None:
            values = np.maximum(values, self.lowest)
        label = f"as {self.season} days before, {history.years}"
        return Forecast(over_steps(values, horizon, self.kind), label, history.missing, history.notes)

    def _repeated(self, known: Floats, leads: Floats) -> Floats:
        """The value whole seasons before each lead, shape (leads,)."""
        seasons = np.ceil(leads / self.season)
        return np.asarray(known[(len(known) - 1 + leads - self.season * seasons).astype(np.int64)])

    def _errors(self, known: Floats, leads: Floats, members: int, seed: int) -> Floats:
        """How wrong it was at the same leads from past origins, shape (leads, members); none where the past is too short."""
        recent = known[-self.memory - int(leads[-1]) :]
        origins = np.arange(self.season - 1, len(recent) - int(leads[-1]))
        if not origins.size:
            return np.zeros((len(leads), members))
        drawn = np.random.default_rng(seed).choice(origins, members)
        came = recent[(drawn[None, :] + leads[:, None]).astype(np.int64)]
        seasons = np.ceil(leads / self.season)[:, None]
        return np.asarray(came - recent[(drawn[None, :] + leads[:, None] - self.season * seasons).astype(np.int64)])


def carried_forward(values: Floats, season: int) -> Floats:
    """Unknown days by the same weekday before (or, at the beginning, after), shape (days,)."""
    frame = pd.Series(values)
    weekday = np.arange(len(values)) % season
    filled = frame.groupby(weekday).ffill().groupby(weekday).bfill()
    return np.asarray(filled.fillna(frame.median()), dtype=np.float64)


def days_ahead(last_day: pd.Timestamp, days: pd.DatetimeIndex) -> Floats:
    """Leads of `days` from the last day of a history, 1 for the day after it, shape (days,). [day].

    Raises `InputError` when the days begin before the history ends.
    """
    leads = np.asarray((days - last_day).days, dtype=np.float64)
    if leads[0] < 1:
        found, allowed = f"{days[0].date()}", f"after {last_day.date()}, the last day of the history"
        remedy = "Cut the history at the day before the horizon, and fit that (or let the fitted forecaster follow it)."
        finding = Finding("the horizon begins in the history", found=found, allowed=allowed, remedy=remedy)
        raise InputError("a forecast", (finding,))
    return leads
