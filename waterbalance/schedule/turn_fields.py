"""The equations of fields: what is brought, what is short, and what is out of its time.

    brought + short >= wanted,  brought <= most = max((1 + tolerance) wanted, what cannot be kept from it)
    brought until then - early + late = wanted until then,  at every look
    brought <= most x sum of start, for every reach on the way that was not in use     (tightens the relaxation)

    brought since the look before <= wanted since then x (open when that was + sum of on since then) + early + late then,
        and so with wet and start of every reach on the way

The last one, too, only tightens the relaxation: water that is neither early at the one look nor late at the other one is what was
wanted between them, and needs a gate and a way that are open then. It is an (l, S) inequality with backlogs (Barany, Van Roy and
Wolsey 1984, doi:10.1287/mnsc.30.10.1255).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.opportunity import turnout_opportunities

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Integers
    from waterbalance.schedule.canal_tree import CanalTree
    from waterbalance.schedule.equations import Equations
    from waterbalance.schedule.running import Running
    from waterbalance.schedule.slots import Slots
    from waterbalance.schedule.wanted import Wanted
    from waterbalance.schedule.weights import Weights

TOLERANCE = 0.01
"""By how much of its volume a field may have more or less than was wanted. [-]"""


@dataclass(frozen=True)
class Looks:
    """When a field is looked at, and its columns; all of shape (looks,)."""

    at: Integers
    """Slots at whose end it is."""

    wanted: Floats
    """Since the look before, as a flow over one slot. [m3/s]"""

    brought: Integers
    early: Integers
    late: Integers


def most_of(tree: CanalTree, slots: Slots, wanted: Wanted, running: Running) -> Floats:
    """What each field may have at most: a hair more than is wanted, or what nobody can keep from it; shape (turnouts,). [m3]."""
    unavoidable = [
        running.gate(turnout.name).unavoidable(turnout.gate, opportunity, slots, stays=tree.stays_open(place))
        for (place, turnout), opportunity in zip(tree.turnouts, turnout_opportunities(tree, slots), strict=True)
    ]
    return np.maximum((1.0 + TOLERANCE) * wanted.volume, unavoidable)


def brought_to(
    equations: Equations, slots: Slots, wanted: Wanted, most: Floats, take: Integers, weights: Weights
) -> tuple[Integers, tuple[Looks, ...]]:
    """Volumes as flows over one slot, so that all columns are of one size."""
    volume, until, most = wanted.volume / slots.seconds, wanted.cumulative / slots.seconds, most / slots.seconds
    short = equations.columns(len(volume), upper=volume, cost=weights.shortage * slots.seconds)
    looks, found = wanted.weights(slots.hours), []
    for row in range(len(volume)):
        equations.total((1.0, take[row]), (1.0, short[row : row + 1]), lower=volume[row])
        equations.total((1.0, take[row]), upper=most[row])
        at = np.flatnonzero(looks[row])
        cost = weights.out_of_time * slots.seconds * looks[row, at]
        early, late = (equations.columns(len(at), upper=most[row], cost=cost) for _ in range(2))
        brought = equations.columns(len(at), upper=most[row])
        since = np.concatenate([[0], at + 1])[:-1]
        for number, (first, last) in enumerate(zip(since, at, strict=True)):
            before = brought[number - 1 : number] if number else brought[:0]
            now = brought[number : number + 1]
            equations.total((1.0, take[row, first : last + 1]), (1.0, before), (-1.0, now), lower=0.0, upper=0.0)
        equations.rows((1.0, brought), (-1.0, early), (1.0, late), lower=until[row, at], upper=until[row, at])
        found.append(Looks(at, np.diff(until[row, at], prepend=0.0), brought, early, late))
    return short, tuple(found)


def open_in_time(
    equations: Equations,
    tree: CanalTree,
    looks: tuple[Looks, ...],
    gates: tuple[Integers, Integers],
    reaches: tuple[Integers, Integers],
) -> None:
    """Says nothing new of whole switches, as `filled_at_all`: what is brought between looks needs a gate and a wet way then."""
    (open_, on), (wet, start) = gates, reaches
    in_use: dict[tuple[int, int, int], Integers] = {}
    for row, (place, _) in enumerate(tree.turnouts):
        each = looks[row]
        for number, last in enumerate(each.at.tolist()):
            first = 0 if number == 0 else int(each.at[number - 1]) + 1
            opened = _at_some_time(equations, open_[row], on[row], first, last)
            for at in tree.way_to(place):
                if (at, first, last) not in in_use:
                    in_use[at, first, last] = _at_some_time(equations, wet[at], start[at], first, last)
            now, before = slice(number, number + 1), slice(max(0, number - 1), number)
            brought = (1.0, each.brought[now]), (-1.0, each.brought[before]), (-1.0, each.early[now]), (-1.0, each.late[before])
            for used in (opened, *(in_use[at, first, last] for at in tree.way_to(place))):
                equations.total(*brought, (-each.wanted[number], used), upper=0.0)


def _at_some_time(equations: Equations, state: Integers, begun: Integers, first: int, last: int) -> Integers:
    """At least 1 where a switch is on in one of the slots `first` to `last`; `state` has the slot before the first as well."""
    found = equations.columns(1, upper=last - first + 2.0)
    equations.total((1.0, found), (-1.0, state[first : first + 1]), (-1.0, begun[first : last + 1]), lower=0.0, upper=0.0)
    return found


def filled_at_all(
    equations: Equations, tree: CanalTree, slots: Slots, most: Floats, take: Integers, start: Integers, running: Running
) -> None:
    """Says nothing new of whole switches, but keeps shares of them from serving a field out of a share of a filling."""
    for row, (place, _) in enumerate(tree.turnouts):
        for at in tree.way_to(place):
            if not running.is_wet(tree, at):
                equations.total((1.0, take[row]), (-most[row] / slots.seconds, start[at]), upper=0.0)
