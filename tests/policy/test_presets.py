"""The ready orders of preference, against the texts that they stand for."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from gallery import START, Case, canal, case, days_before, least, make, pipe, zone
from waterbalance.optimise.solve import Planner, solve
from waterbalance.policy.goal import Policy, Term
from waterbalance.policy.presets import PRESETS, drought_practice, water_act


def order_of_classes(policy: Policy) -> list[str]:
    """In which order uses have what they lack."""
    lacking = [term for goal in policy.goals for term in goal.terms if term.measure in {"shortage", "shortfall"}]
    return [user_class for term in lacking for user_class in term.user_classes]


def test_the_water_act_ranks_uses_like_article_18() -> None:
    """Domestic and public, agriculture, hydropower, industry, navigation, other; lifelines and the river before all."""
    assert order_of_classes(water_act()) == [
        "lifeline",
        "environment",
        "domestic",
        "agriculture",
        "hydropower",
        "industry",
        "navigation",
        "other",
    ]


def test_in_droughts_industry_goes_before_agriculture() -> None:
    classes = order_of_classes(drought_practice())
    assert classes.index("domestic") < classes.index("industry") < classes.index("agriculture")


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_begins_with_dams_and_the_dead_pool_and_ends_with_thrift(name: str) -> None:
    policy = PRESETS[name]()
    assert policy.name == name
    first = ["unrated_spill", "overtopping", "flood_storage", "below_dead_storage"]
    assert [term.measure for goal in policy.goals[:3] for term in goal.terms] == first
    assert {"spill", "energy"} <= {term.measure for term in policy.goals[-3].terms}
    assert {term.measure for term in policy.goals[-1].terms} == {"energy_cost", "start_up_cost"}
    assert {"target_shortfall"} <= {term.measure for goal in policy.goals for term in goal.terms}


@pytest.mark.parametrize("name", PRESETS)
def test_all_who_share_a_rank_share_its_shortage(name: str) -> None:
    assert all(goal.equity for goal in PRESETS[name]().goals if any(term.measure == "shortage" for term in goal.terms))


@pytest.mark.parametrize(
    ("policy", "served"),
    [
        (water_act(), {"domestic": 100, "agriculture": 100, "industry": 50}),
        (drought_practice(), {"domestic": 100, "agriculture": 50, "industry": 100}),
    ],
)
def test_the_presets_decide_who_goes_short(policy: Policy, served: dict[str, float]) -> None:
    made = case(
        make("reclaimed_works", "works", capacity=250),
        *(pipe("works", name) for name in served),
        *(make("industry", name, demand=100, user_class=name) for name in served),
        days=(1,),
    )
    plan = solve(made.network, made.state, made.forecasts, policy)
    assert {name: plan.values[name, "delivery"][0] for name in served} == pytest.approx(served, abs=0.01)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("days", [(1,), (1, 2), (1, 1, 10)])
@pytest.mark.parametrize(
    ("link", "fields"),
    [
        ("river_reach", {"travel_time": 2}),
        ("river_reach", {"travel_time": 1.5, "conveyance_loss": 0.2}),
        ("river_reach", {"travel_time": 2, "weighting": 0.2}),
        ("canal", {"travel_time": 2}),
    ],
)
def test_a_lake_is_not_run_out_into_a_slow_river(preset: str, days: tuple[int, ...], link: str, fields: dict[str, float]) -> None:
    """The previous plan emptied the lake on the last day, when nothing arrives before the plan ends: not worth following."""
    made = case(
        make("reservoir", "lake", capacity=100),
        make(link, "river", source="lake", target="sea", **fields),
        make("outfall", "sea"),
        days=days,
        stocks={("lake", "storage"): 80, ("river", "under_way"): 0},
        past={("river", "inflow"): days_before(0, 0)},
    )
    quiet = solve(made.network, made.state, made.forecasts, PRESETS[preset]())
    emptied = (0.0,) * (len(days) - 1) + (80.0,)
    before = replace(quiet, values={**quiet.values, ("river", "inflow"): np.array(emptied)})
    plan = solve(made.network, made.state, made.forecasts, PRESETS[preset](), previous=before)
    assert plan.values["river", "inflow"] == pytest.approx(0, abs=1e-4)
    assert plan.values["lake", "storage"] == pytest.approx(80, abs=1e-4)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_flood_is_not_led_over_fields_that_ask_for_nothing(preset: str) -> None:
    """A canal that loses a quarter would bring 75 of 100 to the fields, less than the 90 that 100 count at the river's mouth."""
    made = case(
        make("weir", "weir"),
        make("river_reach", "mouth", source="weir", target="sea"),
        make("outfall", "sea"),
        canal("weir", "zone", capacity=100, conveyance_loss=0.25),
        zone(demand=0),
        days=(1, 1),
        series={("weir", "inflow"): (500, 500)},
    )
    plan = solve(made.network, made.state, made.forecasts, PRESETS[preset]())
    assert plan.values["zone", "delivery"] == pytest.approx(0, abs=1e-4)
    assert plan.values["sea", "outflow"] == pytest.approx(500)


def slow_river(days: int, start: dt.date = START) -> Case:
    """A day and a half from the lake to a weir with fields that ask for 100 a day; 60 a day were released until now."""
    return case(
        make("reservoir", "lake", capacity=1e5),
        make("river_reach", "river", source="lake", target="weir", travel_time=1.5),
        make("weir", "weir"),
        make("river_reach", "mouth", source="weir", target="sea"),
        make("outfall", "sea"),
        canal("weir", "zone"),
        zone(demand=100),
        days=(1,) * days,
        start=start,
        stocks={("lake", "storage"): 5e4},
        past={("river", "inflow"): days_before(60, 60, start=start)},
    )


@pytest.mark.parametrize("days", [6, 9, 10])
def test_releases_through_a_travel_time_come_to_rest(days: int) -> None:
    """Each day gets half of what was released one and two days ago: 140 must follow 60, and then 60, 140, ... lose nothing.

    After 140 the calm release is 100, and 20 run to the sea once. The last day's release would arrive too late.
    """
    made = slow_river(days)
    plan = solve(made.network, made.state, made.forecasts, drought_practice())
    assert plan.values["river", "inflow"] == pytest.approx([140, *[100] * (days - 2), 0], abs=1e-3)
    assert plan.values["sea", "outflow"] == pytest.approx([0, 0, 20, *[0] * (days - 3)], abs=1e-3)
    assert plan.values["zone", "shortage"] == pytest.approx([40, *[0] * (days - 1)], abs=1e-3)


def test_releases_that_are_planned_anew_every_day_come_to_rest() -> None:
    made = slow_river(8)
    planner, state, previous = Planner(made.network), made.state, None
    released = []
    for number in range(6):
        today = slow_river(8, START + dt.timedelta(days=number))
        previous = planner.plan(state, today.forecasts, drought_practice(), previous=previous)
        state = previous.state_after(1)
        released.append(previous.values["river", "inflow"][0])
    assert released == pytest.approx([140, 100, 100, 100, 100, 100], abs=1e-3)


def test_goals_need_names_of_their_own() -> None:
    with pytest.raises(ValidationError, match="used twice: spill"):
        Policy(goals=(least("spill"), least("spill")))


def test_a_policy_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        water_act().name = "mine"


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(ValidationError):
        Term(measure="shortage", user_classes=("farmers",))
