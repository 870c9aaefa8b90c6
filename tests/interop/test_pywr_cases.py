"""All cases of Pywr's own test suite that are single models: imported, simulated, and compared number by number."""

import re
from pathlib import Path
from typing import Any

import pytest

from interop.pywr_cases import cases, misses
from repository import ROOT
from shared_data import needs_shared

CASES = cases()
SINGLE = [case for case in CASES if case["kind"] == "model"]

MISSES: dict[str, str] = {}
"""Case -> why its numbers do not come out. Each stands in the table of the README as well."""


@needs_shared
@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in SINGLE])
def test_the_numbers_are_those_of_pywr(case: dict[str, Any], tmp_path: Path) -> None:
    found = misses(case, tmp_path)
    if case["id"] in MISSES:
        assert found, f"{case['id']} comes out now: {MISSES[case['id']]} is no reason any more"
    else:
        assert [str(each) for each in found] == []


@needs_shared
def test_the_readme_tells_the_count() -> None:
    row = re.search(
        r"^\| Pywr 1\.x .*\| (\d+) \| (\d+) \| (\d+) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert row is not None
    assert tuple(map(int, row.groups())) == (len(CASES), len(SINGLE) - len(MISSES), len(CASES) - len(SINGLE) + len(MISSES))
