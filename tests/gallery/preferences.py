"""What is preferred, each on a network so small that a hand or a formula gives the answer."""

import datetime as dt

from gallery.building import ANY, Case, canal, case, days_before, in_order, least, make, pipe, river_to_sea, zone
from waterbalance.policy.goal import Goal, Policy, Term

EXACT = 1e-9
"""Equity tolerance of cases that are compared with a hand's answer."""


def shared(how: str, **fields: object) -> Policy:
    """One goal of the industry, shared in one way."""
    goal = Goal(name="shortage", terms=(Term(measure="shortage", user_classes=("industry",)),), equity=how)
    return Policy(goals=(goal, least("spill")), equity_tolerance=EXACT, smallest_change=False, **fields)


def narrow_pipe(how: str, a: float, others: float) -> Case:
    """A has a pipe of 20; 100 are at hand, and each of three asks for 100."""
    return case(
        make("well_field", "wells", capacity=100),
        pipe("wells", "A", capacity=20),
        pipe("wells", "B"),
        pipe("wells", "C"),
        *(make("industry", name, demand=100) for name in "ABC"),
        days=(1, 10),
        policy=shared(how),
        says={("A", "delivery"): (a, 10 * a), ("B", "delivery"): (others, 10 * others), ("C", "delivery"): (others, 10 * others)},
    )


def minimax_goes_on_after_the_narrow_pipe() -> Case:
    """A has all of its 20; what it cannot take the others share: 40 each."""
    return narrow_pipe("minimax", 20, 40)


def equal_percentage_stops_at_the_narrow_pipe() -> Case:
    """One percentage for all: A can have 20 %, so the others have 20 % and 40 stay in the ground."""
    return narrow_pipe("equal percentage", 20, 20)


def equal_percentage_without_the_unreached() -> Case:
    """A pipe out of service reaches nobody: D is left out, and A and B share 120 as 60 %."""
    return case(
        make("well_field", "wells", capacity=120),
        pipe("wells", "A"),
        pipe("wells", "B"),
        pipe("wells", "D", capacity=0),
        *(make("industry", name, demand=100) for name in "ABD"),
        days=(1,),
        policy=shared("equal percentage"),
        says={("A", "delivery"): (60,), ("B", "delivery"): (60,), ("D", "delivery"): (0,)},
    )


def equal_percentage_spares_what_is_under_way() -> Case:
    """80 for A left the weir yesterday and arrive today; B has 30 of 100. A uses its 80 and need not spill 50 of them."""
    return case(
        *river_to_sea(inflow=0),
        canal("weir", "A", travel_time=1),
        make("well_field", "wells", capacity=30),
        pipe("wells", "B"),
        make("industry", "A", demand=100),
        make("industry", "B", demand=100),
        days=(1,),
        past={("canal to A", "inflow"): days_before(80)},
        policy=shared("equal percentage"),
        says={("A", "consumption"): (80,), ("A", "spill"): (0,), ("B", "consumption"): (30,)},
    )


def proportional_to_right() -> Case:
    """90 are at hand for rights of 60, 30 and 30. C asks for 10 only; A and B share 80 as 2 : 1."""
    return case(
        make("well_field", "wells", capacity=90),
        *(pipe("wells", name) for name in "ABC"),
        make("industry", "A", demand=100, entitlement=60),
        make("industry", "B", demand=100, entitlement=30),
        make("industry", "C", demand=10, entitlement=30),
        days=(1, 10),
        policy=shared("proportional to right"),
        says={
            ("A", "delivery"): (160 / 3, 1600 / 3),
            ("B", "delivery"): (80 / 3, 800 / 3),
            ("C", "delivery"): (10, 100),
        },
    )


def more_water_than_rights() -> Case:
    """126 for rights of 60 and 30 go on as 2 : 1 until A has all of its 80; B has the rest, and D without a right nothing."""
    return case(
        make("well_field", "wells", capacity=126),
        *(pipe("wells", name) for name in "ABD"),
        make("industry", "A", demand=80, entitlement=60),
        make("industry", "B", demand=60, entitlement=30),
        make("industry", "D", demand=50, entitlement=0),
        days=(1,),
        policy=shared("proportional to right"),
        says={("A", "delivery"): (80,), ("B", "delivery"): (46,), ("D", "delivery"): (0,)},
    )


FIELDS = ({"beyond": 0, "value": 1}, {"beyond": 0.4, "value": 6})
TOWN = ({"beyond": 0, "value": 3}, {"beyond": 0.1, "value": 10})
LEAST_DAMAGE = in_order(Goal(name="damage", terms=(Term(measure="damage"),)))


def half_fallowed(how: str, wells: float, short: tuple[float, float], **pipe_to_b: object) -> Case:
    """Fields A and B ask for 100 a day each; half of A is fallowed since before the plan. `short` is what they lack a day."""
    block = {"half": {"zone": "A", "area": 5000, "share": 0.5}}
    season = {"decide_by": dt.date(2021, 1, 1), "in_service_from": dt.date(2021, 2, 1), "in_service_until": dt.date(2021, 5, 31)}
    a, b = short
    goal = Goal(name="shortage", terms=(Term(measure="shortage"),), equity=how)
    return case(
        make("well_field", "wells", capacity=wells),
        pipe("wells", "A"),
        pipe("wells", "B", **pipe_to_b),
        zone("A", demand=100, entitlement=60, fallowing="programme"),
        zone("B", demand=100, entitlement=30),
        make("fallowing", "programme", blocks=block, **season),
        days=(1, 10),
        stocks={("programme", "fallowed half"): 1},
        policy=Policy(goals=(goal, least("spill")), equity_tolerance=EXACT, smallest_change=False),
        says={("A", "spared"): (50, 500), ("A", "shortage"): (a, 10 * a), ("B", "shortage"): (b, 10 * b)},
    )


def what_is_still_planted_shares() -> Case:
    """90 for the 50 that A and the 100 that B still ask for: 60 lack, 40 % of each."""
    return half_fallowed("minimax", 90, (20, 40))


def equal_percentage_of_what_is_still_planted() -> Case:
    """B's pipe brings 30 of its 100, so A has 30 % of its 50, too; the rest stays in the ground."""
    return half_fallowed("equal percentage", 90, (35, 70), capacity=30)


def rights_of_what_is_still_planted() -> Case:
    """60 for rights of 60 and 30: two thirds of them, 40 and 20, of the 50 and 100 that are still asked for."""
    return half_fallowed("proportional to right", 60, (10, 80))


def a_right_to_more_than_is_still_planted() -> Case:
    """84 for rights of 60 and 30: A needs no more than 50 of its 56, B has the other 34."""
    return half_fallowed("proportional to right", 84, (0, 66))


def marginal_damages_are_equalised() -> Case:
    """100 lack of 300. The cheapest parts go first: fields 80 x 1, town 10 x 3, and 10 more of the fields at 6: 170."""
    return case(
        make("well_field", "wells", capacity=200),
        pipe("wells", "town"),
        pipe("wells", "zone"),
        make("household_supply", "town", demand=100, marginal_damage=TOWN),
        zone(demand=200, marginal_damage=FIELDS),
        days=(1, 10),
        policy=LEAST_DAMAGE,
        says={
            ("town", "shortage"): (10, 100),
            ("zone", "shortage"): (90, 900),
            ("town", "damage"): (30, 300),
            ("zone", "damage"): (140, 1400),
        },
        goals={"damage": 11 * 170},
    )


def rising_damage_spreads_a_drought() -> Case:
    """120 for two days of 100: 80 lack. 40 a day at 1 cost 80; all on one day would cost 40 x 1 + 40 x 6."""
    return case(
        make("reservoir", "lake", capacity=1000),
        canal("lake", "zone"),
        zone(demand=100, marginal_damage=FIELDS),
        days=(1, 1),
        stocks={("lake", "storage"): 120},
        policy=LEAST_DAMAGE,
        says={("zone", "shortage"): (40, 40)},
        goals={"damage": 80},
    )


def hedging_by_carry_over_value() -> Case:
    """Draper and Lund: what is released last saves what is kept last.

    100 are stored and 80 asked for. Kept: the first 30 at 6, the next 30 at 3, then 1. Short: 16 at 2, 16 more at 4, the
    rest at 8. Of full supply only 20 would be kept: 10 more are worth 6 > 2, and 6 more 3 > 2; the next would cost 4 > 3.
    So 36 are kept (198) and 16 lack (32). The 100 of the first evening are worth 180 + 90 + 40, though no goal asks then.
    """
    prices = ({"beyond": 0, "value": 2}, {"beyond": 0.2, "value": 4}, {"beyond": 0.4, "value": 8})
    worth = ({"above": 0, "value": 6}, {"above": 30, "value": 3}, {"above": 60, "value": 1})
    goal = Goal(
        name="net",
        terms=(Term(measure="damage"), Term(measure="storage_value", weight=-1, at="last step")),
    )
    return case(
        make("reservoir", "lake", capacity=1000),
        canal("lake", "zone"),
        zone(marginal_damage=prices),
        make("storage_value", "next season", storages=("lake",), marginal_value=worth),
        days=(1, 10),
        stocks={("lake", "storage"): 100},
        series={("zone", "demand"): (0, 80)},
        policy=in_order(goal),
        says={("zone", "shortage"): (0, 16), ("lake", "storage"): (100, 36), ("next season", "storage_value"): (310, 198)},
        goals={"net": 32 - 198},
    )


def one_goal_of_weighted_terms() -> Case:
    """Weighted: of a cubic metre half arrives at the fields, where it counts 3: more than 1 in the town. 80 bring them 40."""
    goal = Goal(
        name="weighted",
        terms=(
            Term(measure="shortage", user_classes=("domestic",)),
            Term(measure="shortage", user_classes=("agriculture",), weight=3.0),
        ),
    )
    return case(
        make("well_field", "wells", capacity=80),
        pipe("wells", "town"),
        canal("wells", "zone", conveyance_loss=0.5),
        make("household_supply", "town", demand=50),
        zone(demand=40),
        days=(1,),
        policy=in_order(goal),
        says={("town", "shortage"): (50,), ("zone", "shortage"): (0,)},
        goals={"weighted": 50},
    )


def a_target_is_good_enough() -> Case:
    """The town could have all of its 60 of 100, but lacking 20 is good enough: the fields have 60 of 80."""
    return case(
        make("well_field", "wells", capacity=100),
        pipe("wells", "town"),
        pipe("wells", "zone"),
        make("household_supply", "town", demand=60),
        zone(demand=80),
        days=(1,),
        policy=in_order(least("shortage", "domestic", target=20.0), least("shortage", "agriculture")),
        says={("town", "shortage"): (20,), ("zone", "shortage"): (20,)},
        goals={"shortage domestic": 0, "shortage agriculture": 20},
    )


def an_absolute_tolerance() -> Case:
    """The lake should hold as much as it can at the end, give or take 15: the fields have 15 of 40."""
    full = Goal(name="full", sense="maximise", terms=(Term(measure="storage", at="last step"),), absolute_tolerance=15)
    return case(
        make("reservoir", "lake", capacity=100),
        canal("lake", "zone"),
        zone(demand=40),
        days=(1,),
        stocks={("lake", "storage"): 90},
        policy=in_order(full, least("shortage", "agriculture")),
        says={("lake", "storage"): (75,), ("zone", "delivery"): (15,)},
        goals={"full": 90, "shortage agriculture": 25},
    )


def a_storage_in_its_range() -> Case:
    """100 of 40 to 70 are stored, 20 a day may be released: 10 above on the first evening, in range on the second."""
    return case(
        make("reservoir", "lake", capacity=200, release_capacity=20),
        pipe("lake", "sea"),
        make("outfall", "sea"),
        make("target_range", "band", subject="lake", lower=40, upper=70, scale=20, segments=4),
        days=(1, 1),
        stocks={("lake", "storage"): 100},
        policy=in_order(least("spill"), least("above"), least("below"), least("penalty")),
        says={("lake", "storage"): (80, ANY), ("band", "above"): (10, 0), ("band", "below"): (0, 0)},
        # (10 / 20)^2 lies on a corner of the four segments.
        goals={"above": 10, "penalty": 0.25},
    )


def squares_share_a_deviation() -> Case:
    """60 lack of the wanted 40 a day over three days: 20 on each, as the squares are least; 3 x (20 / 40)^2."""
    return case(
        make("reservoir", "lake", capacity=100),
        pipe("lake", "sea"),
        make("outfall", "sea"),
        make("flow_range", "wanted", subject="lake to sea", lower=40, scale=40),
        days=(1, 2),
        stocks={("lake", "storage"): 60},
        policy=in_order(least("penalty")),
        says={("lake to sea", "inflow"): (20, 40)},
        goals={"penalty": 0.75},
    )


def a_calm_gate_by_squares() -> Case:
    """From 0 the gate must come to 30 within three days: 10, 20, 30; 3 x (10 / 30)^2."""
    return case(
        make("reservoir", "lake", capacity=1000),
        pipe("lake", "sea"),
        make("outfall", "sea"),
        make("flow_range", "wanted", subject="lake to sea"),
        make("smooth_flow", "calm", subject="lake to sea", scale=30, segments=3),
        days=(1, 1, 1),
        past={("lake to sea", "inflow"): days_before(0)},
        stocks={("lake", "storage"): 500},
        series={("wanted", "lower"): (0, 0, 30)},
        policy=in_order(least("below"), least("penalty")),
        says={("lake to sea", "inflow"): (10, 20, 30), ("calm", "change"): (10, 10, 10)},
        goals={"below": 0, "penalty": 1 / 3},
    )


CASES = (
    minimax_goes_on_after_the_narrow_pipe,
    equal_percentage_stops_at_the_narrow_pipe,
    equal_percentage_without_the_unreached,
    equal_percentage_spares_what_is_under_way,
    proportional_to_right,
    more_water_than_rights,
    what_is_still_planted_shares,
    equal_percentage_of_what_is_still_planted,
    rights_of_what_is_still_planted,
    a_right_to_more_than_is_still_planted,
    marginal_damages_are_equalised,
    rising_damage_spreads_a_drought,
    hedging_by_carry_over_value,
    one_goal_of_weighted_terms,
    a_target_is_good_enough,
    an_absolute_tolerance,
    a_storage_in_its_range,
    squares_share_a_deviation,
    a_calm_gate_by_squares,
)
