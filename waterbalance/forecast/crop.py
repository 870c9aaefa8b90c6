"""One crop of an irrigation zone: what it takes from its field, day by day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Place
from waterbalance.forecast.dated_table import range_findings
from waterbalance.forecast.ten_day_record import PERIODS, period_index
from waterbalance.hydrology.crop_water import CropCoefficients, GrowthStages, crop_coefficient, crop_evapotranspiration
from waterbalance.hydrology.growing_degree_days import degree_days
from waterbalance.hydrology.paddy import land_preparation, net_demand

if TYPE_CHECKING:
    import numpy.typing as npt

    from waterbalance.forecast.field_kinds import FieldKind
    from waterbalance.horizon import Floats

_LONGEST_YEAR = 365  # A field that is still under last year's crop cannot be planted again.


@dataclass(frozen=True)
class Thresholds:
    """Warmth that moves a crop on (`hydrology/growing_degree_days.py`)."""

    base: float
    """Below it nothing grows; about 8 for rice and maize. [degC]"""

    upper: float = np.inf
    """Above it nothing grows faster; about 30 for rice and maize. [degC]"""

    def warmth(self, temperature: Floats) -> Floats:
        """Degree-days of days of a mean temperature, of the same shape. [degC day]."""
        return degree_days(temperature, temperature, base=self.base, upper=self.upper)


@dataclass(frozen=True)
class Crop:
    """A crop that is planted every year on the same date, some of its area each day."""

    name: str
    """Name in findings and reports."""

    area: float
    """Area planted. [m2]"""

    planting: tuple[int, int]
    """Month and day of the first planting (transplanting for rice)."""

    stages: GrowthStages
    """Lengths of the growth stages."""

    coefficients: CropCoefficients
    """Crop coefficients; `fao56_coefficients` has the table's."""

    planting_days: int = 1
    """Over how many days the area is planted, evenly. [day]"""

    percolation: float = 0.0
    """Percolation of the ponded field; 0 for dry crops. [m/day]"""

    preparation_depth: float = 0.0
    """Water for soaking, puddling and the first ponded layer; 0 for dry crops. [m]"""

    preparation_days: int = 0
    """Days before planting over which the preparation water is taken. [day]"""

    field: FieldKind | None = None
    """What the field is made of, for the balance of its water; the planning methods need none. The balance itself tells
    what soaking takes: `preparation_depth` is for the planning methods alone."""

    blocks: int | None = None
    """Rotation blocks, planted one after another over `planting_days`; one a day where None."""

    harvest_value: float = 0.0
    """What a whole harvest brings, less the costs that a lost one saves. [currency/m2]"""

    yield_response: tuple[float, ...] = (1.0,)
    """Ky of the season, or of each of the four growth stages (`hydrology/yield_response.py`). [1]"""

    thresholds: Thresholds | None = None
    """For stages that go by warmth: in a year of typical warmth they take the days of `stages`. None: by the calendar."""

    @property
    def stage_ends(self) -> tuple[float, float, float]:
        """Days since planting on which the initial, development and mid stage end [day]."""
        first, second = self.stages.initial, self.stages.initial + self.stages.development
        return first, second, second + self.stages.mid

    def findings(self) -> list[Finding]:
        """What is wrong with these figures."""
        found = [
            *range_findings("area", self.area, 0.0),
            *range_findings("percolation", self.percolation, 0.0, 0.1),
            *range_findings("preparation depth", self.preparation_depth, 0.0, 2.0),
            *range_findings("planting days", self.planting_days, 1, _LONGEST_YEAR),
            *range_findings("rotation blocks", 1 if self.blocks is None else self.blocks, 1, _LONGEST_YEAR),
            *range_findings("value of the harvest", self.harvest_value, 0.0),
            *range_findings("season and preparation", self.stages.season + self.preparation_days, 1, _LONGEST_YEAR),
        ]
        stages = self.stages
        for stage in (stages.initial, stages.development, stages.mid, stages.late):
            found += range_findings("the length of a growth stage", stage, 0)
        for value in (self.coefficients.initial, self.coefficients.mid, self.coefficients.end):
            found += range_findings("a crop coefficient", value, 0.0, 2.0)
        if len(self.yield_response) not in (1, 4):
            told = f"{len(self.yield_response)} factors"
            found.append(Finding("yield response factors are of the season or of four stages", found=told, allowed="1 or 4"))
        for factor in self.yield_response:
            found += range_findings("a yield response factor", factor, 0.0, 3.0)
        if self.field is not None:
            found += self.field.findings()
        if self.thresholds is not None:
            found += range_findings("base of the degree-days", self.thresholds.base, -10.0, 40.0)
            if self.thresholds.upper <= self.thresholds.base:
                allowed = f"above the base, {self.thresholds.base:g} degC"
                found.append(Finding("no degree-days can be", found=f"upper {self.thresholds.upper:g} degC", allowed=allowed))
        if self.preparation_depth > 0.0 and self.preparation_days < 1:
            found.append(Finding("no days for the preparation water", found="0 days", allowed="1 day or more"))
        try:
            dt.date(2001, *self.planting)
        except ValueError:
            day = "-".join(map(str, self.planting))
            found.append(Finding("no such planting date in every year", found=day, allowed="a month and a day, such as (2, 1)"))
        return [replace(item, where=Place(component=self.name)) for item in found]

    def standing(self, days: pd.DatetimeIndex) -> Floats:
        """Area that bears the crop on each day, shape (days,). [m2]."""
        plantings = self._plantings()
        grown = [(age >= 0.0) & (age < self.stages.season) for age in self._ages(days, plantings)]
        return np.asarray(self.area * np.sum(grown, axis=0) / len(plantings))

    def field_demand(self, days: pd.DatetimeIndex, evapotranspiration: Floats, effective_rain: Floats) -> Floats:
        """Net demand at the field, mean over the area, shape (days, years) [m/day].

        The mean over the plantings of max(0, Kc ET0 + percolation + preparation - effective rain), each planting a day
        later than the one before. Weather has shape (days, years), in [m/day]; rain on fields that bear nothing is no use.
        """
        total = np.zeros_like(evapotranspiration)
        plantings = self._plantings()
        for age in self._ages(days, plantings):
            coefficient = crop_coefficient(age, self.stages, self.coefficients)[:, None]
            preparation = land_preparation(age, self.preparation_depth, self.preparation_days)[:, None]
            growing = ((age >= 0.0) & (age < self.stages.season))[:, None]
            percolation = np.where(growing, self.percolation, 0.0)
            rain = np.where(growing | (preparation > 0.0), effective_rain, 0.0)
            total += net_demand(crop_evapotranspiration(coefficient, evapotranspiration), percolation, preparation, rain)
        return np.asarray(total / len(plantings))

    def cycles(self, days: pd.DatetimeIndex, lead: int, earlier: int) -> tuple[Floats, npt.NDArray[np.intp]]:
        """Days since planting of each block's crop, and its number, both of shape (days, blocks).

        The crop of a day is the one whose planting comes within `lead` days, or was the last. `earlier` moves the planting
        forward, as that of a nursery.
        """
        dates = days.to_numpy().astype("datetime64[D]")
        years = range(days[0].year - 2, days[-1].year + 3)
        firsts = np.array([dt.date(year, *self.planting) for year in years], dtype="datetime64[D]")
        starts = firsts[:, None] + np.array(self._plantings(), dtype="timedelta64[D]")[None, :] - earlier
        number = (dates[:, None, None] >= starts[None, :, :] - lead).sum(axis=1) - 1
        return (dates[:, None] - np.take_along_axis(starts, number, axis=0)).astype(np.float64), np.asarray(number, dtype=np.intp)

    def typical_courses(self, warmth: Floats) -> Floats:
        """Degree-days of the days from planting on, shape (blocks, days), for those of the 36 ten-day periods."""
        first = pd.Timestamp(2001, *self.planting)
        count = int(self.stages.season) + _LONGEST_YEAR
        days = [pd.date_range(first + pd.Timedelta(days=later), periods=count) for later in self._plantings()]
        return np.stack([warmth[period_index(each) % PERIODS] for each in days])

    def _plantings(self) -> list[int]:
        """Days after the first planting on which the blocks are planted. A field that waits for its turn needs a block a day."""
        turn = 1 if self.field is None else self.field.turn
        blocks = self.blocks or max(self.planting_days, turn)
        return [int((block + 0.5) * self.planting_days / blocks) for block in range(blocks)]

    def _ages(self, days: pd.DatetimeIndex, plantings: list[int]) -> list[Floats]:
        """Days since planting of each planting of each year whose crop or preparation touches `days`."""
        dates = days.to_numpy().astype("datetime64[D]")
        ages = []
        for year in range(days[0].year - 2, days[-1].year + 2):
            first = np.datetime64(dt.date(year, *self.planting), "D")
            for later in plantings:
                age = (dates - first).astype(np.float64) - later
                if age[-1] >= -self.preparation_days and age[0] < self.stages.season:
                    ages.append(age)
        return ages
