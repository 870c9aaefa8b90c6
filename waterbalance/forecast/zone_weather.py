"""What an irrigation zone knows of its weather: past years, normals, or frames of the days to come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.forecast.daily_weather import DailyRecord, daily_record, in_years
from waterbalance.forecast.dated_table import range_findings
from waterbalance.forecast.exogenous import weather_members
from waterbalance.forecast.history import checked_history, of_ten_days
from waterbalance.forecast.seasonal_naive import days_ahead
from waterbalance.forecast.ten_day_record import PERIODS, TenDayRecord, period_index, ten_day_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.forecast.forecaster import Weather
    from waterbalance.forecast.history import History
    from waterbalance.horizon import Floats

EVAPOTRANSPIRATION, RAIN, TEMPERATURE = "evapotranspiration", "rain", "temperature"
NAMES: Final = (EVAPOTRANSPIRATION, RAIN)
"""What every zone asks for; crops by warmth ask for the temperature too."""

LIMITS: Final = {EVAPOTRANSPIRATION: (0.0, 0.03), RAIN: (0.0, 2.0), TEMPERATURE: (-80.0, 60.0)}
"""What is believed of a day: a desert under hot wind evaporates some 0.02 m, the record of rain is 1.825 m. [m/day], [degC]"""

SPREAD = "rain is known as ten-day means only: a balance holds more of an even rain than of storms, so the demand is told too low"


@dataclass(frozen=True)
class Quantity:
    """One quantity of the weather."""

    ten_day: TenDayRecord | Floats
    """Past years, or 36 ten-day values. [m/day]"""

    daily: DailyRecord | None
    """Its days, where they are known."""


@dataclass(frozen=True)
class ZoneYears:
    """Weather of all members on the days that a forecast is made of."""

    days: pd.DatetimeIndex
    first: int
    """Number of the horizon's first day; those before it were."""

    evapotranspiration: Floats
    """Shape (days, members). [m/day]"""

    rain: Floats
    """Shape (days, members). [m/day]"""

    label: str
    filled: int
    notes: tuple[str, ...]

    temperature: Floats | None = None
    """Shape (days, members), where crops go by it. [degC]"""

    @property
    def members(self) -> int:
        """Members of the weather."""
        return int(self.rain.shape[1])


@dataclass(frozen=True)
class ZoneWeather:
    """What a zone knows of its weather."""

    quantities: Mapping[str, Quantity]
    label: str
    filled: int
    notes: tuple[str, ...] = ()

    last_day: pd.Timestamp | None = None
    """The last one of the record; None where there are only tables."""

    def by_ten_days(self, days: pd.DatetimeIndex, weather: Weather, least_coverage: float) -> ZoneYears:
        """Ten-day means on every day of a horizon."""
        if weather is not None:
            evapotranspiration, rain = (_ten_day_means(values, days) for values in _told(weather, days, NAMES))
            return ZoneYears(days, 0, evapotranspiration, rain, "weather told", 0, ())
        years = self._start_years(days, least_coverage)
        means = [_sequences(self.quantities[name].ten_day, days, years) for name in NAMES]
        return ZoneYears(days, 0, means[0], means[1], self.label, self.filled, (_untold(len(years), self.label),))

    def by_days(self, days: pd.DatetimeIndex, weather: Weather, least_coverage: float, before: int) -> ZoneYears:
        """Every day of a horizon, and as it was on the `before` days that lead to it.

        Days before the horizon are as recorded where the record reaches, else those of the member's own year.
        """
        whole = pd.date_range(days[0] - pd.Timedelta(days=before), days[-1])
        if weather is None:
            years = self._start_years(days, least_coverage)
            told = {name: self._days(name, whole, days[0].year, years, before) for name in self.quantities}
            notes = (*self.notes, _untold(len(years), self.label))
            label, filled = self.label, self.filled
            return ZoneYears(whole, before, told[EVAPOTRANSPIRATION], told[RAIN], label, filled, notes, told.get(TEMPERATURE))
        frames = _told(weather, days, tuple(self.quantities))
        this_year = np.full(frames[0].shape[1], days[0].year, dtype=np.intp)
        told = {}
        for name, ahead in zip(self.quantities, frames, strict=True):
            past = self._days(name, whole, days[0].year, this_year, before)
            told[name] = np.vstack([past[:before], ahead])
        return ZoneYears(
            whole, before, told[EVAPOTRANSPIRATION], told[RAIN], "weather told", self.filled, (), told.get(TEMPERATURE)
        )

    def _start_years(self, days: pd.DatetimeIndex, least_coverage: float) -> npt.NDArray[np.intp]:
        """Years that every record of the zone knows well enough; one nominal year where there are only tables.

        Raises `InputError` where `days` begin in the record: its years would tell what comes.
        """
        if self.last_day is not None:
            days_ahead(self.last_day, days)
        sources = [quantity.ten_day for quantity in self.quantities.values()]
        records = [source for source in sources if isinstance(source, TenDayRecord)]
        if not records:
            return np.array([days[0].year], dtype=np.intp)
        well_known = [record.start_years(days, least_coverage) for record in records]
        common = reduce(np.intersect1d, well_known)
        return common if common.size else well_known[0]

    def _days(self, name: str, days: pd.DatetimeIndex, year: int, years: npt.NDArray[np.intp], before: int) -> Floats:
        quantity = self.quantities[name]
        if quantity.daily is None:
            return _sequences(quantity.ten_day, days, years)
        then = in_years(days, years - year)
        dates = then.copy()
        dates[:before] = days.to_numpy().astype("datetime64[D]")[:before, None]
        return quantity.daily.filled(dates, then)


def zone_weather(frame: pd.DataFrame, tables: Mapping[str, tuple[float, ...] | None]) -> ZoneWeather:
    """Learn from daily columns, and take the tables for those that are missing.

    Raises `InputError` with what is wrong in the columns, by name.
    """
    quantities: dict[str, Quantity] = {}
    label, filled, notes, findings = "climatology of ten-day means", 0, [SPREAD], Findings()
    ends: list[pd.Timestamp] = []
    for name, table in tables.items():
        if name not in frame.columns:
            quantities[name] = Quantity(np.asarray(table, dtype=np.float64), None)
            continue
        try:
            history = _believed(frame[name], name)
            quantities[name] = Quantity(ten_day_record(history), daily_record(history))
        except InputError as error:
            findings.extend(replace(item, where=replace(item.where, component=name)) for item in error.findings)
            continue
        label, filled = f"weather years {history.years}", filled + history.missing
        ends.append(history.values.index[-1])
        if name == RAIN and not of_ten_days(pd.DatetimeIndex(frame.index)):
            notes.clear()
    findings.raise_if_any(InputError, "weather of an irrigation zone")
    return ZoneWeather(quantities, label, filled, tuple(notes), max(ends, default=None))


def _believed(series: pd.Series, name: str) -> History:
    """The record of a quantity, with values that can be. Raises `InputError`."""
    history = checked_history(series, shortest=1, lowest=None if name == TEMPERATURE else 0.0)
    wrong = history.values[~history.values.between(*LIMITS[name]) & history.values.notna()]
    if len(wrong):
        raise InputError("weather of an irrigation zone", (_beyond(name, wrong.index[0], wrong.iloc[0]),))
    return history


def table_findings(frame: pd.DataFrame, tables: Mapping[str, tuple[float, ...] | None]) -> list[Finding]:
    """Columns that nobody asked for, and tables that are missing or out of range."""
    found = [
        Finding("an unknown column of weather", found=repr(name), allowed=", ".join(tables))
        for name in map(str, frame.columns)
        if name not in tables
    ]
    for name, table in tables.items():
        if name in frame.columns:
            continue
        if table is None or len(table) != PERIODS:
            told = "nothing" if table is None else f"{len(table)} values"
            remedy = f"Give the table, or daily weather with a column {name!r} to fit."
            found.append(Finding(f"no {name} of the ten-day periods", found=told, allowed="36 values", remedy=remedy))
            continue
        for period, value in enumerate(table, start=1):
            found.extend(range_findings(f"{name} of period {period}", value, 0.0, min(1.0, LIMITS[name][1])))
    return found


def _untold(members: int, label: str) -> str:
    """What stands for the weather of the days to come."""
    alike = ", alike in all members" if members == 1 else ""
    return f"nobody tells the weather of the days to come: {label} stand for it{alike}"


def _told(weather: Weather, days: pd.DatetimeIndex, names: tuple[str, ...]) -> list[Floats]:
    """What is told for the days, each of shape (days, frames), in the order of `names` [m/day] and [degC]."""
    told = weather_members(weather, names, days)
    findings = Findings()
    for column, name in enumerate(names):
        lowest, most = LIMITS[name]
        wrong = np.argwhere(~((told[:, :, column] >= lowest) & (told[:, :, column] <= most)))
        if wrong.size:
            frame, day = wrong[0]
            findings.add(_beyond(name, days[day], told[frame, day, column]))
    findings.raise_if_any(InputError, "weather of the days to come")
    return [told[:, :, column].T for column in range(len(names))]


def _beyond(name: str, day: pd.Timestamp, value: float) -> Finding:
    """What is said of a value that cannot be."""
    (lowest, most), unit = LIMITS[name], "degC" if name == TEMPERATURE else "m/day"
    remedy = "Give degrees Celsius." if name == TEMPERATURE else "Give metres a day, not millimetres."
    place, allowed = Place(date=str(day.date())), f"{lowest:g} to {most:g}"
    return Finding(f"{name} is out of its range", place, f"{value:g} {unit}", allowed, remedy)


def _ten_day_means(values: Floats, days: pd.DatetimeIndex) -> Floats:
    """Means of the ten-day periods, as far as the days reach, on each day; shape (days, members)."""
    periods = period_index(days)
    starts = np.flatnonzero(np.diff(periods, prepend=periods[0] - 1))
    counts = np.diff(np.append(starts, len(days)))
    return np.repeat(np.add.reduceat(values, starts, axis=0) / counts[:, None], counts, axis=0)


def _sequences(source: TenDayRecord | Floats, days: pd.DatetimeIndex, years: npt.NDArray[np.intp]) -> Floats:
    if isinstance(source, TenDayRecord):
        return source.filled_sequences(days, years)
    return np.repeat(source[period_index(days) % PERIODS][:, None], len(years), axis=1)
