"""What was started and stopped lately, from the table of the state to the next day of a simulation."""

import datetime as dt
import io
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import waterbalance as wb
from waterbalance.errors import InputError
from waterbalance.report.language import Wording
from waterbalance.report.page import page
from waterbalance.report.summary import summarise
from waterbalance.report.terminal import terminal_summary
from waterbalance.scenario.state import state_at

SCENARIO = """\
waterbalance: 1
name: starts
time_zone: Asia/Taipei
horizon: {start: 2026-03-01, last_day: 2026-03-10}
policy: {preset: drought_practice}
components:
  plant:
    type: desalination_plant
    capacity: 100 m3/day
    minimum_load: 50 %
    minimum_up_time: 4 days
    minimum_down_time: 2 days
    outages:
      - {first_day: 2026-03-09, last_day: 2026-03-09, reason: new membranes}
  pipe: {type: pipeline, source: plant, target: town}
  town: {type: household_supply}
state: {file: state.csv, oldest: 5 days}
tables:
  - {file: demand.csv, label: invented}
"""

STATE = "date,plant.running [1],plant.start [1]\n2026-02-27,0,0\n2026-02-28,1,1\n2026-03-01,1,0\n"

DEMAND = "from,town.demand [m3/day]\n2026-02-01,0\n2026-03-05,70\n2026-03-11,0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("scenario.yaml", SCENARIO), ("state.csv", STATE), ("demand.csv", DEMAND)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_start_of_two_days_before_keeps_the_plant_running_for_two_more(folder: Path) -> None:
    scenario = wb.read_scenario(folder)
    state = state_at(scenario, dt.date(2026, 3, 1))
    started = {each.start for each in state.past["plant", "start"] if each.volume == 1}
    assert started == {dt.date(2026, 2, 27)}
    assert state.assumed == {("plant", "stop")}
    planned = wb.plan_scenario(scenario)
    assert planned.findings == ()
    running = planned.plan.values["plant", "running"].round(6)
    # Four days from 27 February; then it rests until the fifth. The outage on the ninth stops no clock: nothing is made.
    assert running[:8].tolist() == [1, 1, 0, 0, 1, 1, 1, 1]
    assert planned.plan.values["plant", "production"][[0, 1, 4, 8]] == pytest.approx([50, 50, 70, 0], abs=1e-3)


def test_a_simulation_hands_the_starts_over(folder: Path) -> None:
    scenario = wb.read_scenario(folder)
    day, last = dt.date(2026, 3, 1), dt.date(2026, 3, 7)
    done = wb.simulate(scenario, day, last).applied
    running = done.values["plant", "running"].round(6)
    assert running.tolist() == [1, 1, 0, 0, 1, 1, 1]
    assert np.flatnonzero(done.values["plant", "start"] > 0.5).tolist() == [4]


def test_a_start_is_no_flow_under_way(folder: Path) -> None:
    path = folder / "scenario.yaml"
    path.write_text(SCENARIO + "under_way: {plant.start: 1 m3/s}\n", encoding="utf-8")
    with pytest.raises(InputError, match="unknown flow under way"):
        wb.read_scenario(folder)


def test_outages_are_judged_where_they_stand(folder: Path) -> None:
    path = folder / "scenario.yaml"
    path.write_text(SCENARIO.replace("last_day: 2026-03-09, reason", "last_day: 2026-03-08, reason"), encoding="utf-8")
    with pytest.raises(InputError, match=r"scenario.yaml:14:\d+.*the outage ends on 2026-03-08, before it begins"):
        wb.read_scenario(folder)


def test_a_share_of_what_is_unlimited_is_told(folder: Path) -> None:
    path = folder / "scenario.yaml"
    outages = "outages: [{first_day: 2026-03-02, last_day: 2026-03-03, available: 50 %}]"
    path.write_text(SCENARIO.replace("target: town}", f"target: town, {outages}}}"), encoding="utf-8")
    with pytest.raises(InputError, match=r"outages leave a share of what is unlimited.*Give a capacity"):
        wb.read_scenario(folder)


def test_exclusive_sources_need_capacities(folder: Path) -> None:
    path = folder / "scenario.yaml"
    rule = "rules:\n  either: {type: exclusive_sources, subjects: [pipe, second]}\n"
    second = "  second: {type: pipeline, source: plant, target: town, capacity: 30 m3/day}\n"
    path.write_text(SCENARIO.replace("  town:", second + "  town:").replace("state:", rule + "state:"), encoding="utf-8")
    with pytest.raises(InputError, match=r"scenario.yaml:19:\d+.*subjects names pipe, which has no capacity"):
        wb.read_scenario(folder)


def test_the_report_lists_the_outages_within_the_plan(folder: Path) -> None:
    planned = wb.plan_scenario(wb.read_scenario(folder))
    summary = summarise(planned)
    assert [(each.component, each.first, each.last, each.reason) for each in summary.outages] == [
        ("plant", "2026-03-09", "2026-03-09", "new membranes")
    ]
    assert "new membranes" in page(planned, summary, Wording("en"))
    assert "計畫停用" in page(planned, summary, Wording("zh-TW"))
    out = io.StringIO()
    Console(file=out, width=140).print(terminal_summary(summary, planned.scenario.network, Wording("en")))
    assert "new membranes" in out.getvalue()


AHEAD = """\
waterbalance: 1
name: ahead
time_zone: Asia/Taipei
horizon: {start: 2026-03-01, last_day: 2026-03-05}
policy: {preset: drought_practice}
components:
  plant: {type: desalination_plant, capacity: 60 m3/day, minimum_load: 50 %, start_up_cost: 10 NTD}
  inlet: {type: pipeline, source: plant, target: tank, capacity: 60 m3/day}
  tank: {type: balancing_tank, capacity: 100 m3}
  outlet: {type: pipeline, source: tank, target: town}
  town: {type: household_supply}
state: {file: state.csv}
tables:
  - {file: demand.csv, label: invented}
"""


def test_a_day_starts_what_the_plan_has_started_for_later(folder: Path) -> None:
    """Nobody asks today, but 110 tomorrow, of which the plant can make 60: the calmest plan is 55 and 55, and so are the days."""
    (folder / "scenario.yaml").write_text(AHEAD, encoding="utf-8")
    (folder / "state.csv").write_text("date,tank.storage [m3],plant.running [1]\n2026-03-01,0,0\n", encoding="utf-8")
    (folder / "demand.csv").write_text("from,town.demand [m3/day]\n2026-03-01,0\n2026-03-02,110\n2026-03-03,0\n2026-03-06,0\n")
    scenario = wb.read_scenario(folder)
    done = wb.simulate(scenario, dt.date(2026, 3, 1), dt.date(2026, 3, 3)).applied
    assert done.values["plant", "running"].round(6).tolist() == [1, 1, 0]
    assert done.values["tank", "storage"] == pytest.approx([55, 0, 0], abs=0.1)
    assert done.values["town", "shortage"] == pytest.approx([0, 0, 0], abs=0.1)
