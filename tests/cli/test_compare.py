"""`waterbalance compare` as a user types it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from repository import ROOT
from two_lakes import SCRIPT
from waterbalance.policy.presets import drought_practice, water_act

Command = Callable[..., Any]
BOTH = ("--policy", "drought_practice", "--policy", "water_act")


def test_two_policies_of_one_scenario(command: Command, scenario: Path, tmp_path: Path) -> None:
    said = command("compare", scenario, *BOTH, "--out", tmp_path / "out")
    assert said.code == 0
    assert "Drought practice" in said.out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["compare.csv", "compare.html", "compare.json"]
    page = (tmp_path / "out" / "compare.html").read_text(encoding="utf-8")
    assert "Upper lake" in page
    assert SCRIPT not in page
    assert "http-equiv" in page
    with (tmp_path / "out" / "compare.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["plan"] for row in rows} == {"drought_practice", "water_act"}
    found = json.loads((tmp_path / "out" / "compare.json").read_text(encoding="utf-8"))
    lacks = {each["user_class"]: each["shortage"] for each in found["shortages"]}
    # The law puts agriculture before storage and industry; drought practice the other way round.
    assert lacks["agriculture"][0] > lacks["agriculture"][1] + 1e6
    carried = next(each for each in found["goals"] if each["name"] == "storage for the next season")
    orders = [[goal.name for goal in policy().goals] for policy in (drought_practice, water_act)]
    assert carried["ranks"] == [order.index("storage for the next season") + 1 for order in orders]


def test_plans_that_are_read_back_compare_like_those_that_were_made(command: Command, scenario: Path, tmp_path: Path) -> None:
    made = json.loads(command("compare", scenario, *BOTH, "--json").out)
    for policy in ("drought_practice", "water_act"):
        assert command("run", scenario, "--policy", policy, "--out", tmp_path / policy).code == 0
    read = json.loads(command("compare", tmp_path / "drought_practice", tmp_path / "water_act", "--json").out)
    assert read["plans"] == [str(tmp_path / "drought_practice"), str(tmp_path / "water_act")]
    assert [each["values"] for each in read["goals"]] == [pytest.approx(each["values"], abs=10.0) for each in made["goals"]]
    assert read["shortages"] == [{**each, "shortage": pytest.approx(each["shortage"], abs=10.0)} for each in made["shortages"]]
    assert {each["component"] for each in read["gates"]} == {each["component"] for each in made["gates"]}


def test_two_scenarios(command: Command, scenario: Path, tmp_path: Path) -> None:
    """A lake that is half as large holds less at the end."""
    smaller = tmp_path / "smaller"
    smaller.mkdir()
    text = (scenario / "scenario.yaml").read_text(encoding="utf-8")
    (smaller / "scenario.yaml").write_text(text.replace("capacity: 10 Mm3", "capacity: 5 Mm3"), encoding="utf-8")
    (smaller / "storages.csv").write_bytes((scenario / "storages.csv").read_bytes())
    said = command("compare", scenario, smaller, "--lang", "zh-TW")
    assert said.code == 0
    assert "計畫比較" in said.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("SCENARIO",), 2, "--policy"),
        (("SCENARIO", "SCENARIO", "--policy", "water_act"), 2, "--policy"),
        (("SCENARIO", "--policy", "first_come"), 2, "water_act"),
        (("SCENARIO", "--policy", "water_act", "--policy", "water_act"), 2, "once"),
        (("SCENARIO", "nowhere"), 65, "nowhere"),
        (("SCENARIO", "RESULT"), 65, "summary.json"),
    ],
)
def test_mistakes(command: Command, scenario: Path, tmp_path: Path, words: tuple[str, ...], code: int, told: str) -> None:
    result = tmp_path / "result"
    result.mkdir()
    (result / "plan.csv").write_text("step_start\n", encoding="utf-8")
    places = {"SCENARIO": scenario, "RESULT": result}
    said = command("compare", *(places.get(word, word) for word in words))
    assert said.code == code
    assert told in said.err
    assert "Traceback" not in said.err


def test_goals_are_written_with_their_unit(command: Command, tmp_path: Path) -> None:
    words = ("--policy", "drought_practice", "--policy", "water_act", "--out", tmp_path / "out")
    assert command("compare", ROOT / "scenarios" / "tutorial", *words).code == 0
    with (tmp_path / "out" / "compare.csv").open(encoding="utf-8", newline="") as file:
        units = {row["item"]: row["unit"] for row in csv.DictReader(file) if row["table"] == "goal"}
    assert units["agriculture"] == "m3"
    assert units["least spill and pumping"] == "weighted sum of m3"
