"""A matrix of links, solved: its program, its optimum and its plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, NoPlanError, Place
from waterbalance.interop.calvin.check import check
from waterbalance.interop.calvin.demands import demands_of
from waterbalance.interop.calvin.plan import plan_of
from waterbalance.interop.calvin.program import alike, program_of
from waterbalance.interop.calvin.read_links import read_links
from waterbalance.solver.long import LongSolver
from waterbalance.solver.outcome import Have

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.interop.calvin.links import Links
    from waterbalance.plan.plan import Plan
    from waterbalance.solver.outcome import Outcome
    from waterbalance.solver.program import Program


@dataclass(frozen=True)
class Solved:
    """What a matrix brought."""

    links: Links
    program: Program
    outcome: Outcome
    plan: Plan


def solve_matrix(path: Path, demands: Path | None = None) -> Solved:
    """Read a matrix (.csv or .csv.gz), solve it, and tell its plan; `demands` is a list of links (column `link`).

    Raises `InputError` where a file is wrong, `NoPlanError` where the matrix has no optimum or its balances do not close.
    """
    links = read_links(path)
    marked = demands_of(links, demands)
    program = program_of(links)
    outcome = LongSolver(program, alike(links)).minimise(links.cost)
    if outcome.have is not Have.OPTIMUM:
        raise NoPlanError("the matrix has no plan", (_why(path, links, outcome),))
    findings = check(links, outcome.values)
    if findings:
        raise NoPlanError("the check without the solver found something", findings)
    return Solved(links, program, outcome, plan_of(links, outcome, marked))


def _why(path: Path, links: Links, outcome: Outcome) -> Finding:
    where = Place(str(path))
    if outcome.have is Have.UNBOUNDED:
        remedy = "Look for links without an upper bound whose cost is below zero, in a circle or from SOURCE to SINK."
        return Finding("more and more water could be paid for without an end", where, None, "bounded benefits", remedy)
    if outcome.have is Have.INFEASIBLE:
        remedy = "Add debug links (DBUGSRC, DBUGSNK) to see where and when water lacks, or widen bounds."
        if links.debug.any():
            remedy = "Widen bounds: not even its debug links close every balance."
        return Finding("its bounds and balances contradict each other", where, None, "a matrix with a solution", remedy)
    return Finding("HiGHS ended without an answer", where, outcome.stop.value, None, "Look for bounds and costs far apart.")
