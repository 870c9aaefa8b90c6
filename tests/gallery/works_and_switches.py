"""Works that run or stand, hours with prices, sun, mud and outages: each with an answer that a hand gives."""

import datetime as dt

from gallery.building import ANY, START, Case, canal, case, days_before, in_order, least, make, most, pipe, river_to_sea, zone
from waterbalance.network.component import Component
from waterbalance.policy.goal import Goal, Term

DAY = dt.timedelta(days=1)
FIRST, SECOND = START, START + DAY
COST = Goal(name="cost", terms=(Term(measure="energy_cost"), Term(measure="start_up_cost")))
IN_MONEY = in_order(least("shortage"), COST)
UNMOVED = in_order(least("excess_moves"), least("shortage"), least("spill"))


def _plant(**fields: object) -> tuple[Component, ...]:
    """A plant of 100 a day that cannot run with less than half of it, and its town."""
    return (
        make("desalination_plant", "plant", capacity=100, minimum_load=0.5, **fields),
        pipe("plant", "town"),
        make("household_supply", "town"),
    )


def started_for_three_days() -> Case:
    """Started for one day's 80, the plant runs three days: the step of two days, but not the one that begins then."""
    return case(
        *_plant(minimum_up_time=3),
        days=(1, 2, 1),
        stocks={("plant", "running"): 0},
        series={("town", "demand"): (80, 0, 0)},
        says={("plant", "running"): (1, 1, 0), ("plant", "production"): (80, 100, 0), ("plant", "start"): (1, 0, 0)},
        goals={"spill": 100},
    )


def started_the_day_before() -> Case:
    """Of its three days one is over, so that it runs two more for nobody."""
    return case(
        *_plant(minimum_up_time=3),
        days=(1, 1, 1),
        stocks={("plant", "running"): 1},
        past={("plant", "start"): days_before(1)},
        series={("town", "demand"): (0, 0, 0)},
        says={("plant", "running"): (1, 1, 0), ("plant", "production"): (50, 50, 0), ("plant", "stop"): (0, 0, 1)},
        goals={"spill": 100},
    )


def stopped_the_day_before() -> Case:
    """Three days of rest: two are left, and the town waits."""
    return case(
        *_plant(minimum_down_time=3),
        days=(1, 1, 1),
        stocks={("plant", "running"): 0},
        past={("plant", "stop"): days_before(1)},
        series={("town", "demand"): (60, 60, 60)},
        says={("plant", "running"): (0, 0, 1), ("town", "shortage"): (60, 60, 0)},
        goals={"shortage domestic": 120},
    )


def outage_ends_a_run() -> Case:
    """Started for the first day's 80, the plant would have to run four days; it is repaired on the second, and is free then."""
    return case(
        *_plant(minimum_up_time=4, outages=({"first_day": SECOND, "last_day": SECOND},)),
        days=(1, 1, 1, 1),
        stocks={("plant", "running"): 0},
        series={("town", "demand"): (80, 0, 0, 0)},
        says={("plant", "running"): (1, 0, 0, 0), ("plant", "start"): (1, 0, 0, 0), ("plant", "stop"): (0, 1, 0, 0)},
        goals={"spill": 0},
    )


def started_again_after_an_outage() -> Case:
    """The same plant is started again for the third day's 60: a second start, and two days on which it has to run."""
    return case(
        *_plant(minimum_up_time=3, start_up_cost=7, outages=({"first_day": SECOND, "last_day": SECOND},)),
        days=(1, 1, 1, 2, 1),
        stocks={("plant", "running"): 1},
        past={("plant", "start"): days_before(1)},
        series={("town", "demand"): (80, 0, 60, 0, 0)},
        says={
            ("plant", "running"): (1, 0, 1, 1, 0),
            ("plant", "start"): (0, 0, 1, 0, 0),
            ("plant", "start_up_cost"): (0, 0, 7, 0, 0),
        },
        goals={"shortage domestic": 0, "spill": 100},
    )


def rest_that_begins_with_an_outage() -> Case:
    """Three days of rest from the stop on the first day, of which the repair takes one."""
    return case(
        *_plant(minimum_down_time=3, outages=({"first_day": FIRST, "last_day": FIRST},)),
        days=(1, 1, 1, 1),
        stocks={("plant", "running"): 1},
        series={("town", "demand"): (60, 60, 60, 60)},
        says={("plant", "running"): (0, 0, 0, 1), ("plant", "stop"): (1, 0, 0, 0)},
        goals={"shortage domestic": 180},
    )


def outage_just_before_the_plan() -> Case:
    """Started two days ago and stopped for a repair since: nothing is left of its five days, and it may be started or not."""
    return case(
        *_plant(minimum_up_time=5, outages=({"first_day": START - DAY, "last_day": START - DAY},)),
        days=(1, 5),
        stocks={("plant", "running"): 0},
        past={("plant", "start"): days_before(1, 0), ("plant", "stop"): days_before(0, 1)},
        series={("town", "demand"): (0, 400)},
        says={("plant", "running"): (0, 1), ("plant", "start"): (0, 1)},
        goals={"shortage domestic": 0, "spill": 0},
    )


def outages_within_a_long_step() -> Case:
    """The pumps run for ten days but for two short repairs: each is followed by a start that costs 7, as over days."""
    repairs = tuple({"first_day": START + day * DAY, "last_day": START + day * DAY} for day in (3, 6))
    return case(
        make("reclaimed_works", "works", capacity=1e3),
        make("pump_station", "pumps", source="works", target="town", capacity=100, start_up_cost=7, outages=repairs),
        make("household_supply", "town", demand=90),
        days=(1, 10),
        stocks={("pumps", "running"): 0},
        policy=in_order(least("shortage"), COST),
        says={
            ("pumps", "start"): (1, 0),
            ("pumps", "restarts"): (0, 2),
            ("pumps", "start_up_cost"): (7, 14),
            ("pumps", "inflow"): (90, 800),
        },
        goals={"shortage": 100, "cost": 21},
    )


def dear_start() -> Case:
    """A start costs 200, a day at half load 50: the plant runs through. 200 + 60 + 50 + 60."""
    return _day_between(200, running=(1, 1, 1), cost=370)


def cheap_start() -> Case:
    """A start costs 40: two of them and 120 are less than 40 + 170."""
    return _day_between(40, running=(1, 0, 1), cost=200)


def _day_between(start_up_cost: float, running: tuple[float, ...], cost: float) -> Case:
    """Two days with a demand and one without, at one NTD a cubic metre."""
    return case(
        *_plant(start_up_cost=start_up_cost, energy_per_volume=1, energy_price=1),
        days=(1, 1, 1),
        stocks={("plant", "running"): 0},
        series={("town", "demand"): (60, 0, 60)},
        policy=IN_MONEY,
        says={("plant", "running"): running},
        goals={"cost": cost},
    )


def reclaimed_works_at_half_load() -> Case:
    """For 30 the works make their least, 50; for none they stand."""
    return case(
        make("reclaimed_works", "works", capacity=100, minimum_load=0.5),
        pipe("works", "fab"),
        make("industry", "fab"),
        days=(1, 1),
        series={("fab", "demand"): (30, 0)},
        says={("works", "production"): (50, 0), ("fab", "spill"): (20, 0)},
    )


def pumps_that_lift_at_least_forty() -> Case:
    """The river brings less than their least on the second day, so that they stand."""
    return case(
        *river_to_sea(),
        make("pump_station", "pumps", source="weir", target="town", capacity=80, minimum_load=0.5),
        make("household_supply", "town", demand=60),
        days=(1, 1, 1),
        series={("weir", "inflow"): (50, 39, 41)},
        says={("pumps", "inflow"): (50, 0, 41), ("pumps", "running"): (1, 0, 1)},
        goals={"shortage domestic": 89},
    )


def one_main_for_two_sources() -> Case:
    """One at a time: 60 of the wells, and while they rest 50 of the works."""
    return case(
        make("well_field", "wells", capacity=1e3),
        make("reclaimed_works", "works", capacity=1e3),
        pipe("wells", "town", capacity=60, outages=({"first_day": SECOND, "last_day": SECOND},)),
        pipe("works", "town", capacity=50),
        make("household_supply", "town", demand=80),
        make("exclusive_sources", "main", subjects=("wells to town", "works to town")),
        days=(1, 1, 1),
        says={("wells to town", "inflow"): (60, 0, 60), ("works to town", "inflow"): (0, 50, 0)},
        goals={"shortage domestic": 70},
    )


def one_gate_a_day() -> Case:
    """Three closed canals, one crew: the fields of 30, 20 and 10 begin one after the other; 20 + 10 + 10 lack."""
    return case(
        make("reservoir", "lake", capacity=1e4),
        *(canal("lake", name, capacity=50) for name in ("large", "middle", "small")),
        zone("large", demand=30),
        zone("middle", demand=20),
        zone("small", demand=10),
        make("gate_moves", "crew", subjects=("canal to large", "canal to middle", "canal to small"), largest_move=50),
        days=(1, 1, 1),
        stocks={("lake", "storage"): 1e4},
        past={(f"canal to {name}", "inflow"): days_before(0) for name in ("large", "middle", "small")},
        policy=UNMOVED,
        says={
            ("large", "delivery"): (30, 30, 30),
            ("middle", "delivery"): (0, 20, 20),
            ("small", "delivery"): (0, 0, 10),
            ("crew", "moves"): (1, 1, 1),
        },
        goals={"shortage": 40},
    )


def gates_closed_before_an_outage() -> Case:
    """Both canals are dry on the second day. One crew closes the smaller a day before and opens only the larger after it."""
    outages = ({"first_day": SECOND, "last_day": SECOND, "reason": "the tunnel is inspected"},)
    return case(
        make("reservoir", "lake", capacity=1e4),
        canal("lake", "large", capacity=50, outages=outages),
        canal("lake", "small", capacity=50, outages=outages),
        zone("large", demand=10),
        zone("small", demand=8),
        make("gate_moves", "crew", subjects=("canal to large", "canal to small"), largest_move=50),
        days=(1, 1, 1),
        stocks={("lake", "storage"): 1e4},
        past={("canal to large", "inflow"): days_before(10), ("canal to small", "inflow"): days_before(8)},
        policy=UNMOVED,
        says={("large", "delivery"): (10, 0, 10), ("small", "delivery"): (0, 0, 0)},
        goals={"excess_moves": 0, "shortage": 34},
    )


def more_moves_than_a_crew() -> Case:
    """Both canals fall dry on the first day, which no crew has foreseen: one move too many, and it is told."""
    outages = ({"first_day": FIRST, "last_day": FIRST},)
    return case(
        make("reservoir", "lake", capacity=1e4),
        canal("lake", "large", capacity=50, outages=outages),
        canal("lake", "small", capacity=50, outages=outages),
        zone("large", demand=10),
        zone("small", demand=8),
        make("gate_moves", "crew", subjects=("canal to large", "canal to small"), largest_move=50),
        days=(1,),
        stocks={("lake", "storage"): 1e4},
        past={("canal to large", "inflow"): days_before(10), ("canal to small", "inflow"): days_before(8)},
        policy=UNMOVED,
        says={("crew", "excess_moves"): (1,), ("crew", "moves"): (2,)},
        goals={"excess_moves": 1},
    )


def a_crew_that_is_not_called() -> Case:
    """Even if as many moves as possible are wanted: nothing changes on the first days, then one canal opens from 10 to 12."""
    return case(
        make("reservoir", "lake", capacity=1e4),
        canal("lake", "large", capacity=50),
        canal("lake", "small", capacity=50),
        zone("large"),
        zone("small", demand=8),
        make("gate_moves", "crew", subjects=("canal to large", "canal to small"), largest_move=50),
        days=(1, 1, 2),
        stocks={("lake", "storage"): 1e4},
        past={("canal to large", "inflow"): days_before(10), ("canal to small", "inflow"): days_before(8)},
        series={("large", "demand"): (10, 10, 24)},
        policy=in_order(*UNMOVED.goals, most("moves")),
        says={
            ("crew", "moved canal to large"): (0, 0, 1),
            ("crew", "moved canal to small"): (0, 0, 0),
            ("crew", "moves"): (0, 0, 1),
            ("crew", "excess_moves"): (0, 0, 0),
        },
        goals={"shortage": 0},
    )


def one_source_is_enough() -> Case:
    """Even if as many as possible should run together: the wells alone give the 40, and on the second day nothing is asked."""
    return case(
        make("well_field", "wells", capacity=1e3),
        make("reclaimed_works", "works", capacity=1e3),
        pipe("wells", "town", capacity=60),
        pipe("works", "town", capacity=30),
        make("household_supply", "town"),
        make("exclusive_sources", "main", subjects=("wells to town", "works to town")),
        days=(1, 1),
        series={("town", "demand"): (40, 0)},
        policy=in_order(least("shortage"), least("spill"), most("running_together")),
        says={
            ("main", "runs wells to town"): (1, 0),
            ("main", "runs works to town"): (0, 0),
            ("main", "running_together"): (1, 0),
        },
    )


def outlets_closed_for_a_day() -> Case:
    """An outlet without a limit is closed on the second day, and half of the pipe on the third of four; ten days go on."""
    lining = {"first_day": START + 2 * DAY, "last_day": START + 7 * DAY, "available": 0.5}
    return case(
        make("reservoir", "lake", capacity=1e4, outages=({"first_day": SECOND, "last_day": SECOND},)),
        pipe("lake", "town", capacity=80, outages=(lining,)),
        make("household_supply", "town", demand=80),
        days=(1, 1, 1, 10),
        stocks={("lake", "storage"): 1e4},
        policy=in_order(least("shortage")),
        # Of the last ten days five have half a pipe.
        says={("lake", "release"): (80, 0, 40, 600), ("town", "shortage"): (0, 80, 40, 200)},
    )


def cheapest_hours_first() -> Case:
    """60, 90 and 90 fit into peak, half-peak and off-peak: 80 x 0.5 x 2, then 0.5 x (90 x 2 + 90 x 5 + 20 x 8); the third
    day is a Sunday without dear hours, 200 x 0.5 x 2."""
    return case(
        *river_to_sea(inflow=300),
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
        days=(1, 1, 1),
        series={
            ("town", "demand"): (80, 200, 200),
            ("pumps", "peak_hours"): (6 / 24, 6 / 24, 0),
            ("pumps", "half_peak_hours"): (9 / 24, 9 / 24, 0),
        },
        policy=IN_MONEY,
        says={("pumps", "peak_inflow"): (0, 20, 0), ("pumps", "half_peak_inflow"): (0, 90, 0)},
        goals={"cost": 80 + 395 + 200},
    )


def water_kept_for_the_sun() -> Case:
    """A tank lets the sunny day pump for the cloudy one: 100 kWh lift 200, half of them kept; the grid lifts nothing."""
    return case(
        *river_to_sea(inflow=500),
        make(
            "pump_station",
            "pumps",
            source="weir",
            target="tank",
            capacity=300,
            energy_per_volume=0.5,
            energy_price=3,
            solar_energy=0,
        ),
        make("balancing_tank", "tank", capacity=150),
        pipe("tank", "town"),
        make("household_supply", "town", demand=100),
        days=(1, 1),
        stocks={("tank", "storage"): 0},
        series={("pumps", "solar_energy"): (100, 0)},
        policy=IN_MONEY,
        says={("pumps", "solar_used"): (100, 0), ("pumps", "grid_energy"): (0, 0), ("tank", "storage"): (100, 0)},
        goals={"cost": 0},
    )


def mud_at_the_works() -> Case:
    """Clear, a quarter lost, three quarters lost, and all: 80, 60, 20 and 0 of 80."""
    derating = ({"turbidity": 100, "share": 1}, {"turbidity": 1000, "share": 0.5}, {"turbidity": 6000, "share": 0})
    return case(
        *river_to_sea(inflow=120),
        pipe("weir", "works"),
        make("treatment_works", "works", capacity=80, derating=derating),
        pipe("works", "town"),
        make("household_supply", "town", demand=80),
        days=(1, 1, 1, 1),
        series={("works", "turbidity"): (50, 550, 3500, 9000)},
        says={("works", "intake"): (80, 60, 20, 0)},
        goals={"shortage domestic": 160},
    )


def rationed_households_leave_less_to_reclaim() -> Case:
    """80 % come back a day later and half of it is reclaimed: 40 of yesterday's 100, then 40, then 20 of 50. The rest is
    missing in the sea: 80 + 80 + 40, less what is made."""
    return case(
        make("well_field", "wells", capacity=100),
        pipe("wells", "town"),
        make("household_supply", "town", demand=100, return_fraction=0.8, return_to="works", return_time=1),
        make("reclaimed_works", "works", capacity=60, recovery=0.5, effluent_to="sea"),
        make("outfall", "sea"),
        pipe("works", "fab"),
        make("industry", "fab", demand=70),
        days=(1, 1, 1),
        past={("town", "consumption"): days_before(100)},
        series={("wells", "capacity"): (100, 50, 50)},
        says={("works", "production"): (40, 40, 20), ("sea", "outflow"): (40, 40, 20), ("fab", "shortage"): (30, 30, 50)},
    )


def a_reserve_stays_in_the_tanks() -> Case:
    """The pipe is closed: one of three days may be used, two are the reserve, and the fab goes short."""
    return case(
        make("well_field", "wells", capacity=100),
        pipe("wells", "fab", outages=({"first_day": FIRST, "last_day": START + 2 * DAY},)),
        make("fab", "fab", demand=40, on_site_storage=120, reserve=2),
        days=(1, 1, 1),
        stocks={("fab", "storage"): 120},
        policy=in_order(least("reserve_shortfall"), least("shortage")),
        says={("fab", "storage"): (ANY, ANY, 80), ("fab", "reserve_shortfall"): (0, 0, 0)},
        goals={"shortage": 80},
    )


CASES = (
    rationed_households_leave_less_to_reclaim,
    a_reserve_stays_in_the_tanks,
    started_for_three_days,
    started_the_day_before,
    stopped_the_day_before,
    outage_ends_a_run,
    started_again_after_an_outage,
    rest_that_begins_with_an_outage,
    outage_just_before_the_plan,
    outages_within_a_long_step,
    dear_start,
    cheap_start,
    reclaimed_works_at_half_load,
    pumps_that_lift_at_least_forty,
    one_main_for_two_sources,
    one_gate_a_day,
    gates_closed_before_an_outage,
    more_moves_than_a_crew,
    a_crew_that_is_not_called,
    one_source_is_enough,
    outlets_closed_for_a_day,
    cheapest_hours_first,
    water_kept_for_the_sun,
    mud_at_the_works,
)
