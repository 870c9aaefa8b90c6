"""The water balance of ponded rice, day by day, for any number of fields at once.

One number says how wet a field is: the `level`, its water above saturation of the puddled layer. Above 0 it is the depth of
the pond; below, what the layer lacks.

    level = before + rain + irrigation - spill - evaporation - transpiration - percolation
    irrigation = optimum - before                   where before < minimum
               = (optimum - before) / days left     while the land is soaked and puddled
               = what is given                      in a shortage
    spill = what would stand above the sill: the bund, the outlet of the growth stage, the surface itself while drained
    percolation = min(Ksat of the plough pan, what the layer holds above field capacity)
    transpiration = Ks Kcb ET0,   evaporation = Kr Ke ET0      (FAO-56, chapters 7 and 8)

Land soaking is no formula of its own: a dry layer lacks S = (theta_s - theta_0) Z, and has it back when it is full.

Sources: ponding depths as in Xie, X., Cui, Y. (2011): Development and test of SWAT for modeling hydrological processes in
irrigation districts with paddy rice, doi:10.1016/j.jhydrol.2010.10.013; alternate wetting and drying: Bouman, B. A. M., Lampayan,
R. M., Tuong, T. P. (2007): Water management in irrigated rice, IRRI; stress of rice by the depletion from saturation:
FAO-56, table 22. Depths in [mm], arrays (days, fields) or what broadcasts to them. Lateral seepage through bunds is not told
apart from percolation: add it to Ksat.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from waterbalance.hydrology.dual_crop import SurfaceLayer, evaporation_reduction

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

SURFACE: Final = SurfaceLayer(34.0, 10.0)
"""The top 10 cm of a clay (FAO-56, table 19). [mm]"""


@dataclass(frozen=True)
class PaddySoil:
    """The puddled layer over its plough pan."""

    depth: float = 300.0
    """Thickness of the layer that the roots use. [mm]"""

    saturation: float = 0.54
    """Water content when full. [m3/m3]"""

    field_capacity: float = 0.50
    """Water content that does not drain. [m3/m3]"""

    wilting_point: float = 0.32
    """Water content from which rice takes nothing. [m3/m3]"""

    percolation: float = 4.0
    """Saturated conductivity of the plough pan. [mm/day]"""

    stress_from: float = 0.2
    """Share of the water between saturation and wilting point whose loss rice does not feel (table 22). [1]"""

    @property
    def drainable(self) -> float:
        """Water between saturation and field capacity. [mm]."""
        return self.depth * (self.saturation - self.field_capacity)

    @property
    def available(self) -> float:
        """Water between saturation and wilting point. [mm]."""
        return self.depth * (self.saturation - self.wilting_point)

    def soaking(self, content: npt.ArrayLike) -> Floats:
        """S = (theta_s - theta_0) Z: water that fills a layer of a given content [mm]."""
        return np.asarray((self.saturation - np.asarray(content, dtype=np.float64)) * self.depth)

    def level_of_depth(self, depth: npt.ArrayLike) -> Floats:
        """The level when the water table stands `depth` below the surface: for alternate wetting and drying [mm].

        -depth x (theta_s - theta_fc): only the drainable pores above it are empty. `depth` in [mm], 150 is safe for yield.
        """
        return np.asarray(-np.asarray(depth, dtype=np.float64) * (self.saturation - self.field_capacity))


@dataclass(frozen=True)
class PaddyDays:
    """How a field is kept on each day, each of shape (days, fields)."""

    minimum: Floats
    """Level below which it is irrigated; minus infinity where it is not. [mm]"""

    optimum: Floats
    """Level to which. [mm]"""

    sill: Floats
    """Level above which water leaves over the bund or the outlet. [mm]"""

    filling: Floats
    """Days left, with this one, in which soaking and puddling must be done; 0 at all other times. [day]"""

    basal: Floats
    """Kcb; Kc where `soil` is 0. [1]"""

    soil: Floats
    """Ke of wet soil or water between the plants. [1]"""


@dataclass(frozen=True)
class PaddyBalance:
    """All terms of each day in [mm], each of shape (days, fields)."""

    irrigation: Floats
    spill: Floats
    evaporation: Floats
    transpiration: Floats
    potential: Floats
    """What evaporation and transpiration would be with water enough."""
    percolation: Floats
    level: Floats
    """At the end of the day."""


def paddy_balance(
    evapotranspiration: npt.ArrayLike,
    rain: npt.ArrayLike,
    days: PaddyDays,
    soil: PaddySoil,
    start: npt.ArrayLike,
    *,
    given: Floats | None = None,
    layer: SurfaceLayer = SURFACE,
) -> PaddyBalance:
    """Step through the days, all fields at once.

    `evapotranspiration` ET0 and `rain` in [mm/day], `start` the level on the evening before [mm]. `given` is the
    irrigation where it does not follow from the levels, shape (days, fields) [mm]. Rain falls in hours: it spills before the
    crop uses it.
    """
    shape = np.broadcast_shapes(np.shape(evapotranspiration), np.shape(rain), days.basal.shape)
    reference, fallen = (np.broadcast_to(np.asarray(part, dtype=np.float64), shape) for part in (evapotranspiration, rain))
    kept = [np.broadcast_to(getattr(days, item.name), shape) for item in fields(PaddyDays)]
    told = {item.name: np.zeros(shape) for item in fields(PaddyBalance)}
    level = np.broadcast_to(np.asarray(start, dtype=np.float64), shape[1:]).copy()
    dried = np.clip(-level - soil.drainable, 0.0, layer.total)  # De counts from field capacity.
    for day in range(shape[0]):
        minimum, optimum, sill, filling, basal, ground = (part[day] for part in kept)
        lacking = np.maximum(optimum - level, 0.0)
        wanted = np.where(filling > 0.0, lacking / np.maximum(filling, 1.0), np.where(level < minimum, lacking, 0.0))
        applied = wanted if given is None else given[day]
        filled = level + fallen[day] + applied
        spill = np.maximum(filled - sill, 0.0)
        wet = filled - spill
        dried = np.where(wet >= 0.0, 0.0, np.maximum(dried - fallen[day] - applied, 0.0))
        felt = (soil.available + wet) / ((1.0 - soil.stress_from) * soil.available)
        transpired = np.clip(felt, 0.0, 1.0) * basal * reference[day]
        evaporated = evaporation_reduction(dried, layer) * ground * reference[day]
        # No more than the layer holds above wilting point leaves it.
        possible = np.minimum((soil.available + wet) / np.maximum(transpired + evaporated, 1e-12), 1.0)
        transpired, evaporated = possible * transpired, possible * evaporated
        after = wet - transpired - evaporated
        percolated = np.clip(after + soil.drainable, 0.0, soil.percolation)
        level = after - percolated
        dried = np.minimum(dried + evaporated * (level < 0.0), layer.total)
        told["irrigation"][day], told["spill"][day], told["percolation"][day] = applied, spill, percolated
        told["evaporation"][day], told["transpiration"][day] = evaporated, transpired
        told["potential"][day], told["level"][day] = (basal + ground) * reference[day], level
    return PaddyBalance(**told)
