"""Moist air: humidity ratio, enthalpy, and the temperature at which saturated air has an enthalpy.

Per kilogram of dry air; temperatures in [degC], pressures in [kPa], enthalpies in [kJ/kg].
Source: ASHRAE (2021), Handbook of Fundamentals, chapter 1; saturation pressure as in FAO-56, eq. 11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from waterbalance.hydrology.humidity import saturation_slope, saturation_vapour_pressure

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

_RATIO_OF_MASSES: Final = 0.622
_DRY_AIR: Final = 1.006  # [kJ/kg/K]
_VAPOUR: Final = 1.86  # [kJ/kg/K]
_VAPORISATION: Final = 2501.0  # [kJ/kg], at 0 degC
_NEWTON_STEPS: Final = 12


def humidity_ratio(vapour_pressure: npt.ArrayLike, pressure: npt.ArrayLike) -> Floats:
    """W = 0.622 e / (p - e) [kg/kg]."""
    vapour = np.asarray(vapour_pressure, dtype=np.float64)
    return np.asarray(_RATIO_OF_MASSES * vapour / (np.asarray(pressure, dtype=np.float64) - vapour))


def enthalpy(temperature: npt.ArrayLike, ratio: npt.ArrayLike) -> Floats:
    """H = 1.006 T + w (2501 + 1.86 T) [kJ/kg]."""
    degrees = np.asarray(temperature, dtype=np.float64)
    return np.asarray(_DRY_AIR * degrees + np.asarray(ratio, dtype=np.float64) * (_VAPORISATION + _VAPOUR * degrees))


def saturated_temperature(wanted: npt.ArrayLike, pressure: npt.ArrayLike) -> Floats:
    """T with h(T, w_saturated(T)) = `wanted` [kJ/kg], by Newton's method [degC].

    The saturated enthalpy rises and curves upwards, so from above Newton's steps fall to the root and never pass it.
    """
    target, air = np.broadcast_arrays(np.asarray(wanted, dtype=np.float64), np.asarray(pressure, dtype=np.float64))
    degrees = np.full(target.shape, 60.0)
    for _ in range(_NEWTON_STEPS):
        saturation = saturation_vapour_pressure(degrees)
        ratio = humidity_ratio(saturation, air)
        ratio_slope = ratio * air / (saturation * (air - saturation)) * saturation_slope(degrees)
        slope = _DRY_AIR + _VAPOUR * ratio + ratio_slope * (_VAPORISATION + _VAPOUR * degrees)
        degrees = degrees - (enthalpy(degrees, ratio) - target) / slope
    return np.asarray(degrees)
