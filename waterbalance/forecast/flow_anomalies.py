"""Flows as standardised anomalies: what is left when the season is taken out.

    x = ((q + offset) / median) ^ 0.1 / 0.1          (almost a logarithm, but kinder to the largest and the smallest flows)
    z = (x - mean(day)) / spread(day)

Mean and spread are smooth over the year (sine waves), so that a few years tell them. The offset is half of the smallest
flows that are usual (their 2 % quantile), so that a dry river stays finite. Exponent and number of waves have been chosen on
the first 70 % of seven rivers, from 0, 0.1, 0.15, 0.2 and from 1, 2, 3.

Source: Box, G. E. P., Cox, D. R. (1964), doi:10.1111/j.2517-6161.1964.tb00553.x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from waterbalance.forecast.waves import year_waves

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.horizon import Floats

EXPONENT: Final = 0.1
HARMONICS: Final = 2
_SMALLEST_FLOWS: Final = 0.02
_TINY: Final = 1e-3
_ROUNDING: Final = 1e-6


@dataclass(frozen=True)
class FlowSeason:
    """The season of one river."""

    offset: float
    """Added to flows before they are transformed, in their unit."""

    median: float
    """Of the flows that are not zero, in their unit."""

    mean: Floats
    """Coefficients of the mean's sine waves."""

    spread: Floats
    """Coefficients of the logarithm of the spread."""

    scale: float
    """Makes the standard deviation of all anomalies one."""

    def anomalies(self, flows: Floats, days: pd.DatetimeIndex) -> Floats:
        """Standardised anomalies, shape (days,); NaN where a flow is not known. [1]."""
        mean, spread = self._season(days)
        return np.asarray((_transformed(flows, self.offset, self.median) - mean) / spread)

    def flows(self, anomalies: Floats, days: pd.DatetimeIndex) -> Floats:
        """Flows of anomalies, shape (days, members)."""
        mean, spread = self._season(days)
        root = np.maximum(EXPONENT * (mean[:, None] + spread[:, None] * anomalies), 0.0)
        return np.asarray(np.maximum(self.median * root ** (1.0 / EXPONENT) - self.offset, 0.0))

    def _season(self, days: pd.DatetimeIndex) -> tuple[Floats, Floats]:
        columns = _columns(days)
        return columns @ self.mean, self.scale * np.exp(columns @ self.spread)


def flow_season(flows: Floats, days: pd.DatetimeIndex) -> FlowSeason:
    """Learn the season of daily flows with gaps (NaN), by least squares."""
    positive = flows[np.isfinite(flows) & (flows > 0.0)]
    offset = 0.5 * float(np.quantile(positive, _SMALLEST_FLOWS)) if positive.size else 1.0
    median = float(np.median(positive)) if positive.size else 1.0
    values = _transformed(flows, offset, median)
    known = np.isfinite(values)
    columns = _columns(days)
    mean = np.asarray(np.linalg.lstsq(columns[known], values[known], rcond=None)[0], dtype=np.float64)
    departures = values - columns @ mean
    sizes = np.log(np.abs(departures[known]) + _TINY)
    spread = np.asarray(np.linalg.lstsq(columns[known], sizes, rcond=None)[0], dtype=np.float64)
    scale = float(np.nanstd(departures / np.exp(columns @ spread)))
    return FlowSeason(offset, median, mean, spread, scale if scale > _ROUNDING else 1.0)


def _transformed(flows: Floats, offset: float, median: float) -> Floats:
    return np.asarray(((np.maximum(flows, 0.0) + offset) / median) ** EXPONENT / EXPONENT)


def _columns(days: pd.DatetimeIndex) -> Floats:
    return np.column_stack([np.ones(len(days)), year_waves(days, HARMONICS)])
