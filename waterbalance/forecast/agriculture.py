"""Irrigation demand of a zone by FAO-56 and its crop calendar."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError
from waterbalance.forecast.daily_steps import days_of, over_steps
from waterbalance.forecast.dated_table import range_findings
from waterbalance.forecast.exogenous import refuse_weather
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import checked_history
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.ten_day_record import PERIODS, TenDayRecord, period_index, ten_day_record
from waterbalance.hydrology.effective_rainfall import fixed_percentage, usda_scs

if TYPE_CHECKING:
    from waterbalance.forecast.crop import Crop
    from waterbalance.forecast.forecaster import Weather
    from waterbalance.horizon import Floats, Horizon

RainMethod = Literal["fixed_percentage", "usda_scs"]

_TEN_DAYS = 10.0
_MILLIMETRES = 1000.0


@dataclass(frozen=True)
class ZoneWeather:
    """What a zone knows of its weather: a record or a climatology of each quantity."""

    evapotranspiration: TenDayRecord | Floats
    """Reference evapotranspiration: past years, or 36 ten-day values. [m/day]"""

    rain: TenDayRecord | Floats
    """Rain: past years, or 36 ten-day values. [m/day]"""

    label: str
    filled: int


@dataclass
class CropDemand:
    """Water that the crops of a zone need at its head.

    demand = sum over crops of area x mean over its plantings of
             max(0, Kc ET0 + percolation + preparation - effective rain) / efficiency   [m3/day]

    Weather enters as ten-day means, so within ten days the field (its bunds, its soil) keeps rain for later days; beyond
    that, rain is lost. Members are past weather years where `fit` was given daily weather (the same seed deals the same
    years as in `TenDayClimatology` on the same years); from tables alone all members are equal: a climatology of
    means hides how dry a dry year is, so do not judge risk with it.

    Source: Allen et al. (1998), FAO Irrigation and Drainage Paper 56; the paddy terms as in `hydrology/paddy.py`. Do not use
    it for deficit irrigation (there is no soil store) or alternate wetting and drying.
    """

    crops: tuple[Crop, ...]
    """What grows in the zone."""

    efficiency: float
    """Share of the water at the head that reaches the root zones: conveyance x distribution x application. [1]"""

    evapotranspiration: tuple[float, ...] | None = None
    """Reference evapotranspiration of the 36 ten-day periods; not needed when `fit` is given it. [m/day]"""

    rain: tuple[float, ...] | None = None
    """Rain of the 36 ten-day periods; not needed when `fit` is given it. [m/day]"""

    rain_method: RainMethod = "fixed_percentage"
    """How effective rain is reckoned."""

    rain_share: float = 0.8
    """For `fixed_percentage`: the effective share; assumed unless the zone has its own. [1]"""

    least_coverage: float = 0.8
    """Share of the horizon's days that a past year must know to become a member. [1]"""

    weather_: ZoneWeather | None = field(default=None, init=False, repr=False)

    def fit(self, history: pd.Series | pd.DataFrame) -> Self:
        """Learn the weather years from a frame with daily columns `evapotranspiration` and `rain`, or one of them [m/day].

        A series is a history of demand: nothing is learned from it, it may be empty, and the tables are used.
        Raises `InputError` with all settings, columns and values that are wrong or missing.
        """
        findings = Findings(finding for crop in self.crops for finding in crop.findings())
        findings.extend(range_findings("efficiency", self.efficiency, 0.05, 1.0))
        findings.extend(range_findings("rain share", self.rain_share, 0.0, 1.0))
        if not self.crops:
            findings.add(Finding("the zone has no crops", allowed="one crop or more"))
        frame = history if isinstance(history, pd.DataFrame) else pd.DataFrame()
        for name in set(map(str, frame.columns)) - {"evapotranspiration", "rain"}:
            findings.add(Finding("an unknown column of weather", found=repr(name), allowed="evapotranspiration, rain"))
        tables = {"evapotranspiration": self.evapotranspiration, "rain": self.rain}
        for name, table in tables.items():
            if name not in frame.columns:
                findings.extend(_table_findings(name, table))
        findings.raise_if_any(InputError, "demand of an irrigation zone")
        self.weather_ = _weather(frame, tables)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Volumes at the zone's head over the steps, shape (steps, members) [m3 per step]."""
        refuse_weather(weather, self)
        site = fitted(self.weather_, self)
        days = days_of(horizon)
        years = self._weather_years(site, days)
        evapotranspiration = _sequences(site.evapotranspiration, days, years)
        rain = self._effective_rain(_sequences(site.rain, days, years))
        fields = np.zeros((len(days), len(years)))
        for crop in self.crops:
            fields += crop.area * crop.field_demand(days, evapotranspiration, rain)
        values = over_steps(fields / self.efficiency, horizon)[:, deal(len(years), members, seed)]
        return Forecast(values, site.label, site.filled)

    def _weather_years(self, weather: ZoneWeather, days: pd.DatetimeIndex) -> npt.NDArray[np.intp]:
        """Years that every record of the zone knows well enough; one nominal year where there are only tables."""
        records = [item for item in (weather.evapotranspiration, weather.rain) if isinstance(item, TenDayRecord)]
        if not records:
            return np.array([days[0].year], dtype=np.intp)
        well_known = [record.start_years(days, self.least_coverage) for record in records]
        common = np.intersect1d(well_known[0], well_known[-1])
        return common if common.size else well_known[0]

    def _effective_rain(self, rain: Floats) -> Floats:
        if self.rain_method == "fixed_percentage":
            return fixed_percentage(rain, self.rain_share)
        return usda_scs(rain * _MILLIMETRES * _TEN_DAYS, _TEN_DAYS) / _TEN_DAYS / _MILLIMETRES


def _sequences(source: TenDayRecord | Floats, days: pd.DatetimeIndex, years: npt.NDArray[np.intp]) -> Floats:
    if isinstance(source, TenDayRecord):
        return source.filled_sequences(days, years)
    return np.repeat(source[period_index(days) % PERIODS][:, None], len(years), axis=1)


def _table_findings(name: str, table: tuple[float, ...] | None) -> list[Finding]:
    if table is None or len(table) != PERIODS:
        found = "nothing" if table is None else f"{len(table)} values"
        remedy = f"Give the table, or daily weather with a column {name!r} to fit."
        return [Finding(f"no {name} of the ten-day periods", found=found, allowed="36 values", remedy=remedy)]
    named = ((f"{name} of period {period}", value) for period, value in enumerate(table, start=1))
    return [finding for title, value in named for finding in range_findings(title, value, 0.0, 1.0)]


def _weather(frame: pd.DataFrame, tables: dict[str, tuple[float, ...] | None]) -> ZoneWeather:
    sources: dict[str, TenDayRecord | Floats] = {}
    label, filled, findings = "climatology of ten-day means", 0, Findings()
    for name, table in tables.items():
        if name not in frame.columns:
            sources[name] = np.asarray(table, dtype=np.float64)
            continue
        try:
            history = checked_history(frame[name], shortest=1)
            sources[name] = ten_day_record(history)
        except InputError as error:
            findings.extend(replace(item, where=replace(item.where, component=name)) for item in error.findings)
            continue
        label, filled = f"weather years {history.years}", filled + history.missing
    findings.raise_if_any(InputError, "weather of an irrigation zone")
    return ZoneWeather(sources["evapotranspiration"], sources["rain"], label, filled)
