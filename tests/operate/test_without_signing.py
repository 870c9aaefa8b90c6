"""What needs no signature needs no library for it."""

import subprocess
import sys

SCRIPT = """
import sys
sys.modules["cryptography"] = None
import waterbalance.cli
import waterbalance.operate.issuing.deliver
import waterbalance.operate.issuing.issue
import waterbalance.operate.issuing.recall
import waterbalance.operate.issuing.send
from pathlib import Path
from waterbalance.cli.issuing import trusted
try:
    trusted(Path("."))
except Exception as error:
    print(type(error).__name__, error)
"""


def test_the_way_to_the_gate_begins_without_cryptography() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "UsageError" in done.stdout
    assert "waterbalance[signing]" in done.stdout
