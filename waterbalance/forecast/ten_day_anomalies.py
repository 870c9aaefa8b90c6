"""Ten-day means as anomalies of their season, and for how many days an anomaly lasts.

    x = log(value + offset)
    z = (x - mean[period]) / spread[period]
    r[period] = correlation of z with that of the period before, neighbouring periods together
    r = phi (1 - phi^10)^2 / (10 (1 - phi^2) - 2 phi (1 - phi^10))       solved for the daily persistence phi[period]

The last line is the correlation of means of ten days in a row of a first-order autoregression of days, from the sum of its
covariances phi^|i - j|. The offset is half of the smallest means that are usual (their 2 % quantile), so that a dry river stays
finite.

Source: lag-one autoregression of periods, Thomas, H. A., Fiering, M. B. (1962), in Maass et al., Design of Water-Resource
Systems, Harvard University Press.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from waterbalance.forecast.ten_day_record import PERIODS, period_index

if TYPE_CHECKING:
    from waterbalance.forecast.ten_day_record import TenDayRecord
    from waterbalance.horizon import Floats

DAYS: Final = 10
"""Of a period. [day]"""

NEIGHBOURS: Final = 3
"""Periods before and after whose years count as well in a period's correlation."""

LEAST_SPREAD: Final = 0.05
"""Of logarithms: a river that is the same every year. [1]"""

_SMALLEST: Final = 0.02
_TINY: Final = 1e-12
_PERSISTENCES: Final = np.linspace(0.0, 0.999, 1000)


@dataclass(frozen=True)
class TenDaySeason:
    """The season of one series."""

    offset: float
    """Added to values before their logarithm is taken, in their unit."""

    mean: Floats
    """Of logarithms, shape (36,)."""

    spread: Floats
    """Of logarithms, shape (36,)."""

    persistence: Floats
    """Share of an anomaly that is left a day later, shape (36,). [1/day]"""

    def anomalies(self, values: Floats, days: pd.DatetimeIndex) -> Floats:
        """Anomalies of values, both of shape (days, members). [1]."""
        mean, spread = self._of(days)
        return np.asarray((np.log(values + self.offset) - mean) / spread)

    def values(self, anomalies: Floats, days: pd.DatetimeIndex) -> Floats:
        """The values again, shape (days, members)."""
        mean, spread = self._of(days)
        return np.asarray(np.maximum(np.exp(mean + spread * anomalies) - self.offset, 0.0))

    def carried(self, today: pd.Timestamp, days: pd.DatetimeIndex) -> Floats:
        """Share of today's anomaly that is left on each of the days in a row, all after today, shape (days,). [1]."""
        between = pd.date_range(today + pd.Timedelta(days=1), days[-1])
        return np.asarray(np.cumprod(self.persistence[period_index(between) % PERIODS])[-len(days) :])

    def _of(self, days: pd.DatetimeIndex) -> tuple[Floats, Floats]:
        periods = period_index(days) % PERIODS
        return self.mean[periods][:, None], self.spread[periods][:, None]


def ten_day_season(record: TenDayRecord) -> TenDaySeason:
    """Learn the season from the record's means, none of which is negative."""
    positive = record.means[record.means > 0.0]
    offset = 0.5 * float(np.quantile(positive, _SMALLEST)) if positive.size else 1.0
    logarithms = np.log(record.means + offset)
    mean = np.nanmean(logarithms, axis=0)
    spread = np.maximum(np.nanstd(logarithms, axis=0), LEAST_SPREAD)
    correlation = _correlation_with_period_before((logarithms - mean) / spread)
    return TenDaySeason(offset, mean, spread, np.interp(correlation, correlation_of_means(_PERSISTENCES), _PERSISTENCES))


def correlation_of_means(persistence: Floats) -> Floats:
    """Correlation of the means of ten days and of the ten days after, for a daily persistence below 1."""
    lost = 1.0 - persistence**DAYS
    return np.asarray(persistence * lost**2 / (DAYS * (1.0 - persistence**2) - 2.0 * persistence * lost))


def _correlation_with_period_before(anomalies: Floats) -> Floats:
    """Shape (36,); of the years and neighbouring periods in which both are known. [1]."""
    z = anomalies.ravel()
    before, after = z[:-1], z[1:]
    known = np.isfinite(before * after)
    periods = (np.arange(1, z.size) % PERIODS)[known]

    def total(products: Floats) -> Floats:
        sums = np.bincount(periods, weights=products[known], minlength=PERIODS)
        return np.asarray(sum(np.roll(sums, shift) for shift in range(-NEIGHBOURS, NEIGHBOURS + 1)))

    return np.asarray(total(before * after) / np.sqrt(np.maximum(total(before**2) * total(after**2), _TINY)))
