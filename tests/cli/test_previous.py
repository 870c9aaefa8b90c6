"""`run --previous`: yesterday's plan read back from its folder, and what is said where it is none."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from waterbalance.errors import InputError
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.report.result_folder import read_plan, read_schedule
from waterbalance.scenario.read import read_scenario

Command = Callable[..., Any]

HEADER = "step_start,step_end,member,component,quantity,value,unit\n"

TWO_WAYS = """
waterbalance: 1
name: two_ways
time_zone: Asia/Taipei
horizon: {start: 2021-02-05, last_day: 2021-02-10, daily_steps: 6}
policy: {preset: drought_practice}
components:
  left: {type: reclaimed_works, capacity: 100 CMD}
  right: {type: reclaimed_works, capacity: 100 CMD}
  left_pipe: {type: pipeline, source: left, target: town, capacity: 100 CMD}
  right_pipe: {type: pipeline, source: right, target: town, capacity: 100 CMD}
  town: {type: household_supply, demand: 100 CMD}
"""


@pytest.fixture
def two_ways(tmp_path: Path) -> Path:
    """100 a day for a town, from the left or the right: all plans without a shortage are equally good."""
    folder = tmp_path / "two_ways"
    folder.mkdir()
    (folder / "scenario.yaml").write_text(TWO_WAYS, encoding="utf-8")
    return folder


def written(folder: Path, flow: str) -> list[float]:
    with (folder / "plan.csv").open(encoding="utf-8", newline="") as file:
        return [float(row["value"]) for row in csv.DictReader(file) if (row["component"], row["quantity"]) == (flow, "inflow")]


def tell(plan: Path, left: float) -> None:
    """Let yesterday's plan have said another share."""
    with plan.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["quantity"] == "inflow" and row["component"] in {"left_pipe", "right_pipe"}:
            row["value"] = str(left if row["component"] == "left_pipe" else 100 - left)
    with plan.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("left", [0.0, 30.0, 100.0])
@pytest.mark.parametrize("named", ["folder", "table"])
def test_the_plan_near_yesterdays_is_taken(command: Command, two_ways: Path, tmp_path: Path, left: float, named: str) -> None:
    yesterday, today = tmp_path / "yesterday", tmp_path / "today"
    assert command("run", two_ways, "--out", yesterday).code == 0
    tell(yesterday / "plan.csv", left)
    previous = yesterday if named == "folder" else yesterday / "plan.csv"
    assert command("run", two_ways, "--date", "2021-02-06", "--previous", previous, "--out", today).code == 0
    assert written(today, "left_pipe") == pytest.approx([left] * 5, abs=0.01)


def test_a_plan_comes_back_as_it_was(scenario: Path, command: Command, tmp_path: Path) -> None:
    assert command("run", scenario, "--out", tmp_path / "out").code == 0
    plan, read = plan_scenario(read_scenario(scenario)).plan, read_plan(tmp_path / "out")
    assert read.horizon.edges == plan.horizon.edges
    assert read.values.keys() == plan.values.keys()
    for key, values in plan.values.items():
        assert read.values[key] == pytest.approx(values, rel=1e-9), key
    assert dict(read.units) == dict(plan.units)


def test_a_previous_plan_of_other_days_is_noted(command: Command, two_ways: Path, tmp_path: Path) -> None:
    assert command("run", two_ways, "--out", tmp_path / "old").code == 0
    table = tmp_path / "old" / "plan.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("2021-02", "2020-12"), encoding="utf-8")
    said = command("run", two_ways, "--previous", tmp_path / "old", "--out", tmp_path / "new")
    assert said.code == 0
    assert "no step and flow in common" in said.out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read"),
        ("", "not the table of a plan"),
        ("a,b\n1,2\n", "not the table of a plan"),
        (HEADER, "one row a step"),
        (
            HEADER + "2021-02-05,2021-02-06,0,a,inflow,x,m3\n",
            "could not convert",
        ),
        (HEADER + "2021-02-05,2021-02-06,0,a,inflow,nan,m3\n", "nan is no finite number"),
        (HEADER + "2021-02-05,2021-02-06,0,a,inflow,-inf,m3\n", "-inf is no finite number"),
        (HEADER + "soon,later,0,a,inflow,1,m3\n", "isoformat"),
        (
            HEADER + "2021-02-05,2021-02-05,0,a,inflow,1,m3\n",
            "follow each other",
        ),
        (HEADER + "2021-02-05,2021-02-06,0,a\n", "not whole"),
        (b"\xff\xfe\x00", "not what it should be"),
    ],
)
def test_what_is_no_plan_ends_with_65(
    command: Command, two_ways: Path, tmp_path: Path, text: str | bytes | None, told: str
) -> None:
    table = tmp_path / "plan.csv"
    if text is not None:
        table.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = command("run", two_ways, "--previous", table, "--out", tmp_path / "new")
    assert said.code == 65
    assert told in said.err
    assert "Traceback" not in said.err


def test_a_folder_that_cannot_be_written_ends_with_2_before_anything_is_planned(
    command: Command, two_ways: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("here already", encoding="utf-8")
    said = command("run", two_ways, "--out", tmp_path / "file" / "out")
    assert said.code == 2
    assert "cannot be written" in said.err
    assert "solving" not in said.err


ORDERS = {
    "schema": "waterbalance.schedule/1",
    "time_zone": "Asia/Taipei",
    "policy": "drought_practice",
    "orders": [
        {
            "structure": "gate",
            "zone": "north",
            "role": "turnout",
            "rows": [
                {
                    "start": "2026-03-02T00:00:00+08:00",
                    "end": "2026-03-03T00:00:00+08:00",
                    "setpoint": 0.5,
                    "volume_m3": 43200.0,
                    "max": None,
                }
            ],
        }
    ],
    "turns": {"accounts": [{"turnout": "gate", "lacking_m3": -2.5, "planned_m3": {"2026-03-02": 7.0}}], "held": []},
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"setpoint": 0.5', '"setpoint": NaN'),
        ('"setpoint": 0.5', '"setpoint": -0.5'),
        ('"setpoint": 0.5', '"setpoint": "0.5"'),
        ('"volume_m3": 43200.0', '"volume_m3": Infinity'),
        ('"volume_m3": 43200.0', f'"volume_m3": 1{"0" * 400}'),
        ('"max": null', '"max": true'),
        ("2026-03-02T00:00:00+08:00", "2026-03-02T00:00:00"),
        ("2026-03-02T00:00:00+08:00", "0001-01-01T00:00:00+23:59"),
        ('"2026-03-03T00:00:00+08:00"', "7"),
        ('"role": "turnout"', '"role": "lock"'),
        ('"lacking_m3": -2.5', '"lacking_m3": NaN'),
        ('"2026-03-02": 7.0', '"2026-03-02": -Infinity'),
        ('"rows": [', '"rows": [[],'),
        ("{", "[" * 100_000),
    ],
)
def test_orders_of_a_run_that_are_none_are_told(tmp_path: Path, old: str, new: str) -> None:
    sound = json.dumps(ORDERS)
    (tmp_path / "schedule.json").write_text(sound, encoding="utf-8")
    assert read_schedule(tmp_path) is not None
    (tmp_path / "schedule.json").write_text(sound.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match="no plan could be read"):
        read_schedule(tmp_path)
