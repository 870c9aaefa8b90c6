"""Day-of-year climatology: past years around the same date, each as one member. The judge that inflows are held against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from waterbalance.forecast.daily_steps import Kind, asked_days, over_steps
from waterbalance.forecast.exogenous import refuse_weather, without_exogenous
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import checked_history
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.screening import screened
from waterbalance.forecast.seasonal_naive import days_ahead

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.forecast.history import History
    from waterbalance.horizon import Floats, Horizon

_LEAP = 366


@dataclass
class DayOfYearClimatology:
    """What came on these dates in past years, up to some days earlier or later.

    member(year, shift)[d] = history[d - years + shift],   -half_window <= shift <= half_window

    Each member is a stretch of the past, so its days hang together. A day that the record does not know takes the median
    of all years within the window. Source: the usual reference of hydrological ensembles, e.g. Pappenberger, F. et al.
    (2015), doi:10.1016/j.jhydrol.2015.01.024. It knows nothing of today: a judge, and a floor for the far days.
    """

    half_window: int = 7
    """Days before and after the date that count as the same date. [day]"""

    kind: Kind = "rate"
    """Whether the history is a rate (amounts per step are told) or a level (means are told)."""

    least_coverage: float = 0.5
    """Share of the horizon's days that a stretch of the past must know to become a member. [1]"""

    lowest: float | None = 0.0
    """Smallest value allowed in the history; None for no limit."""

    history_: History | None = field(default=None, init=False, repr=False)
    typical_: Floats | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily values, a rate per [day].

        Raises `InputError` when the history is no series of numbers on dates, or holds no value.
        """
        learned = screened(checked_history(without_exogenous(history), shortest=1, lowest=self.lowest))
        self.typical_ = typical_by_day(learned.values, self.half_window)
        self.history_ = learned
        return self

    def follow(self, history: Past) -> Self:
        """The past is all that it ever learns."""
        return self.fit(history)

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts (or mean levels) over the steps, shape (steps, members).

        Raises `InputError` when the horizon begins before the history ends.
        """
        refuse_weather(weather, self)
        history, typical = fitted(self.history_, self), fitted(self.typical_, self)
        days = asked_days(horizon, members, seed)
        days_ahead(history.values.index[-1], days)
        told = stretches(history.values, days, self.half_window)
        known = np.isfinite(told).mean(axis=0)
        told = told[:, known >= min(self.least_coverage, float(known.max()))]
        filled = np.where(np.isfinite(told), told, typical[days.day_of_year - 1][:, None])
        values = over_steps(filled, horizon, self.kind)[:, deal(filled.shape[1], members, seed)]
        label = f"day-of-year climatology {history.years}"
        return Forecast(values, label, history.missing, history.notes)


def stretches(values: pd.Series, days: pd.DatetimeIndex, half_window: int) -> Floats:
    """The past on the dates of `days`, in every year and with every shift, shape (days, years x shifts); NaN where unknown."""
    known = values.to_numpy(dtype=np.float64)
    backs = np.arange(1, days[-1].year - values.index[0].year + 1)
    starts = (same_date(days[0], backs) - np.datetime64(values.index[0], "D")).astype(np.int64)
    shifts = np.arange(-half_window, half_window + 1)
    offsets = np.arange(len(days))[:, None, None] + starts[None, :, None] + shifts[None, None, :]
    inside = (offsets >= 0) & (offsets < len(known))
    found = np.where(inside, known[np.clip(offsets, 0, len(known) - 1)], np.nan).reshape(len(days), -1)
    return found if found.size else np.full((len(days), 1), np.nan)


def same_date(day: pd.Timestamp, backs: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
    """The date so many years before; 28 February for the 29th where there is none."""
    months = np.datetime64(day, "M") - 12 * backs
    last_days = (months + 1).astype("datetime64[D]") - 1
    return np.asarray(np.minimum(months.astype("datetime64[D]") + (day.day - 1), last_days))


def typical_by_day(values: pd.Series, half_window: int) -> Floats:
    """Median of all years within the window around each day of the year, shape (366,); of all days where it knows none."""
    numbers = pd.DatetimeIndex(values.index).day_of_year.to_numpy() - 1
    known = values.to_numpy(dtype=np.float64)
    overall = float(np.nanmedian(known))
    found = np.full(_LEAP, overall)
    for day in range(_LEAP):
        distance = np.abs((numbers - day + _LEAP // 2) % _LEAP - _LEAP // 2)
        near = known[(distance <= half_window) & np.isfinite(known)]
        found[day] = np.median(near) if near.size else overall
    return found
