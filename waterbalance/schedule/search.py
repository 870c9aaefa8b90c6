"""The search for a timetable: HiGHS with a first solution, a gap and a limit; it never ends with nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from waterbalance.errors import UsageError
from waterbalance.schedule.mend import mended
from waterbalance.solver.hand_over import hand_over
from waterbalance.solver.heard import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from waterbalance.horizon import Floats, Integers
    from waterbalance.schedule.mend import Switches, Wish
    from waterbalance.solver.program import Program

CALM_GAP = 1e-4
"""How near to the bound a last look is taken at what is good enough. [-]"""

CALM_ROWS = 30_000
"""Largest program that is looked at so: it takes seconds. [-]"""

HELD_GAP = 5e-4
"""How near to the bound a search is taken in which some switches are held. [-]"""

_STOPS = {highspy.HighsModelStatus.kTimeLimit: "time limit", highspy.HighsModelStatus.kSolutionLimit: "node limit"}

RELAXED = 1e-6
"""How near to its optimum the relaxed program is solved. [-]"""

FEASIBILITY = 1e-7
"""By how much a row may be missed. [m3/s]"""

PATIENCE = 4.0
"""How many times its limit the way to any solution at all may take."""


@dataclass(frozen=True)
class Limits:
    """When to stop."""

    gap: float = 0.01
    """Good enough: so far from the bound, relative to the objective. [-]"""

    time: float | None = 60.0
    """Wall clock, after which the result cannot be replayed exactly. [s]"""

    nodes: int | None = None
    """The same in nodes of the search, which can."""


@dataclass(frozen=True)
class Found:
    """The best solution that is known, and how good it can be at most."""

    values: Floats
    objective: float
    bound: float
    stopped_by: str | None
    """None where the gap was reached; otherwise the limit."""

    seconds: float

    @property
    def gap(self) -> float:
        """Distance from the bound, relative to the objective, of which one unit is next to nothing. [-]."""
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), 1.0)


def search(
    program: Program,
    cost: Floats,
    firsts: Sequence[Wish],
    sure: Sequence[Switches],
    kept: tuple[Integers, Integers],
    limits: Limits,
    floor: float = -np.inf,
    known: Switches | None = None,
) -> Found:
    """The least of cost x x, which is known to be no less than `floor`.

    `firsts` hold switches of first solutions by their columns; what they do not hold follows from them. The first that leads to
    a solution counts; where none does, as many of its turns as fit, else the first of those that are `sure`, else all switches at
    0, else whatever is found. Where a solution is `known` by all of its switches, that counts instead unless the first one is
    better. Raises `UsageError` where nothing is found. A better one is looked for only as long as the best is not near enough to
    what the relaxed program could be: first with the coarse switches `kept`, which leaves a small program, then among all. As
    most of the cost is water that has to flow anyhow, or is short, what is near enough may still set gates to and fro for
    nothing, or let a trickle run: the root of a small program takes that out at last, with the second ones kept.
    """
    begun, (coarse, calm) = time.perf_counter(), kept
    start = _start(program, cost, firsts, sure, known, limits)
    if start is None:
        raise UsageError("the turns have no solution: no gate can stay as it is, nor be moved")
    bound = max(floor, _relaxed_bound(program, cost, _left(limits, begun)))
    best = Found(start, float(cost @ start), bound, None, 0.0)
    calms = known is None and limits.nodes != 0 and program.rows <= CALM_ROWS
    for held, share in ((coarse, 0.5), (coarse[:0], 0.75 if calms else 1.0)):
        if best.gap > limits.gap:
            best = _improved(program, cost, best, held, _left(limits, begun, share), HELD_GAP if len(held) else limits.gap)
    if calms and best.gap > CALM_GAP:
        calmed = _improved(program, cost, best, calm, replace(_left(limits, begun), nodes=1), CALM_GAP)
        best = replace(calmed, stopped_by=best.stopped_by or calmed.stopped_by)
    return replace(best, seconds=time.perf_counter() - begun)


def _left(limits: Limits, begun: float, share: float = 1.0) -> Limits:
    """The limits with a share of the time that is left."""
    if limits.time is None:
        return limits
    return replace(limits, time=max(0.0, share * (limits.time - (time.perf_counter() - begun))))


def _improved(program: Program, cost: Floats, known: Found, held: Integers, limits: Limits, gap: float) -> Found:
    """The best solution that differs from a known one in other switches than those held."""
    highs = loaded(program, cost, limits)
    highs.changeColsBounds(len(held), held.astype(np.int32), known.values[held], known.values[held])
    highs.setOptionValue("mip_rel_gap", gap)
    # Corners of a large program are found fastest from within.
    highs.setOptionValue("mip_lp_solver", "choose" if len(held) else "ipm")
    highs.setSolution(program.columns, np.arange(program.columns, dtype=np.int32), known.values)
    run(highs)
    status, info = highs.getModelStatus(), highs.getInfo()
    values, bound = known.values, known.bound
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        found = np.array(highs.getSolution().col_value)
        found[program.integer] = np.round(found[program.integer])
        values = found if cost @ found < cost @ values else values
        if not len(held) and np.isfinite(info.mip_dual_bound):
            bound = max(bound, info.mip_dual_bound)
    # Only the clock makes of a look at a part of the switches what cannot be seen again.
    stopped = None if len(held) and status != highspy.HighsModelStatus.kTimeLimit else _STOPS.get(status)
    return Found(values, float(cost @ values), bound, stopped, 0.0)


def _relaxed_bound(program: Program, cost: Floats, limits: Limits) -> float:
    """What no solution can be below, from row duals y of the relaxed program (Neumaier and Shcherbina 2004).

        bound = sum over rows of y x the side that y stands for + sum over columns of d x the bound that d stands for
        d = cost - matrix' y

    It holds for any y, however exactly they were found.
    """
    highs = loaded(program, cost, limits)
    highs.changeColsIntegrality(
        program.columns, np.arange(program.columns, dtype=np.int32), np.zeros(program.columns, dtype=np.uint8)
    )
    # An interior point is near enough; the way from it to a corner takes many times as long.
    for option, value in {"solver": "ipm", "run_crossover": "off", "ipm_optimality_tolerance": RELAXED}.items():
        highs.setOptionValue(option, value)
    run(highs)
    dual = np.array(highs.getSolution().row_dual)
    if len(dual) != program.rows or highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        # Interrupted: duals from the middle of the way may be far worse than none.
        dual = np.zeros(program.rows)
    # A dual of a side that is not there can only be a rounding error.
    dual = np.where((dual > 0) & np.isinf(program.row_lower) | (dual < 0) & np.isinf(program.row_upper), 0.0, dual)
    reduced = cost - program.matrix.T @ dual
    return _least(dual, program.row_lower, program.row_upper) + _least(reduced, program.lower, program.upper)


def _least(slope: Floats, lower: Floats, upper: Floats) -> float:
    """The least of slope x z for lower <= z <= upper."""
    at = np.where(slope > 0, lower, np.where(slope < 0, upper, 0.0))
    return float(slope @ at)


def _start(
    program: Program,
    cost: Floats,
    firsts: Sequence[Wish],
    sure: Sequence[Switches],
    known: Switches | None,
    limits: Limits,
) -> Floats | None:
    """The better one of the known solution and the first that switches lead to; without a known one whatever is found."""
    begun, whole = time.perf_counter(), replace(limits, time=None, nodes=None)
    patient = limits if limits.time is None else replace(limits, time=PATIENCE * limits.time)
    wished = [each.whole for each in firsts]

    def completed(held: Switches) -> Floats | None:
        return _completed(program, cost, held, _sooner(limits, _left(patient, begun)))

    def in_time(held: Switches) -> Floats | None:
        return None if _left(patient, begun).time == 0.0 else completed(held)

    # With every switch held nothing is left to be searched: that takes as long as it takes.
    reached = None if known is None else _completed(program, cost, known, whole)
    found = _first(completed(held) for held in wished)
    if reached is not None:
        return found if found is not None and cost @ found < cost @ reached else reached
    if found is None:
        found = _first(mended(each, in_time) for each in firsts)
    if found is None:
        found = _first(completed(held) for held in sure)
    if found is None:
        found = _completed(program, cost, dict.fromkeys(np.flatnonzero(program.integer).tolist(), 0.0), whole)
    if found is None:
        # Where only a search can tell whether gates can go on at all, its first solution is good enough, and worth some waiting.
        waiting = replace(patient, nodes=None)
        found = _first(_completed(program, cost, held, _left(waiting, begun), improved=1) for held in (*wished, *sure, {}))
    return found


def _first(found: Iterable[Floats | None]) -> Floats | None:
    """The first that there is."""
    return next((values for values in found if values is not None), None)


def _sooner(limits: Limits, other: Limits) -> Limits:
    """The limits with the time of the other ones where that ends sooner."""
    if limits.time is None or other.time is None:
        return limits
    return replace(limits, time=min(limits.time, other.time))


def _completed(program: Program, cost: Floats, held: Switches, limits: Limits, improved: int | None = None) -> Floats | None:
    """A good solution with these switches, or the first of so many that are each better than the one before; None without."""
    switches = np.flatnonzero(program.integer)
    highs = loaded(program, cost, limits)
    if improved is not None:
        highs.setOptionValue("mip_max_improving_sols", improved)
    columns = np.fromiter(held, dtype=np.int32)
    whole = np.array([held[column] for column in columns], dtype=float)
    highs.changeColsBounds(len(columns), columns, whole, whole)
    highs.changeColsIntegrality(len(columns), columns, np.zeros(len(columns), dtype=np.uint8))
    run(highs)
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    values: Floats = np.array(highs.getSolution().col_value)
    values[switches] = np.round(values[switches])
    return values


def loaded(program: Program, cost: Floats, limits: Limits) -> Any:  # noqa: ANN401 (the binding is partly typed)
    """A solver with the program, ready to run."""
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    options = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "mip_rel_gap": limits.gap,
        "mip_abs_gap": 1e-6,
        "mip_feasibility_tolerance": 1e-6,
        "primal_feasibility_tolerance": FEASIBILITY,
        "time_limit": np.inf if limits.time is None else limits.time,
        "mip_max_nodes": 2**31 - 1 if limits.nodes is None else limits.nodes,
    }
    for option, value in options.items():
        highs.setOptionValue(option, value)
    hand_over(highs, program, cost)
    return highs
