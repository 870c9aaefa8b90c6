"""An example of each basic rule, solved by hand in the comments."""

import datetime as dt

from network.example import START, Example, make, pipe, river, yesterday
from waterbalance.network.state import Past

EXAMPLES = {
    # The river keeps its 50 of 100 on the first day; then it lacks 200 even when nothing is taken.
    "minimum_flow": Example(
        (
            *river(100),
            make("canal", "canal", source="weir", target="zone"),
            make("irrigation_zone", "zone", area=1e4, demand=80),
            make("minimum_flow", "ecology", subject="river", minimum=50),
        ),
        {
            ("river", "inflow"): (50, 1000),
            ("ecology", "shortfall"): (0, 200),
            ("zone", "delivery"): (50, 0),
        },
        series={("ecology", "minimum"): (50, 1200)},
    ),
    # From yesterday's 20 the mean flow may grow to 30, and then to 40 a day.
    "ramp_limit": Example(
        (
            *river(100),
            make("canal", "canal", source="weir", target="zone"),
            make("irrigation_zone", "zone", area=1e4, demand=100),
            make("ramp_limit", "slowly", subject="canal", rise=10, fall=10),
        ),
        {("canal", "inflow"): (30, 400), ("slowly", "change"): (10, 10)},
        past={("canal", "inflow"): yesterday(20)},
    ),
    # 300 are above both curves. 200 are below the lower one, so the second 100 are cut by half.
    "rule_curve": Example(
        (
            make("reservoir", "lake", capacity=1000),
            make("canal", "canal", source="lake", target="zone"),
            make("irrigation_zone", "zone", area=1e4),
            make(
                "rule_curve",
                "hedging",
                reservoirs=("lake",),
                users=("zone",),
                lower_curve=250,
                severe_curve=150,
                below_lower={"agriculture": 0.5},
                below_severe={"agriculture": 0.2},
            ),
        ),
        {
            ("zone", "delivery"): (100, 50),
            ("lake", "storage"): (200, 150),
            ("hedging", "joint_storage"): (200, 150),
            ("hedging", "supply zone"): (100, 50),
        },
        stocks={("lake", "storage"): 300},
        series={("zone", "demand"): (100, 100)},
    ),
    # A muddy first day leaves 30 of 80.
    "turbidity_limit": Example(
        (
            *river(100),
            make("canal", "canal", source="weir", target="zone"),
            make("irrigation_zone", "zone", area=1e4, demand=80),
            make(
                "turbidity_limit",
                "mud",
                subject="canal",
                weir="weir",
                limits=({"above": 2000, "at_most": 60}, {"above": 5000, "at_most": 30}),
            ),
        ),
        {("canal", "inflow"): (30, 800), ("mud", "limited_flow"): (30, 800), ("zone", "shortage"): (50, 0)},
        series={("weir", "turbidity"): (6000, 100)},
    ),
    # 150 of March's 210 are used. The town takes the rate of 50 on the first day, so the zone has the last 10.
    "water_right": Example(
        (
            *river(100),
            pipe("weir", "town"),
            pipe("weir", "zone"),
            make("household_supply", "town"),
            make("irrigation_zone", "zone", area=1e4),
            make("water_right", "right", subjects=("weir to town", "weir to zone"), rate=50, volume=210, window="month"),
        ),
        {("right", "use"): (50, 10), ("right", "used_in_window"): (200, 210), ("zone", "shortage"): (0, 490)},
        past={
            ("weir to town", "inflow"): (
                Past(dt.date(2021, 2, 1), dt.date(2021, 3, 1), 999),
                Past(dt.date(2021, 3, 1), START, 100),
            ),
            ("weir to zone", "inflow"): (Past(dt.date(2021, 3, 1), START, 50),),
        },
        series={("town", "demand"): (80, 0), ("zone", "demand"): (0, 500)},
    ),
}
