"""A regressor in the manners of scikit-learn, such as LightGBM's, behind the contract of forecasters (extra `lightgbm`)."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
import pandas as pd

from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.direct_ridge import LEVEL_DAYS, WEEK
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.whole_days import MEMORY, WholeDays, whole_days

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.horizon import Floats, Horizon


class Regressor(Protocol):
    """What is used of a regressor in the manners of scikit-learn (LGBMRegressor, ...)."""

    def fit(self, X: Floats, y: Floats) -> Any:  # noqa: ANN401, N803 (their name)
        """Learn y, shape (rows,), from X, shape (rows, columns)."""
        ...

    def predict(self, X: Floats) -> Any:  # noqa: ANN401, N803
        """Shape (rows,)."""
        ...


@dataclass
class FromRegressor:
    """A regressor for each lead of a week on lags of daily rates, such as `FromRegressor(LGBMRegressor)`.

    y[t + h] - level[t] = f_h(last week, same weekdays of four weeks, all from level[t]; weekday; exogenous[t + h]),
    level[t] = mean of four weeks,   h = 1 ... 7, and again for the weeks after

    Members are its past errors from the last fifth of the record, which a second fit on the rest has not seen.
    """

    make: Callable[[], Regressor]
    """Makes an untrained regressor."""

    exogenous: tuple[str, ...] = ()
    """Columns that it learns from and is told ahead, such as `temperature`."""

    memory: int = MEMORY
    """Most recent days that are learned from. [day]"""

    known_: WholeDays | None = field(default=None, init=False, repr=False)
    models_: tuple[Regressor, ...] | None = field(default=None, init=False, repr=False)
    """One for each of the next seven days."""

    errors_: Floats | None = field(default=None, init=False, repr=False)
    """Past errors, shape (origins, 7)."""

    def fit(self, history: Past) -> Self:
        """Learn from daily rates. Raises `InputError` for a faulty history or one of less than 20 weeks."""
        known = whole_days(history, self.exogenous, shortest=20 * WEEK, memory=self.memory)
        values, weather = known.rates.to_numpy(), known.exogenous.to_numpy()
        unseen = len(values) * 4 // 5
        models, errors = [], []
        for lead in range(1, WEEK + 1):
            level, lags = _lags(values, lead)
            origins = np.arange(LEVEL_DAYS, len(values) - lead)
            columns = np.column_stack([lags[origins], weather[origins + lead]])
            came = values[origins + lead] - level[origins]
            models.append(self._learned(columns, came))
            early, late = origins < unseen - lead, (origins >= unseen) & (origins < len(values) - WEEK)
            errors.append(came[late] - np.asarray(self._learned(columns[early], came[early]).predict(columns[late])))
        self.known_, self.models_, self.errors_ = known, tuple(models), np.stack(errors, axis=1)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts over the steps, shape (steps, members); the week goes on where the horizon is longer.

        Raises `InputError` when the horizon begins before the history ends, and for columns that are missing or too many.
        """
        known, errors = fitted(self.known_, self), fitted(self.errors_, self)
        days = asked_days(horizon, members, seed)
        same = (known.leads(days).to_numpy() - 1) % WEEK
        ahead = known.ahead(weather, days, self)
        told = np.stack([self._told(known.rates.to_numpy(), same, frame.to_numpy(dtype=np.float64)) for frame in ahead])
        drawn = errors[np.random.default_rng(seed).integers(len(errors), size=members)]
        departures = (drawn - np.median(drawn, axis=0))[:, same]
        rates = np.maximum(told[deal(len(ahead), members, seed)] + departures, 0.0).T
        label = f"{type(self.make()).__name__} on lags, {known.history.years}"
        return Forecast(over_steps(rates, horizon), label, known.history.missing, known.history.notes)

    def _told(self, values: Floats, same: Floats, weather: Floats) -> Floats:
        """What is told of each day, from its number in the week ahead and its weather, shape (days,)."""
        told = np.empty(len(same))
        for number, model in enumerate(fitted(self.models_, self)):
            chosen = np.flatnonzero(same == number)
            if chosen.size:
                level, lags = _lags(values, number + 1)
                rows = np.column_stack([np.broadcast_to(lags[-1], (chosen.size, lags.shape[1])), weather[chosen]])
                told[chosen] = level[-1] + np.asarray(model.predict(rows))
        return told

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
