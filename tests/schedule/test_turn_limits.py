"""Turns whose best can be worked out by hand, and the names of what prevents a field from having its water."""

from dataclasses import replace

import highspy
import numpy as np
import pytest

from schedule.canals import MONDAY, at_the_end, hourly, lateral, turnout
from waterbalance.errors import UsageError, WaterBalanceError
from waterbalance.schedule import search, shortfall
from waterbalance.schedule.canal_tree import Canal, CanalTree, Gate, Group, Hours, Pump, Reach, Rotation
from waterbalance.schedule.command import Limits as Allowed
from waterbalance.schedule.device import Device
from waterbalance.schedule.device_limits import within_devices
from waterbalance.schedule.first_turns import first_turns
from waterbalance.schedule.running import Running, RunningGate
from waterbalance.schedule.schedule import Schedule
from waterbalance.schedule.search import Limits
from waterbalance.schedule.shortfall import shortfalls
from waterbalance.schedule.slots import DailyHours, Slots, slots_of
from waterbalance.schedule.tell import commands_of
from waterbalance.schedule.timetable import Timetable, make_timetable
from waterbalance.schedule.turn_audit import audit_turns
from waterbalance.schedule.turn_orders import orders_of
from waterbalance.schedule.wanted import wanted_of
from waterbalance.schedule.weights import Weights

EXACT = Limits(gap=1e-6, time=None)
HOUR = 3600.0


def exactly(tree: CanalTree, slots: Slots, volumes: list[float]) -> Timetable:
    timetable = make_timetable(tree, slots, at_the_end(volumes, slots), limits=EXACT)
    assert audit_turns(timetable) == ()
    return timetable


def one_canal(**fields: object) -> Canal:
    """A canal of 1 m3/s with one turnout of 1 m3/s."""
    reach = Reach(1.0, turnouts=(turnout("a", Gate(1.0, automatic=True)),))
    return replace(Canal("lateral", Gate(1.0, automatic=True), (reach,)), **fields)  # type: ignore[arg-type]


def test_a_filling_takes_its_water_and_its_slot() -> None:
    """Of four hours one fills the canal with 1800 m3; the field has three, and a twentieth of all that flows on is lost."""
    reach = Reach(1.0, share_lost=0.05, fill_volume=1800.0, turnouts=(turnout("a", Gate(1.0, automatic=True)),))
    timetable = exactly(CanalTree((one_canal(reaches=(reach,)),)), hourly(4), [20_000.0])
    assert timetable.brought == pytest.approx([3 * 0.95 * HOUR])
    assert timetable.taken == pytest.approx(3 * HOUR + 1800 / 0.95)


def test_a_drained_canal_serves_from_its_own_water() -> None:
    """It ends early to use the 600 m3 that drain: 3000 m3 for the field are 2400 m3 from the head, beside the filling."""
    reach = Reach(1.0, fill_volume=1800.0, drain_volume=600.0, turnouts=(turnout("a", Gate(1.0, automatic=True)),))
    timetable = exactly(CanalTree((one_canal(reaches=(reach,)),)), hourly(6), [3000.0])
    assert timetable.brought == pytest.approx([3000.0])
    assert timetable.taken - 600.0 * timetable.wet[0, -1] == pytest.approx(1800.0 + 2400.0)


def test_water_is_ordered_when_it_arrives() -> None:
    """A turnout 90 minutes down the canal opens 90 minutes after the head, and closes likewise."""
    reach = Reach(1.0, travel_time=1.5, turnouts=(turnout("a", Gate(1.0, automatic=True, minimum_run=2.0)),))
    timetable = exactly(CanalTree((one_canal(reaches=(reach,)),)), hourly(6), [2 * HOUR])
    head, gate = orders_of(timetable)
    assert (head.role, gate.role) == ("canal_head", "turnout")
    assert [(each.start.hour, each.start.minute) for each in gate.settings] == [
        ((each.start.hour * 60 + each.start.minute + 90) // 60 % 24, (each.start.minute + 90) % 60) for each in head.settings
    ]
    assert gate.volume == pytest.approx(2 * HOUR)


def test_gatekeepers_move_gates_in_their_hours_only() -> None:
    tree = lateral(1.0, [Gate(1.0, least=0.2)], Hours(working=DailyHours(7.0, 9.0)))
    timetable = exactly(tree, hourly(24), [5 * HOUR])
    moved = np.flatnonzero(np.abs(np.diff(timetable.take[0], prepend=0.0)) > 1e-9)
    assert set(moved) <= {7, 8, 9}
    assert timetable.brought == pytest.approx([5 * HOUR])


def test_pumps_run_when_energy_is_cheap_and_the_sun_shines() -> None:
    """10 hours of pumping: 4 sunny ones are free, the 6 cheap ones of the others cost 6 x 3600 x 0.5."""
    price = np.where(np.arange(24) < 6, 0.5, 2.0)
    sun = np.where((np.arange(24) >= 10) & (np.arange(24) < 14), 1.0, 0.0)
    timetable = exactly(CanalTree((one_canal(pump=Pump(price, sun)),)), hourly(24), [10 * HOUR])
    assert sorted(np.flatnonzero(timetable.enter[0] > 0.5)) == [0, 1, 2, 3, 4, 5, 10, 11, 12, 13]
    paid = float(np.minimum(price * (timetable.enter[0] - np.minimum(sun, timetable.enter[0])), np.inf).sum() * HOUR)
    assert paid == pytest.approx(6 * HOUR * 0.5)


def test_a_pump_without_a_grid_rests_at_night() -> None:
    sun = np.where((np.arange(24) >= 10) & (np.arange(24) < 14), 0.5, 0.0)
    timetable = exactly(CanalTree((one_canal(pump=Pump(np.zeros(24), sun, grid=False)),)), hourly(24), [10 * HOUR])
    assert timetable.brought == pytest.approx([4 * 0.5 * HOUR])


@pytest.mark.parametrize("order", ["fixed", "free"])
def test_groups_have_their_turns(order: str) -> None:
    """Each of three groups has 4 of 12 hours; the last one of the file needs them all."""
    gates = [Gate(1.0, automatic=True)] * 3
    groups = tuple(Group(name, ((name,),)) for name in "abc")
    canal = replace(lateral(1.0, gates).canals[0], operation="rotational", rotation=Rotation(4.0, groups, order=order))  # type: ignore[arg-type]
    timetable = exactly(CanalTree((canal,)), hourly(12), [HOUR, 2 * HOUR, 5 * HOUR])
    assert timetable.brought == pytest.approx([HOUR, 2 * HOUR, 4 * HOUR])


def test_blocks_of_a_group_share_its_turn() -> None:
    """Two blocks of one turnout each, whose gates together would take the canal twice over: 8 hours for both."""
    groups = (Group("all", (("a",), ("b",))),)
    gates = [Gate(1.0, automatic=True)] * 2
    canal = replace(lateral(2.0, gates).canals[0], operation="rotational", rotation=Rotation(8.0, groups, order="free"))
    timetable = exactly(CanalTree((canal,)), hourly(8), [5 * HOUR, 5 * HOUR])
    assert timetable.brought.sum() == pytest.approx(8 * HOUR)


def test_a_continuous_canal_changes_once_a_day() -> None:
    canal = replace(lateral(1.0, [Gate(1.0)]).canals[0], operation="continuous")
    tree = CanalTree((canal,), Hours(working=DailyHours(8.0, 16.0)))
    slots = slots_of(MONDAY, "Asia/Taipei", 2.0, 3)
    timetable = exactly(tree, slots, [40 * HOUR])
    moved = np.flatnonzero(np.abs(np.diff(timetable.take[0])) > 1e-6) + 1
    assert len(set(slots.days()[moved])) == len(moved)
    assert timetable.open[0, moved[0] :].all()


def test_a_day_of_23_hours_keeps_the_clock() -> None:
    """Berlin, 29 March 2026: the clock jumps from 2 to 3."""
    slots = slots_of(MONDAY.replace(day=29), "Europe/Berlin", 1.0, 1)
    assert slots.count == 23
    assert slots.clock()[:4].tolist() == [0.0, 1.0, 3.0, 4.0]
    assert slots.moment(23).isoformat() == "2026-03-30T00:00:00+02:00"


DAY = Hours(night=DailyHours(18.0, 6.0))


def moved(gate: str, limits: Allowed) -> CanalTree:
    """One canal of which a gate is moved by a device."""
    return CanalTree(within_devices((one_canal(),), [Device("k", gate, limits)]))


TIGHT = [
    (lateral(5.0, [Gate(1.0, automatic=True)]), [25 * HOUR], "turnout_capacity"),
    (lateral(1.0, [Gate(1.0, automatic=True)] * 2), [15 * HOUR, 15 * HOUR], "reach_capacity"),
    (CanalTree((one_canal(head=Gate(0.5, automatic=True)),)), [20 * HOUR], "head_capacity"),
    (CanalTree(within_devices((one_canal(),), [Device("k", one_canal().name, Allowed(0.0, 0.5))])), [20 * HOUR], "device"),
    (CanalTree(within_devices((one_canal(),), [Device("k", "a", Allowed(0.0, 0.5))])), [20 * HOUR], "device"),
    (moved("a", Allowed(0.0, 1.0, greatest_step=0.05)), [15 * HOUR], "device"),
    (moved("a", Allowed(0.0, 1.0, daily_volume=20_000.0)), [8 * HOUR], "device"),
    (moved("lateral", Allowed(0.0, 1.0, daily_volume=20_000.0)), [8 * HOUR], "device"),
    # So narrow that a hundred times as much brings nothing, either.
    (lateral(5.0, [Gate(1e-4, automatic=True)]), [25 * HOUR], "turnout_capacity"),
    (CanalTree((one_canal(head=Gate(1e-4, automatic=True)),)), [20 * HOUR], "head_capacity"),
    (CanalTree((one_canal(supply=(0.5,) * 24),)), [20 * HOUR], "river"),
    (CanalTree((one_canal(pump=Pump(np.zeros(24), np.full(24, 0.5), grid=False)),)), [20 * HOUR], "energy"),
    (CanalTree((one_canal(night_irrigation=False),), DAY), [20 * HOUR], "night"),
    (lateral(1.0, [Gate(1.0)], Hours(working=DailyHours(8.0, 16.0))), [20 * HOUR], "working_hours"),
    (lateral(1.0, [Gate(1.0, ramp=0.01, automatic=True)]), [12 * HOUR], "ramp"),
    (lateral(1.0, [Gate(1.0, least=0.9, automatic=True)]), [0.5 * HOUR], "least_flow"),
    (
        CanalTree((one_canal(reaches=(Reach(1.0, fill_volume=3000.0, turnouts=one_canal().reaches[0].turnouts),)),)),
        [24 * HOUR],
        "filling",
    ),
]


@pytest.mark.parametrize(("tree", "volumes", "cause"), TIGHT)
def test_the_audit_misses_no_limit(tree: CanalTree, volumes: list[float], cause: str) -> None:
    """What is made without the limit does not pass with it."""
    slots = hourly(24)
    (lifted, *_) = (each for each in shortfall._lifts(tree) if each.limit.cause == cause)
    free = make_timetable(lifted.change(tree), slots, at_the_end(volumes, slots), limits=EXACT)
    assert audit_turns(free) == ()
    assert audit_turns(replace(free, tree=tree)) != ()


@pytest.mark.parametrize(("tree", "volumes", "cause"), TIGHT)
def test_what_prevents_is_named(tree: CanalTree, volumes: list[float], cause: str) -> None:
    timetable = exactly(tree, hourly(24), volumes)
    found = shortfalls(timetable, EXACT)
    short = [each for each in found if each.cause is not None]
    assert short
    assert {each.cause for each in short} == {cause}
    assert sum(each.gain for each in short) >= 0.5 * sum(each.short for each in short)


def test_nothing_is_named_where_nothing_is_missing() -> None:
    timetable = exactly(lateral(1.0, [Gate(1.0, automatic=True)]), hourly(24), [10 * HOUR])
    assert [each.cause for each in shortfalls(timetable, EXACT)] == [None]


@pytest.mark.parametrize(("volume", "cause"), [(6 * HOUR, "search"), (60 * HOUR, "turnout_capacity")])
def test_a_search_that_was_stopped_blames_no_limit_for_what_it_has_not_found(volume: float, cause: str) -> None:
    """As if it had been stopped before it opened its gate, which brings 1 m3/s in one run of 2 to 24 hours."""
    best = exactly(lateral(9.0, [Gate(1.0, minimum_run=2.0, moves_a_day=2, automatic=True)]), hourly(24), [volume])
    shut = {name: np.zeros_like(getattr(best, name)) for name in ("take", "open", "adjusted", "enter", "wet", "head_adjusted")}
    (found,) = shortfalls(replace(best, **shut, stopped_by="time limit"), EXACT)
    assert (found.cause, found.others) == (cause, ())
    assert found.gain == pytest.approx(volume)
    # In no search that came to its end it is tried.
    assert "search" not in {each.limit.cause for each in shortfall._lifts(best.tree)}


def test_on_the_time_limit_there_is_a_timetable() -> None:
    gates = [Gate(0.3, least=0.1, minimum_run=3.0, moves_a_day=2, automatic=True)] * 8
    slots = hourly(48)
    hurried = make_timetable(lateral(1.0, gates), slots, at_the_end([4 * HOUR] * 8, slots), limits=Limits(gap=1e-9, time=1e-3))
    assert audit_turns(hurried) == ()
    assert hurried.stopped_by == "time limit"
    assert hurried.gap > 0


@pytest.mark.parametrize("field", ["take", "enter", "wet", "open", "drawn", "escape"])
def test_the_audit_objects_to_every_change(field: str) -> None:
    reach = Reach(1.0, share_lost=0.05, fill_volume=1800.0, turnouts=(turnout("a", Gate(1.0, least=0.1, automatic=True)),))
    timetable = exactly(CanalTree((one_canal(reaches=(reach,)),)), hourly(6), [9000.0])
    changed = getattr(timetable, field).copy()
    changed[0, 3] = 1.0 - changed[0, 3] if field in {"wet", "open"} else changed[0, 3] + 0.01
    assert audit_turns(replace(timetable, **{field: changed})) != ()


def hurried_by_rules() -> tuple[CanalTree, Slots, Running]:
    """One hour for moves, at 7 and at 8: what trickles since the night may be opened wide and then shut."""
    groups = (Group("first", (("a",),)), Group("second", (("b",),)))
    gates = [Gate(1.0), Gate(1.0)]
    canal = replace(lateral(1.0, gates).canals[0], operation="rotational", rotation=Rotation(12.0, groups))
    tree = CanalTree((canal,), Hours(working=DailyHours(7.0, 8.0)))
    return tree, hourly(24), Running({"lateral": RunningGate(0.1), "a": RunningGate(0.1)})


HURRIED = Limits(gap=1e-9, time=1e-9)


def missed_by_rules() -> tuple[CanalTree, Slots]:
    """Plain rules let `a` run gently, all day, and so leave no time to `b`, which takes all of the canal or nothing."""
    return lateral(1.0, [Gate(1.0, automatic=True), Gate(1.0, least=1.0, automatic=True)]), hourly(24)


def test_a_known_timetable_is_where_a_search_begins() -> None:
    tree, slots = missed_by_rules()
    wanted = at_the_end([12 * HOUR, 12 * HOUR], slots)
    known = make_timetable(tree, slots, wanted, limits=EXACT)
    assert known.shortfall == pytest.approx([0.0, 0.0], abs=1e-3)
    assert make_timetable(tree, slots, wanted, limits=HURRIED).shortfall[1] > 11 * HOUR
    again = make_timetable(tree, slots, wanted, limits=HURRIED, known=known)
    assert again.objective == pytest.approx(known.objective)
    assert audit_turns(again) == ()


def test_a_lifted_limit_takes_no_water_however_short_the_search() -> None:
    tree, slots = missed_by_rules()
    wanted = at_the_end([12.5 * HOUR, 12 * HOUR], slots)
    timetable = make_timetable(tree, slots, wanted, limits=EXACT)
    assert timetable.shortfall.sum() == pytest.approx(0.5 * HOUR, abs=1e-3)
    for lift in shortfall._lifts(tree):
        assert shortfall._gains(timetable, [lift], HURRIED).min() >= -1e-6


def by_rules(tree: CanalTree, slots: Slots, volumes: list[float], running: Running, patch: pytest.MonkeyPatch) -> Timetable:
    """What a search begins with."""
    patch.setattr(search, "_improved", lambda _program, _cost, best, *_: best)
    timetable = make_timetable(tree, slots, at_the_end(volumes, slots), running=running)
    assert audit_turns(timetable) == ()
    return timetable


def test_plain_rules_adjust_what_runs_since_the_night(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.1 m3/s until 7, then 1 m3/s for an hour."""
    tree, slots, running = hurried_by_rules()
    timetable = by_rules(tree, slots, [1.7 * HOUR, 0.0], running, monkeypatch)
    assert timetable.take[0].tolist() == pytest.approx([0.1] * 7 + [1.0] + [0.0] * 16)


@pytest.mark.parametrize("moves_a_day", [None, 1])
def test_plain_rules_bring_no_more_than_a_field_may_have(moves_a_day: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shut at 8, the gate brings 8 of 10 hours; as it is until the day after 32: from 6 on it is adjusted to do with 4.

    What may be moved once a day is adjusted on the one day and shut on the next.
    """
    tree = lateral(1.0, [Gate(1.0, moves_a_day=moves_a_day)], Hours(working=DailyHours(6.0, 8.0)))
    running = Running({"lateral": RunningGate(1.0), "a": RunningGate(1.0)})
    timetable = by_rules(tree, hourly(48), [10 * HOUR], running, monkeypatch)
    assert timetable.shortfall == pytest.approx([0.0], abs=1e-3)


def test_what_is_near_enough_sets_gates_no_more_often_than_it_pays() -> None:
    """Two gates that run at 1.5 and 0.5 of what each field wants: set once or twice, and left alone for the rest of the week."""
    tree = lateral(0.35, [Gate(0.2, moves_a_day=2)] * 2, Hours(working=DailyHours(8.0, 16.0)))
    slots = slots_of(MONDAY, "Asia/Taipei", 2.0, 7)
    running = Running({"lateral": RunningGate(0.104), "a": RunningGate(0.078), "b": RunningGate(0.026)})
    wanted = wanted_of(tree, slots, np.full((2, 7), 4500.0))
    timetable = make_timetable(tree, slots, wanted, running=running)
    assert timetable.stopped_by is None
    assert timetable.shortfall == pytest.approx([0.0, 0.0], abs=1.0)
    assert timetable.adjusted.sum() + np.abs(np.diff(timetable.open)).sum() <= 8


def test_gates_whose_moves_nobody_counts_do_not_wander() -> None:
    """Two share 0.3 m3/s all day by halves: each is set once, not in every slot anew to what makes up the sum."""
    tree, slots = lateral(0.3, [Gate(0.2, automatic=True)] * 2), hourly(24)
    timetable = make_timetable(tree, slots, at_the_end([0.15 * 24 * HOUR] * 2, slots), limits=EXACT)
    assert audit_turns(timetable) == ()
    assert timetable.take == pytest.approx(np.full((2, 24), 0.15), abs=1e-4)


def test_a_first_timetable_runs_again_on_other_days_for_what_one_run_cannot_bring() -> None:
    """Nights leave ten hours a day: sixteen take a run on each of two days, the one before or after the other."""
    tree, slots = lateral(1.0, [Gate(1.0, moves_a_day=2)], Hours(night=DailyHours(10.0, 24.0))), hourly(48)
    tree = replace(tree, canals=(replace(tree.canals[0], night_irrigation=False),))
    for first in first_turns(tree, slots, at_the_end([16 * HOUR], slots), Weights()):
        assert first.open[0, :10].sum() + first.open[0, 24:34].sum() == first.open.sum() >= 16


def test_plain_rules_adjust_what_may_not_be_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its keeper comes when no head can follow: 0.5 m3/s to the fifth hour, and the rest of 10 m3/s x h over the other 43."""
    reach = Reach(1.0, travel_time=1.5, turnouts=(turnout("a", Gate(1.0)),))
    canal = one_canal(head=Gate(1.0), reaches=(reach,), operation="continuous")
    tree = CanalTree((canal,), Hours(working=DailyHours(6.0, 7.0)))
    running = Running({"lateral": RunningGate(0.5), "a": RunningGate(0.5)})
    slots = hourly(48)
    first, *_ = first_turns(tree, slots, at_the_end([10 * HOUR], slots), Weights(), running)
    assert np.flatnonzero(first.adjusted[0])[0] == 5
    timetable = by_rules(tree, slots, [10 * HOUR], running, monkeypatch)
    assert timetable.take[0].tolist() == pytest.approx([0.5] * 5 + [7.5 / 43] * 43)


def test_what_may_not_be_shut_runs_at_its_least_where_nothing_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    canal = one_canal(reaches=(Reach(1.0, turnouts=(turnout("a", Gate(1.0, least=0.2)),)),), operation="continuous")
    tree = CanalTree((canal,), Hours(working=DailyHours(6.0, 7.0)))
    running = Running({"lateral": RunningGate(0.5), "a": RunningGate(0.5)})
    timetable = by_rules(tree, hourly(24), [0.0], running, monkeypatch)
    assert timetable.take[0].tolist() == pytest.approx([0.5] * 6 + [0.2] * 18)


def test_plain_rules_fill_nothing_before_the_head_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.1 m3/s run for `a` until 6, when the second reach begins to be filled for `b`."""
    first, second = (
        Reach(1.0, turnouts=(turnout("a", Gate(1.0)),)),
        Reach(1.0, fill_volume=1800.0, turnouts=(turnout("b", Gate(1.0)),)),
    )
    tree = CanalTree((one_canal(head=Gate(1.0), reaches=(first, second)),), Hours(working=DailyHours(6.0, 8.0)))
    running = Running({"lateral": RunningGate(0.1), "a": RunningGate(0.1)})
    timetable = by_rules(tree, hourly(24), [2.4 * HOUR, HOUR], running, monkeypatch)
    assert timetable.shortfall == pytest.approx([0.0, 0.0], abs=1e-3)
    assert timetable.enter[0, :6].tolist() == pytest.approx([0.1] * 6)


def test_the_way_to_any_solution_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every search takes all of its time and finds nothing, all of them together take what patience allows."""
    clock, asked = [0.0], list[float]()

    def nothing(highs: highspy.Highs) -> None:
        limit = highs.getOptionValue("time_limit")[1]
        if np.isfinite(limit):
            asked.append(limit)
            clock[0] += limit

    monkeypatch.setattr(search, "run", nothing)
    monkeypatch.setattr(search.time, "perf_counter", lambda: clock[0])
    tree, slots, running = hurried_by_rules()
    with pytest.raises(UsageError, match="no solution"):
        make_timetable(tree, slots, at_the_end([HOUR, 0.0], slots), limits=Limits(time=1.0), running=running)
    assert len(asked) > 1
    assert clock[0] <= search.PATIENCE + 1e-9


def test_a_search_without_an_answer_names_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unsolved(*_: object, **__: object) -> Timetable:
        raise UsageError("the turns have no solution")

    tree, slots, running = hurried_by_rules()
    timetable = make_timetable(tree, slots, at_the_end([2 * HOUR, 0.0], slots), limits=EXACT, running=running)
    monkeypatch.setattr(shortfall, "make_timetable", unsolved)
    assert shortfalls(timetable, EXACT)[0].cause == "several"


def test_plain_rules_let_nobody_wait_for_two_turns() -> None:
    """`b` had the turn before, `a` has this one, and the next one is the last that the slots see."""
    groups = (Group("a", (("a",),)), Group("b", (("b",),)))
    rotation = Rotation(6.0, groups, order="free", since=6.0, had=("b",))
    gates = [Gate(1.0, automatic=True)] * 2
    tree = CanalTree((replace(lateral(1.0, gates).canals[0], operation="rotational", rotation=rotation),))
    slots = hourly(12)
    timetable = make_timetable(tree, slots, at_the_end([3 * HOUR, 3 * HOUR], slots), limits=HURRIED)
    assert timetable.shortfall == pytest.approx([0.0, 0.0], abs=1e-3)


@pytest.mark.parametrize(
    ("limits", "brought"),
    [
        # 49 l/s more every hour, for orders are rounded to a litre a second: 0.049 x (1 + ... + 20), then four of 1 m3/s.
        (Allowed(0.0, 1.0, greatest_step=0.05, least_dwell=3600.0), (0.049 * 210.0 + 4.0) * HOUR),
        (Allowed(0.0, 1.0, daily_volume=20_000.0), 20_000.0 - 1.1e-3 * 24 * HOUR),
    ],
)
@pytest.mark.parametrize("gate", ["a", "lateral"])
def test_what_a_device_may_is_known_to_the_search(gate: str, limits: Allowed, brought: float) -> None:
    """The guard refuses what is ordered without it."""
    slots, device = hourly(24), Device("k", gate, limits)
    # It opens at one, from nothing to a full canal.
    unknown = CanalTree((one_canal(night_irrigation=False),), Hours(night=DailyHours(0.0, 1.0)))
    for tree, is_known in ((moved(gate, limits), True), (unknown, False)):
        timetable = exactly(tree, slots, [23.5 * HOUR])
        schedule = Schedule("Asia/Taipei", "test", orders_of(timetable))
        if is_known:
            assert timetable.brought == pytest.approx([brought])
            assert [command.structure for command in commands_of(schedule, [device])] == [gate]
        else:
            with pytest.raises(WaterBalanceError):
                commands_of(schedule, [device])


@pytest.mark.parametrize(
    ("running", "brought"),
    [
        # Amid the day 15,000 m3 have passed; what is left of 19,905 m3 is brought.
        (RunningGate(moves=1, passed=15_000.0), 4_905.0),
        # More has passed than may: nothing follows.
        (RunningGate(moves=1, passed=30_000.0), 0.0),
        # Nobody can shut it before 6 o'clock, whatever has passed.
        (RunningGate(1.0, passed=30_000.0), 6 * HOUR),
    ],
)
def test_what_has_passed_on_the_day_counts(running: RunningGate, brought: float) -> None:
    gate = Gate(1.0, daily_volume=19_905.0)
    tree = lateral(1.0, [gate], Hours(working=DailyHours(6.0, 18.0)))
    slots = hourly(12)
    wanted = at_the_end([10 * HOUR], slots)
    timetable = make_timetable(tree, slots, wanted, limits=EXACT, running=Running({"a": running, "lateral": running}))
    assert audit_turns(timetable) == ()
    assert timetable.brought == pytest.approx([brought])
