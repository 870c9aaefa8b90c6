"""Canals that take water for themselves, pipes that are turned, and ways beside each other."""

import datetime as dt
import math

from gallery.building import ANY, START, Case, canal, case, days_before, in_order, least, make, most, pipe, river_to_sea, zone
from waterbalance.network.component import Component
from waterbalance.policy.goal import Goal, Term

LEFT = Goal(name="left", sense="maximise", terms=(Term(measure="storage", at="last step"),))
"""As much as possible is left in the lake at the end."""


def loss_by_length() -> Case:
    """0.5 % a kilometre over 40 km leave exp(-0.2); two canals of 20 km behind each other leave the same."""
    kept = math.exp(-0.2)
    return case(
        *river_to_sea(inflow=300),
        canal("weir", "zone", capacity=100, length=40_000, loss_per_length=0.5e-5),
        zone(demand=1000),
        canal("weir", "half way", capacity=100, length=20_000, loss_per_length=0.5e-5),
        make("junction", "half way"),
        make("river_reach", "the rest", source="half way", target="far", length=20_000, loss_per_length=0.5e-5),
        zone("far", demand=1000),
        days=(1, 10),
        says={("zone", "delivery"): (100 * kept, 1000 * kept), ("far", "delivery"): (100 * kept, 1000 * kept)},
    )


def short_break() -> Case:
    """Between two days of irrigation the clay canal is kept wet (20 seep, 50 would fill it), the sandy one is not (80, 50).

    Each day of irrigation takes 100, and each canal is filled once: 4 x 100 + 2 x 50; on wet days 20 and 80 seep, twice
    each; one more day of 20 for the clay canal, one more filling for the sandy one: 500 + 200 + 20 + 50 = 770 of 1000.
    """
    return case(
        make("reservoir", "lake", capacity=1000),
        canal("lake", "clay", capacity=400, fill_volume=50, seepage_when_running=20),
        canal("lake", "sand", capacity=400, fill_volume=50, seepage_when_running=80),
        zone("clay"),
        zone("sand"),
        days=(1, 1, 1),
        stocks={("lake", "storage"): 1000, ("canal to clay", "running"): 0, ("canal to sand", "running"): 0},
        series={("clay", "demand"): (100, 0, 100), ("sand", "demand"): (100, 0, 100)},
        policy=in_order(least("shortage"), LEFT),
        says={
            ("canal to clay", "running"): (1, 1, 1),
            ("canal to sand", "running"): (1, 0, 1),
            ("canal to clay", "inflow"): (170, 20, 120),
            ("canal to sand", "inflow"): (230, 0, 230),
            ("lake", "storage"): (ANY, ANY, 230),
        },
    )


def late_start(starts_decided: str = "season") -> Case:
    """200 of 300 fill the canal whenever it starts, also in a ten-day step: 100 arrive of 14 + 30 days x 10."""
    return case(
        make("reservoir", "lake", capacity=300),
        canal("lake", "zone", capacity=100, fill_volume=200, starts_decided=starts_decided),
        zone(demand=10),
        days=(*[1] * 14, 10, 10, 10),
        stocks={("lake", "storage"): 300, ("canal to zone", "running"): 0},
        policy=in_order(least("shortage", "agriculture")),
        goals={"shortage agriculture": 340},
    )


def filled_at_every_turn() -> Case:
    """Turns of 3 and 4 days: the upper canal is filled on day 8, the lower one on days 4 and 11, with 30 of 40.

    Both ran before; the turns begin on the first day, on which the lower one falls dry. It seeps 5 a day as long as it runs:
    of 40, 10 and 5 are left of a day with a filling, and the 30 asked for on all others.
    """
    return case(
        make("reservoir", "lake", capacity=10_000),
        canal("lake", "upper", capacity=40, fill_volume=30),
        canal("lake", "lower", capacity=40, fill_volume=30, seepage_when_running=5),
        zone("upper", demand=30),
        zone("lower", demand=30),
        make(
            "rotation",
            "turns",
            groups={"upper": ("canal to upper",), "lower": ("canal to lower",)},
            turns={"upper": 3, "lower": 4},
            first_day=dt.date(2021, 3, 10),
        ),
        days=(1,) * 12,
        stocks={("lake", "storage"): 10_000, ("canal to upper", "running"): 1, ("canal to lower", "running"): 1},
        policy=in_order(least("shortage"), LEFT),
        says={
            ("upper", "delivery"): (30, 30, 30, 0, 0, 0, 0, 10, 30, 30, 0, 0),
            ("lower", "delivery"): (0, 0, 0, 5, 30, 30, 30, 0, 0, 0, 5, 30),
            ("canal to upper", "start"): (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0),
            ("canal to lower", "start"): (0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0),
            ("canal to lower", "running"): (0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1),
        },
    )


def turns_within_ten_days(days: tuple[int, ...] = (10, 10, 11)) -> Case:
    """Turns of 2 and 2 days and one of rest, over 31 days: the upper canal is filled seven times, the lower one six.

    The upper one has days 1, 2, 6, 7, ... 26, 27 and 31, and the lower one days 3, 4, 8, 9, ... 28, 29. With its first day,
    on which it stands, the upper canal is filled on days 1, 6, ... 31: 7 times, 2, 2 and 3 in the three steps; the lower
    one on days 3, 8, ... 28: 6 times, 2 in each. Of what may pass, 100 a day on 13 and on 12 days, all is wanted.
    """
    return case(
        make("reservoir", "lake", capacity=10_000),
        canal("lake", "upper", capacity=100, fill_volume=30),
        canal("lake", "lower", capacity=100, fill_volume=30),
        zone("upper", demand=200),
        zone("lower", demand=200),
        make(
            "rotation",
            "turns",
            groups={"upper": ("canal to upper",), "lower": ("canal to lower",)},
            turns={"upper": 2, "lower": 2},
            pause=1,
            first_day=START,
        ),
        days=days,
        stocks={("lake", "storage"): 10_000, ("canal to upper", "running"): 0, ("canal to lower", "running"): 0},
        policy=in_order(least("shortage")),
        says={
            ("canal to upper", "filling"): (60, 60, 90),
            ("canal to lower", "filling"): (60, 60, 60),
            ("canal to upper", "refills"): (1, 2, 3),
            ("upper", "delivery"): (340, 340, 410),
            ("lower", "delivery"): (340, 340, 340),
        }
        if len(days) == 3
        else {},
        goals={"shortage": 2 * 200 * 31 - (13 * 100 - 7 * 30) - (12 * 100 - 6 * 30)},
    )


def the_same_turns_by_days() -> Case:
    """As many fillings as over ten-day steps, and as much water for the fields."""
    return turns_within_ten_days((1,) * 31)


def repaired_within_ten_days(days: tuple[int, ...] = (1, 10)) -> Case:
    """Wet when the plan begins, the canal is closed on days 4, 5 and 9 of eleven, and filled with 30 after each: of 8 x 40,
    260 arrive."""
    repairs = [(3, 4), (8, 8)]
    outages = [{"first_day": START + dt.timedelta(first), "last_day": START + dt.timedelta(last)} for first, last in repairs]
    return case(
        make("reservoir", "lake", capacity=1000),
        canal("lake", "zone", capacity=40, fill_volume=30, outages=tuple(outages)),
        zone("zone", demand=50),
        days=days,
        stocks={("lake", "storage"): 1000, ("canal to zone", "running"): 1},
        policy=in_order(least("shortage")),
        says={("canal to zone", "filling"): (0, 60), ("zone", "delivery"): (40, 220)} if len(days) == 2 else {},
        goals={"shortage": 550 - 260},
    )


def the_same_repairs_by_days() -> Case:
    """As many fillings as over ten days."""
    return repaired_within_ten_days((1,) * 11)


def closed_for_a_day() -> Case:
    """The canal stands for repair on the second day, without water asked for, and is filled again on the third: 30 of 40."""
    return case(
        make("reservoir", "lake", capacity=1000),
        canal("lake", "zone", capacity=40, fill_volume=30),
        zone("zone"),
        days=(1, 1, 1),
        stocks={("lake", "storage"): 1000, ("canal to zone", "running"): 1},
        series={("canal to zone", "capacity"): (40, 0, 40), ("zone", "demand"): (20, 0, 20)},
        policy=in_order(least("shortage"), LEFT),
        says={
            ("zone", "delivery"): (20, 0, 10),
            ("canal to zone", "running"): (1, 0, 1),
            ("canal to zone", "filling"): (0, 0, 30),
        },
    )


def nothing_is_filled_twice() -> Case:
    """Even if as much filling as possible is wanted: 10 are delivered on both days, so that it is filled once, not twice."""
    return case(
        make("reservoir", "lake", capacity=1000),
        canal("lake", "zone", capacity=40, fill_volume=30),
        zone("zone", demand=10),
        days=(1, 1),
        stocks={("lake", "storage"): 1000, ("canal to zone", "running"): 0},
        policy=in_order(least("shortage"), most("filling")),
        says={("canal to zone", "start"): (1, 0), ("canal to zone", "inflow"): (40, 10)},
        goals={"most filling": 30},
    )


TURN = 4
"""A canal has its turn every so many days, and is dry in between. [day]"""

OWN_WATER = {"capacity": 400, "fill_volume": 150, "seepage_when_running": 60}
"""Assumed; made so that two thirds of what a turn takes do not depend on the fields."""


def turns(asked: tuple[float, ...], taken: float) -> Case:
    """Two turns of canals to fields that ask for so much a turn, and what they take from the lake in all."""
    fields: list[Component] = []
    for number in range(len(asked)):
        fields += [canal("lake", f"fields {number}", **OWN_WATER), zone(f"fields {number}")]
    return case(
        make("reservoir", "lake", capacity=10_000),
        *fields,
        days=(1,) * (2 * TURN),
        stocks={
            ("lake", "storage"): 10_000,
            **{(f"canal to fields {number}", "running"): 0 for number in range(len(asked))},
        },
        series={(f"fields {number}", "demand"): (share, *[0] * (TURN - 1)) * 2 for number, share in enumerate(asked)},
        policy=in_order(least("shortage"), LEFT),
        goals={"shortage": 0, "left": 10_000 - taken},
    )


def all_fields_irrigate() -> Case:
    """Each of five canals takes 150 + 60 for itself and 100 for its fields, twice: 3100."""
    return turns((100,) * 5, taken=3100)


def scattered_fields_join() -> Case:
    """Three fifths of the fields of every canal ask for nothing: 5 x (150 + 60 + 40) x 2 = 2500."""
    return turns((40,) * 5, taken=2500)


def whole_canals_join() -> Case:
    """Three fifths of the fields again, but all those of three canals, which stay dry: 2 x (150 + 60 + 100) x 2 = 1240."""
    return turns((100, 100, 0, 0, 0), taken=1240)


def turned_pipe() -> Case:
    """As much as possible is to be moved: 60 one way and not the 30 back, however much they would like both."""
    return case(
        make("reservoir", "west", capacity=1000),
        make("reservoir", "east", capacity=1000),
        pipe("west", "east", two_way=True, one_way_at_a_time=True, capacity=60, reverse_capacity=30),
        days=(1, 2),
        stocks={("west", "storage"): 500, ("east", "storage"): 500},
        policy=in_order(most("throughput")),
        says={
            ("west to east", "direction"): (1, 1),
            ("west to east", "inflow"): (60, 120),
            ("west to east", "reverse_inflow"): (0, 0),
        },
        goals={"most throughput": 180},
    )


def gravity_beside_pumps() -> Case:
    """The pipe from above brings 40 for nothing; the pumps beside it lift the other 30 for 0.3 kWh each."""
    return case(
        *river_to_sea(inflow=200),
        pipe("weir", "town", capacity=40),
        make("pump_station", "pumps", source="weir", target="town", capacity=100, energy_per_volume=0.3),
        make("household_supply", "town", demand=70),
        days=(1, 10),
        says={("weir to town", "inflow"): (40, 400), ("pumps", "inflow"): (30, 300), ("town", "shortage"): (0, 0)},
        goals={"energy": 0.3 * 330},
    )


def slow_drains() -> Case:
    """Half of what is used comes back 2.5 days later, over steps of 1, 1, 3 and 10 days; the fields below live on it.

    The town used 40 a day until now and uses 60, 80, 300 and 500. Days 1 and 2 see 20 each; the third step sees days -0.5
    to 2.5: half a day of 40, 60, 80 and half a day of 100; the last one days 2.5 to 12.5: 2.5 days of 100, 7.5 of 50.
    """
    return case(
        make("reclaimed_works", "works", capacity=1000),
        pipe("works", "town"),
        make("household_supply", "town", return_fraction=0.5, return_to="drain", return_time=2.5),
        make("junction", "drain"),
        pipe("drain", "lower drain"),
        make("junction", "lower drain"),
        canal("lower drain", "zone"),
        zone(demand=1000),
        days=(1, 1, 3, 10),
        past={("town", "consumption"): days_before(40, 40, 40)},
        series={("town", "demand"): (60, 80, 300, 500)},
        says={
            ("town", "return_flow"): (20, 20, 105, 312.5),
            ("lower drain", "throughput"): (20, 20, 105, 312.5),
            ("zone", "delivery"): (20, 20, 105, 312.5),
        },
    )


def boron() -> Case:
    """The river has 0.1 mg/L and the desalinated water 1.2, 0.5 are allowed: 0.7 x desalinated <= 0.4 x river.

    A fifth of the river's 50 leaks, so that 40 x 4/7 may be added; on the second day the river has 0.3, and 40 x 2/7; then
    the limit is 0.6, and 40 x 5/6.
    """
    return case(
        *desalinated_and_river(hard=True),
        days=(1, 1, 1),
        series={("boron", "concentration weir to town"): (0.1, 0.3, 0.1), ("boron", "limit"): (0.5, 0.5, 0.6)},
        says={
            ("plant to town", "outflow"): (40 * 4 / 7, 40 * 2 / 7, 40 * 5 / 6),
            ("weir to town", "outflow"): (40, 40, 40),
        },
    )


def boron_that_is_let_pass() -> Case:
    """The town is served first: 60 x 0.7 - 40 x 0.4 = 26 g a day beyond the limit."""
    return case(
        *desalinated_and_river(hard=False),
        days=(1, 10),
        policy=in_order(least("shortage"), least("exceedance")),
        says={("boron", "exceedance"): (26, 260), ("plant to town", "outflow"): (60, 600), ("weir to town", "inflow"): (50, 500)},
        goals={"shortage": 0, "exceedance": 286},
    )


def desalinated_and_river(**fields: object) -> tuple[Component, ...]:
    """A town of 100 a day with a desalination plant and a river that brings 50."""
    return (
        *river_to_sea(inflow=200),
        make("desalination_plant", "plant", capacity=100),
        pipe("weir", "town", capacity=50, leakage=0.2),
        pipe("plant", "town"),
        make("household_supply", "town", demand=100),
        make(
            "blending_limit",
            "boron",
            concentrations={"plant to town": 1.2, "weir to town": 0.1},
            limit=0.5,
            unit="mg/L of boron",
            **fields,
        ),
    )


def three_waters() -> Case:
    """Salt of 100, 400 and 1000 mg/L, 300 allowed: the fair water is mixed in before the bad.

    60 x 200 = 12 000 is what may be made up: 100 by each m3 of the second, 700 by the third. The second comes first: 80 take
    8000, and 4000 / 700 are left for the third.
    """
    salt = {"good to fork": 100, "fair to fork": 400, "bad to fork": 1000}
    return case(
        *(make("reclaimed_works", name, capacity=amount) for name, amount in (("good", 60), ("fair", 80), ("bad", 100))),
        *(pipe(name, "fork") for name in ("good", "fair", "bad")),
        make("junction", "fork"),
        pipe("fork", "town"),
        make("household_supply", "town", demand=200),
        make("blending_limit", "salt", concentrations=salt, limit=300, unit="mg/L"),
        days=(1, 10),
        says={("fair to fork", "outflow"): (80, 800)},
        goals={"shortage domestic": 11 * (60 - 4000 / 700)},
    )


CASES = (
    loss_by_length,
    short_break,
    late_start,
    filled_at_every_turn,
    turns_within_ten_days,
    the_same_turns_by_days,
    repaired_within_ten_days,
    the_same_repairs_by_days,
    closed_for_a_day,
    nothing_is_filled_twice,
    all_fields_irrigate,
    scattered_fields_join,
    whole_canals_join,
    turned_pipe,
    gravity_beside_pumps,
    slow_drains,
    boron,
    boron_that_is_let_pass,
    three_waters,
)
