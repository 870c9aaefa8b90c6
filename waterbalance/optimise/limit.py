"""Further limits on some columns of a tiled program: orders that may be fallen short of, and orders that are followed."""

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
        upper[columns] = np.maximum(program.lower[columns], np.minimum(upper[columns], values[layout.tree.step]))
    return replace(program, upper=upper)


def followed(program: Program, layout: Layout, orders: Mapping[Key, Floats]) -> Program:
    """The same program with some columns held in its first steps: `orders` has shape (steps that are held,) for each quantity."""
    if not orders:
        return program
    lower, upper, tree = program.lower.copy(), program.upper.copy(), layout.tree
    for key, values in orders.items():
        nodes = np.flatnonzero(tree.step < len(values))
        columns = layout.over_time(key)[nodes]
        lower[columns] = upper[columns] = np.clip(values[tree.step[nodes]], program.lower[columns], program.upper[columns])
    return replace(program, lower=lower, upper=upper)
