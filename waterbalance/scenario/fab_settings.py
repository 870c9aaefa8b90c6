"""Lines and cooling towers of a semiconductor fab as a scenario file gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from waterbalance.errors import InputError
from waterbalance.forecast.dated_table import DatedTable
from waterbalance.forecast.fab_cooling import FabCooling
from waterbalance.forecast.semiconductor_fab import ProcessLine
from waterbalance.network.fields import Duration, Energy, Fraction, Length, Power, Volume
from waterbalance.scenario.dates import LocalDate

_LITRES = 1000.0


class ProcessLineSettings(BaseModel):
    """Wafers of one generation."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    layers: float | Mapping[LocalDate, float]
    """Mask layers a day; by date, ramped between the dates, where the line starts up or grows."""

    use_per_layer: Volume
    """Ultrapure water for one layer, fresh and recycled together, such as `200 L`. [m3]"""

    recycling: Fraction = 0.0
    """Share of that which recycled water covers."""

    ramp_delays: tuple[Duration, ...] = (0.0,)
    """Equally likely delays of the layers by date. [day]"""

    @model_validator(mode="after")
    def _has_layers(self) -> Self:
        told = self.layers.values() if isinstance(self.layers, Mapping) else [self.layers]
        if not told or min(told) < 0 or not self.ramp_delays:
            raise ValueError("a line has layers of zero or more, and at least one delay (0 days)")
        return self

    def line(self, name: str) -> ProcessLine:
        """The line that the forecaster knows.

        Raises `InputError` where its dates do not rise.
        """
        layers: DatedTable | float = (
            DatedTable(tuple(self.layers), tuple(self.layers.values()), ramped=True)
            if isinstance(self.layers, Mapping)
            else self.layers
        )
        return ProcessLine(name, layers, self.use_per_layer * _LITRES, self.recycling, self.ramp_delays)


class CoolingSettings(BaseModel):
    """Heat and water of the cooling towers."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

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

    temperature: tuple[float, ...] = Field(min_length=12, max_length=12)
    """Monthly normals of the air, January to December, in degC."""

    relative_humidity: tuple[Fraction, ...] = Field(min_length=12, max_length=12)
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


def lines_of(lines: Mapping[str, ProcessLineSettings]) -> tuple[ProcessLine, ...]:
    """All lines. Raises `ValueError` where one is no line."""
    try:
        return tuple(each.line(name) for name, each in lines.items())
    except InputError as error:
        raise ValueError("; ".join(map(str, error.findings))) from error
