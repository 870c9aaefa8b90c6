"""Turns: when each gate opens, and how far, so that every field has its water. A mixed-integer program over slots.

For a turnout i in slot t of the head of the tree (flows in [m3/s], `before` is the slot before):

    open - open before = on - off,  on <= open,  on <= 1 - open before
    sum of on over its last minimum_run <= open                      (Rajan and Takriti 2005: facets of the minimum run)
    least x open <= take <= capacity x open
    take - take before <= capacity x (on + adjusted)
    take before - take <= capacity x (off + adjusted)
    on = off = adjusted = 0 while its keeper is away;  sum over a day of (on + off + adjusted) <= moves_a_day
    |take - take before| <= least of ramp x hours and the device's greatest step
    sum over a day of (share of the slot x slot x take) <= daily volume of the device, or what nobody can keep from it

For a reach r with the turnouts i and the reaches c at its end, where filling and what it takes stand in `fillings.py`:

    wet - wet before = start - stop,  start <= wet,  start <= 1 - wet before,  wet <= wet of the reach before it
    least x wet <= enter <= capacity x wet
    (1 - share_lost) enter + drawn = sum of take_i + sum of enter_c + escape + seepage x wet + taken by filling
    drawn <= drain_volume x stop of the next slot / slot,  drawn <= sum of take_i + sum of enter_c of branches
    drawn <= drain_volume x (1 - wet of the next reach of its canal) / slot    (nothing runs on from a pool that is not full)
    open_i <= wet - filling,  wet_c <= wet - filling for the canals that branch off    (not before it is full, nor while a
                                                                                      reach of its canal before it is filled)

where head gates are set like turnouts, with start and stop for on and off; the flow of an automatic gate whose moves nobody
counts is free. The slot before the first is known (see `running.py`): what is open stays so for the rest of its minimum run, the
moves that were made before on the day count, and what nobody can keep from a field is no fault. A pump draws

    enter = from_sun + from_grid

Groups g have the turns k of a rotation, and blocks b of a group share its turn:

    open_i <= turn_gk,  sum over g of turn_gk <= 1,  sum over a cycle's k of turn_gk <= 1
    open_i <= block_b,  sum over b of block_b <= 1

What fields want stands in `turn_fields.py`.

The least is wanted of: shortage, water taken at the head of the tree less what can be drained from reaches that are wet at the
end, energy, water out of its time, gate moves.
Travel times stand in none of it: see `slots.py`. Turns and blocks need not be declared whole: open_i is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.equations import Equations
from waterbalance.schedule.fillings import fillings
from waterbalance.schedule.opportunity import head_opportunities, turn_numbers, turnout_opportunities
from waterbalance.schedule.running import AT_REST, SHUT
from waterbalance.schedule.turn_fields import brought_to, filled_at_all, most_of, open_in_time

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Integers
    from waterbalance.schedule.canal_tree import CanalTree, Gate, Rotation
    from waterbalance.schedule.fillings import Filling
    from waterbalance.schedule.opportunity import Opportunity
    from waterbalance.schedule.running import Running, RunningGate
    from waterbalance.schedule.slots import Slots
    from waterbalance.schedule.wanted import Wanted
    from waterbalance.schedule.weights import Weights
    from waterbalance.solver.program import Program


@dataclass(frozen=True)
class Columns:
    """Numbers of the columns that are read off; shapes (turnouts or reaches, slots)."""

    take: Integers
    open: Integers
    adjusted: Integers
    enter: Integers
    wet: Integers
    head_adjusted: Integers
    drawn: Integers
    escape: Integers
    short: Integers
    """Shape (turnouts,), as flows over one slot."""


@dataclass(frozen=True)
class Posed:
    """A program, what its columns cost, and where they are."""

    program: Program
    cost: Floats
    columns: Columns


def pose(tree: CanalTree, slots: Slots, wanted: Wanted, weights: Weights, running: Running = AT_REST) -> Posed:
    """Write the equations of one tree; `wanted` in the order of `tree.turnouts`."""
    equations = Equations()
    at_turnouts, at_heads = turnout_opportunities(tree, slots), head_opportunities(tree, slots)
    take, open_all, on, adjusted = _turnouts(equations, tree, slots, at_turnouts, weights, running)
    open_ = open_all[:, 1:]
    enter, wet, start, stop, head_adjusted = _reaches(equations, tree, slots, at_heads, weights, running)
    filled = fillings(equations, tree, slots, running, wet[:, 1:], start)
    drawn, escape = _balances(equations, tree, slots, take, (enter, wet, stop), filled)
    _full_before_it_serves(equations, tree, open_, wet, filled)
    _rotations(equations, tree, slots, open_)
    _pumps(equations, tree, slots, enter, weights)
    most = most_of(tree, slots, wanted, running)
    short, looks = brought_to(equations, slots, wanted, most, take, weights)
    open_in_time(equations, tree, looks, (open_all, on), (wet, start))
    filled_at_all(equations, tree, slots, most, take, start, running)
    program, cost = equations.program()
    columns = Columns(take, open_, adjusted, enter[:, 1:], wet[:, 1:], head_adjusted, drawn, escape, short)
    return Posed(program, cost, columns)


def _turnouts(
    equations: Equations,
    tree: CanalTree,
    slots: Slots,
    opportunities: tuple[Opportunity, ...],
    weights: Weights,
    running: Running,
) -> tuple[Integers, Integers, Integers, Integers]:
    """Their flows, switches, openings and adjustments; the switches with the slot before the first."""
    gates = [turnout.gate for _, turnout in tree.turnouts]
    shape = (len(gates), slots.count)
    allowed = np.array([each.open for each in opportunities]).reshape(shape)
    begin, end = (
        np.array(each).reshape(shape).astype(float) for each in zip(*((a.begin, a.end) for a in opportunities), strict=True)
    )
    capacity = np.array([each.capacity for each in opportunities]).reshape(shape)
    before = [running.gate(turnout.name) for _, turnout in tree.turnouts]
    flow = np.array([[each.flow] for each in before]).reshape(-1, 1)
    held, free = _held_open(gates, before, slots), np.hstack([flow > 0, allowed])
    open_ = equations.switches((shape[0], slots.count + 1), lower=np.minimum(held, free), upper=free)
    on = equations.columns(shape, upper=begin, cost=weights.move)
    off = equations.columns(shape, upper=end, cost=weights.move)
    nothing = np.zeros(shape)
    take = equations.columns((shape[0], slots.count + 1), np.hstack([flow, nothing]), np.hstack([flow, capacity * allowed]))
    now = open_[:, 1:]
    _switched(equations, open_, on, off)
    told = zip(gates, before, opportunities, strict=True)
    least = np.array([each.least(gate, opportunity) for gate, each, opportunity in told]).reshape(shape)
    equations.rows((1.0, take[:, 1:]), (-capacity, now), upper=0.0)
    equations.rows((1.0, take[:, 1:]), (-least, now), lower=0.0)
    adjusted = equations.switches(
        shape, upper=np.array([each.adjust for each in opportunities]).reshape(shape), cost=weights.move
    )
    for row, (gate, each) in enumerate(zip(gates, opportunities, strict=True)):
        _minimum_run(equations, gate, slots, now[row], on[row])
        _set(equations, gate, each, slots, take[row], (on[row], off[row], adjusted[row]), before[row])
    return take[:, 1:], open_, on, adjusted


def _switched(equations: Equations, open_: Integers, on: Integers, off: Integers) -> None:
    """Both moves are 0 or 1 with `open`, which has the slot before the first as well."""
    now, before = open_[:, 1:], open_[:, :-1]
    equations.rows((1.0, now), (-1.0, before), (-1.0, on), (1.0, off), lower=0.0, upper=0.0)
    equations.rows((1.0, on), (-1.0, now), upper=0.0)
    equations.rows((1.0, on), (1.0, before), upper=1.0)


def _held_open(gates: list[Gate], before: list[RunningGate], slots: Slots) -> Floats:
    """1 where a gate was open before the first slot, and after it for the rest of its minimum run; shape (gates, slots + 1)."""
    edges = np.arange(slots.count + 1)
    return np.array(
        [each.is_open * (edges <= each.slots_to_go(gate, slots)) for gate, each in zip(gates, before, strict=True)], dtype=float
    ).reshape(len(gates), slots.count + 1)


def _minimum_run(equations: Equations, gate: Gate, slots: Slots, open_: Integers, on: Integers) -> None:
    length = int(np.ceil(gate.minimum_run / slots.hours - 1e-9))
    for slot in range(1, slots.count if length > 1 else 0):
        recent = on[max(0, slot - length + 1) : slot + 1]
        equations.total((1.0, recent), (-1.0, open_[slot : slot + 1]), upper=0.0)


def _set(
    equations: Equations,
    gate: Gate,
    opportunity: Opportunity,
    slots: Slots,
    flow: Integers,
    moves: tuple[Integers, Integers, Integers],
    running: RunningGate,
) -> None:
    """How the flow of one gate may change, and how often it is moved; `flow` has the slot before the first as well."""
    on, off, adjusted = moves
    now, before, most = flow[1:], flow[:-1], gate.capacity
    if gate.is_counted:
        # What nobody moves goes on as it is, and that is not known exactly.
        spare = np.where(np.arange(slots.count) == 0, running.off_by, 0.0)
        equations.rows((1.0, now), (-1.0, before), (-most, on), (-most, adjusted), upper=spare)
        equations.rows((1.0, before), (-1.0, now), (-most, off), (-most, adjusted), upper=spare)
    if (change := gate.most_change(slots.hours)) is not None:
        equations.rows((1.0, now), (-1.0, before), lower=-change, upper=change)
    if gate.daily_volume is not None:
        as_it_is = np.arange(slots.count) < running.slots_as_it_is(gate, opportunity, slots)
        for day, share in enumerate(slots.day_shares(opportunity.travel)):
            left = gate.daily_volume / slots.seconds - (running.passed / slots.seconds if day == 0 else 0.0)
            # What passes before it can be shut is no fault.
            forced = (running.flow + running.off_by) * float(share[as_it_is].sum())
            equations.total((share, now), upper=max(left, forced, 0.0))
    if gate.moves_a_day is not None:
        days = slots.days(opportunity.travel)
        for day in np.unique(days):
            members = days == day
            left = gate.moves_a_day - (running.moves if day == days[0] else 0)
            equations.total(*((1.0, each[members]) for each in moves), upper=max(0, left))


def _reaches(
    equations: Equations, tree: CanalTree, slots: Slots, heads: dict[int, Opportunity], weights: Weights, running: Running
) -> tuple[Integers, Integers, Integers, Integers, Integers]:
    """Flows and wetness of the reaches, and adjustments of their heads; `enter` and `wet` with the slot before the first."""
    nodes, count = tree.nodes, slots.count
    capacity = np.array([np.minimum(node.reach.capacity, _head_limit(heads.get(at), count)) for at, node in enumerate(nodes)])
    move = np.array([heads[at].move if at in heads else np.ones(count) for at in range(len(nodes))]).astype(float)
    taken = np.array([[slots.seconds if node.parent is None else 0.0] for node in nodes])
    each_move = np.array([[weights.move if node.is_head else 0.0] for node in nodes])
    before = [running.head(node.canal) if node.is_head else SHUT for node in nodes]
    least = np.zeros((len(nodes), count))
    for at, opportunity in heads.items():
        least[at] = before[at].least(nodes[at].canal.head, opportunity)
    flow = np.array([[each.flow] for each in before])
    enter = equations.columns(
        (len(nodes), count + 1), np.hstack([flow, np.zeros((len(nodes), count))]), np.hstack([flow, capacity]), taken
    )
    kept = np.zeros((len(nodes), count + 1))
    kept[:, -1] = [-node.reach.drain_volume for node in nodes]
    was_wet = np.array([[running.is_wet(tree, at)] for at in range(len(nodes))])
    held = np.maximum(_held_open([node.canal.head for node in nodes], before, slots), was_wet * (np.arange(count + 1) == 0))
    wet = equations.switches((len(nodes), count + 1), held, np.hstack([was_wet, np.ones((len(nodes), count))]), kept)
    begin = np.array([heads[at].begin if at in heads else np.ones(count) for at in range(len(nodes))]).astype(float)
    start = equations.columns((len(nodes), count), upper=begin, cost=each_move)
    stop = equations.columns((len(nodes), count), upper=move, cost=each_move)
    _switched(equations, wet, start, stop)
    equations.rows((1.0, enter[:, 1:]), (-capacity, wet[:, 1:]), upper=0.0)
    equations.rows((1.0, enter[:, 1:]), (-least, wet[:, 1:]), lower=0.0)
    may_adjust = np.array([heads[at].adjust if at in heads else np.zeros(count) for at in range(len(nodes))]).astype(float)
    adjusted = equations.switches((len(nodes), count), upper=may_adjust, cost=weights.move)
    for at, opportunity in heads.items():
        head = nodes[at].canal.head
        _minimum_run(equations, head, slots, wet[at, 1:], start[at])
        _set(equations, head, opportunity, slots, enter[at], (start[at], stop[at], adjusted[at]), before[at])
    return enter, wet, start, stop, adjusted


def _head_limit(opportunity: Opportunity | None, count: int) -> Floats:
    return np.full(count, np.inf) if opportunity is None else opportunity.capacity


def _balances(
    equations: Equations,
    tree: CanalTree,
    slots: Slots,
    take: Integers,
    reaches: tuple[Integers, Integers, Integers],
    filled: tuple[Filling, ...],
) -> tuple[Integers, Integers]:
    enter, wet, stop = reaches
    drain = np.array([[node.reach.drain_volume / slots.seconds] for node in tree.nodes])
    drawn = equations.columns(stop.shape, upper=drain)
    equations.rows((1.0, drawn[:, :-1]), (-drain, stop[:, 1:]), upper=0.0)
    equations.rows((1.0, drawn[:, -1:]), upper=0.0)
    most = np.array([[node.reach.capacity + node.reach.drain_volume / slots.seconds] for node in tree.nodes])
    escape = equations.columns(stop.shape, upper=most)
    for at, node in enumerate(tree.nodes):
        reach = node.reach
        taken = take[[row for row, (place, _) in enumerate(tree.turnouts) if place == at]]
        onward = enter[list(tree.children[at]), 1:]
        branches = enter[[child for child in tree.children[at] if tree.nodes[child].is_head], 1:]
        equations.sums((1.0, drawn[at]), (-1.0, taken), (-1.0, branches), upper=0.0)
        equations.sums(
            (1.0 - reach.share_lost, enter[at, 1:]),
            (1.0, drawn[at]),
            (-reach.seepage, wet[at, 1:]),
            *((-taking, columns) for taking, columns in filled[at].taken),
            (-1.0, escape[at]),
            (-1.0, taken),
            (-1.0, onward),
            lower=0.0,
            upper=0.0,
        )
        if node.parent is not None and not node.is_head:
            before = node.parent
            equations.rows((1.0, drawn[before]), (float(drain[before, 0]), wet[at, 1:]), upper=float(drain[before, 0]))
    return drawn, escape


def _full_before_it_serves(
    equations: Equations, tree: CanalTree, open_: Integers, wet: Integers, filled: tuple[Filling, ...]
) -> None:
    """A reach that is filled in the slot serves nobody in it, but the reaches behind it are filled with it."""
    heads = [(node.parent, wet[at, 1:]) for at, node in enumerate(tree.nodes) if node.is_head and node.parent is not None]
    for place, gate in (*((place, open_[row]) for row, (place, _) in enumerate(tree.turnouts)), *heads):
        equations.rows((1.0, gate), (-1.0, wet[place, 1:]), upper=0.0)
        for at in tree.filled_before(place):
            equations.sums((1.0, gate[None]), (-1.0, wet[at, 1:][None]), *filled[at].lasts, upper=0.0)
    for at, node in enumerate(tree.nodes):
        if node.parent is not None and not node.is_head:
            equations.rows((1.0, wet[at, 1:]), (-1.0, wet[node.parent, 1:]), upper=0.0)


def _rotations(equations: Equations, tree: CanalTree, slots: Slots, open_: Integers) -> None:
    rows = {turnout.name: row for row, (_, turnout) in enumerate(tree.turnouts)}
    for canal in tree.canals:
        # In a fixed order the calendar says it all.
        if canal.rotation is not None and canal.rotation.order == "free":
            _free_order(equations, canal.rotation, slots, rows, open_)
            _one_block_at_a_time(equations, canal.rotation, slots, rows, open_)


def _free_order(equations: Equations, rotation: Rotation, slots: Slots, rows: dict[str, int], open_: Integers) -> None:
    turns, groups = turn_numbers(rotation, slots), rotation.groups
    has = equations.columns((len(groups), len(turns)), upper=1.0)
    equations.sums((1.0, has), upper=1.0)
    cycles = np.array([cycle for cycle, _, _ in turns])
    for cycle in np.unique(cycles):
        for group in range(len(groups)):
            equations.total((1.0, has[group, cycles == cycle]), upper=1.0)
    for number, each in enumerate(groups):
        for name in each.turnouts:
            for turn, (_, _, members) in enumerate(turns):
                of_turn = open_[rows[name], members]
                equations.rows((1.0, of_turn), (-1.0, np.full(of_turn.shape, has[number, turn])), upper=0.0)


def _one_block_at_a_time(equations: Equations, rotation: Rotation, slots: Slots, rows: dict[str, int], open_: Integers) -> None:
    for group in rotation.groups:
        if len(group.blocks) > 1:
            block = equations.columns((len(group.blocks), slots.count), upper=1.0)
            equations.sums((1.0, block), upper=1.0)
            for number, names in enumerate(group.blocks):
                for name in names:
                    equations.rows((1.0, open_[rows[name]]), (-1.0, block[number]), upper=0.0)


def _pumps(equations: Equations, tree: CanalTree, slots: Slots, enter: Integers, weights: Weights) -> None:
    for at, node in enumerate(tree.nodes):
        pump = node.canal.pump if node.is_head else None
        if pump is not None:
            sun = equations.columns(slots.count, upper=0.0 if pump.solar is None else pump.solar)
            price = weights.money * slots.seconds * pump.energy_price
            grid = equations.columns(slots.count, upper=node.canal.head.capacity if pump.grid else 0.0, cost=price)
            equations.rows((1.0, enter[at, 1:]), (-1.0, sun), (-1.0, grid), lower=0.0, upper=0.0)
