"""The forecasters that a scenario file may name, with their settings; a new one is one class, here or in its family's file.

A settings class says which tables its forecaster reads (`tables`), builds it (`build`) and says what it learns from
(`learns_from`).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from waterbalance.forecast.climatology import TenDayClimatology
from waterbalance.forecast.conditional_climatology import ConditionalClimatology
from waterbalance.forecast.history import known_before
from waterbalance.forecast.persistence import Persistence
from waterbalance.forecast.recorded import RecordedFirst
from waterbalance.forecast.ten_day_statistics import TenDayStatistics
from waterbalance.network.fields import Fraction
from waterbalance.scenario.crop_settings import CropDemandSettings
from waterbalance.scenario.fab_settings import FabDemandSettings, SemiconductorFabSettings
from waterbalance.scenario.forecaster_settings import A_YEAR, Asked, Columns, ForecasterSettings, FromHistory, Key, kind_of
from waterbalance.scenario.household_settings import HouseholdDemandSettings, PerCapitaDemandSettings
from waterbalance.scenario.river_settings import (
    AnalogsSettings,
    DayOfYearSettings,
    OutsideEnsembleSettings,
    RiverInflowSettings,
    SeasonalNaiveSettings,
    TurbiditySettings,
)
from waterbalance.scenario.schema import FileSettings
from waterbalance.scenario.solar_settings import SolarSettings
from waterbalance.scenario.weather_settings import WithWeatherAhead

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd

    from waterbalance.forecast.forecaster import Forecaster
    from waterbalance.scenario.quantities import Quantity

STATISTICS = "statistics"


class TenDayClimatologySettings(FromHistory):
    """The past years, each as one member."""

    least_coverage: Fraction = 0.8
    """Share of the horizon's days that a past year must know to become a member."""

    recorded: bool = Field(default=False, strict=True)
    """Whether days that the history holds are told as recorded: for planning a past season again."""

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        climatology = TenDayClimatology(kind=kind_of(unit), least_coverage=self.least_coverage)
        return RecordedFirst(climatology, kind=kind_of(unit)) if self.recorded else climatology

    def fresh_for(self, column: str) -> int:  # noqa: ARG002
        """See `ForecasterSettings`."""
        return A_YEAR

    def knows_ahead(self) -> bool:
        """See `ForecasterSettings`."""
        return self.recorded


class ConditionalClimatologySettings(TenDayClimatologySettings):
    """The past years, each drawn towards the last day that the history knows."""

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        climatology = ConditionalClimatology(kind=kind_of(unit), least_coverage=self.least_coverage)
        return RecordedFirst(climatology, kind=kind_of(unit)) if self.recorded else climatology


class PersistenceSettings(FromHistory):
    """The last values go on."""

    window: int = Field(default=1, ge=1, strict=True)
    """How many last days are averaged. [day]"""

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        return Persistence(window=self.window, kind=kind_of(unit))


class TenDayStatisticsSettings(ForecasterSettings):
    """Quantiles of the 36 ten-day periods, where the years themselves are not at hand."""

    statistics: FileSettings
    """A `ten_day` table with columns `statistics.q05 [unit]` ... `statistics.q95 [unit]`, perhaps `statistics.mean [unit]`."""

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:  # noqa: ARG002
        """See `ForecasterSettings`."""
        names = ("mean", *(f"q{level:02d}" for level in range(1, 100)))
        return (Asked("statistics", self.statistics.file, STATISTICS, dict.fromkeys(names, wanted), ("ten_day",)),)

    def build(self, unit: str, columns: Columns) -> Forecaster:
        """See `ForecasterSettings`."""
        import pandas as pd  # noqa: PLC0415 (heavy: only when a forecast is made)

        rows = range(1, 37)
        table = pd.DataFrame(
            {name: series.values for (owner, name), series in columns.items() if owner == STATISTICS}, index=rows
        )
        return TenDayStatistics(table, kind=kind_of(unit))


FORECASTERS: Mapping[str, type[ForecasterSettings]] = MappingProxyType(
    {
        "ten_day_climatology": TenDayClimatologySettings,
        "conditional_climatology": ConditionalClimatologySettings,
        "ten_day_statistics": TenDayStatisticsSettings,
        "persistence": PersistenceSettings,
        "household_demand": HouseholdDemandSettings,
        "per_capita_demand": PerCapitaDemandSettings,
        "fab_demand": FabDemandSettings,
        "semiconductor_fab": SemiconductorFabSettings,
        "crop_demand": CropDemandSettings,
        "solar": SolarSettings,
        "river_inflow": RiverInflowSettings,
        "analogs": AnalogsSettings,
        "day_of_year": DayOfYearSettings,
        "seasonal_naive": SeasonalNaiveSettings,
        "outside_ensemble": OutsideEnsembleSettings,
        "turbidity": TurbiditySettings,
    }
)


@dataclass(frozen=True)
class Recipe:
    """How one series is forecast: settings, and the tables that were read for it."""

    settings: ForecasterSettings
    unit: str
    """Internal unit of the quantity."""

    columns: Columns

    def history(self, key: Key, start: dt.date) -> pd.Series | pd.DataFrame:
        """What the forecaster learns from on the day `start`: what its tables knew when that day began.

        A past season that is planned again (`recorded`) knows its record to the end.
        """
        record = self.record(key, start)
        return record if self.settings.knows_ahead() else known_before(record, start)

    def record(self, key: Key, start: dt.date) -> pd.Series | pd.DataFrame:
        """All that its tables tell of the past.

        A table of weather may be named twice, as the past and as what is told of the days to come: what it says from `start` on
        is no past then.
        """
        past = self.settings.learns_from(key, self.columns)
        if not isinstance(self.settings, WithWeatherAhead) or self.settings.weather_ahead is None:
            return past
        return past[past.index < np.datetime64(start)]
