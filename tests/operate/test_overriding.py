"""Orders of people on the tutorial's lake, whose plan is solved by hand in its README."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from waterbalance.errors import InputError
from waterbalance.operate.planning.expected import expected_of
from waterbalance.operate.planning.overriding import GOAL, Override, with_overrides
from waterbalance.optimise.solve import Planner
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan
from waterbalance.scenario.read import read_scenario
from waterbalance.scenario.scenario import Scenario

TUTORIAL = read_scenario(Path(__file__).resolve().parents[2] / "scenarios" / "tutorial")
FIRST = dt.date(2026, 3, 1)


def order(what: str, how: str, value: str, first: int, last: int) -> Override:
    dates = {"from": FIRST + dt.timedelta(days=first), "until": FIRST + dt.timedelta(days=last)}
    return Override.model_validate({"what": what, "how": how, "value": value, "author": "Lin", "reason": "test", **dates})


def planned(*orders: Override, scenario: Scenario = TUTORIAL) -> Plan:
    state, expected = expected_of(scenario)
    ordered = with_overrides(scenario, expected, orders)
    plan = Planner(ordered.scenario.network).plan(state, ordered.forecasts, ordered.scenario.policy)
    assert audit(plan, ordered.scenario.network, ordered.forecasts) == ()
    return plan


def test_a_given_is_set_on_its_days_only() -> None:
    plan = planned(order("town_pipe.capacity", "set", "10000 m3/day", 1, 2))
    assert plan.values["town_pipe", "inflow"] == pytest.approx([35_000, 10_000, 10_000, 35_000])
    assert plan.labels["town_pipe", "capacity"] == "ordered by Lin"


def test_a_flow_is_held_below_above_and_at_an_order() -> None:
    at_most = planned(order("town_pipe.inflow", "at_most", "20000 m3/day", 0, 0)).values["town_pipe", "inflow"]
    assert at_most == pytest.approx([20_000, 35_000, 35_000, 35_000])
    canal = planned(order("main_canal.inflow", "at_least", "110000 m3/day", 3, 3)).values["main_canal", "inflow"]
    assert canal[3] >= 110_000 - 1e-3
    exactly = planned(order("main_canal.inflow", "exactly", "70000 m3/day", 0, 1)).values["main_canal", "inflow"]
    assert exactly[:2] == pytest.approx([70_000, 70_000])


def test_what_physics_does_not_allow_is_told_and_there_is_a_plan() -> None:
    plan = planned(order("town_pipe.inflow", "at_least", "50000 m3/day", 0, 3))
    assert plan.ranks[0].name == GOAL
    # The pipe carries 35 000 m3/day: 15 000 are missing on each of four days.
    assert plan.ranks[0].value == pytest.approx(60_000)
    assert plan.values["order_1", "below"] == pytest.approx([15_000] * 4)


def test_a_storage_is_kept() -> None:
    plan = planned(order("lake.storage", "at_least", "300000 m3", 0, 3))
    assert np.all(plan.values["lake", "storage"] >= 300_000 - 1e-3)


def test_an_order_of_other_days_does_nothing() -> None:
    state, expected = expected_of(TUTORIAL)
    ordered = with_overrides(TUTORIAL, expected, (order("town_pipe.inflow", "at_most", "1 m3/day", 4, 9),))
    assert ordered.in_force == ()
    assert ordered.scenario is TUTORIAL
    assert ordered.forecasts is expected
    assert state.day == FIRST


def test_everything_that_cannot_be_is_told_at_once() -> None:
    _, expected = expected_of(TUTORIAL)
    wrong = (
        order("nowhere.inflow", "at_most", "1 m3/day", 0, 0),
        order("town_pipe.storage", "at_most", "1 m3", 0, 0),
        order("town_pipe.length", "set", "1 m", 0, 0),
        order("town_pipe.capacity", "set", "1 Mm3", 0, 0),
        order("lake.storage", "at_least", "1 m3/s", 0, 0),
    )
    with pytest.raises(InputError) as caught:
        with_overrides(TUTORIAL, expected, wrong)
    assert [finding.where.component for finding in caught.value.findings] == [each.what for each in wrong]


def test_an_order_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        order("town_pipe.inflow", "at_most", "1 m3/day", 3, 1)
