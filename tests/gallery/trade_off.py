"""Networks whose trade-off between two goals is a known line; `CORNERS` has its corners."""

from collections.abc import Mapping
from types import MappingProxyType

from gallery.building import Case, canal, case, in_order, least, make, most, pipe, zone

Corners = tuple[tuple[float, float], ...]


def town_against_fields() -> Case:
    """120 are stored; a town asks for 100, near fields for 80, and far ones for 60 through a canal that loses half.

    With a, n and f what lacks: (100 - a) + (80 - n) + (60 - f) / 0.5 = 120, so a + n + 2 f = 180. The fields lack least where
    the near ones are served first. b = n + f is 60 - a + 60 up to a = 60; then the near ones are full, and b = (180 - a) / 2.
    """
    return case(
        make("reservoir", "lake", capacity=1000),
        pipe("lake", "town"),
        canal("lake", "near"),
        canal("lake", "far", conveyance_loss=0.5),
        make("household_supply", "town", demand=100),
        zone("near", demand=80),
        zone("far", demand=60),
        days=(1,),
        stocks={("lake", "storage"): 120},
        policy=in_order(least("shortage", "domestic"), least("shortage", "agriculture"), most("storage")),
        says={("town", "shortage"): (0,), ("near", "shortage"): (60,), ("far", "shortage"): (60,)},
        goals={"shortage domestic": 0, "shortage agriculture": 120},
    )


def shortage_against_energy() -> Case:
    """100 asked for: 40 come by themselves, 30 by a low lift (0.1 kWh/m3) and 30 by a high one (0.5 kWh/m3).

    The high lift is given up first: shortage and energy are (0, 18), (30, 3), (60, 0).
    """
    return case(
        *(make("reclaimed_works", name, capacity=most) for name, most in (("spring", 40), ("low", 30), ("high", 30))),
        pipe("spring", "town"),
        make("pump_station", "low lift", source="low", target="town", energy_per_volume=0.1),
        make("pump_station", "high lift", source="high", target="town", energy_per_volume=0.5),
        make("household_supply", "town", demand=100),
        days=(1,),
        policy=in_order(least("shortage", "domestic"), least("energy")),
        goals={"shortage domestic": 0, "energy": 18},
    )


CASES = (town_against_fields, shortage_against_energy)

CORNERS: Mapping[str, Corners] = MappingProxyType(
    {
        "town_against_fields": ((0, 120), (60, 60), (100, 40)),
        "shortage_against_energy": ((0, 18), (30, 3), (60, 0)),
    }
)
