"""Turns on random trees: what the orders bring by a simulation that never saw the program, and every limit by plain numbers."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedule.canal_simulation import simulate
from schedule.canals import MONDAY, turnout
from waterbalance.schedule.canal_tree import Canal, CanalTree, Gate, Group, Hours, Reach, Rotation
from waterbalance.schedule.search import Limits
from waterbalance.schedule.slots import DailyHours, slots_of
from waterbalance.schedule.timetable import Timetable, make_timetable
from waterbalance.schedule.turn_audit import audit_turns
from waterbalance.schedule.turn_orders import orders_of
from waterbalance.schedule.wanted import wanted_of

FAST = Limits(gap=0.01, time=None, nodes=0)


@st.composite
def gates(draw: st.DrawFn, most: float) -> Gate:
    capacity = round(draw(st.floats(0.3, 1.0)) * most, 3)
    return Gate(
        capacity,
        least=round(draw(st.sampled_from([0.0, 0.2])) * capacity, 4),
        minimum_run=draw(st.sampled_from([0.0, 4.0, 8.0])),
        moves_a_day=draw(st.sampled_from([None, 2, 4])),
        automatic=draw(st.booleans()),
        ramp=draw(st.sampled_from([None, capacity])),
    )


@st.composite
def reaches(draw: st.DrawFn, name: str, capacity: float) -> tuple[Reach, ...]:
    found = []
    for number in range(draw(st.integers(1, 2))):
        fill = draw(st.sampled_from([0.0, 200.0, 500.0]))
        found.append(
            Reach(
                capacity,
                travel_time=draw(st.sampled_from([0.0, 0.5, 1.25, 3.0])),
                share_lost=draw(st.sampled_from([0.0, 0.05])),
                seepage=draw(st.sampled_from([0.0, 0.002])),
                fill_volume=fill,
                drain_volume=fill * draw(st.sampled_from([0.0, 0.4])),
                turnouts=tuple(turnout(f"{name}{number}{each}", draw(gates(0.1))) for each in range(draw(st.integers(1, 2)))),
            )
        )
    return tuple(found)


@st.composite
def trees(draw: st.DrawFn) -> CanalTree:
    main = Canal("main", Gate(0.6, automatic=draw(st.booleans())), draw(reaches("m", 0.6)))
    canals = [main]
    for branch in range(draw(st.integers(0, 2))):
        inside = draw(reaches(f"b{branch}", 0.3))
        operation = draw(st.sampled_from(["on_demand", "continuous", "rotational"]))
        names = [each.name for reach in inside for each in reach.turnouts]
        half = len(names) // 2
        rotation = None
        if operation == "rotational":
            blocks = ((tuple(names[:half]),), (tuple(names[half:]),)) if half else ((tuple(names),),)
            groups = tuple(Group(str(number), each) for number, each in enumerate(blocks))
            rotation = Rotation(12.0, groups, order=draw(st.sampled_from(["fixed", "free"])))
        head = Gate(0.3, automatic=draw(st.booleans()))
        parent = ("main", draw(st.integers(0, len(main.reaches) - 1)))
        canals.append(Canal(f"branch{branch}", head, inside, parent, operation, rotation, draw(st.booleans())))
    return CanalTree(tuple(canals), Hours(DailyHours(6.0, 18.0), DailyHours(20.0, 5.0)))


def timetable_of(tree: CanalTree, daily: float, limits: Limits = FAST) -> Timetable:
    slots = slots_of(MONDAY, "Asia/Taipei", 2.0, 2)
    wanted = wanted_of(tree, slots, np.full((len(tree.turnouts), 2), daily))
    return make_timetable(tree, slots, wanted, limits=limits)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(tree=trees(), daily=st.floats(100.0, 2500.0))
def test_orders_bring_what_the_timetable_says(tree: CanalTree, daily: float) -> None:
    timetable = timetable_of(tree, daily)
    assert audit_turns(timetable) == ()
    brought = simulate(tree, orders_of(timetable))
    rounding = 5e-5 * timetable.slots.seconds * timetable.slots.count
    for (_, each), volume in zip(tree.turnouts, timetable.brought, strict=True):
        assert brought[each.name] == pytest.approx(volume, rel=2e-3, abs=rounding)
    assert timetable.bound <= timetable.objective + 1e-6
