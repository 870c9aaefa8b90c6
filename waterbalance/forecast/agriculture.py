"""Irrigation demand of a zone by FAO-56 and its crop calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError
from waterbalance.forecast.daily_steps import asked_days, days_of, over_steps
from waterbalance.forecast.dated_table import range_findings
from waterbalance.forecast.efficiency import Efficiency, efficiency_findings, efficiency_of
from waterbalance.forecast.field_water import field_water
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.zone_weather import (
    EVAPOTRANSPIRATION,
    RAIN,
    TEMPERATURE,
    ZoneWeather,
    ZoneYears,
    table_findings,
    zone_weather,
)
from waterbalance.hydrology.effective_rainfall import fixed_percentage, usda_scs
from waterbalance.hydrology.yield_response import DamagePart, marginal_damage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waterbalance.forecast.crop import Crop
    from waterbalance.forecast.forecaster import Weather
    from waterbalance.horizon import Floats, Horizon

RainMethod = Literal["fixed_percentage", "usda_scs", "balance"]

SHORTAGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Shares of the demand that are held back to find what a shortage costs. [1]"""

_TEN_DAYS = 10.0
_MILLIMETRES = 1000.0
_WARM_UP = 365


@dataclass(frozen=True)
class ShortageResponse:
    """What it costs when a zone gets less than it asks for."""

    shortage: Floats
    """Shares of the demand that lack, rising from 0 to 1, shape (points,). [1]"""

    damage: Floats
    """Lost harvest at each, mean over the members, shape (points,). [currency]"""

    demand: float
    """Demand at the head over the horizon, mean over the members. [m3]"""

    @property
    def parts(self) -> tuple[DamagePart, ...]:
        """The rows of the zone's `marginal_damage`: rising values by share of the demand that lacks."""
        return marginal_damage(self.shortage, self.damage, self.demand)


@dataclass
class CropDemand:
    """Water that the crops of a zone need at its head.

    balance: demand = sum over crops of area x mean over its blocks of irrigation / efficiency              [m3/day]
    planning methods: demand = sum over crops of area x mean over its plantings of
             max(0, Kc ET0 + percolation + preparation - effective rain) / efficiency                       [m3/day]

    With `rain_method="balance"` each block of each crop keeps the balance of its own water, day by day (`field_water.py`), and
    rain counts as far as the field holds it. It starts a year before the horizon, with the recorded weather. The planning
    methods are for places that know ten-day normals only: weather enters as ten-day means, so within ten days the
    field keeps rain for later days; beyond that, rain is lost.

    Members are past weather years where `fit` was given daily weather, or the frames of `weather` (the same seed deals the same
    years as in `TenDayClimatology` on the same years); from tables alone all members are equal: a climatology of means hides
    how dry a dry year is, so do not judge risk with it.

    Source: Allen et al. (1998), FAO Irrigation and Drainage Paper 56; the paddy terms as in `hydrology/paddy_store.py` and
    `hydrology/paddy.py`. The planning methods know no deficit irrigation and no alternate wetting and drying.
    """

    crops: tuple[Crop, ...]
    """What grows in the zone."""

    efficiency: float | Efficiency
    """Share of the water at the head that reaches the root zones: conveyance x distribution x application. [1]"""

    evapotranspiration: tuple[float, ...] | None = None
    """Reference evapotranspiration of the 36 ten-day periods; not needed when `fit` is given it. [m/day]"""

    rain: tuple[float, ...] | None = None
    """Rain of the 36 ten-day periods; not needed when `fit` is given it. [m/day]"""

    rain_method: RainMethod = "fixed_percentage"
    """How effective rain is reckoned: by the balance of the fields, or by a planning method."""

    rain_share: float = 0.8
    """For `fixed_percentage`: the effective share; assumed unless the zone has its own. [1]"""

    least_coverage: float = 0.8
    """Share of the horizon's days that a past year must know to become a member. [1]"""

    weather_: ZoneWeather | None = field(default=None, init=False, repr=False)

    def fit(self, history: pd.Series | pd.DataFrame) -> Self:
        """Learn the weather years from a frame with daily columns `evapotranspiration` and `rain`, or one of them [m/day].

        Crops with `thresholds` need `temperature` [degC] too, and then so do the frames of `predict`.

        A series is a history of demand: nothing is learned from it, it may be empty, and the tables are used.
        Raises `InputError` with all settings, columns and values that are wrong or missing.
        """
        findings = Findings(finding for crop in self.crops for finding in crop.findings())
        findings.extend(efficiency_findings(self.efficiency))
        findings.extend(range_findings("rain share", self.rain_share, 0.0, 1.0))
        if not self.crops:
            findings.add(Finding("the zone has no crops", allowed="one crop or more"))
        for crop in self.crops if self.rain_method == "balance" else ():
            if crop.field is None:
                remedy = "Tell its field, or use a planning method of rain."
                findings.add(Finding(f"{crop.name} has no field to keep a balance of", allowed="paddy, upland...", remedy=remedy))
        frame = history if isinstance(history, pd.DataFrame) else pd.DataFrame()
        tables = {EVAPOTRANSPIRATION: self.evapotranspiration, RAIN: self.rain}
        warm = [crop.name for crop in self.crops if crop.thresholds is not None]
        if warm and self.rain_method != "balance":
            what = f"{', '.join(warm)} cannot go by warmth under a planning method of rain"
            remedy = "Keep a balance of its field, or leave the degree-days out."
            findings.add(Finding(what, found=self.rain_method, allowed="balance", remedy=remedy))
        elif warm:
            tables[TEMPERATURE] = None
        findings.extend(table_findings(frame, tables))
        findings.raise_if_any(InputError, "demand of an irrigation zone")
        self.weather_ = zone_weather(frame, tables)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Volumes at the zone's head over the steps, shape (steps, members) [m3 per step].

        `weather` holds `evapotranspiration` and `rain` [m/day] on every day of the horizon; several frames are equally likely.
        """
        return self.flows(horizon, weather=weather, members=members, seed=seed)["demand"]

    def flows(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Mapping[str, Forecast]:
        """The demand and where it goes, each over the steps, shape (steps, members) [m3 per step].

        `demand` at the head, `loss` on its way to the root zones, `return_flow` as the part of the loss that comes back to the
        river, `irrigation` into the root zones; by the balance also `rain` on all fields, and `evapotranspiration`,
        `percolation`, `spill` and the change in what the fields hold (`stored`, which may be negative). They close:
        irrigation + rain = evapotranspiration + percolation + spill + stored, and demand = irrigation + loss.
        """
        asked_days(horizon, members, seed)
        years = self._years(horizon, weather)
        daily = self._balance(years)[0] if self.rain_method == "balance" else {"irrigation": self._planned(years)}
        efficiency = efficiency_of(self.efficiency)
        daily["demand"] = daily["irrigation"] / efficiency.total
        daily["loss"] = daily["demand"] - daily["irrigation"]
        daily["return_flow"] = efficiency.returned * daily["loss"]
        dealt = deal(years.members, members, seed)
        return {
            name: Forecast(over_steps(values, horizon)[:, dealt], years.label, years.filled, years.notes)
            for name, values in daily.items()
        }

    def response(self, horizon: Horizon, *, weather: Weather = None, shortages: Sequence[float] = SHORTAGES) -> ShortageResponse:
        """What yield a shortage over the horizon costs, by FAO-33 over the stages of the crops that stand in it.

        Each of `shortages`, rising from 0 to 1, is the share that is cut from every delivery which well-watered fields would
        take. Choose a horizon that holds the season: what lies beyond it counts neither as water nor as harvest. Raises
        `InputError` unless the crops keep balances, have a `harvest_value`, and need water.
        """
        findings = Findings()
        if self.rain_method != "balance":
            findings.add(
                Finding("a planning method cannot tell what a shortage costs", found=self.rain_method, allowed="balance")
            )
        if not any(crop.harvest_value for crop in self.crops):
            findings.add(Finding("no crop has a harvest value", allowed="a value per area of one crop or more"))
        findings.raise_if_any(InputError, "what a shortage costs")
        years = self._years(horizon, weather)
        told = [self._balance(years, 1.0 - share) for share in shortages]
        damage = np.array([float(loss.mean()) for _, loss in told])
        asked = self._balance(years)[0]["irrigation"].sum(axis=0).mean() / efficiency_of(self.efficiency).total
        if not asked > 0.0:
            raise InputError("what a shortage costs", (Finding("the zone asks for no water over the horizon"),))
        return ShortageResponse(np.asarray(shortages, dtype=np.float64), damage - damage[0], float(asked))

    def _years(self, horizon: Horizon, weather: Weather) -> ZoneYears:
        known, days = fitted(self.weather_, self), days_of(horizon)
        if self.rain_method == "balance":
            return known.by_days(days, weather, self.least_coverage, _WARM_UP)
        return known.by_ten_days(days, weather, self.least_coverage)

    def _balance(self, years: ZoneYears, supplied: float = 1.0) -> tuple[dict[str, Floats], Floats]:
        """All flows of the fields [m3/day], shape (days, members), and the harvest that is lost [currency], shape (members,)."""
        told: dict[str, Floats] = {}
        lost = np.zeros(years.members)
        for crop in self.crops:
            warmth = self._warmth(crop, years)
            water = field_water(crop, years.days, years.first, years.evapotranspiration, years.rain, supplied, warmth)
            for name, depth in water.flows().items():
                told[name] = told.get(name, 0.0) + crop.area * depth
            lost = lost + crop.area * crop.harvest_value * water.harvest
        return told, lost

    def _warmth(self, crop: Crop, years: ZoneYears) -> tuple[Floats, Floats] | None:
        """Degree-days of all members and of a typical year, for a crop that goes by them [degC day]."""
        record = fitted(self.weather_, self).quantities.get(TEMPERATURE)
        if crop.thresholds is None or years.temperature is None or record is None or record.daily is None:
            return None
        typical = record.daily.typical_of(crop.thresholds.warmth)
        if not crop.typical_courses(typical)[:, : int(crop.stages.season)].any(axis=1).all():
            allowed = f"days above {crop.thresholds.base:g} degC"
            finding = Finding(
                f"{crop.name} would never ripen: a typical season has no warmth", found="0 degC day", allowed=allowed
            )
            raise InputError("demand of an irrigation zone", (finding,))
        return crop.thresholds.warmth(years.temperature), typical

    def _planned(self, years: ZoneYears) -> Floats:
        """Net demand of all fields by ten-day means of the weather [m3/day], shape (days, members)."""
        rain = self._effective_rain(years.rain)
        fields = np.zeros((len(years.days), years.members))
        for crop in self.crops:
            fields += crop.area * crop.field_demand(years.days, years.evapotranspiration, rain)
        return fields

    def _effective_rain(self, rain: Floats) -> Floats:
        if self.rain_method == "fixed_percentage":
            return fixed_percentage(rain, self.rain_share)
        return usda_scs(rain * _MILLIMETRES * _TEN_DAYS, _TEN_DAYS) / _TEN_DAYS / _MILLIMETRES
