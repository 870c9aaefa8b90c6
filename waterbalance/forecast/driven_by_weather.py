"""A forecaster beside the weather of the days to come, as files tell it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import pandas as pd

from waterbalance.errors import UsageError
from waterbalance.forecast.daily_steps import asked_days
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecaster import Follower
from waterbalance.forecast.weather_ahead import DATE

if TYPE_CHECKING:
    from waterbalance.forecast.forecast import Forecast
    from waterbalance.forecast.forecaster import Forecaster, Past, Weather
    from waterbalance.forecast.weather_ahead import WeatherSource
    from waterbalance.horizon import Horizon


@dataclass
class DrivenByWeather:
    """A forecaster whose weather is looked up in `source`: only issues from before the horizon, only days before it.

    Where nobody has told any of the weather yet, a forecaster with a way of its own goes that way, and says so in its notes;
    one that is `bound` to weather takes past years. Weather that `predict` is given comes before all that.
    """

    forecaster: Forecaster
    source: WeatherSource

    bound: bool = False
    """Whether it cannot tell anything without weather."""

    fitted_: Forecaster | None = field(default=None, init=False, repr=False)
    last_: pd.Timestamp | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from the history, with its columns of weather. Raises `InputError` as the forecaster does."""
        self.fitted_ = copy.deepcopy(self.forecaster).fit(history)
        self.last_ = _last_day(history)
        return self

    def follow(self, history: Past) -> Self:
        """Go on from newer values. Raises `UsageError` where the forecaster cannot."""
        inner = fitted(self.fitted_, self)
        if not isinstance(inner, Follower):
            raise UsageError(f"{type(inner).__name__} has no follow(history)")
        self.fitted_, self.last_ = inner.follow(history), _last_day(history)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """As the forecaster tells with the weather that is known on the evening before the horizon.

        Raises `InputError` as the forecaster does, and where nothing at all is known of the weather.
        """
        inner, days = fitted(self.fitted_, self), asked_days(horizon, members, seed)
        if weather is not None or not (self.bound or self._told_on(days)):
            return inner.predict(horizon, weather=weather, members=members, seed=seed)
        since = days[0] if self.last_ is None else min(days[0], self.last_ + pd.Timedelta(days=1))
        told = self.source.told(since, days, members, seed)
        made = inner.predict(horizon, weather=told.frames, members=members, seed=seed)
        return replace(made, label=f"{made.label}; {told.label}", notes=(*made.notes, *told.notes))

    def _told_on(self, days: pd.DatetimeIndex) -> bool:
        return bool(self.source.newest_issue(days[0])[DATE].isin(days).any())


def _last_day(history: Past) -> pd.Timestamp | None:
    """The last day of a history; None where it is empty."""
    return None if not len(history) else pd.DatetimeIndex(history.index).tz_localize(None).max()
