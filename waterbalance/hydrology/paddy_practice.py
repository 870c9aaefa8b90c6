"""How a rice field is kept through its year: soaked, puddled, ponded by growth stage, drained, left fallow.

    fallow        no irrigation, bunds open: what stands above the surface leaves
    preparation   soaked and puddled evenly over its days, up to `puddled`; rain of these days counts
    growing       irrigated up to `optimum` whenever the pond is below `minimum` of its growth stage; spills above `maximum`
    drained       mid-season and before harvest: no irrigation, outlet open

A nursery is a field of its own with a share of the area: `nursery`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from waterbalance.hydrology.crop_water import CropCoefficients, GrowthStages, crop_coefficient
from waterbalance.hydrology.paddy_store import PaddyDays, PaddySoil

OPEN_WATER: Final = 1.05
"""Coefficient of shallow water or wet bare soil (FAO-56, table 12). [1]"""


@dataclass(frozen=True)
class Ponding:
    """Depths of the pond in one growth stage."""

    minimum: float = 20.0
    """Depth below which the field is irrigated; negative: how far the water table may fall below the surface (alternate
    wetting and drying). [mm]"""

    optimum: float = 50.0
    """Depth to which it is irrigated. [mm]"""

    maximum: float = 100.0
    """Height of the outlet; the bund where there is none. [mm]"""


@dataclass(frozen=True)
class PaddyPractice:
    """The calendar of a field, by days since transplanting."""

    stages: GrowthStages
    """Lengths of the growth stages. [day]"""

    coefficients: CropCoefficients
    """Single crop coefficients Kc. [1]"""

    ponding: tuple[Ponding, Ponding, Ponding, Ponding] = (Ponding(), Ponding(), Ponding(), Ponding())
    """Depths in the initial, development, mid and late stage."""

    bund: float = 150.0
    """Height of the bunds. [mm]"""

    preparation_days: int = 20
    """Days before transplanting in which the land is soaked and puddled. [day]"""

    puddled: float = 50.0
    """Depth of the pond on the day of transplanting. [mm]"""

    drained: tuple[int, int] = (0, 0)
    """First day and number of days of the mid-season drainage. [day]"""

    dry_before_harvest: int = 10
    """Last days of the season without irrigation and with the outlet open. [day]"""


def paddy_days(days_since_planting: npt.ArrayLike, practice: PaddyPractice, soil: PaddySoil) -> PaddyDays:
    """How each field is kept on each day, for days since transplanting of shape (days, fields)."""
    age = np.asarray(days_since_planting, dtype=np.float64)
    stages, preparing = practice.stages, (age >= -practice.preparation_days) & (age < 0.0)
    growing = (age >= 0.0) & (age < stages.season)
    ends = np.cumsum([stages.initial, stages.development, stages.mid, stages.late])
    stage = np.minimum(np.searchsorted(ends, age, side="right"), 3)
    lows = [pond.minimum if pond.minimum >= 0.0 else float(soil.level_of_depth(-pond.minimum)) for pond in practice.ponding]
    minimum, optimum = np.array(lows)[stage], np.array([pond.optimum for pond in practice.ponding])[stage]
    sill = np.minimum(np.array([pond.maximum for pond in practice.ponding]), practice.bund)[stage]
    first, count = practice.drained
    drained = growing & (((age >= first) & (age < first + count)) | (age >= stages.season - practice.dry_before_harvest))
    ponded = growing & ~drained
    return PaddyDays(
        minimum=np.where(ponded, minimum, -np.inf),
        optimum=np.where(preparing, practice.puddled, np.where(ponded, optimum, 0.0)),
        sill=np.where(preparing, practice.bund, np.where(ponded, sill, 0.0)),
        filling=np.where(preparing, -age, 0.0),
        basal=crop_coefficient(age, stages, practice.coefficients),
        soil=np.where(growing, 0.0, OPEN_WATER),
    )


def nursery(practice: PaddyPractice, days: int) -> PaddyPractice:
    """The seedbed of a field: prepared like it, ponded like its first stage, given up when it is transplanted.

    Its planting is `days` before that of the field. [day]
    """
    initial = practice.coefficients.initial
    return replace(
        practice,
        stages=GrowthStages(days, 0, 0, 0),
        coefficients=CropCoefficients(initial, initial, initial),
        drained=(0, 0),
        dry_before_harvest=0,
    )
