"""What the calendar, the weather and restrictions do to demand; what is left are departures.

    ln y[d] = ln(1 - cut[d]) + constant + sum_k b_k x_k[d] + u[d]

The coefficients are those of a robust ridge on quasi-differences, since the departures u last for days:

    x[d] - phi x[d - 1], the same for ln y;   phi = lag-1 correlation of u, learned from the step before

An announced cut (0.05 is five per cent less) is taken at its word: its column ln(1 - cut) tells only how far people did
otherwise. In logarithms every effect is in proportion to the level: temperature hinges times level, rain times level.
Source: Cochrane, D., Orcutt, G. H. (1949), doi:10.1080/01621459.1949.10483290.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from waterbalance.forecast.holidays import holiday_columns
from waterbalance.forecast.huber_ridge import huber_ridge
from waterbalance.forecast.waves import year_waves

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from waterbalance.horizon import Floats

DAYS_FOR_THE_SEASON: Final = 731
"""Before each part of the year was seen twice, one odd summer would pass for the season (and weather for warmth). [day]"""

TEMPERATURE: Final = "temperature"
RAIN: Final = "rain"

HINGES: Final = (0.4, 0.6, 0.8)
"""Quantiles of the history above which warmth counts once more: settings for any climate, without looking at demand. [1]"""

_PENALTY: Final = 0.3
"""A prior at zero: daily surprises of 3 % against effects of some 5 %, squared. [1]"""

_PASSES: Final = 40  # A month of restrictions shows in its first and last day only; clipped residuals need time to tell.
_ROUNDS: Final = 3
_MOST_LASTING: Final = 0.98
_OUTLIER: Final = 3.0
_NORMAL: Final = 1.4826


@dataclass(frozen=True)
class Calendar:
    """Columns that every day has by its date."""

    country: str | None
    harmonics: int

    def columns(self, days: pd.DatetimeIndex) -> Floats:
        """Weekdays from Tuesday on, holidays, sine waves of the year; shape (days, columns)."""
        weekdays = np.eye(7)[days.day_of_week][:, 1:]
        return np.column_stack([weekdays, holiday_columns(days, self.country), year_waves(days, self.harmonics)])


@dataclass(frozen=True)
class WeatherColumns:
    """How exogenous columns enter: hinges of temperature, the root of rain, everything else as it is."""

    names: tuple[str, ...]
    knots: tuple[float, ...]
    """Where warmth begins to count once more, in the unit of the temperature."""

    def columns(self, values: Floats) -> Floats:
        """Shape (days, columns) of `values`, shape (days, names)."""
        made = [np.empty((len(values), 0))]
        for name, column in zip(self.names, values.T, strict=True):
            if name == TEMPERATURE:
                made.append(np.maximum(column[:, None] - np.array(self.knots), 0.0))
            else:
                made.append((np.sqrt(np.maximum(column, 0.0)) if name == RAIN else column)[:, None])
        return np.column_stack(made)


def weather_columns(names: Sequence[str], values: Floats) -> WeatherColumns:
    """Columns with knots at quantiles of the history's temperature; `values` has the shape (days, names)."""
    warm = values[:, list(names).index(TEMPERATURE)] if TEMPERATURE in names else np.empty(0)
    known = warm[np.isfinite(warm)]
    return WeatherColumns(tuple(names), tuple(np.quantile(known, HINGES).tolist()) if known.size else ())


@dataclass(frozen=True)
class Effects:
    """What was learned of each series."""

    constant: Floats
    """Shape (series,)."""

    coefficients: Floats
    """Shape (series, columns)."""

    def of(self, columns: Floats) -> Floats:
        """Constant and effects, shape (series, days), of `columns`, shape (days, columns)."""
        return np.asarray(self.constant[:, None] + self.coefficients @ columns.T)


def learned_effects(logarithms: Floats, columns: Floats) -> Effects:
    """Effects of `columns`, shape (days, columns), on `logarithms`, shape (series, days), NaN where unknown.

    Days on which a column is unknown are left out.
    """
    finite = np.asarray(np.isfinite(columns).all(axis=1))
    size = np.abs(np.where(np.isfinite(columns), columns, 0.0)).max(axis=0, initial=0.0)
    scaled = np.where(finite[:, None], columns, 0.0) / np.where(size > 0.0, size, 1.0)
    known = np.where(finite, logarithms, np.nan)
    lasting = np.zeros((len(logarithms), 1))
    for _ in range(_ROUNDS):
        steps = scaled[1:] - lasting[..., None] * scaled[:-1]
        _, slopes = huber_ridge(steps, known[:, 1:] - lasting * known[:, :-1], _PENALTY, _PASSES)
        departures = known - slopes @ scaled.T
        constant = np.nanmedian(departures, axis=1, keepdims=True)
        lasting = lasting_share(departures - constant)[:, None]
    return Effects(constant[:, 0], slopes / np.where(size > 0.0, size, 1.0))


def lasting_share(departures: Floats) -> Floats:
    """Lag-1 correlation without the pull of outliers, 0 to 0.98, shape (series,)."""
    spread = _OUTLIER * _NORMAL * np.nanmedian(np.abs(departures), axis=1, keepdims=True)
    clipped = np.clip(departures, -spread, spread)
    both = np.isfinite(clipped[:, 1:]) & np.isfinite(clipped[:, :-1])
    later, before = np.where(both, clipped[:, 1:], 0.0), np.where(both, clipped[:, :-1], 0.0)
    power = (before**2).sum(axis=1)
    share = np.divide((later * before).sum(axis=1), power, out=np.zeros(len(power)), where=power > 0.0)
    return np.asarray(np.clip(share, 0.0, _MOST_LASTING))
