"""Evaporation and make-up of a wet cooling tower, from dry and wet air.

Source: the saturated-exit tower of Merkel's theory, Merkel, F. (1925), Verdunstungskuehlung, VDI-Forschungsarbeiten 275;
make-up after ASHRAE (2020), Handbook of Systems and Equipment, chapter 40.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from waterbalance.hydrology.humidity import saturation_vapour_pressure
from waterbalance.hydrology.moist_air import enthalpy, humidity_ratio, saturated_temperature

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

WATER_TO_AIR: Final = 1.2
"""Mass of water over that of dry air in the tower; usual for mechanical draught. [1]"""

COOLING_RANGE: Final = 5.5
"""How much the water is cooled, 10 degF. [K]"""

_WATER: Final = 4.186  # [kJ/kg/K]
_KILOJOULES_PER_KWH: Final = 3600.0


def evaporation_per_heat(
    temperature: npt.ArrayLike,
    relative_humidity: npt.ArrayLike,
    pressure: npt.ArrayLike = 101.3,
    *,
    water_to_air: float = WATER_TO_AIR,
    cooling_range: float = COOLING_RANGE,
) -> Floats:
    """Water that evaporates for each unit of heat that the tower rejects [L/kWh].

    h_out = h_in + water_to_air x 4.186 x cooling_range, and the air leaves saturated:
    evaporation = (w_out - w_in) / (h_out - h_in)

    `temperature` in [degC], `relative_humidity` from 0 to 1, `pressure` in [kPa]; shapes broadcast. Dry and wet air both
    matter: the warmer and drier the air, the less heat it takes up as warmth. Wet bulb alone explains less than half of
    the course over a year.
    """
    degrees, air = np.asarray(temperature, dtype=np.float64), np.asarray(pressure, dtype=np.float64)
    entering = humidity_ratio(np.asarray(relative_humidity, dtype=np.float64) * saturation_vapour_pressure(degrees), air)
    gained = water_to_air * _WATER * cooling_range
    leaving_temperature = saturated_temperature(enthalpy(degrees, entering) + gained, air)
    leaving = humidity_ratio(saturation_vapour_pressure(leaving_temperature), air)
    return np.asarray((leaving - entering) / gained * _KILOJOULES_PER_KWH)


def make_up(evaporation: npt.ArrayLike, cycles_of_concentration: npt.ArrayLike, drift: npt.ArrayLike = 0.0) -> Floats:
    """Make-up = evaporation x cycles / (cycles - 1), of which drift is a part of the blow-down; in the unit of evaporation.

    make_up = evaporation + blow_down + drift,   cycles x (blow_down + drift) = make_up

    `drift` is a volume that leaves as droplets: it blows down in the place of water that would be drained, and only where
    there is more of it than that does it ask for more. Cycles of concentration are above 1.
    """
    evaporated = np.asarray(evaporation, dtype=np.float64)
    lost = np.maximum(evaporated / (np.asarray(cycles_of_concentration, dtype=np.float64) - 1.0), drift)
    return np.asarray(evaporated + lost)
