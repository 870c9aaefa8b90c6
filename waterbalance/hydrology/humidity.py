"""Air pressure and vapour pressure.

Source: Allen, R. G., Pereira, L. S., Raes, D., Smith, M. (1998): Crop evapotranspiration, FAO Irrigation and Drainage
Paper 56, chapter 3; the equation numbers are the paper's. Pressures in [kPa], temperatures in [degC].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from waterbalance.horizon import Floats


def atmospheric_pressure(elevation: npt.ArrayLike) -> Floats:
    """P = 101.3 ((293 - 0.0065 z) / 293)^5.26 (eq. 7) [kPa].

    `elevation` above sea level in [m]. Use a measured pressure where there is one.
    """
    return np.asarray(101.3 * ((293.0 - 0.0065 * np.asarray(elevation, dtype=np.float64)) / 293.0) ** 5.26)


def psychrometric_constant(pressure: npt.ArrayLike) -> Floats:
    """Gamma = 0.665e-3 P (eq. 8) [kPa/degC]."""
    return np.asarray(0.665e-3 * np.asarray(pressure, dtype=np.float64))


def saturation_vapour_pressure(temperature: npt.ArrayLike) -> Floats:
    """e0(T) = 0.6108 exp(17.27 T / (T + 237.3)) (eq. 11) [kPa].

    At the dew point this is the actual vapour pressure (eq. 14), the best source where the dew point is measured.
    """
    degrees = np.asarray(temperature, dtype=np.float64)
    return np.asarray(0.6108 * np.exp(17.27 * degrees / (degrees + 237.3)))


def mean_saturation_vapour_pressure(maximum: npt.ArrayLike, minimum: npt.ArrayLike) -> Floats:
    """Es = (e0(Tmax) + e0(Tmin)) / 2 (eq. 12) [kPa].

    e0 of the mean temperature would be too low, because e0 is curved.
    """
    return np.asarray((saturation_vapour_pressure(maximum) + saturation_vapour_pressure(minimum)) / 2.0)


def saturation_slope(temperature: npt.ArrayLike) -> Floats:
    """Delta = 4098 e0(T) / (T + 237.3)^2 (eq. 13) [kPa/degC]."""
    degrees = np.asarray(temperature, dtype=np.float64)
    return np.asarray(4098.0 * saturation_vapour_pressure(degrees) / (degrees + 237.3) ** 2)


def vapour_pressure_from_humidity_range(
    maximum: npt.ArrayLike, minimum: npt.ArrayLike, highest: npt.ArrayLike, lowest: npt.ArrayLike
) -> Floats:
    """Ea = (e0(Tmin) RHmax / 100 + e0(Tmax) RHmin / 100) / 2 (eq. 17) [kPa].

    `highest` and `lowest` relative humidity in [%].
    """
    at_dawn = saturation_vapour_pressure(minimum) * np.asarray(highest, dtype=np.float64) / 100.0
    after_noon = saturation_vapour_pressure(maximum) * np.asarray(lowest, dtype=np.float64) / 100.0
    return np.asarray((at_dawn + after_noon) / 2.0)


def vapour_pressure_from_mean_humidity(maximum: npt.ArrayLike, minimum: npt.ArrayLike, mean_humidity: npt.ArrayLike) -> Floats:
    """Ea = RHmean / 100 (e0(Tmax) + e0(Tmin)) / 2 (eq. 19) [kPa].

    `mean_humidity` in [%]. Prefer the dew point or the humidity range where they are measured.
    """
    return np.asarray(np.asarray(mean_humidity, dtype=np.float64) / 100.0 * mean_saturation_vapour_pressure(maximum, minimum))
