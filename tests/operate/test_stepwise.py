"""Steps that are filled in and solved again are those that a planner makes one by one; and they can be stopped and go on."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from waterbalance.operate.rolling import roll
from waterbalance.operate.rolling.roll import simulate
from waterbalance.operate.rolling.simulate_into import simulate_into
from waterbalance.scenario.read import read_scenario
from waterbalance.scenario.scenario import Scenario

SCENARIO = """\
waterbalance: 1
name: lake
time_zone: Asia/Taipei
horizon: {start: 2021-11-28, last_day: 2022-02-20, daily_steps: 7STEP}
policy:
  smallest_change: false
  goals: [{name: least cost, terms: [{measure: cost}]}]
components:
  river: {type: source_node, to: [lake]}
  lake: {type: storage_node, to: [canal, sea], capacity: 900 m3}
  canal: {type: link_node, to: [reach], loss_share: 0.25, price: 0.1 currency/m3}
  reach: {type: delay_node, to: [town, sea], travel_time: 3 days, initial_flow: 4 m3/day}
  town:
    type: demand_node
    price: -10 currency/m3
    outages: [{first_day: 2021-12-05, last_day: 2021-12-06, available: 50 %, reason: works}]
  sea: {type: demand_node, price: 1 currency/m3}
rules:
  licence: {type: flow_account, factors: {canal: 1}, refill: 600 m3, refilled_on: 01-01}
  rolling: {type: flow_account, factors: {canal: 1}, refill: 90 m3, returns_after: 6 days}
state: {file: state.csv}
parameters:
  season: {kind: monthly_profile, values: [12, 9, 6, 6, 6, 6, 6, 6, 6, 6, 6, 14]}
  share: {kind: control_curve, storages: [lake], capacity: 900, curves: [0.6, 0.3], values: [1, 0.8, 0.5]}
  recent: {kind: mean_flow, component: town, steps: 7, initial: 5}
  wanted: {kind: aggregated, function: product, of: [20, share]}
  deficit: {kind: deficit_before, component: town}
set_by:
  river.minimum_flow: season
  river.maximum_flow: season
  town.maximum_flow: {kind: aggregated, function: largest, of: [wanted, recent]}
  sea.price: {kind: aggregated, function: sum, of: [1, {kind: aggregated, function: product, of: [0.01, deficit]}]}
reported:
  - {name: lake, attribute: volume, of: [lake.storage]}
  - {name: town, attribute: flow, of: [town.flow], per_day: true}
  - {name: share, attribute: parameter, parameter: share}
  - {name: share after, attribute: parameter, parameter: share, at_end: true}
"""

STATE = "date,lake.storage [m3],licence.account [m3],rolling.account [m3]\n2021-11-28,500,400,60\n"

FIRST, LAST = dt.date(2021, 11, 28), dt.date(2022, 2, 20)


def written(folder: Path, step: str = "", more: str = "") -> Scenario:
    (folder / "scenario.yaml").write_text(SCENARIO.replace("STEP", step) + more, encoding="utf-8")
    (folder / "state.csv").write_text(STATE, encoding="utf-8")
    return read_scenario(folder)


@pytest.mark.parametrize("step", ["", ", step: {days: 3}"])
def test_it_does_what_a_planner_does_step_by_step(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = written(tmp_path, step)
    quick = simulate(scenario, FIRST, LAST, myopic=True)
    assert quick.findings == ()
    monkeypatch.setattr(roll, "is_stepwise", lambda *_: False)
    slow = simulate(scenario, FIRST, LAST, myopic=True)
    assert slow.findings == ()
    assert slow.days == quick.days
    assert len(quick.days) == (85 if not step else 29)
    for (one, quick_values), (other, slow_values) in zip(quick.reports(), slow.reports(), strict=True):
        assert one == other
        # Orders have a litre of room.
        assert quick_values == pytest.approx(slow_values, abs=2e-3)


PUMPS = """\
waterbalance: 1
name: pumps
time_zone: UTC
horizon: {start: 2021-11-28, last_day: 2021-12-02, daily_steps: 5}
policy:
  smallest_change: false
  goals: [{name: least cost, terms: [{measure: cost}]}]
components:
  small: {type: source_node, to: [town], maximum_flow: 5 m3/day}
  large: {type: source_node, to: [town]}
  town: {type: demand_node, price: -5 currency/m3}
rules:
  both: {type: flow_group, weights: {small: 1, large: 1}}
  one: {type: exclusive_flows, maximum_flows: {small: 5 m3/day, large: 10 m3/day}, minimum_flows: {large: 6 m3/day}}
parameters:
  wanted: {kind: series, file: wanted.csv, column: town}
set_by:
  town.maximum_flow: wanted
"""


@pytest.mark.parametrize("stepwise", [True, False])
def test_of_two_pumps_one_runs(stepwise: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The large pump gives 6 to 10, the small one up to 5: wanted are 8, 4, 5.5, 12 and 3 on five days."""
    (tmp_path / "scenario.yaml").write_text(PUMPS, encoding="utf-8")
    days = ("2021-11-28,8", "2021-11-29,4", "2021-11-30,5.5", "2021-12-01,12", "2021-12-02,3")
    (tmp_path / "wanted.csv").write_text("\n".join(("date,town", *days)) + "\n", encoding="utf-8")
    if not stepwise:
        monkeypatch.setattr(roll, "is_stepwise", lambda *_: False)
    simulation = simulate(read_scenario(tmp_path), FIRST, dt.date(2021, 12, 2), myopic=True)
    assert simulation.findings == ()
    values = simulation.applied.values
    assert values["large", "flow"] == pytest.approx([8, 0, 0, 10, 0], abs=2e-3)
    assert values["small", "flow"] == pytest.approx([0, 4, 5, 0, 3], abs=2e-3)
    assert values["one", "running large"] == pytest.approx([1, 0, 0, 1, 0])


def test_the_numbers_hang_together(tmp_path: Path) -> None:
    simulation = simulate(written(tmp_path), FIRST, LAST, myopic=True)
    values, givens = simulation.applied.values, simulation.applied.givens
    storage = np.concatenate([[500.0], values["lake", "storage"]])
    share = np.select([storage[:-1] >= 540, storage[:-1] >= 270], [1.0, 0.8], 0.5)
    told = {each.name: series for each, series in simulation.reports()}
    assert told["share"] == pytest.approx(share)
    assert told["share after"][:-1] == pytest.approx(share[1:])
    assert told["share after"] == pytest.approx(np.select([storage[1:] >= 540, storage[1:] >= 270], [1.0, 0.8], 0.5))
    town = values["town", "flow"]
    recent = np.array([5.0] + [town[max(0, day - 7) : day].mean() for day in range(1, len(town))])
    service = np.ones(len(town))
    service[7:9] = 0.5
    assert givens["town", "maximum_flow"] == pytest.approx(service * np.maximum(20 * share, recent))
    arrived = np.concatenate([[4.0] * 3, values["reach", "inflow"]])[: len(town)]
    assert values["town", "flow"] + values["reach", "to sea"] == pytest.approx(arrived)
    used = np.concatenate([[0.0] * 6, values["rolling", "used"]])
    window = np.array([used[day : day + 7].sum() for day in range(len(town))])
    assert (window <= 90 + 1e-6).all()
    new_year = (dt.date(2022, 1, 1) - FIRST).days
    assert values["licence", "used"][:new_year].sum() == pytest.approx(400 - values["licence", "account"][new_year - 1])
    assert values["licence", "account"][new_year] == pytest.approx(600 - values["licence", "used"][new_year])


def test_a_simulation_that_was_stopped_goes_on(tmp_path: Path) -> None:
    scenario = written(tmp_path)
    whole = simulate_into(tmp_path / "whole", scenario, FIRST, LAST, myopic=True)
    simulate_into(tmp_path / "parts", scenario, FIRST, dt.date(2022, 1, 15), myopic=True)
    parts = simulate_into(tmp_path / "parts", scenario, FIRST, LAST, myopic=True, resume=True)
    assert parts.applied.values.keys() == whole.applied.values.keys()
    for name in ("simulation.csv", "reported.csv", "summary.json"):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    lines = (tmp_path / "whole" / "reported.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "step,step_start,name,attribute,value"
    assert lines[1].startswith("0,2021-11-28,lake,volume,")
    assert len(lines) == 1 + 4 * 85


def test_steps_of_months(tmp_path: Path) -> None:
    (tmp_path / "state.csv").write_text(STATE.replace("2021-11-28", "2021-12-01"), encoding="utf-8")
    text = SCENARIO.replace("STEP", ", step: {months: 1}").replace("2021-11-28", "2021-12-01").replace("2022-02-20", "2022-02-28")
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    scenario = read_scenario(tmp_path)
    simulation = simulate(scenario, dt.date(2021, 12, 1), dt.date(2022, 2, 28), myopic=True)
    assert simulation.applied.horizon.edges == tuple(dt.date(2021 + m // 12, m % 12 + 1, 1) for m in (11, 12, 13, 14))
    assert simulation.applied.values["river", "flow"] == pytest.approx([14 * 31, 12 * 31, 9 * 28])
