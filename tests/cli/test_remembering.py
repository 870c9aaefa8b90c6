"""`replay`, `store backup` and `store restore` as a user types them."""

import re
import sqlite3
from pathlib import Path

import pytest

from cli.conftest import Command, Said


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'works.sqlite'}"


@pytest.fixture
def run(command: Command, scenario: Path, url: str, tmp_path: Path) -> str:
    """The name of a recorded run."""
    said = command("run", scenario, "--out", tmp_path / "out", "--store", url, "--by", "nightly")
    assert said.code == 0
    return told_run(said)


def told_run(said: Said) -> str:
    found = re.search(r"^Run ([0-9a-f-]{36}): ", said.out, flags=re.MULTILINE)
    assert found is not None
    return found.group(1)


def test_a_run_is_proven(command: Command, run: str, url: str, scenario: Path) -> None:
    (scenario / "scenario.yaml").unlink()
    said = command("replay", run[:8], "--store", url)
    assert said.code == 0
    assert f"Run {run}, plan " in said.out
    assert "plan.csv: the same bytes" in said.out
    assert "schedule.json: the same bytes" in said.out
    assert "Proven" in said.out
    assert "已證實" in command("replay", run, "--store", url, "--lang", "zh-TW").out


def test_a_run_with_limits_near_a_plan_is_proven(command: Command, run: str, url: str, scenario: Path, tmp_path: Path) -> None:
    assert run
    more = ("--previous", tmp_path / "out", "--policy", "water_act", "--node-limit", 50, "--date", "2021-02-06")
    said = command("run", scenario, "--out", tmp_path / "next", "--store", url, "--by", "nightly", *more)
    assert said.code == 0
    assert command("replay", told_run(said), "--store", url).code == 0


def test_what_does_not_come_out_ends_with_65(command: Command, run: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from waterbalance.report import files

    csv = files.plan_csv
    monkeypatch.setattr(files, "plan_csv", lambda plan: csv(plan).replace(",m3", ",m^3"))
    said = command("replay", run, "--store", url)
    assert said.code == 65
    assert "plan.csv: other bytes" in said.out
    assert "schedule.json: the same bytes" in said.out
    assert "Not proven" in said.out


def test_a_store_goes_into_a_file_and_back(command: Command, run: str, url: str, tmp_path: Path) -> None:
    saved = command("store", "backup", tmp_path / "works.zip", "--store", url)
    assert saved.code == 0
    head = re.search(r"ends with ([0-9a-f]{64})", saved.out)
    assert head is not None
    again = f"sqlite:///{tmp_path / 'again.sqlite'}"
    restored = command("store", "restore", tmp_path / "works.zip", "--store", again)
    assert (restored.code, restored.err) == (0, "")
    assert head.group() in restored.out
    assert command("audit-log", "verify", "--head", head.group(1), "--store", again).code == 0
    assert command("replay", run, "--store", again).code == 0
    twice = command("store", "restore", tmp_path / "works.zip", "--store", again)
    assert twice.code == 2
    assert "not empty" in twice.err


def test_what_goes_wrong_is_told(command: Command, run: str, url: str, tmp_path: Path) -> None:
    assert run
    assert command("replay", "nonsense", "--store", url).code == 2
    assert command("store", "backup", tmp_path / "no" / "such" / "folder.zip", "--store", url).code == 2
    assert command("store", "backup", tmp_path / "a.zip", "--store", f"sqlite:///{tmp_path / 'typo.sqlite'}").code == 69
    assert command("store", "restore", tmp_path / "a.zip", "--store", url).code == 65
    (tmp_path / "a.zip").write_text("no archive", encoding="utf-8")
    assert command("store", "restore", tmp_path / "a.zip", "--store", url).code == 65


def test_nobody_says_where_the_store_is(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATERBALANCE_STORE", raising=False)
    for words in (("replay", "abcdef"), ("store", "backup", tmp_path / "a"), ("store", "restore", tmp_path / "a")):
        said = command(*words)
        assert said.code == 2
        assert "nobody says where the store is" in said.err


def test_a_broken_log_is_restored_and_told_with_65(command: Command, run: str, url: str, tmp_path: Path) -> None:
    assert run
    with sqlite3.connect(tmp_path / "works.sqlite") as connection:
        connection.execute("DROP TRIGGER audit_log_no_update")
        connection.execute("UPDATE audit_log SET hash = 'x'")
    connection.close()
    command("store", "backup", tmp_path / "works.zip", "--store", url)
    again = f"sqlite:///{tmp_path / 'again.sqlite'}"
    said = command("store", "restore", tmp_path / "works.zip", "--store", again)
    assert said.code == 65
    assert "was changed" in said.err
    assert command("replay", run, "--store", again).code == 0
