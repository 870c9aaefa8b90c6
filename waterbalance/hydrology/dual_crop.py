"""The dual crop coefficient: what the crop transpires and what the wet soil between its plants evaporates.

    ETc = (Kcb + Ke) ET0                                                   (eq. 69)
    Ke = min(Kr (Kc max - Kcb), few Kc max)                                (eq. 71)

Source: Allen, R. G., Pereira, L. S., Raes, D., Smith, M. (1998): Crop evapotranspiration, FAO Irrigation and Drainage
Paper 56, chapter 7; the equation numbers are the paper's. Depths in [mm] as in the paper. All shapes broadcast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

LEAST_EXPOSED: Final = 0.01
"""Least share of the soil that is both wet and in the sun, as the paper limits 1 - fc. [1]"""


@dataclass(frozen=True)
class SurfaceLayer:
    """The top of the soil, which dries by evaporation (table 19)."""

    total: float
    """Water that evaporates from it in all (TEW), see `evaporable_water`. [mm]"""

    readily: float
    """Water that evaporates unhindered (REW). [mm]"""


def evaporable_water(field_capacity: npt.ArrayLike, wilting_point: npt.ArrayLike, depth: npt.ArrayLike) -> Floats:
    """TEW = 1000 (theta_fc - 0.5 theta_wp) Ze (eq. 73) [mm].

    Water contents in [m3/m3], `depth` of the layer in [m]: 0.10 to 0.15.
    """
    return np.asarray(1000.0 * (_floats(field_capacity) - 0.5 * _floats(wilting_point)) * _floats(depth))


def highest_coefficient(
    basal: npt.ArrayLike, wind: npt.ArrayLike, lowest_humidity: npt.ArrayLike, height: npt.ArrayLike
) -> Floats:
    """Kc max = max(1.2 + (0.04 (u2 - 2) - 0.004 (RHmin - 45)) (h / 3)^0.3, Kcb + 0.05) (eq. 72) [1].

    `wind` at 2 m in [m/s], limited to 1 ... 6, `lowest_humidity` of the day in [%], limited to 20 ... 80, as the equation is
    valid; `height` of the crop in [m].
    """
    speed, humid = np.clip(_floats(wind), 1.0, 6.0), np.clip(_floats(lowest_humidity), 20.0, 80.0)
    rough = (0.04 * (speed - 2.0) - 0.004 * (humid - 45.0)) * (_floats(height) / 3.0) ** 0.3
    return np.asarray(np.maximum(1.2 + rough, _floats(basal) + 0.05))


def covered_fraction(basal: npt.ArrayLike, lowest: npt.ArrayLike, highest: npt.ArrayLike, height: npt.ArrayLike) -> Floats:
    """Fc = ((Kcb - Kc min) / (Kc max - Kc min))^(1 + 0.5 h), 0 to 0.99 (eq. 76) [1].

    `lowest` is Kc of dry bare soil, 0.15 to 0.20; `height` in [m].
    """
    share = (_floats(basal) - _floats(lowest)) / np.maximum(_floats(highest) - _floats(lowest), 0.01)
    return np.asarray(np.clip(np.maximum(share, 0.0) ** (1.0 + 0.5 * _floats(height)), 0.0, 0.99))


def evaporation_reduction(depletion: npt.ArrayLike, layer: SurfaceLayer) -> Floats:
    """Kr = (TEW - De) / (TEW - REW), 0 to 1 (eq. 74) [1].

    `depletion` De of the surface layer in [mm].
    """
    return np.asarray(np.clip((layer.total - _floats(depletion)) / (layer.total - layer.readily), 0.0, 1.0))


def exposed_wetted(covered: npt.ArrayLike, wetted: npt.ArrayLike) -> Floats:
    """Few = min(1 - fc, fw), at least 0.01 (eq. 75) [1]."""
    return np.asarray(np.clip(np.minimum(1.0 - _floats(covered), _floats(wetted)), LEAST_EXPOSED, 1.0))


def evaporation_coefficient(
    reduction: npt.ArrayLike, basal: npt.ArrayLike, highest: npt.ArrayLike, exposed: npt.ArrayLike
) -> Floats:
    """Ke = min(Kr (Kc max - Kcb), few Kc max), 0 or more (eq. 71) [1]."""
    by_energy = _floats(reduction) * (_floats(highest) - _floats(basal))
    return np.asarray(np.maximum(np.minimum(by_energy, _floats(exposed) * _floats(highest)), 0.0))


def stress_coefficient(depletion: npt.ArrayLike, available: npt.ArrayLike, fraction: npt.ArrayLike) -> Floats:
    """Ks = (TAW - Dr) / ((1 - p) TAW), 0 to 1 (eq. 84) [1].

    `depletion` Dr and `available` TAW of the root zone in [mm], `fraction` p of it that is readily available.
    """
    room = (1.0 - _floats(fraction)) * _floats(available)
    return np.asarray(np.clip((_floats(available) - _floats(depletion)) / np.maximum(room, 1e-9), 0.0, 1.0))


def readily_available_fraction(table: npt.ArrayLike, evapotranspiration: npt.ArrayLike) -> Floats:
    """P = p of table 22 + 0.04 (5 - ETc), 0.1 to 0.8: less when the air asks for more [1].

    `evapotranspiration` ETc in [mm/day].
    """
    return np.asarray(np.clip(_floats(table) + 0.04 * (5.0 - _floats(evapotranspiration)), 0.1, 0.8))


def _floats(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
