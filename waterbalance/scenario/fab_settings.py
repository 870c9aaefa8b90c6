"""Settings of the forecasters of semiconductor fabs: lines, cooling towers, and figures by date."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from waterbalance.errors import InputError
from waterbalance.forecast.dated_table import DatedTable
from waterbalance.forecast.exogenous import TARGET
from waterbalance.forecast.fab import FabDemand
from waterbalance.forecast.fab_cooling import AIR, FabCooling
from waterbalance.forecast.semiconductor_fab import ProcessLine, SemiconductorFab
from waterbalance.network.fields import Duration, Energy, FlowRate, Fraction, Length, Power, Volume
from waterbalance.scenario.dates import LocalDate
from waterbalance.scenario.forecaster_settings import (
    A_YEAR,
    FRESH,
    Asked,
    Columns,
    ForecasterSettings,
    FromHistory,
    Key,
    as_pandas,
)
from waterbalance.scenario.schema import FileSettings
from waterbalance.scenario.weather_settings import WithWeatherAhead, asked_weather, past_weather

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from waterbalance.forecast.forecaster import Forecaster
    from waterbalance.scenario.quantities import Quantity

_LITRES = 1000.0


def _kind_of_figure(value: object) -> str:
    """Which of the ways to tell a figure a value is, so that only that one complains."""
    if isinstance(value, list | tuple):
        return "plans"
    return "by date" if isinstance(value, Mapping) else "figure"


_Plan = Annotated[
    Annotated[float, Tag("figure")] | Annotated[Mapping[LocalDate, float], Tag("by date")], Discriminator(_kind_of_figure)
]
_Plans = Annotated[
    Annotated[float, Tag("figure")]
    | Annotated[Mapping[LocalDate, float], Tag("by date")]
    | Annotated[tuple[_Plan, ...], Tag("plans")],
    Discriminator(_kind_of_figure),
]
_ShareByDate = Annotated[
    Annotated[Fraction, Tag("figure")] | Annotated[Mapping[LocalDate, Fraction], Tag("by date")], Discriminator(_kind_of_figure)
]
_FlowByDate = Annotated[
    Annotated[FlowRate, Tag("figure")] | Annotated[Mapping[LocalDate, FlowRate], Tag("by date")], Discriminator(_kind_of_figure)
]


class ProcessLineSettings(BaseModel):
    """Wafers of one generation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    layers: _Plans
    """Mask layers a day; by date, ramped between the dates, where the line starts up or grows. Several plans as a list: equally
    likely, the first of this line with the first of all others."""

    use_per_layer: Volume
    """Ultrapure water for one layer, fresh and recycled together, such as `200 L`. [m3]"""

    recycling: _ShareByDate = 0.0
    """Share of that which recycled water covers; by date, from each day on."""

    ramp_delays: tuple[Duration, ...] = (0.0,)
    """Equally likely delays of the layers by date. [day]"""

    @model_validator(mode="after")
    def _has_layers(self) -> Self:
        told = [list(plan.values()) if isinstance(plan, Mapping) else [plan] for plan in self._plans()]
        if not told or not all(told) or min(map(min, told)) < 0 or not self.ramp_delays:
            raise ValueError("a line has layers of zero or more, and at least one delay (0 days)")
        return self

    def _plans(self) -> tuple[float | Mapping[dt.date, float], ...]:
        return self.layers if isinstance(self.layers, tuple) else (self.layers,)

    def line(self, name: str) -> ProcessLine:
        """The line that the forecaster knows.

        Raises `InputError` where its dates do not rise.
        """
        plans = tuple(_by_date(plan, ramped=True) for plan in self._plans())
        return ProcessLine(name, plans, self.use_per_layer * _LITRES, _by_date(self.recycling), self.ramp_delays)


class CoolingSettings(BaseModel):
    """Heat and water of the cooling towers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_heat: Power
    """Heat of machines and pumps whatever is produced. [kW]"""

    heat_per_layer: Energy = 0.0
    """Heat for each layer. [kWh]"""

    air_flow: float = Field(default=0.0, ge=0)
    """Outside air that is cooled and dried for the clean rooms, in kg/s."""

    supply_temperature: float = Field(default=12.0, ge=-10, le=40)
    """Dew point that this air is brought to, in degC."""

    chiller_factor: float = Field(default=1.2, ge=1, le=2)
    """Heat at the towers over heat in the fab."""

    cycles_of_concentration: float = Field(default=6.0, ge=1.05, le=50)
    """Salt in the towers over salt in their make-up."""

    elevation: Length = 0.0
    """Above sea level. [m]"""

    temperature: tuple[float, ...] | None = Field(default=None, min_length=12, max_length=12)
    """Monthly normals of the air, January to December, in degC; for days that `weather` does not know."""

    relative_humidity: tuple[Fraction, ...] | None = Field(default=None, min_length=12, max_length=12)
    """Monthly normals."""

    def cooling(self) -> FabCooling:
        """The towers that the forecaster knows."""
        return FabCooling(
            self.base_heat,
            self.heat_per_layer,
            self.air_flow,
            self.supply_temperature,
            self.chiller_factor,
            self.cycles_of_concentration,
            self.elevation,
            self.temperature,
            self.relative_humidity,
        )


def _by_date(told: float | Mapping[dt.date, float], *, ramped: bool = False) -> DatedTable | float:
    """A figure, or what holds from each date on. Raises `InputError` where the dates do not rise."""
    return DatedTable(tuple(told), tuple(told.values()), ramped) if isinstance(told, Mapping) else told


class FabDemandSettings(ForecasterSettings):
    """A semiconductor fab: production x intensity."""

    production: float = Field(ge=0)
    """Good units made a day, such as wafer layers."""

    intensity: Volume
    """Water used per unit started, fresh and recycled together. [m3]"""

    recycling: Fraction = 0.0
    """Share of the use that recycled water covers."""

    production_yield: float = Field(default=1.0, ge=0.01, le=1.0)
    """Good units per unit started."""

    minimum_load: FlowRate = 0.0
    """Intake below which the fab cannot run stably. [m3/day]"""

    contract: FlowRate | None = None
    """Most that the supply contract allows. [m3/day]"""

    uncertainty: Fraction = 0.0
    """Relative standard deviation between members."""

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        return FabDemand(
            self.production,
            self.intensity,
            self.recycling,
            self.production_yield,
            self.minimum_load,
            math.inf if self.contract is None else self.contract,
            self.uncertainty,
        )


class SemiconductorFabSettings(WithWeatherAhead, FromHistory):
    """A semiconductor fab: process lines, scrubbers, and cooling towers by the weather; its own meters where they are given."""

    lines: Mapping[str, ProcessLineSettings] = Field(min_length=1)
    """What is produced, by name."""

    purification: Fraction = 1.0
    """Ultrapure water made of one part of raw water."""

    scrubber: _FlowByDate = 0.0
    """Water of the exhaust scrubbers; by date, from each day on, as what follows. [m3/day]"""

    cooling: CoolingSettings | None = None
    """Cooling towers."""

    reuse: Fraction = 0.0
    """Share of the process's discharge that is used again in scrubbers and towers."""

    minimum_load: _FlowByDate = 0.0
    """Intake below which the fab cannot run stably. [m3/day]"""

    contract: _FlowByDate | None = None
    """Most that the supply contract allows. [m3/day]"""

    weather: FileSettings | None = None
    """Weather of the past, for the towers: a `date` table with the columns `weather.temperature [degC]` and
    `weather.relative_humidity [%]`. Days may be missing; the monthly normals are not needed then."""

    @model_validator(mode="after")
    def _is_a_fab(self) -> Self:
        self._fab()
        if self.cooling is None and (self.weather is not None or self.weather_ahead is not None):
            raise ValueError("weather moves cooling towers only: add 'cooling', or leave the weather out")
        if self.cooling is not None and self.weather is None and not self.cooling.cooling().has_normals:
            raise ValueError("the air at the towers is not known: give 'weather', or 12 monthly normals of each quantity")
        return self

    def weather_names(self) -> tuple[str, ...]:
        """See `ForecasterSettings`."""
        return () if self.cooling is None else AIR

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:
        """See `ForecasterSettings`."""
        asked = super().tables(key, wanted)
        return asked if self.weather is None else (*asked, asked_weather("weather", self.weather, AIR))

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        fab = self._fab()
        normals = None if fab.cooling is None or self.weather is not None else fab.cooling.ten_day_normals()
        return self.driven(fab, columns, {}, bound=self.weather is not None, normals=normals)

    def _fab(self) -> SemiconductorFab:
        """The forecaster. Raises `ValueError` where dates do not rise."""
        try:
            return SemiconductorFab(
                tuple(each.line(name) for name, each in self.lines.items()),
                self.purification,
                _by_date(self.scrubber),
                None if self.cooling is None else self.cooling.cooling(),
                self.reuse,
                _by_date(self.minimum_load),
                math.inf if self.contract is None else _by_date(self.contract),
            )
        except InputError as error:
            raise ValueError("; ".join(map(str, error.findings))) from error

    def fresh_for(self, column: str) -> int:
        """Of the air only past years count."""
        return FRESH if column == TARGET else A_YEAR

    def learns_from(self, key: Key, columns: Columns) -> pd.Series | pd.DataFrame:
        """The fab's meters as `y` with the air of their days, where each is known."""
        past = as_pandas(columns.get(key))
        if self.weather is None:
            return past
        air = past_weather(columns, AIR)
        return past.rename(TARGET).to_frame().join(air) if len(past) else air
