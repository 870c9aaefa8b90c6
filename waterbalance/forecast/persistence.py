"""The baseline that every forecaster must beat: tomorrow is as today."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from waterbalance.forecast.daily_steps import Kind, asked_days, over_steps
from waterbalance.forecast.exogenous import refuse_weather, without_exogenous
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import checked_history
from waterbalance.forecast.screening import screened
from waterbalance.forecast.seasonal_naive import days_ahead

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.forecast.history import History
    from waterbalance.horizon import Horizon


@dataclass
class Persistence:
    """The mean of the last days with a value holds through the horizon; all members are equal.

    amount[t] = mean of the last `window` known values x days of step t

    A judge for backtests. Do not plan with it: it knows neither season nor doubt.
    """

    window: int = 1
    """How many of the last known days are averaged. [day]"""

    kind: Kind = "rate"
    """Whether the history is a rate (amounts per step are told) or a level (means are told)."""

    lowest: float | None = 0.0
    """Smallest value allowed in the history; None for no limit."""

    last_: float | None = field(default=None, init=False, repr=False)
    history_: History | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily values, a rate per [day].

        Raises `InputError` when the history is no series of numbers on dates, or holds no value.
        """
        known = screened(checked_history(without_exogenous(history), shortest=1, lowest=self.lowest))
        self.history_ = known
        self.last_ = float(known.values.dropna().iloc[-self.window :].mean())
        return self

    def follow(self, history: Past) -> Self:
        """The newest days are all that it ever learns."""
        return self.fit(history)

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts (or levels) over the steps, shape (steps, members).

        Raises `InputError` when the horizon begins before the history ends.
        """
        refuse_weather(weather, self)
        history, days = fitted(self.history_, self), asked_days(horizon, members, seed)
        days_ahead(history.values.index[-1], days)
        daily = np.full((len(days), members), fitted(self.last_, self))
        label = f"as in the last {self.window} days"
        return Forecast(over_steps(daily, horizon, self.kind), label, history.missing, history.notes)
