"""Rights and agreements, each with an answer that a hand gives."""

import datetime as dt

from gallery.building import ANY, Case, case, in_order, least, make, pipe, river_to_sea, zone
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


CASES = (unused_right, right_that_lapses, two_new_months, winter_licence, tennant)
