"""Flows as standardised anomalies of their logarithms: what is left when the season is taken out.

    z = (ln(q + offset) - mean(day)) / spread(day)

Mean and spread are smooth over the year (sine waves), so that a few years tell them. The offset is half of the smallest
flows that are usual (their 2 % quantile), so that a dry river stays finite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from waterbalance.forecast.waves import year_waves

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.horizon import Floats

HARMONICS: Final = 3
_SMALLEST_FLOWS: Final = 0.02
_TINY: Final = 1e-3


@dataclass(frozen=True)
class SeasonalLog:
    """The season of one river."""

    offset: float
    """Added to flows before the logarithm, in their unit."""

    mean: Floats
    """Coefficients of the mean's sine waves."""

    spread: Floats
    """Coefficients of the logarithm of the spread."""

    scale: float
    """Makes the standard deviation of all anomalies one."""

    def anomalies(self, flows: Floats, days: pd.DatetimeIndex) -> Floats:
        """Standardised anomalies, shape (days,); NaN where a flow is not known. [1]."""
        mean, spread = self._season(days)
        return np.asarray((np.log(np.maximum(flows, 0.0) + self.offset) - mean) / spread)

    def flows(self, anomalies: Floats, days: pd.DatetimeIndex) -> Floats:
        """Flows of anomalies, shape (days, members)."""
        mean, spread = self._season(days)
        logarithms = mean[:, None] + spread[:, None] * anomalies
        return np.asarray(np.maximum(np.exp(logarithms) - self.offset, 0.0))

    def _season(self, days: pd.DatetimeIndex) -> tuple[Floats, Floats]:
        columns = _columns(days)
        return columns @ self.mean, self.scale * np.exp(columns @ self.spread)


def seasonal_log(flows: Floats, days: pd.DatetimeIndex) -> SeasonalLog:
    """Learn the season of daily flows with gaps (NaN), by least squares."""
    positive = flows[np.isfinite(flows) & (flows > 0.0)]
    offset = 0.5 * float(np.quantile(positive, _SMALLEST_FLOWS)) if positive.size else 1.0
    logarithms = np.log(np.maximum(flows, 0.0) + offset)
    known = np.isfinite(logarithms)
    columns = _columns(days)
    mean = np.asarray(np.linalg.lstsq(columns[known], logarithms[known], rcond=None)[0], dtype=np.float64)
    departures = logarithms - columns @ mean
    sizes = np.log(np.abs(departures[known]) + _TINY)
    spread = np.asarray(np.linalg.lstsq(columns[known], sizes, rcond=None)[0], dtype=np.float64)
    scale = float(np.nanstd(departures / np.exp(columns @ spread))) or 1.0
    return SeasonalLog(offset, mean, spread, scale)


def _columns(days: pd.DatetimeIndex) -> Floats:
    return np.column_stack([np.ones(len(days)), year_waves(days, HARMONICS)])
