"""`run` of a scenario with turns: going on from yesterday's orders, and from those of the morning."""

import json
from pathlib import Path

from cli.conftest import Command
from repository import ROOT

HERON = ROOT / "scenarios" / "turns"


def first_row(folder: Path, structure: str) -> str:
    orders = json.loads((folder / "schedule.json").read_text(encoding="utf-8"))["orders"]
    return str(next(each for each in orders if each["structure"] == structure)["rows"][0]["start"])


def taken(folder: Path) -> float:
    orders = json.loads((folder / "schedule.json").read_text(encoding="utf-8"))["orders"]
    return float(next(each for each in orders if each["structure"] == "main")["volume_m3"])


def without_accounts(folder: Path) -> None:
    """The orders alone, as if every field had had what it wanted."""
    told = json.loads((folder / "schedule.json").read_text(encoding="utf-8"))
    del told["turns"]
    (folder / "schedule.json").write_text(json.dumps(told), encoding="utf-8")


def test_turns_go_on_from_the_run_before(command: Command, tmp_path: Path) -> None:
    days = ("--time-limit", 30, "--date", "2026-03-03")
    assert command("run", HERON, "--time-limit", 30, "--out", tmp_path / "first").code == 0
    assert command("run", HERON, *days, "--out", tmp_path / "dry").code == 0
    without_accounts(tmp_path / "first")
    assert command("run", HERON, *days, "--previous", tmp_path / "first", "--out", tmp_path / "next").code == 0
    # Main and north lateral stand full: 1500 + 1200 + 500 m3, and what seeps while they are filled.
    assert taken(tmp_path / "next") < taken(tmp_path / "dry") - 2500.0
    anew = ("--previous", tmp_path / "next", "--at", "14:30", "--out", tmp_path / "anew")
    assert command("run", HERON, *days, *anew).code == 0
    assert first_row(tmp_path / "anew", "main").startswith("2026-03-03T16:00")


def test_a_new_plan_in_the_day_needs_the_orders_of_the_morning(command: Command, tmp_path: Path) -> None:
    said = command("run", HERON, "--at", "15:00", "--out", tmp_path / "out")
    assert said.code == 2
    assert "give --previous" in said.err
    assert "such as 15:00" in command("run", HERON, "--at", "3pm", "--out", tmp_path / "out").err


def test_a_schedule_that_is_none_is_told(command: Command, tmp_path: Path) -> None:
    assert command("run", HERON, "--time-limit", 1, "--out", tmp_path / "first").code == 0
    (tmp_path / "first" / "schedule.json").write_text('{"schema": "other/1"}', encoding="utf-8")
    said = command("run", HERON, "--previous", tmp_path / "first", "--out", tmp_path / "next")
    assert said.code != 0
    assert "its orders are not those of a run" in said.err
