"""Aquifers against the linear reservoir's own formula, and what wells may draw together."""

import datetime as dt
import math
from itertools import pairwise

from gallery.building import ANY, START, Case, case, in_order, least, make, pipe
from waterbalance.network.component import Component
from waterbalance.network.state import Past

DAYS = (1, 1, 3, 10, 10)
ENDS = (1, 2, 5, 15, 25)
RECESSION = 0.02
FULL = 1e6 * 0.1 * 10
"""A square kilometre, a tenth of which drains, ten metres deep: a million cubic metres."""


def aquifer(**fields: object) -> Component:
    """The plain's groundwater."""
    given = {"area": 1e6, "specific_yield": 0.1, "usable_depth": 10, "recession": RECESSION, **fields}
    return make("aquifer", "aquifer", **given)


def wells(name: str = "wells", **fields: object) -> tuple[Component, ...]:
    """Wells in the aquifer, and a town that lives on them alone."""
    return (
        make("well_field", name, aquifer="aquifer", **{"capacity": 1e6, **fields}),
        pipe(name, f"{name} town"),
        make("household_supply", f"{name} town"),
    )


def cone_left_alone() -> Case:
    """A cone of 400 000 and nobody draws: it shrinks like exp(-0.02 days), over steps of any length; 0.1 m is 10 000 m3."""
    cones = tuple(4e5 * math.exp(-RECESSION * day) for day in ENDS)
    return case(
        aquifer(),
        *wells(),
        days=DAYS,
        stocks={("aquifer", "storage"): FULL - 4e5},
        series={("wells town", "demand"): (0,) * 5},
        says={
            ("aquifer", "cone"): cones,
            ("aquifer", "storage"): tuple(FULL - cone for cone in cones),
            ("aquifer", "drawdown"): tuple(cone / 1e5 for cone in cones),
        },
    )


def cone_of_even_pumping() -> Case:
    """3000 a day from rest: the cone grows like 3000 / 0.02 x (1 - exp(-0.02 days)), as Maillet's reservoir does."""
    cones = tuple(3000 / RECESSION * (1 - math.exp(-RECESSION * day)) for day in ENDS)
    return case(
        aquifer(),
        *wells(),
        days=DAYS,
        stocks={("aquifer", "storage"): FULL},
        series={("wells town", "demand"): tuple(3000.0 * days for days in DAYS)},
        says={("aquifer", "cone"): cones, ("wells", "abstraction"): tuple(3000.0 * days for days in DAYS)},
    )


def cone_under_a_river() -> Case:
    """Half of what fills the cone comes from the river, which has 5000 a day; 1000 a day of recharge come besides.

    The cone tends to (3000 - 1000) / 0.02 = 100 000; what it fills up is 2000 a day less its growth.
    """
    cones = tuple(1e5 * (1 - math.exp(-RECESSION * day)) for day in ENDS)
    grown = (cones[0], *(later - earlier for earlier, later in pairwise(cones)))
    recovery = tuple(2000 * days - more for days, more in zip(DAYS, grown, strict=True))
    return case(
        make("weir", "weir", inflow=5000),
        make("river_reach", "river", source="weir", target="sea"),
        make("outfall", "sea"),
        aquifer(recharge=1000, river="weir", river_share=0.5),
        *wells(),
        days=DAYS,
        stocks={("aquifer", "storage"): FULL},
        series={("wells town", "demand"): tuple(3000.0 * days for days in DAYS)},
        says={
            ("aquifer", "cone"): cones,
            ("aquifer", "recovery"): recovery,
            ("aquifer", "river_exchange"): tuple(each / 2 for each in recovery),
            ("sea", "outflow"): tuple(5000 * days - each / 2 for days, each in zip(DAYS, recovery, strict=True)),
        },
    )


def yield_of_a_fallen_water_level() -> Case:
    """Wells that give 30 000 a day at rest, in balance with their cone q / 0.02: q = 30 000 x (1 - q / 20 000) = 12 000."""
    steady = 30_000 / (1 + 30_000 / (RECESSION * FULL))
    return case(
        aquifer(well_yield=30_000),
        *wells(),
        days=DAYS,
        stocks={("aquifer", "storage"): FULL - steady / RECESSION},
        series={("wells town", "demand"): tuple(1e5 * days for days in DAYS)},
        policy=in_order(least("shortage", "domestic")),
        says={
            ("wells", "abstraction"): tuple(steady * days for days in DAYS),
            ("aquifer", "cone"): (steady / RECESSION,) * 5,
        },
    )


def sinking_plain() -> Case:
    """Two well fields may draw 10 000 from January to June together, 7000 are drawn: 3000 are left until the 30th, then 10 000.

    7000 are asked for on the last two days of the season and 12 000 on the first two of the next: 4000 and 2000 lack.
    """
    start = dt.date(2021, 6, 29)
    return case(
        aquifer(),
        *wells("town wells"),
        *wells("field wells"),
        make("subsidence_zone", "zone", wells=("town wells", "field wells"), volume=10_000),
        days=(1, 1, 1, 1),
        start=start,
        stocks={("aquifer", "storage"): FULL},
        past={
            ("town wells", "abstraction"): (Past(dt.date(2021, 1, 1), start, 4000),),
            ("field wells", "abstraction"): (
                Past(dt.date(2020, 12, 1), dt.date(2021, 1, 1), 9e9),
                Past(dt.date(2021, 1, 1), start, 3000),
            ),
        },
        series={("town wells town", "demand"): (1000, 1000, 1000, 1000), ("field wells town", "demand"): (0, 5000, 5000, 5000)},
        policy=in_order(least("shortage", "domestic")),
        says={("zone", "drawn within"): (ANY, 10_000, ANY, 10_000)},
        goals={"shortage domestic": 4000 + 2000},
    )


def wells_against_the_water_level() -> Case:
    """The mean level may fall by 1 m, a cone of 100 000, and has fallen by 1.2 m: soft, so that the plan says by how much.

    Nobody is served before the cone is small enough (least exceedance first): after d days 120 000 exp(-0.02 d) are left,
    which is 100 000 after 9.1 days. In the last ten days just as much is drawn as leaves
    100 000.
    """
    cones = tuple(1.2e5 * math.exp(-RECESSION * day) for day in (1, 2, 5))
    return case(
        aquifer(),
        *wells(),
        make("subsidence_zone", "zone", aquifers=("aquifer",), drawdown_limit=1.0, hard=False),
        days=(1, 1, 3, 10),
        stocks={("aquifer", "storage"): FULL - 1.2e5},
        series={("wells town", "demand"): (1e4, 1e4, 3e4, 1e5)},
        policy=in_order(least("exceedance"), least("shortage", "domestic")),
        says={
            ("aquifer", "cone"): (*cones, 1e5),
            ("zone", "too_deep aquifer"): (*(cone - 1e5 for cone in cones), ANY),
            ("wells", "abstraction"): (
                0,
                0,
                0,
                (1e5 - cones[2] * math.exp(-0.2)) * 0.2 / (1 - math.exp(-0.2)),
            ),
        },
    )


def month_and_season_of_wells() -> Case:
    """90 of March's 100 are drawn, and 480 of the season's 500: 10 until the end of March, then the other 10."""
    start = dt.date(2021, 3, 31)
    return case(
        make("well_field", "wells", capacity=60, monthly_limit=100, seasonal_limit=500),
        pipe("wells", "town"),
        make("household_supply", "town", demand=40),
        days=(1, 1, 10),
        start=start,
        past={
            ("wells", "abstraction"): (Past(dt.date(2021, 1, 1), dt.date(2021, 3, 1), 390), Past(dt.date(2021, 3, 1), start, 90))
        },
        policy=in_order(least("shortage", "domestic")),
        says={("wells", "abstraction"): (10, ANY, ANY)},
        goals={"shortage domestic": 480 - 20},
    )


def found_too_deep() -> Case:
    """The water level is 1.2 m down already, and 1 m is a hard limit."""
    return case(
        aquifer(),
        *wells(),
        make("subsidence_zone", "zone", aquifers=("aquifer",), drawdown_limit=1.0),
        days=(1, 1),
        stocks={("aquifer", "storage"): FULL - 1.2e5},
        series={("wells town", "demand"): (1e4, 1e4)},
    )


CASES = (
    cone_left_alone,
    cone_of_even_pumping,
    cone_under_a_river,
    yield_of_a_fallen_water_level,
    sinking_plain,
    wells_against_the_water_level,
    month_and_season_of_wells,
)

INVALID = ((found_too_deep, "zone", str(START)),)
