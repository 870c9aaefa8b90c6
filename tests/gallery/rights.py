"""Rights and agreements, each with an answer that a hand gives."""

import datetime as dt

from gallery.building import ANY, START, Case, canal, case, in_order, least, make, pipe, river_to_sea, zone
from waterbalance.network.state import Past
from waterbalance.policy.goal import Goal, Term

NEW_YEAR = dt.date(2021, 1, 1)


def unused_right() -> Case:
    """40 of the old year's 100 are left on its last day, and at most 30 go over to the new year's 100.

    The field asks for 20, and then for 50 on three days: 140 of 170 are there, and none of them need lapse.
    """
    return case(
        *river_to_sea(inflow=1000),
        pipe("weir", "zone"),
        zone(),
        make("water_right", "right", subjects=("weir to zone",), volume=100, carry_over=0.3),
        days=(1, 1, 1, 1),
        start=dt.date(2020, 12, 31),
        stocks={("right", "account"): 40},
        series={("zone", "demand"): (20, 50, 50, 50)},
        says={("right", "account"): (ANY, ANY, ANY, 0), ("right", "lapsed"): (0, 0, 0, 0)},
        goals={"shortage agriculture": 30},
    )


def right_that_lapses() -> Case:
    """40 are left when the year begins, and 30 may be carried over: 10 lapse, although nobody asks for water that day."""
    return case(
        *river_to_sea(inflow=1000),
        pipe("weir", "zone"),
        zone(),
        make("water_right", "right", subjects=("weir to zone",), volume=100, carry_over=0.3),
        days=(1, 1),
        start=NEW_YEAR,
        stocks={("right", "account"): 40},
        series={("zone", "demand"): (0, 10)},
        says={("right", "lapsed"): (10, 0), ("right", "account"): (130, 120)},
    )


def two_new_months() -> Case:
    """100 a month, and half of it may go over: 50 of January's 60 do, and 50 of the 150 that nobody wants in February.

    In March the field takes the 150 that there are; 100 lapse on the way, sooner or later.
    """
    return case(
        *river_to_sea(inflow=1000),
        pipe("weir", "zone"),
        zone(),
        make("water_right", "right", subjects=("weir to zone",), volume=100, carry_over=0.5, window="month"),
        days=(11, 10, 10, 8, 10),
        start=dt.date(2021, 1, 21),
        stocks={("right", "account"): 60},
        series={("zone", "demand"): (10, 0, 0, 0, 400)},
        says={("zone", "delivery"): (10, 0, 0, 0, 150), ("right", "carried"): (0, ANY, 0, 0, 50)},
        policy=in_order(least("shortage", "agriculture"), least("spill"), least("lapsed")),
        goals={"shortage agriculture": 250, "lapsed": 100},
    )


def winter_licence() -> Case:
    """A licence of 100 from 1 November to 31 May: 60 are used; May gives 40 more, and June does not count."""
    winter = {"first_day": "11-01", "last_day": "05-31"}
    return case(
        *river_to_sea(inflow=1000),
        pipe("weir", "zone"),
        zone(demand=30),
        make("water_right", "right", subjects=("weir to zone",), volume=100, window=winter),
        days=(1, 1, 1, 10),
        start=dt.date(2021, 5, 29),
        past={("weir to zone", "inflow"): (Past(dt.date(2020, 11, 1), dt.date(2021, 5, 29), 60),)},
        says={("zone", "delivery"): (ANY, ANY, ANY, 300), ("right", "used_in_window"): (ANY, ANY, 100, 100)},
        goals={"shortage agriculture": 50},
    )


def tennant() -> Case:
    """A third of the natural flow of two weirs, at least 20 and at most 60, is kept in the river below them."""
    return case(
        *river_to_sea(),
        make("weir", "side weir"),
        make("river_reach", "side river", source="side weir", target="weir"),
        pipe("weir", "zone"),
        zone(demand=1000),
        make("minimum_flow", "ecology", subject="river", share=1 / 3, natural_flow_of=("weir", "side weir"), minimum=20, most=60),
        days=(1, 1, 1, 1),
        series={("weir", "inflow"): (30, 60, 90, 10), ("side weir", "inflow"): (0, 60, 300, 5)},
        policy=in_order(least("shortfall"), Goal(name="river", terms=(Term(measure="inflow", components=("river",)),))),
        says={("river", "inflow"): (20, 40, 60, 15), ("ecology", "shortfall"): (0, 0, 0, 5)},
    )


def jiaxian() -> Case:
    """To 31 May the fields' 7 come first, whether they take them or not; in June the town may have all of the river."""
    return case(
        *river_to_sea(),
        pipe("weir", "town"),
        make("household_supply", "town", demand=20),
        make(
            "agreement",
            "irrigation first",
            transfer="weir to town",
            natural_flow_of=("weir",),
            reserved_flow=7,
            most=5,
            season={"first_day": "11-01", "last_day": "05-31"},
        ),
        days=(1, 1, 1, 1),
        start=dt.date(2021, 5, 29),
        series={("weir", "inflow"): (10, 6, 15, 8)},
        says={("weir to town", "inflow"): (3, 0, 5, 8)},
        goals={"shortage domestic": 64},
    )


def fields_first() -> Case:
    """The transfer waits until the fields have all they ask for: the pond's water counts, the river's share does not.

    On the first day 30 of the pond and 50 of the river serve 80; the 20 that are left of the river's 70 may go over. On the
    second day not even the pond would be enough, and nothing goes over.
    """
    return case(
        *river_to_sea(),
        make("reservoir", "pond", capacity=100),
        canal("weir", "zone"),
        pipe("pond", "zone"),
        zone(),
        pipe("weir", "town"),
        make("household_supply", "town", demand=40),
        make("agreement", "met first", transfer="weir to town", natural_flow_of=("weir",), served_users=("zone",)),
        days=(1, 1),
        stocks={("pond", "storage"): 30},
        series={("weir", "inflow"): (70, 40), ("zone", "demand"): (80, 80)},
        says={("weir to town", "inflow"): (20, 0), ("zone", "shortage"): (0, 40), ("met first", "all_served"): (1, 0)},
        goals={"shortage domestic": 60, "shortage agriculture": 40},
    )


def last_resort() -> Case:
    """Two lakes hold 130 before the third day, below the trigger of 150: only then may the drought wells give their 30."""
    return case(
        make("reservoir", "lake", capacity=200),
        make("reservoir", "pond", capacity=200),
        pipe("lake", "town"),
        pipe("pond", "town"),
        make("household_supply", "town", demand=70),
        make("well_field", "wells", capacity=1000, energy_per_volume=1),
        pipe("wells", "zone"),
        zone(demand=40),
        make(
            "emergency_transfer",
            "drought wells",
            link="wells to zone",
            reservoirs=("lake", "pond"),
            trigger_curve=150,
            most=30,
            volume=55,
        ),
        days=(1, 1, 1, 1),
        stocks={("lake", "storage"): 150, ("pond", "storage"): 120},
        says={("zone", "shortage"): (40, 40, ANY, ANY), ("drought wells", "used"): (0, 0, ANY, 55)},
        goals={"shortage domestic": 10, "shortage agriculture": 105},
    )


def announced_emergency() -> Case:
    """No storage is read: the link runs on the announced days, with 30 a day."""
    return case(
        make("well_field", "wells", capacity=1000),
        pipe("wells", "zone"),
        zone(demand=40),
        make("emergency_transfer", "drought wells", link="wells to zone", announced=0, most=30, price=3),
        days=(1, 1, 2),
        series={("drought wells", "announced"): (0, 1, 1)},
        says={("zone", "delivery"): (0, 30, 60), ("drought wells", "transfer_cost"): (0, 90, 180)},
    )


def fallowing_behind_a_canal() -> Case:
    """60 for 60 that two blocks ask for, and 30 that fill the canal: one block is given up, the one that is paid less for.

    Half of the demand is spared, but only a third of the water: the canal has to be filled for the other block.
    """
    return case(
        make("reservoir", "lake", capacity=100),
        canal("lake", "zone", capacity=90, fill_volume=30),
        zone(demand=60, fallowing="programme"),
        make(
            "fallowing",
            "programme",
            blocks={
                "wide": {"zone": "zone", "area": 6000, "share": 0.5},
                "narrow": {"zone": "zone", "area": 4000, "share": 0.5},
            },
            decide_by=START,
            compensation_per_area=8.8,
            damage_per_area=1,
            in_service_from=START,
            in_service_until=START,
        ),
        days=(1,),
        stocks={
            ("lake", "storage"): 60,
            ("canal to zone", "running"): 0,
            ("programme", "fallowed wide"): 0,
            ("programme", "fallowed narrow"): 0,
        },
        policy=in_order(least("shortage"), least("compensation"), least("damage")),
        says={
            ("programme", "fallowed wide"): (0,),
            ("programme", "fallowed narrow"): (1,),
            ("zone", "spared"): (30,),
            ("zone", "delivery"): (30,),
            ("programme", "fallowed_area"): (4000,),
        },
        goals={"shortage": 0, "compensation": 35_200, "damage": 4000},
    )


def too_late_to_fallow() -> Case:
    """The day to decide is over: the block that was given up stays so, and the other one stays planted, and is short."""
    return case(
        make("reservoir", "lake", capacity=100),
        canal("lake", "zone"),
        zone(demand=10, fallowing="programme"),
        make(
            "fallowing",
            "programme",
            blocks={
                "given up": {"zone": "zone", "area": 5000, "share": 0.5},
                "planted": {"zone": "zone", "area": 5000, "share": 0.4},
            },
            decide_by=dt.date(2021, 3, 9),
            in_service_from=dt.date(2021, 3, 1),
            in_service_until=dt.date(2021, 3, 11),
        ),
        days=(1, 1, 1),
        stocks={("lake", "storage"): 8, ("programme", "fallowed given up"): 1, ("programme", "fallowed planted"): 0},
        # On the third day the season is over: all ten are asked for again.
        says={("zone", "spared"): (5, 5, 0), ("programme", "fallowed_area"): (5000, 5000, 0)},
        goals={"shortage agriculture": 12},
    )


def turns_of_three_and_a_half_days() -> Case:
    """Two canals in turn, 3.5 days each: the fourth day is shared, and of the ten days 3.5 and 6.5 are turns."""
    return case(
        make("reservoir", "lake", capacity=10_000),
        canal("lake", "upper", capacity=20),
        canal("lake", "lower", capacity=20),
        zone("upper", demand=100),
        zone("lower", demand=100),
        make(
            "rotation",
            "turns",
            groups={"upper": ("canal to upper",), "lower": ("canal to lower",)},
            turns={"upper": 3.5, "lower": 3.5},
            first_day=dt.date(2021, 3, 11),
        ),
        days=(1, 1, 1, 1, 1, 10),
        stocks={("lake", "storage"): 10_000},
        says={("upper", "delivery"): (20, 20, 20, 20, 10, 70), ("lower", "delivery"): (20, 0, 0, 0, 10, 130)},
    )


CASES = (
    unused_right,
    right_that_lapses,
    two_new_months,
    winter_licence,
    tennant,
    jiaxian,
    fields_first,
    last_resort,
    announced_emergency,
    fallowing_behind_a_canal,
    too_late_to_fallow,
    turns_of_three_and_a_half_days,
)
