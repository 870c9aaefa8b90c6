"""An example of each basic component, solved by hand in the comments."""

import datetime as dt

from network.example import START, Example, make, pipe, river, wells, yesterday
from waterbalance.network.state import Past

EXAMPLES = {
    # The town asks for nothing at first, so the tank fills to its brim; then it gives all it has, and 1200 come in.
    "balancing_tank": Example(
        (
            wells(),
            pipe("wells", "tank", capacity=120),
            make("balancing_tank", "tank", capacity=500),
            pipe("tank", "town"),
            make("household_supply", "town"),
        ),
        {("tank", "storage"): (500, 0), ("tank", "spill"): (0, 0), ("town", "delivery"): (0, 1700)},
        stocks={("tank", "storage"): 400},
        series={("town", "demand"): (0, 5000)},
    ),
    # On the first day 100 enter at most and 30 of them fill the canal: (100 - 30) x 0.9 arrive. Later it stays full.
    "canal": Example(
        (
            wells(),
            make("canal", "canal", source="wells", target="zone", capacity=100, conveyance_loss=0.1, fill_volume=30),
            make("irrigation_zone", "zone", area=1e4, demand=80),
        ),
        {
            ("canal", "inflow"): (100, 800 / 0.9),
            ("canal", "outflow"): (63, 800),
            ("canal", "filling"): (30, 0),
            ("canal", "running"): (1, 1),
            ("zone", "shortage"): (17, 0),
        },
        stocks={("canal", "running"): 0},
    ),
    # 80 and 800 can be made, and no less than half of it: for 30 it makes 40 and 10 of them spill.
    "desalination_plant": Example(
        (
            make("desalination_plant", "plant", capacity=100, availability=0.8, minimum_load=0.5, energy_per_volume=3),
            pipe("plant", "town"),
            make("household_supply", "town"),
        ),
        {
            ("plant", "production"): (40, 600),
            ("plant", "running"): (1, 1),
            ("plant", "energy"): (120, 1800),
            ("town", "shortage"): (0, 0),
            ("town", "spill"): (10, 0),
        },
        series={("town", "demand"): (30, 600)},
    ),
    # 60 come through the pipe and the tanks give their 50; then the pipe brings all that is asked for.
    "fab": Example(
        (wells(), pipe("wells", "fab", capacity=60), make("fab", "fab", on_site_storage=50)),
        {("fab", "consumption"): (110, 600), ("fab", "delivery"): (60, 600), ("fab", "storage"): (0, 0)},
        stocks={("fab", "storage"): 50},
        series={("fab", "demand"): (110, 600)},
    ),
    # Two fifths of what is delivered come back at once.
    "household_supply": Example(
        (
            wells(),
            pipe("wells", "town"),
            make("household_supply", "town", demand=100, return_fraction=0.4, return_to="sea"),
            make("outfall", "sea"),
        ),
        {("town", "delivery"): (100, 1000), ("town", "return_flow"): (40, 400), ("sea", "outflow"): (40, 400)},
    ),
    # 90 of 100 fit through the turbines, and the 30 beyond 60 give four fifths: 0.5 x (90 - 0.2 x 30). Then 50 a day come.
    "hydropower": Example(
        (
            *river(),
            make(
                "hydropower",
                "turbines",
                source="weir",
                target="sea",
                capacity=90,
                energy_per_volume=0.5,
                segments=({"above": 60, "share": 0.8},),
                demand=95,
            ),
        ),
        {
            ("turbines", "inflow"): (90, 500),
            ("turbines", "outflow"): (90, 500),
            ("turbines", "beyond_1"): (30, 0),
            ("turbines", "energy_made"): (42, 250),
            ("turbines", "shortage"): (5, 450),
            ("river", "inflow"): (10, 0),
        },
        series={("weir", "inflow"): (100, 500)},
    ),
    # Half comes back a day later: of yesterday's 50 on the first day, then of 100 and of nine tenths of 1000.
    "industry": Example(
        (
            wells(),
            pipe("wells", "works"),
            make("industry", "works", demand=100, return_fraction=0.5, return_to="sea", return_time=1),
            make("outfall", "sea"),
        ),
        {("works", "delivery"): (100, 1000), ("works", "return_flow"): (25, 500)},
        past={("works", "consumption"): yesterday(50)},
    ),
    # 60 of 100 arrive every day, and a tenth of them drains back.
    "irrigation_zone": Example(
        (
            wells(),
            make("canal", "canal", source="wells", target="zone", capacity=60),
            make("irrigation_zone", "zone", area=1e4, demand=100, return_fraction=0.1, return_to="sea"),
            make("outfall", "sea"),
        ),
        {("zone", "delivery"): (60, 600), ("zone", "shortage"): (40, 400), ("zone", "return_flow"): (6, 60)},
    ),
    # What two ways bring, two ways take.
    "junction": Example(
        (
            wells(30),
            make("reclaimed_works", "works", capacity=20),
            make("junction", "fork"),
            pipe("wells", "fork"),
            pipe("works", "fork"),
            pipe("fork", "town"),
            pipe("fork", "zone"),
            make("household_supply", "town", demand=40),
            make("irrigation_zone", "zone", area=1e4, demand=40),
        ),
        {("fork", "throughput"): (50, 500), ("town", "delivery"): (40, 400), ("zone", "delivery"): (10, 100)},
    ),
    # The sea takes what nobody else does.
    "outfall": Example(
        (*river(100), pipe("weir", "town"), make("household_supply", "town", demand=30)),
        {("sea", "outflow"): (70, 700), ("town", "delivery"): (30, 300)},
    ),
    # First the west has water and the east has none, then the other way round; a tenth leaks either way.
    "pipeline": Example(
        (
            make("well_field", "west wells", capacity=100, energy_per_volume=1),
            make("well_field", "east wells", capacity=100, energy_per_volume=1),
            pipe("west wells", "west"),
            pipe("east wells", "east"),
            make("junction", "west"),
            make("junction", "east"),
            pipe("west", "east", capacity=500, two_way=True, reverse_capacity=100, leakage=0.1),
            pipe("west", "west town"),
            pipe("east", "east town"),
            make("household_supply", "west town"),
            make("household_supply", "east town"),
        ),
        {
            ("west to east", "inflow"): (100, 0),
            ("west to east", "outflow"): (90, 0),
            ("west to east", "reverse_inflow"): (0, 1000),
            ("west to east", "reverse_outflow"): (0, 900),
            ("west to east", "throughput"): (100, 1000),
            ("west to east", "leakage"): (10, 100),
        },
        series={
            ("west wells", "capacity"): (100, 0),
            ("east wells", "capacity"): (0, 2000),
            ("west town", "demand"): (0, 2000),
            ("east town", "demand"): (200, 0),
        },
    ),
    # 50 of 80 can be lifted every day.
    "pump_station": Example(
        (
            *river(100),
            make("pump_station", "pumps", source="weir", target="town", capacity=50, energy_per_volume=0.4),
            make("household_supply", "town", demand=80),
        ),
        {("pumps", "inflow"): (50, 500), ("pumps", "energy"): (20, 200), ("sea", "outflow"): (50, 500)},
    ),
    # Three fifths of the lines are at work.
    "reclaimed_works": Example(
        (
            make("reclaimed_works", "works", capacity=100, availability=0.6),
            pipe("works", "industry"),
            make("industry", "industry", demand=80),
        ),
        {("works", "production"): (60, 600), ("industry", "shortage"): (20, 200)},
    ),
    # Half full, 5 of 10 evaporate and 5 seep away: 500 + 50 - 100 - 10 = 440. Ten days later 0.44 x 100 evaporate and
    # 0.1 x 440 seep away, and the dead pool of 52 stays: 440 + 500 - 88 - 52 = 800 for 1000 asked for.
    "reservoir": Example(
        (
            make(
                "reservoir",
                "lake",
                capacity=1000,
                dead_storage=52,
                inflow=50,
                surface_area=1000,
                evaporation_depth=0.01,
                seepage_rate=0.01,
                spill_to="sea",
            ),
            make("canal", "canal", source="lake", target="zone"),
            make("irrigation_zone", "zone", area=1e4, demand=100),
            make("outfall", "sea"),
        ),
        {
            ("lake", "storage"): (440, 52),
            ("lake", "evaporation"): (5, 44),
            ("lake", "seepage"): (5, 44),
            ("lake", "release"): (100, 800),
            ("lake", "spill"): (0, 0),
            ("zone", "shortage"): (0, 200),
        },
        stocks={("lake", "storage"): 500},
    ),
    # Yesterday's 200 arrive on the first day, then the first day's 100 and nine of the ten later days. The brook keeps 0.75
    # of the first day's inflow and 0.25 of what leaves: 60 + 100 - 68 = 75 + 17; at the end of ten days it keeps one in ten.
    "river_reach": Example(
        (
            make("weir", "weir", inflow=100),
            make("river_reach", "river", source="weir", target="sea", travel_time=1, conveyance_loss=0.1),
            make("weir", "upper weir", inflow=100),
            make("river_reach", "brook", source="upper weir", target="sea", travel_time=1, weighting=0.25, conveyance_loss=0.5),
            make("outfall", "sea"),
        ),
        {
            ("river", "inflow"): (100, 1000),
            ("river", "outflow"): (180, 900),
            ("river", "conveyance_loss"): (20, 100),
            ("river", "under_way"): (100, 100),
            # 200 came yesterday, 100 on every day since.
            ("river", "swing"): (100, 0),
            ("brook", "under_way"): (92, 100),
            ("brook", "routed"): (68, 992),
            ("brook", "outflow"): (34, 496),
            ("sea", "outflow"): (214, 1396),
        },
        stocks={("brook", "under_way"): 60},
        past={("river", "inflow"): yesterday(200)},
    ),
    # 80 can be taken in, and a twentieth goes with the sludge.
    "treatment_works": Example(
        (
            wells(),
            pipe("wells", "works"),
            make("treatment_works", "works", capacity=80, sludge_loss=0.05, treatment_energy=0.2),
            pipe("works", "town"),
            make("household_supply", "town", demand=100),
        ),
        {
            ("works", "intake"): (80, 800),
            ("works", "sludge"): (4, 40),
            ("works", "treated"): (76, 760),
            ("works", "energy"): (16, 160),
            ("town", "shortage"): (24, 240),
        },
    ),
    # All of the river is taken by something: the town and the river below.
    "weir": Example(
        (*river(0), pipe("weir", "town"), make("household_supply", "town", demand=30)),
        {("weir", "inflow"): (20, 900), ("weir", "taken"): (20, 900), ("river", "inflow"): (0, 600)},
        series={("weir", "inflow"): (20, 900)},
    ),
    # 50 a day can be drawn. 900 of 1000 were drawn since New Year, so the zone's ten days share the last 50.
    "well_field": Example(
        (
            make("well_field", "wells", capacity=50, annual_limit=1000, energy_per_volume=2),
            pipe("wells", "town"),
            pipe("wells", "zone"),
            make("household_supply", "town"),
            make("irrigation_zone", "zone", area=1e4),
        ),
        {("wells", "abstraction"): (50, 50), ("wells", "energy"): (100, 100), ("zone", "shortage"): (0, 150)},
        past={
            ("wells", "abstraction"): (
                Past(dt.date(2020, 12, 22), dt.date(2021, 1, 1), 700),
                Past(dt.date(2021, 1, 1), START, 900),
            )
        },
        series={("town", "demand"): (60, 0), ("zone", "demand"): (0, 200)},
    ),
}
