"""Every example of the README is true."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from repository import ROOT
from waterbalance import cli
from waterbalance.scenario.forecasters import FORECASTERS

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


def run(line: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", line.split())
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own with the scenarios in it, so that no run writes into the clone."""
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_python(elsewhere: Path) -> None:
    examples = blocks("python")
    assert len(examples) == 5
    # In a process of its own: a type that an example makes is known to its process from then on.
    (elsewhere / "examples.py").write_text("\n".join(examples), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "examples.py"], cwd=elsewhere, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_python_passes_a_strict_type_checker(tmp_path: Path) -> None:
    (tmp_path / "examples.py").write_text("\n".join(blocks("python")), encoding="utf-8")
    # Settings of its own, so that those of this repository do not soften or harden what a reader meets; what the engine
    # itself imports is not the reader's business.
    settings = "[mypy]\nstrict = true\nfollow_imports = silent\n"
    (tmp_path / "mypy.ini").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", "cache", "examples.py"]
    path = {**os.environ, "MYPYPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("elsewhere")
def test_console(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = blocks("console")
    lines = [line.removeprefix("$ ") for line in example.splitlines() if line.startswith("$ ")]
    assert len(lines) == 4
    told = ""
    for line in lines:
        assert run(line, monkeypatch) == 0, line
        told += capsys.readouterr().out
    for line in example.splitlines():
        assert line.startswith("$ ") or line in told


@pytest.mark.usefixtures("elsewhere")
def test_the_reasons_of_the_readme_are_told_like_that(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example, _ = blocks("text")
    assert run("waterbalance explain scenarios/tutorial --component east_fields", monkeypatch) == 0
    assert capsys.readouterr().out == example


def test_the_scenario_of_the_readme_runs(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Pieces of a scenario have no file of their own.
    files = [text for text in (*blocks("yaml"), *blocks("csv")) if text.startswith("# my_scenario/")]
    assert len(files) == 4
    for text in files:
        header, _, rest = text.partition("\n")
        path = elsewhere / header.removeprefix("# ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rest, encoding="utf-8")
    assert run("waterbalance run my_scenario --out out/mine", monkeypatch) == 0


def test_the_mistake_of_the_readme_is_told_like_that(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (text,) = (each for each in blocks("yaml") if each.startswith("# my_scenario/"))
    (elsewhere / "my_scenario").mkdir()
    (elsewhere / "my_scenario" / "scenario.yaml").write_text(
        text.partition("\n")[2].replace("type: reservoir", "type: resevoir"), encoding="utf-8"
    )
    assert run("waterbalance check my_scenario", monkeypatch) == 65
    _, example = blocks("text")
    beginning, _, end = example.strip().partition("...")
    told = capsys.readouterr().err
    assert any(line.strip().startswith(beginning.strip()) and line.endswith(end.strip()) for line in told.splitlines())


def test_the_controllers_of_the_readme_are_sound(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    controllers, issuing = (each for each in blocks("yaml") if each.startswith(("ratings:", "issuing:")))
    shutil.copytree(ROOT / "scenarios" / "tutorial", elsewhere / "mine")
    scenario = (elsewhere / "mine" / "scenario.yaml").read_text(encoding="utf-8")
    canals = "".join(
        f"  {name}: {{type: canal, source: lake, target: east_fields, capacity: 1 m3/s, sources: {{capacity: assumed}}}}\n"
        for name in re.findall(r"structure: (\w+)", controllers)
    )
    scenario = scenario.replace("components:\n", f"components:\n{canals}")
    (elsewhere / "mine" / "scenario.yaml").write_text(f"{scenario}\n{controllers}\n{issuing}", encoding="utf-8")
    assert run("waterbalance check mine", monkeypatch) == 0


def test_every_command_and_forecaster_is_named() -> None:
    for command in cli.app.registered_commands:
        assert command.callback is not None
        assert f"`waterbalance {command.callback.__name__}" in README
    for name in FORECASTERS:
        assert f"`{name}`" in README


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).is_file(), target
