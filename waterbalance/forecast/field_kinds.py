"""What a field is made of, for the balance of its water: ponded rice, or a root zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from waterbalance.errors import Finding
from waterbalance.forecast.dated_table import range_findings
from waterbalance.hydrology.dual_crop import SurfaceLayer
from waterbalance.hydrology.paddy_practice import Ponding
from waterbalance.hydrology.paddy_store import PaddySoil

if TYPE_CHECKING:
    from waterbalance.hydrology.crop_water import CropCoefficients

_LONGEST_TURN = 60
_DEEPEST = 10_000.0


@dataclass(frozen=True)
class PaddyField:
    """Ponded rice: soil, depths, bunds and habits (`hydrology/paddy_practice.py`)."""

    soil: PaddySoil = field(default_factory=PaddySoil)
    """The puddled layer; its percolation is the crop's."""

    ponding: tuple[Ponding, Ponding, Ponding, Ponding] = (Ponding(), Ponding(), Ponding(), Ponding())
    """Depths in the initial, development, mid and late stage. [mm]"""

    bund: float = 150.0
    """Height of the bunds. [mm]"""

    puddled: float = 50.0
    """Depth of the pond on the day of transplanting. [mm]"""

    drained: tuple[int, int] = (0, 0)
    """First day after transplanting and number of days of the mid-season drainage. [day]"""

    dry_before_harvest: int = 10
    """Last days of the season without irrigation. [day]"""

    nursery_days: int = 0
    """Days for which the seedlings stand in a seedbed before transplanting; 0 where they come in trays. [day]"""

    nursery_share: float = 0.05
    """Area of the seedbeds as a share of the fields. [1]"""

    turn: int = 1
    """Days from one turn of a block to its next. [day]"""

    def findings(self) -> list[Finding]:
        """What is wrong with these figures."""
        soil = self.soil
        found = [
            *range_findings("height of the bunds [mm]", self.bund, 0.0, 1000.0),
            *range_findings("puddled depth [mm]", self.puddled, 0.0, self.bund),
            *range_findings("depth of the puddled layer [mm]", soil.depth, 1.0, 2000.0),
            *range_findings("first day of the mid-season drainage", self.drained[0], 0),
            *range_findings("days of the mid-season drainage", self.drained[1], 0),
            *range_findings("dry days before harvest", self.dry_before_harvest, 0),
            *range_findings("days in the nursery", self.nursery_days, 0, 60),
            *range_findings("share of the nursery", self.nursery_share, 0.0, 1.0),
            *range_findings("days of a turn", self.turn, 1, _LONGEST_TURN),
        ]
        if not 0.0 <= soil.wilting_point < soil.field_capacity < soil.saturation < 1.0:
            told = f"{soil.wilting_point:g}, {soil.field_capacity:g}, {soil.saturation:g}"
            allowed = "wilting point < field capacity < saturation"
            found.append(Finding("water contents of the puddled layer are not in order", found=told, allowed=allowed))
        for pond in self.ponding:
            if not -_DEEPEST < pond.minimum <= pond.optimum <= pond.maximum:
                told = f"{pond.minimum:g}, {pond.optimum:g}, {pond.maximum:g} mm"
                found.append(Finding("ponding depths are not in order", found=told, allowed="minimum <= optimum <= maximum"))
        return found


@dataclass(frozen=True)
class DryField:
    """Upland crops, sugarcane, orchards: a root zone that is refilled by turns (`hydrology/root_zone.py`)."""

    roots: tuple[float, float] = (0.3, 1.0)
    """Depth of the roots at planting and when full-grown. [m]"""

    holding: float = 0.14
    """Water between field capacity and wilting point. [m3/m3]"""

    fraction: float = 0.5
    """Share of it that is readily available (p of table 22). [1]"""

    basal: CropCoefficients | None = None
    """Basal coefficients Kcb, for the dual coefficient, which knows how often the soil is wetted; the single ones where None."""

    height: float = 1.0
    """Height of the full-grown crop, for the dual coefficient. [m]"""

    layer: SurfaceLayer = field(default_factory=lambda: SurfaceLayer(20.0, 8.0))
    """The soil's surface, for the dual coefficient. [mm]"""

    wetted: float = 1.0
    """Share of the soil that irrigation wets (table 20). [1]"""

    trigger: float = 1.0
    """Share of the readily available water that may be gone before the next turn. [1]"""

    turn: int = 10
    """Days from one turn of a block to its next. [day]"""

    curve_number: float | None = None
    """Curve number of the fields, for rain that runs off; none does where None."""

    def findings(self) -> list[Finding]:
        """What is wrong with these figures."""
        found = [
            *range_findings("depth of the roots at planting [m]", self.roots[0], 0.05, 5.0),
            *range_findings("depth of the full-grown roots [m]", self.roots[1], self.roots[0], 5.0),
            *range_findings("water that the soil holds [m3/m3]", self.holding, 0.01, 0.5),
            *range_findings("readily available share", self.fraction, 0.1, 0.8),
            *range_findings("height of the crop [m]", self.height, 0.01, 20.0),
            *range_findings("wetted share", self.wetted, 0.01, 1.0),
            *range_findings("share gone before a turn", self.trigger, 0.0, 2.0),
            *range_findings("days of a turn", self.turn, 1, _LONGEST_TURN),
        ]
        if self.basal is not None:
            for value in (self.basal.initial, self.basal.mid, self.basal.end):
                found += range_findings("a basal crop coefficient", value, 0.0, 2.0)
        return found + ([] if self.curve_number is None else range_findings("curve number", self.curve_number, 1.0, 100.0))


FieldKind = PaddyField | DryField

FIELD_KINDS: Final[dict[str, FieldKind]] = {
    "paddy": PaddyField(),
    "upland": DryField(),
    "vegetables": DryField(roots=(0.15, 0.5), fraction=0.35, height=0.4, turn=5),
    "sugarcane": DryField(roots=(0.3, 1.5), fraction=0.65, height=3.0, turn=15),
    "banana": DryField(roots=(0.6, 0.9), fraction=0.35, height=3.0, turn=7),
    "orchard": DryField(roots=(1.2, 1.2), fraction=0.5, height=4.0, wetted=0.4, turn=10),
}
"""Fields by name: roots and readily available share from FAO-56, table 22 (the smaller depths, as under irrigation), a loam;
turns are assumed."""
