"""Examples of canals that take water for themselves, and of pipes that are turned; solved by hand in the comments."""

import math

from network.example import Example, make, pipe, river, wells

EXAMPLES = {
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
