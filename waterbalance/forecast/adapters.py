"""Forecasters of other libraries behind this contract: statsforecast, LightGBM and what has the manners of scikit-learn.

They stay outside of the core (extras `statsforecast`, `lightgbm`): some of them do not go with this pandas.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
import pandas as pd

from waterbalance.forecast.daily_steps import days_of, over_steps
from waterbalance.forecast.direct_ridge import LEVEL_DAYS, WEEK, by_week
from waterbalance.forecast.exogenous import refuse_weather, without_exogenous
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import History, checked_history
from waterbalance.forecast.screening import screened
from waterbalance.forecast.seasonal_naive import days_ahead

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.horizon import Floats, Horizon


class StatsforecastModel(Protocol):
    """What is used of a model of `statsforecast.models` (AutoETS, AutoARIMA, ...)."""

    def forecast(self, y: Floats, h: int, *, level: list[float]) -> dict[str, Floats]:
        """`mean` and `lo-80.0`, `hi-80.0` of the next `h` values."""
        ...


class Regressor(Protocol):
    """What is used of a regressor in the manners of scikit-learn (LGBMRegressor, ...)."""

    def fit(self, X: Floats, y: Floats) -> Any:  # noqa: ANN401, N803 (their name)
        """Learn y, shape (rows,), from X, shape (rows, columns)."""
        ...

    def predict(self, X: Floats) -> Any:  # noqa: ANN401, N803
        """Shape (rows,)."""
        ...


@dataclass
class FromStatsforecast:
    """A model of statsforecast on daily rates, such as `FromStatsforecast(AutoETS(season_length=7))`.

    Members are the quantiles that the model tells: each keeps its rank over the days, so that sums spread too widely. Unknown
    days take the same weekday of the week before.
    """

    model: StatsforecastModel
    memory: int = 1096
    """Most recent days that are learned from. [day]"""

    history_: History | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Keep the history; the model learns with each forecast. Raises `InputError` for a faulty one."""
        self.history_ = screened(checked_history(without_exogenous(history), shortest=2 * WEEK))
        return self

    def follow(self, history: Past) -> Self:
        """The newest days are all that is kept."""
        return self.fit(history)

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts over the steps, shape (steps, members)."""
        refuse_weather(weather, self)
        known = fitted(self.history_, self)
        days = days_of(horizon)
        leads = days_ahead(known.values.index[-1], days).astype(np.int64)
        values = by_week(known.values.to_numpy(dtype=np.float64)[None, -self.memory :])[0]
        ranks = (np.random.default_rng(seed).permutation(members) + 0.5) / members
        levels = sorted({round(abs(200.0 * rank - 100.0), 6) for rank in ranks} - {0.0})
        told = self.model.forecast(values, int(leads[-1]), level=levels)
        columns = [self._quantile(told, rank) for rank in ranks]
        rates = np.maximum(np.stack(columns, axis=1)[leads - 1], 0.0)
        label = f"{type(self.model).__name__} of statsforecast, {known.years}"
        return Forecast(over_steps(rates, horizon), label, known.missing, known.notes)

    @staticmethod
    def _quantile(told: dict[str, Floats], rank: float) -> Floats:
        level = round(abs(200.0 * rank - 100.0), 6)
        if level == 0.0:
            return np.asarray(told["mean"], dtype=np.float64)
        return np.asarray(told[f"{'lo' if rank < 0.5 else 'hi'}-{level}"], dtype=np.float64)


@dataclass
class FromRegressor:
    """A regressor for each lead of a week on lags of daily rates, such as `FromRegressor(LGBMRegressor)`.

    y[t + h] - level[t] from the last week and the same weekdays of four weeks, all from level[t] = mean of four weeks, and the
    weekday. Members are its past errors from the last fifth of the record, which a second fit on the rest has not seen.
    """

    make: Callable[[], Regressor]
    """Makes an untrained regressor."""

    memory: int = 1096
    """Most recent days that are learned from. [day]"""

    history_: History | None = field(default=None, init=False, repr=False)
    told_: Floats | None = field(default=None, init=False, repr=False)
    """Of the next seven days, shape (7,)."""

    errors_: Floats | None = field(default=None, init=False, repr=False)
    """Past errors, shape (origins, 7)."""

    def fit(self, history: Past) -> Self:
        """Learn from daily rates. Raises `InputError` for a faulty history or one of less than 20 weeks."""
        known = screened(checked_history(without_exogenous(history), shortest=20 * WEEK))
        values = by_week(known.values.to_numpy(dtype=np.float64)[None, -self.memory :])[0]
        unseen = len(values) * 4 // 5
        told, errors = [], []
        for lead in range(1, WEEK + 1):
            level, columns = _lags(values, lead)
            origins = np.arange(LEVEL_DAYS, len(values) - lead)
            came = values[origins + lead] - level[origins]
            told.append(level[-1] + float(self._learned(columns[origins], came).predict(columns[-1:])[0]))
            early, late = origins < unseen - lead, origins[origins >= unseen][: len(values) - WEEK - unseen]
            tried = self._learned(columns[origins[early]], came[early]).predict(columns[late])
            errors.append(values[late + lead] - level[late] - np.asarray(tried))
        self.history_, self.told_, self.errors_ = known, np.array(told), np.stack(errors, axis=1)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts over the steps, shape (steps, members); the week goes on where the horizon is longer."""
        refuse_weather(weather, self)
        known, told, errors = fitted(self.history_, self), fitted(self.told_, self), fitted(self.errors_, self)
        leads = days_ahead(known.values.index[-1], days_of(horizon)).astype(np.int64)
        drawn = errors[np.random.default_rng(seed).integers(len(errors), size=members)]
        rates = np.maximum(told + drawn - np.median(drawn, axis=0), 0.0).T[(leads - 1) % WEEK]
        label = f"{type(self.make()).__name__} on lags, {known.years}"
        return Forecast(over_steps(rates, horizon), label, known.missing, known.notes)

    def _learned(self, columns: Floats, came: Floats) -> Regressor:
        model = copy.deepcopy(self.make())
        model.fit(columns, came)
        return model


def _lags(values: Floats, lead: int) -> tuple[Floats, Floats]:
    """Level, shape (days,), and columns, shape (days, 12), of a lead."""
    days = np.arange(len(values))
    level = pd.Series(values).rolling(LEVEL_DAYS, min_periods=1).mean().to_numpy()
    recent = [values[np.maximum(days - back, 0)] - level for back in range(WEEK)]
    same = [values[np.maximum(days + lead - WEEK * back, 0)] - level for back in range(1, 5)]
    return level, np.column_stack([*recent, *same, (days + lead) % WEEK])
