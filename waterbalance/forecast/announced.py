"""Columns that are known ahead by date, such as announced restrictions, beside a forecaster that asks for them."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import pandas as pd

from waterbalance.errors import UsageError
from waterbalance.forecast.daily_steps import asked_days
from waterbalance.forecast.exogenous import TARGET
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecaster import Follower

if TYPE_CHECKING:
    from waterbalance.forecast.forecast import Forecast
    from waterbalance.forecast.forecaster import Forecaster, Past, Weather
    from waterbalance.horizon import Horizon


@dataclass
class Announced:
    """A forecaster with exogenous columns from a table of dates; days that the table leaves out have zero.

    For what people decide beforehand. Do not use it for weather: nobody knows it. Where the forecaster asks for weather too,
    that stands in the history and in `weather` as ever.
    """

    forecaster: Forecaster
    table: pd.DataFrame
    """By local date, one column for each name that the forecaster asks for."""

    fitted_: Forecaster | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily values and the table's past. Raises `InputError` as the forecaster does."""
        self.fitted_ = copy.deepcopy(self.forecaster).fit(self._beside(history))
        return self

    def follow(self, history: Past) -> Self:
        """Go on from newer values. Raises `UsageError` where the forecaster cannot."""
        inner = fitted(self.fitted_, self)
        if not isinstance(inner, Follower):
            raise UsageError(f"{type(inner).__name__} has no follow(history)")
        self.fitted_ = inner.follow(self._beside(history))
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """As the forecaster tells with the table's days of the horizon, beside the weather."""
        known = self._on(asked_days(horizon, members, seed))
        frames = [] if weather is None else [weather] if isinstance(weather, pd.DataFrame) else list(weather)
        ahead = [_joined(frame, known) for frame in frames] or known
        return fitted(self.fitted_, self).predict(horizon, weather=ahead, members=members, seed=seed)

    def _on(self, days: pd.DatetimeIndex) -> pd.DataFrame:
        return self.table.reindex(days).fillna(0.0)

    def _beside(self, history: Past) -> Past:
        if not isinstance(getattr(history, "index", None), pd.DatetimeIndex) or history.index.has_duplicates:
            return history  # the forecaster complains about it
        days = pd.DatetimeIndex(history.index)
        values = history if isinstance(history, pd.DataFrame) else history.rename(TARGET)
        return pd.concat([values, self._on(days.tz_localize(None)).set_axis(days)], axis=1)


def _joined(weather: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    return weather.set_axis(pd.DatetimeIndex(weather.index).tz_localize(None), axis=0).reindex(known.index).join(known)
