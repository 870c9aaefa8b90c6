"""Reservoirs with a survey, outlets, a flood pool and joint operation, with answers by hand or formula."""

from itertools import pairwise
from math import exp

from gallery.building import ANY, Case, canal, case, in_order, least, make, most, pipe, river_to_sea, zone

PRISM = ({"level": 100.0, "area": 100.0, "volume": 0.0}, {"level": 110.0, "area": 100.0, "volume": 1000.0})
"""Upright walls around 100 m2."""

FUNNEL = ({"level": 0.0, "area": 50.0, "volume": 0.0}, {"level": 10.0, "area": 150.0, "volume": 1000.0})
"""Area = 50 + volume / 10: the bed is wide and flat."""


def upright_walls() -> Case:
    """1 m3 evaporates and 0.4 rain down every day, at every level; the bed would not notice a storage of 30."""
    falls = tuple(500 - 0.6 * day for day in (1, 2, 12))
    return case(
        make(
            "reservoir",
            "lake",
            capacity=1000,
            level_area_volume=PRISM,
            evaporation_depth=0.01,
            rainfall_depth=0.004,
        ),
        canal("lake", "zone"),
        zone(),
        days=(1, 1, 10),
        stocks={("lake", "storage"): 500},
        policy=in_order(least("spill")),
        says={
            ("lake", "storage"): falls,
            ("lake", "level"): tuple(100 + each / 100 for each in falls),
            ("lake", "evaporation"): (1, 1, 10),
            ("lake", "rainfall"): (0.4, 0.4, 4),
        },
    )


def wide_flat_bed() -> Case:
    """dV/dt = -depth (50 + V/10), by the trapezoidal rule: V1 (1 + a/2) = V0 (1 - a/2) - 50 depth, a = depth / 10."""
    storage, depth = [400.0], 0.02
    for days in (1, 1, 10):
        loss = depth * days / 10
        storage.append((storage[-1] * (1 - loss / 2) - 50 * depth * days) / (1 + loss / 2))
    return case(
        make("reservoir", "lake", capacity=1000, level_area_volume=FUNNEL, evaporation_depth=depth),
        canal("lake", "zone"),
        zone(),
        days=(1, 1, 10),
        stocks={("lake", "storage"): 400},
        policy=in_order(least("spill")),
        says={("lake", "storage"): tuple(storage[1:]), ("lake", "level"): tuple(each / 100 for each in storage[1:])},
    )


def silted_since_the_survey() -> Case:
    """The survey says 1000 at 110 m, the lake now holds 800 there: half full it stands at 105 m as before."""
    return case(
        make("reservoir", "lake", level_area_volume=PRISM, full_supply_level=110, evaporation_depth=0.01, capacity=800),
        canal("lake", "zone"),
        zone(),
        days=(1, 1, 10),
        stocks={("lake", "storage"): 401},
        policy=in_order(least("spill")),
        says={
            ("lake", "storage"): (400, 399, 389),
            ("lake", "level"): (105, 100 + 399 / 80, 100 + 389 / 80),
            ("lake", "evaporation"): (1, 1, 10),
        },
    )


def sill_of_an_outlet() -> Case:
    """A tenth a day of what stands above 102 m runs to the fields; the town's outlet lies dry at 106 m."""
    above = [300.0 * exp(-0.1 * day) for day in (0, 1, 2, 12)]
    return case(
        make("reservoir", "lake", capacity=1000, level_area_volume=PRISM),
        make("outlet", "low", source="lake", rating=({"level": 102, "release": 0}, {"level": 106, "release": 40})),
        make("outlet", "high", source="lake", rating=({"level": 106, "release": 0}, {"level": 109, "release": 90})),
        canal("low", "zone"),
        pipe("high", "town"),
        zone(demand=100),
        make("household_supply", "town", demand=20),
        days=(1, 1, 10),
        stocks={("lake", "storage"): 500},
        says={
            ("low", "release"): tuple(earlier - later for earlier, later in pairwise(above)),
            ("high", "release"): (0, 0, 0),
            ("lake", "storage"): tuple(200 + each for each in above[1:]),
            ("town", "shortage"): (20, 20, 200),
        },
    )


def over_the_crest() -> Case:
    """Half of what stands above the crest runs over in a day, asked or not; 80 come on the first day."""
    above = [0.0, 160 * (1 - exp(-0.5))]
    above += [above[1] * exp(-0.5), above[1] * exp(-5.5)]
    return case(
        make(
            "reservoir",
            "lake",
            capacity=600,
            flood_pool=300,
            level_area_volume=PRISM,
            spillway=({"level": 106, "release": 0}, {"level": 109, "release": 150}),
            uncontrolled_spillway=True,
            spill_to="sea",
        ),
        make("outfall", "sea"),
        days=(1, 1, 10),
        stocks={("lake", "storage"): 600},
        series={("lake", "inflow"): (80, 0, 0)},
        policy=in_order(least("unrated_spill"), most("storage")),
        says={
            ("lake", "storage"): tuple(600 + each for each in above[1:]),
            ("lake", "overtopping"): (0, 0, 0),
            ("sea", "outflow"): (80 - above[1], above[1] - above[2], above[2] - above[3]),
        },
    )


def gates_hold_the_flood() -> Case:
    """Gates may hold 300 above full supply level, and are opened at once: all that the gates pass, 100 a day, then the rest."""
    return case(
        make(
            "reservoir",
            "lake",
            capacity=600,
            flood_pool=300,
            spillway=({"storage": 500, "release": 100}, {"storage": 900, "release": 100}),
            spill_to="sea",
        ),
        make("outfall", "sea"),
        days=(1, 1, 10),
        stocks={("lake", "storage"): 830},
        says={
            ("lake", "spill"): (100, 100, ANY),
            ("lake", "flood_storage"): (130, 30, ANY),
            ("lake", "storage"): (730, 630, ANY),
        },
        goals={"overtopping": 0, "flood_storage": 160, "spill": 230},
    )


def no_spill_below_the_crest() -> Case:
    """The fields below would like the spill of a lake that stands 5 m below its crest: there is none to be had."""
    return case(
        make(
            "reservoir",
            "lake",
            capacity=1000,
            level_area_volume=PRISM,
            spillway=({"level": 109, "release": 0}, {"level": 110, "release": 90}),
            spill_to="weir",
        ),
        *river_to_sea(),
        canal("weir", "zone"),
        zone(demand=30),
        days=(1, 10),
        stocks={("lake", "storage"): 400},
        says={("zone", "shortage"): (30, 300), ("lake", "storage"): (400, 400), ("lake", "spill"): (0, 0)},
    )


def silted_below_its_storage() -> Case:
    """A new survey finds room for 380 where 400 are stored: 20 spill on that day, and the lake is full at 110 m."""
    return case(
        make("reservoir", "lake", capacity=500, level_area_volume=PRISM, full_supply_level=110, spill_to="sea"),
        make("outfall", "sea"),
        days=(1, 1, 10),
        stocks={("lake", "storage"): 400},
        series={("lake", "capacity"): (500, 380, 380)},
        policy=in_order(least("below_dead_storage"), least("spill")),
        says={
            ("lake", "storage"): (400, 380, 380),
            ("lake", "spill"): (0, 20, 0),
            ("lake", "level"): (108, 110, 110),
        },
    )


def equally_full_lakes() -> Case:
    """A lake of 300 holds 270 and one of 100 holds 30: the fuller one serves alone until both are equal, then 3 to 1.

    No water goes from lake to lake. Of 140 that are left after four days 105 : 35 would be equal, and 110 : 30 is there.
    """
    return case(
        make("reservoir", "large", capacity=310, dead_storage=10),
        make("reservoir", "small", capacity=100),
        make("junction", "fork"),
        pipe("large", "fork"),
        pipe("small", "fork"),
        pipe("fork", "town"),
        make("household_supply", "town", demand=40),
        make("equal_fraction", "joint operation", reservoirs=("large", "small"), tolerance=0),
        days=(1, 1, 1, 1, 1, 1),
        stocks={("large", "storage"): 280, ("small", "storage"): 30},
        policy=in_order(least("shortage"), least("spill"), least("spread")),
        says={
            ("large to fork", "inflow"): (40, 40, 40, 40, 35, 30),
            ("small to fork", "inflow"): (0, 0, 0, 0, 5, 10),
            ("joint operation", "spread"): (70, 50, 30, 10, 0, 0),
        },
        goals={"spread": 160},
    )


CASES = (
    upright_walls,
    wide_flat_bed,
    silted_since_the_survey,
    sill_of_an_outlet,
    over_the_crest,
    gates_hold_the_flood,
    no_spill_below_the_crest,
    silted_below_its_storage,
    equally_full_lakes,
)
