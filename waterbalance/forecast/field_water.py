"""The water of all fields of one crop, planted block by block, under every member of the weather."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from waterbalance.forecast.field_kinds import PaddyField
from waterbalance.hydrology.crop_water import crop_coefficient
from waterbalance.hydrology.dual_crop import covered_fraction, highest_coefficient
from waterbalance.hydrology.effective_rainfall import curve_number_runoff
from waterbalance.hydrology.growing_degree_days import ages_by_warmth
from waterbalance.hydrology.paddy_practice import PaddyPractice, nursery, paddy_days
from waterbalance.hydrology.paddy_store import paddy_balance
from waterbalance.hydrology.root_zone import CropDays, Given, Refill, root_zone_balance
from waterbalance.hydrology.yield_response import relative_yield

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.forecast.crop import Crop
    from waterbalance.forecast.field_kinds import DryField
    from waterbalance.horizon import Floats

_MILLIMETRES = 1000.0
_STANDARD_WIND, _STANDARD_HUMIDITY = 2.0, 45.0
_BARE_SOIL = 0.15


@dataclass(frozen=True)
class FieldWater:
    """Means over the area of a crop, each of shape (days, members) [m/day]."""

    irrigation: Floats
    """Into the fields."""

    rain: Floats
    """Onto them, seedbeds too."""

    spill: Floats
    """Over bunds and outlets, and rain that runs off."""

    percolation: Floats
    """Below the roots."""

    evapotranspiration: Floats
    """As far as there is water."""

    stored: Floats
    """What the fields hold more than on the evening before."""

    harvest: Floats
    """Harvests that a shortage costs, in harvests of the whole area, shape (members,) [1]."""

    def flows(self) -> dict[str, Floats]:
        """All of them by name, without the harvest."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "harvest"}


@dataclass(frozen=True)
class _Weather:
    """Days to step through, the first of the horizon among them, and the weather of all members [mm]."""

    days: pd.DatetimeIndex
    first: int
    evapotranspiration: Floats
    rain: Floats
    supplied: Floats
    """Share of each delivery that comes, shape (days, 1). [1]"""

    warmth: tuple[Floats, Floats] | None
    """Degree-days of the days, shape (days, members), and of the ten-day periods, where stages go by them. [degC day]"""

    def ages(self, crop: Crop, calendar: Floats) -> Floats:
        """Ages of the blocks by the calendar, shape (days, blocks), or of those of all members by their warmth."""
        if self.warmth is None:
            return calendar
        daily, typical = self.warmth
        return ages_by_warmth(calendar, daily, crop.typical_courses(typical)).reshape(len(calendar), -1)

    @property
    def short(self) -> bool:
        """Whether less comes than the fields ask for."""
        return bool((self.supplied < 1.0).any())

    def columns(self, blocks: int) -> tuple[Floats, Floats]:
        """Both for every block of every member, shape (days, blocks x members)."""
        return np.tile(self.evapotranspiration, (1, blocks)), np.tile(self.rain, (1, blocks))


def field_water(
    crop: Crop,
    days: pd.DatetimeIndex,
    first: int,
    evapotranspiration: Floats,
    rain: Floats,
    supplied: float = 1.0,
    warmth: tuple[Floats, Floats] | None = None,
) -> FieldWater:
    """Step through `days`, of which those before the number `first` only make the fields as wet as they are.

    Weather of shape (days, members) in [m/day]. `supplied` is the share that comes of each delivery which well-watered fields
    take from `first` on. `warmth` holds the degree-days of the days, shape (days, members), and the typical ones of the 36
    ten-day periods, where the stages go by them. The result is of the days from `first` on.
    """
    share = np.where(np.arange(len(days)) >= first, supplied, 1.0)[:, None]
    weather = _Weather(days, first, evapotranspiration * _MILLIMETRES, rain * _MILLIMETRES, share, warmth)
    field = crop.field
    if field is None:
        raise TypeError(f"{crop.name} has no field; CropDemand.fit refuses it")
    if not isinstance(field, PaddyField):
        return _dry(crop, field, weather)
    practice = PaddyPractice(
        crop.stages, crop.coefficients, field.ponding, field.bund, crop.preparation_days, field.puddled, field.drained,
        field.dry_before_harvest,
    )  # fmt: skip
    main = _paddy(crop, field, practice, weather, 0)
    if not field.nursery_days:
        return main
    beds = _paddy(crop, field, nursery(practice, field.nursery_days), replace(weather, warmth=None), field.nursery_days)
    flows = {name: depth + field.nursery_share * beds.flows()[name] for name, depth in main.flows().items()}
    return FieldWater(**flows, harvest=main.harvest)


def _paddy(crop: Crop, field: PaddyField, practice: PaddyPractice, weather: _Weather, earlier: int) -> FieldWater:
    calendar, cycles = crop.cycles(weather.days, crop.preparation_days, earlier)
    ages = weather.ages(crop, calendar)
    soil = replace(field.soil, percolation=crop.percolation * _MILLIMETRES)
    blocks, members = cycles.shape[1], weather.rain.shape[1]
    reference, rain = weather.columns(blocks)
    kept = paddy_days(ages, practice, soil)
    alike = blocks * members // ages.shape[1]
    kept = replace(kept, **{name: np.repeat(getattr(kept, name), alike, axis=1) for name in vars(kept)})
    if field.turn > 1:
        # A block that must wait for its next turn is topped up before its pond would get too low.
        loss = kept.basal * reference + soil.percolation
        low = np.minimum(kept.minimum + (field.turn - 1) * loss, kept.optimum)
        turn = np.repeat(_turns(weather.days, blocks, field.turn), members, axis=1)
        kept = replace(kept, minimum=np.where(turn, low, -np.inf))
    start = -soil.drainable
    told = paddy_balance(reference, rain, kept, soil, start)
    if weather.short:
        told = paddy_balance(reference, rain, kept, soil, start, given=weather.supplied * told.irrigation)
    used = told.evaporation + told.transpiration
    stored = np.diff(told.level, axis=0, prepend=np.full((1, told.level.shape[1]), start))
    flows = (told.irrigation, rain, told.spill, told.percolation, used, stored)
    return _means(flows, _harvest(crop, weather.first, ages, cycles, used, told.potential), blocks, weather.first)


def _dry(crop: Crop, field: DryField, weather: _Weather) -> FieldWater:
    calendar, cycles = crop.cycles(weather.days, 0, 0)
    ages = weather.ages(crop, calendar)
    growing = (ages >= 0.0) & (ages < crop.stages.season)
    coefficients = crop.coefficients if field.basal is None else field.basal
    basal = crop_coefficient(ages, crop.stages, coefficients)
    # Roots and height grow in the development stage; those of an orchard are there all the time.
    grown = np.interp(ages, np.cumsum([crop.stages.initial, crop.stages.development]), [0.0, 1.0]) * growing
    if field.roots[0] == field.roots[1]:
        grown = np.ones_like(grown)
    available = _MILLIMETRES * field.holding * (field.roots[0] + (field.roots[1] - field.roots[0]) * grown)
    height = np.maximum(field.height * grown, 0.01)
    highest = highest_coefficient(basal, _STANDARD_WIND, _STANDARD_HUMIDITY, height)
    blocks, members = cycles.shape[1], weather.rain.shape[1]
    alike = blocks * members // ages.shape[1]
    days = CropDays(
        # Between crops the soil evaporates by its surface layer, or a little all the time where none is told.
        basal=np.where(growing, basal, 0.0 if field.basal is not None else _BARE_SOIL),
        highest=highest,
        covered=covered_fraction(basal, _BARE_SOIL, highest, height) * growing,
        available=available,
        fraction=np.full(ages.shape, field.fraction),
    )
    days = CropDays(**{name: np.repeat(values, alike, axis=1) for name, values in vars(days).items()})
    turn = np.repeat(_turns(weather.days, blocks, field.turn), members, axis=1) & np.repeat(growing, alike, axis=1)
    reference, rain = weather.columns(blocks)
    runoff = np.zeros_like(rain) if field.curve_number is None else curve_number_runoff(rain, field.curve_number)
    rule = Refill(turn.astype(np.float64), field.trigger, field.turn - 1.0, field.wetted)
    layer = None if field.basal is None else field.layer
    told = root_zone_balance(reference, rain - runoff, days, rule, (0.0, 0.0), layer)
    if weather.short:
        less = Given(weather.supplied * told.irrigation, np.full(rain.shape, field.wetted))
        told = root_zone_balance(reference, rain - runoff, days, less, (0.0, 0.0), layer)
    used = told.evaporation + told.transpiration
    stored = -np.diff(told.depletion, axis=0, prepend=np.zeros((1, used.shape[1])))
    flows = (told.irrigation, rain, runoff, told.percolation, used, stored)
    return _means(flows, _harvest(crop, weather.first, ages, cycles, used, told.potential), blocks, weather.first)


def _turns(days: pd.DatetimeIndex, blocks: int, turn: int) -> npt.NDArray[np.bool_]:
    """Whether it is a block's turn, shape (days, blocks)."""
    numbers = days.to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.asarray((numbers[:, None] + np.arange(blocks)[None, :]) % turn == 0)


def _means(flows: tuple[Floats, ...], harvest: Floats, blocks: int, first: int) -> FieldWater:
    """Over the blocks, from the first day of the horizon on, in [m/day]."""
    over = [flow[first:].reshape(len(flow) - first, blocks, -1).mean(axis=1) / _MILLIMETRES for flow in flows]
    irrigation, rain, spill, percolation, used, stored = over
    return FieldWater(irrigation, rain, spill, percolation, used, stored, harvest)


def _harvest(crop: Crop, first: int, ages: Floats, cycles: npt.NDArray[np.intp], used: Floats, potential: Floats) -> Floats:
    """Share of each harvest that is lost, of all crops that stand on a day of the horizon, shape (members,) [1]."""
    blocks = cycles.shape[1]
    taken, asked = (flow.reshape(len(flow), blocks, -1) for flow in (used, potential))
    by_block = ages.reshape(len(ages), blocks, -1)
    number = np.broadcast_to(cycles[:, :, None], by_block.shape)
    growing = (by_block >= 0.0) & (by_block < crop.stages.season)
    stage = np.searchsorted(crop.stage_ends, by_block, side="right")
    lost = np.zeros(taken.shape[1:])
    for cycle in np.unique(number[first:][growing[first:]]):
        now = [(growing & (number == cycle) & (stage == each)).astype(np.float64) for each in range(4)]
        sums = [np.stack([(mask * flow).sum(axis=0) for mask in now]) for flow in (taken, asked)]
        lost += 1.0 - relative_yield(sums[0], sums[1], crop.yield_response)
    return np.asarray(lost.mean(axis=0))
