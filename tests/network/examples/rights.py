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
    # In the season 30 of the river's 100 are reserved, the zone asks for 40, and 10 stay in the river: 20 may go over.
    "agreement": Example(
        (
            *river(100),
            make("canal", "canal", source="weir", target="zone"),
            make("irrigation_zone", "zone", area=1e4, demand=40),
            pipe("weir", "town"),
            make("household_supply", "town", demand=90),
            make(
                "agreement",
                "first the fields",
                transfer="weir to town",
                natural_flow_of=("weir",),
                reserved_flow=30,
                first_users=("zone",),
                least_flow=10,
                season={"first_day": "11-01", "last_day": "05-31"},
            ),
        ),
        {("first the fields", "transferred"): (20, 200), ("town", "shortage"): (70, 700), ("zone", "shortage"): (0, 0)},
    ),
    # The zone lacks 10 on the first day, so that nothing goes over; then it has its 400, and the town the other 100.
    "agreement-served_users": Example(
        (
            *river(50),
            make("canal", "canal", source="weir", target="zone"),
            make("irrigation_zone", "zone", area=1e4),
            pipe("weir", "town"),
            make("household_supply", "town", demand=30),
            make("agreement", "met", transfer="weir to town", natural_flow_of=("weir",), served_users=("zone",)),
        ),
        {
            ("met", "transferred"): (0, 100),
            ("met", "all_served"): (0, 1),
            ("zone", "shortage"): (10, 0),
            ("town", "shortage"): (30, 200),
        },
        series={("zone", "demand"): (60, 400)},
    ),
    # 300 are above the trigger. The town takes 100 of them, and for the zone's 350 the wells may give the 150 that lack.
    "emergency_transfer": Example(
        (
            make("reservoir", "lake", capacity=1000),
            pipe("lake", "town"),
            pipe("lake", "zone"),
            make("household_supply", "town"),
            make("irrigation_zone", "zone", area=1e4),
            make("well_field", "wells", capacity=1000, energy_per_volume=1.0),
            pipe("wells", "zone"),
            make(
                "emergency_transfer",
                "drought wells",
                link="wells to zone",
                reservoirs=("lake",),
                trigger_curve=250,
                most=20,
                volume=150,
                price=2,
            ),
        ),
        {
            ("drought wells", "transfer"): (0, 150),
            ("drought wells", "used"): (0, 150),
            ("drought wells", "transfer_cost"): (0, 300),
            ("zone", "shortage"): (0, 0),
            ("lake", "storage"): (200, 0),
        },
        stocks={("lake", "storage"): 300},
        series={("town", "demand"): (100, 0), ("zone", "demand"): (0, 350)},
    ),
    # 30 a day for 100 on the first and 400 on the other days. Both blocks are given up: 0.4, and half of 0.2, are spared.
    # The season has 20 days: 2 x 1500 m2 are paid for, 1/20 and 10/20 of it.
    "fallowing": Example(
        (
            make("well_field", "wells", capacity=30),
            make("canal", "canal", source="wells", target="zone"),
            make("irrigation_zone", "zone", area=2500, fallowing="programme"),
            make(
                "fallowing",
                "programme",
                blocks={
                    "north": {"zone": "zone", "area": 1000, "share": 0.4},
                    "south": {"zone": "zone", "area": 500, "share": 0.2, "still_needed": 0.5},
                },
                decide_by=START,
                compensation_per_area=2,
                in_service_from=START,
                in_service_until=dt.date(2021, 3, 29),
            ),
        ),
        {
            ("programme", "fallowed north"): (1, 1),
            ("programme", "fallowed south"): (1, 1),
            ("programme", "spared zone"): (50, 200),
            ("programme", "compensation"): (150, 1500),
            ("programme", "started south"): (1, 0),
            ("zone", "spared"): (50, 200),
            ("zone", "shortage"): (20, 0),
        },
        stocks={("programme", "fallowed north"): 0, ("programme", "fallowed south"): 0},
        series={("zone", "demand"): (100, 400)},
    ),
    # Turns of 4 and 3 days and a day's pause since 8 March. The 10th is the north's third day; of the next ten days the
    # north has 1 + 4 and the south 3 + 1.
    "rotation": Example(
        (
            make("well_field", "wells", capacity=1000),
            make("canal", "north canal", source="wells", target="north", capacity=60),
            make("canal", "south canal", source="wells", target="south", capacity=60),
            make("irrigation_zone", "north", area=1e4, demand=100),
            make("irrigation_zone", "south", area=1e4, demand=100),
            make(
                "rotation",
                "turns",
                groups={"north": ("north canal",), "south": ("south canal",)},
                turns={"north": 4, "south": 3},
                pause=1,
                first_day=dt.date(2021, 3, 8),
            ),
        ),
        {
            ("turns", "flow north canal"): (60, 300),
            ("turns", "flow south canal"): (0, 240),
            ("north", "shortage"): (40, 700),
            ("south", "shortage"): (100, 760),
        },
    ),
    # The same turns. Both canals ran before, the north's in the midst of its turn. In the ten days the north's is filled
    # with 30 once, on the 16th, and the south's twice, on the 12th and the 20th: 60 of its 240.
    "rotation-filling": Example(
        (
            make("well_field", "wells", capacity=1000),
            make("canal", "north canal", source="wells", target="north", capacity=60, fill_volume=30),
            make("canal", "south canal", source="wells", target="south", capacity=60, fill_volume=30),
            make("irrigation_zone", "north", area=1e4, demand=100),
            make("irrigation_zone", "south", area=1e4, demand=100),
            make(
                "rotation",
                "turns",
                groups={"north": ("north canal",), "south": ("south canal",)},
                turns={"north": 4, "south": 3},
                pause=1,
                first_day=dt.date(2021, 3, 8),
            ),
        ),
        {
            ("turns", "flow south canal"): (0, 240),
            ("north canal", "running"): (1, 1),
            ("south canal", "running"): (0, 1),
            ("north canal", "filling"): (0, 30),
            ("south canal", "filling"): (0, 60),
            ("south canal", "refills"): (0, 1),
            ("north", "delivery"): (60, 270),
            ("south", "delivery"): (0, 180),
        },
        stocks={("north canal", "running"): 1, ("south canal", "running"): 1},
    ),
}
