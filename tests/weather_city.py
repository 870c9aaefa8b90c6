"""A city whose town, fab, fields and rivers are all driven by one table of weather: written as files alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

START = dt.date(2026, 3, 1)
PAST = pd.date_range("2023-06-01", "2026-02-28")
AHEAD = pd.date_range("2026-03-01", "2026-03-10")

SCENARIO = """
waterbalance: 1
name: city
time_zone: Asia/Taipei
horizon: {start: 2026-03-01, last_day: 2026-03-10, daily_steps: 10}
policy: {preset: water_act}
components:
  lake: {type: reservoir, capacity: 10 Mm3}
  pipe: {type: pipeline, source: lake, target: town}
  park_pipe: {type: pipeline, source: lake, target: park}
  canal: {type: canal, source: lake, target: fields}
  town: {type: household_supply}
  park: {type: fab}
  fields: {type: irrigation_zone, area: 100 ha}
state: {file: state.csv}
forecasts:
  town.demand:
    forecaster: household_demand
    history: {file: meters.csv}
    exogenous: [temperature, rain]
    weather: {file: weather.csv}
    AHEAD
    members: 20
  lake.inflow:
    forecaster: river_inflow
    history: {file: inflow.csv}
    rain: {file: weather.csv}
    AHEAD
    members: 20
  park.demand:
    forecaster: semiconductor_fab
    lines: {N7: {layers: 1000, use_per_layer: 200 L, recycling: 80 %}}
    cooling: {base_heat: 10 MW, air_flow: 100}
    weather: {file: weather.csv}
    AHEAD
    members: 20
  fields.demand:
    forecaster: crop_demand
    efficiency: 50 %
    weather: {file: weather.csv}
    crops: [{name: sugarcane, area: 100 ha, planting: 02-01, stages: [30, 60, 190, 70]}]
    AHEAD
    members: 20
"""

HEADERS = {
    "temperature": "weather.temperature [degC]",
    "relative_humidity": "weather.relative_humidity [%]",
    "rain": "weather.rain [mm/day]",
    "evapotranspiration": "weather.evapotranspiration [mm/day]",
}


def past_weather() -> pd.DataFrame:
    generator = np.random.default_rng(7)
    count = len(PAST)
    rain = np.where(generator.random(count) < 0.25, generator.exponential(15.0, count), 0.0)
    warm = 24.0 - 6.0 * np.cos(2.0 * np.pi * PAST.day_of_year / 365.25) + 2.0 * generator.standard_normal(count)
    columns = {"temperature": warm, "relative_humidity": 75.0, "rain": rain, "evapotranspiration": 3.0}
    return pd.DataFrame(columns, index=PAST).round(3)


def told(temperature: float, rain: float, days: pd.DatetimeIndex = AHEAD) -> pd.DataFrame:
    """The same weather on every day to come."""
    columns = {"temperature": temperature, "relative_humidity": 75.0, "rain": rain, "evapotranspiration": 3.0}
    return pd.DataFrame(columns, index=days)


def write_table(path: Path, frame: pd.DataFrame) -> None:
    frame.rename(columns=HEADERS).to_csv(path, index_label="date", date_format="%Y-%m-%d")


def write_issues(path: Path, issues: dict[tuple[str, str], pd.DataFrame]) -> None:
    """A long table: weather by day of issue and member."""
    parts = []
    for (issued, member), frame in issues.items():
        rows = frame.rename(columns=HEADERS).rename_axis("ds").reset_index()
        parts.append(rows.assign(ds=rows["ds"].dt.strftime("%Y-%m-%d"), issued=issued, member=member))
    table = pd.concat(parts)
    table[["issued", "ds", "member", *HEADERS.values()]].to_csv(path, index=False)


def write_city(folder: Path, weather_ahead: str | None = None) -> Path:
    """The folder, whose forecasters have `weather_ahead` where a file is named (it is not written here)."""
    folder.mkdir()
    ahead = "" if weather_ahead is None else f"weather_ahead: {{file: {weather_ahead}}}"
    (folder / "scenario.yaml").write_text(SCENARIO.replace("AHEAD", ahead), encoding="utf-8")
    (folder / "state.csv").write_text("date,lake.storage [Mm3]\n2026-03-01,5\n", encoding="utf-8")
    weather = past_weather()
    write_table(folder / "weather.csv", weather)
    generator = np.random.default_rng(8)
    warmth = 0.03 * np.maximum(weather["temperature"] - 24.0, 0.0)
    meters = 900.0 * np.exp(warmth - 0.01 * np.sqrt(weather["rain"]) + 0.01 * generator.standard_normal(len(PAST)))
    state = np.zeros(len(PAST))
    for day in range(1, len(PAST)):
        state[day] = 0.9 * state[day - 1] + 0.3 * np.log1p(weather["rain"].iloc[day] / 5.0)
    for file, header, values in (
        ("meters.csv", "town.demand [CMD]", meters),
        ("inflow.csv", "lake.inflow [m3/s]", np.exp(state)),
    ):
        pd.DataFrame({header: np.round(values, 4)}, index=PAST).to_csv(folder / file, index_label="date", date_format="%Y-%m-%d")
    return folder
