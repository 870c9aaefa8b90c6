"""A model of another tool, from its file to a plan."""

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from interop.calvin_matrices import LAKE, written

Command = Callable[..., Any]

MODEL = {
    "metadata": {"title": "Two users"},
    "timestepper": {"start": "2015-01-01", "end": "2015-01-04", "timestep": 1},
    "nodes": [
        {"name": "lake", "type": "Storage", "max_volume": 100, "initial_volume": 35},
        {"name": "The town", "type": "Output", "max_flow": 10, "cost": -10},
        {"name": "fields", "type": "Output", "max_flow": "wanted", "cost": -1},
    ],
    "edges": [["lake", "The town"], ["lake", "fields"]],
    "parameters": {"wanted": {"type": "controlcurve", "storage_node": "lake", "control_curve": 0.2, "values": [3, 0]}},
    "recorders": {
        "missing": {"type": "TotalDeficitNode", "node": "The town"},
        "stored": {"type": "NumpyArrayStorage", "node": "lake"},
    },
}


def test_from_a_model_to_a_plan(command: Command, tmp_path: Path) -> None:
    model, mine = tmp_path / "model.json", tmp_path / "mine"
    model.write_text(json.dumps(MODEL), encoding="utf-8")
    said = command("import", "pywr", model, mine)
    assert said.code == 0
    assert f"{mine}: 3 components, 0 rules, 1 parameters" in said.out
    assert "recorders.missing: recorders of type 'TotalDeficitNode' have no counterpart" in said.out
    assert command("check", mine).code == 0
    assert command("simulate", mine, "--myopic", "--out", tmp_path / "steps").code == 0
    assert command("run", mine, "--out", tmp_path / "plan").code == 0
    with (tmp_path / "steps" / "reported.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = {"The town": [10, 10, 9, 0], "fields": [3, 3, 0, 0], "stored": [22, 9, 0, 0], "wanted": [3, 3, 0, 0]}
    assert {name: [float(row["value"]) for row in rows if row["name"] == name] for name in expected} == expected


def literal(value: float) -> dict[str, Any]:
    return {"type": "Literal", "value": value}


SECOND = {
    "metadata": {"title": "Two users"},
    "time": {"start": "2015-01-01", "end": "2015-01-04", "timestep": {"type": "Days", "days": 1}},
    "network": {
        "nodes": [
            {
                "meta": {"name": "lake"},
                "type": "Storage",
                "max_volume": literal(100),
                "initial_volume": {"type": "Absolute", "volume": 35},
            },
            {"meta": {"name": "The town"}, "type": "Output", "max_flow": literal(10), "cost": literal(-10)},
            {
                "meta": {"name": "fields"},
                "type": "Output",
                "max_flow": {"type": "Parameter", "name": "wanted"},
                "cost": literal(-1),
            },
        ],
        "edges": [{"from_node": "lake", "to_node": "The town"}, {"from_node": "lake", "to_node": "fields"}],
        "parameters": [
            {
                "meta": {"name": "wanted"},
                "type": "ControlCurve",
                "storage_metric": {"type": "Node", "name": "lake", "attribute": "ProportionalVolume"},
                "control_curves": [literal(0.2)],
                "values": [literal(3), literal(0)],
            }
        ],
        "metric_sets": [{"name": "sums", "metrics": [], "aggregator": {"func": {"type": "Sum"}}}],
    },
}


def test_the_same_model_of_the_second_version(command: Command, tmp_path: Path) -> None:
    model, mine = tmp_path / "model.json", tmp_path / "mine"
    model.write_text(json.dumps(SECOND), encoding="utf-8")
    said = command("import", "pywr", model, mine)
    assert said.code == 0
    assert f"{mine}: 3 components, 0 rules, 1 parameters" in said.out
    assert "network.metric_sets[0].aggregator: an aggregation of what is reported" in said.out
    assert command("check", mine).code == 0
    assert command("simulate", mine, "--myopic", "--out", tmp_path / "steps").code == 0
    assert command("run", mine, "--out", tmp_path / "plan").code == 0
    with (tmp_path / "steps" / "reported.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = {"The town": [10, 10, 9, 0], "fields": [3, 3, 0, 0], "lake": [22, 9, 0, 0], "wanted": [3, 3, 0, 0]}
    assert {name: [float(row["value"]) for row in rows if row["name"] == name] for name in expected} == expected


def test_a_broken_model_ends_with_the_code_of_wrong_input(command: Command, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps({**MODEL, "edges": [["lake", "The twon"]]}), encoding="utf-8")
    said = command("import", "pywr", tmp_path / "model.json", tmp_path / "mine")
    assert said.code == 65
    assert "Did you mean 'The town'?" in " ".join(said.err.split())
    assert not (tmp_path / "mine").exists()


def test_a_matrix_of_links_becomes_tables(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "solved"
    said = command("import", "calvin", written(tmp_path, *LAKE), out)
    assert said.code == 0
    assert f"{out}: 17 pieces of links, 2 steps, 1 storages" in said.out
    assert "least cost: -293.777777778" in said.out
    with (out / "flows.csv").open(encoding="utf-8", newline="") as file:
        town = [float(row["flow"]) for row in csv.DictReader(file) if row["link"] == "SR_L-TOWN"]
    assert town == [24.8888888889, 48]
    assert command("import", "calvin", tmp_path / "matrix.csv", out).code == 2


def test_a_broken_matrix_ends_with_the_code_of_wrong_input(command: Command, tmp_path: Path) -> None:
    said = command("import", "calvin", written(tmp_path, *LAKE, "SR_L.2001-01-31,TWON.2001-01-31,0,0,1,9,8"), tmp_path / "solved")
    assert said.code == 65
    assert "matrix.csv:19: the lower bound is above the upper one" in " ".join(said.err.split())
    assert not (tmp_path / "solved").exists()


def test_what_was_not_carried_over_is_told_by_every_command_until_it_is_removed(command: Command, tmp_path: Path) -> None:
    town = {"name": "town", "type": "Output", "cost": -10}
    model = {
        "timestepper": {"start": "2015-01-01", "end": "2015-01-03", "timestep": 1},
        "nodes": [{"name": "spring", "type": "Input", "max_flow": 100}, {**town, "max_flow": "own"}],
        "edges": [["spring", "town"]],
        "parameters": {"own": {"type": "MyOwnParameter"}},
    }
    (tmp_path / "model.json").write_text(json.dumps(model), encoding="utf-8")
    folder = tmp_path / "out"
    command("import", "pywr", tmp_path / "model.json", folder)
    lines = ("nodes[1] 'town'.max_flow: ", "parameters.own: ")
    told = [
        command("check", folder),
        command("run", folder, "--out", tmp_path / "run"),
        command("simulate", folder, "--myopic", "--out", tmp_path / "simulated"),
    ]
    for said in told:
        assert said.code == 0
        assert all(f"not carried over: {line}" in " ".join(said.out.split()) for line in lines)
    assert "It lacks 2 things of the model that it was imported from" in told[0].out
    text = (folder / "scenario.yaml").read_text(encoding="utf-8")
    (folder / "scenario.yaml").write_text(text[: text.index("not_carried_over:")], encoding="utf-8")
    assert "not carried over" not in command("check", folder).out


@pytest.mark.parametrize(
    ("spring", "told"),
    [
        ({"min_flow": 9, "max_flow": 5}, "spring: the limits of flow contradict each other; found at least 9 and at most 5"),
        ({"max_flow": -5}, "spring: the limits of flow contradict each other; found at least 0 and at most -5"),
        ({"min_flow": {"type": "monthlyprofile", "values": [1, 7, *[1] * 10]}, "max_flow": 5}, "on 2015-02-01"),
    ],
)
def test_limits_that_contradict_each_other_are_told_before_the_first_step(
    command: Command, tmp_path: Path, spring: Mapping[str, object], told: str
) -> None:
    model = {
        "timestepper": {"start": "2015-01-31", "end": "2015-02-02", "timestep": 1},
        "nodes": [
            {"name": "spring", "type": "Input", **spring},
            {"name": "lake", "type": "Storage", "max_volume": 10, "initial_volume": 0},
            {"name": "town", "type": "Output", "max_flow": 3, "cost": -10},
        ],
        "edges": [["spring", "lake"], ["lake", "town"]],
    }
    (tmp_path / "model.json").write_text(json.dumps(model), encoding="utf-8")
    assert command("import", "pywr", tmp_path / "model.json", tmp_path / "out").code == 0
    said = command("check", tmp_path / "out")
    assert said.code == 65
    assert told in said.err
