"""Structures that are switched, priced or out of service, solved by hand in the comments."""

import datetime as dt

from network.example import HORIZON, START, Example, make, pipe, river, wells, yesterday

DAY = dt.timedelta(days=1)

EXAMPLES = {
    # Started for the first day's 80, the first plant runs for three days: half of its load, 500, is spilt. The second one
    # stands for three days once it is stopped: for the 300 of later it goes on through a day on which nobody asks.
    "desalination_plant-minimum_times": Example(
        (
            make("desalination_plant", "up", capacity=100, minimum_load=0.5, minimum_up_time=3, start_up_cost=70),
            make("desalination_plant", "down", capacity=100, minimum_load=0.5, minimum_down_time=3, start_up_cost=70),
            pipe("up", "town"),
            pipe("down", "village"),
            make("household_supply", "town"),
            make("household_supply", "village"),
        ),
        {
            ("up", "running"): (1, 1),
            ("up", "start"): (1, 0),
            ("up", "start_up_cost"): (70, 0),
            ("town", "spill"): (0, 500),
            ("down", "running"): (1, 1),
            ("down", "start"): (0, 0),
            ("village", "spill"): (50, 200),
            ("village", "shortage"): (0, 0),
        },
        stocks={("up", "running"): 0, ("down", "running"): 1},
        series={("town", "demand"): (80, 0), ("village", "demand"): (0, 300)},
    ),
    # Started yesterday for three days, the plant is out of service today: it stands, and is started once more for the rest.
    "desalination_plant-outage": Example(
        (
            make(
                "desalination_plant",
                "plant",
                capacity=100,
                minimum_load=0.5,
                minimum_up_time=3,
                start_up_cost=70,
                outages=({"first_day": START, "last_day": START},),
            ),
            pipe("plant", "town"),
            make("household_supply", "town"),
        ),
        {
            ("plant", "running"): (0, 1),
            ("plant", "stop"): (1, 0),
            ("plant", "start"): (0, 1),
            ("plant", "start_up_cost"): (0, 70),
            ("town", "shortage"): (80, 0),
        },
        stocks={("plant", "running"): 1},
        past={("plant", "start"): yesterday(1)},
        series={("town", "demand"): (80, 700)},
    ),
    # One of two mains at a time: the wider one brings 60 of the 80 that are asked for.
    "exclusive_sources": Example(
        (
            wells(),
            pipe("wells", "town", capacity=60),
            make("reclaimed_works", "works", capacity=50),
            pipe("works", "town", capacity=50),
            make("household_supply", "town", demand=80),
            make("exclusive_sources", "one main", subjects=("wells to town", "works to town")),
        ),
        {
            ("one main", "running_together"): (1, 1),
            ("wells to town", "inflow"): (60, 600),
            ("works to town", "inflow"): (0, 0),
        },
    ),
    # Both canals were closed. One gate a day: on the first day the larger field gets its water, then both do.
    "gate_moves": Example(
        (
            wells(),
            make("canal", "canal 1", source="wells", target="large", capacity=60),
            make("canal", "canal 2", source="wells", target="small", capacity=60),
            make("irrigation_zone", "large", area=1e4, demand=50),
            make("irrigation_zone", "small", area=1e4, demand=30),
            make("gate_moves", "crew", subjects=("canal 1", "canal 2"), largest_move=60),
        ),
        {
            ("crew", "excess_moves"): (0, 0),
            ("large", "delivery"): (50, 500),
            ("small", "delivery"): (0, 300),
        },
        past={("canal 1", "inflow"): yesterday(0), ("canal 2", "inflow"): yesterday(0)},
    ),
    # The tanks keep one day's demand: of 100 + 20 only 20 may be used while 100 are asked for. Later a day is 20.
    "fab-reserve": Example(
        (wells(), pipe("wells", "fab", capacity=20), make("fab", "fab", on_site_storage=200, reserve=1)),
        {
            ("fab", "consumption"): (20, 200),
            ("fab", "storage"): (100, 20),
            ("fab", "reserve_shortfall"): (0, 0),
            ("fab", "shortage"): (80, 0),
        },
        stocks={("fab", "storage"): 100},
        series={("fab", "demand"): (100, 200)},
    ),
    # Half of the pipe is closed on the first day, and all of it on the last five of the ten that follow.
    "pipeline-outages": Example(
        (
            wells(),
            pipe(
                "wells",
                "town",
                capacity=100,
                outages=(
                    {"first_day": START, "last_day": START, "available": 0.5, "reason": "one of two pipes is lined"},
                    {"first_day": HORIZON.end - 5 * DAY, "last_day": HORIZON.end},
                ),
            ),
            make("household_supply", "town", demand=90),
        ),
        {("wells to town", "inflow"): (50, 500), ("town", "shortage"): (40, 400)},
    ),
    # A quarter of the day is peak, three eighths are half-peak and three eighths off-peak. The first 80 fit into the cheap
    # 90; of 2000 in ten days 900 are cheap, 900 dearer and 200 at the highest price: 0.5 x (900 x 2 + 900 x 5 + 200 x 8).
    "pump_station-hours": Example(
        (
            *river(300),
            make(
                "pump_station",
                "pumps",
                source="weir",
                target="town",
                capacity=240,
                energy_per_volume=0.5,
                energy_price=2,
                half_peak_price=5,
                half_peak_hours=9 / 24,
                peak_price=8,
                peak_hours=6 / 24,
            ),
            make("household_supply", "town"),
        ),
        {
            ("pumps", "off_peak_inflow"): (80, 900),
            ("pumps", "half_peak_inflow"): (0, 900),
            ("pumps", "peak_inflow"): (0, 200),
            ("pumps", "energy"): (40, 1000),
            ("pumps", "energy_cost"): (80, 3950),
        },
        series={("town", "demand"): (80, 2000)},
    ),
    # 20 kWh of sun lift 50 of the first day's 100, and the grid lifts the rest for 3 a kWh; later the sun is enough.
    # The pumps without a grid bring the 50 and go short.
    "pump_station-solar": Example(
        (
            *river(300),
            make(
                "pump_station",
                "pumps",
                source="weir",
                target="town",
                capacity=200,
                energy_per_volume=0.4,
                energy_price=3,
                solar_energy=0,
            ),
            make(
                "pump_station",
                "island",
                source="weir",
                target="village",
                capacity=200,
                energy_per_volume=0.4,
                solar_energy=0,
                off_grid=True,
            ),
            make("household_supply", "town", demand=100),
            make("household_supply", "village", demand=100),
        ),
        {
            ("pumps", "solar_used"): (20, 400),
            ("pumps", "grid_energy"): (20, 0),
            ("pumps", "energy_cost"): (60, 0),
            ("island", "inflow"): (50, 1000),
            ("village", "shortage"): (50, 0),
        },
        series={("pumps", "solar_energy"): (20, 600), ("island", "solar_energy"): (20, 600)},
    ),
    # 60 a day reach the town, 48 come back, sewers collect 36 and half of that is made: 18 of the 30 that are asked for.
    "reclaimed_works-sewers": Example(
        (
            wells(),
            pipe("wells", "town", capacity=60),
            make("household_supply", "town", demand=100, return_fraction=0.8, return_to="works"),
            make("reclaimed_works", "works", capacity=40, recovery=0.5, sewered_share=0.75, effluent_to="sea"),
            make("outfall", "sea"),
            pipe("works", "fab"),
            make("industry", "fab", demand=30),
        ),
        {
            ("works", "sewage"): (48, 480),
            ("works", "production"): (18, 180),
            ("works", "effluent"): (30, 300),
            ("sea", "outflow"): (30, 300),
            ("fab", "shortage"): (12, 120),
        },
    ),
    # Halfway between the two points, three quarters of the capacity are left; 30 are asked for, but with less than half of
    # its load the works would stand. Then the river is clear.
    "treatment_works-derating": Example(
        (
            wells(),
            pipe("wells", "works"),
            make(
                "treatment_works",
                "works",
                capacity=100,
                minimum_load=0.5,
                sludge_loss=0.1,
                derating=({"turbidity": 100, "share": 1}, {"turbidity": 1100, "share": 0.5}),
            ),
            pipe("works", "town"),
            make("household_supply", "town"),
        ),
        {("works", "intake"): (37.5, 1000), ("town", "spill"): (3.75, 0), ("town", "shortage"): (0, 100)},
        series={("works", "turbidity"): (600, 20), ("town", "demand"): (30, 1000)},
    ),
    # Energy costs 2 on the first day and 3 later; 0.5 kWh lift a cubic metre.
    "well_field-energy_price": Example(
        (
            make("well_field", "wells", capacity=100, energy_per_volume=0.5, energy_price=2),
            pipe("wells", "town"),
            make("household_supply", "town", demand=80),
        ),
        {("wells", "energy"): (40, 400), ("wells", "energy_cost"): (80, 1200)},
        series={("wells", "energy_price"): (2, 3)},
    ),
}
