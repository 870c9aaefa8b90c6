"""A skip cannot hide a missing server where everything is checked (the hooks of tests/conftest.py)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from repository import ROOT

TESTS = """
import pytest
from shared_data import needs_shared

def test_that_asks_for_the_folder(shared):
    assert shared.is_dir()

@needs_shared
def test_that_is_marked():
    pass

def test_that_looks_for_something():
    {body}

@pytest.mark.xfail(reason="known", strict=True)
def test_that_is_known_to_fail():
    assert False
"""


def outcome(folder: Path, *, body: str, shared: bool, checking: bool) -> str:
    """The last line that pytest writes about four small tests beside a copy of our conftest."""
    tests = folder / "clone" / "tests"
    tests.mkdir(parents=True)
    for name in ("conftest.py", "outside_libraries.py", "shared_data.py"):
        shutil.copy(ROOT / "tests" / name, tests)
    shutil.copy(ROOT / "pyproject.toml", folder / "clone")
    (tests / "test_four.py").write_text(TESTS.format(body=body), encoding="utf-8")
    if shared:
        (folder / "shared").mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | ({"CI": "true"} if checking else {})
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder / "clone",
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip().splitlines()[-1].partition(" in ")[0]


FOUND = "pass"
NO_SERVER = "pytest.skip('no server')"
NO_RECORD = "pytest.skip('needs ../shared/records')"
NO_EXTRA = "pytest.skip('needs the extra statsforecast')"
NO_LOCKED_EXTRA = "pytest.skip('needs the extra lightgbm')"


@pytest.mark.parametrize(
    ("body", "shared", "checking", "expected"),
    [
        (NO_SERVER, False, False, "3 skipped, 1 xfailed"),
        (NO_RECORD, False, True, "3 skipped, 1 xfailed"),
        (FOUND, False, True, "1 passed, 2 skipped, 1 xfailed"),
        (NO_SERVER, False, True, "1 failed, 2 skipped, 1 xfailed"),
        (NO_RECORD, True, True, "1 failed, 2 passed, 1 xfailed"),
        (FOUND, True, True, "3 passed, 1 xfailed"),
        (NO_EXTRA, True, True, "2 passed, 1 skipped, 1 xfailed"),
        (NO_LOCKED_EXTRA, True, True, "1 failed, 2 passed, 1 xfailed"),
    ],
)
def test_skips(tmp_path: Path, body: str, shared: bool, checking: bool, expected: str) -> None:
    assert outcome(tmp_path, body=body, shared=shared, checking=checking) == expected
