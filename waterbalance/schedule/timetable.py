"""A timetable: what every gate does in every slot, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.first_turns import first_turns
from waterbalance.schedule.floor import least_cost
from waterbalance.schedule.mend import Wish, by_column, turns_of
from waterbalance.schedule.running import AT_REST
from waterbalance.schedule.search import CALM_ROWS, Limits, search
from waterbalance.schedule.steady import steadied
from waterbalance.schedule.turns import pose
from waterbalance.schedule.weights import Weights

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Integers
    from waterbalance.schedule.canal_tree import CanalTree
    from waterbalance.schedule.first_turns import FirstTurns
    from waterbalance.schedule.mend import Switches
    from waterbalance.schedule.running import Running
    from waterbalance.schedule.search import Found
    from waterbalance.schedule.slots import Slots
    from waterbalance.schedule.turns import Columns
    from waterbalance.schedule.wanted import Wanted


@dataclass(frozen=True)
class Timetable:
    """Flows in [m3/s] and switches by slot of the head of the tree; rows in the order of `tree.turnouts` and `tree.nodes`."""

    tree: CanalTree
    slots: Slots
    wanted: Wanted
    take: Floats
    open: Floats
    adjusted: Floats
    enter: Floats
    wet: Floats
    head_adjusted: Floats
    drawn: Floats
    escape: Floats
    objective: float
    bound: float
    gap: float
    """Distance from the bound, relative to the objective. [-]"""

    stopped_by: str | None
    """Which limit ended the search; None where it came as near to the bound as it was asked to."""

    seconds: float
    running: Running = AT_REST
    """What ran when the first slot began."""

    @property
    def brought(self) -> Floats:
        """Volume at each field, shape (turnouts,). [m3]."""
        total: Floats = self.take.sum(axis=1) * self.slots.seconds
        return total

    @property
    def shortfall(self) -> Floats:
        """What each field lacks of what was wanted, shape (turnouts,). [m3]."""
        return np.maximum(self.wanted.volume - self.brought, 0.0)

    @property
    def escaped(self) -> dict[str, float]:
        """What runs over the escapes of each canal, by its name: more than gates take, as the least of its head. [m3]."""
        volumes = self.escape.sum(axis=1) * self.slots.seconds
        found = dict.fromkeys((canal.name for canal in self.tree.canals), 0.0)
        for node, volume in zip(self.tree.nodes, volumes.tolist(), strict=True):
            found[node.canal.name] += volume
        return found

    @property
    def taken(self) -> float:
        """Volume at the head of the tree. [m3]."""
        heads = [at for at, node in enumerate(self.tree.nodes) if node.parent is None]
        return float(self.enter[heads].sum() * self.slots.seconds)


def make_timetable(
    tree: CanalTree,
    slots: Slots,
    wanted: Wanted,
    *,
    weights: Weights | None = None,
    limits: Limits | None = None,
    running: Running = AT_REST,
    known: Timetable | None = None,
) -> Timetable:
    """The best timetable of one tree that the search finds within its limits; at worst that of plain rules, or a known one.

    Raises `UsageError` where gates that run as the first slot begins can neither go on nor be shut.
    """
    chosen = weights or Weights()
    posed = pose(tree, slots, wanted, chosen, running)
    # Gates that run can at least be shut, each as soon as somebody can: as if nothing was wanted.
    nothing = replace(wanted, cumulative=np.zeros_like(wanted.cumulative))
    wished, shut = (first_turns(tree, slots, each, chosen, running) for each in (wanted, nothing))
    firsts = [_wish(posed.columns, one, other) for one, other in zip(wished, shut, strict=True)]
    sure = [_by_column(posed.columns, each) for each in shut]
    runs = posed.columns.open.ravel()
    coarse = np.concatenate([runs, posed.columns.wet.ravel()])
    floor = least_cost(tree, slots, wanted, chosen, running)
    switches = None if known is None else _switches(posed.columns, known)
    found = search(posed.program, posed.cost, firsts, sure, (coarse, runs), limits or Limits(), floor, switches)
    if known is None and posed.program.rows <= CALM_ROWS:
        found = replace(found, values=steadied(posed.program, posed.cost, found.values, _wandering(tree, posed.columns)))
    return replace(_read(tree, slots, wanted, posed.columns, found), running=running)


def _wandering(tree: CanalTree, columns: Columns) -> Integers:
    """Flows of the gates whose moves nobody counts, shape (gates, slots)."""
    turnouts = [row for row, (_, turnout) in enumerate(tree.turnouts) if not turnout.gate.is_counted]
    heads = [at for at, node in enumerate(tree.nodes) if node.is_head and not node.canal.head.is_counted]
    return np.vstack([columns.take[turnouts], columns.enter[heads]])


def _wish(columns: Columns, wished: FirstTurns, shut: FirstTurns) -> Wish:
    """Turns that are wished beside what cannot be shut, and the reaches wet for all of them."""
    numbers, told, kept = (columns.open, columns.adjusted), (wished.open, wished.adjusted), (shut.open, shut.adjusted)
    return Wish(_by_column(columns, replace(shut, wet=wished.wet)), turns_of(numbers, told, kept))


def _by_column(columns: Columns, known: FirstTurns | Timetable) -> Switches:
    """Switches of turnouts and reaches by their columns."""
    return by_column(((columns.open, known.open), (columns.adjusted, known.adjusted), (columns.wet, known.wet)))


def _switches(columns: Columns, known: Timetable) -> Switches:
    """All switches of a timetable by their columns."""
    return {**_by_column(columns, known), **by_column([(columns.head_adjusted, known.head_adjusted)])}


def _read(tree: CanalTree, slots: Slots, wanted: Wanted, columns: Columns, found: Found) -> Timetable:
    def values(numbers: Integers) -> Floats:
        # Adding zero turns the solver's minus zero into plain zero.
        return np.where(np.abs(found.values[numbers]) < 1e-8, 0.0, found.values[numbers]) + 0.0

    return Timetable(
        tree,
        slots,
        wanted,
        take=np.maximum(values(columns.take), 0.0),
        open=values(columns.open),
        adjusted=values(columns.adjusted),
        enter=np.maximum(values(columns.enter), 0.0),
        wet=values(columns.wet),
        head_adjusted=values(columns.head_adjusted),
        drawn=values(columns.drawn),
        escape=values(columns.escape),
        objective=found.objective,
        bound=found.bound,
        gap=found.gap,
        stopped_by=found.stopped_by,
        seconds=found.seconds,
    )
