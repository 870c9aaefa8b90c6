"""How the small tables of `scenarios/kaohsiung` follow from the daily records in the shared data.

Each function gives one table as a frame whose columns are the headers of the CSV file. The test compares them with the
files; to write the files anew, save the frames with `to_csv(index=False)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ZENGWEN, WUSHANTOU, NANHUA = 30502, 30501, 30503
AGONGDIAN, CHENGCING, FENGSHAN = 30802, 30801, 30803
GAOPING, JIAXIAN = 30901, 31002
RESERVOIRS: Final = {
    "zengwen": ZENGWEN,
    "wushantou": WUSHANTOU,
    "nanhua": NANHUA,
    "agongdian": AGONGDIAN,
    "chengcing_lake": CHENGCING,
    "fengshan_reservoir": FENGSHAN,
}

INFLOWS: Final = ("zengwen", "wushantou", "nanhua", "agongdian", "jiaxian_weir", "shizitou_weir", "gaoping_weir")
"""Places with a natural inflow that follows from the record."""

WAN = 10_000.0
"""Cubic metres in 萬立方公尺, the unit of the record. [m3]"""

PER_SECOND = WAN / 86_400.0

UPPER_LAONONG = 0.70
"""Share of the weir's flow that comes from the upper Laonong; assumed."""

QISHAN_NEED = 5.0
"""Flow that the Qishan canals can use up before any reaches the Gaoping weir. [m3/s]"""

SHIZITOU_USE = 2.0
"""What the Shizitou canal takes above the gauge in the first crop; assumed. [m3/s]"""

OPEN_WATER = 1.05
"""Open-water evaporation over reference evapotranspiration (FAO-56, table 12)."""

LEAST_SHARE = 0.4
"""Share of the days of a ten-day period that must have a value; the weir of Gaoping misses up to half of them."""

FIRST_YEARS: Final = {"jiaxian_weir.inflow": 2013, "gaoping_weir.inflow": 2013}
"""Records that are only good from a later year on; what reaches the Gaoping weir is told from what passes Jiaxian."""

RECORDED_FROM, RECORDED_TO = "2020-12-01", "2021-07-21"


@dataclass(frozen=True)
class Records:
    """The daily records that the tables come from."""

    reservoirs: pd.DataFrame
    weather: dict[str, pd.DataFrame]

    def daily(self, identifier: int, column: str) -> pd.Series:
        """One quantity of one reservoir or weir by date."""
        rows = self.reservoirs[self.reservoirs["reservoir_id"] == identifier]
        return rows.set_index("date")[column].asfreq("D")


def read_records(shared: Path) -> Records:
    """Read the shared record of the reservoirs and of the two weather stations."""
    folder = shared / "kaohsiung"
    reservoirs = pd.read_csv(folder / "reservoir" / "wra_daily_south_2010_2021.csv", parse_dates=["date"])
    stations = {"kaohsiung": "cwa_467440_kaohsiung", "tainan": "cwa_467410_tainan"}
    weather = {
        name: pd.read_csv(folder / "weather" / f"{file}_daily_202006_202203_with_et0.csv", parse_dates=["date"], index_col="date")
        for name, file in stations.items()
    }
    return Records(reservoirs, weather)


def ten_day_starts(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """First day of the ten-day period of each day."""
    first = np.minimum((days.day - 1) // 10, 2) * 10 + 1
    return pd.DatetimeIndex(pd.to_datetime({"year": days.year, "month": days.month, "day": first}))


def ten_day_means(daily: pd.Series) -> pd.Series:
    """Means of the ten-day periods over the days that have a value; NaN where too few have one."""
    groups = daily.groupby(ten_day_starts(pd.DatetimeIndex(daily.index)))
    return groups.mean().where(groups.count() >= LEAST_SHARE * groups.size())


def as_recorded(daily: pd.Series) -> pd.Series:
    """Every day as it is."""
    return daily


def inflows(records: Records, means: Callable[[pd.Series], pd.Series] = ten_day_means) -> pd.DataFrame:
    """Natural inflows of the model 2010 to 2021, ten-day means [m3/s], by first day of the period; NaN where unknown.

    Days instead of periods with `means=as_recorded`.

    Recorded figures where the record is of a natural flow, and else:

        wushantou      = max(0, recorded inflow - outflow of Zengwen), what joins below Zengwen
        shizitou_weir  = 0.70 G + 2.0 in December to May (what the Shizitou canal takes above the gauge)
        gaoping_weir   = max(0, 0.30 G - J'),  J' = max(0, J - 5.0) in November to May and J in June to October

    with G the recorded inflow of the Gaoping weir, which is measured after the takings upstream, and J that of the Jiaxian
    weir, of which the Qishan canals use up to 5 m3/s before any reaches Gaoping.
    """
    recorded = {
        identifier: means(records.daily(identifier, "inflow_1e4m3_per_day")) * PER_SECOND
        for identifier in (ZENGWEN, WUSHANTOU, NANHUA, AGONGDIAN, GAOPING, JIAXIAN)
    }
    zengwen_release = means(records.daily(ZENGWEN, "outflow_total_1e4m3_per_day")) * PER_SECOND
    flows = pd.DataFrame(recorded)
    months = pd.DatetimeIndex(flows.index).month
    irrigation_first = months.isin([11, 12, 1, 2, 3, 4, 5])
    first_crop = months.isin([12, 1, 2, 3, 4, 5])
    jiaxian = flows[JIAXIAN]
    passed = jiaxian.where(~irrigation_first, np.maximum(jiaxian - QISHAN_NEED, 0.0))
    table = pd.DataFrame(
        {
            "zengwen.inflow": flows[ZENGWEN],
            "wushantou.inflow": np.maximum(flows[WUSHANTOU] - zengwen_release, 0.0),
            "nanhua.inflow": flows[NANHUA],
            "agongdian.inflow": flows[AGONGDIAN],
            "jiaxian_weir.inflow": flows[JIAXIAN],
            "shizitou_weir.inflow": UPPER_LAONONG * flows[GAOPING] + np.where(first_crop, SHIZITOU_USE, 0.0),
            "gaoping_weir.inflow": np.maximum((1.0 - UPPER_LAONONG) * flows[GAOPING] - passed, 0.0),
        }
    )
    for column, year in FIRST_YEARS.items():
        table.loc[table.index < f"{year}-01-01", column] = np.nan
    return table


def inflow_table(name: str) -> Callable[[Records], pd.DataFrame]:
    """The table of one place: the ten-day periods that are known."""

    def table(records: Records) -> pd.DataFrame:
        known = inflows(records)[f"{name}.inflow"].dropna().round(3)
        return pd.DataFrame(
            {"date": pd.DatetimeIndex(known.index).strftime("%Y-%m-%d"), f"{name}.inflow [m3/s]": known.to_numpy()}
        )

    return table


def storages(records: Records) -> pd.DataFrame:
    """Recorded storages on the first day of each ten-day period of the drought spring [Mm3]; the next row where one lacks."""
    dates = pd.DatetimeIndex(sorted(set(ten_day_starts(pd.date_range(RECORDED_FROM, "2021-07-31")))))
    columns = {
        f"{name}.storage [Mm3]": records.daily(identifier, "effective_storage_1e4m3").bfill(limit=3).reindex(dates) * WAN / 1e6
        for name, identifier in RESERVOIRS.items()
    }
    table = pd.DataFrame(columns).round(4)
    table.insert(0, "date", dates.strftime("%Y-%m-%d"))
    return table.reset_index(drop=True)


def _weather(records: Records, station: str) -> pd.DataFrame:
    """Reference evapotranspiration and rain of a station, ten-day means [mm/day], June 2020 to February 2022."""
    daily = records.weather[station].asfreq("D")
    columns = {
        "weather.evapotranspiration [mm/day]": ten_day_means(daily["et0_fao56_mm_computed"]),
        "weather.rain [mm/day]": ten_day_means(daily["precip_mm"]),
    }
    table = pd.DataFrame(columns).dropna().round(3)
    table.insert(0, "date", pd.DatetimeIndex(table.index).strftime("%Y-%m-%d"))
    return table.reset_index(drop=True)


def weather_kaohsiung(records: Records) -> pd.DataFrame:
    """Weather of Kaohsiung (467440)."""
    return _weather(records, "kaohsiung")


def weather_tainan(records: Records) -> pd.DataFrame:
    """Weather of Tainan (467410)."""
    return _weather(records, "tainan")


def ten_day_numbers(days: pd.DatetimeIndex) -> pd.Index:
    """Number of the ten-day period in the year, 1 to 36."""
    return pd.Index(3 * (days.month - 1) + np.minimum((days.day - 1) // 10, 2) + 1)


def evaporation(records: Records) -> pd.DataFrame:
    """Open-water evaporation of each ten-day period [mm/day]: 1.05 x mean reference evapotranspiration."""
    stations = {
        "zengwen": "tainan",
        "wushantou": "tainan",
        "nanhua": "tainan",
        "agongdian": "kaohsiung",
        "chengcing_lake": "kaohsiung",
        "fengshan_reservoir": "kaohsiung",
    }
    columns = {}
    for name, station in stations.items():
        daily = records.weather[station]["et0_fao56_mm_computed"]
        columns[f"{name}.evaporation_depth [mm/day]"] = (
            OPEN_WATER * daily.groupby(ten_day_numbers(pd.DatetimeIndex(daily.index))).mean()
        )
    table = pd.DataFrame(columns).round(2)
    table.insert(0, "ten_day", range(1, 37))
    return table


def rule_curves(records: Records) -> pd.DataFrame:
    """Quantiles of the recorded storage 2010 to 2021 by ten-day period [Mm3], as stand-ins for the unpublished rule curves.

    lower = q25, severe = q10 and upper = q80, of the daily storages of the period; for Zengwen and Wushantou together and
    for each reservoir. Where a reservoir's own capacity has shrunk since, old storages count as they were.
    """
    own = {name: records.daily(identifier, "effective_storage_1e4m3") for name, identifier in RESERVOIRS.items()}
    joint = own["zengwen"] + own["wushantou"]
    columns = {}
    for level, curve in ((0.25, "lower_curve"), (0.10, "severe_curve")):
        for rule in ("zengwen_wushantou_rule", "tainan_drought_lights"):
            columns[f"{rule}.{curve}"] = _quantile(joint, level)
    for name in ("zengwen", "wushantou", "nanhua", "agongdian"):
        for level, curve in ((0.80, "upper_curve"), (0.25, "lower_curve"), (0.10, "severe_curve")):
            columns[f"{name}.{curve}"] = _quantile(own[name], level)
    table = pd.DataFrame(columns).rename(columns=lambda name: f"{name} [Mm3]").round(2)
    table.insert(0, "ten_day", range(1, 37))
    return table


def _quantile(daily: pd.Series, level: float) -> pd.Series:
    known = daily.dropna()
    return known.groupby(ten_day_numbers(pd.DatetimeIndex(known.index))).quantile(level) * WAN / 1e6


def record_of_releases(records: Records) -> pd.DataFrame:
    """Recorded outflows of the same time, ten-day means [m3/s], under the names that the model has for them.

    The record does not tell releases from spills. The Gaoping weir has no reliable record of what is taken there.
    """
    columns = {}
    for name, identifier in RESERVOIRS.items():
        daily = records.daily(identifier, "outflow_total_1e4m3_per_day")[RECORDED_FROM:"2021-07-31"]
        columns[f"{name}.total_outflow [m3/s]"] = ten_day_means(daily) * PER_SECOND
    table = pd.DataFrame(columns).round(3)
    table.insert(0, "from", pd.DatetimeIndex(table.index).strftime("%Y-%m-%d"))
    return table.reset_index(drop=True)


TABLES: Final = {
    **{f"inflow_{name}.csv": inflow_table(name) for name in INFLOWS},
    "weather_kaohsiung.csv": weather_kaohsiung,
    "weather_tainan.csv": weather_tainan,
    "evaporation.csv": evaporation,
    "rule_curves.csv": rule_curves,
    "record_storages.csv": storages,
    "record_outflows.csv": record_of_releases,
}
"""Tables that follow from the records alone, by file name (`storages.csv` has assumed columns and rows besides)."""
