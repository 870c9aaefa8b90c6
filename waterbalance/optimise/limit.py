"""Further upper limits on some columns of a tiled program: orders that may be followed or fallen short of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.optimise.step import Key
    from waterbalance.optimise.tile import Layout
    from waterbalance.solver.program import Program


def limited(program: Program, layout: Layout, at_most: Mapping[Key, Floats]) -> Program:
    """The same program with upper bounds no higher than `at_most`, which has shape (steps,) for each quantity."""
    if not at_most:
        return program
    upper = program.upper.copy()
    for key, values in at_most.items():
        columns = layout.over_time(key)
        upper[columns] = np.maximum(program.lower[columns], np.minimum(upper[columns], values))
    return replace(program, upper=upper)
