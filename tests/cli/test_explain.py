"""`waterbalance explain`: words, JSON, mistakes, and a scenario without a plan."""

import json
from pathlib import Path

import pytest

from repository import ROOT
from waterbalance import cli

TUTORIAL = ROOT / "scenarios" / "tutorial"


def call(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr("sys.argv", ["waterbalance", "explain", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ("Town lacks 5,000 m³ (12.5%) on 1 Mar", "Town pipe: inflow is at its most, 0.405 m³/s", "storage target")),
        ("zh-TW", ("市鎮 於 3 月 1 日 缺水", "市鎮輸水管", "目標蓄水量")),
    ],
)
def test_words(language: str, says: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(monkeypatch, TUTORIAL, "--lang", language) == 0
    out = capsys.readouterr().out
    assert all(words in out for words in says)


def test_one_user_on_one_day_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(monkeypatch, TUTORIAL, "--component", "town", "--date", "2026-03-02", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "waterbalance.explain/1"
    (short,) = found["shortages"]
    assert (short["user"], short["first"], short["goal"]) == ("town", "2026-03-02", "domestic and public")
    (reason,) = short["reasons"]
    assert (reason["kind"], reason["component"], reason["worth"]) == ("most", "town_pipe", 1.0)
    assert reason["limit"] == pytest.approx(35_000)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--component", "towm"), "one of east_fields, town; found 'towm'"),
        (("--date", "2027-01-01"), "a day of the plan"),
        (("--date", "tomorrow"), "wants a day"),
    ],
)
def test_mistakes(
    words: tuple[str, str], complaint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, TUTORIAL, *words) == 2
    assert complaint in capsys.readouterr().err


def test_without_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "scenario.yaml").write_text(
        """
waterbalance: 1
name: closing
time_zone: Asia/Taipei
horizon: {start: 2021-03-10, last_day: 2021-03-14}
policy: {preset: water_act}
under_way: {canal.inflow: 80 CMD}
components:
  weir: {type: weir, inflow: 200 CMD}
  river: {type: river_reach, source: weir, target: sea}
  sea: {type: outfall}
  canal: {type: canal, source: weir, target: fields, capacity: {2020-01-01: 100 CMD, 2021-03-12: 0 CMD}}
  fields: {type: irrigation_zone, area: 1 ha, demand: 100 CMD}
rules:
  slowly: {type: ramp_limit, subject: canal, rise: 10 CMD, fall: 10 CMD}
""",
        encoding="utf-8",
    )
    assert call(monkeypatch, tmp_path, "--json") == 11
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["scenario"]) == ("waterbalance.no_plan/1", "closing")
    held = {(each["where"]["component"], each["where"]["date"]) for each in told["reasons"]}
    assert {("slowly", "2021-03-12"), ("canal", "2021-03-12")} <= held
    assert call(monkeypatch, tmp_path) == 11
    said = capsys.readouterr().err
    assert "2021-03-12: the steps before have a solution, the first 3 together have none" in said
    assert "slowly, 2021-03-12: the limits of change cannot hold since 2021-03-10" in said
    # 80 may fall to 70, 60 and 50: 50 more are as good as 50 through the closed canal.
    assert "slowly, 2021-03-10: smallest relaxation: change below its limit by 50 m3/day" in said
