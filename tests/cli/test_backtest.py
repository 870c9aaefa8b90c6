"""`waterbalance backtest`: skill of a scenario's forecasters on their past, as a user types it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

Command = Callable[..., Any]

SCENARIO = """
waterbalance: 1
name: town
time_zone: Asia/Taipei
horizon: {start: 2021-01-01, last_day: 2021-01-20}
policy: {preset: water_act}
components:
  lake: {type: reservoir, capacity: 10 Mm3}
  pipe: {type: pipeline, source: lake, target: town}
  town: {type: household_supply, demand: 900 m3/day}
state: {file: state.csv}
forecasts:
  town.demand: {forecaster: household_demand, history: {file: meters.csv}}
  lake.inflow: {forecaster: ten_day_climatology, history: {file: inflow.csv}}
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Two years of meters, and a river that is known for a month only."""
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    (folder / "state.csv").write_text("date,lake.storage [Mm3]\n2021-01-01,5\n", encoding="utf-8")
    days = pd.date_range("2019-01-01", "2020-12-31")
    noise = np.exp(0.05 * np.random.default_rng(2).standard_normal(len(days)))
    demand = np.where(days.day_of_week >= 5, 1200.0, 900.0) * noise
    table = pd.DataFrame({"date": days.date, "town.demand [m3/day]": demand.round(3)})
    table.to_csv(folder / "meters.csv", index=False)
    river = pd.DataFrame({"date": days.date[-31:], "lake.inflow [m3/s]": 1.0})
    river.to_csv(folder / "inflow.csv", index=False)
    return folder


def test_files_and_what_could_not_be_tried(command: Command, town: Path, tmp_path: Path) -> None:
    said = command("backtest", town, "--days-ahead", 7, "--every", 11, "--origins", 8, "--out", tmp_path / "out")
    assert said.code == 0
    assert "no origin fits into the history" in said.out
    with (tmp_path / "out" / "backtest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["lead"] for row in rows} == {str(lead) for lead in range(8)}
    values = {(row["lead"], row["score"]): (float(row["value"]), row["unit"]) for row in rows if row["value"]}
    assert values["0", "origins"] == (8.0, "1")
    assert values["0", "skill_seasonal_naive"][0] > 0.1
    assert values["0", "skill_climatology"][0] > 0.1
    assert values["3", "mae"][1] == "m3/day"
    found = json.loads((tmp_path / "out" / "backtest.json").read_text(encoding="utf-8"))
    assert {each["quantity"]: bool(each["scores"]) for each in found["quantities"]} == {"demand": True, "inflow": False}
    assert set(found["quantities"][0]["judges"]) == {"seasonal_naive", "climatology"}
    assert found["quantities"][0]["judges"]["climatology"][0]["mase"] > 0.0
    page = (tmp_path / "out" / "backtest.html").read_text(encoding="utf-8")
    assert 'id="figure-skill-town-demand"' in page
    assert 'id="figure-spread-town-demand"' in page


def test_one_component_as_json_and_in_chinese(command: Command, town: Path) -> None:
    asked = ("backtest", town, "--origins", 3, "--component", "town")
    assert [each["component"] for each in json.loads(command(*asked, "--json").out)["quantities"]] == ["town"]
    assert "預測回測" in command(*asked, "--lang", "zh-TW").out


def test_a_component_without_a_forecast_is_refused(command: Command, town: Path) -> None:
    said = command("backtest", town, "--component", "pipe")
    assert said.code == 65
    assert "no such forecast; found pipe; allowed: lake, town" in said.err


def test_every_score_by_lead_is_shown(command: Command, town: Path, tmp_path: Path) -> None:
    """The page names them all; the CRPS of a day ahead is that of the JSON."""
    asked = ("backtest", town, "--origins", 3, "--component", "town", "--days-ahead", 2)
    said = command(*asked, "--out", tmp_path / "out")
    page = (tmp_path / "out" / "backtest.html").read_text(encoding="utf-8")
    for words in (
        "Skill, climatology",
        "Skill, last week",
        "MASE",
        "In 80 % interval",
        "PIT mean",
        "PIT spread",
        "Bias of the sum",
    ):
        assert words in page
    crps, pinball = (
        json.loads(command(*asked, "--json").out)["quantities"][0]["scores"][0][name] for name in ("crps", "pinball")
    )
    assert "CRPS [m3/day]" in page
    assert "Pinball loss [m3/day]" in page
    for value in (crps, pinball):
        assert f"{value:#.4g}" in said.out
        assert f"{value:#.4g}" in page


def test_a_scenario_without_forecasts_says_so(command: Command, town: Path) -> None:
    text = (town / "scenario.yaml").read_text(encoding="utf-8")
    (town / "scenario.yaml").write_text(text.partition("forecasts:")[0], encoding="utf-8")
    said = command("backtest", town)
    assert said.code == 65
    assert "the scenario has no forecasts" in said.err
