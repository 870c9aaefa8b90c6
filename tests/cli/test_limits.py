"""`waterbalance run` with limits for the search for switches."""

import json
from pathlib import Path

import pytest

from waterbalance import cli

TEXT = """
waterbalance: 1
name: two_far_fields
time_zone: Asia/Taipei
horizon: {start: 2021-03-10, last_day: 2021-03-12}
policy: {preset: drought_practice}
components:
  weir: {type: weir, inflow: 100 CMD}
  river: {type: river_reach, source: weir, target: sea}
  sea: {type: outfall}
  large: {type: canal, source: weir, target: near, capacity: 100 CMD, fill_volume: 40 m3}
  small: {type: canal, source: weir, target: far, capacity: 50 CMD, fill_volume: 30 m3}
  near: {type: irrigation_zone, area: 1 ha, demand: 60 CMD}
  far: {type: irrigation_zone, area: 1 ha, demand: 40 CMD}
state: {file: state.csv, oldest: 10 days}
"""

STATE = """date,large.running [1],small.running [1]
2021-03-10,0,0
"""


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    (folder / "scenario.yaml").write_text(TEXT, encoding="utf-8")
    (folder / "state.csv").write_text(STATE, encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["waterbalance", "run", str(folder), "--out", str(folder / "out"), *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(("option", "value", "stop"), [("--node-limit", "0", "work limit"), ("--time-limit", "0", "time limit")])
def test_a_stopped_search_gives_a_plan_with_its_gap(
    option: str, value: str, stop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(tmp_path, monkeypatch, option, value) == 0
    found = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert found["audit"] == []
    agriculture = next(goal for goal in found["goals"] if goal["name"] == "agriculture")
    assert (agriculture["stop"] == stop) == any(note.startswith("agriculture: the search") for note in found["notes"])
    assert stop in {goal["stop"] for goal in found["goals"]}


def test_a_limit_below_zero_is_a_wrong_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(tmp_path, monkeypatch, "--node-limit", "-1") == 2
