"""The irrigation zones of southern Taiwan by both ways of reckoning, against what the offices publish.

The scenario plans by ten-day means and a fixed share of the rain. Here the same areas, calendars and coefficients keep the
balance of their fields under the daily record of the two stations. `PYTHONPATH=tests python -m kaohsiung_crops` prints the
tables of `scenarios/kaohsiung/README.md`.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from repository import ROOT
from shared_data import SHARED
from waterbalance.forecast.agriculture import CropDemand
from waterbalance.forecast.daily_steps import days_of
from waterbalance.forecast.daily_weather import in_years
from waterbalance.forecast.field_kinds import FIELD_KINDS
from waterbalance.horizon import Horizon
from waterbalance.scenario import read_scenario
from waterbalance.scenario.shortage import crops_of

if TYPE_CHECKING:
    from waterbalance.forecast.crop import Crop

HALVES = {
    "first": Horizon((dt.date(2020, 12, 20), dt.date(2021, 6, 20))),
    "second": Horizon((dt.date(2021, 6, 20), dt.date(2021, 12, 20))),
}
"""The two seasons of a year; of the second the record holds 2020 and 2021, of the first only this one."""

CONVEYED = 0.75
"""What of the water at the source reaches a zone, as the canals of the scenario lose it."""

HECTARE = 1.0e4

SECOND_CROP_AREA, SECOND_CROP_PLAN = 41_283.0, 440.0e6
"""Plan of the second Chianan crop: [ha] (https://ck101.tw/thread-5212779-1-1.html) and [m3] at the source
(https://andk.pixnet.net/blog/post/42486956)."""

FIRST_CROP_AREAS, FIRST_CROP_NEED = (10_569.0, 18_128.0), 232.0e6
"""Need of the first Chianan crop of 2021 [m3] and the area printed with it, https://hkx.eu/news/192069.html; the plan of 2022
has the other area, https://taiwanhot.net/news/focus/981572/. [ha]"""

QISHAN_NEED = 5.0
"""Full need of the zones that the Qishan River feeds, https://news.586.com.tw/2021/04/396669. [m3/s]"""

EFFECTIVE_RAIN, RAIN_OF_A_YEAR = 0.459, 1.845
"""As the Kaohsiung office has them, https://www.ia.gov.tw/en/about/OfficeContent?a=93&id=32&p=2&listid=0. [m]"""

SECOND_GROUPS = ("chianan_groups_1_2", "chianan_groups_3_4", "chianan_groups_5_6")
QISHAN_FED = ("qishan_zone", "gangshan_zone", "fuxing_zone")
KAOHSIUNG = ("caogong_zone", "meinong_zone", *QISHAN_FED)
ZONES = (*KAOHSIUNG, "chianan_first_crop", *SECOND_GROUPS)


@dataclass(frozen=True)
class Zone:
    """One zone by both ways."""

    planned: CropDemand
    balanced: CropDemand
    area: float
    """[m2]"""


def weather(station: str) -> pd.DataFrame:
    """Daily evapotranspiration and rain of a station, June 2020 to March 2022. [m/day]"""
    [file] = (SHARED / "kaohsiung" / "weather").glob(f"cwa_*_{station}_daily_*_with_et0.csv")
    days = pd.read_csv(file, parse_dates=["date"], index_col="date").asfreq("D")
    return pd.DataFrame({"evapotranspiration": days["et0_fao56_mm_computed"], "rain": days["precip_mm"]}) / 1000.0


def _with_field(crop: Crop) -> Crop:
    kind = "paddy" if "rice" in crop.name else {"banana": "banana", "fruit": "orchard"}.get(crop.name, "vegetables")
    field = FIELD_KINDS[kind]
    return replace(crop, field=replace(field, turn=5) if kind == "paddy" else field)


@cache
def zone(name: str) -> Zone:
    """A zone of the scenario, fitted."""
    scenario = read_scenario(ROOT / "scenarios" / "kaohsiung")
    planned, recipe = crops_of(scenario, name)
    crops = tuple(_with_field(crop) for crop in planned.crops)
    balanced = CropDemand(crops, planned.efficiency, rain_method="balance")
    station = "tainan" if name.startswith("chianan") else "kaohsiung"
    area = sum(crop.area for crop in crops)
    return Zone(planned.fit(recipe.settings.learns_from((name, "demand"), recipe.columns)), balanced.fit(weather(station)), area)


def recorded(demand: CropDemand, horizon: Horizon) -> list[pd.DataFrame]:
    """The seasons on record, each as weather of a horizon in 2021: what was, reckoned again, is no forecast."""
    assert demand.weather_ is not None
    days, frames = days_of(horizon), []
    records = {name: quantity.daily for name, quantity in demand.weather_.quantities.items() if quantity.daily is not None}
    for back in (-1, 0):
        then = in_years(days, np.array([back]))
        if min(np.isfinite(record.at(then)).mean() for record in records.values()) >= demand.least_coverage:
            frames.append(pd.DataFrame({name: record.filled(then, then)[:, 0] for name, record in records.items()}, days))
    return frames


def volumes(demand: CropDemand, half: str) -> np.ndarray:
    """Demand at the source of each weather year in one season. [m3]"""
    weather = recorded(demand, HALVES[half])
    values = demand.predict(HALVES[half], weather=weather, members=2, seed=0).values[0]
    return np.sort(values) / CONVEYED


def second_crop() -> tuple[np.ndarray, np.ndarray]:
    """Volumes of the second Chianan crop at the source: by the planning method, by the balance; each of both years. [m3]"""
    planned = np.sum([volumes(zone(name).planned, "second") for name in SECOND_GROUPS], axis=0)
    balanced = np.sum([volumes(zone(name).balanced, "second") for name in SECOND_GROUPS], axis=0)
    return planned, balanced


def effective_rain() -> float:
    """Rain that spares irrigation on a field with both crops of rice: its need without rain less that with it. [m a year]"""
    rice = tuple(crop for crop in zone("caogong_zone").balanced.crops if "rice" in crop.name)
    spared = 0.0
    for crop in rice:
        way = replace(zone("caogong_zone").balanced, crops=(crop,))
        needs = [
            sum(
                float(fitted.flows(half, weather=recorded(fitted, half), members=2)["irrigation"].values.mean())
                for half in HALVES.values()
            )
            for fitted in (replace(way).fit(weather("kaohsiung").assign(rain=0.0)), way.fit(weather("kaohsiung")))
        ]
        spared += (needs[0] - needs[1]) / crop.area
    return spared


def qishan_need() -> tuple[float, float]:
    """Largest ten-day demand at the source of the Qishan-fed zones, January to April 2021, by both ways. [m3/s]"""
    starts = (*(dt.date(2021, month, day) for month in (1, 2, 3, 4) for day in (1, 11, 21)), dt.date(2021, 5, 1))
    spring = Horizon(starts)

    def told(demand: CropDemand) -> np.ndarray:
        return demand.predict(spring, weather=recorded(demand, spring), members=1).values[:, 0]

    ways = [np.sum([told(getattr(zone(name), way)) for name in QISHAN_FED], axis=0) for way in ("planned", "balanced")]
    planned, balanced = (float((way / spring.days).max()) / CONVEYED / 86_400.0 for way in ways)
    return planned, balanced


def table() -> str:
    """Volumes at the source of every zone and season, by both ways. [Mm3]"""
    rows = ["| zone | area [ha] | first season: planning, balance | second season: planning, balance |", "|---|---|---|---|"]
    for name in ZONES:
        told = [
            f"{volumes(zone(name).planned, half).mean() / 1e6:.1f}, {volumes(zone(name).balanced, half).mean() / 1e6:.1f}"
            for half in HALVES
        ]
        rows.append(f"| {name} | {zone(name).area / HECTARE:,.0f} | {told[0]} | {told[1]} |")
    return "\n".join(rows)


if __name__ == "__main__":
    PLANNED, BALANCED = second_crop()
    FIRST = zone("chianan_first_crop")
    LINES = [
        table(),
        f"second crop [m3/ha]: {[volume / SECOND_CROP_AREA for volume in (PLANNED, BALANCED, SECOND_CROP_PLAN)]}",
        f"first crop [m3/ha]: {[volumes(way, 'first') / FIRST.area * HECTARE for way in (FIRST.planned, FIRST.balanced)]}",
        f"as published [m3/ha]: {[FIRST_CROP_NEED / area for area in FIRST_CROP_AREAS]}",
        f"Qishan [m3/s]: {qishan_need()}, effective rain [m]: {effective_rain()}",
    ]
    sys.stdout.write("\n".join(LINES) + "\n")
