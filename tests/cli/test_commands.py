"""The commands as a user types them: what they say, what they write, and their exit codes."""

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from operate.small_bureau import write_bureau
from repository import ROOT
from two_lakes import TEXT
from waterbalance.errors import Finding

Command = Callable[..., Any]


def test_run_writes_a_plan_and_shows_it(command: Command, scenario: Path, tmp_path: Path) -> None:
    said = command("run", scenario, "--out", tmp_path / "out")
    assert said.code == 0
    assert "Upper lake" in said.out
    for stage in ("Reading", "Forecasting", "Compiling and solving", "Auditing", "Deriving", "Writing"):
        assert stage in said.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "manifest.json",
        "plan.csv",
        "report.html",
        "schedule.json",
        "summary.json",
    ]


def test_run_has_a_folder_of_its_own(command: Command, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert command("run", scenario, "--date", "2021-02-07").code == 0
    assert (
        json.loads((tmp_path / "out" / "two_lakes-2021-02-07" / "summary.json").read_text(encoding="utf-8"))["start"]
        == "2021-02-07"
    )


def test_run_in_chinese(command: Command, scenario: Path, tmp_path: Path) -> None:
    said = command("run", scenario, "--out", tmp_path / "out", "--lang", "zh-TW")
    assert said.code == 0
    assert "上湖" in said.out
    assert "讀取情境" in said.err
    assert 'lang="zh-Hant-TW"' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_run_with_another_order_of_preference_keeps_the_end_conditions(command: Command, scenario: Path, tmp_path: Path) -> None:
    assert command("run", scenario, "--out", tmp_path / "out", "--policy", "water_act").code == 0
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["policy"] == "water_act"
    assert summary["goals"][-1]["name"] == "value of stored water"


def test_a_plan_that_fails_its_audit_ends_with_11(
    command: Command, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waterbalance.operate.planning.plan_scenario.audit", lambda *_: (Finding("a cubic metre is lost"),))
    said = command("run", scenario, "--out", tmp_path / "out")
    assert said.code == 11
    assert "a cubic metre is lost" in said.out
    assert "schedule.json was not written" in said.out
    assert not (tmp_path / "out" / "schedule.json").exists()


def test_every_mistake_is_told_at_once_and_ends_with_65(command: Command, scenario: Path) -> None:
    broken = TEXT.replace("capacity: 40 Mm3", "capacity: -40 Mm3").replace("type: junction", "type: junktion")
    (scenario / "scenario.yaml").write_text(broken, encoding="utf-8")
    said = command("check", scenario)
    assert said.code == 65
    assert re.search(r"scenario\.yaml:\d+:\d+.*junktion", said.err)
    assert re.search(r"scenario\.yaml:\d+:\d+.*capacity", said.err)
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", "nowhere"), 65),
        (("run", "SCENARIO", "--date", "tomorrow"), 2),
        (("run", "SCENARIO", "--date", "2031-02-01"), 65),
        (("run", "SCENARIO", "--policy", "first_come"), 2),
        (("run", "SCENARIO", "--lang", "fr"), 2),
        (("run",), 2),
        (("fly",), 2),
        (("describe", "canul"), 2),
        (("new", "SCENARIO"), 65),
        (("forecast", "nowhere"), 65),
    ],
)
def test_mistakes_have_their_exit_codes_and_no_traceback(
    command: Command, scenario: Path, words: tuple[str, ...], code: int
) -> None:
    said = command(*(str(scenario) if word == "SCENARIO" else word for word in words))
    assert said.code == code
    assert said.err
    assert "Traceback" not in said.err


def test_check(command: Command, scenario: Path) -> None:
    assert command("check", scenario).out == "two_lakes is sound: 18 components, 2 rules, 2 files.\n"


def test_check_reads_the_nightly_configuration_too(command: Command, tmp_path: Path) -> None:
    config = write_bureau(tmp_path / "b", dt.date(2026, 3, 2))
    sound = "bureau is sound: 5 components, 0 rules, 2 files.\nnightly.yaml fits it; sources: 1.\n"
    assert command("check", tmp_path / "b").out.startswith(sound)
    assert command("check", config).out.startswith(sound)
    config.write_text(config.read_text("utf-8") + "critical: [lake.storge]\n", encoding="utf-8")
    said = command("check", tmp_path / "b")
    assert said.code == 65
    assert re.search(r"nightly\.yaml:\d+:\d+.*nobody reads this series.*'lake\.storge'", said.err, re.DOTALL)
    assert "lake.storage" in said.err


def test_schema_is_a_schema(command: Command) -> None:
    schema = json.loads(command("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)


def test_describe(command: Command, scenario: Path) -> None:
    assert "reservoir" in command("describe").out
    assert "conveyance_loss" in command("describe", "canal").out
    assert "lower_river: 下游河段" in command("describe", scenario, "--lang", "zh-TW").out


def test_new_scenario_runs(command: Command, tmp_path: Path) -> None:
    assert command("new", tmp_path / "mine").code == 0
    assert command("run", tmp_path / "mine", "--out", tmp_path / "out").code == 0


def test_forecast(command: Command, scenario: Path, tmp_path: Path) -> None:
    said = command("forecast", scenario, "--out", tmp_path / "expected.csv")
    assert said.code == 0
    assert "storage target" in said.out
    assert (tmp_path / "expected.csv").read_text(encoding="utf-8").startswith("step_start,step_end,component,quantity,low_10")


def test_help_names_every_command(command: Command) -> None:
    said = command("--help")
    assert said.code == 0
    for name in ("run", "compare", "frontier", "check", "schema", "describe", "new", "forecast"):
        assert name in said.out


def test_the_version(command: Command) -> None:
    said = command("--version")
    assert said.code == 0
    assert re.fullmatch(r"waterbalance \d+\.\d+\.\d+\S*\n", said.out)


def test_days_that_are_none_are_refused_before_anything_is_shown(command: Command, scenario: Path, tmp_path: Path) -> None:
    said = command("simulate", scenario, "--from", "2021-02-03", "--to", "2021-02-01", "--out", tmp_path / "out")
    assert said.code == 2
    assert said.err == "a simulation ends on its first day or later; found 2021-02-03 to 2021-02-01\n"


def test_a_type_is_described_in_chinese(command: Command) -> None:
    said = command("describe", "canal", "--lang", "zh-TW")
    assert said.code == 0
    assert "順位目標可用之指標" in said.out


def test_a_program_without_a_command_tells_what_there_is(command: Command) -> None:
    said = command()
    assert "Plan water" in said.out + said.err
    assert "describe" in said.out + said.err


def test_a_page_of_what_is_expected(command: Command, tmp_path: Path) -> None:
    said = command("forecast", ROOT / "scenarios" / "kaohsiung", "--page", tmp_path / "expected.html", "--lang", "zh-TW")
    assert said.code == 0
    page = (tmp_path / "expected.html").read_text(encoding="utf-8")
    assert 'id="figure-fan-zengwen-inflow"' in page
    assert "預測結果" in page
    assert "fan-zengwen-capacity" not in page
