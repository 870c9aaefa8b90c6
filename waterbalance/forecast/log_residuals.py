"""What a structure leaves unexplained: its logarithm as a wandering level with a week, by statsmodels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.forecast.seasonal_naive import days_ahead

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.horizon import Floats

_CONSTANT = 1.0e-9
_WEEK = 7


@dataclass(frozen=True)
class LogResiduals:
    """r[d] - mean = ar (r[d-1] - mean) + week (r[d-7] - mean) - ar week (r[d-8] - mean) + shock.

    SARIMA(1,0,0)(1,0,0)7 with a mean: Box, G. E. P., Jenkins, G. M. (1976), Time series analysis.
    """

    mean: float
    ar: float
    week: float
    shock: float
    """Standard deviation of a day's shock. [1]"""

    last_day: pd.Timestamp
    last: Floats
    """Departures from the mean on the last eight days, shape (8,)."""

    def paths(self, days: pd.DatetimeIndex, members: int, generator: np.random.Generator) -> Floats:
        """Drawn residuals, shape (days, members). Raises `InputError` when the days begin before the history ends."""
        ahead = int(days_ahead(self.last_day, days)[-1])
        path = np.empty((len(self.last) + ahead, members))
        path[: len(self.last)] = self.last[:, None]
        for day in range(len(self.last), len(path)):
            expected = self.ar * path[day - 1] + self.week * (path[day - _WEEK] - self.ar * path[day - _WEEK - 1])
            path[day] = expected + self.shock * generator.standard_normal(members)
        return np.asarray(self.mean + path[-len(days) :])


def fit_log_residuals(residuals: pd.Series) -> LogResiduals | None:
    """Learn from daily logarithms with gaps (NaN); None where they are all unknown."""
    values = residuals.to_numpy(dtype=np.float64)
    if not np.isfinite(values).any():
        return None
    mean = float(np.nanmean(values))
    recent = np.nan_to_num(values[-(_WEEK + 1) :] - mean)
    last = np.concatenate([np.zeros(max(0, _WEEK + 1 - len(recent))), recent])
    spread = float(np.nanstd(values))
    if spread < _CONSTANT:
        return LogResiduals(mean, 0.0, 0.0, 0.0, residuals.index[-1], last)
    from statsmodels.tsa.statespace.sarimax import SARIMAX  # noqa: PLC0415 (heavy: only when meters are read)

    model = SARIMAX((values - mean) / spread, order=(1, 0, 0), seasonal_order=(1, 0, 0, _WEEK))
    with warnings.catch_warnings():
        # Without convergence the best parameters found so far still describe the series; a plan needs some.
        warnings.simplefilter("ignore")
        learned = dict(zip(model.param_names, model.fit(disp=False, maxiter=100).params, strict=True))
    shock = spread * float(np.sqrt(max(learned["sigma2"], 0.0)))
    return LogResiduals(mean, float(learned["ar.L1"]), float(learned[f"ar.S.L{_WEEK}"]), shock, residuals.index[-1], last)
