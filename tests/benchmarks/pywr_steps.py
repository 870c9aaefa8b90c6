"""A year of Pywr's kind, step by step without a look ahead: seconds a step, beside the numbers of Pywr.

    PYTHONPATH=tests python tests/benchmarks/pywr_steps.py

The simulation alone is timed, with its compilation and its audit; not the import and the reading.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from interop.pywr_systems import TIES, compared

NAMES = ("tree_25", "mesh_25", "tree_100", "mesh_100", "tree_400", "mesh_400")
RUNS = 3


def main() -> None:
    """One row for each system; the fastest of some runs."""
    for name in NAMES:
        seconds = []
        for _ in range(RUNS):
            with tempfile.TemporaryDirectory() as folder:
                difference, took = compared(name, Path(folder) / "scenario")
            seconds.append(took)
        others = np.delete(difference, TIES.get(name, ()))
        sys.stdout.write(f"| {name} | {min(seconds):.2f} | {min(seconds) / len(difference) * 1e3:.2f} | {others.max():.0e} |\n")


if __name__ == "__main__":
    main()
