"""Examples of rules about rights, seasons and areas, solved by hand in the comments."""

import datetime as dt

from network.example import START, Example, make, pipe, river
from waterbalance.network.state import Past

SPRING = {"first_day": "03-15", "last_day": "05-31"}

EXAMPLES = {
    # The season begins on 15 March, day 5 of the ten. 50 of the account's 90 are over its cap of 40 (a fifth of 200) and
    # lapse; the rest and the season's 200 leave 240 to the second step. The first day is out of season and counts nothing.
    "water_right-carry_over": Example(
        (
            *river(100),
            pipe("weir", "zone"),
            make("irrigation_zone", "zone", area=1e4),
            make("water_right", "right", subjects=("weir to zone",), volume=200, window=SPRING, carry_over=0.2),
        ),
        {
            ("right", "use"): (70, 240),
            ("right", "counted_use"): (0, 240),
            ("right", "granted"): (0, 200),
            ("right", "lapsed"): (0, 50),
            ("right", "carried"): (0, 40),
            ("right", "account"): (90, 0),
            ("zone", "shortage"): (0, 260),
        },
        stocks={("right", "account"): 90},
        series={("zone", "demand"): (70, 500)},
    ),
    # A season from 1 November to 14 March: 150 of its 210 are used when the plan begins. Four of the ten days lie in it, so
    # that a cubic metre in the second step takes only 0.4 of it: all the 60 that are left are used there, for 150.
    "water_right-season_of_its_own": Example(
        (
            *river(100),
            pipe("weir", "zone"),
            make("irrigation_zone", "zone", area=1e4),
            make(
                "water_right",
                "right",
                subjects=("weir to zone",),
                volume=210,
                window={"first_day": "11-01", "last_day": "03-14"},
            ),
        ),
        {("right", "use"): (0, 150), ("right", "used_in_window"): (150, 210), ("zone", "shortage"): (30, 350)},
        past={
            ("weir to zone", "inflow"): (
                Past(dt.date(2020, 10, 1), dt.date(2020, 11, 1), 999),
                Past(dt.date(2020, 11, 1), START, 150),
            )
        },
        series={("zone", "demand"): (30, 500)},
    ),
    # Half of the natural 50 are 25; half of 800 over ten days would be 400, but no more than 30 a day are required.
    "minimum_flow-share_of_natural_flow": Example(
        (
            *river(0),
            make("canal", "canal", source="weir", target="zone"),
            make("irrigation_zone", "zone", area=1e4, demand=80),
            make("minimum_flow", "ecology", subject="river", share=0.5, natural_flow_of=("weir",), minimum=20, most=30),
        ),
        {
            ("river", "inflow"): (25, 300),
            ("ecology", "shortfall"): (0, 0),
            ("zone", "delivery"): (25, 500),
        },
        series={("weir", "inflow"): (50, 800)},
    ),
}
