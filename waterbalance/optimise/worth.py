"""What one cubic metre more is really worth to a goal: earlier goals take their part of it first.

A pass minimises c_k x with every earlier goal j held at its best value b_j. Its duals y_k and m_kj tell what its optimum
changes with a limit of the network, and with b_j, each alone. One unit more of the network's limit changes b_j as well, by
what it is worth to goal j:

    worth_k = y_k + sum over j < k of m_kj x per_goal_j x worth_j

Without the sum a goal seems to gain what an earlier one would have taken: with a storage below its dead pool, the water that
fills it. A goal with equity holds the level of every share besides its total, and these levels fall with more water, too:
what such a goal, while it is short, would gain by in its pass before sharing is worth nothing to later goals.

Method: the chain rule along the lexicographic optimum; sensitivity of a linear program to its right-hand side as in
Dantzig (1963), Linear Programming and Extensions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.horizon import Floats
    from waterbalance.optimise.rank import Ranked
    from waterbalance.solver.outcome import Outcome
    from waterbalance.solver.program import Program

GAIN = 1e-6
"""A goal that would gain less by a cubic metre does not take it. [goal/m3]"""


def worths(ranked: Sequence[Ranked], program: Program) -> tuple[tuple[Floats, Floats], ...]:
    """For each goal the worth of its rows and columns, shapes (rows,) and (columns,) of the network's program. [goal/m3]."""
    rows, columns = len(program.row_lower), program.columns
    found: list[tuple[Floats, Floats]] = []
    taken: list[tuple[Floats, Floats]] = []
    for number, each in enumerate(ranked):
        row, column = _chained(each.outcome, ranked[:number], found, rows, columns)
        for row_taken, column_taken in taken:
            row, column = _left(row, row_taken), _left(column, column_taken)
        if each.unshared is not None:
            taken.append(_chained(each.unshared, ranked[:number], found, rows, columns))
        found.append((row, column))
    return tuple(found)


def _chained(
    outcome: Outcome, before: Sequence[Ranked], worth: Sequence[tuple[Floats, Floats]], rows: int, columns: int
) -> tuple[Floats, Floats]:
    """The duals of a pass, with what its held goals move."""
    duals = outcome.row_dual
    row, column = duals[:rows].copy(), outcome.column_dual[:columns].copy()
    for earlier, (row_worth, column_worth) in zip(before, worth, strict=True):
        if earlier.frozen is None or earlier.frozen.row >= len(duals):
            continue
        share = float(duals[earlier.frozen.row]) * earlier.frozen.per_goal
        row += share * row_worth
        column += share * column_worth
    return row, column


def _left(mine: Floats, theirs: Floats) -> Floats:
    """What is left where an earlier goal gains by the same unit."""
    return np.where((mine * theirs > 0) & (np.abs(theirs) > GAIN), 0.0, mine)
