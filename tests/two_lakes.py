"""A scenario with something of everything that a report shows, written for the tests."""

from pathlib import Path

from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.report.planned import Planned
from waterbalance.scenario.read import read_scenario

SCRIPT = "</script><script>alert(1)</script>"
"""A name that would like to run."""

TEXT = f"""
waterbalance: 1
name: two_lakes
title: {{en: Two lakes, zh-TW: 雙湖}}
time_zone: Asia/Taipei
currency: NTD
horizon: {{start: 2021-02-05, last_day: 2021-04-10, daily_steps: 7}}
policy: {{preset: drought_practice}}
end_conditions:
  upper_lake: {{curve: lower_curve}}
  lower_lake: {{target: 2 Mm3}}
  pond: {{value: 0.5}}
components:
  upper_lake:
    type: reservoir
    title: {{en: Upper lake, zh-TW: 上湖}}
    capacity: 40 Mm3
    dead_storage: 2 Mm3
    inflow: 1.5 m3/s
    upper_curve: 35 Mm3
    lower_curve: 22 Mm3
    severe_curve: 10 Mm3
    spill_to: gorge
  lower_lake:
    type: reservoir
    title: {{en: Lower lake, zh-TW: 下湖}}
    capacity: 10 Mm3
    inflow: 0.2 m3/s
    spill_to: sea
  pond:
    type: reservoir
    title: {{en: Pond, zh-TW: 埤塘}}
    capacity: 1 Mm3
  gorge: {{type: junction, title: {{en: Gorge, zh-TW: 峽谷}}}}
  sea: {{type: outfall, title: {{en: Sea, zh-TW: 海}}}}
  upper_river: {{type: river_reach, source: upper_lake, target: gorge}}
  lower_river: {{type: river_reach, source: gorge, target: sea, title: {{en: Lower river, zh-TW: 下游河段}}}}
  tunnel: {{type: pipeline, source: gorge, target: lower_lake, capacity: 3 m3/s, two_way: true}}
  feeder: {{type: pipeline, source: gorge, target: pond, capacity: 0.2 m3/s}}
  pond_canal: {{type: canal, source: pond, target: far_fields, capacity: 0.2 m3/s, conveyance_loss: 10 %}}
  main_canal:
    type: canal
    title: {{en: Main canal, zh-TW: 幹渠}}
    source: gorge
    target: near_fields
    capacity: 5 m3/s
    conveyance_loss: 20 %
  side_canal: {{type: canal, source: gorge, target: far_fields, capacity: 2 m3/s, conveyance_loss: 30 %}}
  town_pipe: {{type: pipeline, source: lower_lake, target: town, capacity: 2 m3/s}}
  works_pipe: {{type: pipeline, source: lower_lake, target: works, capacity: 1 m3/s}}
  near_fields: {{type: irrigation_zone, title: {{en: "{SCRIPT}", zh-TW: "{SCRIPT}"}}, area: 2000 ha, demand: 3 m3/s}}
  far_fields: {{type: irrigation_zone, title: {{en: "=Far fields", zh-TW: 遠灌區}}, area: 500 ha, demand: 1 m3/s}}
  town: {{type: household_supply, title: {{en: Town, zh-TW: 市鎮}}, demand: 1 m3/s}}
  works: {{type: industry, title: {{en: Works, zh-TW: 工廠}}, demand: 0.5 m3/s}}
rules:
  fish: {{type: minimum_flow, title: {{en: Water for fish, zh-TW: 魚類基流}}, subject: lower_river, minimum: 0.3 m3/s}}
  hedging:
    type: rule_curve
    title: {{en: Hedging, zh-TW: 減供規則}}
    reservoirs: [upper_lake]
    lower_curve: 23.5 Mm3
    severe_curve: 21 Mm3
    users: [near_fields, far_fields, works]
    below_lower: {{agriculture: 0.75, industry: 0.95}}
    below_severe: {{agriculture: 0.5, industry: 0.8}}
state: {{file: storages.csv, oldest: 3 days}}
"""

STORAGES = """date,upper_lake.storage [Mm3],lower_lake.storage [Mm3],pond.storage [Mm3]
2021-02-05,24,4,0.5
"""


def write_two_lakes(folder: Path) -> Path:
    """The scenario as a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scenario.yaml").write_text(TEXT, encoding="utf-8")
    (folder / "storages.csv").write_text(STORAGES, encoding="utf-8")
    return folder


def plan_two_lakes(folder: Path) -> Planned:
    """The scenario, planned."""
    return plan_scenario(read_scenario(write_two_lakes(folder)))
