"""A first timetable by plain rules: one run after another, each where its water fits and comes least out of its time.

Every reach is filled as soon as its head can be opened and there is room. What runs when the first slot begins goes on until it
can be shut, or longer: as it is, or adjusted once to bring what is wanted, as soon as that is possible. Turnouts follow, those
with the least choice first. Each gets one run for all of its water, or one for each time that its water is looked at, or a steady
one that is adjusted once a day, whichever is best: from the begin and to the end (moves that the calendar allows) between which
the flow

    volume / length of the run

fits its gate and what the reaches on its way have left, and whose water is least out of its time. In a free order of turns the
groups keep the order of the running cycle, before it that in which they are told. Where no run brings the whole volume, the run
that brings most of it is taken, and others before and after it bring the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.filling import slots_to_fill
from waterbalance.schedule.fillings import still_to_fill
from waterbalance.schedule.opportunity import as_fixed, head_opportunities, turnout_opportunities
from waterbalance.schedule.running import AT_REST
from waterbalance.schedule.turn_fields import most_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from waterbalance.horizon import Floats, Integers
    from waterbalance.schedule.canal_tree import CanalTree, Turnout
    from waterbalance.schedule.opportunity import Opportunity
    from waterbalance.schedule.running import Running, RunningGate
    from waterbalance.schedule.slots import Booleans, Slots
    from waterbalance.schedule.wanted import Wanted
    from waterbalance.schedule.weights import Weights

HAIR = 1e-6
"""Less than this is nothing. [m3]"""


@dataclass(frozen=True)
class _Run:
    """One that begins where the one before it ends is that one, adjusted."""

    first: int
    last: int
    """The slot after its end."""

    flow: float


@dataclass(frozen=True)
class FirstTurns:
    """Switches as 0 and 1; shapes (turnouts or reaches, slots)."""

    open: Floats
    adjusted: Floats
    wet: Floats


def first_turns(
    tree: CanalTree, slots: Slots, wanted: Wanted, weights: Weights, running: Running = AT_REST
) -> tuple[FirstTurns, ...]:
    """With canals and reaches wet no longer than needed, with canals that stay wet, with reaches that do: each fits more often.

    How the heads are adjusted is left to whoever completes them.
    """
    wet, serving, left = _wet(tree, slots, running)
    heads = head_opportunities(tree, slots)
    opportunities, looks = turnout_opportunities(tree, slots), wanted.weights(slots.hours)
    days, most = [slots.days(each.travel) for each in opportunities], most_of(tree, slots, wanted, running)
    opened, adjusted = np.zeros((2, len(tree.turnouts), slots.count))
    for row in _tightest_first(tree, slots, wanted, opportunities, serving):
        place, turnout = tree.turnouts[row]
        way = list(tree.way_to(place))
        loads = _loads(tree, place)
        possible = opportunities[row].open & serving[place] & _own_turn(tree, slots, place, turnout.name)
        room = np.where(possible, np.clip((left[way] / loads).min(axis=0), 0.0, turnout.gate.capacity), 0.0)
        # A turnout that moves while a head above it cannot follow sends water over the escape.
        follow = np.all([heads[at].move for at in way if at in heads], axis=0)
        own = opportunities[row]
        # A gate that closes does so whoever can follow.
        move = _at_best(own.move, follow) | (own.move & ~own.open)
        adjust = _at_best(own.adjust, follow)
        calendar = replace(own, move=move, begin=own.begin & move, end=own.end & move, adjust=adjust)
        stays = tree.stays_open(place)
        before = running.gate(turnout.name)
        until = wanted.cumulative[row]
        asked = _Asked(turnout, calendar, slots, until, most[row], looks[row], weights, days[row], before, stays=stays)
        runs, is_adjusted = _best_runs(asked, room)
        for run in runs:
            opened[row, run.first : run.last] = 1.0
            left[np.ix_(way, range(run.first, run.last))] -= run.flow * loads
        adjusted[row, [other.first for one, other in pairwise(runs) if one.last == other.first]] = 1.0
        if is_adjusted:
            adjusted[row] = asked.daily_adjustments(opened[row])
    short = _no_longer_than_needed(tree, slots, wet, opened, left, running)
    shut = _shut_when_idle(tree, short, opened, heads, running)
    return tuple(FirstTurns(opened, adjusted, each.astype(float)) for each in (shut, short, wet))


def _at_best(possible: Booleans, wished: Booleans) -> Booleans:
    """Where both hold, if they ever do."""
    both: Booleans = possible & wished
    return both if both.any() else possible


def _loads(tree: CanalTree, place: int) -> Floats:
    """What enters each reach on the way for one cubic metre at the end of a reach, shape (reaches on the way, 1)."""
    nodes = [tree.nodes[at] for at in tree.way_to(place)]
    kept_before = [node.kept / max(1.0 - node.reach.share_lost, 1e-9) for node in nodes]
    return np.array(kept_before).reshape(-1, 1) / max(tree.nodes[place].kept, 1e-9)


def _no_longer_than_needed(
    tree: CanalTree, slots: Slots, wet: Booleans, opened: Floats, left: Floats, running: Running
) -> Booleans:
    """Reaches behind the first of a canal are filled in the slots before they are used, if there is room, and dry after it."""
    found, left = wet.copy(), left.copy()
    heads, counts = head_opportunities(tree, slots), slots_to_fill(tree, slots)
    for at, node in enumerate(tree.nodes):
        rows = [row for row, (place, _) in enumerate(tree.turnouts) if at in tree.way_to(place)]
        used = np.flatnonzero(opened[rows].any(axis=0))
        if node.is_head or any(tree.nodes[child].is_head for child in tree.children[at]) or not len(used):
            continue
        found[at, used[-1] + 1 :] = False
        begin, end, way = int(used[0]) - int(counts[at]), int(used[0]), list(tree.way_to(at))
        if begin < 0 or running.is_wet(tree, at) or counts[at] == 0 or not _settable(heads, way)[begin]:
            continue
        needed = node.reach.fill_volume / (counts[at] * slots.seconds) * _loads(tree, at)
        if found[way, begin:end].all() and np.all(needed <= left[way, begin:end]):
            found[at, :begin] = False
            left[way, begin:end] -= needed
    return found


def _shut_when_idle(tree: CanalTree, wet: Booleans, opened: Floats, heads: dict[int, Opportunity], running: Running) -> Booleans:
    """Canals dry from the first time on at which their heads can be shut for good; those that nobody uses stay dry."""
    found = wet.copy()
    for at in reversed(range(len(tree.nodes))):
        rows = [row for row, (place, _) in enumerate(tree.turnouts) if place == at]
        used = np.flatnonzero(opened[rows].any(axis=0) | found[list(tree.children[at])].any(axis=0))
        end = int(used[-1]) + 1 if len(used) else 0
        if at in heads and (running.is_wet(tree, at) or end):
            movable = np.flatnonzero(heads[at].move[end:])
            end = end + int(movable[0]) if len(movable) else wet.shape[1]
        found[at, end:] = False
    return found


def _tightest_first(
    tree: CanalTree, slots: Slots, wanted: Wanted, opportunities: tuple[Opportunity, ...], serving: Booleans
) -> list[int]:
    """Turnouts that run without a break, then by the share of their slots that they need with their gates wide open."""
    found = []
    for row, (place, turnout) in enumerate(tree.turnouts):
        possible = opportunities[row].open & serving[place] & _own_turn(tree, slots, place, turnout.name)
        most = float(possible.sum()) * slots.seconds * turnout.gate.capacity
        stays = tree.stays_open(place)
        found.append((not stays, -float(wanted.volume[row]) / max(most, 1e-9), row))
    return [row for _, _, row in sorted(found)]


def _wet(tree: CanalTree, slots: Slots, running: Running) -> tuple[Booleans, Booleans, Floats]:
    """When each reach is wet, when it can serve, and what it can carry then beside fillings; shapes (reaches, slots).

    Wet from the first slot in which its head can be opened, in which all before it are full or filled with it, and from which on
    there is room for its filling, until the canal closes; and so again when it has opened.
    """
    heads, counts = head_opportunities(tree, slots), slots_to_fill(tree, slots)
    wet, full, serving = np.zeros((3, len(tree.nodes), slots.count), dtype=np.bool_)
    left = np.array([np.full(slots.count, node.reach.capacity - node.reach.seepage) for node in tree.nodes])
    for at, node in enumerate(tree.nodes):
        if at in heads:
            left[at] = np.minimum(left[at], heads[at].capacity)
        may = np.ones(slots.count, dtype=np.bool_) if node.parent is None else wet[node.parent].copy()
        if node.is_head:
            may &= heads[at].begin if node.parent is None else heads[at].begin & serving[node.parent]
        way = list(tree.way_to(at))
        may &= _settable(heads, way)
        for first, last in _spans(np.all([heads[each].open for each in way if each in heads], axis=0)):
            volume, count = node.reach.fill_volume, int(counts[at])
            begins = (np.flatnonzero(may[first:last]) + first).tolist()
            if goes_on := first == 0 and running.is_wet(tree, at):
                (volume, count), begins = still_to_fill(tree, running, at, count), [0]
            needed = volume / (max(count, 1) * slots.seconds) * _loads(tree, at)
            fits = (each for each in begins if each + count <= last and np.all(needed <= left[way, each : each + count]))
            begin = next(fits, 0 if goes_on else last)
            wet[at, begin:last] = True
            full[at, begin + count : last] = True
            left[way, begin : min(begin + count, last)] -= needed
        serving[at] = wet[at] & np.all([full[before] for before in tree.filled_before(at)], axis=0)
    return wet, serving, np.where(wet, left, 0.0)


def _spans(possible: Booleans) -> list[tuple[int, int]]:
    """First and last slot, that one left out, of every span without a break."""
    edges = np.flatnonzero(np.diff(possible.astype(int), prepend=0, append=0))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def _settable(heads: dict[int, Opportunity], way: Sequence[int]) -> Booleans:
    """From when on every head on the way can have been set to more; what runs before has no water for a filling."""
    found: Booleans = np.all([np.maximum.accumulate(heads[at].move) for at in way if at in heads], axis=0)
    return found


def _own_turn(tree: CanalTree, slots: Slots, place: int, name: str) -> Booleans:
    """The turns of a free order as if they were fixed."""
    rotation = tree.nodes[place].canal.rotation
    if rotation is None:
        return np.ones(slots.count, dtype=np.bool_)
    return as_fixed(rotation, slots, name)


@dataclass(frozen=True)
class _Asked:
    """What one turnout shall bring, and when it can."""

    turnout: Turnout
    calendar: Opportunity
    slots: Slots
    until: Floats
    most: float
    looks: Floats
    weights: Weights
    days: Integers
    before: RunningGate
    stays: bool
    """Whether it runs to the end once it is open."""

    def cost(self, runs: list[_Run]) -> float:
        """Of shortage, water out of its time, and moves; of more water than the field may have no cost is high enough."""
        flow = np.zeros(self.slots.count)
        for run in runs:
            flow[run.first : run.last] = run.flow
        brought = np.cumsum(flow) * self.slots.seconds
        if brought[-1] > self.most + HAIR:
            return np.inf
        short = max(0.0, float(self.until[-1] - brought[-1]))
        out = float(np.abs(brought - self.until) @ self.looks)
        goes_on = self.before.is_open and bool(runs) and runs[0].first == 0
        moves = 2 * len(runs) - goes_on - sum(one.last == other.first for one, other in pairwise(runs))
        return self.weights.shortage * short + self.weights.out_of_time * out + self.weights.move * moves

    def too_many_moves(self, runs: list[_Run]) -> bool:
        """Whether the gate is moved more often on one day than it may be."""
        if self.turnout.gate.moves_a_day is None:
            return False
        begins = [
            run.first for before, run in zip((None, *runs), runs, strict=False) if before is None or before.last < run.first
        ]
        edges = [edge for edge in (*begins, *(run.last for run in runs)) if edge < self.slots.count]
        moves = np.bincount(self.days[edges], minlength=int(self.days[0]) + 1)
        moves[self.days[0]] += self.before.moves - (self.before.is_open and 0 in edges)
        return bool(moves.max(initial=0) > self.turnout.gate.moves_a_day)

    def by_the_next_look(self) -> _Asked:
        """No more than by the first look at what is brought after the flow can be set."""
        settable = np.append(np.flatnonzero(self.calendar.adjust), self.slots.count - 1)
        looks = np.flatnonzero(self.looks)
        look = int(next((each for each in looks if each >= settable[0]), self.slots.count - 1))
        return replace(self, until=np.minimum(self.until, self.until[look]))

    def daily_adjustments(self, opened: Floats) -> Floats:
        """Once a day, as the first slot begins in which the open gate can be moved, if it may be moved so often."""
        found, before = np.zeros_like(opened), np.concatenate([[float(self.before.is_open)], opened[:-1]])
        gate = self.turnout.gate
        for day in np.unique(self.days) if gate.is_counted else ():
            of_day = self.days == day
            moves = np.abs(opened - before)[of_day].sum() + (self.before.moves if day == self.days[0] else 0)
            possible = np.flatnonzero(of_day & self.calendar.adjust & (opened > 0) & (before > 0))
            if len(possible) and (gate.moves_a_day is None or moves < gate.moves_a_day):
                found[possible[0]] = 1.0
        return found


def _beginnings(asked: _Asked, room: Floats) -> list[list[_Run]]:
    """How the run that is under way as the first slot begins may go on: as it is, or adjusted; none where the gate is shut.

    Adjusted it brings what is wanted all in all, or by the next look. Each to the end that costs least.
    """
    if not asked.before.is_open:
        return [[]]
    count, first = asked.slots.count, asked.before.slots_to_go(asked.turnout.gate, asked.slots)
    ends = [end for end in range(first, count) if asked.calendar.end[end]]
    edges, soon = [*ends, count], asked.by_the_next_look()
    found = [
        *_cheapest(asked, asked, _as_it_is(asked, room, edges)),
        *_cheapest(asked, asked, _adjusted(asked, room, edges)),
        *_cheapest(asked, soon, _adjusted(soon, room, edges)),
    ]
    soonest = [_Run(0, ends[0] if ends else count, asked.before.flow)]
    return [runs if runs[-1].last else [] for runs in found or [soonest]]


def _cheapest(asked: _Asked, goal: _Asked, ways: Iterable[list[_Run]]) -> list[list[_Run]]:
    """The way that costs least for a goal among those that the field and its gate allow, if any is."""
    possible = [runs for runs in ways if not asked.too_many_moves(runs) and asked.cost(runs) < np.inf]
    return [min(possible, key=lambda runs: (goal.cost(runs), runs[-1].last))] if possible else []


def _as_it_is(asked: _Asked, room: Floats, ends: Sequence[int]) -> Iterator[list[_Run]]:
    """The run that is under way, to each end up to which there is room for it; a trickle only until it can be set."""
    flow, movable = asked.before.flow, asked.calendar.move & (asked.before.flow < asked.turnout.gate.least)
    stopped = np.flatnonzero((room < flow) | movable)
    return ([_Run(0, end, flow)] for end in ends if not len(stopped) or end <= stopped[0])


def _adjusted(asked: _Asked, room: Floats, ends: Sequence[int]) -> Iterator[list[_Run]]:
    """The run that is under way, with the flow that brings what is wanted from the first slot on in which that can be set."""
    settable, flow, gate = np.flatnonzero(asked.calendar.adjust), asked.before.flow, asked.turnout.gate
    if not len(settable) or np.any(room[: settable[0]] < flow):
        return
    at, step = int(settable[0]), gate.most_change(asked.slots.hours) or np.inf
    missing = float(asked.until[-1]) / asked.slots.seconds - flow * at
    for end in (each for each in ends if each > at):
        other = min(max(missing / (end - at), flow - step, gate.least), flow + step, float(room[at:end].min()))
        if other > 0.0 and other >= gate.least:
            yield [_Run(0, at, flow), _Run(at, end, other)]


def _steady(asked: _Asked, room: Floats) -> tuple[float, list[_Run]] | None:
    """From the first slot on that has room to the end, and what it costs if the flow is adjusted once a day."""
    begins = np.array([0]) if asked.before.is_open else np.flatnonzero(asked.calendar.begin & (room > 0))
    if not len(begins) or not asked.calendar.adjust.any():
        return None
    begin, count = int(begins[0]), asked.slots.count
    flow = float(asked.until[-1]) / (asked.slots.seconds * (count - begin))
    if flow > room[begin:].min() or flow < asked.turnout.gate.least or flow <= 0:
        return None
    return asked.weights.move * (1 + len(np.unique(asked.days[begin:]))), [_Run(begin, count, flow)]


def _best_runs(asked: _Asked, room: Floats) -> tuple[list[_Run], bool]:
    """One run for all, one for each look, or a steady one; and whether it is adjusted once a day."""
    ends = np.flatnonzero(asked.looks) + 1
    volumes = np.diff(asked.until[ends - 1], prepend=0.0)
    starts = np.concatenate([[0], ends])[:-1]
    whole = [(0, asked.slots.count, float(asked.until[-1]))]
    parts = list(zip(starts.tolist(), ends.tolist(), volumes.tolist(), strict=True))
    tried = [_runs(asked, room, each, begun) for begun in _beginnings(asked, room) for each in (whole, parts)]
    steady = _steady(asked, room)
    costs = [*((asked.cost(runs), runs, False) for runs in tried), *([(*steady, True)] if steady else [])]
    _, runs, is_adjusted = min(costs, key=lambda each: each[0])
    return runs, is_adjusted


def _runs(asked: _Asked, room: Floats, parts: list[tuple[int, int, float]], begun: list[_Run]) -> list[_Run]:
    """Runs for each part of the slots, for its own water and what is missing from before; none touches another one.

    Where the best one does not bring it all, others follow before and after it.
    """
    found = [*begun]
    missing = -sum(run.flow * (run.last - run.first) * asked.slots.seconds for run in found)
    for first, last, volume in parts:
        spans = [(max(first, found[-1].last + 1) if found else first, last)]
        missing += volume
        while spans and missing > HAIR:
            begin, end = spans.pop(0)
            run = _best_run(asked, room, (begin, end), missing, found)
            if run is not None:
                found = _in_order([*found, run])
                missing -= run.flow * (run.last - run.first) * asked.slots.seconds
                spans += [(begin, run.first - 1), (run.last + 1, end)]
    return found


def _in_order(runs: list[_Run]) -> list[_Run]:
    return sorted(runs, key=lambda run: run.first)


def _best_run(asked: _Asked, room: Floats, span: tuple[int, int], volume: float, others: list[_Run]) -> _Run | None:
    """The run within a span of slots that costs least beside those that are known."""
    gate, slots, count = asked.turnout.gate, asked.slots, asked.slots.count
    shortest = max(1, int(np.ceil(gate.minimum_run / slots.hours - 1e-9)))
    first, last = span
    best: tuple[tuple[float, float], _Run] | None = None
    for begin in (np.flatnonzero(asked.calendar.begin[first:last] & (room[first:last] > 0)) + first).tolist():
        least_room = np.minimum.accumulate(room[begin:last])
        for end in range(begin + shortest, last + 1):
            if end < count and not asked.calendar.end[end]:
                continue
            flow = min(volume / (slots.seconds * (end - begin)), float(least_room[end - begin - 1]))
            if (change := gate.most_change(slots.hours)) is not None:
                flow = min(flow, change)
            run = _Run(begin, end, flow)
            runs = _in_order([*others, run])
            if flow <= 0 or flow < gate.least or asked.too_many_moves(runs):
                continue
            # Of equal costs the gentlest flow: it leaves most room to others.
            cost = round(asked.cost(runs), 3), flow
            if best is None or cost < best[0]:
                best = cost, run
    return None if best is None else best[1]
