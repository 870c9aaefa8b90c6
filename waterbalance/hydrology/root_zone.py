"""The water balance of the root zone, day by day, for any number of fields at once.

    Dr = Dr before - (P - RO) - I + ETa + DP,   0 <= Dr <= TAW              (eq. 85 and 86)
    ETa = (Ks Kcb + Ke) ET0,   DP = max(P - RO + I - ETa - Dr before, 0)    (eq. 80 and 88)
    De = De before - (P - RO) - I / fw + E / few + DPe,   0 <= De <= TEW    (eq. 77 to 79)

What the field gets is P - RO + I, and all of it is in ETa, DP or the change of Dr. So effective rain needs no formula: it
is what is left for the crop. New roots find soil at field capacity, as in the paper.

Source: Allen, R. G., Pereira, L. S., Raes, D., Smith, M. (1998): Crop evapotranspiration, FAO Irrigation and Drainage
Paper 56, chapters 7 and 8; the equation numbers are the paper's. Depths in [mm] as in the paper, arrays (days, fields) or
what broadcasts to them. There is no capillary rise and no lateral flow; do not use it for ponded rice (`paddy_store.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from waterbalance.hydrology import dual_crop

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.hydrology.dual_crop import SurfaceLayer

RAIN_WETS_ALL: Final = 3.0
"""Rain of a day from which on the whole soil counts as wetted. [mm]"""


@dataclass(frozen=True)
class CropDays:
    """What a crop is like on each day, each of shape (days, fields)."""

    basal: Floats
    """Kcb; Kc where there is no surface layer. [1]"""

    highest: Floats
    """Kc max (`dual_crop.highest_coefficient`). [1]"""

    covered: Floats
    """Share of the soil under the crop (`dual_crop.covered_fraction`). [1]"""

    available: Floats
    """Water between field capacity and wilting point in the root zone (TAW). [mm]"""

    fraction: Floats
    """Share of it that is readily available at ETc = 5 mm/day (p of table 22). [1]"""


@dataclass(frozen=True)
class Refill:
    """Irrigation that follows from the balance: when the depletion reaches a share of RAW, it is refilled."""

    allowed: Floats
    """1 where a field may be irrigated on a day, else 0; shape (days, fields)."""

    trigger: float = 1.0
    """Share of the readily available water that may be lost before. [1]"""

    ahead: float = 0.0
    """Days until a field may be irrigated again: what the crop will take in them counts as lost already. [day]"""

    wetted: float = 1.0
    """Share of the soil that irrigation wets (fw): 1 basins and sprinklers, 0.3 to 0.4 drip (table 20). [1]"""


@dataclass(frozen=True)
class Given:
    """Irrigation as it was, or as a shortage leaves it."""

    depth: Floats
    """Shape (days, fields). [mm]"""

    wetted: Floats
    """Share of the soil that it wets (fw), shape (days, fields); read on days with irrigation. [1]"""


@dataclass(frozen=True)
class RootZoneBalance:
    """All terms of each day, each of shape (days, fields)."""

    irrigation: Floats
    """[mm]"""

    evaporation: Floats
    """From the soil. [mm]"""

    transpiration: Floats
    """By the crop, as far as it has water. [mm]"""

    potential: Floats
    """ETc: what both would be with water enough in the root zone. [mm]"""

    percolation: Floats
    """Out of the root zone. [mm]"""

    depletion: Floats
    """Dr at the end of the day. [mm]"""

    reduction: Floats
    """Kr. [1]"""

    coefficient: Floats
    """Ke. [1]"""

    surface: Floats
    """De at the end of the day. [mm]"""


def root_zone_balance(
    evapotranspiration: npt.ArrayLike,
    infiltrated: npt.ArrayLike,
    crop: CropDays,
    irrigation: Refill | Given,
    start: tuple[npt.ArrayLike, npt.ArrayLike],
    layer: SurfaceLayer | None = None,
    *,
    early: bool = True,
) -> RootZoneBalance:
    """Step through the days, all fields at once.

    `evapotranspiration` ET0 and `infiltrated` P - RO in [mm/day]; `start` is Dr and De on the evening before [mm]. Without
    `layer` the single coefficient is meant: Ke = 0 and `crop.basal` is Kc. Water comes `early` in the day, before the
    crop uses it (the paper's examples 35 and 38), or late: then Kr and Ks are yesterday's.
    """
    shape = np.broadcast_shapes(np.shape(evapotranspiration), np.shape(infiltrated), crop.basal.shape)
    weather = [np.broadcast_to(np.asarray(part, dtype=np.float64), shape) for part in (evapotranspiration, infiltrated)]
    days = [np.broadcast_to(getattr(crop, item.name), shape) for item in fields(CropDays)]
    told = {item.name: np.zeros(shape) for item in fields(RootZoneBalance)}
    root, surface = (np.broadcast_to(np.asarray(part, dtype=np.float64), shape[1:]).copy() for part in start)
    wetted = np.ones(shape[1:])
    for day in range(shape[0]):
        reference, rain = weather[0][day], weather[1][day]
        basal, highest, covered, available, table = (part[day] for part in days)
        depth, share = _applied(irrigation, day, root, available, table, basal * reference)
        wetted = np.where(depth > 0.0, share, np.where(rain >= RAIN_WETS_ALL, 1.0, wetted))
        coefficient = np.zeros_like(root)
        if layer is not None:
            water = rain + depth / wetted
            wet = np.maximum(surface - water, 0.0) if early else surface
            exposed = dual_crop.exposed_wetted(covered, wetted)
            told["reduction"][day] = dual_crop.evaporation_reduction(wet, layer)
            coefficient = dual_crop.evaporation_coefficient(told["reduction"][day], basal, highest, exposed)
            below = np.maximum(water - surface, 0.0)
            surface = np.clip(surface - water + coefficient * reference / exposed + below, 0.0, layer.total)
        fraction = dual_crop.readily_available_fraction(table, (basal + coefficient) * reference)
        before = np.maximum(root - rain - depth, 0.0) if early else root
        stress = dual_crop.stress_coefficient(before, available, fraction)
        # No more than the root zone holds leaves it; the equations alone would let the soil evaporate from an empty one.
        held = np.maximum(available - root + rain + depth, 0.0)
        asked = (stress * basal + coefficient) * reference
        possible = np.minimum(held / np.maximum(asked, 1e-12), 1.0)
        used = possible * asked
        percolation = np.maximum(rain + depth - used - root, 0.0)
        root = root - rain - depth + used + percolation
        told["irrigation"][day], told["percolation"][day], told["coefficient"][day] = depth, percolation, coefficient
        told["evaporation"][day], told["transpiration"][day] = (
            possible * coefficient * reference,
            possible * stress * basal * reference,
        )
        told["potential"][day], told["depletion"][day], told["surface"][day] = (basal + coefficient) * reference, root, surface
    return RootZoneBalance(**told)


def _applied(
    irrigation: Refill | Given, day: int, root: Floats, available: Floats, table: Floats, asked: Floats
) -> tuple[Floats, Floats]:
    """Depth of a day's irrigation, and the share of the soil that it wets."""
    if isinstance(irrigation, Given):
        return np.broadcast_to(irrigation.depth[day], root.shape), np.broadcast_to(irrigation.wetted[day], root.shape)
    readily = dual_crop.readily_available_fraction(table, asked) * available
    lost = root + irrigation.ahead * asked
    wanted = (lost >= irrigation.trigger * readily) & (root > 0.0) & (irrigation.allowed[day] > 0)
    return np.where(wanted, root, 0.0), np.full(root.shape, irrigation.wetted)
