"""The nights of `scenarios/kaohsiung`, replayed on the agencies' daily record: each with what was known then, and no more.

A replay uses the scenario's own `nightly.yaml`; folders of recorded days stand in the place of the servers. Everything is written
into a folder that the test throws away.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
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
from waterbalance.operate.configuring.night_settings import NightSettings, read_night_settings
from waterbalance.operate.issuing.decide import decide
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.nightly import nightly
from waterbalance.scenario.document import parse_document, plain
from waterbalance.store.database import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from waterbalance.operate.night.night import Night

SCENARIO: Final = ROOT / "scenarios" / "kaohsiung"
TAIPEI: Final = dt.timezone(dt.timedelta(hours=8))
AT: Final = dt.time(7, 30)
"""When the job runs: reservoirs report at seven."""

ONE_DAY: Final = dt.timedelta(days=1)
RECEIPT: Final = ".receipt.csv"
OPERATION: Final = "wra_daily_south_2010_2021.csv"
MUD: Final = "gaoping_weir.turbidity"
DERIVED_FROM_RAIN: Final = "derived_from_rain"
MUD_FILE: Final = "turbidity_derived_from_rain.csv"
MUD_SOURCE: Final = {
    "type": "csv_folder",
    "folder": "../records",
    "files": MUD_FILE,
    "arrives": "7 h",
    "series": {MUD: {"column": MUD, "unit": "NTU"}},
}
CLEAR, EXPONENT, MEMORY, DEVIATION = 30.0, 2.0, 0.6, 0.4
"""Assumed: 30 NTU after dry weather, and above 15 000 NTU when 215 mm of rain still act."""

BEGIN: Final = "horizon: {start: 2021-02-01,"
MUD_TABLE: Final = """  - file: tables/turbidity.csv
    label: turbidity of the Gaoping River, assumed seasons
    source: assumed
"""
MUD_FORECAST: Final = """
  gaoping_weir.turbidity:
    forecaster: turbidity
    history: {file: tables/turbidity_derived_from_rain.csv}
    rain: {file: tables/rain_gaoping.csv}
    source: "assumed: derived from rain of the WRA daily record, with an assumed response"
"""

COLUMNS: Final = {
    "inflow": "inflow_1e4m3_per_day",
    "outflowtotal": "outflow_total_1e4m3_per_day",
    "basinrainfall": "catchment_rain_mm",
    "effectivewaterstoragecapacity": "effective_storage_1e4m3",
}
"""Field of the agency -> column of the record."""

OF_THE_EVENING: Final = frozenset({"zengwen.storage", "agongdian.storage", "chengcing_lake.storage"})
"""Storages that the record tells of the end of the day: so their daily balances close."""

TOLD_IN_THE_EVENING: Final = frozenset({"30502", "30802", "30801"})
"""Their stations."""

WEATHER: Final = {"kaohsiung_station.rain": "467440_kaohsiung", "tainan_station.rain": "467410_tainan"}
"""The stations of those years."""


@dataclass(frozen=True)
class Replay:
    """A folder in which nights are replayed."""

    settings: NightSettings

    def night(self, day: dt.date, at: dt.time = AT) -> Night:
        """One night, by the clock of its morning; keepers sign their sheets while the job waits for them."""
        moment = dt.datetime.combine(day, at, TAIPEI)
        waited = [dt.timedelta(0)]

        def wait(seconds: float) -> None:
            waited[0] += dt.timedelta(seconds=seconds)
            for order in sorted(self.settings.scenario_folder.glob("orders/*/*.csv")):
                if not order.name.endswith(RECEIPT):
                    sign(order, moment + waited[0])

        return nightly(self.settings, day, clock=Clock(lambda: moment + waited[0], wait))

    def approve(self, night: Night, by: str, at: dt.time) -> None:
        """What a person says who has looked at the plan."""
        assert night.issuance.plan is not None
        store = open_store(self.settings.store_url)
        decide(store, night.issuance.plan, "approved", by, dt.datetime.combine(night.day, at, TAIPEI))
        store.close()


def sign(order: Path, at: dt.datetime) -> None:
    """A keeper's receipt beside the order: accepted."""
    lines = list(csv.DictReader(io.StringIO(order.read_text(encoding="utf-8-sig"))))
    for line in lines:
        line |= {"by": "Lin", "at": f"{at:%Y-%m-%dT%H:%M}", "status": "accepted"}
    with order.with_suffix(RECEIPT).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, lines[0].keys())
        writer.writeheader()
        writer.writerows(lines)


def as_it_is(record: pd.DataFrame) -> pd.DataFrame:
    """The record as it is."""
    return record


def spoilt_from(day: dt.date) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Every number of `day` and later made absurd, as nobody knows them in its night.

    But for the storages that reservoirs tell of the day's own morning: with them the night begins.
    """

    def spoil(record: pd.DataFrame) -> pd.DataFrame:
        spoilt = record.copy()
        date = pd.to_datetime(spoilt["date"])
        for column in spoilt.select_dtypes("number").columns:
            later = date >= pd.Timestamp(day)
            if column == COLUMNS["effectivewaterstoragecapacity"]:
                later &= (date > pd.Timestamp(day)) | spoilt["reservoir_id"].isin(TOLD_IN_THE_EVENING)
            spoilt[column] = spoilt[column].astype("float64").where(~later, spoilt[column] * 3.0 + 7.0)
        return spoilt

    return spoil


def replay(
    folder: Path, shared: Path, first: dt.date, change: Callable[[pd.DataFrame], pd.DataFrame] = as_it_is, *, muddy: bool = False
) -> Replay:
    """Write scenario, records and configuration into `folder`; `change` goes over every record.

    Nights begin at `first`, from the storages of that midnight.

    `muddy`: the Gaoping River is as turbid as the recorded rain of its catchment makes it, by an assumed response.
    """
    scenario, records = folder / "scenario", folder / "records"
    shutil.copytree(SCENARIO, scenario)
    records.mkdir()
    operation = pd.read_csv(shared / "kaohsiung" / "reservoir" / OPERATION, dtype={"reservoir_id": str})
    settings = _document(scenario / "nightly.yaml")
    stations = {name: asked["station"] for name, asked in _operation_series(settings).items()}
    change(operation[operation["reservoir_id"].isin(stations.values())]).to_csv(records / OPERATION, index=False)
    for name in WEATHER.values():
        station = f"cwa_{name}_daily_202006_202203_with_et0.csv"
        change(pd.read_csv(shared / "kaohsiung" / "weather" / station)).to_csv(records / station, index=False)
    _begin_at(first, scenario / "scenario.yaml")
    _longer_weather(scenario / "tables", shared)
    _state_of(first, scenario / "tables" / "storages.csv", operation, stations)
    settings |= {"sources": dict(_recorded_sources(settings)), "store": "sqlite:///../nightly.sqlite", "results": "../results"}
    settings.pop("http")
    # A machine that is busy with other things is no reason for another plan.
    settings["limits"] = {"total": "6 h", "observe": "1 h", "forecast": "1 h", "plan": "3 h"}
    settings["ladder"] |= {"rung": "1 h", "total": "3 h"}
    if muddy:
        _muddy(scenario, records, operation, change)
        settings["sources"] |= {DERIVED_FROM_RAIN: MUD_SOURCE}
        settings["feeds"] |= {"gaoping_catchment": [MUD]}
        settings["gaps"] |= {MUD: []}
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


def _begin_at(first: dt.date, file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(BEGIN) == 1
    file.write_text(text.replace(BEGIN, f"horizon: {{start: {first},"), encoding="utf-8")


def _state_of(first: dt.date, table: Path, operation: pd.DataFrame, stations: dict[str, str]) -> None:
    """The table of the state with one row, of the first midnight; its own rows tell days of which a night knows nothing yet.

    Recorded storages as they are known then, the newest of a week; tanks and canals as the last row of the table has them.
    """
    rows = pd.read_csv(table)
    row = rows[rows["date"] <= str(first)].iloc[-1:].assign(date=str(first))
    for name in (name for name in stations if name.endswith(".storage")):
        own = operation[operation["reservoir_id"] == stations[name]].set_index("date")["effective_storage_1e4m3"]
        last = first - ONE_DAY if name in OF_THE_EVENING else first
        known = own[(own.index <= str(last)) & (own.index >= str(last - 7 * ONE_DAY))].dropna()
        row[f"{name} [Mm3]"] = known.iloc[-1] / 100.0
    row.to_csv(table, index=False)


def _longer_weather(tables: Path, shared: Path) -> None:
    """Months of 2019 before the weather tables, which begin in June 2020: a night of 2021 has to know a whole year.

    Evapotranspiration by FAO-56 (Allen et al. 1998, eq. 6 and 37-40) of monthly means at Kaohsiung, for Tainan too: assumed.
    """
    months = pd.read_csv(shared / "kaohsiung" / "weather" / "cwa_467440_monthly_2019_transcribed.csv")
    first = pd.to_datetime({"year": 2019, "month": months["month"], "day": 1})
    days, middle = first.dt.days_in_month, first.dt.day_of_year + 14
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


def _muddy(scenario: Path, records: Path, operation: pd.DataFrame, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Turbidity as a forecast series of the scenario, and its record, which nobody measured: derived from rain.

    w[d] = rain[d] + 0.6 w[d - 1];  turbidity[d] = 30 NTU x (1 + w[d] / 10 mm)^2 x exp(0.4 z[d]),  z standard normal

    Rain of days on which Gaoping did not report is that of Jiaxian.
    """
    rain = operation.pivot_table(index="date", columns="reservoir_id", values="catchment_rain_mm")
    own = rain["30901"].fillna(rain["31002"]).fillna(0.0)
    wetness = np.frompyfunc(lambda before, today: MEMORY * before + today, 2, 1).accumulate(own.to_numpy(dtype=object))
    noise = np.random.default_rng(2021).standard_normal(len(own))
    turbidity = CLEAR * (1.0 + wetness.astype("float64") / 10.0) ** EXPONENT * np.exp(DEVIATION * noise)
    table = change(pd.DataFrame({"date": own.index, MUD: np.round(turbidity, 0)}))
    table.to_csv(records / MUD_FILE, index=False)
    table.rename(columns={MUD: f"{MUD} [NTU]"}).to_csv(scenario / "tables" / MUD_FILE, index=False)
    fallen = change(pd.DataFrame({"date": own.index, "weather.rain [mm/day]": own.to_numpy()}))
    fallen.to_csv(scenario / "tables" / "rain_gaoping.csv", index=False)
    file = scenario / "scenario.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(MUD_TABLE) == text.count("\nforecasts:\n") == 1
    file.write_text(text.replace(MUD_TABLE, "").replace("\nforecasts:\n", "\nforecasts:\n" + MUD_FORECAST), encoding="utf-8")
