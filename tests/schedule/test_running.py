"""Schedules that begin with open gates and full canals, and fillings of several slots: by hand and by simulation."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedule.canal_simulation import simulate
from schedule.canals import MONDAY, at_the_end, hourly, turnout
from schedule.test_turns import trees
from waterbalance.schedule.account import Account, StandingWater
from waterbalance.schedule.canal_tree import Canal, CanalTree, Gate, Hours, Reach
from waterbalance.schedule.first_turns import first_turns
from waterbalance.schedule.followed_through import with_followed
from waterbalance.schedule.left_running import left_running
from waterbalance.schedule.running import AT_REST, Running, RunningGate
from waterbalance.schedule.schedule import Order, Role, Schedule, Setting
from waterbalance.schedule.search import Limits
from waterbalance.schedule.slots import DailyHours, Slots, slots_of
from waterbalance.schedule.timetable import Timetable, make_timetable
from waterbalance.schedule.turn_audit import audit_turns
from waterbalance.schedule.turn_orders import orders_of
from waterbalance.schedule.wanted import Wanted, wanted_of
from waterbalance.schedule.weights import Weights

EXACT = Limits(gap=1e-6, time=None)
HOUR = 3600.0
OPEN = RunningGate(1.0)


def canal(gate: Gate, fill: float = 1800.0, drain: float = 0.0, hours: Hours | None = None, **fields: object) -> CanalTree:
    """One canal of 1 m3/s with one turnout; its head is automatic."""
    reach = Reach(1.0, fill_volume=fill, drain_volume=drain, turnouts=(turnout("a", gate),))
    return CanalTree((replace(Canal("lateral", Gate(1.0, automatic=True), (reach,)), **fields),), hours or Hours())  # type: ignore[arg-type]


def exactly(tree: CanalTree, slots: Slots, volumes: list[float], running: Running = AT_REST) -> Timetable:
    timetable = make_timetable(tree, slots, at_the_end(volumes, slots), limits=EXACT, running=running)
    assert audit_turns(timetable) == ()
    return timetable


AUTOMATIC = Gate(1.0, automatic=True)


def test_a_canal_in_use_is_not_filled_again() -> None:
    running = Running({"lateral": OPEN, "a": OPEN}, {("lateral", 0): 1800.0})
    timetable = exactly(canal(AUTOMATIC), hourly(4), [20_000.0], running)
    assert timetable.brought == pytest.approx([4 * HOUR])
    assert timetable.taken == pytest.approx(4 * HOUR)


def test_what_lacks_is_filled() -> None:
    """Of its 1800 m3 half is there: the first hour takes the other 900 m3 and serves nobody."""
    running = Running({"lateral": OPEN}, {("lateral", 0): 900.0})
    timetable = exactly(canal(AUTOMATIC), hourly(4), [20_000.0], running)
    assert timetable.brought == pytest.approx([3 * HOUR])
    assert timetable.taken == pytest.approx(3 * HOUR + 900.0)


@pytest.mark.parametrize(("stands", "hours", "taken"), [(1800.0, 4, 4 * HOUR), (600.0, 3, 3 * HOUR + 1200.0)])
def test_water_behind_a_shut_gate_is_there_for_the_first_use(stands: float, hours: int, taken: float) -> None:
    timetable = exactly(canal(AUTOMATIC), hourly(4), [20_000.0], Running(contents={("lateral", 0): stands}))
    assert timetable.brought == pytest.approx([hours * HOUR])
    assert timetable.taken == pytest.approx(taken)


@pytest.mark.parametrize(("stands", "seepage"), [(1800.0, 0.05), (900.0, 0.0)])
def test_a_canal_that_is_shut_at_once_has_fallen_dry_when_it_runs_again(stands: float, seepage: float) -> None:
    """Its field is closed for three hours: to keep the canal wet would take more than to fill it anew."""
    reach = Reach(1.0, fill_volume=1800.0, seepage=seepage, turnouts=(turnout("a", AUTOMATIC),))
    head = Gate(1.0, least=0.9, automatic=True)
    tree = CanalTree((Canal("lateral", head, (reach,), night_irrigation=False),), Hours(night=DailyHours(0.0, 3.0)))
    running = Running({"lateral": OPEN}, {("lateral", 0): stands})
    timetable = exactly(tree, hourly(6), [0.5 * HOUR], running)
    assert timetable.wet[0].tolist() == [0, 0, 0, 0, 1, 1]
    assert timetable.taken == pytest.approx(1800.0 + (0.5 + 2 * seepage) * HOUR + timetable.escaped["lateral"])


def test_a_gate_that_closes_is_shut_before_its_head_can_follow() -> None:
    """The keepers come at two; the gates are an hour down the canal, and what its head sends until two runs over the escape."""
    gate = replace(turnout("a", Gate(1.0)), closed=(False, True, True, True, True, True))
    reach = Reach(1.0, 1.0, turnouts=(gate, turnout("b", Gate(1.0))))
    tree = CanalTree((Canal("lateral", Gate(1.0), (reach,)),), Hours(working=DailyHours(2.0, 12.0)))
    half, volumes = RunningGate(0.5), [HOUR, 0.0]
    running = Running({"lateral": half, "a": half})
    for first in first_turns(tree, hourly(6), at_the_end(volumes, hourly(6)), Weights(), running):
        assert first.open[0].tolist() == [1, 0, 0, 0, 0, 0]
    assert exactly(tree, hourly(6), volumes, running).taken == pytest.approx(HOUR)


def test_a_continuous_gate_that_closes_once_is_shut_only_then() -> None:
    """Closed from the 30th hour to the 48th, its field wants what runs for 20 hours: it is set to less rather than shut at 20."""
    gate = replace(turnout("a", Gate(1.0, least=0.1)), closed=tuple(30 <= hour < 48 for hour in range(60)))
    tree = CanalTree((Canal("lateral", Gate(1.0), (Reach(1.0, turnouts=(gate,)),), operation="continuous"),))
    timetable = exactly(tree, hourly(60), [20 * HOUR], Running({"lateral": OPEN, "a": OPEN}))
    assert np.flatnonzero(timetable.open[0]).tolist() == list(range(30))
    assert timetable.brought == pytest.approx([20 * HOUR], rel=0.01)
    for first in first_turns(tree, hourly(60), at_the_end([20 * HOUR], hourly(60)), Weights(), timetable.running):
        assert np.flatnonzero(first.open[0]).tolist() == list(range(30))


def test_what_stands_in_a_canal_seeps_away() -> None:
    """Nobody opens the head before the third hour; 0.05 m3/s seep, 360 m3 in two hours, before and while it is used."""
    reach = Reach(1.0, fill_volume=1800.0, seepage=0.05, turnouts=(turnout("a", AUTOMATIC),))
    tree = CanalTree((Canal("lateral", Gate(1.0), (reach,)),), Hours(working=DailyHours(2.0, 3.0)))
    timetable = exactly(tree, hourly(5), [20_000.0], Running(contents={("lateral", 0): 1800.0}))
    assert timetable.brought == pytest.approx([2 * 0.95 * HOUR])
    # The gate is set when it is opened, and once more an hour later.
    assert timetable.enter[0].sum() * HOUR == pytest.approx(2 * HOUR + 360.0 + 0.05 * HOUR)


def test_a_minimum_run_goes_on() -> None:
    """Opened an hour ago for three: two more of at least 0.5 m3/s, though the field wants nothing."""
    running = Running({"lateral": OPEN, "a": RunningGate(1.0, 1.0)}, {("lateral", 0): 1800.0})
    timetable = exactly(canal(replace(AUTOMATIC, minimum_run=3.0, least=0.5)), hourly(6), [0.0], running)
    assert timetable.open[0].tolist() == [1, 1, 0, 0, 0, 0]
    assert timetable.brought == pytest.approx([2 * 0.5 * HOUR])


def test_moves_of_the_day_count() -> None:
    """Moved twice already of two times a day: what is shut stays so until midnight."""
    running = Running({"lateral": OPEN, "a": RunningGate(0.0, moves=2)}, {("lateral", 0): 1800.0})
    slots = hourly(30)
    timetable = exactly(canal(replace(AUTOMATIC, moves_a_day=2)), slots, [2 * HOUR], running)
    assert np.flatnonzero(timetable.take[0])[0] >= 24
    assert timetable.brought == pytest.approx([2 * HOUR])


def test_nobody_shuts_a_gate_at_night() -> None:
    """The field has what runs until the keeper comes at six, though it wants half of it; with the canal as it was."""
    half = RunningGate(0.5)
    running = Running({"lateral": half, "a": half}, {("lateral", 0): 1800.0})
    tree = canal(Gate(1.0), hours=Hours(working=DailyHours(6.0, 18.0)), head=Gate(1.0))
    timetable = exactly(tree, hourly(12), [3 * 0.5 * HOUR], running)
    assert timetable.take[0].tolist() == pytest.approx([0.5] * 6 + [0.0] * 6)
    assert timetable.taken == pytest.approx(3 * HOUR)


def test_nobody_goes_to_a_gate_for_the_last_digit_of_its_flow() -> None:
    """Ordered as 0.1234 m3/s it may bring 0.1235: what the field wants, from a gate that is not moved."""
    before = RunningGate(0.1234, off_by=1e-4)
    tree = canal(Gate(1.0), hours=Hours(working=DailyHours(2.0, 4.0)), head=Gate(1.0))
    running = Running({"lateral": before, "a": before}, {("lateral", 0): 1800.0})
    timetable = exactly(tree, hourly(6), [0.12349 * 6 * HOUR], running)
    assert timetable.take[0] == pytest.approx([0.12349] * 6)
    assert [[each.setpoint for each in order.settings] for order in orders_of(timetable)] == [[0.1234], [0.1234]]


def test_a_ramp_goes_on_from_the_flow_before() -> None:
    running = Running({"lateral": OPEN, "a": OPEN}, {("lateral", 0): 1800.0})
    timetable = exactly(canal(replace(AUTOMATIC, ramp=0.25)), hourly(6), [0.0], running)
    assert timetable.take[0].tolist() == pytest.approx([0.75, 0.5, 0.25, 0.0, 0.0, 0.0])


def test_a_filling_takes_as_many_slots_as_it_needs() -> None:
    """5400 m3 at 1 m3/s are an hour and a half: two of four hours, of which each takes half of it."""
    timetable = exactly(canal(AUTOMATIC, 5400.0), hourly(4), [20_000.0])
    assert timetable.brought == pytest.approx([2 * HOUR])
    assert timetable.enter[0].tolist() == pytest.approx([0.75, 0.75, 1.0, 1.0])


def test_a_filling_under_way_goes_on() -> None:
    """Of three slots of 3000 m3 each the first is done."""
    running = Running({"lateral": RunningGate(3000 / HOUR)}, {("lateral", 0): 3000.0})
    timetable = exactly(canal(AUTOMATIC, 9000.0), hourly(4), [20_000.0], running)
    assert timetable.enter[0].tolist() == pytest.approx([3000 / HOUR, 3000 / HOUR, 1.0, 1.0])


def test_reaches_are_filled_one_after_another_where_there_is_no_room_for_both() -> None:
    """Two of 3000 m3 each: 3600 m3 an hour fill one in a slot; the lower field waits for the second."""
    reaches = tuple(Reach(1.0, fill_volume=3000.0, turnouts=(turnout(name, AUTOMATIC),)) for name in "ab")
    tree = CanalTree((Canal("lateral", AUTOMATIC, reaches),))
    timetable = exactly(tree, hourly(4), [0.0, 20_000.0])
    assert timetable.brought == pytest.approx([0.0, 2 * HOUR])


def joined(first: Sequence[Order], second: Sequence[Order]) -> tuple[Order, ...]:
    """The first orders of every gate until its second ones begin."""
    after = {order.structure: order for order in second}
    found = []
    for order in first:
        begin = after[order.structure].valid_from
        kept = tuple(replace(each, end=min(each.end, begin)) for each in order.settings if each.start < begin)
        found.append(replace(order, settings=(*kept, *after[order.structure].settings)))
    return tuple(found)


def later(slots: Slots, wanted: Wanted, done: np.ndarray, edge: int) -> tuple[Slots, Wanted]:
    """The rest of slots from an edge on, and what is wanted in it beside what is done."""
    rest = Slots(slots.moment(edge), slots.hours, slots.count - edge)
    left = np.maximum(wanted.cumulative[:, edge:] - done[:, None], 0.0)
    return rest, Wanted(left, wanted.looked_at[:, edge:])


def replanned(first: Timetable, edge: int, limits: Limits) -> tuple[Timetable, tuple[Order, ...]]:
    """The rest made anew from the orders of the first, and all orders one after another."""
    tree = first.tree
    before = Schedule("Asia/Taipei", "test", orders_of(first))
    done = first.take[:, :edge].sum(axis=1) * first.slots.seconds
    slots, wanted = later(first.slots, first.wanted, done, edge)
    second = make_timetable(tree, slots, wanted, limits=limits, running=left_running(before, tree, slots))
    return second, joined(before.orders, orders_of(second))


def test_a_second_half_goes_on_without_a_second_filling() -> None:
    """A canal with two reaches, keepers and losses over two days, planned again at the midnight between them."""
    gates = [Gate(0.2, least=0.05, minimum_run=4.0, moves_a_day=2)] * 2
    reaches = tuple(
        Reach(0.5, 1.0, 0.05, 0.002, 600.0, 100.0, (turnout(name, gate),)) for name, gate in zip("ab", gates, strict=True)
    )
    tree = CanalTree((Canal("main", Gate(0.5), reaches),), Hours(working=DailyHours(6.0, 18.0)))
    slots = slots_of(MONDAY, "Asia/Taipei", 2.0, 4)
    wanted = wanted_of(tree, slots, np.full((2, 4), 5000.0))
    first = make_timetable(tree, slots, wanted, limits=EXACT)
    second, orders = replanned(first, 24, EXACT)
    assert audit_turns(second) == ()
    assert second.running.gate("main").is_open
    assert second.running.contents == {("main", 0): pytest.approx(600.0), ("main", 1): pytest.approx(600.0)}
    whole = first.enter[0, :24].sum() * slots.seconds + second.taken
    assert whole == pytest.approx(first.taken, rel=2e-3)
    brought = simulate(tree, orders)
    total = first.take[:, :24].sum(axis=1) * slots.seconds + second.brought
    assert [brought["a"], brought["b"]] == pytest.approx(total, rel=2e-3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(tree=trees(), daily=st.floats(100.0, 2500.0), edge=st.sampled_from([3, 6, 12, 17]))
def test_orders_of_a_new_plan_bring_what_it_says(tree: CanalTree, daily: float, edge: int) -> None:
    """Random trees, planned again on the way: the water of both plans' orders, followed from the very first dry slot on."""
    slots = slots_of(MONDAY, "Asia/Taipei", 2.0, 2)
    wanted = wanted_of(tree, slots, np.full((len(tree.turnouts), 2), daily))
    fast = Limits(gap=0.01, time=None, nodes=0)
    first = make_timetable(tree, slots, wanted, limits=fast)
    second, orders = replanned(first, edge, fast)
    assert audit_turns(second) == ()
    brought = simulate(tree, orders)
    total = first.take[:, :edge].sum(axis=1) * slots.seconds + second.brought
    rounding = 5e-5 * slots.seconds * slots.count * 2
    for (_, each), volume in zip(tree.turnouts, total, strict=True):
        assert brought[each.name] == pytest.approx(volume, rel=4e-3, abs=rounding)


def test_a_canal_that_serves_is_full_though_nobody_saw_it_filled() -> None:
    """It stood full with a trickle at its head as the orders began; when the keeper sleeps, its open gate goes on."""
    slots = slots_of(MONDAY + dt.timedelta(days=1), "Asia/Taipei", 1.0, 1)
    edges = [slots.moment(hour - 24) for hour in (0, 2, 24)]

    def order(name: str, role: Role, *flows: float) -> Order:
        spans = zip(edges, edges[1:], flows, (2.0, 22.0), strict=False)
        settings = tuple(Setting(start, end, flow, flow * hours * HOUR) for start, end, flow, hours in spans)
        return Order(name, "fields", settings, role=role)

    before = Schedule("Asia/Taipei", "test", (order("lateral", "canal_head", 0.02, 0.5), order("a", "turnout", 0.0, 0.5)))
    tree = canal(Gate(1.0), hours=Hours(working=DailyHours(6.0, 18.0)), head=Gate(1.0))
    running = left_running(before, tree, slots)
    assert running.contents == {("lateral", 0): 1800.0}
    assert exactly(tree, slots, [12 * HOUR], running).brought == pytest.approx([12 * HOUR])


@pytest.mark.parametrize(("seepage", "stands"), [(0.0, 1800.0), (0.01, 1800.0 - 24 * 36.0)])
def test_what_stood_in_a_canal_is_told_on_over_a_day_without_water(seepage: float, stands: float) -> None:
    """Nothing flows on Monday; what stood in the reach as its orders began is there on Tuesday, but for what seeps."""
    slots = slots_of(MONDAY + dt.timedelta(days=1), "Asia/Taipei", 1.0, 1)
    begin, noon, end = (slots.moment(hour) for hour in (-24, -12, 0))
    reach = Reach(1.0, fill_volume=1800.0, seepage=seepage, turnouts=(turnout("a", AUTOMATIC),))
    tree = CanalTree((Canal("lateral", Gate(1.0, automatic=True), (reach,)),))

    def orders(since: dt.datetime) -> tuple[Order, ...]:
        setting = (Setting(since, end, 0.0, 0.0),)
        return Order("lateral", "fields", setting, role="canal_head"), Order("a", "fields", setting)

    monday = Schedule("Asia/Taipei", "test", orders(begin), standing=(StandingWater("lateral", 1, 1800.0),))
    told = Schedule.from_dict(json.loads(json.dumps(replace(monday, accounts=(Account("a", 0.0, ()),)).to_dict())))
    assert left_running(told, tree, slots).contents == {("lateral", 0): pytest.approx(stands)}
    # A plan at noon tells what stood there when that began which was followed until then.
    replan = Schedule("Asia/Taipei", "test", orders(noon), standing=(StandingWater("lateral", 1, 1.0),))
    kept = with_followed(replan, monday, {"lateral", "a"})
    assert left_running(kept, tree, slots).contents == {("lateral", 0): pytest.approx(stands)}
    assert left_running(replace(monday, standing=()), tree, slots).contents == {("lateral", 0): 0.0}


@pytest.mark.parametrize(("flow", "stands", "in_use"), [(0.02, 0.0, False), (0.75, 2700.0, True)])
def test_what_runs_over_an_escape_fills_no_reach(flow: float, stands: float, in_use: bool) -> None:
    """The lower reach is filled by 0.75 m3/s in two hours; what keeps the upper one wet at night runs over its escape."""
    slots = slots_of(MONDAY + dt.timedelta(days=1), "Asia/Taipei", 1.0, 1)
    edges = [slots.moment(edge) for edge in (-2, -1, 0)]
    flows = zip(edges, edges[1:], (0.0, flow), strict=False)
    settings = tuple(Setting(start, end, each, each * HOUR) for start, end, each in flows)
    before = Schedule("Asia/Taipei", "test", (Order("lateral", "lateral", settings, role="canal_head"),))
    reaches = (Reach(1.0), Reach(1.0, fill_volume=5400.0, turnouts=(turnout("a", AUTOMATIC),)))
    tree = CanalTree((Canal("lateral", Gate(1.0), reaches),))
    running = left_running(before, tree, slots)
    assert running.contents["lateral", 1] == pytest.approx(stands)
    assert running.is_wet(tree, 1) == in_use


def in_hours(wanted: Sequence[int], count: int) -> Wanted:
    """An hour of 1 m3/s in each of some hours, looked at every hour."""
    cumulative = HOUR * np.cumsum(np.isin(np.arange(count), wanted))[None].astype(float)
    return Wanted(cumulative, np.ones_like(cumulative, dtype=np.bool_))


PUNCTUAL = Weights(out_of_time=100.0)


@pytest.mark.parametrize(
    ("seepage", "stands", "taken"),
    [
        (0.0, 0.0, 1800.0 + 3 * HOUR),
        (0.0, 1800.0, 3 * HOUR),
        # It is filled each time, and seeps in the six hours in which it is wet: 0.05 m3/s.
        (0.05, 0.0, 3 * (1800.0 + HOUR) + 6 * 0.05 * HOUR),
        # Of what stood in it an hour's seepage is gone the first time, less than the least that its head lets in.
        (0.05, 1800.0, 0.4 * HOUR + 2 * (1800.0 + 0.05 * HOUR) + 3 * 1.05 * HOUR),
    ],
)
def test_a_canal_that_loses_nothing_is_filled_once(seepage: float, stands: float, taken: float) -> None:
    """The field has water at 2, 10 and 18; between them the head, which lets no less than 0.4 m3/s through, is shut."""
    reach = Reach(2.0, fill_volume=1800.0, seepage=seepage, turnouts=(turnout("a", AUTOMATIC),))
    tree = CanalTree((Canal("lateral", Gate(2.0, 0.4, automatic=True), (reach,)),))
    running, slots = Running(contents={("lateral", 0): stands}), hourly(20)
    wanted = in_hours([2, 10, 18], slots.count)
    timetable = make_timetable(tree, slots, wanted, weights=PUNCTUAL, limits=EXACT, running=running)
    assert audit_turns(timetable) == ()
    assert timetable.brought == pytest.approx([3 * HOUR])
    assert timetable.taken == pytest.approx(taken)
    if stands == 0.0:
        assert simulate(tree, orders_of(timetable)) == {"a": pytest.approx(3 * HOUR, rel=1e-3)}


@pytest.mark.parametrize("both", [True, False])
def test_what_is_drained_passes_no_further_than_the_gates_at_its_place(both: bool) -> None:
    """600 m3 of the first reach serve `a` in the last hour, but nothing runs on to `b` from a pool that is not full."""
    reaches = (
        Reach(1.0, fill_volume=1800.0, drain_volume=600.0, turnouts=(turnout("a", Gate(0.5, automatic=True)),)),
        Reach(1.0, turnouts=(turnout("b", Gate(0.5, automatic=True)),)),
    )
    tree, slots = CanalTree((Canal("main", Gate(1.0, 0.1, automatic=True), reaches),)), hourly(6)
    hour = in_hours([2], slots.count).cumulative / 2.0
    wanted = Wanted(np.vstack([hour, hour * both]), np.ones((2, slots.count), dtype=np.bool_))
    timetable = make_timetable(tree, slots, wanted, weights=PUNCTUAL, limits=EXACT)
    assert audit_turns(timetable) == ()
    assert timetable.taken == pytest.approx(1800.0 + (HOUR if both else HOUR / 2.0 - 600.0))
    brought = simulate(tree, orders_of(timetable))
    assert [brought["a"], brought["b"]] == pytest.approx([HOUR / 2.0, both * HOUR / 2.0], rel=2e-3)
