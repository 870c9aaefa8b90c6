"""Daily demand of households from their meters: week, season and a slowly wandering level."""

from __future__ import annotations

import calendar
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.exogenous import refuse_weather, without_exogenous
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.screening import outages_left_out
from waterbalance.forecast.seasonal_naive import days_ahead
from waterbalance.forecast.waves import year_waves

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.horizon import Floats, Horizon

_DAYS_FOR_THE_SEASON: Final = 731  # Before each part of the year was seen twice, one odd summer would pass for the season.
_CONSTANT: Final = 1.0e-9


@dataclass(frozen=True)
class HouseholdModel:
    """What was learned, in logarithms of demand."""

    last_day: pd.Timestamp
    constant: float
    """Mean of the logarithms: a weekday that was never metered has it."""

    coefficients: Floats
    """Of the columns of `regressors`."""

    harmonics: int
    persistence: float
    """Share of today's departure that is left tomorrow. [1]"""

    shock: float
    """Standard deviation of what the departure gains in a day. [1]"""

    noise: float
    """Standard deviation of what passes within the day. [1]"""

    departure: float
    """Expected departure on the last day. [1]"""

    doubt: float
    """Standard deviation of the departure on the last day. [1]"""

    label: str
    filled: int
    notes: tuple[str, ...]


@dataclass
class HouseholdDemand:
    """Meters of a zone, daily, as log demand = week + season + departure + noise.

    ln demand[d] = mean + weekday[d] + sum_k (a_k sin(2 pi k d / 365.25) + b_k cos(2 pi k d / 365.25)) + x[d] + e[d]
    x[d] = persistence x[d - 1] + shock

    Week and season by least squares; x and e by maximum likelihood in a Kalman filter (statsmodels `UnobservedComponents`),
    which steps over missing days. Members are simulated paths. The spread stays bounded far ahead, and a new level is
    followed and slowly forgotten. The season is left out with less than two years of values. Zeros are
    outages here: they count as missing, and a note names them.

    Source: Harvey, A. C. (1989): Forecasting, structural time series models and the Kalman filter,
    doi:10.1017/CBO9781107049994. Do not use it when restrictions or holidays will change the demand (it knows neither), nor
    for hours.
    """

    harmonics: int = 2
    """How many sine waves describe the year. [1]"""

    memory: int = 1461
    """Most recent days that are learned from. [day]"""

    shortest: int = 28
    """Fewest days with a value to learn from. [day]"""

    model_: HouseholdModel | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily demand in [m3/day].

        Raises `InputError` when the history is no series of numbers on dates, or has too few days.
        """
        known = outages_left_out(without_exogenous(history), shortest=self.shortest)
        recent = known.values.iloc[-self.memory :]
        days = pd.DatetimeIndex(recent.index)
        harmonics = self.harmonics if recent.notna().sum() >= _DAYS_FOR_THE_SEASON else 0
        logarithms = np.log(recent.to_numpy(dtype=np.float64))
        seen = np.isfinite(logarithms)
        columns = regressors(days, harmonics)
        constant = float(logarithms[seen].mean())
        coefficients = np.linalg.lstsq(columns[seen], logarithms[seen] - constant, rcond=None)[0]
        persistence, shock, noise, departure, doubt = departure_model(logarithms - constant - columns @ coefficients)
        label, filled = f"household meters {known.years}", int((~seen).sum())
        notes = (*known.notes, *unmetered_weekdays(recent))
        self.model_ = HouseholdModel(
            days[-1], constant, coefficients, harmonics, persistence, shock, noise, departure, doubt, label, filled, notes
        )
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Volumes over the steps, shape (steps, members) [m3 per step].

        Raises `InputError` when the horizon begins before the history ends.
        """
        refuse_weather(weather, self)
        model = fitted(self.model_, self)
        days = asked_days(horizon, members, seed)
        departures = simulated_departures(model, days, members, seed)
        logarithms = (model.constant + regressors(days, model.harmonics) @ model.coefficients)[:, None] + departures
        return Forecast(over_steps(np.exp(logarithms), horizon), model.label, model.filled, model.notes)


def regressors(days: pd.DatetimeIndex, harmonics: int) -> Floats:
    """Columns of the regression: seven weekdays and the sine waves of the year."""
    return np.column_stack([np.eye(7)[days.day_of_week], year_waves(days, harmonics)])


def unmetered_weekdays(values: pd.Series) -> tuple[str, ...]:
    """A note of the weekdays on which `values`, one a day, know nothing; none where they know every weekday."""
    seen = pd.DatetimeIndex(values.dropna().index).day_of_week
    unseen = [name for number, name in enumerate(calendar.day_name) if number not in set(seen)]
    return (f"no value on any {', '.join(unseen)}: told as the other weekdays",) if unseen else ()


def departure_model(departures: Floats) -> tuple[float, float, float, float, float]:
    """Persistence, shock, noise, last departure and its doubt of a series with gaps (NaN)."""
    scale = float(np.nanstd(departures))
    if scale < _CONSTANT:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    from statsmodels.tsa.statespace.structural import UnobservedComponents  # noqa: PLC0415 (heavy: only when meters are read)

    model = UnobservedComponents(departures / scale, level=False, irregular=True, autoregressive=1)
    # The library's own start cannot stand missing values; in units of the series' spread this one is near enough.
    start = [{"sigma2.irregular": 0.3, "sigma2.ar": 0.2, "ar.L1": 0.9}[name] for name in model.param_names]
    with warnings.catch_warnings():
        # Without convergence the best parameters found so far still describe the series; a plan needs some.
        warnings.simplefilter("ignore")
        result = model.fit(start, disp=False, maxiter=100)
    learned = dict(zip(result.model.param_names, result.params, strict=True))
    departure, doubt = result.filtered_state[0, -1], np.sqrt(max(result.filtered_state_cov[0, 0, -1], 0.0))
    shock, noise = (np.sqrt(max(learned[name], 0.0)) for name in ("sigma2.ar", "sigma2.irregular"))
    persistence = float(learned["ar.L1"])
    return persistence, float(shock * scale), float(noise * scale), float(departure * scale), float(doubt * scale)


def simulated_departures(model: HouseholdModel, days: pd.DatetimeIndex, members: int, seed: int) -> Floats:
    """Paths of departure and noise on the horizon's days, shape (days, members)."""
    ahead = int(days_ahead(model.last_day, days)[0])
    generator = np.random.default_rng(seed)
    state = model.departure + model.doubt * generator.standard_normal(members)
    paths = np.empty((ahead - 1 + len(days), members))
    for index in range(len(paths)):
        state = model.persistence * state + model.shock * generator.standard_normal(members)
        paths[index] = state
    return paths[ahead - 1 :] + model.noise * generator.standard_normal((len(days), members))
