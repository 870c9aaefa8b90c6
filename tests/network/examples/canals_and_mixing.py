"""Examples of canals that take water for themselves, and of pipes that are turned; solved by hand in the comments."""

import datetime as dt
import math

from network.example import START, Example, make, pipe, river, wells
from waterbalance.network.state import Past

KEPT_A_DAY, KEPT_IN_TEN = math.exp(-0.02), math.exp(-0.2)

CONE = 1000 * KEPT_A_DAY + (80 - 30) / 0.02 * (1 - KEPT_A_DAY)
"""What is left of a cone of 1000 after a day."""

FIRST = 120 / 1.04
"""What wells give on the first day that give 0.08 of the mean of 1500 and what they leave of it."""

EXAMPLES = {
    # From a cone of 1000 and a recession of 0.02: kept x 1000 + (draught - recharge) x (1 - kept) / 0.02 a day. 80 and 500 are
    # asked for, and 30 a day come; half of what fills the cone comes from the brook.
    "aquifer": Example(
        (
            *river(2000),
            make(
                "aquifer",
                "aquifer",
                area=1e4,
                specific_yield=0.1,
                usable_depth=10,
                recession=0.02,
                recharge=30,
                well_yield=300,
                river="weir",
                river_share=0.5,
            ),
            make("well_field", "wells", aquifer="aquifer", capacity=1000, energy_per_volume=1),
            pipe("wells", "town"),
            make("household_supply", "town"),
        ),
        {
            ("wells", "abstraction"): (80, 500),
            ("aquifer", "cone"): (CONE, CONE * KEPT_IN_TEN + (50 - 30) / 0.02 * (1 - KEPT_IN_TEN)),
            ("aquifer", "storage"): (1e4 - CONE, 1e4 - CONE * KEPT_IN_TEN - (50 - 30) / 0.02 * (1 - KEPT_IN_TEN)),
            ("aquifer", "recovery"): (1000 + 50 - CONE, (CONE - 1000) * (1 - KEPT_IN_TEN) + 200),
        },
        stocks={("aquifer", "storage"): 9000},
        series={("town", "demand"): (80, 500)},
    ),
    # At rest, with 10 000 stored, the wells give 800 a day; with 1500 they give less than the 600 asked for:
    "aquifer-well_yield": Example(
        (
            make("aquifer", "aquifer", area=1e4, specific_yield=0.1, usable_depth=10, recession=0, well_yield=800),
            make("well_field", "wells", aquifer="aquifer", capacity=1000),
            pipe("wells", "town"),
            make("household_supply", "town", demand=600),
        ),
        # q = 0.08 x (1500 - q / 2), and then for ten days q = 0.8 x (1500 - first - q / 2).
        {
            ("wells", "abstraction"): (FIRST, 0.8 * (1500 - FIRST) / 1.4),
            ("aquifer", "storage"): (1500 - FIRST, 1500 - FIRST - 0.8 * (1500 - FIRST) / 1.4),
        },
        stocks={("aquifer", "storage"): 1500},
    ),
    # 0.5 mg/L of boron are allowed and the plant makes 1.2. With 50 of the river's 0.1: 50 x 4/7; with 0.3 for ten days: 500 x
    # 2/7.
    "blending_limit": Example(
        (
            *river(2000),
            pipe("weir", "town", capacity=50),
            make("desalination_plant", "plant", capacity=100),
            pipe("plant", "town"),
            make("household_supply", "town", demand=100),
            make(
                "blending_limit",
                "boron",
                concentrations={"weir to town": 0.1, "plant to town": 1.2},
                limit=0.5,
                unit="mg/L of boron",
            ),
        ),
        {
            ("weir to town", "inflow"): (50, 500),
            ("plant to town", "inflow"): (200 / 7, 1000 / 7),
            ("boron", "margin"): (0, 0),
        },
        series={("boron", "concentration weir to town"): (0.1, 0.3)},
    ),
    # The town has all it asks for: 50 x 0.7 - 50 x 0.4 = 15 a day beyond the limit.
    "blending_limit-soft": Example(
        (
            *river(2000),
            pipe("weir", "town", capacity=50),
            make("desalination_plant", "plant", capacity=100),
            pipe("plant", "town"),
            make("household_supply", "town", demand=100),
            make(
                "blending_limit",
                "boron",
                concentrations={"weir to town": 0.1, "plant to town": 1.2},
                limit=0.5,
                unit="mg/L of boron",
                hard=False,
            ),
        ),
        {("boron", "exceedance"): (15, 150), ("town", "shortage"): (0, 0)},
    ),
    # 0.5 % of every kilometre is lost: exp(-0.2) of 100 a day are left after 40 km.
    "canal-loss_per_length": Example(
        (
            wells(),
            make("canal", "canal", source="wells", target="zone", capacity=100, length=40_000, loss_per_length=0.5e-5),
            make("irrigation_zone", "zone", area=1e4, demand=90),
        ),
        {
            ("canal", "inflow"): (100, 1000),
            ("canal", "outflow"): (100 * math.exp(-0.2), 1000 * math.exp(-0.2)),
            ("canal", "conveyance_loss"): (100 * (1 - math.exp(-0.2)), 1000 * (1 - math.exp(-0.2))),
        },
    ),
    # 30 fill the canal on the first day, 20 seep a day, and a tenth of the rest: 100 - 50 = 50, and 1000 - 200 = 800.
    "canal-seepage": Example(
        (
            wells(),
            make(
                "canal",
                "canal",
                source="wells",
                target="zone",
                capacity=100,
                conveyance_loss=0.1,
                fill_volume=30,
                seepage_when_running=20,
            ),
            make("irrigation_zone", "zone", area=1e4, demand=90),
        ),
        {
            ("canal", "useful_inflow"): (50, 800),
            ("canal", "filling"): (30, 0),
            ("canal", "seepage"): (20, 200),
            ("canal", "outflow"): (45, 720),
        },
        stocks={("canal", "running"): 0},
    ),
    # First the west asks for nothing and the east for 200, then the other way round: 100 east, and 10 x 30 west.
    "pipeline-one_way_at_a_time": Example(
        (
            make("well_field", "west wells", capacity=100, energy_per_volume=1),
            make("well_field", "east wells", capacity=100, energy_per_volume=1),
            pipe("west wells", "west"),
            pipe("east wells", "east"),
            make("junction", "west"),
            make("junction", "east"),
            pipe("west", "east", capacity=500, two_way=True, one_way_at_a_time=True, reverse_capacity=30, leakage=0.1),
            pipe("west", "west town"),
            pipe("east", "east town"),
            make("household_supply", "west town"),
            make("household_supply", "east town"),
        ),
        {
            ("west to east", "direction"): (1, 0),
            ("west to east", "inflow"): (100, 0),
            ("west to east", "outflow"): (90, 0),
            ("west to east", "reverse_inflow"): (0, 300),
            ("west to east", "throughput"): (100, 300),
            ("west to east", "leakage"): (10, 30),
        },
        series={("west town", "demand"): (0, 2000), ("east town", "demand"): (200, 0)},
    ),
    # 480 of the season's 700 are drawn: the town takes 50 of the other 220 and the fields 170 in ten days of 60. The cone of
    # 3000 may be as large as 4000, and is.
    "subsidence_zone": Example(
        (
            make("aquifer", "aquifer", area=1e4, specific_yield=0.1, usable_depth=10, recession=0),
            make("well_field", "town wells", aquifer="aquifer", capacity=100),
            make("well_field", "field wells", aquifer="aquifer", capacity=100),
            pipe("town wells", "town"),
            pipe("field wells", "zone"),
            make("household_supply", "town"),
            make("irrigation_zone", "zone", area=1e4),
            make(
                "subsidence_zone",
                "sinking",
                wells=("town wells", "field wells"),
                volume=700,
                aquifers=("aquifer",),
                drawdown_limit=4,
            ),
        ),
        {
            ("sinking", "drawn within"): (530, 700),
            ("sinking", "cone aquifer within"): (3050, 3220),
            ("zone", "shortage"): (0, 430),
        },
        stocks={("aquifer", "storage"): 7000},
        past={
            ("town wells", "abstraction"): (Past(dt.date(2021, 1, 1), START, 400),),
            ("field wells", "abstraction"): (Past(dt.date(2021, 1, 1), START, 80),),
        },
        series={("town", "demand"): (50, 0), ("zone", "demand"): (0, 600)},
    ),
    # The cone of 3900 may be 4000, and 400 of March's 500 are left; 700 are drawn, and then 300: 600 and 300 beyond,
    # then 900 and 600.
    "subsidence_zone-soft": Example(
        (
            make("aquifer", "aquifer", area=1e4, specific_yield=0.1, usable_depth=10, recession=0),
            make("well_field", "wells", aquifer="aquifer", capacity=1000),
            pipe("wells", "town"),
            make("household_supply", "town"),
            make(
                "subsidence_zone",
                "sinking",
                wells=("wells",),
                volume=500,
                window="month",
                aquifers=("aquifer",),
                drawdown_limit=4,
                hard=False,
            ),
        ),
        {
            ("sinking", "too_deep aquifer"): (600, 900),
            ("sinking", "overdraft"): (300, 600),
            ("sinking", "exceedance"): (900, 1500),
        },
        stocks={("aquifer", "storage"): 6100},
        past={("wells", "abstraction"): (Past(dt.date(2021, 3, 1), START, 100),)},
        series={("town", "demand"): (700, 300)},
    ),
    # 80 of March's 100 are drawn: the last 20 go to the town.
    "well_field-monthly_limit": Example(
        (
            make("well_field", "wells", capacity=50, monthly_limit=100, seasonal_limit=400),
            pipe("wells", "town"),
            pipe("wells", "zone"),
            make("household_supply", "town"),
            make("irrigation_zone", "zone", area=1e4),
        ),
        {("wells", "abstraction"): (15, 5), ("zone", "shortage"): (0, 95)},
        past={
            ("wells", "abstraction"): (
                Past(dt.date(2021, 1, 1), dt.date(2021, 3, 1), 100),
                Past(dt.date(2021, 3, 1), START, 80),
            )
        },
        series={("town", "demand"): (15, 0), ("zone", "demand"): (0, 100)},
    ),
    # 0.1 % of every kilometre of 100 km is lost.
    "river_reach-loss_per_length": Example(
        (
            *river(100),
            make("river_reach", "brook", source="weir", target="lake", length=1e5, loss_per_length=1e-6),
            make("reservoir", "lake", capacity=1e4, spill_to="sea"),
            pipe("lake", "town"),
            make("household_supply", "town", demand=100),
        ),
        {
            ("brook", "inflow"): (100, 1000),
            ("brook", "outflow"): (100 * math.exp(-0.1), 1000 * math.exp(-0.1)),
            ("town", "delivery"): (100 * math.exp(-0.1), 1000 * math.exp(-0.1)),
        },
        stocks={("lake", "storage"): 0},
    ),
}
