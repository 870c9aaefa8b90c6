"""What a crop's field is made of, as a scenario file gives it; and the efficiencies on the way to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from waterbalance.forecast.efficiency import Efficiency
from waterbalance.forecast.field_kinds import FIELD_KINDS, DryField, PaddyField
from waterbalance.hydrology.crop_water import CropCoefficients, Edition, fao56_basal_coefficients
from waterbalance.hydrology.paddy_practice import Ponding
from waterbalance.network.fields import Fraction, Length, Level

_MILLIMETRES = 1000.0
_STAGES = 4

_OF_PADDIES = {"ponding", "bund", "puddled", "layer_depth", "drained", "dry_before_harvest", "nursery_days", "nursery_share"}
_OF_OTHERS = {"root_depth", "holding", "readily_available", "dual", "basal", "wetted", "trigger", "curve_number"}


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PondingSettings(_Settings):
    """Depths of the pond in one growth stage."""

    minimum: Level
    """Depth below which the field is irrigated; negative: how far the water table may fall (alternate wetting and drying). [m]"""

    optimum: Length
    """Depth to which it is irrigated. [m]"""

    maximum: Length
    """Height of the outlet. [m]"""


class DrainedSettings(_Settings):
    """The mid-season drainage."""

    first_day: int = Field(ge=0, strict=True)
    """First day, counted from transplanting. [day]"""

    days: int = Field(ge=1, strict=True)
    """For how long. [day]"""


class FieldSettings(_Settings):
    """The field of a crop: its kind, and what differs from that kind."""

    kind: Literal["paddy", "upland", "vegetables", "sugarcane", "banana", "orchard"]
    """Ponded rice, or one of the root zones with typical roots."""

    turn: int | None = Field(default=None, ge=1, le=60, strict=True)
    """Days from one turn of a rotation block to its next. [day]"""

    ponding: tuple[PondingSettings, ...] | None = None
    """Paddies: depths in the four growth stages (initial, development, mid, late), or one for all."""

    bund: Length | None = None
    """Paddies: height of the bunds. [m]"""

    puddled: Length | None = None
    """Paddies: depth of the pond on the day of transplanting. [m]"""

    layer_depth: Length | None = None
    """Paddies: thickness of the puddled layer. [m]"""

    drained: DrainedSettings | None = None
    """Paddies: the mid-season drainage."""

    dry_before_harvest: int | None = Field(default=None, ge=0, strict=True)
    """Paddies: last days of the season without irrigation. [day]"""

    nursery_days: int | None = Field(default=None, ge=0, strict=True)
    """Paddies: days of the seedlings in a seedbed before transplanting; 0 where they come in trays. [day]"""

    nursery_share: Fraction | None = None
    """Paddies: area of the seedbeds as a share of the fields."""

    root_depth: tuple[Length, Length] | None = None
    """Other fields: depth of the roots at planting and when full-grown. [m]"""

    holding: Fraction | None = None
    """Other fields: water between field capacity and wilting point, as a share of the soil."""

    readily_available: Fraction | None = None
    """Other fields: share of that water which is readily available (FAO-56, table 22)."""

    dual: bool = Field(default=False, strict=True)
    """Other fields: whether the dual coefficient is used, which counts how often the soil is wetted; the crop's name must then
    be one of the table of FAO-56, or `basal` be told."""

    basal: tuple[float, float, float] | None = None
    """Other fields: basal coefficients, initial, mid and end, for `dual`; those of FAO-56 when left out."""

    wetted: Fraction | None = None
    """Other fields: share of the soil that irrigation wets."""

    trigger: float | None = Field(default=None, ge=0, le=2)
    """Other fields: share of the readily available water that may be gone before the next turn."""

    curve_number: float | None = Field(default=None, ge=1, le=100)
    """Other fields: curve number, for rain that runs off."""

    @model_validator(mode="after")
    def _all_of_its_kind(self) -> Self:
        strangers = _OF_OTHERS if self.kind == "paddy" else _OF_PADDIES
        wrong = sorted(strangers & self.model_fields_set)
        if wrong:
            raise ValueError(f"a field of the kind {self.kind} has no {', '.join(wrong)}")
        if self.ponding is not None and len(self.ponding) not in (1, _STAGES):
            raise ValueError(f"ponding has {len(self.ponding)} entries; give one for all stages, or one for each of the four")
        if self.basal is not None and not self.dual:
            raise ValueError("basal coefficients are for the dual coefficient; add 'dual: true', or leave them out")
        return self

    def field(self, crop: str, edition: Edition) -> PaddyField | DryField:
        """The field that the forecaster knows; raises `InputError` where the dual coefficient of a crop is not known."""
        typical = FIELD_KINDS[self.kind]
        return self._paddy(typical) if isinstance(typical, PaddyField) else self._other(typical, crop, edition)

    def _paddy(self, typical: PaddyField) -> PaddyField:
        changes: dict[str, Any] = {
            name: _MILLIMETRES * getattr(self, name) for name in ("bund", "puddled") if getattr(self, name) is not None
        }
        for name in ("turn", "dry_before_harvest", "nursery_days", "nursery_share"):
            if getattr(self, name) is not None:
                changes[name] = getattr(self, name)
        if self.ponding is not None:
            ponds = [
                Ponding(*(_MILLIMETRES * depth for depth in (each.minimum, each.optimum, each.maximum))) for each in self.ponding
            ]
            changes["ponding"] = tuple(ponds * _STAGES)[:_STAGES]
        if self.drained is not None:
            changes["drained"] = (self.drained.first_day, self.drained.days)
        if self.layer_depth is not None:
            changes["soil"] = replace(typical.soil, depth=_MILLIMETRES * self.layer_depth)
        return replace(typical, **changes)

    def _other(self, typical: DryField, crop: str, edition: Edition) -> DryField:
        told = {
            "roots": self.root_depth, "holding": self.holding, "fraction": self.readily_available, "wetted": self.wetted,
            "trigger": self.trigger, "curve_number": self.curve_number, "turn": self.turn,
            "basal": self._basal(crop, edition) if self.dual else None,
        }  # fmt: skip
        changes: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
        return replace(typical, **changes)

    def _basal(self, crop: str, edition: Edition) -> CropCoefficients:
        return fao56_basal_coefficients(crop, edition) if self.basal is None else CropCoefficients(*self.basal)


def _read_field(value: object) -> object:
    """A kind alone is enough."""
    return {"kind": value} if isinstance(value, str) else value


FieldOfCrop = Annotated[FieldSettings, BeforeValidator(_read_field, json_schema_input_type=str | FieldSettings)]


class EfficiencySettings(_Settings):
    """Share of the water that arrives, stage by stage from the head of the zone to the root zones."""

    conveyance: Fraction
    """Main canals and laterals."""

    distribution: Fraction
    """Ditches between lateral and field."""

    application: Fraction
    """On the field."""

    returned: Fraction = 0.0
    """Share of the losses that comes back to the river or the drains."""

    def efficiency(self) -> Efficiency:
        """The efficiencies that the forecaster knows."""
        return Efficiency(self.conveyance, self.distribution, self.application, self.returned)


def efficiency_told(whole: float | None, stages: EfficiencySettings | None) -> float | Efficiency:
    """One of the two; raises `ValueError` where both or none are told."""
    if whole is not None and stages is None:
        return whole
    if whole is None and stages is not None:
        return stages.efficiency()
    raise ValueError(
        "the efficiency of a zone is one figure (efficiency) or told by its stages (efficiencies): give one of the two"
    )
