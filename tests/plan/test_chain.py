"""Why somebody is short: chains against what a hand sees in the gallery's networks, and prices against a program solved again."""

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse as sp
from hypothesis import given, settings

from gallery import GALLERY, Case, canal, case, in_order, least, make, pipe, river_to_sea, zone
from network.examples import EXAMPLES
from optimise.random_networks import random_cases
from repository import ROOT
from waterbalance.errors import UsageError
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.optimise.solve import solve
from waterbalance.plan.chain import Chain, why_short, worst_shortages
from waterbalance.plan.plan import Plan
from waterbalance.plan.prices import Ties
from waterbalance.policy.goal import Goal, Term
from waterbalance.policy.presets import drought_practice
from waterbalance.scenario.read import read_scenario


def planned(case: Case) -> Plan:
    return solve(case.network, case.state, case.forecasts, case.policy)


def told(chain: Chain | None) -> dict[tuple[str, str, str], tuple[float, tuple[int, ...]]]:
    assert chain is not None
    return {(each.kind, each.component, each.quantity): (round(each.limit, 3), each.steps) for each in chain.holds}


@pytest.mark.parametrize(
    ("name", "user", "step", "expected"),
    [
        ("canal_with_loss", "zone", 0, {("most", "canal to zone", "inflow"): (100, (0,))}),
        ("treatment_sludge", "town", 0, {("most", "works", "intake"): (80, (0,))}),
        # 100 in the lake and 40 that must stay; water of every day would help on the last one.
        (
            "dead_pool",
            "zone",
            2,
            {("water", "lake", "balance"): (100, (0, 1, 2)), ("rule", "lake", "dead_storage"): (40, (2,))},
        ),
        # The town below is served first.
        (
            "downstream_first",
            "zone",
            1,
            {
                ("water", "upper weir", "balance"): (100, (1,)),
                ("water", "weir", "balance"): (10, (1,)),
                ("held", "town", "shortage"): (0, (1,)),
            },
        ),
        # The river keeps 120.
        (
            "river_too_small",
            "zone",
            0,
            {("water", "weir", "balance"): (100, (0,)), ("rule", "ecology", "minimum"): (120, (0,))},
        ),
        # The well's year is over.
        ("wells_over_new_year", "town", 0, {("rule", "wells", "annual_limit"): (50, (1,))}),
        # It was stopped the day before, and may not run yet.
        (
            "stopped_the_day_before",
            "town",
            0,
            {("bars", "plant", "minimum_down_time"): (0, (0,)), ("switch", "plant", "running"): (0, (0,))},
        ),
        # 30 are asked for, and the pumps lift 40 or nothing.
        (
            "pumps_that_lift_at_least_forty",
            "town",
            1,
            {("switch", "pumps", "running"): (0, (1,)), ("asks", "pumps", "minimum_load"): (40, (1,))},
        ),
        # The crew can open one gate a day, and opens the large one.
        (
            "one_gate_a_day",
            "middle",
            0,
            {("switch", "crew", "may_move canal to middle"): (0, (0,)), ("bars", "crew", "moves_within"): (1, (0,))},
        ),
        # Fields that are met keep their water: no surplus.
        (
            "fields_first",
            "town",
            1,
            {
                ("switch", "met first", "all_served"): (0, (1,)),
                ("asks", "met first", "served zone"): (80, (1,)),
                ("most", "met first", "uncoupled"): (0, (1,)),
            },
        ),
        # It stands still on the day before, so that 30 of its 40 fill it again.
        (
            "closed_for_a_day",
            "zone",
            2,
            {
                ("most", "canal to zone", "inflow"): (40, (2,)),
                ("switch", "canal to zone", "running"): (0, (1,)),
                ("bars", "canal to zone", "dry_when_closed"): (0, (1,)),
            },
        ),
        # Nothing of the first goal lacks: its target leaves 20 to the fields.
        ("a_target_is_good_enough", "town", 0, {("leeway", "town", "shortage"): (20, (0,))}),
        # B could have more, but A could not.
        ("equal_percentage_stops_at_the_narrow_pipe", "B", 0, {("held", "B", "shortage"): (0, (0,))}),
        # 80 are under way, and 100 asked for.
        ("equal_percentage_spares_what_is_under_way", "A", 0, {("past", "A", "arrivals"): (80, (0,))}),
        # Of what its tanks hold, 80 are a reserve; wells to fab is closed.
        (
            "a_reserve_stays_in_the_tanks",
            "fab",
            0,
            {
                ("water", "fab", "balance"): (120, (0, 1, 2)),
                ("most", "wells to fab", "inflow"): (0, (0, 1, 2)),
                ("rule", "fab", "reserve"): (80, (2,)),
            },
        ),
        # Half of what is asked for is cut, since the light is orange.
        ("lights_one_after_another", "town", 7, {("cut", "lights", "curtailment town"): (5, (7,))}),
        # Announced before the plan, in force on its first day.
        ("back_from_orange", "town", 0, {("cut", "lights", "curtailment town"): (5, (0,))}),
        ("hedging", "zone", 3, {("cut", "curves", "supply zone"): (20, (3,))}),
    ],
)
def test_what_binds_in_the_gallery(name: str, user: str, step: int, expected: dict[tuple[str, str, str], object]) -> None:
    assert told(why_short(planned(GALLERY[name]()), user, step)) == expected


def lake_that_runs_empty() -> Case:
    """62.5 a day bring what the zone asks for; the lake's 90 do not last for three days, and then 80 come in."""
    return case(
        make("reservoir", "lake", capacity=100),
        canal("lake", "zone", capacity=70, conveyance_loss=0.2),
        zone(demand=50),
        days=(1, 1, 1, 1),
        stocks={("lake", "storage"): 90},
        series={("lake", "inflow"): (0, 0, 0, 80)},
        policy=in_order(least("shortage", "agriculture")),
    )


def test_a_storage_carries_scarcity_to_the_day_when_it_is_empty() -> None:
    """On any of the first three days, whoever asks hears that the lake is empty on the third; on the fourth there is enough."""
    plan = planned(lake_that_runs_empty())
    short = [t for t in range(4) if plan.values["zone", "shortage"][t] > 1]
    assert short
    assert 3 not in short
    for step in short:
        chain = why_short(plan, "zone", step)
        assert told(chain) == {("water", "lake", "balance"): (90, (0, 1, 2)), ("empty", "lake", "storage"): (0, (2,))}
        assert chain is not None
        assert [each.worth for each in chain.holds] == pytest.approx([0.8, 0.8])
    assert why_short(plan, "zone", 3) is None


def test_a_running_canal_is_not_held_back_by_a_start_that_it_does_not_need() -> None:
    """The lake has 60 where 80 are asked for, and the canal is full already."""
    made = case(
        make("reservoir", "lake", capacity=100),
        canal("lake", "zone", capacity=100, fill_volume=30),
        zone(demand=80),
        days=(1,),
        stocks={("lake", "storage"): 60, ("canal to zone", "running"): 1},
        policy=in_order(least("shortage", "agriculture")),
    )
    assert told(why_short(planned(made), "zone", 0)) == {
        ("water", "lake", "balance"): (60, (0,)),
        ("empty", "lake", "storage"): (0, (0,)),
    }


def test_pumps_that_stand_hold_water_back() -> None:
    """They need 50 to run, and the river has 30."""
    made = case(
        *river_to_sea(inflow=30),
        make("pump_station", "pumps", source="weir", target="town", capacity=100, minimum_load=0.5),
        make("household_supply", "town", demand=40),
        days=(1,),
        stocks={("pumps", "running"): 0},
        policy=in_order(least("shortage", "domestic")),
    )
    assert told(why_short(planned(made), "town", 0)) == {
        ("switch", "pumps", "running"): (0, (0,)),
        ("asks", "pumps", "minimum_load"): (50, (0,)),
    }


def test_water_that_is_still_to_be_sent_arrives_later() -> None:
    """A dry reach of a day and a half: on the first day nothing can have come, whatever the lake lets go."""
    made = case(
        make("reservoir", "lake", capacity=1000),
        make("river_reach", "reach", source="lake", target="weir", travel_time=1.5),
        *river_to_sea(),
        canal("weir", "zone"),
        zone("zone", demand=10),
        days=(1, 1, 1),
        stocks={("lake", "storage"): 500},
        policy=in_order(least("shortage", "agriculture")),
    )
    assert ("arrives", "weir", "balance") in told(why_short(planned(made), "zone", 0))


def test_the_tutorial_as_its_page_says() -> None:
    plan = plan_scenario(read_scenario(ROOT / "scenarios" / "tutorial")).plan
    assert worst_shortages(plan) == (("east_fields", 0), ("town", 0))
    assert told(why_short(plan, "town", 0)) == {("most", "town_pipe", "inflow"): (35_000, (0,))}
    fields = why_short(plan, "east_fields", 2)
    assert told(fields) == {
        ("water", "lake", "balance"): (480_000, (0, 1, 2, 3)),
        ("rule", "lake", "storage_target"): (150_000, (3,)),
        ("held", "town", "shortage"): (0, (0, 1, 2, 3)),
    }


def test_who_is_no_user_is_told() -> None:
    with pytest.raises(UsageError, match="no shortage"):
        why_short(planned(GALLERY["canal_with_loss"]()), "weir", 0)


WORTH = Goal(
    name="worth",
    terms=(
        Term(measure="shortage", user_classes=("agriculture",), weight=1.0),
        Term(measure="shortage", user_classes=("domestic",), weight=10.0),
    ),
)


def dry_valley() -> Case:
    return case(
        make("reservoir", "lake", capacity=300, seepage_rate=0.02, dead_storage=5),
        canal("lake", "zone", capacity=20, conveyance_loss=0.25),
        zone(demand=30),
        make("river_reach", "river", source="lake", target="weir", travel_time=1, conveyance_loss=0.1),
        make("weir", "weir"),
        make("river_reach", "lower river", source="weir", target="sea"),
        make("outfall", "sea"),
        make("minimum_flow", "keep", subject="lower river", minimum=2),
        pipe("weir", "town", capacity=20),
        make("household_supply", "town"),
        days=(1, 1, 1, 3),
        stocks={("lake", "storage"): 50},
        series={("lake", "inflow"): (10, 0, 20, 30), ("weir", "inflow"): (5, 5, 0, 0), ("town", "demand"): (17, 23, 19, 55)},
        policy=in_order(WORTH),
    )


def best(ties: Ties, cost: np.ndarray, columns: dict[int, float], rows: dict[int, float]) -> float:
    """The goal by another solver call, with some bounds and sides moved."""
    lower, upper = ties.lower.copy(), ties.upper.copy()
    row_lower, row_upper = ties.row_lower.copy(), ties.row_upper.copy()
    for column, by in columns.items():
        lower[column], upper[column] = lower[column] + by, upper[column] + by
    for row, by in rows.items():
        row_lower[row], row_upper[row] = row_lower[row] + by, row_upper[row] + by
    body = scipy.optimize.LinearConstraint(sp.csc_array(ties.matrix), row_lower, row_upper)
    found = scipy.optimize.milp(cost, constraints=body, bounds=scipy.optimize.Bounds(lower, upper))
    assert found.success
    return float(found.fun)


def test_every_price_is_what_the_goal_would_gain() -> None:
    """Prices of bounds and rows lie between what a little more brings and what a little less costs."""
    plan = planned(dry_valley())
    ties, prices = plan.ties, plan.ranks[0].prices
    assert ties is not None
    cost = prices.cost.dense(len(ties.lower))
    now, little = best(ties, cost, {}, {}), 1e-3
    assert now == pytest.approx(plan.ranks[0].value)
    tried = 0
    for index, value in zip(prices.row.index, prices.row.value, strict=True):
        more, less = (best(ties, cost, {}, {int(index): by}) for by in (little, -little))
        assert (now - less) / little - 1e-5 <= value <= (more - now) / little + 1e-5
        tried += 1
    for index, value in zip(prices.column.index, prices.column.value, strict=True):
        held = ties.upper[index] if value < 0 else ties.lower[index]
        assert np.isfinite(held)
        if value > 0:
            continue
        more, less = (best(ties, cost, {int(index): by}, {}) for by in (little, -little))
        assert (now - less) / little - 1e-5 <= value <= (more - now) / little + 1e-5
        tried += 1
    assert tried > 20


def test_a_limit_reads_the_way_it_is_meant() -> None:
    """-x <= -5 is x >= 5; y - x <= 3, y - x >= -2 and x + y = 4 stay as they are."""
    ties = Ties(
        rows=tuple(("it", name) for name in ("least", "change", "back", "sum")),
        columns=(("it", "x"), ("it", "y")),
        matrix=sp.csr_array(np.array([[-1.0, 0.0], [-1.0, 1.0], [-1.0, 1.0], [1.0, 1.0]])),
        row_lower=np.array([-np.inf, -np.inf, -2.0, 4.0]),
        row_upper=np.array([-5.0, 3.0, np.inf, 4.0]),
        lower=np.zeros(2),
        upper=np.full(2, np.inf),
        switch=(),
        units={},
    )
    assert [ties.side(row) for row in range(4)] == [5.0, 3.0, -2.0, 4.0]
    assert [ties.is_limit(row) for row in range(4)] == [True, True, True, False]


def each_chain(plan: Plan) -> list[tuple[str, int, Chain]]:
    """Of every user in every step in which it lacks something."""
    users = [component for component, quantity in plan.values if quantity == "shortage"]
    chains = [(user, step, why_short(plan, user, step)) for user in users for step in range(len(plan.horizon))]
    return [(user, step, chain) for user, step, chain in chains if chain is not None]


@pytest.mark.parametrize("name", GALLERY)
def test_every_reason_is_true_of_the_plan(name: str) -> None:
    """A bound is reached, a switch stands as told, numbers have no unit of water; and where a goal counts, there is a reason."""
    plan = planned(GALLERY[name]())
    assert plan.ties is not None
    for user, step, chain in each_chain(plan):
        assert bool(chain.holds) == (chain.rank > 0), (user, step)
        for hold in chain.holds:
            key, nearest = (hold.component, hold.quantity), min(hold.steps, key=lambda t: (abs(t - step), t))
            if hold.kind in {"most", "least", "full", "empty", "switch", "cut"}:
                assert plan.values[key][nearest] == pytest.approx(hold.limit, rel=1e-6, abs=1e-3), hold
                assert hold.unit == plan.ties.units.get(key), hold
            if hold.kind == "switch":
                assert all(plan.values[key][t] == pytest.approx(hold.limit, abs=1e-6) for t in hold.steps), hold
                assert plan.units[key] == "1"
            if hold.kind == "bars":
                assert hold.unit in {"1", "day"}, hold
            if hold.kind in {"others", "held"}:
                assert hold.component in {component for component, _ in plan.values}, hold


@given(random_cases(drought_practice()))
@settings(max_examples=10, deadline=None)
def test_no_shortage_of_a_random_network_is_without_a_reason(made: Case) -> None:
    for user, step, chain in each_chain(planned(made)):
        assert bool(chain.holds) == (chain.rank > 0), (user, step)


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_shortage_of_an_example_is_without_a_reason(name: str) -> None:
    for user, step, chain in each_chain(EXAMPLES[name].plan):
        assert bool(chain.holds) == (chain.rank > 0), (user, step)


def test_a_place_that_is_met_from_several_sides_has_its_water_once() -> None:
    """Two lakes of 30,000 and 10,000 with 1,000 a day into the first, and a town that could take all on any of four days."""
    made = case(
        make("reservoir", "A", capacity=1e6),
        make("reservoir", "B", capacity=1e6),
        pipe("A", "town"),
        pipe("B", "town"),
        make("household_supply", "town", demand=50_000),
        days=(1, 1, 1, 1),
        stocks={("A", "storage"): 30_000, ("B", "storage"): 10_000},
        series={("A", "inflow"): (1000,) * 4},
        policy=in_order(least("shortage", "domestic")),
    )
    chain = why_short(planned(made), "town", 0)
    assert chain is not None
    assert {hold.component: hold.limit for hold in chain.holds if hold.kind == "water"} == {"A": 34_000, "B": 10_000}
