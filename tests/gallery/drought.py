"""Drought stages: announced by curves, and chosen for the least damage."""

import datetime as dt

from gallery.building import ANY, START, Case, case, in_order, least, make, pipe
from waterbalance.network.component import Component
from waterbalance.network.state import Past
from waterbalance.policy.goal import Goal, Policy, Term

COLOURS = (
    {"name": "blue"},
    {"name": "green", "below": {"upper_curve": 1}},
    {"name": "yellow", "below": {"lower_curve": 1}, "cuts": {"domestic": 0.2}},
    {"name": "orange", "below": {"lower_curve": 0.5, "severe_curve": 0.5}, "cuts": {"domestic": 0.5}},
    {"name": "red", "below": {"severe_curve": 1}, "cuts": {"domestic": 0.9}},
)
PRICED = (
    {"name": "blue"},
    {"name": "yellow", "cuts": {"domestic": 0.2}, "cost_per_day": 0.5},
    {"name": "orange", "cuts": {"domestic": 0.5}, "cost_per_day": 3},
)


def lake_and_town(**fields: object) -> tuple[Component, ...]:
    """A lake that gives a town 10 a day."""
    return make("reservoir", "lake", capacity=1000, **fields), pipe("lake", "town"), make("household_supply", "town", demand=10)


def past_of(rule: Component) -> dict[tuple[str, str], tuple[Past, ...]]:
    """What the rule has announced before the start."""
    return {(rule.name, flow): past for flow, past in rule.past_flows(START).items()}


def lights_one_after_another() -> Case:
    """A lake falls by 10 a day. Green on the third day, yellow two days later although the lake fell below it at once, then
    orange, because red is a stage further; each takes effect on the day after."""
    lights = make(
        "drought_stage",
        "lights",
        reservoirs=("lake",),
        users=("town",),
        stages=COLOURS,
        upper_curve=85,
        lower_curve=80,
        severe_curve=45,
        lead_time=1,
        minimum_duration=2,
    )
    return case(
        *lake_and_town(),
        lights,
        days=(1,) * 8,
        stocks={("lake", "storage"): 100},
        past=past_of(lights),
        says={
            ("lights", "stage"): (0, 0, 1, 1, 2, 2, 3, 3),
            ("lights", "in_force yellow"): (0, 0, 0, 0, 0, 1, 1, 1),
            ("town", "delivery"): (10, 10, 10, 10, 10, 8, 8, 5),
            ("lake", "storage"): (90, 80, 70, 60, 50, 42, 34, 29),
        },
    )


def back_from_orange() -> Case:
    """Orange was announced yesterday, and the lake is full: three days must pass before yellow, and three before blue."""
    lights = make(
        "drought_stage",
        "lights",
        reservoirs=("lake",),
        users=("town",),
        stages=(COLOURS[0], *COLOURS[2:4]),
        lower_curve=80,
        severe_curve=40,
        minimum_duration=3,
        announced=(
            {"since": START - dt.timedelta(days=9), "stage": "yellow"},
            {"since": START - dt.timedelta(days=1), "stage": "orange"},
        ),
    )
    return case(
        *lake_and_town(),
        lights,
        days=(1,) * 7,
        stocks={("lake", "storage"): 500},
        past=past_of(lights),
        says={("lights", "stage"): (2, 2, 1, 1, 1, 0, 0), ("town", "delivery"): (5, 5, 8, 8, 8, 10, 10)},
    )


def rain_is_expected() -> Case:
    """70 lie below the curve of 80, but 20 are expected within two days: yellow waits until they have come and gone."""
    lights = make(
        "drought_stage",
        "lights",
        reservoirs=("lake",),
        users=("town",),
        stages=(COLOURS[0], COLOURS[2]),
        lower_curve=80,
        outlook=2,
        inflows=("lake",),
    )
    return case(
        *lake_and_town(),
        lights,
        days=(1,) * 4,
        stocks={("lake", "storage"): 70},
        past=past_of(lights),
        series={("lake", "inflow"): (20, 0, 0, 0)},
        says={("lights", "stage"): (0, 0, 1, 1), ("town", "delivery"): (10, 10, 8, 8), ("lake", "storage"): (80, 70, 62, 54)},
    )


def in_the_middle_of_ten_days() -> Case:
    """Announced at the start of a step of ten days with a lead time of four: six of its days are cut by a fifth. Called off
    at its end, yellow stays in force for the four days after: two of the next step and two of the last, where it is announced
    again and takes effect for six days more."""
    lights = make(
        "drought_stage",
        "lights",
        reservoirs=("lake",),
        users=("town",),
        stages=(COLOURS[0], COLOURS[2]),
        lower_curve=80,
        lead_time=4,
    )
    return case(
        *lake_and_town(),
        lights,
        days=(1, 10, 2, 10),
        stocks={("lake", "storage"): 85},
        past=past_of(lights),
        series={("lake", "inflow"): (0, 100, 0, 20)},
        says={
            ("lights", "stage"): (0, 1, 0, 1),
            ("lights", "in_force yellow"): (0, 6, 2, 8),
            ("town", "delivery"): (10, 88, 16, 84),
            ("lake", "storage"): (75, 87, 71, 7),
        },
    )


def without_yellow_it_would_return() -> Case:
    """Yellow halves the fourth day's 20, so that 10 need not be brought down to the tank before it, and 85 stay in the lake.
    Those ask for no stage; without one 10 more are brought down, and the 75 that are left lie below 80. So yellow stays."""
    lights = make(
        "drought_stage",
        "lights",
        reservoirs=("lake",),
        users=("town",),
        stages=(COLOURS[0], {"name": "yellow", "below": {"lower_curve": 1}, "cuts": {"domestic": 0.5}}),
        lower_curve=80,
    )
    in_the_lake = Goal(name="lake", sense="maximise", terms=(Term(measure="storage", components=("lake",)),))
    return case(
        make("reservoir", "lake", capacity=1000),
        pipe("lake", "tank", capacity=10),
        make("balancing_tank", "tank", capacity=100),
        pipe("tank", "town"),
        make("household_supply", "town"),
        lights,
        days=(1,) * 5,
        stocks={("lake", "storage"): 100, ("tank", "storage"): 0},
        past=past_of(lights),
        series={("town", "demand"): (5, 5, 5, 20, 5)},
        policy=in_order(least("shortage", absolute_tolerance=0), in_the_lake),
        says={("lights", "stage"): (0, 0, 0, 1, 1)},
        goals={"shortage": 12.5},
    )


def yellow_all_along() -> Case:
    """9 of 40 will lack. Yellow on all four days cuts 8: 8 x 1 + 1 x 4 + 4 x 0.5 = 14. Orange within it would cut all 9, but
    a stage lasts three days: yellow, then orange on the last day cuts 11, at 11 + 3 x 0.5 + 3 = 15.5."""
    lights = make(
        "drought_stage_choice",
        "lights",
        users=("town",),
        stages=PRICED,
        minimum_duration=3,
        announced_cost={"domestic": 1},
        unannounced_cost={"domestic": 4},
    )
    return case(
        *lake_and_town(),
        lights,
        days=(1,) * 4,
        stocks={("lake", "storage"): 31},
        past=past_of(lights),
        policy=in_order(least("damage"), least("shortage")),
        says={("lights", "stage"): (1, 1, 1, 1), ("lights", "curtailment"): (2, 2, 2, 2)},
        goals={"damage": 14, "shortage": 9},
    )


def not_worth_announcing() -> Case:
    """Only 1 of 40 will lack, at 2 unannounced; a single day of yellow would cut 2 and cost 2 x 1 + 0.5."""
    lights = make(
        "drought_stage_choice",
        "lights",
        users=("town",),
        stages=PRICED,
        minimum_duration=3,
        announced_cost={"domestic": 1},
        unannounced_cost={"domestic": 2},
    )
    return case(
        *lake_and_town(),
        lights,
        days=(1,) * 4,
        stocks={("lake", "storage"): 39},
        past=past_of(lights),
        policy=in_order(least("damage"), least("shortage")),
        says={("lights", "stage"): (0, 0, 0, 0)},
        goals={"damage": 2, "shortage": 1},
    )


def _senior_and_junior(policy: Policy, **answers: object) -> Case:
    """A town of 10 a day that the rule halves below 60, and fields of 30 a day that it does not cut; 10 a day flow in."""
    return case(
        *lake_and_town(inflow=10),
        pipe("lake", "zone"),
        make("irrigation_zone", "zone", area=1e4, demand=30),
        make(
            "rule_curve",
            "hedging",
            reservoirs=("lake",),
            users=("town", "zone"),
            lower_curve=60,
            below_lower={"domestic": 0.5},
            below_severe={},
        ),
        days=(1, 1, 1),
        stocks={("lake", "storage"): 100},
        policy=policy,
        **answers,
    )


def junior_draws_through_the_curve() -> Case:
    """The fields have all they ask for and leave 70, then 40: below the curve, so that the town, which is senior, is cut."""
    return _senior_and_junior(
        in_order(least("shortage", "domestic"), least("shortage", "agriculture"), least("spill")),
        says={("zone", "delivery"): (30, 30, 30), ("town", "delivery"): (10, 10, 5), ("lake", "storage"): (70, 40, 15)},
    )


def junior_has_what_lies_above_the_curve() -> Case:
    """With a goal for the curve between the two, the fields have 40 in all, the lake ends on the curve, and nobody is cut."""
    return _senior_and_junior(
        in_order(least("shortage", "domestic"), least("below_curve"), least("shortage", "agriculture"), least("spill")),
        says={("town", "delivery"): (10, 10, 10), ("lake", "storage"): (ANY, ANY, 60)},
        goals={"shortage domestic": 0, "below_curve": 0, "shortage agriculture": 50},
    )


CASES = (
    junior_draws_through_the_curve,
    junior_has_what_lies_above_the_curve,
    lights_one_after_another,
    back_from_orange,
    rain_is_expected,
    in_the_middle_of_ten_days,
    without_yellow_it_would_return,
    yellow_all_along,
    not_worth_announcing,
)
