"""When there is no plan: since when, what conflicts there, and the least that would have to give way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, NoPlanError, Place
from waterbalance.optimise.extract import ties_of
from waterbalance.solver.infeasible import (
    conflicting_limits,
    conflicting_switches,
    conflicts_when_switched,
    first,
    shortest_impossible,
    smallest_relaxation,
)
from waterbalance.solver.outcome import Have, Stop
from waterbalance.units import FRACTION, VOLUME

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import numpy.typing as npt

    from waterbalance.horizon import Integers
    from waterbalance.optimise.compile import CompiledStep
    from waterbalance.optimise.step import Key
    from waterbalance.optimise.tile import Layout
    from waterbalance.solver.highs import WarmSolver
    from waterbalance.solver.infeasible import Conflict, Relaxation
    from waterbalance.solver.outcome import Outcome
    from waterbalance.solver.program import Program

    Flags = npt.NDArray[np.bool_]

GIVES_WAY = 1e-6
"""Share of the largest by which a limit has to give way that is worth telling. [-]"""


_STOPPED = "it stopped because of "

STOPPED_BY_TIME = f"{_STOPPED}{Stop.TIME_LIMIT.value}"
"""Words of a finding: the seconds were over, so that another machine may come further."""


def require_usable(outcome: Outcome, solver: WarmSolver, step: CompiledStep, layout: Layout, dates: Sequence[str]) -> None:
    """Return when there is a solution; else raise `NoPlanError` with all that is known about why.

    `dates` has the day of every step in the program; where members part, behind them also the days of each branch.
    """
    if outcome.usable:
        return
    if outcome.have not in {Have.INFEASIBLE, Have.UNBOUNDED}:
        raise NoPlanError(
            "no plan: the solver stopped without a solution",
            (Finding(f"{_STOPPED}{outcome.stop.value}", remedy="Raise the time limit or shorten the horizon."),),
        )
    program = solver.program
    steps = shortest_impossible(program, layout.steps)
    if steps is not None:
        raise NoPlanError("no plan: the physics cannot hold", tuple(Impossible(program, steps, step, layout, dates).findings()))
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


def least_giving(
    program: Program, step: CompiledStep, layout: Layout, dates: Sequence[str], owners: Collection[str]
) -> tuple[Finding, ...]:
    """The least by which limits of some components must give way while all others hold; empty where that is not enough."""
    return tuple(Impossible(program, layout.steps, step, layout, dates).least_of(owners))


class Impossible:
    """The shortest run of first steps that has no solution, in words."""

    def __init__(self, program: Program, steps: int, step: CompiledStep, layout: Layout, dates: Sequence[str]) -> None:
        self._height, self._width = len(step.rows.names), len(layout.columns)
        self._program = first(program, steps * self._height, steps * self._width)
        self._steps = steps
        self._step = step
        self._layout = layout
        self._dates = dates
        self._ties = ties_of(step, layout, self._program)

    def findings(self) -> Iterator[Finding]:
        """Since when, what conflicts, and what would have to give way."""
        yield self._since()
        conflict = conflicting_limits(self._program)
        yield from self._switches() if conflict is None else self._conflicts(conflict)
        yield from self._relaxation()

    def _since(self) -> Finding:
        day = self._dates[self._steps - 1]
        if self._steps == 1:
            return Finding(
                "already the first step has no solution, whatever comes later",
                Place(date=day),
                remedy="Look at the state, at the water under way and at the limits of that day.",
            )
        return Finding(
            f"the steps before have a solution, the first {self._steps} together have none",
            Place(date=day),
            remedy="Look at the limits of that day, and at what the steps before can prepare.",
        )

    def _conflicts(self, conflict: Conflict, when: str = "") -> Iterator[Finding]:
        """What conflicts, each limit once; left out are sums, switches, and that there is no water below zero."""
        told: dict[tuple[str, str, str | None], list[int]] = {}
        bounds = [
            *((column, self._program.lower[column], np.inf) for column in conflict.lower if self._program.lower[column] != 0),
            *((column, -np.inf, self._program.upper[column]) for column in conflict.upper),
        ]
        limited = set()
        for column, least, most in bounds:
            key, step = self._ties.column(int(column))
            if key not in self._ties.switch:
                limited.add(key)
                between = _range(least, most, self._ties.units.get(key, _FLOW))
                told.setdefault((key[0], f"the limits of {_words(key[1])} cannot hold", between), []).append(step)
        for row in conflict.rows:
            key, step = self._ties.row(int(row))
            if key[1] not in SUMS and key not in limited:
                told.setdefault((key[0], f"the {_words(key[1])} cannot hold", self._side(int(row))), []).append(step)
        for number, ((component, what, allowed), steps) in enumerate(told.items(), start=1):
            since = f" since {self._dates[min(steps)]}" if len(steps) > 1 else ""
            place = self._place(component, max(steps))
            # In full behind the last of those that contradict each other.
            remedy = _CONFLICT if number == len(told) else _ONE_OF_THEM
            yield Finding(f"{when}{what}{since}", place, allowed=allowed, remedy=remedy)

    def _switches(self) -> Iterator[Finding]:
        """Limits alone can hold; only switches that must be on or off cannot."""
        whole = np.flatnonzero(self._program.integer)
        owners = [self._layout.columns[column % self._width][0] for column in whole]
        names = list(dict.fromkeys(owners))
        groups = [whole[[owner == name for owner in owners]] for name in names]
        conflicting = []
        for group in conflicting_switches(self._program, groups):
            switches = groups[group]
            steps = sorted({int(column // self._width) for column in switches})
            on_days = [switches[switches // self._width == t] for t in steps]
            found = conflicting_switches(self._program, on_days) if len(steps) <= MOST_SWITCH_DAYS else []
            conflicting += [on_days[number] for number in found] or [switches]
            for t in [steps[number] for number in found] or steps[-1:]:
                yield Finding(
                    "the limits could hold if this could be half on; on or off it has no solution",
                    self._place(names[group], t),
                    allowed="on or off",
                    remedy="Look at its least flow, filling or minimum times beside the water that must or may pass here.",
                )
        if conflicting:
            yield from self._when_switched(np.concatenate(conflicting))

    def _when_switched(self, switches: Integers) -> Iterator[Finding]:
        """What conflicts with each way of switching."""
        for way in conflicts_when_switched(self._program, switches):
            held = []
            for column, value in way.switches.items():
                (component, name), step = self._ties.column(column)
                held.append(f"{_words(name)} of {component} {'on' if value else 'off'} ({self._dates[step]})")
            yield from self._conflicts(way.conflict, f"with {', '.join(held)}: ")

    def _relaxation(self) -> Iterator[Finding]:
        """The least that has to give way; balances stay, unless nothing else helps."""
        limits, bounds = self._soft()
        relaxation = smallest_relaxation(self._program, limits, bounds)
        if relaxation is None:
            balances = np.tile([name == "balance" for _, name in self._step.rows.names], self._steps)
            relaxation = smallest_relaxation(self._program, limits | balances, bounds)
        yield from self._given(relaxation)

    def least_of(self, owners: Collection[str]) -> Iterator[Finding]:
        """What limits of some components have to give when nobody else's do."""
        limits, bounds = self._soft()
        of_rows = np.tile([component in owners for component, _ in self._step.rows.names], self._steps)
        of_columns = np.tile([component in owners for component, _ in self._layout.columns], self._steps)
        yield from self._given(smallest_relaxation(self._program, limits & of_rows, bounds & of_columns))

    def _soft(self) -> tuple[Flags, Flags]:
        """Rows and columns that are limits of water."""
        kind = np.tile(self._step.rows.kind, self._steps)
        volumes = np.asarray(np.abs(self._program.matrix) @ (~self._program.number).astype(float)).ravel() > 0
        lower = self._program.lower
        bounds = ~self._program.number & (np.isfinite(self._program.upper) | (np.isfinite(lower) & (lower != 0)))
        return (kind != 0) & volumes, bounds

    def _given(self, relaxation: Relaxation | None) -> Iterator[Finding]:
        if relaxation is None:
            return
        least = GIVES_WAY * max(np.abs(relaxation.rows).max(initial=0.0), np.abs(relaxation.columns).max(initial=0.0))
        for row in np.flatnonzero(np.abs(relaxation.rows) > least):
            by = float(relaxation.rows[row]) * (-1.0 if self._asks_for(int(row)) else 1.0)
            unit = self._ties.unit_of_row(int(row)) or VOLUME
            yield self._gives(*self._ties.row(int(row)), by, unit, self._side(int(row)))
        for column in np.flatnonzero(np.abs(relaxation.columns) > least):
            key, t = self._ties.column(int(column))
            unit = self._ties.units.get(key, _FLOW)
            allowed = _range(self._program.lower[column], self._program.upper[column], unit)
            yield self._gives(key, t, float(relaxation.columns[column]), unit, allowed)

    def _gives(self, key: Key, t: int, by: float, unit: str, allowed: str | None) -> Finding:
        amount = f"{abs(by):,.6g} {'m3' if unit == _FLOW else unit}"
        if key[1] == "balance":
            what = f"{amount} {'are lacking' if by < 0 else 'have no way out'}"
            remedy = "With that much water more or less here there would be a plan."
        else:
            what = f"smallest relaxation: {_words(key[1])} {'above' if by > 0 else 'below'} its limit by {amount}"
            remedy = "With this and the other smallest relaxations there would be a plan."
        return Finding(what, self._place(key[0], t), allowed=allowed, remedy=remedy)

    def _asks_for(self, row: int) -> bool:
        """Whether a limit asks for water: written as -water + ... <= side."""
        columns, entries = self._ties.entries(row)
        water = [entry for column, entry in zip(columns, entries, strict=True) if not self._is_number(int(column))]
        return self._ties.is_limit(row) and bool(water) and all(entry < 0 for entry in water)

    def _is_number(self, column: int) -> bool:
        return self._ties.is_number(self._ties.column(column)[0])

    def _side(self, row: int) -> str | None:
        """What a row allows, where it is a limit with a number of its own."""
        _, entries = self._ties.entries(row)
        if not self._ties.is_limit(row) or not ((entries > 0).all() or (entries < 0).all()):
            return None
        side, unit = self._ties.side(row), self._ties.unit_of_row(row) or VOLUME
        if side < 0:
            return f"nothing more: {-side:,.6g} {unit} too much already"
        at_least = np.isinf(self._program.row_upper[row]) == bool((entries > 0).all())
        return _range(side if at_least else -np.inf, np.inf if at_least else side, unit)

    def _place(self, component: str, t: int) -> Place:
        return Place(component=component, date=self._dates[t])


SUMS = {"arrivals", "departures"}
"""Rows that only add up what others say."""

STANDS = "limit of what stands still"
"""The word for `flow <= capacity x running`."""

_FLOW = "m3 over the step"

MOST_SWITCH_DAYS = 20
"""How many days of one component's switches are tried one by one."""

_ONE_OF_THEM = "This or another of these must give way."

_CONFLICT = "These limits contradict each other; one of them must give way, or water needs a way out (spill, outfall)."


def _words(name: str) -> str:
    own, space, which = name.partition(" ")
    return f"{STANDS if own == 'off' else own}{space}{which}".replace("_", " ")


def _range(least: float, most: float, unit: str) -> str:
    """Two limits; the open side is left out."""
    words = "" if unit == FRACTION else f" {unit}"
    if np.isinf(most):
        return f"at least {least:,.6g}{words}"
    return f"at most {most:,.6g}{words}" if np.isinf(least) else f"{least:,.6g} to {most:,.6g}{words}"
