"""Energy of a solar array from past weather."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError
from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.dated_table import range_findings
from waterbalance.forecast.exogenous import refuse_weather
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import checked_history
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.seasonal_naive import days_ahead
from waterbalance.forecast.ten_day_record import PERIODS, TenDayRecord, period_index, ten_day_record
from waterbalance.hydrology.photovoltaics import MEGAJOULES_PER_KWH, ArrayPlace, on_the_array
from waterbalance.hydrology.radiation import daylight_hours, extraterrestrial_radiation, solar_radiation_from_sunshine

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Weather
    from waterbalance.horizon import Floats, Horizon

RADIATION, SUNSHINE = "radiation", "sunshine"


@dataclass(frozen=True)
class SiteWeather:
    """What a site knows of its sun."""

    quantity: str
    """`radiation` [kWh/m2/day] or `sunshine` [day/day]."""

    record: TenDayRecord | Floats
    """Past years, or 36 ten-day values."""

    label: str
    filled: int

    last_day: pd.Timestamp | None = None
    """The last one of the past years."""


@dataclass
class SolarEnergy:
    """What a solar array gives in a day.

    energy = peak_power x performance_ratio x irradiation on the array / (1 kW/m2)   [kWh/day]

    Radiation on level ground is measured, or follows from the sunshine by Angstrom's equation (FAO-56, eq. 35); on the
    array it is turned by pvlib (`hydrology/photovoltaics.py`). Members are past weather years where `fit` was given daily
    weather; from ten-day values alone all members are equal. Ten-day means of weather leave out single cloudy days: for
    pumps without a tank or a grid the energy of a day may be much less.
    """

    latitude: float
    """North-positive. [degrees]"""

    longitude: float
    """East-positive. [degrees]"""

    tilt: float
    """Angle of the array from the level. [degrees]"""

    azimuth: float
    """Where the array looks: 90 east, 180 south, 270 west. [degrees]"""

    peak_power: float
    """Power of all modules under test conditions. [kW]"""

    performance_ratio: float
    """Energy at the pumps over that of loss-free modules at 25 degrees; 202 systems in Taiwan had 0.74 on average. [1]"""

    radiation: tuple[float, ...] | None = None
    """Radiation on level ground in the 36 ten-day periods. [kWh/m2/day]"""

    sunshine: tuple[float, ...] | None = None
    """Sunshine of the 36 ten-day periods, where there is no radiation; a share of the whole day. [day/day]"""

    least_coverage: float = 0.8
    """Share of the horizon's days that a past year must know to become a member. [1]"""

    weather_: SiteWeather | None = field(default=None, init=False, repr=False)

    def fit(self, history: pd.Series | pd.DataFrame) -> Self:
        """Learn the weather years from a frame with the daily column `radiation` [kWh/m2/day] or `sunshine` [day/day].

        A series is a history of energy: nothing is learned from it, it may be empty, and the tables are used.
        Raises `InputError` with all settings and columns that are wrong or missing.
        """
        findings = Findings()
        for name, figure, lowest, highest in (
            ("latitude", self.latitude, -90.0, 90.0),
            ("longitude", self.longitude, -180.0, 180.0),
            ("tilt", self.tilt, 0.0, 90.0),
            ("azimuth", self.azimuth, 0.0, 360.0),
            ("peak power", self.peak_power, 0.0, np.inf),
            ("performance ratio", self.performance_ratio, 0.0, 1.0),
        ):
            findings.extend(range_findings(name, figure, lowest, highest))
        frame = history if isinstance(history, pd.DataFrame) else pd.DataFrame()
        tables = {RADIATION: self.radiation, SUNSHINE: self.sunshine}
        known = [name for name, table in tables.items() if name in frame.columns or table is not None]
        if not known:
            remedy = "Give a table of radiation or of sunshine, or daily weather to fit."
            findings.add(Finding("the sun of the site is not known", allowed=f"{RADIATION} or {SUNSHINE}", remedy=remedy))
        elif known[0] not in frame.columns and len(tables[known[0]] or ()) != PERIODS:
            found = f"{len(tables[known[0]] or ())} values"
            findings.add(Finding(f"the table of {known[0]} is not complete", found=found, allowed="36 values"))
        findings.raise_if_any(InputError, "energy of a solar array")
        self.weather_ = _weather(known[0], frame, tables[known[0]])
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Energy over the steps, shape (steps, members) [kWh per step].

        Raises `InputError` when the horizon begins before the history ends.
        """
        refuse_weather(weather, self)
        site = fitted(self.weather_, self)
        days = asked_days(horizon, members, seed)
        if site.last_day is not None:
            days_ahead(site.last_day, days)
        if isinstance(site.record, TenDayRecord):
            years = site.record.start_years(days, self.least_coverage)
            told = site.record.filled_sequences(days, years)
        else:
            told = site.record[period_index(days) % PERIODS][:, None]
        level = told if site.quantity == RADIATION else self._from_sunshine(told, days)
        place = ArrayPlace(self.latitude, self.longitude, self.tilt, self.azimuth)
        energy = self.peak_power * self.performance_ratio * on_the_array(level, days, place)
        values = over_steps(energy, horizon)[:, deal(energy.shape[1], members, seed)]
        return Forecast(values, site.label, site.filled)

    def _from_sunshine(self, sunshine: Floats, days: pd.DatetimeIndex) -> Floats:
        """Radiation on level ground. [kWh/m2/day]."""
        day_of_year = days.day_of_year.to_numpy()[:, None]
        daylight = daylight_hours(self.latitude, day_of_year)
        beyond = extraterrestrial_radiation(self.latitude, day_of_year)
        hours = np.minimum(24.0 * sunshine, daylight)
        return solar_radiation_from_sunshine(hours, daylight, beyond) / MEGAJOULES_PER_KWH


def _weather(name: str, frame: pd.DataFrame, table: tuple[float, ...] | None) -> SiteWeather:
    if name not in frame.columns:
        return SiteWeather(name, np.asarray(table, dtype=np.float64), f"ten-day means of {name}", 0)
    history = checked_history(frame[name], shortest=1)
    return SiteWeather(name, ten_day_record(history), f"{name} of {history.years}", history.missing, history.values.index[-1])
