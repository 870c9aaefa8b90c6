"""Gates that run on although nobody wants their water, or their canal is closed: somebody has to see to them.

    closed on a day    = the structure whose water the gate shares out, or one that feeds it, has a capacity of 0 then
    water of a closed gate  = what it takes in slots that meet such days
    water too much          = brought - wanted, where it is more than the tolerance of fields, of a gate that runs at first

A gate whose canal closes is shut before, or as soon as somebody can move it, in spite of its minimum run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.opportunity import head_opportunities, turnout_opportunities
from waterbalance.schedule.slots import MOMENT
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
    """The structure, and those that feed it in a row, on the days on which one has a capacity of 0; None where there are none."""
    name, seen, found = structure, set[str](), list[Closed]()
    while name not in seen and (source := getattr(network.components.get(name), "source", None)) is not None:
        capacity = plan.givens.get((name, "capacity"))
        if capacity is not None and np.any(capacity <= 0.0):
            found.append(Closed(name, np.asarray(capacity <= 0.0)))
        seen.add(name)
        name = str(source)
    names = " or ".join(each.structure for each in found)
    return Closed(names, np.any([each.days for each in found], axis=0)) if found else None


def without_minimum_run(
    running: Running, tree: CanalTree, slots: Slots, closed: Mapping[str, Closed], first_slot_day: int
) -> Running:
    """What runs, with no more left of minimum runs than until the structures close from which alone the gate's water comes."""
    shut = _shut(tree, slots, closed, first_slot_day)
    gates = {turnout.name: (turnout.gate, shut[turnout.name]) for _, turnout in tree.turnouts}
    for at in head_opportunities(tree, slots):
        if behind := _behind(tree, at):
            gates[tree.nodes[at].canal.gate] = tree.nodes[at].canal.head, np.all([shut[name] for name in behind], axis=0)

    def waived(name: str, each: RunningGate) -> RunningGate:
        gate, on = gates.get(name, (None, np.zeros(0)))
        if gate is None or not on.any():
            return each
        return replace(each, hours=max(each.hours, gate.minimum_run - slots.hours * int(np.argmax(on))))

    return replace(running, gates={name: waived(name, each) for name, each in running.gates.items()})


def with_closed(tree: CanalTree, slots: Slots, closed: Mapping[str, Closed], running: Running, first_slot_day: int) -> CanalTree:
    """The tree with turnouts shut while their structure is closed, but for slots in which what runs cannot be shut yet.

    That may be the head of a canal, too, behind which nobody else waits.
    """
    masks, shut = dict[str, tuple[bool, ...]](), _shut(tree, slots, closed, first_slot_day)
    heads = {
        at: _as_it_is(tree.nodes[at].canal.head, running.head(tree.nodes[at].canal), opportunity, slots)
        for at, opportunity in head_opportunities(tree, slots).items()
        if _behind(tree, at) <= set(closed)
    }
    for (place, turnout), opportunity in zip(tree.turnouts, turnout_opportunities(tree, slots), strict=True):
        own = _as_it_is(turnout.gate, running.gate(turnout.name), opportunity, slots)
        on = shut[turnout.name]
        on[: max([own, *(count for at, count in heads.items() if at in tree.way_to(place))] if own else [0])] = False
        masks[turnout.name] = tuple(on.tolist()) if on.any() else ()

    def reach_of(reach: Reach) -> Reach:
        return replace(reach, turnouts=tuple(replace(each, closed=masks[each.name]) for each in reach.turnouts))

    return replace(tree, canals=tuple(replace(canal, reaches=tuple(map(reach_of, canal.reaches))) for canal in tree.canals))


def _shut(tree: CanalTree, slots: Slots, closed: Mapping[str, Closed], first_slot_day: int) -> dict[str, Booleans]:
    """Slots in which the structure of each turnout is closed."""
    found = {turnout.name: np.zeros(slots.count, dtype=np.bool_) for _, turnout in tree.turnouts}
    for (_, turnout), opportunity in zip(tree.turnouts, turnout_opportunities(tree, slots), strict=True):
        if turnout.name in closed:
            found[turnout.name] = _on(closed[turnout.name], slots, opportunity, first_slot_day)
    return found


def _as_it_is(gate: Gate, before: RunningGate, opportunity: Opportunity, slots: Slots) -> int:
    """How many slots it may take until it is shut; where it was moved too often, somebody comes on another day."""
    count = before.slots_as_it_is(gate, opportunity, slots)
    if before.is_open and gate.moves_a_day is not None and before.moves >= gate.moves_a_day:
        days = slots.days(opportunity.travel)
        later = np.flatnonzero(opportunity.move & (days > days[0]))
        return max(count, int(later[0]) if later.size else slots.count)
    return count


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
        on, why = np.cumsum(take <= 0.0) == 0, "more than is wanted of it"
        volume = float(timetable.brought[row]) - wanted
        volume = volume if running.is_open and volume > TOLERANCE * wanted else 0.0
        if each is not None and (shut := (take > 0.0) & _on(each, slots, opportunity, first_slot_day)).any():
            on, why = shut, f"although {each.structure} is closed"
            volume = float(take[on].sum()) * slots.seconds
        if volume > NEARLY_NOTHING and on.any():
            cause = _cause(turnout.gate, opportunity, slots, running, on)
            yield _told(turnout.name, slots, opportunity, on, volume, why, cause)


def _behind(tree: CanalTree, at: int) -> set[str]:
    """Turnouts whose water passes a reach."""
    return {turnout.name for place, turnout in tree.turnouts if at in tree.way_to(place)}


def _on(closed: Closed, slots: Slots, opportunity: Opportunity, first_slot_day: int) -> Booleans:
    """Slots that meet, at the gate, a day on which the structure is closed."""
    shares = slots.day_shares(opportunity.travel)
    days = np.minimum(np.arange(len(shares)) + first_slot_day, len(closed.days) - 1)
    return np.asarray((shares[closed.days[days]] > MOMENT).any(axis=0))


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
