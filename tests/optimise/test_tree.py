"""A plan for several futures: against models of every member tied together, against hands, and against the audit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from gallery import COMMON, GALLERY, Case, case, in_order, least, make, pipe, zone
from optimise.fans import Key, expected, fan, scaled_members
from optimise.judge import by_pyomo, by_tiling
from optimise.random_networks import random_cases
from waterbalance.errors import InputError, NoPlanError, UsageError
from waterbalance.forecast.fan import Fan
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.horizon import Floats
from waterbalance.optimise.compile import compile_step
from waterbalance.optimise.foresight import compared
from waterbalance.optimise.links import Weights
from waterbalance.optimise.solve import Planner, solve
from waterbalance.optimise.tree import Tree
from waterbalance.plan.audit import audit
from waterbalance.plan.audit_branches import audit_branches
from waterbalance.plan.plan import Ensemble, Plan
from waterbalance.policy.goal import Goal, Policy, Term
from waterbalance.policy.presets import drought_practice
from waterbalance.solver.highs import RELATIVE_GAP

LAKE_INFLOW: Key = ("lake", "inflow")


def newsvendor() -> Case:
    """100 are stored. The factory wants them today, the town tomorrow, where a cubic metre short hurts three times as much."""
    policy = Policy(
        goals=(
            Goal(
                name="shortage",
                terms=(
                    Term(measure="shortage", components=("factory",), weight=1),
                    Term(measure="shortage", components=("town",), weight=3),
                ),
            ),
        ),
        smallest_change=False,
    )
    return case(
        make("reservoir", "lake", capacity=300, spill_to="sea"),
        make("outfall", "sea"),
        pipe("lake", "factory"),
        pipe("lake", "town"),
        zone("factory", user_class="industry"),
        zone("town", user_class="domestic"),
        days=(1, 1),
        stocks={("lake", "storage"): 100},
        series={LAKE_INFLOW: (0, 60), ("factory", "demand"): (100, 0), ("town", "demand"): (0, 100)},
        policy=policy,
    )


def wet_or_dry(dry: float) -> Fan:
    """Tomorrow 100 come in, or nothing with a probability of `dry`."""
    return fan(newsvendor(), 1, (1 - dry, dry), {LAKE_INFLOW: ((0, 100), (0, 0))})


def planned(made: Case, futures: Fan) -> Plan:
    plan = solve(made.network, made.state, futures, made.policy)
    assert audit_branches(plan, made.network, futures.paths) == ()
    return plan


def ensemble_of(plan: Plan) -> Ensemble:
    assert plan.ensemble is not None
    return plan.ensemble


@pytest.mark.parametrize(("dry", "kept", "cost"), [(0.3, 0, 90), (0.4, 100, 100)])
def test_water_is_kept_for_the_dry_future_where_that_is_worth_it(dry: float, kept: float, cost: float) -> None:
    """A cubic metre that is kept costs 1 today and saves 3 with the probability of the dry future: kept from a third on."""
    plan = planned(newsvendor(), wet_or_dry(dry))
    assert plan.values["lake", "storage"][0] == pytest.approx(kept, abs=1e-6)
    assert plan.ranks[0].value == pytest.approx(cost)
    assert expected(plan, ("factory", "shortage")) + 3 * expected(plan, ("town", "shortage")) == pytest.approx(cost)


def test_of_ten_futures_the_critical_one_is_provided_for() -> None:
    """Inflows of 0, 10, ... 90: kept until fewer than a third of them leave the town short; from 30 on nobody is."""
    inflows = [(0.0, 10.0 * number) for number in range(10)]
    plan = planned(newsvendor(), fan(newsvendor(), 1, [0.1] * 10, {LAKE_INFLOW: inflows}))
    assert plan.values["lake", "storage"][0] == pytest.approx(70)
    assert plan.ranks[0].value == pytest.approx(70 + 3 * 0.1 * (30 + 20 + 10))


def test_what_planning_for_two_futures_is_worth() -> None:
    """For 60 the lake would keep 40: 40 + 3 x 0.4 x 60 = 112 instead of 100. Known ahead only the dry future costs 100."""
    made, futures = newsvendor(), wet_or_dry(0.4)
    planner = Planner(made.network)
    plan = planner.plan(made.state, futures, made.policy)
    (goal,) = ensemble_of(compared(planner, plan, made.state, futures, made.policy)).goals
    assert (goal.value, goal.by_one_value, goal.known_ahead) == pytest.approx((100, 112, 40))


def test_prices_are_those_of_the_day_whichever_future_comes() -> None:
    """With a third of dry futures or less the next cubic metre goes to the factory (1); else the town (3 x 0.4)."""
    for dry, today in ((0.3, 1.0), (0.4, 1.2)):
        value = planned(newsvendor(), wet_or_dry(dry)).ranks[0].water_value["lake"]
        assert value[0] == pytest.approx(today)
        assert value[1] == pytest.approx(3 * dry)


def futures_of(made: Case, factors: tuple[float, ...] = (1.0, 0.4, 1.5), common: int = 1) -> Fan:
    """Every inflow is what was expected, less than half of it, or half as much again."""
    inflows = {key for key in made.forecasts.series if key[1] in {"inflow", "demand"}}
    members = {key: values for each in inflows for key, values in scaled_members(made, each, factors).items()}
    return fan(made, min(common, len(made.forecasts.horizon)), (0.5, 0.2, 0.3), members)


VARYING = [
    name
    for name, make_case in GALLERY.items()
    if len(make_case().forecasts.horizon) > 2 and any(key[1] in {"inflow", "demand"} for key in make_case().forecasts.series)
]


def same(made: Case, futures: Fan, tolerance: float = 1e-9) -> bool:
    """Both routes agree; where a future has no plan there is nothing to compare."""
    try:
        tiled = by_tiling(made, futures)
    except AssertionError:
        return False
    assert tiled.values == pytest.approx(by_pyomo(made, tiled, futures), rel=tolerance, abs=tolerance * tiled.scale)
    assert tiled.missed < 1e-9
    return True


def test_the_gallery_with_three_futures() -> None:
    """Delays, windows, licences, switches: every link along its own path."""
    judged = [name for name in VARYING if same(GALLERY[name](), futures_of(GALLERY[name]()))]
    assert len(judged) > 10, judged


def test_plans_of_the_gallery_for_three_futures_are_sound() -> None:
    """With switches decided for each future, stages and shares of its own, too."""
    for name in VARYING:
        planned(GALLERY[name](), futures_of(GALLERY[name]()))


def test_a_rule_that_knows_what_is_to_come_is_noticed() -> None:
    """On the second day one future expects 40 the day after and the other nothing: what the rule expects then is neither."""
    made = GALLERY["rain_is_expected"]()
    dry = Forecasts(made.forecasts.horizon, {LAKE_INFLOW: Forecast(np.zeros((4, 1)), "dry")})
    made = replace(made, forecasts=dry)
    futures = fan(made, 2, (0.6, 0.4), {LAKE_INFLOW: ((0, 0, 40, 0), (0, 0, 0, 0))})
    plan = solve(made.network, made.state, futures, made.policy)
    found = audit_branches(plan, made.network, futures.paths)
    assert any("outlook_inflow does not add up; found 24; allowed: 40" in str(each) for each in found), found


@settings(max_examples=25, deadline=None, derandomize=True)
@given(random_cases())
def test_random_networks_with_three_futures(made: Case) -> None:
    switched = compile_step(made.network).integer.any()
    same(made, futures_of(made, common=1 + len(made.forecasts.horizon) // 2), RELATIVE_GAP if switched else 1e-9)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(random_cases(drought_practice()))
def test_every_future_is_a_sound_plan_and_they_part_when_they_may(made: Case) -> None:
    futures = futures_of(made, common=2)
    plan = solve(made.network, made.state, futures, made.policy)
    assert audit_branches(plan, made.network, futures.paths) == ()
    assert audit(plan, made.network, futures.paths[0]) == ()
    for branch in ensemble_of(plan).branches:
        for key, values in branch.plan.values.items():
            assert (values[: futures.common_steps] == plan.values[key][: futures.common_steps]).all(), key


@settings(max_examples=15, deadline=None, derandomize=True)
@given(random_cases(COMMON))
def test_planning_for_the_futures_is_worth_something_or_nothing_and_so_is_knowing_them(made: Case) -> None:
    """In the first goal that differs: later ones may pay for it."""
    futures, planner = futures_of(made, common=1), Planner(made.network, switch_steps=0)
    plan = planner.plan(made.state, futures, made.policy)
    goals = ensemble_of(compared(planner, plan, made.state, futures, made.policy)).goals
    room = 1e-6 * max(abs(values).max() for values in plan.values.values())
    for better, worse in (("value", "by_one_value"), ("known_ahead", "value")):
        pairs = [(getattr(goal, better), getattr(goal, worse)) for goal in goals if getattr(goal, worse) is not None]
        differing = next(((one, other) for one, other in pairs if abs(one - other) > room), (0.0, 0.0))
        assert differing[0] <= differing[1], goals


@pytest.mark.parametrize("name", ["leaky_bucket", "dead_pool", "delayed_reach"])
def test_equal_futures_are_one(name: str) -> None:
    made = GALLERY[name]()
    alone = solve(made.network, made.state, made.forecasts, made.policy)
    together = planned(made, fan(made, 1, (0.2, 0.5, 0.3), {}))
    assert [rank.value for rank in together.ranks] == pytest.approx([rank.value for rank in alone.ranks], rel=1e-9, abs=1e-6)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(random_cases(drought_practice()))
def test_equal_futures_are_the_plan_without_them(made: Case) -> None:
    alone = solve(made.network, made.state, made.forecasts, made.policy)
    together = solve(made.network, made.state, fan(made, 1, (0.2, 0.5, 0.3), {}), made.policy)
    scale = max(np.abs(values).max() for values in alone.values.values())
    assert [rank.value for rank in together.ranks] == pytest.approx(
        [rank.value for rank in alone.ranks], rel=1e-5, abs=1e-5 * scale
    )


def permuted(futures: Fan, order: list[int]) -> Fan:
    def of(values: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(values[number] for number in order)

    paths = tuple(futures.paths[number] for number in order)
    return replace(futures, paths=paths, probability=of(futures.probability), members=tuple(order))


def test_the_order_of_the_futures_does_not_matter() -> None:
    inflows = [(0.0, 10.0 * number) for number in range(10)]
    futures = fan(newsvendor(), 1, [0.1] * 10, {LAKE_INFLOW: inflows})
    plan = planned(newsvendor(), futures)
    other = planned(newsvendor(), permuted(futures, [7, 2, 9, 0, 1, 8, 3, 6, 5, 4]))
    assert other.ranks[0].value == pytest.approx(plan.ranks[0].value, rel=1e-12)
    for key, values in plan.values.items():
        assert other.values[key][0] == pytest.approx(values[0], abs=1e-6), key
    of_member = {each.member: each.plan for each in ensemble_of(other).branches}
    for branch in ensemble_of(plan).branches:
        assert of_member[branch.member].values["town", "shortage"] == pytest.approx(
            branch.plan.values["town", "shortage"], abs=1e-6
        )


def test_the_worst_future_comes_first_where_shortages_are_shared() -> None:
    """100 stored for three steps that want 100 each; the second one brings 260 or, one time in ten, 20.

    The dry future has 120 for 300: it lacks 60 each time, and so does the first step of both. The wet one then lacks nothing.
    """
    policy = Policy(
        goals=(least("shortage", "agriculture", equity=True), least("spill")), smallest_change=False, equity_tolerance=1e-6
    )
    made = case(
        make("reservoir", "lake", capacity=500, spill_to="sea"),
        make("outfall", "sea"),
        pipe("lake", "zone"),
        zone(),
        days=(1, 10, 10),
        stocks={("lake", "storage"): 100},
        series={LAKE_INFLOW: (0, 20, 0), ("zone", "demand"): (100, 100, 100)},
        policy=policy,
    )
    futures = fan(made, 1, (0.9, 0.1), {LAKE_INFLOW: ((0, 260, 0), (0, 20, 0))})
    plan = planned(made, futures)
    wet, dry = (branch.plan.values["zone", "shortage"] for branch in ensemble_of(plan).branches)
    assert dry == pytest.approx([60, 60, 60], abs=1e-2)
    assert wet == pytest.approx([dry[0], 0, 0], abs=1e-2)


def test_an_entry_from_another_branch_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One weight of the wet future looks at the lake of the dry one: the books of that branch do not close."""
    grown = Tree.grown

    def crossed(tree: Tree, weights: Weights) -> Weights:
        right = grown(tree, weights)
        source = right.source_step.copy()
        # Node 3 is the last day of the first branch; it looks at node 2, the day before, and shall look at node 4.
        entry = np.flatnonzero((right.step == 3) & (right.source_step == 2))
        assert len(entry) == 1
        source[entry] = 4
        return replace(right, source_step=source)

    monkeypatch.setattr(Tree, "grown", crossed)
    made = case(
        make("reservoir", "lake", capacity=300, spill_to="sea"),
        make("outfall", "sea"),
        pipe("lake", "zone"),
        zone(),
        days=(1, 1, 1, 1),
        stocks={("lake", "storage"): 100},
        series={LAKE_INFLOW: (0, 0, 0, 0), ("zone", "demand"): (50, 50, 50, 50)},
        policy=in_order(least("shortage", "agriculture")),
    )
    futures = fan(made, 2, (0.5, 0.5), {LAKE_INFLOW: ((0, 0, 40, 40), (0, 0, 10, 10))})
    plan = solve(made.network, made.state, futures, made.policy)
    found = audit_branches(plan, made.network, futures.paths)
    assert found
    assert all(each.what.startswith("member 0: ") for each in found), found


def test_branches_that_part_too_early_are_noticed() -> None:
    futures = wet_or_dry(0.4)
    plan = planned(newsvendor(), futures)
    branches = ensemble_of(plan).branches
    values: dict[Key, Floats] = dict(branches[1].plan.values)
    values["lake to factory", "inflow"] = values["lake to factory", "inflow"] + np.array([1.0, 0.0])
    early = replace(branches[1], plan=replace(branches[1].plan, values=values))
    crooked = replace(plan, ensemble=replace(ensemble_of(plan), branches=(branches[0], early)))
    found = audit_branches(crooked, newsvendor().network, futures.paths)
    assert any("differs before members part" in each.what for each in found)


def test_a_future_without_a_plan_is_named() -> None:
    """The pipe takes 20 and nothing else leaves the weir; the second future brings 90."""
    made = case(
        make("weir", "weir"),
        pipe("weir", "zone", capacity=20),
        zone(demand=20),
        days=(1, 1),
        series={("weir", "inflow"): (10, 10)},
    )
    futures = fan(made, 1, (0.5, 0.5), {("weir", "inflow"): ((10, 10), (10, 90))})
    with pytest.raises(NoPlanError, match="member 1"):
        solve(made.network, made.state, futures, made.policy)


def test_what_is_no_fan_is_refused() -> None:
    paths = wet_or_dry(0.4).paths
    with pytest.raises(UsageError, match="together one"):
        Fan(paths[0], paths, (0.5, 0.4), 1, (0, 1))
    with pytest.raises(UsageError, match="no more common steps"):
        Fan(paths[0], paths, (0.5, 0.5), 3, (0, 1))
    made = newsvendor()
    wrong = replace(made.forecasts, series={**made.forecasts.series, ("nobody", "inflow"): made.forecasts.series[LAKE_INFLOW]})
    with pytest.raises(InputError, match="does not exist"):
        solve(made.network, made.state, replace(wet_or_dry(0.4), paths=(paths[0], wrong)), made.policy)
