"""Examples of what a reservoir can do beyond its basic example, solved by hand in the comments."""

from network.example import Example, make

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
}
