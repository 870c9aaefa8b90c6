"""Open water: what evaporates from a surface, what rains on it, and the level at which it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from waterbalance import units
from waterbalance.errors import InputError
from waterbalance.hydrology.stage_storage import StageStorage
from waterbalance.network.component import Component
from waterbalance.network.components._last_pass import rounded, settled
from waterbalance.network.fields import Area, DepthRate, Level, Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step, Stock

SURFACE = "surface"
"""Given: the surface at the mean storage of each step of the last pass. [m2]"""

SURFACE_PER_STORAGE = "surface_per_storage"
"""Given: the same surface, divided by that mean storage. [1/m]"""

NEARLY_DRY = 0.01
"""Below this share of the capacity the surface shrinks in proportion to the storage: a dry bed evaporates nothing. [-]"""

SETTLED = 1e-5
"""The surface has settled where it changes by less than this from pass to pass. [-]"""

DIGITS = 7
"""To so many digits a surface is taken from the last pass."""

SURFACE_TOLERANCE = 0.01
"""The audit objects where evaporation or rain are further than this from those of the plan's own surface. [-]"""

MILLIMETRES = 1000.0
"""In a metre: levels are audited in millimetres."""


class SurveyPoint(BaseModel):
    """One row of a survey, straight to the next row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Level
    """Water level. [m]"""

    area: Area
    """Surface at this level. [m2]"""

    volume: Volume
    """Volume below this level. [m3]"""


class _OpenWater(Component):
    """A storage under the open sky; see `Reservoir` for the equations."""

    varying: ClassVar[tuple[str, ...]] = ("capacity", "evaporation_depth", "rainfall_depth")

    capacity: Volume
    """Storage at full supply level. [m3]"""

    surface_area: Area = 0.0
    """Water surface at full supply level, where there is no survey. [m2]"""

    level_area_volume: tuple[SurveyPoint, ...] = ()
    """Survey: level, area and volume in rows of rising level; area in proportion to storage when left out."""

    full_supply_level: Level | None = None
    """Level at capacity; stretches a survey of another year to the capacity of the date. [m]"""

    evaporation_depth: DepthRate = 0.0
    """Open-water evaporation; usually a table. [m/day]"""

    rainfall_depth: DepthRate = 0.0
    """Rain on the water surface, where inflow does not hold it already; usually a table. [m/day]"""

    @field_validator("level_area_volume")
    @classmethod
    def _rows_are_in_order(cls, rows: tuple[SurveyPoint, ...]) -> tuple[SurveyPoint, ...]:
        if rows:
            try:
                _survey_of(rows)
            except InputError as error:
                raise ValueError("; ".join(str(finding) for finding in error.findings)) from None
        return rows

    @model_validator(mode="after")
    def _the_survey_fits(self) -> Self:
        if not self.level_area_volume:
            if self.full_supply_level is not None:
                raise ValueError("full_supply_level needs a survey (level_area_volume)")
            return self
        if self.surface_area > 0:
            raise ValueError("surface_area and level_area_volume say the same; give one of them")
        survey = self._survey
        if self.full_supply_level is None:
            if survey.volumes[-1] < self.capacity:
                raise ValueError(
                    f"level_area_volume ends at {survey.volumes[-1]:g} m3, below the capacity of {self.capacity:g} m3; "
                    "add rows, or give full_supply_level where the survey is of another year"
                )
        elif not survey.levels[0] < self.full_supply_level <= survey.levels[-1]:
            raise ValueError(f"full_supply_level must lie within the survey: {survey.levels[0]:g} to {survey.levels[-1]:g} m")
        return self

    @property
    def _survey(self) -> StageStorage:
        return _survey_of(self.level_area_volume)

    def default_given(self, name: str) -> float | None:
        """The first pass takes the surface of a full lake."""
        if name == SURFACE:
            return float(self.surface_at(np.array(self.capacity), np.array(self.capacity)))
        if name == SURFACE_PER_STORAGE:
            return float(self.surface_at(np.array(self.capacity), np.array(self.capacity))) / max(self.capacity, 1.0)
        return super().default_given(name)

    def level_of(self, storage: Floats, capacity: Floats) -> Floats:
        """Level at a storage, at least the survey's lowest and at most its highest. [m]."""
        return self._survey.level(self._surveyed(storage, capacity))

    def holds_level(self, level: float) -> bool:
        """Whether a level lies within the survey."""
        return self.level_area_volume[0].level <= level <= self.level_area_volume[-1].level

    def storage_at(self, level: float, capacity: Floats) -> Floats:
        """Storage at a level of the survey. [m3]."""
        volume = self._survey.volume(level)
        if self.full_supply_level is None:
            return np.full_like(capacity, volume)
        full = self._survey.volume(self.full_supply_level)
        return np.where(volume <= full, volume / full * capacity, capacity + volume - full)

    def _surveyed(self, storage: Floats, capacity: Floats) -> Floats:
        """Volume in the survey at a storage; silt since the survey lies on all levels in proportion to their volume."""
        survey, volume = self._survey, storage
        if self.full_supply_level is not None:
            share = np.divide(storage, capacity, out=np.ones_like(storage), where=capacity > 0)
            beyond = np.maximum(0.0, storage - capacity)
            volume = survey.volume(self.full_supply_level) * np.minimum(share, 1.0) + beyond
        return np.clip(volume, survey.volumes[0], survey.volumes[-1])

    def surface_at(self, storage: Floats, capacity: Floats) -> Floats:
        """Surface at a storage, by the survey or in proportion to the storage. [m2]."""
        if not self.level_area_volume:
            return self._share_of_full(np.ones_like(storage), capacity) * storage
        least = NEARLY_DRY * capacity
        area = self._survey.area_at_volume(self._surveyed(np.maximum(storage, least), capacity))
        return area * np.divide(storage, least, out=np.ones_like(storage), where=storage < least)

    def _say_surface(self, step: Step, storage: Stock) -> None:
        """Evaporation and rain: of the last pass' surface, or of one in proportion to the storage."""
        evaporation_depth, rainfall_depth = step.given(self, "evaporation_depth"), step.given(self, "rainfall_depth")
        capacity = step.given(self, "capacity")
        if self.level_area_volume:
            share = step.derived(
                self, "evaporation_share", _at_most_all, evaporation_depth, step.given(self, SURFACE_PER_STORAGE)
            )
            step.loss(self, "evaporation", share * (0.5 * (storage.before + storage)))
            step.gain(self, "rainfall", step.derived(self, "rain", np.multiply, rainfall_depth, step.given(self, SURFACE)))
        elif self.surface_area > 0:
            share = step.derived(self, "evaporation_share", self._share_of_full, evaporation_depth, capacity)
            step.loss(self, "evaporation", share * storage.before)
            share = step.derived(self, "rainfall_share", self._share_of_full, rainfall_depth, capacity)
            step.gain(self, "rainfall", share * storage.before)

    def _share_of_full(self, depth: Floats, capacity: Floats) -> Floats:
        """A depth on the full surface as a share of the capacity; a reservoir without capacity has no surface."""
        return np.divide(depth * self.surface_area, capacity, out=np.zeros_like(capacity), where=capacity > 0)

    def revise(self, ledger: Ledger) -> Mapping[str, Floats]:
        """The surface at the mean storage of each step of the last pass."""
        depths = ledger.given(self, "evaporation_depth"), ledger.given(self, "rainfall_depth")
        if not self.level_area_volume or not any(depth.any() for depth in depths):
            return {}
        capacity, mean = ledger.given(self, "capacity"), self._mean_storage(ledger)
        # The ratio is the same at every nearly dry storage, and exists at none only as a limit.
        at_least = np.maximum(mean, NEARLY_DRY * np.maximum(capacity, 1.0))
        news = {SURFACE: self.surface_at(mean, capacity), SURFACE_PER_STORAGE: self.surface_at(at_least, capacity) / at_least}
        return {name: settled(ledger, self, name, rounded(values, DIGITS), SETTLED) for name, values in news.items()}

    def readings(self, ledger: Ledger) -> Mapping[str, tuple[str, Floats]]:
        """The level at the end of each step; and how much more its own surface loses than that of the last pass."""
        if not self.level_area_volume:
            return {}
        level = self.level_of(ledger.value(self, "storage"), ledger.given(self, "capacity"))
        evaporation, rainfall = self._of_own_surface(ledger)
        error = (evaporation - ledger.value(self, "evaporation")) - (rainfall - ledger.value(self, "rainfall"))
        return {"level": (units.LENGTH, level), "surface_error": (units.VOLUME, error)}

    def _of_own_surface(self, ledger: Ledger) -> tuple[Floats, Floats]:
        """What evaporates from the surface by survey at the plan's own mean storages, and what rains on it. [m3]."""
        mean = self._mean_storage(ledger)
        area = self.surface_at(mean, ledger.given(self, "capacity"))
        evaporation = np.minimum(ledger.given(self, "evaporation_depth") * area, 2 * mean)
        return evaporation, ledger.given(self, "rainfall_depth") * area

    def _mean_storage(self, ledger: Ledger) -> Floats:
        return (ledger.before(self, "storage") + ledger.value(self, "storage")) / 2

    def _check_surface(self, ledger: Ledger) -> None:
        """Evaporation and rain are those of the plan's own surface, and the level is that of its storage."""
        capacity = ledger.given(self, "capacity")
        if not self.level_area_volume and self.surface_area == 0:
            return
        found = ledger.value(self, "evaporation"), ledger.value(self, "rainfall")
        if self.level_area_volume:
            expected, tolerance = self._of_own_surface(ledger), SURFACE_TOLERANCE
            level = self.level_of(ledger.value(self, "storage"), capacity)
            ledger.equal(self, "level [mm]", ledger.value(self, "level") * MILLIMETRES, level * MILLIMETRES)
            error = expected[0] - expected[1] - (found[0] - found[1])
            ledger.equal(self, "surface_error", ledger.value(self, "surface_error"), error)
        else:
            full = np.divide(ledger.before(self, "storage"), capacity, out=np.zeros_like(capacity), where=capacity > 0)
            area, tolerance = self.surface_area * full, 0.0
            expected = ledger.given(self, "evaporation_depth") * area, ledger.given(self, "rainfall_depth") * area
        for name, amount, own in zip(("evaporation", "rainfall"), found, expected, strict=True):
            ledger.within(self, name, amount, own * (1 - tolerance), own * (1 + tolerance))
        ledger.loses(self, ledger.value(self, "evaporation"))
        ledger.gains(self, ledger.value(self, "rainfall"))


def _survey_of(rows: tuple[SurveyPoint, ...]) -> StageStorage:
    return StageStorage(tuple(row.level for row in rows), tuple(row.area for row in rows), tuple(row.volume for row in rows))


def _at_most_all(depth: Floats, surface_per_storage: Floats) -> Floats:
    """Share of a step's mean storage that evaporates; at 2 all that was there at its start is gone at its end."""
    return np.minimum(depth * surface_per_storage, 2.0)
