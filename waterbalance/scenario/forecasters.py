"""The forecasters that a scenario file may name, with their settings and units; a new one is one class here.

A settings class says which tables its forecaster reads (`tables`), builds it (`build`) and says what it learns from
(`learns_from`).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from waterbalance import units
from waterbalance.forecast.agriculture import CropDemand
from waterbalance.forecast.announced import Announced
from waterbalance.forecast.climatology import TenDayClimatology
from waterbalance.forecast.household_blend import HouseholdBlend
from waterbalance.forecast.per_capita import PerCapitaDemand
from waterbalance.forecast.persistence import Persistence
from waterbalance.forecast.recorded import RecordedFirst
from waterbalance.forecast.solar import RADIATION, SUNSHINE, SolarEnergy
from waterbalance.forecast.ten_day_statistics import TenDayStatistics
from waterbalance.network.fields import FlowRate, Fraction, Power
from waterbalance.scenario.crop_settings import CropSettings
from waterbalance.scenario.fab_settings import FabDemandSettings, SemiconductorFabSettings
from waterbalance.scenario.field_settings import EfficiencySettings, efficiency_told
from waterbalance.scenario.forecaster_settings import (
    WEATHER,
    Asked,
    Columns,
    ForecasterSettings,
    FromHistory,
    Key,
    as_pandas,
    kind_of,
)
from waterbalance.scenario.quantities import Quantity
from waterbalance.scenario.river_settings import (
    AnalogsSettings,
    DayOfYearSettings,
    OutsideEnsembleSettings,
    RiverInflowSettings,
    SeasonalNaiveSettings,
    TurbiditySettings,
)
from waterbalance.scenario.schema import FileSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from waterbalance.forecast.forecaster import Forecaster

STATISTICS = "statistics"
RESTRICTION, CUT = "restriction", "cut"


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


class PersistenceSettings(FromHistory):
    """The last values go on."""

    window: int = Field(default=1, ge=1, strict=True)
    """How many last days are averaged. [day]"""

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        return Persistence(window=self.window, kind=kind_of(unit))


class HouseholdDemandSettings(FromHistory):
    """Households from their meters: calendar, restrictions, and a blend that keeps last week's weekday."""

    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")
    """Whose public holidays count, such as `TW`; Lunar New Year by the lunar calendar."""

    restrictions: FileSettings | None = None
    """A `date` table with the column `restriction.cut [1]`: the share by which demand was, or is announced to be, cut; days that
    it leaves out have no restriction."""

    leakage: FlowRate = 0.0
    """What the pipes lose before the taps; no holiday or restriction moves it. [m3/day]"""

    harmonics: int = Field(default=2, ge=0, le=6, strict=True)
    """How many sine waves describe the year."""

    memory: int = Field(default=1461, ge=28, strict=True)
    """Most recent days that are learned from. [day]"""

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:
        """See `ForecasterSettings`."""
        asked = super().tables(key, wanted)
        if self.restrictions is None:
            return asked
        cut = {CUT: Quantity(units.FRACTION, 0.0, 0.99)}
        return (*asked, Asked("restrictions", self.restrictions.file, RESTRICTION, cut, ("date",)))

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        cuts = columns.get((RESTRICTION, CUT))
        blend = HouseholdBlend(
            country=self.country,
            restriction=None if cuts is None else CUT,
            leakage=self.leakage,
            harmonics=self.harmonics,
            memory=self.memory,
        )
        return blend if cuts is None else Announced(blend, as_pandas(cuts).to_frame(CUT))


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


class PerCapitaDemandSettings(ForecasterSettings):
    """Households without meters: people x use a head."""

    population: float = Field(ge=0)
    """People served."""

    use_per_head: FlowRate
    """Use of one person at the tap, such as `250 L/day`. [m3/day]"""

    monthly_factors: tuple[float, ...] = (1.0,) * 12
    """Use of each month, January to December, relative to the year's mean."""

    leakage: Fraction = 0.0
    """Share of what leaves the works that is lost before the meters."""

    uncertainty: Fraction = 0.0
    """Relative standard deviation between members."""

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        litres = 1000.0 * self.use_per_head
        return PerCapitaDemand(self.population, litres, self.monthly_factors, self.leakage, self.uncertainty)


class CropDemandSettings(ForecasterSettings):
    """An irrigation zone by FAO-56 and its crop calendar."""

    crops: tuple[CropSettings, ...] = Field(min_length=1)
    """What grows in the zone."""

    efficiency: Fraction | None = None
    """Share of the water at the head that reaches the root zones."""

    efficiencies: EfficiencySettings | None = None
    """The same by its stages, with what comes back of the losses; instead of `efficiency`."""

    weather: FileSettings
    """A `ten_day` table (normals) or a `date` table (past years; days may be missing) with the columns
    `weather.evapotranspiration [mm/day]` and `weather.rain [mm/day]`."""

    rain_method: Literal["fixed_percentage", "usda_scs", "balance"] = "fixed_percentage"
    """How effective rain is reckoned: by the balance of each field (needs `field` of every crop, and daily weather of past years
    to be any good), or by a planning method where only normals are known."""

    rain_share: Fraction = 0.8
    """For `fixed_percentage`: the effective share; assumed unless the zone has its own."""

    @model_validator(mode="after")
    def _one_efficiency(self) -> Self:
        efficiency_told(self.efficiency, self.efficiencies)
        return self

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:  # noqa: ARG002
        """See `ForecasterSettings`."""
        depth = Quantity(units.DEPTH_RATE, 0.0, 1.0)
        columns = {"evapotranspiration": depth, "rain": depth}
        return (Asked("weather", self.weather.file, WEATHER, columns, ("ten_day", "date")),)

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        normals = _normals(columns)
        crops = tuple(crop.crop() for crop in self.crops)
        return CropDemand(
            crops,
            efficiency_told(self.efficiency, self.efficiencies),
            normals.get("evapotranspiration"),
            normals.get("rain"),
            self.rain_method,
            self.rain_share,
        )

    def learns_from(self, key: Key, columns: Columns) -> pd.Series | pd.DataFrame:
        """Daily weather where the table has it; nothing to learn from where it has normals."""
        past = _past_weather(columns)
        return super().learns_from(key, columns) if past is None else past


class SolarSettings(ForecasterSettings):
    """Energy of a solar array: peak power x performance ratio x the sun on the array."""

    latitude: float = Field(ge=-90, le=90)
    """North-positive, in degrees."""

    longitude: float = Field(ge=-180, le=180)
    """East-positive, in degrees."""

    tilt: float = Field(ge=0, le=90)
    """Angle of the array from the level, in degrees."""

    azimuth: float = Field(default=180.0, ge=0, le=360)
    """Where the array looks, in degrees: 90 east, 180 south, 270 west."""

    peak_power: Power
    """Power of all modules under test conditions. [kW]"""

    performance_ratio: Fraction
    """Energy at the pumps over that of loss-free modules; 0.74 on average of 202 systems in Taiwan."""

    weather: FileSettings
    """A `ten_day` table (normals) or a `date` table (past years; days may be missing) with one of the columns
    `weather.radiation [kWh/m2/day]`, on level ground, and `weather.sunshine [h]` of a day."""

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:  # noqa: ARG002
        """See `ForecasterSettings`."""
        columns = {RADIATION: Quantity(units.IRRADIATION, 0.0, 15.0), SUNSHINE: Quantity(units.TIME, 0.0, 1.0)}
        return (Asked("weather", self.weather.file, WEATHER, columns, ("ten_day", "date")),)

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        normals = _normals(columns)
        return SolarEnergy(
            self.latitude,
            self.longitude,
            self.tilt,
            self.azimuth,
            self.peak_power,
            self.performance_ratio,
            normals.get(RADIATION),
            normals.get(SUNSHINE),
        )

    def learns_from(self, key: Key, columns: Columns) -> pd.Series | pd.DataFrame:
        """Daily weather where the table has it; nothing to learn from where it has normals."""
        past = _past_weather(columns)
        return super().learns_from(key, columns) if past is None else past


def _normals(columns: Columns) -> dict[str, tuple[float, ...]]:
    """Ten-day values of a table of weather."""
    return {name: tuple(series.values.tolist()) for (_, name), series in columns.items() if series.kind == "ten_day"}


def _past_weather(columns: Columns) -> pd.DataFrame | None:
    """Daily weather of past years; None where the table has none."""
    import pandas as pd  # noqa: PLC0415

    past = {name: as_pandas(series) for (_, name), series in columns.items() if series.kind == "date"}
    return pd.DataFrame(past) if past else None


FORECASTERS: Mapping[str, type[ForecasterSettings]] = MappingProxyType(
    {
        "ten_day_climatology": TenDayClimatologySettings,
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
