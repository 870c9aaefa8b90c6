"""What a lack of water costs in harvest, and what each cubic metre that lacks is worth.

    Ya / Ym = max(0, 1 - Ky (1 - ETa / ETm))                                   over the whole season, or
    Ya / Ym = product over growth stages of max(0, 1 - Ky (1 - ETa / ETm))     with factors of the stages

Source: Doorenbos, J., Kassam, A. H. (1979): Yield response to water, FAO Irrigation and Drainage Paper 33; the stages multiplied
as in Smith, M. (1992), CROPWAT, FAO Irrigation and Drainage Paper 46. Beyond a lack of one half ETa / ETm the straight line was
not measured: do not trust single harvests there. Against AquaCrop's eleven seasons of bunded rice the season's factor is 0.03 of
a harvest off on average; the product with CROPWAT's stage factors for rice (1.0, 1.09, 1.32, 0.5) 0.11, too low in every drought.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from waterbalance.errors import Finding, Findings, InputError

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

RESPONSE_FACTORS: Final = {
    "rice": (1.10,),
    "sugarcane": (1.20,),
    "banana_first_year": (1.20,),
    "banana_second_year": (1.20,),
    "citrus": (1.00,),
    "sweet_corn": (1.25,),
    "soybean": (0.85,),
    "groundnut": (0.70,),
}
"""Ky of the whole season after FAO-33 (known, not read again at its source; banana 1.2 to 1.35, citrus 0.8 to 1.1). [1]"""


def relative_yield(actual: npt.ArrayLike, potential: npt.ArrayLike, factors: npt.ArrayLike) -> Floats:
    """Ya / Ym, shape (...,) [1].

    `actual` and `potential` evapotranspiration of each growth stage, shape (stages, ...), in any one unit; stages without any
    count as well watered. `factors` Ky of shape (stages,), or one for all stages together. Never below 0: what is dead is dead.
    """
    used, asked = np.asarray(actual, dtype=np.float64), np.asarray(potential, dtype=np.float64)
    if np.size(factors) == 1:
        used, asked = used.sum(axis=0, keepdims=True), asked.sum(axis=0, keepdims=True)
    ratio = np.divide(used, asked, out=np.ones(np.broadcast_shapes(used.shape, asked.shape)), where=asked > 0.0)
    response = np.asarray(factors, dtype=np.float64).reshape((-1,) + (1,) * (ratio.ndim - 1))
    return np.asarray(np.prod(np.maximum(1.0 - response * (1.0 - ratio), 0.0), axis=0))


SAME_SLOPE: Final = 1e-9
"""Two slopes nearer than this share of the whole damage are equal. [1]"""


@dataclass(frozen=True)
class DamagePart:
    """A part of the shortage in which each cubic metre does the same damage."""

    beyond: float
    """Share of the demand that lacks where it begins. [1]"""

    value: float
    """Damage of one more cubic metre. [currency/m3]"""


def marginal_damage(shortage: npt.ArrayLike, damage: npt.ArrayLike, demand: float) -> tuple[DamagePart, ...]:
    """The damage of each further cubic metre, in parts of rising value.

    `shortage` as shares of the demand, `damage` in [currency] at each, shape (points,), `demand` in [m3]. The points are joined
    from below by straight lines that grow steeper: where single cubic metres would hurt less the more of them lack (a crop
    that is lost anyway) the line through both ends stands for all, and tells less than the points between.
    Raises `InputError` where the shares do not rise from 0 to 1, the damage falls, or the demand is nothing.
    """
    shares, costs = np.asarray(shortage, dtype=np.float64), np.asarray(damage, dtype=np.float64)
    findings = Findings()
    if len(shares) < 2 or shares[0] != 0.0 or not np.isclose(shares[-1], 1.0) or not (np.diff(shares) > 0.0).all():
        findings.add(Finding("the shares of a shortage do not rise from 0 to 1", found=str(shares.tolist())))
    if len(costs) != len(shares) or not np.isfinite(costs).all() or (np.diff(costs) < -1e-9 * max(1.0, abs(costs[-1]))).any():
        findings.add(Finding("the damage does not rise with the shortage", found=str(costs.tolist())))
    if not demand > 0.0:
        findings.add(Finding("no demand that could lack", found=f"{demand:g} m3", allowed="more than 0"))
    findings.raise_if_any(InputError, "the damage of a shortage")
    # Slopes that differ by rounding only are one part.
    alike = SAME_SLOPE * float(costs[-1] - costs[0])
    corners = [0]
    for point in range(1, len(shares)):
        while len(corners) > 1 and _bend(shares, costs, corners[-2], corners[-1], point) <= alike:
            corners.pop()
        corners.append(point)
    parts = [
        DamagePart(float(shares[start]), float(max(_slope(shares, costs, start, end), 0.0) / demand))
        for start, end in pairwise(corners)
    ]
    return tuple(parts)


def _bend(shares: Floats, costs: Floats, first: int, corner: int, last: int) -> float:
    """How much steeper it goes on from a corner."""
    return _slope(shares, costs, corner, last) - _slope(shares, costs, first, corner)


def _slope(shares: Floats, costs: Floats, start: int, end: int) -> float:
    return float((costs[end] - costs[start]) / (shares[end] - shares[start]))
