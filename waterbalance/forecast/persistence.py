"""The baseline that every forecaster must beat: tomorrow is as today."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from waterbalance.forecast.daily_steps import Kind, days_of, over_steps
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import checked_history

if TYPE_CHECKING:
    import pandas as pd

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
    filled_: int = field(default=0, init=False, repr=False)

    def fit(self, history: pd.Series) -> Self:
        """Learn from daily values, a rate per [day].

        Raises `InputError` when the history is no series of numbers on dates, or holds no value.
        """
        known = checked_history(history, shortest=1, lowest=self.lowest)
        self.last_ = float(known.values.dropna().iloc[-self.window :].mean())
        self.filled_ = known.missing
        return self

    def predict(self, horizon: Horizon, *, members: int = 100, seed: int = 0) -> Forecast:  # noqa: ARG002 (nothing is drawn)
        """Amounts (or levels) over the steps, shape (steps, members)."""
        daily = np.full((len(days_of(horizon)), members), fitted(self.last_, self))
        return Forecast(over_steps(daily, horizon, self.kind), f"as in the last {self.window} days", self.filled_)
