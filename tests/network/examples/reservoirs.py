"""Examples of what a reservoir can do beyond its basic example, solved by hand in the comments."""

from math import exp

from network.example import Example, make, pipe

PRISM = ({"level": 0.0, "area": 1000.0, "volume": 0.0}, {"level": 10.0, "area": 1000.0, "volume": 10_000.0})
"""Upright walls: the surface is the same at every level."""

EXAMPLES = {
    # 10 evaporate and 4 rain down every day, whatever the storage; the fields take 100.
    "reservoir-survey": Example(
        (
            make(
                "reservoir",
                "lake",
                capacity=10_000,
                level_area_volume=PRISM,
                evaporation_depth=0.01,
                rainfall_depth=0.004,
            ),
            make("canal", "canal", source="lake", target="zone"),
            make("irrigation_zone", "zone", area=1e4, demand=100),
        ),
        {
            ("lake", "storage"): (4894, 3834),
            ("lake", "evaporation"): (10, 100),
            ("lake", "rainfall"): (4, 40),
            ("lake", "level"): (4.894, 3.834),
            ("lake", "spill"): (0, 0),
        },
        stocks={("lake", "storage"): 5000},
    ),
    # A tenth of what stands above 2 m runs out in a day: of 3000 a share of 1 - exp(-0.1), then of 1 - exp(-1).
    "outlet": Example(
        (
            make("reservoir", "lake", capacity=10_000, level_area_volume=PRISM),
            make("outlet", "gate", source="lake", rating=({"level": 2, "release": 0}, {"level": 6, "release": 400})),
            make("canal", "canal", source="gate", target="zone"),
            make("irrigation_zone", "zone", area=1e4, demand=1000),
        ),
        {
            ("gate", "release"): (3000 * (1 - exp(-0.1)), 3000 * (exp(-0.1) - exp(-1.1))),
            ("lake", "storage"): (2000 + 3000 * exp(-0.1), 2000 + 3000 * exp(-1.1)),
            ("canal", "inflow"): (3000 * (1 - exp(-0.1)), 3000 * (exp(-0.1) - exp(-1.1))),
        },
        stocks={("lake", "storage"): 5000},
    ),
    # Half of what stands above the crest runs over in a day: 800 come on the first day and fill 1600 (1 - exp(-0.5)).
    "reservoir-flood_pool": Example(
        (
            make(
                "reservoir",
                "lake",
                capacity=6000,
                flood_pool=2000,
                level_area_volume=PRISM,
                spillway=({"level": 6, "release": 0}, {"level": 8, "release": 1000}),
                uncontrolled_spillway=True,
                spill_to="sea",
            ),
            make("outfall", "sea"),
        ),
        {
            ("lake", "flood_storage"): (1600 * (1 - exp(-0.5)), 1600 * (1 - exp(-0.5)) * exp(-5)),
            ("lake", "spill"): (800 - 1600 * (1 - exp(-0.5)), 1600 * (1 - exp(-0.5)) * (1 - exp(-5))),
            ("lake", "overtopping"): (0, 0),
            ("lake", "level"): (6 + 1.6 * (1 - exp(-0.5)), 6 + 1.6 * (1 - exp(-0.5)) * exp(-5)),
        },
        stocks={("lake", "storage"): 6000},
        series={("lake", "inflow"): (800, 0)},
    ),
    # The large lake serves alone. Of 2100 active 1575 : 525 would be equal, and of 1900 then 1425 : 475; 1 % may differ.
    "equal_fraction": Example(
        (
            make("reservoir", "large", capacity=4000, dead_storage=1000),
            make("reservoir", "small", capacity=1000),
            make("junction", "fork"),
            pipe("large", "fork"),
            pipe("small", "fork"),
            pipe("fork", "town"),
            make("household_supply", "town"),
            make("equal_fraction", "joint", reservoirs=("large", "small"), tolerance=0.01),
        ),
        {
            ("large", "storage"): (2700, 2500),
            ("small", "storage"): (400, 400),
            ("joint", "deviation large"): (1700 - 1575 - 30, 1500 - 1425 - 30),
            ("joint", "deviation small"): (525 - 400 - 10, 475 - 400 - 10),
            ("joint", "spread"): (210, 110),
        },
        stocks={("large", "storage"): 2800, ("small", "storage"): 400},
        series={("town", "demand"): (100, 200)},
    ),
}
