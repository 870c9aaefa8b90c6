"""Networks that have no plan, with a component and a date that the complaint must name."""

import datetime as dt

from gallery.building import START, Case, canal, case, days_before, make, pipe, river_to_sea, zone
from waterbalance.network.component import Component
from waterbalance.network.state import Past


def river_without_a_way_out() -> Case:
    """A flood of 100 on the second day, and only a pipe of 50."""
    return case(
        make("weir", "weir"),
        pipe("weir", "town", capacity=50),
        make("household_supply", "town", demand=60),
        days=(1, 1),
        series={("weir", "inflow"): (40, 100)},
    )


def ramp_against_capacity() -> Case:
    """The canal closes on the third day, but may fall by no more than 10."""
    return case(
        *river_to_sea(inflow=200),
        canal("weir", "zone"),
        zone(demand=100),
        make("ramp_limit", "slowly", subject="canal to zone", rise=10, fall=10),
        days=(1, 1, 1),
        past={("canal to zone", "inflow"): days_before(80)},
        series={("canal to zone", "capacity"): (100, 100, 0)},
    )


def overdrawn_wells() -> Case:
    """More than the year's limit is drawn already."""
    return case(
        make("well_field", "wells", capacity=50, annual_limit=100),
        pipe("wells", "town"),
        make("household_supply", "town", demand=10),
        days=(1,),
        past={("wells", "abstraction"): (Past(dt.date(2021, 1, 1), START, 120),)},
    )


def filling_too_large() -> Case:
    """All 20 of the river must enter a canal that takes 30 to fill."""
    return case(
        make("weir", "weir", inflow=20),
        canal("weir", "zone", capacity=100, fill_volume=30),
        zone(demand=50),
        days=(1, 1),
        stocks={("canal to zone", "running"): 0},
    )


def filling_too_large_later() -> Case:
    """Dry on the first day; on the second all 20 must enter a canal that takes 30 to fill. The other canal is free to rest."""
    return case(
        make("weir", "weir"),
        canal("weir", "zone", capacity=100, fill_volume=30),
        zone(demand=50),
        make("reservoir", "lake", capacity=100),
        canal("lake", "other zone", capacity=100, fill_volume=10),
        zone("other zone", demand=20),
        days=(1, 1, 1),
        stocks={("canal to zone", "running"): 0, ("canal to other zone", "running"): 0, ("lake", "storage"): 60},
        series={("weir", "inflow"): (0, 20, 0)},
    )


def least_load_above_the_ramp() -> Case:
    """Started yesterday at 20, the pumps have to run on, with at least 50; but they may rise by no more than 10."""
    return case(
        *river_to_sea(inflow=200),
        _pumps(minimum_up_time=3),
        make("household_supply", "town", demand=100),
        make("ramp_limit", "slowly", subject="pumps", rise=10, fall=10),
        days=(1, 1, 1),
        stocks={("pumps", "running"): 1},
        past={("pumps", "inflow"): days_before(20), ("pumps", "start"): days_before(1), ("pumps", "stop"): days_before(0)},
    )


def closing_too_fast() -> Case:
    """At work at 60, the pumps close on the third day, but may fall by no more than 10 a day: 60 to 40 on the day before."""
    return case(
        *river_to_sea(inflow=200),
        _pumps(),
        make("household_supply", "town", demand=100),
        make("ramp_limit", "slowly", subject="pumps", rise=10, fall=10),
        days=(1, 1, 1),
        past={("pumps", "inflow"): days_before(60)},
        series={("pumps", "capacity"): (100, 100, 0)},
    )


def too_much_to_rest_too_little_to_run() -> Case:
    """From the second day the river brings 40, which only the pumps can take, and they lift 50 or nothing."""
    return case(
        make("weir", "weir"),
        _pumps(),
        make("household_supply", "town", demand=100),
        make("ramp_limit", "slowly", subject="pumps", rise=30, fall=30),
        days=(1, 1, 1),
        past={("pumps", "inflow"): days_before(60)},
        series={("weir", "inflow"): (60, 40, 40)},
    )


def starting_too_slowly() -> Case:
    """Of 60 the bypass takes 40, so that the pumps must lift 20; they lift 50 or nothing, and may rise from rest by 30."""
    return case(
        make("weir", "weir", inflow=60),
        pipe("weir", "sea", capacity=40),
        make("outfall", "sea"),
        _pumps(),
        make("household_supply", "town", demand=100),
        make("ramp_limit", "slowly", subject="pumps", rise=30),
        days=(1, 1),
        past={("pumps", "inflow"): days_before(0)},
    )


def _pumps(**fields: object) -> Component:
    return make("pump_station", "pumps", source="weir", target="town", capacity=100, minimum_load=0.5, **fields)


INVALID = (
    (river_without_a_way_out, "weir", "2021-03-11"),
    (ramp_against_capacity, "slowly", "2021-03-12"),
    (overdrawn_wells, "wells", "2021-03-10"),
    (filling_too_large, "canal to zone", "2021-03-10"),
    (filling_too_large_later, "canal to zone", "2021-03-11"),
    (least_load_above_the_ramp, "slowly", "2021-03-10"),
    (closing_too_fast, "slowly", "2021-03-12"),
    (too_much_to_rest_too_little_to_run, "pumps", "2021-03-11"),
    (starting_too_slowly, "slowly", "2021-03-10"),
)
