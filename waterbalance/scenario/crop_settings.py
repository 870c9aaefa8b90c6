"""One crop of an irrigation zone as a scenario file gives it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from waterbalance.errors import InputError
from waterbalance.forecast.crop import Crop
from waterbalance.hydrology.crop_water import CropCoefficients, GrowthStages, fao56_coefficients
from waterbalance.hydrology.yield_response import RESPONSE_FACTORS
from waterbalance.network.fields import Area, DepthRate, Length, MoneyPerArea
from waterbalance.scenario.field_settings import FieldOfCrop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.errors import Finding


def _read_month_day(value: object) -> str:
    match = re.fullmatch(r"(\d{2})-(\d{2})", str(value))
    if match is None:
        raise ValueError("a month and a day, such as 02-01")
    try:
        # A year without a leap day: a crop is planted every year.
        dt.date(2001, int(match[1]), int(match[2]))
    except ValueError as error:
        raise ValueError(f"a day of every year, such as 02-01 ({error})") from None
    return str(value)


def _sentence(findings: Sequence[Finding]) -> str:
    """All complaints, and then what to do about them."""
    advice = [f"{each.remedy[0].lower()}{each.remedy[1:]}".removesuffix(".") for each in findings if each.remedy]
    return "; ".join([*(str(replace(each, remedy=None)) for each in findings), *advice])


class CropSettings(BaseModel):
    """One crop of a zone."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str
    """Name; one of the table of FAO-56 (`rice`, `sugarcane`...) where the coefficients are left out."""

    area: Area
    """Area planted. [m2]"""

    planting: Annotated[str, BeforeValidator(_read_month_day, json_schema_input_type=str)]
    """Month and day of the first planting, such as 02-01."""

    stages: tuple[int, int, int, int]
    """Lengths of the four growth stages: initial, development, mid, late. [day]"""

    coefficients: tuple[float, float, float] | None = None
    """Crop coefficients: initial, mid, end; those of FAO-56 when left out."""

    planting_days: int = Field(default=1, ge=1, strict=True)
    """Over how many days the area is planted, evenly. [day]"""

    percolation: DepthRate = 0.0
    """Percolation of the ponded field; 0 for dry crops. [m/day]"""

    preparation_depth: Length = 0.0
    """Water for soaking, puddling and the first ponded layer; 0 for dry crops. [m]"""

    preparation_days: int = Field(default=0, ge=0, strict=True)
    """Days before planting over which the preparation water is taken. [day]"""

    edition: Literal[1998, 2025] = 1998
    """Edition of the table of FAO-56."""

    field: FieldOfCrop | None = None
    """What the field is made of: a kind (paddy, upland, vegetables, sugarcane, banana, orchard), or a kind with what differs.
    Asked for by `rain_method: balance`, which then finds by itself what soaking takes."""

    blocks: int | None = Field(default=None, ge=1, le=365, strict=True)
    """Rotation blocks, planted one after another over `planting_days`; one a day when left out."""

    harvest_value: MoneyPerArea = 0.0
    """What a whole harvest brings, less the costs that a lost one saves. [currency/m2]"""

    yield_response: tuple[float, ...] | None = None
    """Yield response factor of the season, or of each of the four growth stages; that of FAO-33 for its crops when left out."""

    @model_validator(mode="after")
    def _is_a_crop(self) -> Self:
        try:
            complaints = self.crop().findings()
        except InputError as error:
            complaints = list(error.findings)
        if complaints:
            raise ValueError(_sentence(complaints))
        return self

    def crop(self) -> Crop:
        """The crop that the forecaster knows."""
        known = fao56_coefficients(self.name, self.edition) if self.coefficients is None else CropCoefficients(*self.coefficients)
        month, day = (int(part) for part in self.planting.split("-"))
        return Crop(
            self.name,
            self.area,
            (month, day),
            GrowthStages(*self.stages),
            known,
            self.planting_days,
            self.percolation,
            self.preparation_depth,
            self.preparation_days,
            None if self.field is None else self.field.field(self.name, self.edition),
            self.blocks,
            self.harvest_value,
            self.yield_response or RESPONSE_FACTORS.get(self.name, (1.0,)),
        )
