"""A lake that falls, in a scenario folder: its stages announced by a curve, or chosen for the least damage."""

import datetime as dt
from pathlib import Path

import waterbalance as wb
from waterbalance.scenario.scenario import Scenario

START = dt.date(2021, 3, 5)

BY_CURVE = """
    type: drought_stage
    reservoirs: [lake]
    lower_curve: 700000 m3
    severe_curve: 500000 m3
    stages:
      - {name: blue}
      - {name: yellow, below: {lower_curve: 1}, cuts: {domestic: 10 %, agriculture: 40 %}, cost_per_day: 500 NTD}
      - {name: orange, below: {severe_curve: 1}, cuts: {domestic: 20 %, agriculture: 80 %}, cost_per_day: 2000 NTD}
"""

BY_CHOICE = """
    type: drought_stage_choice
    stages:
      - {name: blue}
      - {name: yellow, cuts: {domestic: 10 %, agriculture: 40 %}, cost_per_day: 500 NTD}
      - {name: orange, cuts: {domestic: 20 %, agriculture: 80 %}, cost_per_day: 2000 NTD}
"""

SCENARIO = """
waterbalance: 1
name: falling_lake
time_zone: Asia/Taipei
currency: NTD
horizon: {{start: 2021-03-05, last_day: 2021-03-31, daily_steps: 40}}
policy:
  goals:
    - {{name: damage, terms: [{{measure: damage}}]}}
    - {{name: town, terms: [{{measure: shortage, user_classes: [domestic]}}]}}
    - {{name: fields, terms: [{{measure: shortage, user_classes: [agriculture]}}]}}
    - {{name: thrift, terms: [{{measure: spill}}]}}
components:
  lake: {{type: reservoir, capacity: 2 Mm3}}
  pipe: {{type: pipeline, source: lake, target: town}}
  canal: {{type: canal, source: lake, target: fields, travel_time: 1 day}}
  town: {{type: household_supply, demand: 20000 m3/day}}
  fields: {{type: irrigation_zone, area: 500 ha, demand: 30000 m3/day}}
rules:
  lights:{rule}
    users: [town, fields]
    lead_time: 2 days
    minimum_duration: 5 days
    announced: [{{since: 2021-03-03, stage: yellow}}, {{since: 2021-03-04, stage: {last}}}]
    announced_cost: {{domestic: 5 NTD/m3, agriculture: 2 NTD/m3}}
    unannounced_cost: {{domestic: 30 NTD/m3, agriculture: 10 NTD/m3}}
state: {{file: storages.csv, oldest: 1 days}}
forecasts:
  lake.inflow: {{forecaster: persistence, window: 3, history: {{file: lake.csv}}}}
"""


def falling_lake(folder: Path, rule: str = BY_CURVE, *, storage: float = 900_000, last: str = "orange") -> Scenario:
    """A lake that falls by 50 000 m3 a day and gets some 17 000; the day before the plan brought another stage."""
    folder.mkdir(parents=True)
    days = [START + dt.timedelta(days=number) for number in range(-10, 30)]
    flows = [f"{day},{0.1 + 0.05 * (number % 5)}" for number, day in enumerate(days)]
    (folder / "scenario.yaml").write_text(SCENARIO.format(rule=rule.rstrip(), last=last), encoding="utf-8")
    (folder / "storages.csv").write_text(f"date,lake.storage [m3]\n{START},{storage}\n", encoding="utf-8")
    (folder / "lake.csv").write_text("\n".join(["date,lake.inflow [m3/s]", *flows]) + "\n", encoding="utf-8")
    return wb.read_scenario(folder)
