"""Types of a component's fields: a unit, a neighbour, and whether the value may change by date.

In a file a quantity is text with its unit (`12 m3/s`); in Python it may also be a number in the internal unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo

from waterbalance import units
from waterbalance.errors import UnitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

UserClass = Literal["lifeline", "domestic", "industry", "agriculture", "hydropower", "environment", "navigation", "other"]


@dataclass(frozen=True)
class Unit:
    """The internal unit of a field."""

    internal: str


@dataclass(frozen=True)
class Neighbour:
    """The field names another component.

    `upstream`: water comes from it; `downstream`: water goes to it; `subject`: a rule speaks about it.
    """

    role: Literal["upstream", "downstream", "subject"]


def unit_inside(field: FieldInfo) -> str | None:
    """Internal unit of a field, also of one written as `Volume | None`; None where it has no unit."""
    told = (*field.metadata, *metadata_inside(field.annotation))
    return next((item.internal for item in told if isinstance(item, Unit)), None)


def metadata_inside(annotation: object) -> Iterator[object]:
    """What stands beside the types of an annotation, however deep."""
    yield from getattr(annotation, "__metadata__", ())
    for argument in getattr(annotation, "__args__", ()):
        yield from metadata_inside(argument)


def rows_inside(annotation: object) -> Iterator[type[BaseModel]]:
    """The types of rows that a field may hold, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from rows_inside(argument)


def _reader(internal: str) -> BeforeValidator:
    def read(value: object, info: ValidationInfo) -> object:
        """Text becomes a number in the internal unit; a file may not leave the unit out."""
        currency = str((info.context or {}).get("currency", units.MONEY))
        example = units.examples(internal, currency)
        if isinstance(value, str):
            try:
                return units.parse(value, internal, currency)
            except UnitError as error:
                raise ValueError(error.title) from None
        from_file = bool(info.context and info.context.get("from_file"))
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{value!r} is not {units.describe(internal)}; write for example {example}")  # noqa: TRY004 (pydantic collects ValueError)
        if from_file and internal != units.FRACTION:
            raise ValueError(f"{value!r} has no unit; for {units.describe(internal)} write for example {example}")
        if not math.isfinite(value):
            raise ValueError(f"{value!r} is not a finite number")
        return value

    return BeforeValidator(read, json_schema_input_type=str | float)


Volume = Annotated[float, _reader(units.VOLUME), Unit(units.VOLUME), Field(ge=0)]
FlowRate = Annotated[float, _reader(units.FLOW), Unit(units.FLOW), Field(ge=0)]
Area = Annotated[float, _reader(units.AREA), Unit(units.AREA), Field(ge=0)]
Level = Annotated[float, _reader(units.LENGTH), Unit(units.LENGTH)]
Length = Annotated[float, _reader(units.LENGTH), Unit(units.LENGTH), Field(ge=0)]
DepthRate = Annotated[float, _reader(units.DEPTH_RATE), Unit(units.DEPTH_RATE), Field(ge=0)]
Duration = Annotated[float, _reader(units.TIME), Unit(units.TIME), Field(ge=0)]
RatePerDay = Annotated[float, _reader(units.RATE), Unit(units.RATE), Field(ge=0)]
SharePerLength = Annotated[float, _reader(units.PER_LENGTH), Unit(units.PER_LENGTH), Field(ge=0)]
Share = Annotated[float, _reader(units.FRACTION), Unit(units.FRACTION), Field(ge=0)]
Fraction = Annotated[float, _reader(units.FRACTION), Unit(units.FRACTION), Field(ge=0, le=1)]
EnergyPerVolume = Annotated[float, _reader(units.ENERGY_PER_VOLUME), Unit(units.ENERGY_PER_VOLUME), Field(ge=0)]
Energy = Annotated[float, _reader(units.ENERGY), Unit(units.ENERGY), Field(ge=0)]
Power = Annotated[float, _reader(units.POWER), Unit(units.POWER), Field(ge=0)]
EnergyRate = Annotated[float, _reader(units.ENERGY_RATE), Unit(units.ENERGY_RATE), Field(ge=0)]
EnergyPrice = Annotated[float, _reader(units.MONEY_PER_ENERGY), Unit(units.MONEY_PER_ENERGY), Field(ge=0)]
Money = Annotated[float, _reader(units.MONEY), Unit(units.MONEY), Field(ge=0)]
MoneyPerArea = Annotated[float, _reader(units.MONEY_PER_AREA), Unit(units.MONEY_PER_AREA), Field(ge=0)]
Price = Annotated[float, _reader(units.MONEY_PER_VOLUME), Unit(units.MONEY_PER_VOLUME)]
Turbidity = Annotated[float, _reader(units.TURBIDITY), Unit(units.TURBIDITY), Field(ge=0)]

Upstream = Annotated[str, Neighbour("upstream")]
Downstream = Annotated[str, Neighbour("downstream")]
Subject = Annotated[str, Neighbour("subject")]
