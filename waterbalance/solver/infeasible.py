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
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from waterbalance.horizon import Floats, Integers

LOWER_COUNTS, UPPER_COUNTS = (2, 4), (3, 4)
"""How HiGHS tells which bound of a column belongs to an irreducible set."""

MOST_WAYS = 4
"""How many ways of switching are looked at."""

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


@dataclass(frozen=True)
class Conflict:
    """An irreducible set of rows and bounds that has no solution: without any one of them there would be one."""

    rows: Integers
    lower: Integers
    """Columns whose lower bound belongs to it."""

    upper: Integers
    """Columns whose upper bound belongs to it."""


def conflicting_limits(program: Program) -> Conflict | None:
    """What has no solution even with all switches relaxed; None where there is one."""
    relaxed = replace(program, integer=np.zeros_like(program.integer))
    solver = WarmSolver(relaxed)
    if solver.minimise(np.zeros(program.columns)).usable:
        return None
    rows, columns, bounds = solver.conflict()
    return Conflict(rows, columns[np.isin(bounds, LOWER_COUNTS)], columns[np.isin(bounds, UPPER_COUNTS)])


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
class Way:
    """One way of switching that is impossible, and what conflicts in it."""

    switches: Mapping[int, int]
    """Columns that are held, at 0 or 1."""

    conflict: Conflict


def conflicts_when_switched(program: Program, switches: Integers) -> list[Way]:
    """What conflicts where these switches are whole, each way of switching by itself; all others are relaxed.

    Switches are held one after another, and no further than to where nothing fits.
    """
    found: list[Way] = []

    def hold(held: Mapping[int, int]) -> None:
        lower, upper = program.lower.copy(), program.upper.copy()
        for column, value in held.items():
            lower[column] = upper[column] = value
        conflict = conflicting_limits(replace(program, lower=lower, upper=upper))
        if conflict is not None:
            found.append(Way(held, conflict))
            return
        free = next((int(column) for column in switches if int(column) not in held), None)
        for value in (0, 1):
            if free is not None and program.lower[free] <= value <= program.upper[free] and len(found) < MOST_WAYS:
                hold({**held, free: value})

    hold({})
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
    # A flow below zero is no limit that gives way; a least change that is negative is one.
    lower[columns] = np.where(lower[columns] < 0, -np.inf, 0.0)
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
