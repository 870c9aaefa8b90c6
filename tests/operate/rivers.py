"""Small scenarios for simulations: what is recorded is invented, and what follows can be worked out by hand."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import numpy as np

import waterbalance as wb
from waterbalance.scenario.scenario import Scenario

START, END = dt.date(2021, 3, 5), dt.date(2021, 3, 24)
DAYS = tuple(START + dt.timedelta(days=number) for number in range((END - START).days + 1))

LAKE_AND_RIVER = """
waterbalance: 1
name: lake_and_river
time_zone: Asia/Taipei
currency: NTD
horizon: {start: 2021-03-05, last_day: 2021-03-24, daily_steps: 30}
policy: {preset: drought_practice}
planning_values: {inflow: median}
end_conditions:
  lake: {target: 200000 m3}
components:
  lake: {type: reservoir, capacity: 2 Mm3, surface_area: 40 ha, evaporation_depth: 4 mm/day, spill_to: sea}
  weir: {type: weir}
  sea: {type: outfall}
  river: {type: river_reach, source: weir, target: sea}
  intake: {type: pipeline, source: weir, target: town, capacity: 30000 m3/day}
  feeder: {type: canal, source: weir, target: lake, capacity: 20000 m3/day}
  canal: {type: canal, source: lake, target: fields, capacity: 60000 m3/day, conveyance_loss: 20 %, travel_time: 36 h}
  pipe: {type: pipeline, source: lake, target: town, capacity: 10000 m3/day, leakage: 5 %}
  fields: {type: irrigation_zone, area: 500 ha, demand: 40000 m3/day}
  town: {type: household_supply, demand: 35000 m3/day}
rules:
  licence: {type: water_right, subjects: [canal], volume: 120000 m3, window: 4 days}
state: {file: storages.csv, oldest: 1 days}
under_way: {canal.inflow: 30000 m3/day}
forecasts:
  lake.inflow: {forecaster: persistence, window: 3, history: {file: lake.csv}}
  weir.inflow: {forecaster: ten_day_climatology, recorded: true, history: {file: weir.csv}}
"""


def record(seed: int, mean: float) -> dict[dt.date, float]:
    """Daily flows of 2020 and 2021 [m3/s], rising and falling at random."""
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=number) for number in range(731)]
    flows = np.random.default_rng(seed).gamma(2.0, mean / 2.0, len(days))
    return dict(zip(days, np.round(flows, 4).tolist(), strict=True))


def write(folder: Path, text: str, tables: Mapping[str, str]) -> Scenario:
    """A scenario folder, read."""
    folder.mkdir(parents=True)
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    for name, table in tables.items():
        (folder / name).write_text(table, encoding="utf-8")
    return wb.read_scenario(folder)


def table(header: str, flows: Mapping[dt.date, float]) -> str:
    """A table by date."""
    return "\n".join([f"date,{header}", *(f"{day},{flow}" for day, flow in flows.items())]) + "\n"


def lake_and_river(
    folder: Path,
    lake: Mapping[dt.date, float] | None = None,
    weir: Mapping[dt.date, float] | None = None,
    text: str = LAKE_AND_RIVER,
) -> Scenario:
    """A lake with a long canal and a weir that feeds it; the forecasts are wrong every day."""
    tables = {
        "storages.csv": f"date,lake.storage [m3]\n{START},700000\n",
        "lake.csv": table("lake.inflow [m3/s]", record(1, 0.3) if lake is None else lake),
        "weir.csv": table("weir.inflow [m3/s]", record(2, 0.45) if weir is None else weir),
    }
    return write(folder, text, tables)


def known_ahead(folder: Path, text: str = LAKE_AND_RIVER) -> Scenario:
    """The same, but the record is a table of the scenario: forecasts are perfect."""
    text = text[: text.index("forecasts:")].replace("planning_values: {inflow: median}\n", "")
    text += "tables: [{file: lake.csv}, {file: weir.csv}]\n"
    return lake_and_river(folder, text=text)
