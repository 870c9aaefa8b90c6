"""The last pass: near the previous plan first, and calm gates where nothing else decides."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from gallery import START, Case, case, least, make, most, pipe
from waterbalance.optimise.solve import solve
from waterbalance.plan.plan import Plan
from waterbalance.policy.goal import Policy

NEAR = 1e-2
"""Less than a gate can set. [m3]"""


def two_ways(days: tuple[int, ...], start: dt.date = START) -> Case:
    """100 a day for a town, from the left or the right: all plans without a shortage are equally good."""
    return case(
        *(make("reclaimed_works", side, capacity=100) for side in ("left", "right")),
        *(pipe(side, "town", capacity=100) for side in ("left", "right")),
        make("household_supply", "town", demand=100),
        days=days,
        start=start,
        policy=Policy(goals=(least("shortage", "domestic"),)),
    )


def planned(made: Case, previous: Plan | None = None) -> Plan:
    return solve(made.network, made.state, made.forecasts, made.policy, previous=previous)


def told(made: Case, from_left: tuple[float, ...]) -> Plan:
    """A plan that takes these volumes from the left and the rest from the right."""
    left = np.array(from_left)
    rest = 100 * made.forecasts.horizon.days - left
    plan = planned(made)
    return replace(plan, values={**plan.values, ("left to town", "inflow"): left, ("right to town", "inflow"): rest})


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_of_equally_good_plans_the_one_near_the_previous_is_taken(share: float) -> None:
    """The previous plan began a day earlier and had other shares on that day: dates are compared, not step numbers."""
    yesterday = two_ways((1, 1, 1, 10), START - dt.timedelta(days=1))
    previous = told(yesterday, (100 * (1 - share), *(100 * share * np.array([1, 1, 10]))))
    plan = planned(two_ways((1, 1, 10)), previous)
    assert plan.values["left to town", "inflow"] == pytest.approx(100 * share * np.array([1, 1, 10]), abs=NEAR)
    assert plan.values["town", "shortage"] == pytest.approx(0, abs=NEAR)


def test_the_previous_plan_weighs_more_than_calm_gates() -> None:
    """Following it costs 0.1 x 400 of changes from day to day, a calm plan 200 of changes from what was said."""
    made = two_ways((1, 1, 1))
    plan = planned(made, told(made, (100, 0, 100)))
    assert plan.values["left to town", "inflow"] == pytest.approx([100, 0, 100], abs=NEAR)


def lake_to_empty(stored: float, days: tuple[int, ...], **series: tuple[float, ...]) -> Case:
    """All that is stored goes to the sea within the horizon; when is left open."""
    return case(
        make("reservoir", "lake", capacity=1000),
        pipe("lake", "sea"),
        make("outfall", "sea"),
        days=days,
        stocks={("lake", "storage"): stored},
        series={("lake to sea", name): values for name, values in series.items()},
        policy=Policy(goals=(most("outflow"),)),
    )


def test_a_calm_gate_has_the_same_flow_in_steps_of_unequal_length() -> None:
    """130 in 13 days are 10 a day, not a third of them in every step."""
    plan = planned(lake_to_empty(130, (1, 2, 10)))
    assert plan.values["lake to sea", "inflow"] == pytest.approx([10, 20, 100], abs=NEAR)


@pytest.mark.parametrize(("closed", "then"), [(20, (0, 10, 10)), (19, (5, 5, 10))])
def test_gates_are_calm_in_the_first_21_steps(closed: int, then: tuple[float, ...]) -> None:
    """20 must leave in three days of at most 10. Only changes up to the 21st day count.

    Closed for 20 days, the gate stays so on the 21st and opens at no cost after it. Closed for 19 days, its rise counts
    on the 20th and 21st: the smallest is 5.
    """
    made = lake_to_empty(20, (1,) * (closed + 3), capacity=(0.0,) * closed + (10.0,) * 3)
    plan = planned(made)
    assert plan.values["lake to sea", "inflow"][closed:] == pytest.approx(then, abs=NEAR)


def swinging_river(days: tuple[int, ...], *, backwards: bool) -> Case:
    """Any 240 of a river that brings 100 and 300 by turns must come to a pond before the sixth day is over."""
    components = [
        make("weir", "weir"),
        make("river_reach", "river", source="weir", target="sea"),
        make("canal", "feeder", source="weir", target="pond"),
        make("outfall", "sea"),
        make("reservoir", "pond", capacity=1000),
        pipe("pond", "town"),
        make("household_supply", "town", demand=80),
    ]
    return case(
        *(reversed(components) if backwards else components),
        days=days,
        stocks={("pond", "storage"): 240},
        series={("weir", "inflow"): tuple((100.0, 300.0)[t % 2] for t in range(len(days)))},
        policy=Policy(goals=(least("shortage", "domestic"), least("spill"))),
    )


@pytest.mark.parametrize("backwards", [False, True])
def test_where_a_weir_swings_the_river_does_and_not_the_canal(backwards: bool) -> None:
    """The canal can be still, so it is; the river takes the swings of 200, since nobody sets it."""
    plan = planned(swinging_river((1,) * 6, backwards=backwards))
    assert np.diff(plan.values["feeder", "inflow"]) == pytest.approx(0, abs=NEAR)
    assert np.diff(plan.values["river", "inflow"]) == pytest.approx([200, -200, 200, -200, 200], abs=NEAR)
    assert plan.values["town", "shortage"] == pytest.approx(0, abs=NEAR)


def test_a_canal_is_still_even_where_the_river_would_be_stiller() -> None:
    """A previous plan in which the river was still and the canal swung counts a hundredth for the river: 6 against 100."""
    made = swinging_river((1,) * 6, backwards=False)
    plan = planned(made)
    level = plan.values["feeder", "inflow"][0]
    told_river = replace(plan, values={("river", "inflow"): np.full(6, 100 - level)})
    again = planned(made, told_river)
    assert np.diff(again.values["feeder", "inflow"]) == pytest.approx(0, abs=NEAR)


def test_what_a_full_lake_must_spill_is_spilt_evenly() -> None:
    """130 above the capacity of the last day must go within 13 days: 10 a day."""
    made = case(
        make("reservoir", "lake", capacity=1000, spill_to="sea"),
        make("outfall", "sea"),
        days=(1, 2, 10),
        stocks={("lake", "storage"): 130},
        series={("lake", "capacity"): (1000, 1000, 0)},
        policy=Policy(goals=(most("outflow"),)),
    )
    assert planned(made).values["lake", "spill"] == pytest.approx([10, 20, 100], abs=NEAR)


@pytest.mark.parametrize("left", [0.0, 30.0, 100.0])
@pytest.mark.parametrize("length", [1, 10])
def test_today_goes_on_like_yesterday(left: float, length: int) -> None:
    """The previous plan ended last night and has no step in common with this one; gates stay where they were."""
    yesterday = told(two_ways((length,), START - dt.timedelta(days=length)), (left * length,))
    plan = planned(two_ways((1,)), yesterday)
    assert plan.values["left to town", "inflow"] == pytest.approx([left], abs=NEAR)
    assert plan.values["right to town", "inflow"] == pytest.approx([100 - left], abs=NEAR)
