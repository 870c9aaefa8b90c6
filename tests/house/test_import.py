"""`import waterbalance` does nothing but make names: a web service may do it at any time."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HEAVY = {
    "pandas",
    "pyomo",
    "highspy",
    "statsmodels",
    "pvlib",
    "scipy",
    "pyarrow",
    "plotly",
    "pint",
    "sqlalchemy",
    "typer",
    "rich",
}

PROBE = """
import json, logging, os, signal, sys, threading, warnings

def world():
    return {
        "handlers": [repr(handler) for handler in logging.getLogger().handlers],
        "level": logging.getLogger().level,
        "filters": [repr(entry) for entry in warnings.filters],
        "environment": dict(os.environ),
        "threads": threading.active_count(),
        "folder": os.getcwd(),
        "interrupt": repr(signal.getsignal(signal.SIGINT)),
        "hook": repr(sys.excepthook),
    }

before = world()
import waterbalance
after = world()
json.dump({"before": before, "after": after, "modules": sorted(sys.modules)}, sys.stderr)
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("elsewhere")
    done = subprocess.run([sys.executable, "-c", PROBE], cwd=folder, check=True, capture_output=True, text=True)
    return {"stdout": done.stdout, "written": list(folder.iterdir()), **json.loads(done.stderr)}


def test_import_leaves_the_process_as_it_was(imported: dict[str, Any]) -> None:
    assert imported["after"] == imported["before"]


def test_import_says_and_writes_nothing(imported: dict[str, Any]) -> None:
    assert imported["stdout"] == ""
    assert imported["written"] == []


def test_import_waits_with_the_heavy_libraries(imported: dict[str, Any]) -> None:
    modules = {name.partition(".")[0] for name in imported["modules"]}
    assert "waterbalance" in modules
    assert modules & HEAVY == set()
