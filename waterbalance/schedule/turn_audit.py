"""Every limit of a timetable again, in plain numbers and from the description of the canals, never through the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, Place
from waterbalance.schedule.filling import slots_to_fill
from waterbalance.schedule.opportunity import head_opportunities, turnout_opportunities
from waterbalance.schedule.turn_fields import most_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Floats
    from waterbalance.schedule.canal_tree import Gate, Rotation
    from waterbalance.schedule.opportunity import Opportunity
    from waterbalance.schedule.running import RunningGate
    from waterbalance.schedule.slots import Booleans, Slots
    from waterbalance.schedule.timetable import Timetable

HAIR = 1e-5
"""Half of the hundredth of a litre per second. [m3/s]"""

SPILT = 1e-6
"""Less than this fills nothing. [m3]"""


def audit_turns(timetable: Timetable) -> tuple[Finding, ...]:
    """What is wrong; empty when the timetable keeps every limit."""
    return (*_gates(timetable), *_reaches(timetable), *_rotations(timetable), *_fields(timetable))


def _gates(timetable: Timetable) -> Iterator[Finding]:
    tree, slots = timetable.tree, timetable.slots
    for row, opportunity in enumerate(turnout_opportunities(tree, slots)):
        place, turnout = tree.turnouts[row]
        told, before = (timetable.take[row], timetable.open[row]), timetable.running.gate(turnout.name)
        yield from _gate(turnout.name, turnout.gate, opportunity, slots, told, before)
        ready = _ready(timetable, place)
        if np.any((timetable.open[row] > 0.5) & ~ready):
            yield Finding("a turnout is open at a reach that is dry or being filled", Place(component=turnout.name))
    for at, opportunity in head_opportunities(tree, slots).items():
        node = tree.nodes[at]
        told, before = (timetable.enter[at], timetable.wet[at]), timetable.running.head(node.canal)
        yield from _gate(node.canal.name, node.canal.head, opportunity, slots, told, before)
        if node.parent is not None and np.any((timetable.wet[at] > 0.5) & ~_ready(timetable, node.parent)):
            yield Finding("a canal is open at a reach that is dry or being filled", Place(component=node.canal.name))


def _ready(timetable: Timetable, at: int) -> Booleans:
    """Wet, and neither it nor a reach of its canal before it is being filled."""
    first = at - timetable.tree.nodes[at].number
    filled = [_filled(timetable, place) > 0 for place in range(first, at + 1)]
    return np.asarray((timetable.wet[at] > 0.5) & ~np.any(filled, axis=0))


def _filled(timetable: Timetable, at: int) -> Floats:
    """What fills a reach in every slot, followed from slot to slot, shape (slots,). [m3/s].

    The slots of a filling are as many as it takes on its way, and each takes the same. A reach that keeps its water is full when
    it is used again; one whose first filling was under way is taken to fall dry, as are all others.
    """
    reach, running, slots = timetable.tree.nodes[at].reach, timetable.running, timetable.slots
    count = int(slots_to_fill(timetable.tree, slots)[at])
    found = np.zeros(slots.count)
    wet, was_wet, stands = timetable.wet[at] > 0.5, running.is_wet(timetable.tree, at), running.content(timetable.tree, at)
    lacks, rest = (reach.fill_volume - stands, 0) if was_wet else (0.0, 0)
    if lacks > SPILT:
        rest = max(1, int(np.ceil(count * lacks / reach.fill_volume - 1e-9)))
    rate = lacks / max(rest, 1) / slots.seconds
    left = reach.fill_volume if reach.keeps_its_water and rest == 0 else 0.0
    stands = left if was_wet else stands
    for slot in range(slots.count):
        if not wet[slot]:
            rest = 0
        elif not was_wet:
            lacks = reach.fill_volume - max(0.0, stands - reach.seepage * slots.seconds * slot)
            rest = count if lacks > SPILT else 0
            rate = lacks / max(rest, 1) / slots.seconds
        if wet[slot]:
            # What stood in a reach is there for the first who uses it.
            stands = left
        found[slot] = rate if rest > 0 else 0.0
        rest -= 1
        was_wet = wet[slot]
    return found


def _gate(
    name: str, gate: Gate, opportunity: Opportunity, slots: Slots, told: tuple[Floats, Floats], running: RunningGate
) -> Iterator[Finding]:
    """Range, calendar, minimum run, ramp and moves of one gate."""
    flow, switch = told
    open_ = switch > 0.5
    before, was_open = np.concatenate([[running.flow], flow[:-1]]), np.concatenate([[running.is_open], open_[:-1]])
    # What runs in is known as well as it was told.
    changed = np.abs(flow - before) > HAIR + running.off_by * (np.arange(slots.count) == 0)
    least, most = np.where(open_, gate.least, 0.0), np.where(open_, opportunity.capacity, 0.0)
    if running.is_open:
        # A trickle that was told to run goes on while nobody can move the gate.
        kept = np.maximum.accumulate(opportunity.move) == 0
        least[kept] = np.minimum(least[kept], max(0.0, running.flow - running.off_by))
    wrong = {
        "a flow is out of the range of its gate": (flow < least - HAIR) | (flow > most + HAIR),
        "a gate is open when it may not be": open_ & ~opportunity.open,
        "a gate is opened for a run that cannot be ended as it should": open_ & ~was_open & ~opportunity.begin & opportunity.move,
        "a gate is opened or closed when nobody can move it": (open_ != was_open) & ~opportunity.move,
        "a gate is closed that should run on": was_open & ~open_ & ~opportunity.end & opportunity.move,
    }
    if gate.is_counted:
        wrong["a flow is changed when nobody can move the gate"] = changed & ~opportunity.move
        wrong["a flow is changed more often than it should be"] = (
            changed & open_ & was_open & ~opportunity.adjust & opportunity.move
        )
    if (change := gate.most_change(slots.hours)) is not None:
        wrong["a flow changes faster than it may"] = np.abs(flow - before) > change + HAIR
    if gate.daily_volume is not None:
        shares = slots.day_shares(opportunity.travel)
        volumes = slots.seconds * shares @ flow
        volumes[0] += running.passed
        # What nobody can keep from it is no fault.
        forced = shares[:, : running.slots_as_it_is(gate, opportunity, slots)].any(axis=1)
        over = (volumes > gate.daily_volume + HAIR * slots.seconds) & ~forced
        wrong["more passes a gate on a day than may"] = (shares[over] > 0.0).any(axis=0) & (flow > 0.0)
    if gate.moves_a_day is not None:
        days = slots.days(opportunity.travel)
        moves = np.bincount(days, weights=changed | (open_ != was_open))
        # What was moved too often before the first slot is done.
        moves[days[0]] += min(running.moves, gate.moves_a_day) if moves[days[0]] else 0
        wrong["a gate is moved too often on a day"] = moves[days] > gate.moves_a_day
    wrong["a gate is closed before its minimum run"] = _too_short(open_, gate.minimum_run / slots.hours, running, slots)
    for what, where in wrong.items():
        if where.any():
            slot = int(np.flatnonzero(where)[0])
            moment = slots.moment(slot, opportunity.travel)
            yield Finding(what, Place(component=name, date=f"{moment:%Y-%m-%d %H:%M}"), f"{flow[slot]:g} m3/s")


def _too_short(open_: Booleans, least: float, running: RunningGate, slots: Slots) -> Booleans:
    """Ends of runs that are shorter than `least` slots; the end of the last slot ends nothing."""
    found = np.zeros(len(open_), dtype=np.bool_)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], open_, [False]]).astype(int))).tolist()
    if running.is_open and not open_[0]:
        found[0] = running.hours / slots.hours < least - 1e-9
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        before = running.hours / slots.hours if first == 0 and running.is_open else 0.0
        found[min(last, len(open_) - 1)] |= last < len(open_) and before + last - first < least - 1e-9
    return found


def _reaches(timetable: Timetable) -> Iterator[Finding]:
    """Capacity, and what comes in against what goes out, is lost, filled and drained."""
    tree, seconds = timetable.tree, timetable.slots.seconds
    for at, node in enumerate(tree.nodes):
        reach, enter, wet = node.reach, timetable.enter[at], timetable.wet[at] > 0.5
        name = f"{node.canal.name}, reach {node.number + 1}"
        if np.any(enter > np.where(wet, reach.capacity, 0.0) + HAIR):
            yield Finding("more enters a reach than it can carry", Place(component=name), f"{enter.max():g} m3/s")
        onward = [child for child in tree.children[at] if not tree.nodes[child].is_head]
        last = wet & ~np.concatenate([wet[1:], [True]]) & ~np.any(timetable.wet[onward] > 0.5, axis=0)
        if np.any(timetable.drawn[at] > np.where(last, reach.drain_volume / seconds, 0.0) + HAIR):
            yield Finding("more is drawn from a reach than drains from it", Place(component=name))
        rows = [row for row, (place, _) in enumerate(tree.turnouts) if place == at]
        out = timetable.take[rows].sum(axis=0) + timetable.enter[list(tree.children[at])].sum(axis=0) + timetable.escape[at]
        own = reach.seepage * wet + _filled(timetable, at)
        wrong = np.abs(enter * (1.0 - reach.share_lost) + timetable.drawn[at] - own - out)
        if np.any(wrong > HAIR):
            yield Finding("the water of a reach does not add up", Place(component=name), f"{wrong.max():g} m3/s")


def _rotations(timetable: Timetable) -> Iterator[Finding]:
    """At any time one group, in a turn always the same one, in a cycle each once; of a group one block."""
    open_ = {turnout.name: timetable.open[row] > 0.5 for row, (_, turnout) in enumerate(timetable.tree.turnouts)}
    for canal in timetable.tree.canals:
        if canal.rotation is not None:
            for what in _rotation(canal.rotation, timetable.slots, open_):
                yield Finding(what, Place(component=canal.name))


def _rotation(rotation: Rotation, slots: Slots, open_: dict[str, Booleans]) -> Iterator[str]:
    turn = np.floor((np.arange(slots.count) * slots.hours + rotation.since) / rotation.turn + 1e-9).astype(int)
    served = {group.name: set(turn[np.any([open_[name] for name in group.turnouts], axis=0)]) for group in rotation.groups}
    size = len(rotation.groups)
    for number in np.unique(turn):
        if sum(number in turns for turns in served.values()) > 1:
            yield "two groups have water in one turn"
    for place, (name, turns) in enumerate(served.items()):
        cycles = [number // size for number in turns]
        if len(set(cycles)) < len(cycles):
            yield f"group {name} has two turns in one cycle"
        if rotation.order == "fixed" and any(number % size != place for number in turns):
            yield f"group {name} has water out of its turn"
    for group in rotation.groups:
        blocks = [np.any([open_[name] for name in block], axis=0) for block in group.blocks]
        if np.any(np.sum(blocks, axis=0) > 1):
            yield f"two blocks of group {group.name} have water at once"


def _fields(timetable: Timetable) -> Iterator[Finding]:
    most = most_of(timetable.tree, timetable.slots, timetable.wanted, timetable.running)
    for (_, turnout), brought, allowed_most in zip(timetable.tree.turnouts, timetable.brought, most, strict=True):
        if brought > allowed_most + HAIR * timetable.slots.seconds:
            found, allowed = f"{brought:.0f} m3", f"{allowed_most:.0f} m3"
            yield Finding("a field has more water than it should", Place(component=turnout.name), found, allowed)
