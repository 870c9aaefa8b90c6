"""What a configuration says of one series: where it stands, in which unit, and how it becomes one number a day."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from waterbalance import units
from waterbalance.errors import UnitError
from waterbalance.network.fields import Duration, Fraction

INTERNAL = (
    units.FRACTION, units.VOLUME, units.FLOW, units.LENGTH, units.DEPTH_RATE, units.TEMPERATURE, units.TURBIDITY, units.POWER,
    units.ENERGY, units.IRRADIATION, units.AREA, units.TIME, units.RATE,
)  # fmt: skip
"""Internal units of what is measured."""

HOUR = 1.0 / 24.0
"""An hour in days."""

PerDay = Literal["mean", "sum", "highest", "lowest", "midnight", "last"]

_NAME = re.compile(r"[^.\s]+\.[^.\s]+")


@dataclass(frozen=True)
class Measure:
    """A unit of measurement: what one of it is in the internal unit."""

    factor: float
    internal: str


def measure(text: str) -> Measure:
    """The internal unit of the same kind, and what one of `text` is in it; a unit may begin with a number.

    Raises `UnitError`.

    >>> measure("1e4 m3/day")
    Measure(factor=10000.0, internal='m3/day')
    """
    written = text.strip()
    begins = written[:1].isdigit() and written != units.FRACTION
    for internal in INTERNAL if written else ():
        try:
            factor = units.parse(written, internal) if begins else units.factor(written, internal)
        except UnitError:
            continue
        if factor > 0.0:
            return Measure(factor, internal)
    raise UnitError(f"{text!r} is not a unit of anything that is measured; write for example m3/s, 1e4 m3, mm/day or degC")


def _unit(text: str) -> str:
    try:
        measure(text)
    except UnitError as error:
        raise ValueError(error.title) from None
    return text


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("component.quantity, such as upper_lake.inflow")
    return text


UnitText = Annotated[str, AfterValidator(_unit)]
SeriesName = Annotated[str, AfterValidator(_name)]


class SeriesSettings(BaseModel):
    """One series of a source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: UnitText | None = None
    """In which the source tells it, such as m3/s, 1e4 m3 or mm/day; a daily sum of millimetres is mm/day."""

    day: Literal["previous", "same", "next"] = "same"
    """`next`: what the source tells of an evening holds at the next midnight, and gets that date. `previous`: what a morning's
    report tells is of the day before."""

    missing: tuple[float, ...] = ()
    """Numbers by which the source says that it has none, such as 999.9."""

    @property
    def shift(self) -> dt.timedelta:
        """From the date that the source tells to the date of the reading."""
        return dt.timedelta(days={"previous": -1, "same": 0, "next": 1}[self.day])


class StationSeries(SeriesSettings):
    """A series that the source tells once a day for each of its stations."""

    station: str = Field(min_length=1)
    """Identifier of the station, as text."""

    field: str = Field(min_length=1)
    """Name of the field, as the source spells it."""

    unit: UnitText


class SubdailySeries(SeriesSettings):
    """A series that is told several times a day."""

    per_day: PerDay | None = None
    """Which one number a day becomes: `mean`, `sum`, `highest` or `lowest` of the day; `midnight`, the value nearest to its first
    moment; or `last`, for what a station counts up through the day. Left out: `midnight` for volumes, `mean` for all else."""

    step: Duration = Field(default=HOUR, gt=0, le=1)
    """How often the source measures. [day]"""

    coverage: Fraction = Field(default=0.75, gt=0)
    """Least share of the day's steps that need a value for `mean`, `sum`, `highest` and `lowest`. [-]"""

    reach: Duration = Field(default=3 * HOUR, gt=0, lt=0.5)
    """How far from midnight a value may lie for `midnight` and `last`. [day]"""

    stamp: Literal["start", "end"] = "start"
    """Whether a time is the start or the end of what its value stands for: the hour 24 belongs to the day that ends."""

    def becomes(self, internal: str) -> PerDay:
        """How a day is told, for values in the `internal` unit."""
        return self.per_day or ("midnight" if internal == units.VOLUME else "mean")


class SubdailyStationSeries(SubdailySeries):
    """A series that is told several times a day for each station."""

    station: str = Field(min_length=1)
    """Identifier of the station, as text."""

    field: str = Field(min_length=1)
    """Name of the field, as the source spells it."""

    unit: UnitText
