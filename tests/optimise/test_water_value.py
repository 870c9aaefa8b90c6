"""The water value is what a cubic metre more would bring: duals against plans made again with that cubic metre."""

import numpy as np
import pytest

from gallery import Case, canal, case, in_order, least, make, pipe, river_to_sea, zone
from waterbalance.forecast.forecast import Forecast
from waterbalance.optimise.solve import solve
from waterbalance.plan.plan import Plan
from waterbalance.policy.goal import Goal, Term

WORTH = Goal(
    name="worth",
    terms=(
        Term(measure="shortage", user_classes=("agriculture",), weight=1.0),
        Term(measure="shortage", user_classes=("industry",), weight=3.0),
        Term(measure="shortage", user_classes=("domestic",), weight=10.0),
    ),
)


def dry_valley(unit: float) -> Case:
    """Too little for all: a lake above, a lossy canal, a river with travel time to a weir with two users."""
    return case(
        make("reservoir", "lake", capacity=300 * unit, seepage_rate=0.02),
        canal("lake", "zone", capacity=40 * unit, conveyance_loss=0.25),
        zone(),
        make("river_reach", "upper river", source="lake", target="weir", travel_time=1, conveyance_loss=0.1),
        *river_to_sea(),
        pipe("weir", "fab"),
        pipe("weir", "town", capacity=20 * unit),
        make("fab", "fab"),
        make("household_supply", "town"),
        days=(1, 1, 1, 3),
        stocks={("lake", "storage"): 50 * unit},
        series={
            ("lake", "inflow"): (10 * unit, 0, 20 * unit, 30 * unit),
            ("weir", "inflow"): (5 * unit, 5 * unit, 0, 0),
            ("zone", "demand"): tuple(unit * np.array([30, 25, 37, 61])),
            ("fab", "demand"): tuple(unit * np.array([13, 11, 17, 40])),
            ("town", "demand"): tuple(unit * np.array([17, 23, 19, 55])),
        },
        policy=in_order(WORTH),
    )


def again(case: Case, place: str, step: int, more: float) -> Plan:
    series = case.forecasts.series[place, "inflow"]
    other = Forecast(series.values + more * (np.arange(len(series.values)) == step)[:, None], "with a little more")
    return solve(case.network, case.state, case.forecasts.merged({(place, "inflow"): other}), case.policy)


@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e3, 1e9])
@pytest.mark.parametrize("place", ["lake", "weir"])
def test_the_dual_is_the_finite_difference(place: str, unit: float) -> None:
    made = dry_valley(unit)
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    valued = plan.ranks[0].water_value[place]
    assert valued.max() > 0.5
    for step in range(4):
        # Values change in jumps: one side or the other of a jump counts as right.
        change = 1e-3 * unit
        gained = (plan.ranks[0].value - again(made, place, step, change).ranks[0].value) / change
        lost = (again(made, place, step, -change).ranks[0].value - plan.ranks[0].value) / change
        assert gained - 1e-5 <= valued[step] <= lost + 1e-5, (step, gained, lost, valued[step])


def rising_dead_pool(more: float = 0.0) -> Case:
    """A lake below its dead pool, a town and fields: each goal has its share of what another would get."""
    return case(
        make("reservoir", "lake", capacity=1000, dead_storage=200),
        pipe("lake", "town", capacity=60),
        make("household_supply", "town"),
        canal("lake", "zone", conveyance_loss=0.2),
        zone(),
        days=(1, 1, 1),
        stocks={("lake", "storage"): 190 + more},
        series={("lake", "inflow"): (5, 30, 90), ("town", "demand"): (50, 60, 40), ("zone", "demand"): (40, 40, 40)},
        policy=in_order(
            Goal(name="dead storage", terms=(Term(measure="below_dead_storage"),)),
            Goal(name="town", terms=(Term(measure="shortage", user_classes=("domestic",)),)),
            Goal(name="fields", terms=(Term(measure="shortage", user_classes=("agriculture",)),)),
        ),
    )


@pytest.mark.parametrize("step", range(3))
def test_of_what_an_earlier_goal_would_take_a_later_one_gains_nothing(step: int) -> None:
    """For every goal the water value is the change of its best value when the whole order is solved again."""
    made = rising_dead_pool()
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    more, less = again(made, "lake", step, 1e-3), again(made, "lake", step, -1e-3)
    for rank, richer, poorer in zip(plan.ranks, more.ranks, less.ranks, strict=True):
        gained, lost = (rank.value - richer.value) / 1e-3, (poorer.value - rank.value) / 1e-3
        valued = rank.water_value["lake"][step]
        assert min(gained, lost) - 1e-4 <= valued <= max(gained, lost) + 1e-4, (rank.name, gained, lost, valued)


def test_what_a_shared_goal_still_lacks_is_worth_nothing_to_later_ones() -> None:
    """Works and fields below one lake, the works first: a cubic metre more goes to them, whatever fields would do with it."""
    made = case(
        make("reservoir", "lake", capacity=1000),
        pipe("lake", "works"),
        make("fab", "works", demand=30),
        canal("lake", "zone"),
        zone(demand=10),
        days=(1, 1),
        stocks={("lake", "storage"): 20},
        series={("lake", "inflow"): (0, 0)},
        policy=in_order(
            Goal(name="works", terms=(Term(measure="shortage", user_classes=("industry",)),), equity=True),
            Goal(name="fields", terms=(Term(measure="shortage", user_classes=("agriculture",)),), equity=True),
        ),
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    works, fields = plan.ranks
    assert works.value == pytest.approx(40.0, rel=1e-6)
    assert fields.water_value["lake"].tolist() == [0.0, 0.0]
    richer = again(made, "lake", 0, 5.0)
    assert richer.ranks[1].value == pytest.approx(fields.value, rel=1e-4)


def test_the_price_of_a_pass_alone_tells_too_much() -> None:
    """The fields seem to gain 1.2 from a cubic metre on the first day, and gain nothing: the pool and the town take it."""
    made = rising_dead_pool()
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    assert plan.ties is not None
    balance = plan.ties.rows.index(("lake", "balance"))
    alone = -plan.ranks[2].prices.row.dense(plan.ties.matrix.shape[0])[balance]
    assert alone == pytest.approx(1.2, abs=1e-6)
    assert plan.ranks[2].water_value["lake"][0] == 0.0


def test_the_highest_rank_that_water_helps_is_reported() -> None:
    """The town is served by both; water at the lake first helps where the first rank is short, else the second."""
    made = case(
        make("reservoir", "lake", capacity=1000),
        pipe("lake", "town", capacity=60),
        make("household_supply", "town"),
        canal("lake", "zone"),
        zone(),
        days=(1, 1),
        stocks={("lake", "storage"): 100},
        series={("lake", "inflow"): (0, 0), ("town", "demand"): (50, 60), ("zone", "demand"): (10, 10)},
        policy=in_order(least("shortage", "domestic"), least("shortage", "agriculture")),
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    at_lake = plan.water_value[plan.water_value["component"] == "lake"]
    assert at_lake["rank"].tolist() == [1, 1]
    richer = again(made, "lake", 0, 15)
    at_lake = richer.water_value[richer.water_value["component"] == "lake"]
    assert at_lake["rank"].tolist() == [2, 2]
    assert at_lake["value"].tolist() == pytest.approx([1, 1])
    plenty = again(made, "lake", 0, 500).water_value
    assert plenty[plenty["component"] == "lake"].empty


@pytest.mark.parametrize("unit", [1e-3, 1e9])
def test_units_of_any_size_give_the_same_plan(unit: float) -> None:
    plain, scaled = dry_valley(1.0), dry_valley(unit)
    one = solve(plain.network, plain.state, plain.forecasts, plain.policy)
    other = solve(scaled.network, scaled.state, scaled.forecasts, scaled.policy)
    assert other.ranks[0].value / unit == pytest.approx(one.ranks[0].value, rel=1e-9)


def test_water_that_has_no_way_to_a_goal_is_worth_nothing_to_it() -> None:
    """Fields behind a closed canal: their water helps no town, whatever the price of the closed canal says."""
    made = case(
        make("reservoir", "lake", capacity=1000),
        pipe("lake", "town"),
        make("household_supply", "town", demand=50),
        canal("lake", "zone", capacity=0),
        zone(demand=10),
        days=(1, 1),
        stocks={("lake", "storage"): 60},
        policy=in_order(least("shortage", "domestic"), least("shortage", "agriculture")),
    )
    town, fields = solve(made.network, made.state, made.forecasts, made.policy).ranks
    assert town.water_value["lake"].max() == pytest.approx(1.0)
    assert not town.water_value["zone"].any()
    assert fields.water_value["zone"].tolist() == pytest.approx([1.0, 1.0])
