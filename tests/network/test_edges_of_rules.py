"""First days, last days and limits below zero: where a rule begins and ends."""

import datetime as dt

import numpy as np
import pytest

from gallery.building import START, Case, canal, case, in_order, least, make, most, pipe, river_to_sea, zone
from waterbalance.network.components._gates import Gate, follow
from waterbalance.network.components._rating import Rated
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan

DAY = dt.timedelta(days=1)


def planned(one: Case) -> Plan:
    plan = solve(one.network, one.state, one.forecasts, one.policy)
    assert [str(finding) for finding in audit(plan, one.network, one.forecasts)] == []
    return plan


def test_a_step_that_ends_where_the_first_turn_begins_is_free() -> None:
    """Both canals run on the first day; then the north has its two days, and the south the third."""
    one = case(
        make("well_field", "wells", capacity=1000),
        *(canal("wells", name, capacity=60) for name in ("north", "south")),
        *(zone(name, demand=100) for name in ("north", "south")),
        make(
            "rotation",
            "turns",
            groups={"north": ("canal to north",), "south": ("canal to south",)},
            turns={"north": 2, "south": 1},
            first_day=START + DAY,
        ),
        days=(1, 1, 1, 1),
        policy=in_order(least("shortage")),
    )
    plan = planned(one)
    assert plan.values["canal to north", "inflow"] == pytest.approx([60, 60, 60, 0], abs=1e-4)
    assert plan.values["canal to south", "inflow"] == pytest.approx([60, 0, 0, 60], abs=1e-4)


def test_no_more_lapses_than_must_on_the_first_day_of_a_plan() -> None:
    """90 are left when the period begins, 40 may be carried over: 50 lapse, even where a goal would let all of it go."""
    one = case(
        *river_to_sea(inflow=100),
        pipe("weir", "zone"),
        zone(demand=10),
        make("water_right", "right", subjects=("weir to zone",), volume=200, window="month", carry_over=0.2),
        days=(1, 1),
        start=dt.date(2021, 4, 1),
        stocks={("right", "account"): 90},
        policy=in_order(most("lapsed"), least("shortage"), least("spill")),
    )
    plan = planned(one)
    assert plan.values["right", "lapsed"] == pytest.approx([50, 0], abs=1e-4)
    assert plan.values["right", "account"] == pytest.approx([230, 220], abs=1e-4)


def test_a_river_below_what_is_reserved_has_no_surplus_and_still_a_plan() -> None:
    one = case(
        *river_to_sea(inflow=20),
        pipe("weir", "town"),
        make("household_supply", "town", demand=90),
        make("agreement", "agreed", transfer="weir to town", natural_flow_of=("weir",), reserved_flow=30),
        days=(1, 10),
        policy=in_order(least("shortage")),
    )
    assert planned(one).values["agreed", "transferred"] == pytest.approx([0, 0], abs=1e-4)


def test_a_mixture_is_free_when_the_limit_has_ended() -> None:
    """At most 2 of a salt of 4: half has to be the fresh 10 of the river, so 20 a day; from the second day on all 60 come."""
    one = case(
        *river_to_sea(inflow=10),
        make("well_field", "wells", capacity=100),
        pipe("weir", "zone"),
        pipe("wells", "zone"),
        zone(demand=60),
        make(
            "blending_limit",
            "salt",
            concentrations={"weir to zone": 0, "wells to zone": 4},
            limit=2,
            unit="g/L",
            in_service_until=START,
        ),
        days=(1, 1),
        policy=in_order(least("shortage")),
    )
    plan = planned(one)
    assert plan.values["zone", "shortage"] == pytest.approx([40, 0], abs=1e-4)
    assert plan.values["salt", "margin"] == pytest.approx([0, 0], abs=1e-4)


def test_a_throttled_gate_could_pass_what_the_rising_lake_lets_it() -> None:
    """0.5 a day of what lies above 100; 100 a day come into 400, and the gate is held at 40: 100 + 60 t rise, over two days.

    Fully open all the time it would pass the integral of 0.5 x (300 + 60 t) = 360.
    """
    rated = Rated(np.array([[100.0], [1000.0]]), np.array([0.0, 450.0]))
    gate = Gate(rated, np.array([80.0]), np.array([False]))
    followed = follow((gate,), 0, 400.0, 200.0, 2.0, np.inf)
    assert followed.limits == pytest.approx((360.0,), rel=1e-12)
    assert (followed.end, followed.over) == pytest.approx((520.0, 0.0), rel=1e-12)
