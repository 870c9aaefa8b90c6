"""The trade-off between two goals: corners worked out by hand, and what every such curve must be."""

# ruff: noqa: ANN401 (the binding of HiGHS is untyped)

import dataclasses
from itertools import pairwise
from typing import Any

import highspy
import numpy as np
import pytest
from hypothesis import given, settings

from gallery import GALLERY, Case, canal, case, in_order, least, make, most, zone
from gallery.trade_off import CORNERS
from optimise.random_networks import random_cases
from waterbalance.errors import UsageError
from waterbalance.forecast.forecast import Forecasts
from waterbalance.network.network import Network
from waterbalance.network.state import State
from waterbalance.optimise import solve as planning
from waterbalance.optimise.compile import CompiledStep
from waterbalance.optimise.frontier import Frontier, _Trade, frontier
from waterbalance.optimise.solve import solve
from waterbalance.policy.goal import Goal, Policy, Term


def between(made: Case, points: int = 20, first: int = 0, second: int = 1) -> Frontier:
    names = [goal.name for goal in made.policy.goals]
    return frontier(made.network, made.state, made.forecasts, made.policy, names[first], names[second], points=points)


def values(curve: Frontier) -> np.ndarray:
    return np.array([(each.first, each.second) for each in curve.points])


@pytest.mark.parametrize("name", CORNERS)
def test_corners_by_hand(name: str) -> None:
    curve = between(GALLERY[name]())
    assert values(curve) == pytest.approx(np.array(CORNERS[name]), abs=1e-3)
    assert curve.complete
    assert all(each.findings == () for each in curve.points)
    expected = [(d - b) / (c - a) for (a, b), (c, d) in pairwise(CORNERS[name])]
    assert curve.rates == pytest.approx(expected, abs=1e-3)


def test_the_goals_may_be_named_the_other_way_round() -> None:
    curve = between(GALLERY["town_against_fields"](), first=1, second=0)
    assert values(curve) == pytest.approx(np.array(CORNERS["town_against_fields"])[::-1, ::-1], abs=1e-3)


def test_too_few_points_are_the_ends_and_the_widest_corner() -> None:
    curve = between(GALLERY["town_against_fields"](), points=2)
    assert values(curve) == pytest.approx(np.array([(0, 120), (100, 40)]), abs=1e-3)
    assert not curve.complete


def test_a_goal_that_is_maximised() -> None:
    """60 are stored, 50 asked for on one day: what is kept at the end, and what then lacks."""
    made = case(
        make("reservoir", "lake", capacity=100),
        canal("lake", "zone"),
        zone(demand=50),
        days=(1,),
        stocks={("lake", "storage"): 60},
        policy=in_order(most("storage"), least("shortage", "agriculture")),
    )
    assert values(between(made)) == pytest.approx(np.array([(60, 50), (10, 0)]), abs=1e-3)


def test_a_goal_above_both_is_never_traded() -> None:
    """The hospital's 30 come first on every point: the corners are those of a lake with 30 less."""
    made = GALLERY["town_against_fields"]()
    hospital = make("household_supply", "hospital", demand=30, user_class="lifeline")
    more = case(
        *made.network,
        hospital,
        make("pipeline", "lake to hospital", source="lake", target="hospital"),
        days=(1,),
        stocks={("lake", "storage"): 150},
        policy=Policy(goals=(least("shortage", "lifeline", equity=True), *made.policy.goals)),
    )
    curve = between(more, first=1, second=2)
    assert curve.above == ("shortage lifeline",)
    assert values(curve) == pytest.approx(np.array(CORNERS["town_against_fields"]), abs=1e-2)
    assert all(each.side.plan.values["hospital", "shortage"][0] == pytest.approx(0, abs=1e-3) for each in curve.points)


def two_canals_to_fill(stored: float) -> Case:
    """Small (20) and large fields (30) behind canals that take 10 to fill."""
    return case(
        make("reservoir", "lake", capacity=100),
        canal("lake", "small", capacity=50, fill_volume=10),
        canal("lake", "large", capacity=50, fill_volume=10),
        zone("small", demand=20, user_class="industry"),
        zone("large", demand=30),
        days=(1,),
        stocks={("lake", "storage"): stored, ("canal to small", "running"): 0, ("canal to large", "running"): 0},
        policy=in_order(least("shortage", "industry"), least("shortage", "agriculture")),
    )


def test_switches_make_steps_that_no_weights_reach() -> None:
    """45 are stored. With both canals 25 arrive, so a + b = 25; with the large one alone a = 20 and b = 0.

    The line falls by one for one, and then by 5 at once: the chord from (0, 25) to (20, 0) lies below all points between.
    """
    curve = between(two_canals_to_fill(45), points=5)
    assert values(curve) == pytest.approx(np.array([(0, 25), (5, 20), (10, 15), (15, 10), (20, 0)]), abs=1e-3)
    assert not curve.complete


def test_limits_that_bring_nothing_make_no_points() -> None:
    """30 are stored: (0, 30) with the small canal alone, a + b = 40 with both, (20, 10) with the large one.

    Up to a = 10 both canals are no better than the small one alone: limits of 5 and 10 lead back to (0, 30).
    """
    curve = between(two_canals_to_fill(30), points=5)
    assert values(curve) == pytest.approx(np.array([(0, 30), (15, 25), (20, 10)]), abs=1e-3)


def test_the_two_goals_are_traded_by_their_totals() -> None:
    """Sharing between near and far fields would cost water on the lossy canal; the curve is that of the totals."""
    made = GALLERY["town_against_fields"]()
    shared = tuple(goal.model_copy(update={"equity": goal.name.startswith("shortage")}) for goal in made.policy.goals)
    curve = between(dataclasses.replace(made, policy=made.policy.model_copy(update={"goals": shared})))
    assert values(curve) == pytest.approx(np.array(CORNERS["town_against_fields"]), abs=1e-3)


def test_goals_that_do_not_conflict_are_one_point() -> None:
    made = GALLERY["town_against_fields"]()
    rich = case(*made.network, days=(1,), stocks={("lake", "storage"): 900}, policy=made.policy)
    curve = between(rich)
    assert values(curve) == pytest.approx(np.array([(0, 0)]), abs=1e-3)
    assert curve.complete
    assert curve.rates == ()


TWO = Policy(
    goals=(
        least("below_dead_storage"),
        Goal(name="users", terms=(Term(measure="shortage"),)),
        Goal(name="kept", sense="maximise", terms=(Term(measure="storage", at="last step"),)),
        least("spill"),
    ),
    smallest_change=False,
)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(random_cases(policy=TWO))
def test_every_curve_falls_bends_one_way_and_ends_where_the_orders_end(made: Case) -> None:
    curve = between(made, points=9, first=1, second=2)
    scale = max(np.abs(each).max() for each in curve.points[0].side.plan.values.values())
    near = 1e-5 * scale
    found = values(curve)
    assert all(each.findings == () for each in curve.points)
    assert (np.diff(found[:, 0]) > 0).all()
    assert (np.diff(found[:, 1]) > 0).all(), "less shortage only for less storage"
    for order, end in (((0, 1, 2, 3), curve.points[0]), ((0, 2, 1, 3), curve.points[-1])):
        policy = TWO.model_copy(update={"goals": tuple(TWO.goals[number] for number in order)})
        best = {rank.name: rank.value for rank in solve(made.network, made.state, made.forecasts, policy).ranks}
        assert (end.first, end.second) == pytest.approx((best["users"], best["kept"]), abs=near)
    switched = any(getattr(component, "fill_volume", 0) for component in made.network)
    if not switched:
        slopes = np.diff(found[:, 1]) / np.diff(found[:, 0])
        gaps = near / np.diff(found[:, 0])
        assert (np.diff(slopes) <= gaps[1:] + gaps[:-1]).all(), "each further cubic metre kept costs more"


@settings(max_examples=6, deadline=None, derandomize=True)
@given(random_cases(policy=TWO))
def test_limits_find_no_point_beside_the_corners(made: Case) -> None:
    """Two methods on one curve: limits on the first goal land on the chords between corners that weights found."""
    curve = between(made, points=30, first=1, second=2)
    if not curve.complete or len(curve.points) < 2:
        return
    corners = values(curve)
    trade = _Trade(made.network, made.state, made.forecasts, made.policy, ("users", "kept"), None)
    near = 2e-5 * max(np.abs(each).max() for each in curve.points[0].side.plan.values.values())
    for share in (0.13, 0.5, 0.77):
        limit = corners[0, 0] + share * (corners[-1, 0] - corners[0, 0])
        first, second = trade.at_most(float(limit))
        assert first == pytest.approx(limit, abs=near)
        assert -second == pytest.approx(np.interp(limit, corners[:, 0], corners[:, 1]), abs=near)


def test_what_is_no_trade_off() -> None:
    made = GALLERY["town_against_fields"]()
    call = (made.network, made.state, made.forecasts, made.policy)
    with pytest.raises(UsageError, match="no goal 'hydropower'"):
        frontier(*call, "shortage domestic", "hydropower")
    with pytest.raises(UsageError, match="twice"):
        frontier(*call, "shortage domestic", "shortage domestic")
    with pytest.raises(UsageError, match="two points"):
        frontier(*call, "shortage domestic", "shortage agriculture", points=1)
    empty = in_order(least("shortage", "domestic"), least("energy"))
    with pytest.raises(UsageError, match="nothing in the network"):
        frontier(made.network, made.state, made.forecasts, empty, "shortage domestic", "energy")


@pytest.mark.parametrize("name", CORNERS)
def test_one_program_is_compiled_and_handed_over_for_all_points(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made, compiled, passed = GALLERY[name](), [], []
    compile_once, hand_over = planning.compile_step, highspy.Highs.passModel

    def compiling(network: Network) -> CompiledStep:
        compiled.append(network)
        return compile_once(network)

    def handing_over(highs: Any, *arguments: Any) -> Any:
        passed.append(highs)
        return hand_over(highs, *arguments)

    monkeypatch.setattr(planning, "compile_step", compiling)
    monkeypatch.setattr(highspy.Highs, "passModel", handing_over)
    plans: list[int] = []
    curve = frontier(*call_of(made), points=20, on_point=plans.append)
    assert len(plans) > len(curve.points) >= 2
    assert len(compiled) == 1
    assert len(passed) == 1


def call_of(made: Case) -> tuple[Network, State, Forecasts, Policy, str, str]:
    first, second, *_ = (goal.name for goal in made.policy.goals)
    return made.network, made.state, made.forecasts, made.policy, first, second
