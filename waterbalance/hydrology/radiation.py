"""Radiation at the ground: extraterrestrial, clear-sky, solar from sunshine or temperature range, and net.

Source: Allen, R. G., Pereira, L. S., Raes, D., Smith, M. (1998): Crop evapotranspiration, FAO Irrigation and Drainage
Paper 56, chapter 3; the equation numbers are the paper's. All radiation is a daily total in [MJ/m2/day].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

SOLAR_CONSTANT: Final = 0.0820
"""[MJ/m2/min]"""

STEFAN_BOLTZMANN: Final = 4.903e-9
"""[MJ/K4/m2/day]"""

ALBEDO_OF_GRASS: Final = 0.23
"""Albedo of the reference crop (eq. 38). [1]"""

LEAST_CLEARNESS: Final = 0.3
"""Rs / Rso of the densest cloud: without a limit the sky would warm the ground on such days (ASCE-EWRI 2005, eq. 18). [1]"""

_KELVIN: Final = 273.16  # The paper's own rounding of 273.15; kept so that its examples come out.


def solar_declination(day_of_year: npt.ArrayLike) -> Floats:
    """Declination = 0.409 sin(2 pi J / 365 - 1.39) (eq. 24) [rad]."""
    return np.asarray(0.409 * np.sin(2.0 * np.pi * _floats(day_of_year) / 365.0 - 1.39))


def sunset_hour_angle(latitude: npt.ArrayLike, day_of_year: npt.ArrayLike) -> Floats:
    """Sunset angle = arccos(-tan(latitude) tan(declination)) (eq. 25), 0 in the polar night and pi in the polar day [rad].

    `latitude` is north-positive in [degrees].
    """
    cosine = -np.tan(np.radians(_floats(latitude))) * np.tan(solar_declination(day_of_year))
    return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)))


def extraterrestrial_radiation(latitude: npt.ArrayLike, day_of_year: npt.ArrayLike) -> Floats:
    """Ra = 24 60 / pi Gsc dr (ws sin(phi) sin(d) + cos(phi) cos(d) sin(ws)) (eq. 21) [MJ/m2/day].

    `latitude` is north-positive in [degrees]; shapes broadcast.
    """
    phi = np.radians(_floats(latitude))
    declination = solar_declination(day_of_year)
    sunset = sunset_hour_angle(latitude, day_of_year)
    inverse_distance = 1.0 + 0.033 * np.cos(2.0 * np.pi * _floats(day_of_year) / 365.0)
    geometry = sunset * np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.sin(sunset)
    return np.asarray(24.0 * 60.0 / np.pi * SOLAR_CONSTANT * inverse_distance * geometry)


def daylight_hours(latitude: npt.ArrayLike, day_of_year: npt.ArrayLike) -> Floats:
    """N = 24 / pi ws (eq. 34) [h]."""
    return np.asarray(24.0 / np.pi * sunset_hour_angle(latitude, day_of_year))


def solar_radiation_from_sunshine(
    sunshine: npt.ArrayLike,
    daylight: npt.ArrayLike,
    extraterrestrial: npt.ArrayLike,
    *,
    angstrom_a: float = 0.25,
    angstrom_b: float = 0.50,
) -> Floats:
    """Rs = (a + b n / N) Ra (Angstrom, eq. 35) [MJ/m2/day].

    `sunshine` and `daylight` in [h]. Fit a and b where radiation is measured nearby; the defaults are the paper's.
    """
    return np.asarray((angstrom_a + angstrom_b * _floats(sunshine) / _floats(daylight)) * _floats(extraterrestrial))


def solar_radiation_from_temperature(
    maximum: npt.ArrayLike, minimum: npt.ArrayLike, extraterrestrial: npt.ArrayLike, *, coefficient: float = 0.16
) -> Floats:
    """Rs = kRs sqrt(Tmax - Tmin) Ra (Hargreaves, eq. 50) [MJ/m2/day].

    Temperatures in [degC]. `coefficient` is about 0.16 inland and 0.19 at coasts. Do not use it on humid coasts where
    sunshine or radiation is measured: the sea damps the temperature range, and daily errors of 1 mm in ET0 follow.
    """
    return np.asarray(coefficient * np.sqrt(_floats(maximum) - _floats(minimum)) * _floats(extraterrestrial))


def clear_sky_radiation(extraterrestrial: npt.ArrayLike, elevation: npt.ArrayLike) -> Floats:
    """Rso = (0.75 + 2e-5 z) Ra (eq. 37) [MJ/m2/day].

    `elevation` above sea level in [m].
    """
    return np.asarray((0.75 + 2.0e-5 * _floats(elevation)) * _floats(extraterrestrial))


def net_longwave_radiation(
    maximum: npt.ArrayLike, minimum: npt.ArrayLike, vapour_pressure: npt.ArrayLike, solar: npt.ArrayLike, clear_sky: npt.ArrayLike
) -> Floats:
    """Rnl = sigma (Tmax^4 + Tmin^4) / 2 (0.34 - 0.14 sqrt(ea)) (1.35 Rs / Rso - 0.35) (eq. 39) [MJ/m2/day].

    Temperatures in [degC], `vapour_pressure` in [kPa]; Rs / Rso is limited to 1, as the paper asks, and from below to
    `LEAST_CLEARNESS`, the paper's "about 0.33 under dense cloud" as Allen et al. (2005), The ASCE standardized
    reference evapotranspiration equation, doi:10.1061/9780784408056, have it. Where there is no sun at all (polar night) it is
    that too.
    """
    fourth_powers = ((_floats(maximum) + _KELVIN) ** 4 + (_floats(minimum) + _KELVIN) ** 4) / 2.0
    sunny = np.broadcast_to(_floats(clear_sky), np.broadcast_shapes(np.shape(solar), np.shape(clear_sky))) > 0.0
    clearness = np.divide(_floats(solar), _floats(clear_sky), out=np.full(sunny.shape, LEAST_CLEARNESS), where=sunny)
    cloudiness = 1.35 * np.clip(clearness, LEAST_CLEARNESS, 1.0) - 0.35
    return np.asarray(STEFAN_BOLTZMANN * fourth_powers * (0.34 - 0.14 * np.sqrt(_floats(vapour_pressure))) * cloudiness)


def net_radiation(solar: npt.ArrayLike, net_longwave: npt.ArrayLike, *, albedo: float = ALBEDO_OF_GRASS) -> Floats:
    """Rn = (1 - albedo) Rs - Rnl (eq. 38 and 40) [MJ/m2/day]."""
    return np.asarray((1.0 - albedo) * _floats(solar) - _floats(net_longwave))


def _floats(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
