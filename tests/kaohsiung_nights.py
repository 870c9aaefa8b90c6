"""The nights of `scenarios/kaohsiung`, replayed on the agencies' daily record: each with what was known then, and no more.

A replay uses the scenario's own `nightly.yaml`; folders of recorded days stand in the place of the servers. Everything is written
into a folder that the test throws away.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from repository import ROOT
from waterbalance.errors import Findings
from waterbalance.hydrology.evapotranspiration import reference_evapotranspiration, wind_at_two_metres
from waterbalance.hydrology.humidity import atmospheric_pressure, mean_saturation_vapour_pressure
from waterbalance.hydrology.radiation import clear_sky_radiation, extraterrestrial_radiation
from waterbalance.operate.issue_tonight import Clock
from waterbalance.operate.night_settings import NightSettings, read_night_settings
from waterbalance.operate.nightly import nightly
from waterbalance.scenario.document import parse_document, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from waterbalance.operate.night import Night

SCENARIO: Final = ROOT / "scenarios" / "kaohsiung"
TAIPEI: Final = dt.timezone(dt.timedelta(hours=8))
AT: Final = dt.time(7, 30)
"""When the job runs: reservoirs report at seven."""

ONE_DAY: Final = dt.timedelta(days=1)
OPERATION: Final = "wra_daily_south_2010_2021.csv"
COLUMNS: Final = {
    "inflow": "inflow_1e4m3_per_day",
    "outflowtotal": "outflow_total_1e4m3_per_day",
    "basinrainfall": "catchment_rain_mm",
    "effectivewaterstoragecapacity": "effective_storage_1e4m3",
}
"""Field of the agency -> column of the record."""

OF_THE_EVENING: Final = frozenset({"zengwen.storage", "agongdian.storage", "chengcing_lake.storage"})
"""Storages that the record tells of the end of the day: so their daily balances close."""

WEATHER: Final = {"kaohsiung_station.rain": "467440_kaohsiung", "tainan_station.rain": "467410_tainan"}
"""The stations of those years."""

Keep = "Callable[[pd.DataFrame], pd.DataFrame]"


@dataclass(frozen=True)
class Replay:
    """A folder in which nights are replayed."""

    settings: NightSettings

    def night(self, day: dt.date) -> Night:
        """One night, by the clock of its morning."""
        moment = dt.datetime.combine(day, AT, TAIPEI)
        return nightly(self.settings, day, clock=Clock(lambda: moment, lambda _: None))


def as_it_is(record: pd.DataFrame) -> pd.DataFrame:
    """The record as it is."""
    return record


def spoilt_from(day: dt.date) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Every number of `day` and later made absurd, as nobody knows them in its night."""

    def spoil(record: pd.DataFrame) -> pd.DataFrame:
        spoilt = record.copy()
        later = pd.to_datetime(spoilt["date"]) >= pd.Timestamp(day)
        for column in spoilt.select_dtypes("number").columns:
            spoilt[column] = spoilt[column].astype("float64").where(~later, spoilt[column] * 3.0 + 7.0)
        return spoilt

    return spoil


def replay(folder: Path, shared: Path, change: Callable[[pd.DataFrame], pd.DataFrame] = as_it_is) -> Replay:
    """Write scenario, records and configuration into `folder`; `change` goes over every record."""
    scenario, records = folder / "scenario", folder / "records"
    shutil.copytree(SCENARIO, scenario)
    records.mkdir()
    operation = pd.read_csv(shared / "kaohsiung" / "reservoir" / OPERATION, dtype={"reservoir_id": str})
    asked = {settings["station"] for settings in _operation_series(_document(SCENARIO / "nightly.yaml")).values()}
    change(operation[operation["reservoir_id"].isin(asked)]).to_csv(records / OPERATION, index=False)
    for name in WEATHER.values():
        station = f"cwa_{name}_daily_202006_202203_with_et0.csv"
        change(pd.read_csv(shared / "kaohsiung" / "weather" / station)).to_csv(records / station, index=False)
    _longer_weather(scenario / "tables", shared)
    settings = _document(scenario / "nightly.yaml")
    settings |= {"sources": dict(_recorded_sources(settings)), "store": "sqlite:///../nightly.sqlite", "results": "../results"}
    settings.pop("http")
    (scenario / "nightly.yaml").write_text(json.dumps(settings, ensure_ascii=False, indent=1), encoding="utf-8")
    return Replay(read_night_settings(scenario))


def _document(path: Path) -> dict[str, Any]:
    findings = Findings()
    document = parse_document(path.read_text(encoding="utf-8"), str(path), findings)
    assert document is not None
    read: dict[str, Any] = plain(document.root)
    return read


def _operation_series(settings: dict[str, Any]) -> dict[str, Any]:
    """What the servers of the Water Resources Agency are asked for."""
    sources = settings["sources"]
    return {**sources["operation"]["series"], **sources["condition"]["series"]}


def _recorded_sources(settings: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Folders in the place of servers, with the same series."""
    series = {
        name: {
            "station": asked["station"],
            "column": COLUMNS[asked["field"]],
            "unit": asked["unit"],
            "day": "next" if name in OF_THE_EVENING else "same",
        }
        for name, asked in _operation_series(settings).items()
    }
    folder = {"type": "csv_folder", "folder": "../records", "arrives": "7 h"}
    yield "operation", {**folder, "files": OPERATION, "stations": "reservoir_id", "series": series}
    for name, station in WEATHER.items():
        rain = {name: {"column": "precip_mm", "unit": "mm/day"}}
        yield station, {**folder, "files": f"cwa_{station}_*.csv", "series": rain}


def _longer_weather(tables: Path, shared: Path) -> None:
    """Months of 2019 before the weather tables, which begin in June 2020: a night of 2021 has to know a whole year.

    Evapotranspiration by FAO-56 (Allen et al. 1998, eq. 6 and 37-40) of monthly means at Kaohsiung, for Tainan too: assumed.
    """
    months = pd.read_csv(shared / "kaohsiung" / "weather" / "cwa_467440_monthly_2019_transcribed.csv")
    first = pd.to_datetime({"year": 2019, "month": months["month"], "day": 1})
    days, middle = first.dt.days_in_month, first.dt.dayofyear + 14
    highest, lowest = months["t_mean_daily_max_c"], months["t_mean_daily_min_c"]
    evapotranspiration = reference_evapotranspiration(
        maximum=highest,
        minimum=lowest,
        vapour_pressure=months["rh_pct"] / 100.0 * mean_saturation_vapour_pressure(highest, lowest),
        wind=wind_at_two_metres(months["wind_ms"], 10.0),
        solar=months["global_rad_mj_m2_month"] / days,
        clear_sky=clear_sky_radiation(extraterrestrial_radiation(np.radians(22.6), middle), 2.0),
        pressure=atmospheric_pressure(2.0),
    )
    for name in ("weather_kaohsiung.csv", "weather_tainan.csv"):
        later = pd.read_csv(tables / name)
        rows = pd.DataFrame(
            {
                "date": [f"{start:%Y-%m}-{day}" for start in first for day in ("01", "11", "21")],
                later.columns[1]: np.repeat(np.round(evapotranspiration, 3), 3),
                later.columns[2]: np.repeat(np.round(months["precip_mm"] / days, 3), 3),
            }
        )
        pd.concat([rows, later]).to_csv(tables / name, index=False)
