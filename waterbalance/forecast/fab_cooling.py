"""Cooling towers of a fab: heat of machines, layers and make-up air, and the water that carries it away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from waterbalance.forecast.dated_table import range_findings
from waterbalance.forecast.day_of_year import stretches
from waterbalance.forecast.member_draw import deal
from waterbalance.hydrology.cooling_tower import evaporation_per_heat, make_up
from waterbalance.hydrology.humidity import atmospheric_pressure, saturation_vapour_pressure
from waterbalance.hydrology.moist_air import enthalpy, humidity_ratio

if TYPE_CHECKING:
    from waterbalance.errors import Finding
    from waterbalance.horizon import Floats

TEMPERATURE: Final = "temperature"
HUMIDITY: Final = "relative_humidity"
AIR: Final = (TEMPERATURE, HUMIDITY)

_HOURS: Final = 24.0
_LITRES: Final = 1000.0
_MONTHS: Final = 12


@dataclass(frozen=True)
class FabCooling:
    """Heat and water of the towers.

    heat = (base_heat + heat_per_layer x layers / 24 + air_flow x max(0, h_outside - h_supply)) x chiller_factor   [kW]
    make_up = cycles / (cycles - 1) x heat x 24 h x evaporation_per_heat / 1000   [m3/day]

    h is the enthalpy of air: most of what the weather changes is the cooling and drying of the air that clean rooms take in,
    less the evaporation for each unit of heat.
    """

    base_heat: float
    """Heat of machines and pumps whatever is produced. [kW]"""

    heat_per_layer: float = 0.0
    """Heat for each layer. [kWh]"""

    air_flow: float = 0.0
    """Outside air that is cooled and dried for the clean rooms. [kg/s]"""

    supply_temperature: float = 12.0
    """Dew point that this air is brought to; assumed. [degC]"""

    chiller_factor: float = 1.2
    """Heat at the towers over heat in the fab: 1 + 1 / coefficient of performance of the chillers; assumed. [1]"""

    cycles_of_concentration: float = 6.0
    """Salt in the towers over salt in their make-up; assumed. [1]"""

    elevation: float = 0.0
    """Above sea level. [m]"""

    temperature: tuple[float, ...] | None = None
    """Monthly normals, January to December, where no daily weather is known. [degC]"""

    relative_humidity: tuple[float, ...] | None = None
    """Monthly normals. [1]"""

    @property
    def has_normals(self) -> bool:
        """Whether the air is known for every month."""
        return len(self.temperature or ()) == _MONTHS and len(self.relative_humidity or ()) == _MONTHS

    def ten_day_normals(self) -> dict[str, tuple[float, ...]] | None:
        """The monthly normals as 36 ten-day values; None where there are none."""
        if self.temperature is None or self.relative_humidity is None:
            return None
        normals = {TEMPERATURE: self.temperature, HUMIDITY: self.relative_humidity}
        return {name: tuple(value for value in values for _ in range(3)) for name, values in normals.items()}

    def make_up(self, temperature: Floats, humidity: Floats, layers: Floats) -> Floats:
        """Water of the towers for daily means of the air and layers a day, all of one shape. [m3/day]."""
        pressure = atmospheric_pressure(self.elevation)
        outside = enthalpy(temperature, humidity_ratio(humidity * saturation_vapour_pressure(temperature), pressure))
        supply = self.supply_temperature
        supplied = enthalpy(supply, humidity_ratio(saturation_vapour_pressure(supply), pressure))
        air = self.air_flow * np.maximum(0.0, outside - supplied)
        heat = (self.base_heat + self.heat_per_layer * layers / _HOURS + air) * self.chiller_factor
        evaporated = heat * _HOURS * evaporation_per_heat(temperature, humidity, pressure) / _LITRES
        return make_up(evaporated, self.cycles_of_concentration)

    def air_on(self, days: pd.DatetimeIndex, known: pd.DataFrame | None) -> tuple[Floats, Floats]:
        """Temperature and humidity on past days, shape (days, 1) each; normals (or NaN) where they were not measured."""
        months = days.month - 1
        found = []
        for name, normals in ((TEMPERATURE, self.temperature), (HUMIDITY, self.relative_humidity)):
            usual = np.asarray(normals, dtype=np.float64)[months] if normals else np.full(len(days), np.nan)
            seen = np.full(len(days), np.nan) if known is None else known[name].reindex(days).to_numpy(dtype=np.float64)
            found.append(np.where(np.isfinite(seen), seen, usual)[:, None])
        return found[0], found[1]

    def findings(self) -> list[Finding]:
        """What is wrong with these figures."""
        found = [
            *range_findings("base heat", self.base_heat, 0.0),
            *range_findings("heat per layer", self.heat_per_layer, 0.0),
            *range_findings("air flow", self.air_flow, 0.0),
            *range_findings("supply temperature", self.supply_temperature, -10.0, 40.0),
            *range_findings("chiller factor", self.chiller_factor, 1.0, 2.0),
            *range_findings("cycles of concentration", self.cycles_of_concentration, 1.05, 50.0),
        ]
        for value in self.temperature or ():
            found += range_findings("a normal of temperature", value, -40.0, 50.0)
        for value in self.relative_humidity or ():
            found += range_findings("a normal of relative humidity", value, 0.0, 1.0)
        return found


def air_of_members(
    cooling: FabCooling,
    past: pd.DataFrame | None,
    told: Floats | None,
    days: pd.DatetimeIndex,
    members: int,
    seed: int,
) -> tuple[Floats, Floats]:
    """Temperature and humidity of each member, shape (days, members) each. The same seed deals the same members of weather.

    From the weather that is told, shape (weather members, days, 2); else from past years of daily weather, a stretch of
    the same dates for each member; else, alike for all, from the monthly normals (or the mean of too short a past).
    """
    if told is not None:
        dealt = deal(len(told), members, seed)
        return told[dealt, :, 0].T, told[dealt, :, 1].T
    if past is None:
        temperature, humidity = cooling.air_on(days, None)
        return np.repeat(temperature, members, axis=1), np.repeat(humidity, members, axis=1)
    daily = past.reindex(pd.date_range(past.index[0], past.index[-1]))
    years = [stretches(daily[name], days, 7) for name in AIR]
    known = np.isfinite(years[0]).all(axis=0) & np.isfinite(years[1]).all(axis=0)
    if not known.any():
        usual = cooling.air_on(days, past)
        filled = [np.where(np.isfinite(each), each, past[name].mean()) for each, name in zip(usual, AIR, strict=True)]
        return np.repeat(filled[0], members, axis=1), np.repeat(filled[1], members, axis=1)
    dealt = np.flatnonzero(known)[deal(int(known.sum()), members, seed)]
    return years[0][:, dealt], years[1][:, dealt]
