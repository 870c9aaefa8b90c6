"""`waterbalance run --fallback`: where there is no full plan, the best that is left, with an exit code of its own."""

import json
from pathlib import Path

import pytest

from waterbalance import cli
from waterbalance.operate.planning.ladder import KEPT_AS

TEXT = """
waterbalance: 1
name: closing_canal
time_zone: Asia/Taipei
horizon: {start: 2021-03-10, last_day: 2021-03-12}
policy: {preset: drought_practice}
components:
  weir: {type: weir, inflow: 200 CMD}
  river: {type: river_reach, source: weir, target: sea}
  sea: {type: outfall}
  main:
    type: canal
    source: weir
    target: fields
    capacity: {2021-03-01: 100 CMD, 2021-03-12: CLOSED CMD}
  fields: {type: irrigation_zone, area: 1 ha, demand: 80 CMD}
rules:
  slowly: {type: ramp_limit, subject: main, rise: 10 CMD, fall: 10 CMD}
under_way: {main.inflow: 80 CMD}
"""


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, closed: int, *options: str) -> int:
    (folder / "scenario.yaml").write_text(TEXT.replace("CLOSED", str(closed)), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["waterbalance", "run", str(folder), "--out", str(folder / "out"), *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_without_it_there_is_no_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(tmp_path, monkeypatch, 0) == 11
    assert not (tmp_path / "out" / "summary.json").exists()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Fallback, rung 5: rule curves alone"), ("zh-TW", "備援計畫，第 5 階：僅依規線操作")]
)
def test_the_days_before_the_closed_gate_have_orders(
    language: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From 80 by 10 a day, the canal cannot close on the third day; the two days before can be planned."""
    assert run(tmp_path, monkeypatch, 0, "--fallback", "--lang", language) == 10
    assert words in capsys.readouterr().out
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (summary["fallback_rung"], summary["last_day"], summary["audit"]) == (5, "2021-03-11", [])
    assert [reason.partition(" (")[0] for reason in summary["fallback_reasons"]] == [
        "0 full plan",
        "1 declared relaxations",
        "2 without switches",
        "3 deterministic",
        "4 previous plan shifted",
    ]
    assert "slowly, 2021-03-1" in summary["fallback_reasons"][0]
    assert (tmp_path / "out" / KEPT_AS).is_file()
    assert (tmp_path / "out" / "schedule.json").is_file()


def test_where_there_is_a_plan_nothing_is_different(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(tmp_path, monkeypatch, 0, "--fallback") == 10
    assert run(tmp_path, monkeypatch, 60, "--fallback") == 0
    with_it = (tmp_path / "out" / "plan.csv").read_bytes()
    # What was kept of the plan before is gone.
    assert not (tmp_path / "out" / KEPT_AS).exists()
    assert run(tmp_path, monkeypatch, 60) == 0
    assert (tmp_path / "out" / "plan.csv").read_bytes() == with_it
