"""Programs without a solution: how far they are from one, and what stands in the way.

Everything here is made only when a plan has failed; it may take several times as long as the plan would have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from waterbalance.solver.highs import WarmSolver
from waterbalance.solver.outcome import Have
from waterbalance.solver.program import Program

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from waterbalance.horizon import Floats, Integers

EFFORT = 20.0
"""Most that one question may take; what is not answered by then counts as possible. [s]"""


def impossible(program: Program) -> bool:
    """Whether it is proved that a program has no solution."""
    outcome = WarmSolver(program, time_limit=EFFORT).minimise(np.zeros(program.columns))
    # Without an objective nothing is unbounded: HiGHS then means that there is no solution.
    return outcome.have in {Have.INFEASIBLE, Have.UNBOUNDED}


def first(program: Program, rows: int, columns: int) -> Program:
    """Only the first rows and columns of a program: its first steps, as no row looks at columns of later ones."""
    return Program(
        matrix=sp.csr_array(program.matrix[:rows, :columns]),
        row_lower=program.row_lower[:rows],
        row_upper=program.row_upper[:rows],
        lower=program.lower[:columns],
        upper=program.upper[:columns],
        integer=program.integer[:columns],
        number=program.number[:columns],
    )


def shortest_impossible(program: Program, steps: int) -> int | None:
    """How many of the first steps are impossible together already (1: the first alone); None when all are possible."""
    height, width = program.rows // steps, program.columns // steps
    if not impossible(program):
        return None
    possible, failing = 0, steps
    # The first step alone is asked first: it is where a user looks first, too.
    middle = 1
    while failing - possible > 1:
        if impossible(first(program, middle * height, middle * width)):
            failing = middle
        else:
            possible = middle
        middle = (possible + failing) // 2
    return failing


def conflicting_limits(program: Program) -> tuple[Integers, Integers]:
    """Rows and columns of an irreducible set that has no solution even with all switches relaxed; both empty without one."""
    relaxed = replace(program, integer=np.zeros_like(program.integer))
    solver = WarmSolver(relaxed)
    if solver.minimise(np.zeros(program.columns)).usable:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return solver.conflict()


def conflicting_switches(program: Program, groups: Sequence[Integers]) -> list[int]:
    """The groups of switches whose wholeness conflicts with the rest: a smallest set, by relaxing one after another."""
    integer = program.integer.copy()
    found = []
    for number, columns in enumerate(groups):
        trial = integer.copy()
        trial[columns] = False
        if impossible(replace(program, integer=trial)):
            integer = trial
        else:
            found.append(number)
    return found


@dataclass(frozen=True)
class Relaxation:
    """By how much limits are exceeded (> 0) or fallen short of (< 0), least in total."""

    rows: Floats
    """Shape (rows,)."""

    columns: Floats
    """Shape (columns,)."""


def smallest_relaxation(
    program: Program, soft_rows: npt.NDArray[np.bool_], soft_columns: npt.NDArray[np.bool_]
) -> Relaxation | None:
    """The least total by which soft rows and bounds must give way; None when the hard ones alone have no solution.

    minimise  sum (excess + lack)
    row_lower <= A x - excess + lack <= row_upper,  x - excess <= upper,  x + lack >= lower
    """
    rows, columns = np.flatnonzero(soft_rows), np.flatnonzero(soft_columns)
    bounded = sp.csr_array((np.ones(len(columns)), (np.arange(len(columns)), columns)), shape=(len(columns), program.columns))
    matrix = sp.csr_array(sp.vstack([program.matrix, bounded]))
    lines = np.concatenate([rows, program.rows + np.arange(len(columns))])
    count = len(lines)
    give = sp.csr_array((np.ones(count), (lines, np.arange(count))), shape=(matrix.shape[0], count))
    lower, upper = program.lower.copy(), program.upper.copy()
    # A flow below zero is no limit that gives way.
    lower[columns] = np.minimum(lower[columns], 0.0)
    upper[columns] = np.inf
    elastic = Program(
        matrix=sp.csr_array(sp.hstack([matrix, -give, give])),
        row_lower=np.concatenate([program.row_lower, program.lower[columns]]),
        row_upper=np.concatenate([program.row_upper, program.upper[columns]]),
        lower=np.concatenate([lower, np.zeros(2 * count)]),
        upper=np.concatenate([upper, np.full(2 * count, np.inf)]),
        integer=np.concatenate([program.integer, np.zeros(2 * count, dtype=bool)]),
        number=np.concatenate([program.number, np.zeros(2 * count, dtype=bool)]),
    )
    cost = np.concatenate([np.zeros(program.columns), np.ones(2 * count)])
    outcome = WarmSolver(elastic, time_limit=EFFORT).minimise(cost)
    if not outcome.usable:
        return None
    excess, lack = outcome.values[program.columns :].reshape(2, count)
    given, row_by, column_by = excess - lack, np.zeros(program.rows), np.zeros(program.columns)
    row_by[rows], column_by[columns] = given[: len(rows)], given[len(rows) :]
    return Relaxation(row_by, column_by)
