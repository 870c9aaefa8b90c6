"""Reference evapotranspiration by FAO-56 Penman-Monteith, vectorised over days and places.

Source: Allen, R. G., Pereira, L. S., Raes, D., Smith, M. (1998): Crop evapotranspiration, FAO Irrigation and Drainage
Paper 56; the equation numbers are the paper's. Depths are in [mm/day] as in the paper; 1 mm/day is 0.001 m/day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from waterbalance.hydrology.humidity import mean_saturation_vapour_pressure, psychrometric_constant, saturation_slope
from waterbalance.hydrology.radiation import net_longwave_radiation, net_radiation

if TYPE_CHECKING:
    from waterbalance.horizon import Floats


def wind_at_two_metres(speed: npt.ArrayLike, height: npt.ArrayLike) -> Floats:
    """u2 = uz 4.87 / ln(67.8 z - 5.42) (eq. 47) [m/s].

    `height` of the anemometer over short grass in [m].
    """
    return np.asarray(np.asarray(speed, dtype=np.float64) * 4.87 / np.log(67.8 * np.asarray(height, dtype=np.float64) - 5.42))


def monthly_soil_heat_flux(previous_mean: npt.ArrayLike, this_or_next_mean: npt.ArrayLike, *, next_known: bool) -> Floats:
    """G = 0.07 (Tnext - Tprevious) (eq. 43), or 0.14 (Tthis - Tprevious) while the next month is unknown (eq. 44) [MJ/m2/day].

    Mean monthly temperatures in [degC]. For days and ten-day periods G is taken as 0 (eq. 42).
    """
    rise = np.asarray(this_or_next_mean, dtype=np.float64) - np.asarray(previous_mean, dtype=np.float64)
    return np.asarray((0.07 if next_known else 0.14) * rise)


def penman_monteith(
    mean_temperature: npt.ArrayLike,
    wind: npt.ArrayLike,
    net: npt.ArrayLike,
    saturation_pressure: npt.ArrayLike,
    vapour_pressure: npt.ArrayLike,
    pressure: npt.ArrayLike,
    soil_heat_flux: npt.ArrayLike = 0.0,
) -> Floats:
    """ET0 = (0.408 D (Rn - G) + g 900 / (T + 273) u2 (es - ea)) / (D + g (1 + 0.34 u2)) (eq. 6) [mm/day].

    D is the slope of the saturation curve and g the psychrometric constant. `mean_temperature` in [degC], `wind` at 2 m
    in [m/s], `net` radiation and `soil_heat_flux` in [MJ/m2/day], pressures in [kPa]; shapes broadcast. The result may be
    slightly negative on days with dew; it is not cut here.
    """
    temperature = np.asarray(mean_temperature, dtype=np.float64)
    speed = np.asarray(wind, dtype=np.float64)
    slope = saturation_slope(temperature)
    gamma = psychrometric_constant(pressure)
    deficit = np.asarray(saturation_pressure, dtype=np.float64) - np.asarray(vapour_pressure, dtype=np.float64)
    energy = 0.408 * slope * (np.asarray(net, dtype=np.float64) - np.asarray(soil_heat_flux, dtype=np.float64))
    drying = gamma * 900.0 / (temperature + 273.0) * speed * deficit
    return np.asarray((energy + drying) / (slope + gamma * (1.0 + 0.34 * speed)))


def reference_evapotranspiration(
    *,
    maximum: npt.ArrayLike,
    minimum: npt.ArrayLike,
    vapour_pressure: npt.ArrayLike,
    wind: npt.ArrayLike,
    solar: npt.ArrayLike,
    clear_sky: npt.ArrayLike,
    pressure: npt.ArrayLike,
    soil_heat_flux: npt.ArrayLike = 0.0,
) -> Floats:
    """Reference evapotranspiration of a day from its weather: net radiation (eq. 37-40), then eq. 6 [mm/day].

    Temperatures in [degC], `vapour_pressure` and `pressure` in [kPa], `wind` at 2 m in [m/s], `solar` and `clear_sky`
    radiation and `soil_heat_flux` in [MJ/m2/day]; shapes broadcast. The mean temperature is (Tmax + Tmin) / 2 (eq. 9). NaN
    in any input gives NaN. Do not use it for hours: the coefficients are for days.
    """
    highest, lowest = np.asarray(maximum, dtype=np.float64), np.asarray(minimum, dtype=np.float64)
    longwave = net_longwave_radiation(highest, lowest, vapour_pressure, solar, clear_sky)
    return penman_monteith(
        (highest + lowest) / 2.0,
        wind,
        net_radiation(solar, longwave),
        mean_saturation_vapour_pressure(highest, lowest),
        vapour_pressure,
        pressure,
        soil_heat_flux,
    )
