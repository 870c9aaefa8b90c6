"""A scenario of two canals below one lake, each with a gate that a person keeps by files; from today on."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

TEXT = """
waterbalance: 1
name: canal_works
time_zone: Asia/Taipei
horizon: {{start: {today}, last_day: {last}, daily_steps: 3}}
policy: {{preset: drought_practice}}
components:
  lake: {{type: reservoir, capacity: 1 Mm3, inflow: 0 m3/s}}
  canal_a: {{type: canal, source: lake, target: fields_a, capacity: {capacity_a}}}
  fields_a: {{type: irrigation_zone, area: 100 ha, demand: {demand_a}}}
  canal_b: {{type: canal, source: lake, target: fields_b, capacity: 2 m3/s}}
  fields_b: {{type: irrigation_zone, area: 100 ha, demand: {demand_b}}}
state: {{file: state.csv}}
controllers:
  gate_a:
    structure: canal_a
    protocol: files
    canal: east
    acceptance: delivered
    limits: {{least: 0 m3/s, most: 2 m3/s{limits}}}
    fallback: {{mode: {fallback}}}
  gate_b:
    structure: canal_b
    protocol: files
    canal: east
    acceptance: delivered
    limits: {{least: 0 m3/s, most: 2 m3/s}}
"""


def today() -> dt.date:
    """At the gates."""
    return dt.datetime.now(ZoneInfo("Asia/Taipei")).date()


def write_works(
    folder: Path,
    *,
    demand_a: str = "0.5 m3/s",
    demand_b: str = "0.25 m3/s",
    capacity_a: str = "2 m3/s",
    limits: str = "",
    fallback: str = "hold_last",
) -> Path:
    """The scenario as a folder; `limits` of the first gate are more of their keys, with a comma before them."""
    folder.mkdir(parents=True, exist_ok=True)
    start = today()
    text = TEXT.format(
        today=start,
        last=start + dt.timedelta(days=2),
        demand_a=demand_a,
        demand_b=demand_b,
        capacity_a=capacity_a,
        limits=limits,
        fallback=fallback,
    )
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    (folder / "state.csv").write_text(f"date,lake.storage [m3]\n{start},800000\n", encoding="utf-8")
    return folder
