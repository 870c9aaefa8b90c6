"""Copies of the tutorial with one thing changed, and what the reader says about them."""

import shutil
from pathlib import Path

import pytest

from repository import ROOT
from waterbalance.errors import Finding, InputError
from waterbalance.scenario import read_scenario

TUTORIAL = ROOT / "scenarios" / "tutorial"


def copy_of_tutorial(to: Path) -> Path:
    shutil.copytree(TUTORIAL, to / "tutorial")
    return to / "tutorial"


def changed(folder: Path, old: str, new: str, file: str = "scenario.yaml") -> Path:
    """The folder, with the one place where `old` stands replaced."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


def findings_about(folder: Path) -> tuple[Finding, ...]:
    """What the reader complains about; there must be something."""
    with pytest.raises(InputError) as caught:
        read_scenario(folder)
    assert caught.value.exit_code == 65
    assert caught.value.findings
    return caught.value.findings


def line_of(folder: Path, text: str, file: str = "scenario.yaml") -> int:
    """Number of the one line that holds `text`."""
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    numbers = [number for number, line in enumerate(lines, start=1) if text in line]
    assert len(numbers) == 1, f"{text!r} stands in lines {numbers}"
    return numbers[0]
