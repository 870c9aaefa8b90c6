"""The floor under the cost of turns: by hand, and never over what a timetable costs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedule.canals import MONDAY, at_the_end, hourly, turnout
from schedule.test_running import replanned
from schedule.test_turns import trees
from waterbalance.schedule.canal_tree import Canal, CanalTree, Gate, Pump, Reach
from waterbalance.schedule.floor import least_cost
from waterbalance.schedule.left_running import left_running
from waterbalance.schedule.running import AT_REST, Running, RunningGate
from waterbalance.schedule.schedule import Schedule
from waterbalance.schedule.search import Limits
from waterbalance.schedule.slots import slots_of
from waterbalance.schedule.timetable import make_timetable
from waterbalance.schedule.turn_orders import orders_of
from waterbalance.schedule.wanted import wanted_of
from waterbalance.schedule.weights import Weights

AUTOMATIC = Gate(1.0, automatic=True)


def two_canals(**second: object) -> CanalTree:
    """A tenth is lost in the first, a fifth in the second, each with a field."""
    first = Reach(1.0, share_lost=0.1, turnouts=(turnout("a", AUTOMATIC),))
    behind = Reach(1.0, share_lost=0.2, fill_volume=500.0, drain_volume=200.0, turnouts=(turnout("b", AUTOMATIC),))
    branch = replace(Canal("branch", AUTOMATIC, (behind,), ("main", 0)), **second)  # type: ignore[arg-type]
    return CanalTree((Canal("main", AUTOMATIC, (first,)), branch))


def floor(tree: CanalTree, volumes: list[float], running: Running = AT_REST) -> float:
    slots = hourly(24)
    return least_cost(tree, slots, at_the_end(volumes, slots), Weights(), running)


def test_every_field_pays_for_what_is_lost_on_its_way() -> None:
    assert floor(two_canals(), [900.0, 720.0]) == pytest.approx(900 / 0.9 + 720 / (0.9 * 0.8))


def test_energy_counts_at_its_cheapest() -> None:
    price = np.where(np.arange(24) < 6, 0.5, 2.0)
    assert floor(two_canals(pump=Pump(price)), [0.0, 720.0]) == pytest.approx(720 * (1 / 0.9 + 0.5) / 0.8)
    assert floor(two_canals(pump=Pump(price, np.zeros(24))), [0.0, 720.0]) == pytest.approx(720 / (0.9 * 0.8))


def test_what_costs_more_than_shortage_is_short() -> None:
    dear = Pump(np.full(24, 500.0))
    assert floor(two_canals(pump=dear), [0.0, 720.0]) == pytest.approx(720 * 100.0)


def test_water_that_is_there_is_taken_off() -> None:
    running = Running({"main": RunningGate(0.5), "branch": RunningGate(0.1)}, {("branch", 0): 500.0})
    assert floor(two_canals(), [0.0, 720.0], running) == pytest.approx((720 - 200) / (0.9 * 0.8))


def test_there_is_a_bound_before_the_search_has_begun() -> None:
    """In no time: 20 fields of 1,000 m3 at 1/0.9 each, and nothing else to speak of."""
    gates = tuple(turnout(f"t{number}", Gate(0.3, minimum_run=2.0, moves_a_day=2)) for number in range(20))
    tree = CanalTree((Canal("lateral", Gate(2.0), (Reach(2.0, share_lost=0.1, turnouts=gates),)),))
    slots = hourly(48)
    hurried = make_timetable(tree, slots, at_the_end([1000.0] * 20, slots), limits=Limits(gap=1e-9, time=1e-3))
    assert hurried.stopped_by == "time limit"
    assert hurried.bound == pytest.approx(20_000 / 0.9, rel=1e-6)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(tree=trees(), daily=st.floats(100.0, 2500.0), edge=st.sampled_from([3, 12]))
def test_no_timetable_costs_less(tree: CanalTree, daily: float, edge: int) -> None:
    slots = slots_of(MONDAY, "Asia/Taipei", 2.0, 2)
    wanted = wanted_of(tree, slots, np.full((len(tree.turnouts), 2), daily))
    fast = Limits(gap=0.01, time=None, nodes=0)
    first = make_timetable(tree, slots, wanted, limits=fast)
    assert least_cost(tree, slots, wanted, Weights(), AT_REST) <= first.objective + 1e-6
    second, _ = replanned(first, edge, fast)
    running = left_running(Schedule("Asia/Taipei", "test", orders_of(first)), tree, second.slots)
    assert least_cost(tree, second.slots, second.wanted, Weights(), running) <= second.objective + 1e-6
