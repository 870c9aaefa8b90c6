"""Days of past years as the members of a water balance, with the days before the horizon that wetted its fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.ten_day_record import PERIODS, period_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.forecast.history import History
    from waterbalance.horizon import Floats

_MONTHS = 12

Dates = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class DailyRecord:
    """One quantity of the weather, day by day."""

    first_day: np.datetime64
    """The day of the first value."""

    values: Floats
    """Shape (days,), NaN where unknown."""

    typical: Floats
    """Mean of each ten-day period over the years, shape (36,)."""

    def typical_of(self, function: Callable[[Floats], Floats]) -> Floats:
        """Mean of a function of the values in each ten-day period over the years, shape (36,)."""
        days = pd.date_range(self.first_day, periods=len(self.values))
        means = pd.Series(function(self.values)).groupby(period_index(days) % PERIODS).mean()
        return np.asarray(means.reindex(range(PERIODS)), dtype=np.float64)

    def at(self, dates: Dates) -> Floats:
        """Values of dates, NaN where unknown; of the same shape."""
        place = (dates - self.first_day).astype(np.int64)
        inside = (place >= 0) & (place < len(self.values))
        return np.where(inside, self.values[np.where(inside, place, 0)], np.nan)

    def filled(self, dates: Dates, then: Dates) -> Floats:
        """Values of dates; where unknown those of the same day in `then`, and after that the typical ones."""
        values = self.at(dates)
        values = np.where(np.isnan(values), self.at(then), values)
        flat = pd.DatetimeIndex(then.ravel())
        return np.where(np.isnan(values), self.typical[period_index(flat) % PERIODS].reshape(then.shape), values)


def daily_record(history: History) -> DailyRecord:
    """The record of a history.

    Raises `InputError` where a ten-day period of the year has no value in any year.
    """
    days = pd.DatetimeIndex(history.values.index)
    means = history.values.groupby(period_index(days) % PERIODS).mean().reindex(range(PERIODS))
    unknown = [str(period + 1) for period in means.index[means.isna()]]
    if unknown:
        found, remedy = f"periods {', '.join(unknown)}", "Give a record that holds a whole year."
        raise InputError(
            "weather of past years", (Finding("ten-day periods without a value in any year", found=found, remedy=remedy),)
        )
    values = history.values.to_numpy(dtype=np.float64)
    return DailyRecord(days[0].to_datetime64().astype("datetime64[D]"), values, means.to_numpy(dtype=np.float64))


def in_years(days: pd.DatetimeIndex, later: npt.NDArray[np.intp]) -> Dates:
    """The same days so many years later, shape (days, years); 29 February is 1 March where there is none."""
    dates = days.to_numpy().astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    moved = months[:, None] + (later * _MONTHS)[None, :]
    return np.asarray(moved.astype("datetime64[D]") + (dates - months.astype("datetime64[D]"))[:, None])
