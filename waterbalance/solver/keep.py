"""A program as a file, for whoever wants to ask another solver why it has no solution."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from waterbalance.errors import OutputError
from waterbalance.solver.hand_over import hand_over

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from waterbalance.solver.program import Program

_UNFIT = re.compile(r"[^A-Za-z0-9_.]+")
"""What no name in such a file may hold."""


def keep_program(program: Program, path: Path, columns: Sequence[str], rows: Sequence[str]) -> None:
    """Write a program in its own units and without an objective; the ending (.mps or .lp) tells the format.

    `columns` and `rows` are its names; characters that the formats do not know become `_`, and a number keeps equal ones apart.
    Raises `OutputError` where the file cannot be written.
    """
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # (the binding is partly typed)
    highs.setOptionValue("output_flag", False)
    hand_over(highs, program, np.zeros(program.columns))
    for names, give in ((columns, highs.passColName), (rows, highs.passRowName)):
        for number, name in enumerate(_plain(names)):
            give(number, name)
    if highs.writeModel(str(path)) == highspy.HighsStatus.kError or not path.is_file():
        raise OutputError(f"the program cannot be written to {path}")


def _plain(names: Sequence[str]) -> list[str]:
    """Names that the formats know, each once.

    >>> _plain(["canal to zone.inflow 2021-03-10", "canal_to zone.inflow 2021-03-10"])
    ['canal_to_zone.inflow_2021_03_10', 'canal_to_zone.inflow_2021_03_10_1']
    """
    found: dict[str, None] = {}
    for number, name in enumerate(names):
        plain = _UNFIT.sub("_", name)
        found[plain if plain not in found else f"{plain}_{number}"] = None
    return list(found)
