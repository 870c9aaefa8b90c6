"""Irradiation on a tilted solar array from the daily radiation on level ground.

For each hour of a solar day, with the positions of the sun by pvlib:

    level hour  = daily radiation x clear-sky hour / clear-sky day            (Haurwitz 1945: the shape of the day)
    diffuse     = level hour x diffuse fraction by clearness                  (Erbs, Klein and Duffie 1982)
    tilted hour = direct on the tilt + sky's diffuse + ground's reflection    (Hay and Davies 1980)

Source: Holmgren, Hansen and Mikofski (2018), pvlib python: a python package for modeling solar energy systems,
doi:10.21105/joss.00884. All irradiation is a daily total in [kWh/m2/day].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

GROUND_REFLECTS: Final = 0.2
"""Albedo of grass and soil around an array. [1]"""

MEGAJOULES_PER_KWH: Final = 3.6

_HOURS = 24
_WATTS = 1000.0


@dataclass(frozen=True)
class ArrayPlace:
    """Where an array stands and how it is turned."""

    latitude: float
    """North-positive. [degrees]"""

    longitude: float
    """East-positive. [degrees]"""

    tilt: float
    """Angle from the level. [degrees]"""

    azimuth: float
    """Where it looks: 90 east, 180 south, 270 west. [degrees]"""


def on_the_array(level: Floats, days: pd.DatetimeIndex, place: ArrayPlace) -> Floats:
    """Irradiation on the array for the radiation on level ground, both of shape (days, members) [kWh/m2/day].

    Good for means over days; single hours of a cloudy day are smoothed, which lifts the direct share a little.
    """
    from pvlib import clearsky, irradiance, solarposition  # noqa: PLC0415 (heavy: only when an array is forecast)

    hours = _middles_of_hours(days, place.longitude)
    sun = solarposition.get_solarposition(hours, place.latitude, place.longitude)
    clear = clearsky.haurwitz(sun["apparent_zenith"])["ghi"].to_numpy().reshape(len(days), _HOURS)
    shape = clear / np.maximum(clear.sum(axis=1, keepdims=True), 1e-9)
    # pvlib's own way from dates to days of the year is deprecated by pandas.
    day_of_year = hours.day_of_year.to_numpy()
    beyond_the_air = irradiance.get_extra_radiation(day_of_year)
    tilted = np.empty_like(level)
    for member in range(level.shape[1]):
        ghi = pd.Series((shape * level[:, [member]] * _WATTS).ravel(), index=hours)
        parts = irradiance.erbs(ghi, sun["zenith"], day_of_year)
        plane = irradiance.get_total_irradiance(
            place.tilt,
            place.azimuth,
            sun["apparent_zenith"],
            sun["azimuth"],
            parts["dni"],
            ghi,
            parts["dhi"],
            dni_extra=beyond_the_air,
            albedo=GROUND_REFLECTS,
            model="haydavies",
        )
        tilted[:, member] = plane["poa_global"].fillna(0.0).to_numpy().reshape(len(days), _HOURS).sum(axis=1) / _WATTS
    return tilted


def clear_sky_shares(days: pd.DatetimeIndex, latitude: float, longitude: float, time_zone: str) -> Floats:
    """Share of a day's radiation on level ground in every hour by the clock, with a clear sky; shape (days, 24). [1]."""
    from pvlib import clearsky, solarposition  # noqa: PLC0415 (heavy: only when an array drives a pump)

    middles = days.to_numpy().astype("datetime64[ns]")[:, None] + pd.to_timedelta(np.arange(_HOURS) + 0.5, unit="h").to_numpy()
    hours = pd.DatetimeIndex(middles.ravel()).tz_localize(time_zone, ambiguous=True, nonexistent="shift_forward")
    sun = solarposition.get_solarposition(hours, latitude, longitude)
    clear = clearsky.haurwitz(sun["apparent_zenith"])["ghi"].to_numpy().reshape(len(days), _HOURS)
    shares: Floats = clear / np.maximum(clear.sum(axis=1, keepdims=True), 1e-9)
    return shares


def _middles_of_hours(days: pd.DatetimeIndex, longitude: float) -> pd.DatetimeIndex:
    """The middle of every hour of each day by the sun, in universal time."""
    hours = np.arange(_HOURS) + 0.5 - longitude / 15.0
    moments = days.to_numpy().astype("datetime64[ns]")[:, None] + pd.to_timedelta(hours, unit="h").to_numpy()[None, :]
    return pd.DatetimeIndex(moments.ravel(), tz="UTC")
