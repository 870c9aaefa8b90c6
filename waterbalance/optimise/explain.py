"""When there is no plan: name what conflicts, where and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import Finding, NoPlanError, Place
from waterbalance.solver.outcome import Have

if TYPE_CHECKING:
    from waterbalance.horizon import Horizon
    from waterbalance.optimise.compile import CompiledStep
    from waterbalance.optimise.tile import Layout
    from waterbalance.solver.highs import WarmSolver
    from waterbalance.solver.outcome import Outcome


def require_usable(outcome: Outcome, solver: WarmSolver, step: CompiledStep, layout: Layout, horizon: Horizon) -> None:
    """Return when there is a solution; else raise `NoPlanError` with the smallest set of rules that conflict."""
    if outcome.usable:
        return
    if outcome.have is Have.UNBOUNDED:
        finding = Finding(
            "a goal has no limit, or the physics cannot hold",
            remedy="Limit the sources (well_field.capacity, desalination_plant.capacity) or the flows that the goal maximises.",
        )
        raise NoPlanError("no plan: the problem is unbounded", (finding,))
    if outcome.have is not Have.INFEASIBLE:
        raise NoPlanError(
            "no plan: the solver stopped without a solution",
            (Finding(f"it stopped because of {outcome.stop.value}", remedy="Raise the time limit or shorten the horizon."),),
        )
    raise NoPlanError("no plan: the physics cannot hold", _conflict(solver, step, layout, horizon))


def _conflict(solver: WarmSolver, step: CompiledStep, layout: Layout, horizon: Horizon) -> tuple[Finding, ...]:
    solver.drop_added()
    rows, columns = solver.conflict()
    height, width = len(step.rows.names), len(layout.columns)
    findings = []
    for row in rows:
        component, name = step.rows.names[row % height]
        findings.append(_finding(component, f"the {name.replace('_', ' ')} cannot hold", horizon, int(row // height)))
    for column in columns:
        component, name = layout.columns[column % width]
        findings.append(_finding(component, f"the limits of {name} cannot hold", horizon, int(column // width)))
    return tuple(findings) or (Finding("only switches conflict", remedy="Look at capacities of canals with a fill_volume."),)


def _finding(component: str, what: str, horizon: Horizon, t: int) -> Finding:
    return Finding(
        what,
        Place(component=component, date=str(horizon.starts[t])),
        remedy="These limits contradict each other; one of them must give way, or water needs a way out (spill, outfall).",
    )
