"""A command loads no library that it does not use: each would cost every night, and every look at the help, its seconds."""

import subprocess
import sys
from pathlib import Path

import pytest

from two_lakes import write_two_lakes

HELP_WAITS = {"pandas", "pyomo", "highspy", "scipy", "numpy", "pydantic", "pint", "sqlalchemy", "jinja2", "plotly"}
"""What telling the help needs none of."""

PLAN_WAITS = {
    "asyncio",
    "cryptography",
    "holidays",
    "matplotlib",
    "openpyxl",
    "pint",
    "pvlib",
    "pyomo.environ",
    "scipy.signal",
    "sqlalchemy",
    "statsmodels",
}
"""What planning a small scenario, without a store and with usual units, needs none of.

Not `scipy.stats`: Pyomo loads it wherever both libraries are loaded, and its compiler asks for it.
"""

PROBE = """
import sys
from waterbalance.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("\\n".join(sorted(sys.modules)), file=sys.stderr)
"""


def loaded(folder: Path, *words: str) -> set[str]:
    """The modules of a process after a command."""
    done = subprocess.run([sys.executable, "-c", PROBE, *words], cwd=folder, check=True, capture_output=True, text=True)
    return set(done.stderr.splitlines())


def test_the_help_loads_no_engine(tmp_path: Path) -> None:
    modules = loaded(tmp_path, "--help")
    assert "typer" in modules
    assert modules & HELP_WAITS == set()


@pytest.mark.parametrize("command", ["check", "run"])
def test_planning_loads_what_it_uses(tmp_path: Path, command: str) -> None:
    write_two_lakes(tmp_path / "two_lakes")
    modules = loaded(tmp_path, command, "two_lakes")
    assert {"pyomo.core", "waterbalance.optimise.compile"} <= modules
    assert modules & PLAN_WAITS == set()
