"""Water demand of a rice field: land preparation, percolation and evapotranspiration less rain; depths in [m/day]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from waterbalance.horizon import Floats


def land_preparation(days_since_planting: npt.ArrayLike, depth: float, days: int) -> Floats:
    """Preparation = depth / days on the `days` before planting, 0 on all others [m/day].

    `depth` is the water for soaking and puddling and the first ponded layer. [m] An even spread is a simplification:
    van de Goor, G. A. W., Zijlstra, G. (1968), Irrigation requirements for double cropping of lowland rice in Malaya, ILRI
    Publication 14, give the exact course under a constant supply.
    """
    day = np.asarray(days_since_planting, dtype=np.float64)
    rate = depth / days if days > 0 else 0.0
    return np.asarray(np.where((day >= -days) & (day < 0.0), rate, 0.0))


def net_demand(
    crop_evapotranspiration: npt.ArrayLike, percolation: npt.ArrayLike, preparation: npt.ArrayLike, effective_rain: npt.ArrayLike
) -> Floats:
    """Net demand = ETc + percolation + preparation - effective rain, never negative [m/day].

    Shapes broadcast. Rain beyond the need is lost here: give means over ten days where bunds hold a storm for later days.
    Source: Brouwer, C., Heibloem, M. (1986): Irrigation water needs, FAO Irrigation Water Management Training Manual 3.
    """
    need = sum(np.asarray(part, dtype=np.float64) for part in (crop_evapotranspiration, percolation, preparation))
    return np.asarray(np.maximum(need - np.asarray(effective_rain, dtype=np.float64), 0.0))
