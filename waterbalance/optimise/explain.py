"""When there is no plan: since when, what conflicts there, and the least that would have to give way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, NoPlanError, Place
from waterbalance.solver.infeasible import (
    conflicting_limits,
    conflicting_switches,
    first,
    shortest_impossible,
    smallest_relaxation,
)
from waterbalance.solver.outcome import Have

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Horizon
    from waterbalance.optimise.compile import CompiledStep
    from waterbalance.optimise.tile import Layout
    from waterbalance.solver.highs import WarmSolver
    from waterbalance.solver.outcome import Outcome
    from waterbalance.solver.program import Program

GIVES_WAY = 1e-6
"""Share of the largest by which a limit has to give way that is worth telling. [-]"""


def require_usable(outcome: Outcome, solver: WarmSolver, step: CompiledStep, layout: Layout, horizon: Horizon) -> None:
    """Return when there is a solution; else raise `NoPlanError` with all that is known about why."""
    if outcome.usable:
        return
    if outcome.have not in {Have.INFEASIBLE, Have.UNBOUNDED}:
        raise NoPlanError(
            "no plan: the solver stopped without a solution",
            (Finding(f"it stopped because of {outcome.stop.value}", remedy="Raise the time limit or shorten the horizon."),),
        )
    program = solver.program
    steps = shortest_impossible(program, layout.steps)
    if steps is not None:
        raise NoPlanError("no plan: the physics cannot hold", tuple(Impossible(program, steps, step, layout, horizon).findings()))
    if outcome.have is Have.UNBOUNDED:
        finding = Finding(
            "a goal has no limit",
            remedy="Limit the sources (well_field.capacity, desalination_plant.capacity) or the flows that the goal maximises.",
        )
        raise NoPlanError("no plan: the problem is unbounded", (finding,))
    finding = Finding(
        "the physics can hold, but the goals that are held leave no room for the next one",
        remedy="Give the earlier goals a larger tolerance.",
    )
    raise NoPlanError("no plan: numerical trouble between the goals", (finding,))


class Impossible:
    """The shortest run of first steps that has no solution, in words."""

    def __init__(self, program: Program, steps: int, step: CompiledStep, layout: Layout, horizon: Horizon) -> None:
        self._height, self._width = len(step.rows.names), len(layout.columns)
        self._program = first(program, steps * self._height, steps * self._width)
        self._steps = steps
        self._step = step
        self._layout = layout
        self._horizon = horizon

    def findings(self) -> Iterator[Finding]:
        """Since when, what conflicts, and what would have to give way."""
        yield self._since()
        rows, columns = conflicting_limits(self._program)
        yield from (self._row_conflicts(int(row)) for row in rows)
        yield from (self._column_conflicts(int(column)) for column in columns)
        if not len(rows) and not len(columns):
            yield from self._switches()
        yield from self._relaxation()

    def _since(self) -> Finding:
        day = self._horizon.starts[self._steps - 1]
        if self._steps == 1:
            return Finding(
                "already the first step has no solution, whatever comes later",
                Place(date=str(day)),
                remedy="Look at the state, at the water under way and at the limits of that day.",
            )
        return Finding(
            f"the steps before have a solution, the first {self._steps} together have none",
            Place(date=str(day)),
            remedy="Look at the limits of that day, and at what the steps before can prepare.",
        )

    def _row_conflicts(self, row: int) -> Finding:
        component, name = self._step.rows.names[row % self._height]
        return Finding(
            f"the {_words(name)} cannot hold",
            self._place(component, row // self._height),
            allowed=self._side(row),
            remedy=_CONFLICT,
        )

    def _column_conflicts(self, column: int) -> Finding:
        component, name = self._layout.columns[column % self._width]
        least, most = self._program.lower[column], self._program.upper[column]
        return Finding(
            f"the limits of {_words(name)} cannot hold",
            self._place(component, column // self._width),
            allowed=_range(least, most),
            remedy=_CONFLICT,
        )

    def _switches(self) -> Iterator[Finding]:
        """Limits alone can hold; only switches that must be on or off cannot."""
        whole = np.flatnonzero(self._program.integer)
        owners = [self._layout.columns[column % self._width][0] for column in whole]
        names = list(dict.fromkeys(owners))
        groups = [whole[[owner == name for owner in owners]] for name in names]
        for group in conflicting_switches(self._program, groups):
            switches = groups[group]
            steps = sorted({int(column // self._width) for column in switches})
            on_days = [switches[switches // self._width == t] for t in steps]
            found = conflicting_switches(self._program, on_days) if len(steps) <= MOST_SWITCH_DAYS else []
            for t in [steps[number] for number in found] or steps[-1:]:
                yield Finding(
                    "the limits could hold if this could be half on; on or off it has no solution",
                    self._place(names[group], t),
                    allowed="on or off",
                    remedy="Look at its least flow, filling or minimum times beside the water that must or may pass here.",
                )

    def _relaxation(self) -> Iterator[Finding]:
        """The least that has to give way; balances stay, unless nothing else helps."""
        kind = np.tile(self._step.rows.kind, self._steps)
        volumes = np.asarray(np.abs(self._program.matrix) @ (~self._program.number).astype(float)).ravel() > 0
        limits = (kind != 0) & volumes
        bounds = ~self._program.number & (np.isfinite(self._program.upper) | (self._program.lower > 0))
        relaxation = smallest_relaxation(self._program, limits, bounds)
        if relaxation is None:
            balances = np.tile([name == "balance" for _, name in self._step.rows.names], self._steps)
            relaxation = smallest_relaxation(self._program, limits | balances, bounds)
        if relaxation is None:
            return
        least = GIVES_WAY * max(np.abs(relaxation.rows).max(initial=0.0), np.abs(relaxation.columns).max(initial=0.0))
        for row in np.flatnonzero(np.abs(relaxation.rows) > least):
            component, name = self._step.rows.names[row % self._height]
            yield self._gives(component, name, int(row // self._height), float(relaxation.rows[row]), self._side(int(row)))
        for column in np.flatnonzero(np.abs(relaxation.columns) > least):
            component, name = self._layout.columns[column % self._width]
            allowed = _range(self._program.lower[column], self._program.upper[column])
            yield self._gives(component, name, int(column // self._width), float(relaxation.columns[column]), allowed)

    def _gives(self, component: str, name: str, t: int, by: float, allowed: str | None) -> Finding:
        if name == "balance":
            what = f"{abs(by):,.6g} m3 {'are lacking' if by < 0 else 'have no way out'}"
            remedy = "With that much water more or less here there would be a plan."
        else:
            what = f"smallest relaxation: {_words(name)} {'above' if by > 0 else 'below'} its limit by {abs(by):,.6g} m3"
            remedy = "With this and the other smallest relaxations there would be a plan."
        return Finding(what, self._place(component, t), allowed=allowed, remedy=remedy)

    def _side(self, row: int) -> str | None:
        """What a row allows, where it is a limit with a number of its own."""
        lower, upper = self._program.row_lower[row], self._program.row_upper[row]
        return None if lower == upper else _range(lower, upper)

    def _place(self, component: str, t: int) -> Place:
        return Place(component=component, date=str(self._horizon.starts[t]))


MOST_SWITCH_DAYS = 20
"""How many days of one component's switches are tried one by one."""

_CONFLICT = "These limits contradict each other; one of them must give way, or water needs a way out (spill, outfall)."


def _words(name: str) -> str:
    return name.replace("_", " ")


def _range(least: float, most: float) -> str:
    """Two limits over the step; the open side is left out."""
    if np.isinf(most):
        return f"at least {least:,.6g} m3 over the step"
    return f"at most {most:,.6g} m3 over the step" if np.isinf(least) else f"{least:,.6g} to {most:,.6g} m3 over the step"
