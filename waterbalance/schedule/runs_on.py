"""Gates that run on although nobody wants their water, or their canal is closed: somebody has to see to them.

    closed on a day    = the structure whose water the gate shares out, or one that feeds it, has a capacity of 0 then
    water of a closed gate  = what it takes in slots of such days
    water too much          = brought - wanted, where it is more than the tolerance of fields, of a gate that runs at first

A gate whose canal is closed is shut as soon as somebody can move it, in spite of its minimum run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.opportunity import head_opportunities, turnout_opportunities
from waterbalance.schedule.turn_fields import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan
    from waterbalance.schedule.canal_tree import CanalTree, Gate, Reach
    from waterbalance.schedule.opportunity import Opportunity
    from waterbalance.schedule.running import Running, RunningGate
    from waterbalance.schedule.slots import Booleans, Slots
    from waterbalance.schedule.timetable import Timetable

NEARLY_NOTHING = 1.0
"""Less than this is rounding. [m3]"""


@dataclass(frozen=True)
class Closed:
    """Days on which a structure is closed, shape (steps of the plan,)."""

    structure: str
    days: Booleans


def closed_of(plan: Plan, network: Network, structure: str) -> Closed | None:
    """The structure, or the first that feeds it in a row, with a capacity of 0 on the first day; None where there is none."""
    name, seen = structure, set[str]()
    while name not in seen and (source := getattr(network.components.get(name), "source", None)) is not None:
        capacity = plan.givens.get((name, "capacity"))
        if capacity is not None and capacity[0] <= 0.0:
            return Closed(name, np.asarray(capacity <= 0.0))
        seen.add(name)
        name = str(source)
    return None


def without_minimum_run(running: Running, tree: CanalTree, closed: Mapping[str, Closed]) -> Running:
    """What runs, with nothing left of the minimum runs of gates whose water comes from a closed structure only."""
    idle = set(closed)
    for at, node in enumerate(tree.nodes):
        if node.is_head and _behind(tree, at) and _behind(tree, at) <= set(closed):
            idle.add(node.canal.gate)
    gates = {name: replace(each, hours=math.inf) if name in idle else each for name, each in running.gates.items()}
    return replace(running, gates=gates)


def with_closed(tree: CanalTree, slots: Slots, closed: Mapping[str, Closed], running: Running, first_slot_day: int) -> CanalTree:
    """The tree with turnouts shut while their structure is closed, but for slots in which one that runs cannot be shut yet."""
    masks: dict[str, tuple[bool, ...]] = {}
    for (_, turnout), opportunity in zip(tree.turnouts, turnout_opportunities(tree, slots), strict=True):
        gate, before = turnout.gate, running.gate(turnout.name)
        spent = before.is_open and gate.moves_a_day is not None and before.moves >= gate.moves_a_day
        if turnout.name in closed and not spent:
            on = _on(closed[turnout.name], slots, opportunity, first_slot_day)
            on[: before.slots_as_it_is(gate, opportunity, slots)] = False
            masks[turnout.name] = tuple(on.tolist())

    def reach_of(reach: Reach) -> Reach:
        return replace(reach, turnouts=tuple(replace(each, closed=masks.get(each.name, ())) for each in reach.turnouts))

    return replace(tree, canals=tuple(replace(canal, reaches=tuple(map(reach_of, canal.reaches))) for canal in tree.canals))


def runs_on(timetable: Timetable, closed: Mapping[str, Closed], first_slot_day: int) -> tuple[str, ...]:
    """Notes on gates; `first_slot_day`: number of the day of the plan on which the first slot begins."""
    return (*_heads(timetable, closed, first_slot_day), *_turnouts(timetable, closed, first_slot_day))


def _heads(timetable: Timetable, closed: Mapping[str, Closed], first_slot_day: int) -> Iterator[str]:
    tree, slots = timetable.tree, timetable.slots
    for at, opportunity in head_opportunities(tree, slots).items():
        canal, served = tree.nodes[at].canal, _behind(tree, at)
        if served and served <= set(closed):
            each = closed[min(served)]
            on = (timetable.enter[at] > 0.0) & _on(each, slots, opportunity, first_slot_day)
            volume = float(timetable.enter[at][on].sum()) * slots.seconds
            if volume > NEARLY_NOTHING:
                cause = _cause(canal.head, opportunity, slots, timetable.running.head(canal), on)
                yield _told(canal.gate, slots, opportunity, on, volume, f"although {each.structure} is closed", cause)


def _turnouts(timetable: Timetable, closed: Mapping[str, Closed], first_slot_day: int) -> Iterator[str]:
    tree, slots = timetable.tree, timetable.slots
    for row, opportunity in enumerate(turnout_opportunities(tree, slots)):
        turnout, take, wanted = tree.turnouts[row][1], timetable.take[row], float(timetable.wanted.volume[row])
        running, each = timetable.running.gate(turnout.name), closed.get(turnout.name)
        if each is not None:
            on, why = (take > 0.0) & _on(each, slots, opportunity, first_slot_day), f"although {each.structure} is closed"
            volume = float(take[on].sum()) * slots.seconds
        else:
            on, why = np.cumsum(take <= 0.0) == 0, "more than is wanted of it"
            volume = float(timetable.brought[row]) - wanted
            volume = volume if running.is_open and volume > TOLERANCE * wanted else 0.0
        if volume > NEARLY_NOTHING and on.any():
            cause = _cause(turnout.gate, opportunity, slots, running, on)
            yield _told(turnout.name, slots, opportunity, on, volume, why, cause)


def _behind(tree: CanalTree, at: int) -> set[str]:
    """Turnouts whose water passes a reach."""
    return {turnout.name for place, turnout in tree.turnouts if at in tree.way_to(place)}


def _on(closed: Closed, slots: Slots, opportunity: Opportunity, first_slot_day: int) -> Booleans:
    """Slots that begin at the gate on a day on which the structure is closed."""
    days = np.minimum(slots.days(opportunity.travel) + first_slot_day, len(closed.days) - 1)
    return np.asarray(closed.days[days])


def _cause(gate: Gate, opportunity: Opportunity, slots: Slots, running: RunningGate, on: Booleans) -> str:
    last = int(np.flatnonzero(on)[-1])
    if not opportunity.move[: last + 1].any():
        return "nobody is there to shut it before"
    return "its minimum run lasts" if running.slots_to_go(gate, slots) > last else "it cannot be shut before"


def _told(name: str, slots: Slots, opportunity: Opportunity, on: Booleans, volume: float, why: str, cause: str) -> str:
    which = np.flatnonzero(on)
    begin, end = slots.moment(int(which[0]), opportunity.travel), slots.moment(int(which[-1]) + 1, opportunity.travel)
    told = f"{name} runs on from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}, {volume:,.0f} m3 {why}"
    return f"{told}: {cause}; somebody has to see to it."
