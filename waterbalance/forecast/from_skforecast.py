"""Forecasters of skforecast behind the contract of this house; outside of the core (extra `skforecast`)."""

from __future__ import annotations

import copy
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

import numpy as np

from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.direct_ridge import WEEK
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.whole_days import MEMORY, WholeDays, whole_days

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.horizon import Floats, Horizon

_UNSEEN: Final = 100
"""Most recent days whose errors make the members. [day]"""


class SkforecastForecaster(Protocol):
    """What is used of a forecaster of one series of skforecast (ForecasterRecursive, ...)."""

    window_size: int
    """How many values it looks back on."""

    def fit(self, y: pd.Series, exog: pd.DataFrame | None = None) -> object:
        """Learn y with exogenous columns on the same days."""
        ...

    def predict(self, steps: int, last_window: pd.Series | None = None, exog: pd.DataFrame | None = None) -> pd.Series:
        """The next values."""
        ...

    def set_out_sample_residuals(self, y_true: Floats, y_pred: Floats) -> None:
        """Errors of days that it has not learned from."""
        ...

    def predict_bootstrapping(self, steps: int, **settings: Any) -> pd.DataFrame:  # noqa: ANN401 (theirs differ by version)
        """Paths of the next values, one column a path."""
        ...


@dataclass
class FromSkforecast:
    """A forecaster of skforecast on daily rates, such as `FromSkforecast(ForecasterRecursive(LGBMRegressor(), lags=28))`.

    member = path of its own bootstrap: each day's error is drawn and carried into the days after it

    The errors are those of one day ahead on the last days (a fifth of the record, at most 100), told by a second fit that has
    not seen them: errors of days that were learned from are too small. Unknown days take the same weekday of the week before.
    Its forecasters that do not feed forecasts back (ForecasterDirect) draw the same errors for all days, so that their far
    days are told too surely.
    """

    forecaster: SkforecastForecaster
    exogenous: tuple[str, ...] = ()
    """Columns that it learns from (its `exog`) and is told ahead, such as `temperature`."""

    memory: int = MEMORY
    """Most recent days that are learned from. [day]"""

    known_: WholeDays | None = field(default=None, init=False, repr=False)
    forecaster_: SkforecastForecaster | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily rates. Raises `InputError` for a faulty history or one of less than twice what it looks back on."""
        shortest = 2 * max(int(self.forecaster.window_size), WEEK)
        known = whole_days(history, self.exogenous, shortest=shortest, memory=self.memory)
        unseen = min(len(known.rates) // 5, _UNSEEN)
        seen = slice(0, len(known.rates) - unseen)
        tried = self._learned(known, seen)
        learned = self._learned(known, slice(None))
        told = [self._next(tried, known, day) for day in range(len(known.rates) - unseen, len(known.rates))]
        with warnings.catch_warnings():
            # It complains of bins of its residuals that stay empty; the members are drawn without bins.
            warnings.simplefilter("ignore")
            learned.set_out_sample_residuals(known.rates.to_numpy()[-unseen:], np.array(told))
        self.known_, self.forecaster_ = known, learned
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts over the steps, shape (steps, members).

        Raises `InputError` when the horizon begins before the history ends, and for columns that are missing or too many.
        """
        known, forecaster = fitted(self.known_, self), fitted(self.forecaster_, self)
        days = asked_days(horizon, members, seed)
        leads = known.leads(days).to_numpy()
        ahead = known.ahead(weather, days, self)
        dealt = deal(len(ahead), members, seed)
        rates = np.empty((len(days), members))
        for number, frame in enumerate(ahead):
            mine = np.flatnonzero(dealt == number)
            if not mine.size:
                continue
            paths = forecaster.predict_bootstrapping(
                int(leads[-1]),
                exog=frame if self.exogenous else None,
                n_boot=len(mine),
                use_in_sample_residuals=False,
                use_binned_residuals=False,
                random_state=seed + number,
            )
            rates[:, mine] = paths.to_numpy(dtype=np.float64)[leads - 1]
        label = f"{type(self.forecaster).__name__} of skforecast, {known.history.years}"
        values = over_steps(np.maximum(rates, 0.0), horizon)
        return Forecast(values, label, known.history.missing, known.history.notes)

    def _learned(self, known: WholeDays, part: slice) -> SkforecastForecaster:
        forecaster = copy.deepcopy(self.forecaster)
        forecaster.fit(known.rates.iloc[part], known.exogenous.iloc[part] if self.exogenous else None)
        return forecaster

    def _next(self, forecaster: SkforecastForecaster, known: WholeDays, day: int) -> float:
        """What would have been told of a day on the day before."""
        window = known.rates.iloc[day - forecaster.window_size : day]
        exogenous = known.exogenous.iloc[day : day + 1] if self.exogenous else None
        return float(forecaster.predict(1, last_window=window, exog=exogenous).iloc[0])
