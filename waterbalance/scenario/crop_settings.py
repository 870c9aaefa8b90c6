"""An irrigation zone by its crops, as a scenario file gives it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from waterbalance.errors import InputError
from waterbalance.forecast.agriculture import CropDemand
from waterbalance.forecast.crop import Crop, Thresholds
from waterbalance.forecast.recorded_weather import RecordedWeather
from waterbalance.forecast.zone_weather import EVAPOTRANSPIRATION, NAMES, RAIN, TEMPERATURE
from waterbalance.hydrology.crop_water import CropCoefficients, GrowthStages, fao56_coefficients
from waterbalance.hydrology.yield_response import RESPONSE_FACTORS
from waterbalance.network.fields import Area, DepthRate, Fraction, Length, MoneyPerArea
from waterbalance.scenario.field_settings import EfficiencySettings, FieldOfCrop, efficiency_told
from waterbalance.scenario.forecaster_settings import A_MONTH, A_YEAR, Asked, Columns, Key
from waterbalance.scenario.schema import FileSettings
from waterbalance.scenario.weather_settings import (
    WEATHER,
    WEATHER_QUANTITIES,
    WithWeatherAhead,
    normal_weather,
    past_weather,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from waterbalance.errors import Finding
    from waterbalance.forecast.forecaster import Forecaster
    from waterbalance.scenario.quantities import Quantity


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


class DegreeDaysSettings(BaseModel):
    """Warmth that moves a crop on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: float = Field(ge=-10, le=40)
    """Below it nothing grows, in degC; about 8 for rice and maize."""

    upper: float = Field(default=60.0, ge=-10, le=60)
    """Above it nothing grows faster, in degC; about 30 for rice and maize."""


def _sentence(findings: Sequence[Finding]) -> str:
    """All complaints, and then what to do about them."""
    advice = [f"{each.remedy[0].lower()}{each.remedy[1:]}".removesuffix(".") for each in findings if each.remedy]
    return "; ".join([*(str(replace(each, remedy=None)) for each in findings), *advice])


class CropSettings(BaseModel):
    """One crop of a zone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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

    degree_days: DegreeDaysSettings | None = None
    """For stages that go by the warmth of each member of the weather: in a year of typical warmth they take the days of `stages`.
    Asks for `rain_method: balance` and the column `weather.temperature [degC]`."""

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
            None if self.degree_days is None else Thresholds(self.degree_days.base, self.degree_days.upper),
        )


class CropDemandSettings(WithWeatherAhead):
    """An irrigation zone by FAO-56 and its crop calendar."""

    crops: tuple[CropSettings, ...] = Field(min_length=1)
    """What grows in the zone."""

    efficiency: Fraction | None = None
    """Share of the water at the head that reaches the root zones."""

    efficiencies: EfficiencySettings | None = None
    """The same by its stages, with what comes back of the losses; instead of `efficiency`."""

    weather: FileSettings
    """A `ten_day` table (normals) or a `date` table (past years; days may be missing) with the columns
    `weather.evapotranspiration [mm/day]` and `weather.rain [mm/day]`."""

    rain_method: Literal["fixed_percentage", "usda_scs", "balance"] = "fixed_percentage"
    """How effective rain is reckoned: by the balance of each field (needs `field` of every crop, and daily weather of past years
    to be any good), or by a planning method where only normals are known."""

    rain_share: Fraction = 0.8
    """For `fixed_percentage`: the effective share; assumed unless the zone has its own."""

    recorded: bool = Field(default=False, strict=True)
    """Whether weather of days that the table holds is told as recorded: for planning a past season again."""

    @model_validator(mode="after")
    def _one_efficiency(self) -> Self:
        efficiency_told(self.efficiency, self.efficiencies)
        if self.recorded and self.weather_ahead is not None:
            raise ValueError("recorded weather and weather_ahead tell the same days: leave one of them out")
        return self

    def weather_names(self) -> tuple[str, ...]:
        """See `ForecasterSettings`."""
        return NAMES if all(crop.degree_days is None for crop in self.crops) else (*NAMES, TEMPERATURE)

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:
        """See `ForecasterSettings`."""
        own = Asked("weather", self.weather.file, WEATHER, WEATHER_QUANTITIES, ("ten_day", "date"))
        return (own, *super().tables(key, wanted))

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        normals = normal_weather(columns, NAMES)
        zone = CropDemand(
            tuple(crop.crop() for crop in self.crops),
            efficiency_told(self.efficiency, self.efficiencies),
            normals.get(EVAPOTRANSPIRATION),
            normals.get(RAIN),
            self.rain_method,
            self.rain_share,
        )
        if self.recorded:
            return RecordedWeather(zone)
        return self.driven(zone, columns, {}, normals=normals if len(normals) == len(NAMES) else None)

    def learns_from(self, key: Key, columns: Columns) -> pd.Series | pd.DataFrame:
        """Daily weather where the table has it; nothing to learn from where it has normals."""
        past = past_weather(columns, self.weather_names())
        return past if len(past) else super().learns_from(key, columns)

    def fresh_for(self, column: str) -> int:  # noqa: ARG002
        """A balance begins with the weather of the last weeks, a planning method with nothing but past years."""
        return A_MONTH if self.rain_method == "balance" else A_YEAR

    def knows_ahead(self) -> bool:
        """See `ForecasterSettings`."""
        return self.recorded
