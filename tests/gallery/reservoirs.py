"""Reservoirs with a survey, outlets, a flood pool and joint operation, with answers by hand or formula."""

from gallery.building import Case, canal, case, in_order, least, make, zone

PRISM = ({"level": 100.0, "area": 100.0, "volume": 0.0}, {"level": 110.0, "area": 100.0, "volume": 1000.0})
"""Upright walls around 100 m2."""

FUNNEL = ({"level": 0.0, "area": 50.0, "volume": 0.0}, {"level": 10.0, "area": 150.0, "volume": 1000.0})
"""Area = 50 + volume / 10: the bed is wide and flat."""


def upright_walls() -> Case:
    """1 m3 evaporates and 0.4 rain down every day, at every level; the bed would not notice a storage of 30."""
    falls = tuple(500 - 0.6 * day for day in (1, 2, 12))
    return case(
        make(
            "reservoir",
            "lake",
            capacity=1000,
            level_area_volume=PRISM,
            evaporation_depth=0.01,
            rainfall_depth=0.004,
        ),
        canal("lake", "zone"),
        zone(),
        days=(1, 1, 10),
        stocks={("lake", "storage"): 500},
        policy=in_order(least("spill")),
        says={
            ("lake", "storage"): falls,
            ("lake", "level"): tuple(100 + each / 100 for each in falls),
            ("lake", "evaporation"): (1, 1, 10),
            ("lake", "rainfall"): (0.4, 0.4, 4),
        },
    )


def wide_flat_bed() -> Case:
    """dV/dt = -depth (50 + V/10), by the trapezoidal rule: V1 (1 + a/2) = V0 (1 - a/2) - 50 depth, a = depth / 10."""
    storage, depth = [400.0], 0.02
    for days in (1, 1, 10):
        loss = depth * days / 10
        storage.append((storage[-1] * (1 - loss / 2) - 50 * depth * days) / (1 + loss / 2))
    return case(
        make("reservoir", "lake", capacity=1000, level_area_volume=FUNNEL, evaporation_depth=depth),
        canal("lake", "zone"),
        zone(),
        days=(1, 1, 10),
        stocks={("lake", "storage"): 400},
        policy=in_order(least("spill")),
        says={("lake", "storage"): tuple(storage[1:]), ("lake", "level"): tuple(each / 100 for each in storage[1:])},
    )


def silted_since_the_survey() -> Case:
    """The survey says 1000 at 110 m, the lake now holds 800 there: half full it stands at 105 m as before."""
    return case(
        make("reservoir", "lake", level_area_volume=PRISM, full_supply_level=110, evaporation_depth=0.01, capacity=800),
        canal("lake", "zone"),
        zone(),
        days=(1, 1, 10),
        stocks={("lake", "storage"): 401},
        policy=in_order(least("spill")),
        says={
            ("lake", "storage"): (400, 399, 389),
            ("lake", "level"): (105, 100 + 399 / 80, 100 + 389 / 80),
            ("lake", "evaporation"): (1, 1, 10),
        },
    )


CASES = (upright_walls, wide_flat_bed, silted_since_the_survey)
