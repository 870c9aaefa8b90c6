"""Each structure and rule alone, with an answer that a hand or a formula gives."""

import datetime as dt

from gallery.building import ANY, START, Case, canal, case, days_before, in_order, least, make, most, pipe, river_to_sea, zone
from waterbalance.network.state import Past
from waterbalance.policy.goal import Goal, Policy, Term


def leaky_bucket() -> Case:
    """A thousandth seeps and two thousandths evaporate a day: storage = 1000 x 0.997^day, then one step of ten days."""
    storage = (*(1000 * 0.997**day for day in range(1, 31)), 1000 * 0.997**30 * 0.97)
    return case(
        make("reservoir", "lake", capacity=2000, seepage_rate=0.001, surface_area=400, evaporation_depth=0.01),
        canal("lake", "zone"),
        zone(),
        days=(*[1] * 30, 10),
        stocks={("lake", "storage"): 1000},
        policy=in_order(least("spill")),
        says={("lake", "storage"): storage},
    )


def dead_pool() -> Case:
    """100 are stored and 40 of them are dead: 60 of 90 asked for can be had."""
    return case(
        make("reservoir", "lake", capacity=200, dead_storage=40),
        canal("lake", "zone"),
        zone(demand=30),
        days=(1, 1, 1),
        stocks={("lake", "storage"): 100},
        says={("lake", "storage"): (ANY, ANY, 40), ("lake", "below_dead_storage"): (0, 0, 0)},
        goals={"shortage agriculture": 30},
    )


def below_dead_pool() -> Case:
    """Found 10 below its dead pool, the lake must first fill: 5 a day come in, so it lacks 5, then none."""
    return case(
        make("reservoir", "lake", capacity=200, dead_storage=40, inflow=5),
        canal("lake", "zone"),
        zone(demand=30),
        days=(1, 1, 1),
        stocks={("lake", "storage"): 30},
        says={("lake", "below_dead_storage"): (5, 0, 0), ("zone", "delivery"): (0, 0, 5)},
    )


def spill_at_full() -> Case:
    """90 of 100 are full and 30 a day come in: 20 flow over on the first day, then all."""
    return case(
        make("reservoir", "lake", capacity=100, inflow=30, spill_to="sea"),
        make("outfall", "sea"),
        days=(1, 1, 2),
        stocks={("lake", "storage"): 90},
        policy=in_order(least("spill"), most("storage")),
        says={("lake", "spill"): (20, 30, 60), ("lake", "storage"): (100, 100, 100), ("sea", "outflow"): (20, 30, 60)},
        goals={"spill": 110},
    )


def delayed_reach() -> Case:
    """A day and a half on the way, over four steps of a day and one of ten; 50 a day were under way.

    The last step sees days 2.5 to 12.5: half of the third day, the fourth, and 8.5 of the last ten: 15 + 40 + 425. What
    entered in the last day and a half is still under way.
    """
    return case(
        make("weir", "weir"),
        make("river_reach", "river", source="weir", target="sea", travel_time=1.5),
        make("outfall", "sea"),
        days=(1, 1, 1, 1, 10),
        past={("river", "inflow"): days_before(50, 50)},
        series={("weir", "inflow"): (10, 20, 30, 40, 500)},
        policy=in_order(most("outflow")),
        says={("sea", "outflow"): (50, 30, 15, 25, 480), ("river", "under_way"): (35, 25, 40, 55, 75)},
    )


def canal_with_loss() -> Case:
    """A fifth seeps: of 100 that fit into the canal 80 arrive, where 90 are asked for."""
    return case(
        *river_to_sea(inflow=150),
        canal("weir", "zone", capacity=100, conveyance_loss=0.2),
        zone(demand=90),
        days=(1, 10),
        says={
            ("canal to zone", "inflow"): (100, 1000),
            ("zone", "delivery"): (80, 800),
            ("canal to zone", "conveyance_loss"): (20, 200),
            ("sea", "outflow"): (50, 500),
        },
        goals={"shortage agriculture": 110},
    )


def canal_with_filling() -> Case:
    """30 of the first 50 fill the canal, which then stays full."""
    return case(
        *river_to_sea(inflow=50),
        canal("weir", "zone", capacity=50, fill_volume=30),
        zone(demand=40),
        days=(1, 1, 1),
        stocks={("canal to zone", "running"): 0},
        says={("zone", "delivery"): (20, 40, 40), ("canal to zone", "running"): (1, 1, 1)},
        goals={"shortage agriculture": 20},
    )


def two_far_fields() -> Case:
    """45 for two fields behind canals that take 10 to fill: only the larger is worth it (20 lack, not 25 or 35)."""
    return case(
        make("reservoir", "lake", capacity=100),
        canal("lake", "small", capacity=50, fill_volume=10),
        canal("lake", "large", capacity=50, fill_volume=10),
        zone("small", demand=20),
        zone("large", demand=30),
        days=(1,),
        stocks={("lake", "storage"): 45, ("canal to small", "running"): 0, ("canal to large", "running"): 0},
        says={("small", "delivery"): (0,), ("large", "delivery"): (30,), ("lake", "storage"): (5,)},
        goals={"shortage agriculture": 20},
    )


def two_way_pipe() -> Case:
    """Each side has a dry day; a tenth leaks either way."""
    return case(
        make("reclaimed_works", "west works", capacity=100),
        make("reclaimed_works", "east works", capacity=100),
        pipe("west works", "west"),
        pipe("east works", "east"),
        make("junction", "west"),
        make("junction", "east"),
        pipe("west", "east", two_way=True, capacity=60, reverse_capacity=30, leakage=0.1),
        pipe("west", "west town"),
        pipe("east", "east town"),
        make("household_supply", "west town"),
        make("household_supply", "east town"),
        days=(1, 1),
        series={
            ("west works", "availability"): (1, 0),
            ("east works", "availability"): (0, 1),
            ("west town", "demand"): (40, 40),
            ("east town", "demand"): (50, 50),
        },
        says={
            ("west to east", "inflow"): (500 / 9, 0),
            ("west to east", "reverse_inflow"): (0, 30),
            ("west town", "shortage"): (0, 13),
        },
    )


def pump_energy() -> Case:
    """The river is lifted for 0.2 kWh and fills 50 a day; wells for 0.5 give the other 30."""
    return case(
        *river_to_sea(inflow=70),
        make("pump_station", "pumps", source="weir", target="town", capacity=50, energy_per_volume=0.2),
        make("well_field", "wells", capacity=60, energy_per_volume=0.5),
        pipe("wells", "town"),
        make("household_supply", "town", demand=80),
        days=(1, 3),
        says={("pumps", "inflow"): (50, 150), ("wells", "abstraction"): (30, 90), ("town", "shortage"): (0, 0)},
        goals={"energy": 100},
    )


def treatment_sludge() -> Case:
    """A twentieth goes with the sludge: 76 of 80 come out, and then what 50 ask for."""
    return case(
        *river_to_sea(inflow=120),
        pipe("weir", "works"),
        make("treatment_works", "works", capacity=80, sludge_loss=0.05, treatment_energy=0.1),
        pipe("works", "town"),
        make("household_supply", "town"),
        days=(1, 1),
        series={("town", "demand"): (90, 50)},
        says={
            ("works", "intake"): (80, 50 / 0.95),
            ("works", "sludge"): (4, 2.5 / 0.95),
            ("town", "shortage"): (14, 0),
            ("sea", "outflow"): (40, 120 - 50 / 0.95),
        },
    )


def wells_over_new_year() -> Case:
    """950 of 1000 are drawn; 40 a day are asked for. 50 for the last two days of the year, then the count starts again."""
    start = dt.date(2021, 12, 30)
    return case(
        make("well_field", "wells", capacity=60, annual_limit=1000),
        pipe("wells", "town"),
        make("household_supply", "town", demand=40),
        days=(1, 1, 1, 10),
        start=start,
        past={("wells", "abstraction"): (Past(dt.date(2021, 1, 1), start, 950),)},
        says={("wells", "abstraction"): (ANY, ANY, 40, 400)},
        goals={"shortage domestic": 30},
    )


def three_users_sharing() -> Case:
    """Three ask for 100 000 each of 100 000; a narrow pipe leaves A at 20 000, so B and C share the rest evenly."""
    return case(
        make("reclaimed_works", "works", capacity=1e5),
        pipe("works", "A", capacity=2e4),
        pipe("works", "B"),
        pipe("works", "C"),
        *(make("industry", name, demand=1e5) for name in "ABC"),
        days=(1,),
        policy=Policy(goals=(least("shortage", "industry", equity=True),), equity_tolerance=1e-9),
        says={("A", "delivery"): (2e4,), ("B", "delivery"): (4e4,), ("C", "delivery"): (4e4,)},
        goals={"shortage industry": 2e5},
    )


def downstream_first() -> Case:
    """The fields lie above the town and must let its water pass."""
    return case(
        make("weir", "upper weir", inflow=100),
        canal("upper weir", "zone"),
        zone(demand=80),
        make("river_reach", "upper river", source="upper weir", target="weir"),
        *river_to_sea(inflow=10),
        pipe("weir", "town"),
        make("household_supply", "town", demand=60),
        days=(1, 1),
        says={("town", "delivery"): (60, 60), ("zone", "delivery"): (50, 50), ("sea", "outflow"): (0, 0)},
    )


def hedging() -> Case:
    """400 before the first step are above both curves, 300 below the lower one, 250 (after half a supply) too."""
    return case(
        make("reservoir", "lake", capacity=1000),
        canal("lake", "zone"),
        zone(demand=100),
        make(
            "rule_curve",
            "curves",
            reservoirs=("lake",),
            users=("zone",),
            lower_curve=350,
            severe_curve=220,
            below_lower={"agriculture": 0.5},
            below_severe={"agriculture": 0.2},
        ),
        days=(1, 1, 1, 1),
        stocks={("lake", "storage"): 400},
        says={("zone", "delivery"): (100, 50, 50, 20), ("lake", "storage"): (300, 250, 200, 180)},
    )


def ramp() -> Case:
    """From yesterday's 20 a day the canal may rise by 10 a step: 30, 40, and 50 a day over ten days."""
    return case(
        *river_to_sea(inflow=200),
        canal("weir", "zone"),
        zone(demand=100),
        make("ramp_limit", "slowly", subject="canal to zone", rise=10, fall=10),
        days=(1, 1, 10),
        past={("canal to zone", "inflow"): days_before(20)},
        says={("canal to zone", "inflow"): (30, 40, 500)},
    )


def ramp_down() -> Case:
    """From yesterday's 50 a day the canal may fall by 15 a step, though the fields ask for nothing: 35, 20, and 5 a day."""
    return case(
        *river_to_sea(inflow=200),
        canal("weir", "zone"),
        zone(demand=0),
        make("ramp_limit", "slowly", subject="canal to zone", rise=5, fall=15),
        days=(1, 1, 10),
        past={("canal to zone", "inflow"): days_before(50)},
        policy=in_order(least("spill")),
        says={("canal to zone", "inflow"): (35, 20, 50)},
    )


def river_too_small() -> Case:
    """The river should keep 120 and has 100: it lacks 20 a day, and nobody else is given any."""
    return case(
        *river_to_sea(inflow=100),
        canal("weir", "zone"),
        zone(demand=50),
        make("minimum_flow", "ecology", subject="river", minimum=120),
        days=(1, 2),
        says={("ecology", "shortfall"): (20, 40), ("zone", "delivery"): (0, 0), ("river", "inflow"): (100, 200)},
    )


def rolling_right() -> Case:
    """100 within three days, 60 of them used in the last two: 40, 30, 30 and 40 again can be had of 50 a day."""
    return case(
        *river_to_sea(inflow=80),
        canal("weir", "zone"),
        zone(demand=50),
        make("water_right", "right", subjects=("canal to zone",), volume=100, window=3),
        days=(1, 1, 1, 1),
        past={("canal to zone", "inflow"): days_before(30, 30)},
        goals={"shortage agriculture": 60},
    )


def desalination_with_tank() -> Case:
    """The plant runs above half of its 100 or not at all: it makes 20 more than today's 30, and the tank keeps them."""
    return case(
        make("desalination_plant", "plant", capacity=100, minimum_load=0.5, energy_per_volume=3),
        pipe("plant", "tank"),
        make("balancing_tank", "tank", capacity=40),
        pipe("tank", "town"),
        make("household_supply", "town"),
        days=(1, 1),
        stocks={("tank", "storage"): 0},
        series={("town", "demand"): (30, 80)},
        says={("town", "shortage"): (0, 0), ("plant", "running"): (1, 1), ("tank", "storage"): (ANY, 0)},
        goals={"energy": 330},
    )


def fab_with_storage() -> Case:
    """The pipe fails for a day; the 90 on site bridge it, and are filled again afterwards if anybody asks."""
    return case(
        make("reclaimed_works", "works", capacity=100),
        pipe("works", "fab"),
        make("fab", "fab", demand=80, on_site_storage=90),
        days=(1, 1, 1),
        stocks={("fab", "storage"): 0},
        series={("works", "availability"): (1, 0, 1)},
        says={("fab", "consumption"): (ANY, ANY, 80)},
        goals={"shortage industry": 60},
    )


def return_flow_later() -> Case:
    """Half of the town's 60 comes back a day and a half later, and the fields live on it (yesterday: 40 a day)."""
    return case(
        make("reclaimed_works", "works", capacity=100),
        pipe("works", "town"),
        make("household_supply", "town", demand=60, return_fraction=0.5, return_to="drain", return_time=1.5),
        make("junction", "drain"),
        canal("drain", "zone"),
        make("river_reach", "river", source="drain", target="sea"),
        make("outfall", "sea"),
        zone(demand=25),
        days=(1, 1, 2),
        past={("town", "consumption"): days_before(40, 40)},
        says={("town", "return_flow"): (20, 25, 60), ("zone", "delivery"): (20, 25, 50), ("sea", "outflow"): (0, 0, 10)},
    )


def end_target() -> Case:
    """100 are stored, 80 shall be left, 10 a day come in: 40 of the fields' 60 can be had."""
    return case(
        make("reservoir", "lake", capacity=200, inflow=10),
        canal("lake", "zone"),
        zone(demand=30),
        days=(1, 1),
        stocks={("lake", "storage"): 100},
        series={("lake", "storage_target"): (0, 80)},
        says={("lake", "storage"): (ANY, 80), ("lake", "target_shortfall"): (0, 0)},
        goals={"shortage agriculture": 20},
    )


def look_ahead() -> Case:
    """Ten are stored: fields ask for them today, a fab tomorrow, worth a hundred times as much."""
    return case(
        make("reservoir", "lake", capacity=10),
        canal("lake", "zone"),
        pipe("lake", "fab"),
        zone(),
        make("fab", "fab"),
        days=(1, 1),
        stocks={("lake", "storage"): 10},
        series={("zone", "demand"): (10, 0), ("fab", "demand"): (0, 10)},
        policy=in_order(
            Goal(
                name="worth",
                terms=(
                    Term(measure="shortage", user_classes=("agriculture",)),
                    Term(measure="shortage", user_classes=("industry",), weight=100),
                ),
            )
        ),
        says={("zone", "delivery"): (0, 0), ("fab", "delivery"): (0, 10)},
        goals={"worth": 10},
    )


def benefits_by_date() -> Case:
    """Ten are stored and five a day may be released: on the dearest two of three days."""
    return case(
        make("reservoir", "lake", capacity=10, release_capacity=5),
        pipe("lake", "sea"),
        make("outfall", "sea"),
        days=(1, 1, 1),
        stocks={("lake", "storage"): 10},
        series={("lake", "price"): (3, 1, 2)},
        policy=in_order(Goal(name="income", sense="maximise", terms=(Term(measure="release", benefit="price"),))),
        says={("lake", "release"): (5, 0, 5)},
        goals={"income": 25},
    )


def new_pipe() -> Case:
    """A pipe of 40 a day goes into service on the third day, in the middle of the second step."""
    return case(
        make("reclaimed_works", "works", capacity=100),
        pipe("works", "town", capacity=40, in_service_from=START + dt.timedelta(days=2)),
        make("household_supply", "town", demand=40),
        days=(1, 2, 2),
        says={("town", "delivery"): (0, 40, 80)},
    )


def muddy_river() -> Case:
    """Above 2000 NTU 60 may be taken, above 5000 only 30."""
    return case(
        *river_to_sea(inflow=100),
        pipe("weir", "town"),
        make("household_supply", "town", demand=80),
        make(
            "turbidity_limit",
            "mud",
            subject="weir to town",
            weir="weir",
            limits=({"above": 2000, "at_most": 60}, {"above": 5000, "at_most": 30}),
        ),
        days=(1, 1, 1),
        series={("weir", "turbidity"): (100, 3000, 6000)},
        says={("town", "delivery"): (80, 60, 30)},
    )


CASES = (
    leaky_bucket,
    dead_pool,
    below_dead_pool,
    spill_at_full,
    delayed_reach,
    canal_with_loss,
    canal_with_filling,
    two_far_fields,
    two_way_pipe,
    pump_energy,
    treatment_sludge,
    wells_over_new_year,
    three_users_sharing,
    downstream_first,
    hedging,
    ramp,
    ramp_down,
    river_too_small,
    rolling_right,
    desalination_with_tank,
    fab_with_storage,
    return_flow_later,
    end_target,
    look_ahead,
    benefits_by_date,
    new_pipe,
    muddy_river,
)
