"""Past years as rows of ten-day means, and the sequences that they give for a horizon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.exogenous import without_exogenous
from waterbalance.forecast.history import checked_history
from waterbalance.forecast.screening import screened

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past
    from waterbalance.forecast.history import History
    from waterbalance.horizon import Floats

PERIODS = 36
"""Ten-day periods of a year."""


def period_index(days: pd.DatetimeIndex) -> npt.NDArray[np.intp]:
    """Running number of the ten-day period of each day: 36 x year + number in the year (0 to 35)."""
    return np.asarray(days.year * PERIODS + (days.month - 1) * 3 + np.minimum((days.day - 1) // 10, 2), dtype=np.intp)


@dataclass(frozen=True)
class TenDayRecord:
    """Ten-day means of past years."""

    first_year: int
    """Year of the first row."""

    means: Floats
    """Means of the days that have values, shape (years, 36); NaN where too few days have one."""

    typical: Floats
    """Median over the years of each ten-day period, shape (36,)."""

    def sequences(self, days: pd.DatetimeIndex, start_years: npt.NDArray[np.intp]) -> Floats:
        """What each start year would give for `days`, NaN where unknown; shape (days, start years).

        A sequence that crosses the year's end goes on in the year after its start year.
        """
        shifts = (start_years - days[0].year) * PERIODS
        wanted = period_index(days)[:, None] + shifts[None, :] - self.first_year * PERIODS
        flat = self.means.ravel()
        inside = (wanted >= 0) & (wanted < flat.size)
        return np.where(inside, flat[np.where(inside, wanted, 0)], np.nan)

    def filled_sequences(self, days: pd.DatetimeIndex, start_years: npt.NDArray[np.intp]) -> Floats:
        """The same with the typical value of the period where unknown."""
        values = self.sequences(days, start_years)
        return np.where(np.isnan(values), self.typical[period_index(days) % PERIODS][:, None], values)

    def start_years(self, days: pd.DatetimeIndex, least_coverage: float) -> npt.NDArray[np.intp]:
        """Years whose sequence is known on at least that share of `days`; the best known ones where none is."""
        span = days[-1].year - days[0].year
        candidates = np.arange(self.first_year - span, self.first_year + len(self.means), dtype=np.intp)
        coverage = 1.0 - np.isnan(self.sequences(days, candidates)).mean(axis=0)
        return np.asarray(candidates[coverage >= min(least_coverage, float(coverage.max()))], dtype=np.intp)


def screened_record(history: Past, lowest: float | None) -> tuple[History, TenDayRecord]:
    """A history without exogenous columns and doubtful readings, and its ten-day means.

    Raises `InputError` when the history is no series of numbers on dates, is lower than `lowest`, or does not cover the year.
    """
    learned = screened(checked_history(without_exogenous(history), shortest=1, lowest=lowest))
    return learned, ten_day_record(learned)


def ten_day_record(history: History, *, least_share: float = 0.5) -> TenDayRecord:
    """Ten-day means of a history; a period of a year counts when `least_share` of its days have a value.

    Raises `InputError` where a period of the year has no value in any year.
    """
    values = history.values
    first_year, last_year = values.index[0].year, values.index[-1].year
    calendar = period_index(pd.date_range(f"{first_year}-01-01", f"{last_year}-12-31")) - first_year * PERIODS
    size = (last_year - first_year + 1) * PERIODS
    known = values.notna().to_numpy()
    numbers = period_index(pd.DatetimeIndex(values.index))[known] - first_year * PERIODS
    counts = np.bincount(numbers, minlength=size)
    sums = np.bincount(numbers, weights=values.to_numpy()[known], minlength=size)
    enough = (counts > 0) & (counts >= least_share * np.bincount(calendar, minlength=size))
    means = np.where(enough, sums / np.maximum(counts, 1), np.nan).reshape(-1, PERIODS)
    nowhere = np.flatnonzero(np.isnan(means).all(axis=0))
    if nowhere.size:
        periods = ", ".join(str(number + 1) for number in nowhere)
        found = f"none in period {periods}; the record goes from {values.index[0].date()} to {values.index[-1].date()}"
        remedy = "Give earlier or later rows that cover the whole year, or a table of ten-day statistics."
        finding = Finding("ten-day periods without a value in any year", found=found, allowed="a value in each", remedy=remedy)
        raise InputError("a history to learn from", (finding,))
    return TenDayRecord(first_year, means, np.nanmedian(means, axis=0))
