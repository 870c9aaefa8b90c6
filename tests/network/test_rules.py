"""Rules beyond their examples: stages, service dates, windows that start again."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from network.example import HORIZON, IN_ORDER, START, Example, make, pipe, river, wells, yesterday
from network.examples import EXAMPLES
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.horizon import Horizon, plan_horizon
from waterbalance.network.component import Component
from waterbalance.network.rules.rule_curve import FREE_PASSES, RuleCurve
from waterbalance.network.state import Past, State
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import Book, audit
from waterbalance.plan.plan import Plan

SECOND_STEP = dt.date(2021, 3, 11)


def sound(example: Example) -> Plan:
    """The plan, after the audit has found nothing."""
    assert [str(finding) for finding in audit(example.plan, example.network, example.forecasts)] == []
    return example.plan


def with_rule(kind: str, **changes: object) -> Example:
    """The example of a rule with some of its fields changed."""
    example = EXAMPLES[kind]
    components = tuple(
        type(each).model_validate({**each.model_dump(), **changes}) if each.type_name() == kind else each
        for each in example.components
    )
    return replace(example, components=components)


def hedged(storage: float, *users: Component, demand: float = 100.0, **changes: object) -> Example:
    """A lake with two users and a rule curve; the demand is the same in both steps."""
    everybody = users or (make("household_supply", "town"), make("irrigation_zone", "zone", area=1))
    names = tuple(user.name for user in everybody)
    rule = {
        "reservoirs": ("lake",),
        "users": names,
        "lower_curve": 400,
        "severe_curve": 200,
        "below_lower": {"domestic": 0.9, "agriculture": 0.5},
        "below_severe": {"domestic": 0.8, "agriculture": 0.1},
        **changes,
    }
    components = (
        make("reservoir", "lake", capacity=1000),
        *everybody,
        *(pipe("lake", name) for name in names),
        make("rule_curve", "rule", **rule),
    )
    series = {(name, "demand"): (demand, demand) for name in names}
    return Example(components, {}, stocks={("lake", "storage"): storage}, series=series)


def test_each_class_is_cut_by_its_stage() -> None:
    plan = sound(hedged(350))
    # Stage 1: 90 + 50 leave 210, still above the severe curve: the second step has the same stage.
    assert plan.values["town", "delivery"].round(3).tolist() == [90, 90]
    assert plan.values["zone", "delivery"].round(3).tolist() == [50, 50]
    assert plan.givens["rule", "stage"].tolist() == [1, 1]


def test_the_severe_stage_follows_the_storage() -> None:
    plan = sound(hedged(320))
    # 90 + 50 leave 180: below the severe curve, so that the second step gives 80 + 10.
    assert plan.values["town", "delivery"].round(3).tolist() == [90, 80]
    assert plan.values["zone", "delivery"].round(3).tolist() == [50, 10]
    assert plan.givens["rule", "stage"].tolist() == [1, 2]
    assert plan.passes > 1
    assert not plan.notes


def test_a_cut_that_keeps_the_storage_above_the_severe_curve_is_enough() -> None:
    """Uncut, the first day leaves 150 of 350, below the severe curve of 200; cut to 90 + 50 it leaves 210, and that will do."""
    first_day = Horizon(HORIZON.edges[:2])

    def left(example: Example) -> float:
        series = {key: Forecast(np.array(pair[:1])[:, None], "by hand") for key, pair in example.series.items()}
        plan = solve(example.network, example.state, Forecasts(first_day, series), IN_ORDER)
        assert audit(plan, example.network) == ()
        return float(plan.values["lake", "storage"][0])

    assert left(hedged(350, in_service_until=dt.date(2020, 1, 1))) == pytest.approx(150)
    assert left(hedged(350)) == pytest.approx(210)
    assert sound(hedged(350)).values["lake", "storage"] == pytest.approx([210, 70])
    assert sound(hedged(350)).givens["rule", "stage"].tolist() == [1, 1]


def test_no_stage_may_cut_lifelines() -> None:
    with pytest.raises(ValueError, match="lifelines are cut by no stage"):
        hedged(350, below_lower={"lifeline": 0.9})
    assert hedged(350, below_lower={"lifeline": 1.0, "agriculture": 0.5})


@pytest.mark.parametrize(("storage", "lower", "severe"), [(900, 600, 300), (700, 600, 300), (500, 400, 200), (300, 600, 300)])
def test_over_a_season_every_stage_is_what_the_storages_ask_for(storage: float, lower: float, severe: float) -> None:
    horizon = plan_horizon(dt.date(2021, 1, 1))
    inflow = np.random.default_rng(1).gamma(2.0, 1.0, len(horizon)) * horizon.days
    series = {
        ("town", "demand"): 2.5 * horizon.days,
        ("zone", "demand"): 4.0 * horizon.days,
        ("lake", "inflow"): inflow,
    }
    forecasts = Forecasts(horizon, {key: Forecast(values[:, None], "by hand") for key, values in series.items()})
    example = hedged(storage, lower_curve=lower, severe_curve=severe)
    plan = solve(example.network, State(horizon.start, example.stocks), forecasts, IN_ORDER)
    before = np.concatenate([[storage], plan.values["lake", "storage"][:-1]])
    asked_for = np.where(before < severe, 2, np.where(before < lower, 1, 0))
    assert set(asked_for) > {1} or set(asked_for) > {0}
    assert plan.givens["rule", "stage"].tolist() == asked_for.tolist()
    assert audit(plan, example.network, forecasts) == ()


def test_after_some_passes_a_stage_that_is_announced_stays() -> None:
    example = hedged(350)
    rule = next(each for each in example.components if isinstance(each, RuleCurve))
    plan = example.plan
    severe = replace(plan, givens={**plan.givens, ("rule", "stage"): np.array([2.0, 2.0])})
    for passes, stage in ((1, [1, 1]), (FREE_PASSES, [1, 1]), (FREE_PASSES + 1, [2, 2])):
        book = Book(example.network, replace(severe, passes=passes))
        assert rule.revise(book)["stage"].tolist() == stage


def test_the_audit_objects_to_a_stage_that_is_too_mild() -> None:
    example = hedged(320)
    mild = replace(example.plan, givens={**example.plan.givens, ("rule", "stage"): np.array([1.0, 1.0])})
    (finding,) = audit(mild, example.network)
    assert "stage is outside of its limits" in str(finding)


def test_a_table_announces_a_stage_above_the_curves() -> None:
    example = hedged(900)
    assert sound(example).values["zone", "shortage"].round(3).tolist() == [0, 0]
    announced = replace(example, series={**example.series, ("rule", "announced_stage"): (0, 2)})
    plan = sound(announced)
    assert plan.values["zone", "delivery"].round(3).tolist() == [100, 10]
    assert plan.givens["rule", "stage"].tolist() == [0, 2]


def test_tables_take_the_place_of_the_curves() -> None:
    example = hedged(900)
    curves = {("rule", "lower_curve"): (950, 100), ("rule", "severe_curve"): (0, 0)}
    plan = sound(replace(example, series={**example.series, **curves}))
    assert plan.givens["rule", "stage"].tolist() == [1, 0]
    assert plan.values["zone", "delivery"].round(3).tolist() == [50, 100]


def test_several_storages_are_added_up() -> None:
    example = hedged(250, reservoirs=("lake", "pond"))
    pond = (make("reservoir", "pond", capacity=1000), pipe("pond", "lake"))
    stocks = {**example.stocks, ("pond", "storage"): 250}
    plan = sound(replace(example, components=(*example.components, *pond), stocks=stocks))
    assert plan.givens["rule", "stage"][0] == 0
    assert plan.givens["rule", "stage"][1] == 1


def test_without_a_stage_a_fab_may_fill_its_tanks() -> None:
    fab = make("fab", "fab", on_site_storage=500)
    example = hedged(900, fab, make("irrigation_zone", "zone", area=1), below_lower={}, below_severe={})
    example = replace(
        example,
        components=tuple(
            type(each).model_validate({**each.model_dump(), "capacity": 40.0}) if each.name == "lake to fab" else each
            for each in example.components
        ),
        stocks={**example.stocks, ("fab", "storage"): 0},
        series={**example.series, ("fab", "demand"): (0, 440)},
    )
    plan = sound(example)
    # The pipe brings 40 a day: the first day fills the tanks for the ten days of 44.
    assert plan.values["fab", "delivery"].round(3).tolist() == [40, 400]
    assert plan.values["fab", "shortage"].round(3).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("kind", "key", "free"),
    [
        ("ramp_limit", ("canal", "inflow"), (100, 1000)),
        ("turbidity_limit", ("canal", "inflow"), (80, 800)),
        ("water_right", ("right", "use"), (80, 500)),
        ("minimum_flow", ("zone", "delivery"), (80, 800)),
        ("rule_curve", ("zone", "delivery"), (100, 100)),
    ],
)
def test_a_rule_out_of_service_limits_nothing(kind: str, key: tuple[str, str], free: tuple[float, float]) -> None:
    plan = sound(with_rule(kind, in_service_from=dt.date(2022, 1, 1)))
    assert plan.values[key].round(3).tolist() == list(free)
    ended = sound(with_rule(kind, in_service_until=dt.date(2020, 12, 31)))
    assert ended.values[key].round(3).tolist() == list(free)


def test_a_rule_that_ends_between_the_steps_limits_only_the_first() -> None:
    plan = sound(with_rule("ramp_limit", in_service_until=START))
    assert plan.values["canal", "inflow"].round(3).tolist() == [30, 1000]
    plan = sound(with_rule("turbidity_limit", in_service_from=SECOND_STEP))
    assert plan.values["canal", "inflow"].round(3).tolist() == [80, 800]


def test_a_flow_may_fall_no_faster_than_allowed() -> None:
    # Yesterday 100 ran; the zone asks for nothing, but the canal may fall by 10 a day and step only.
    example = Example(
        (
            *river(100),
            make("canal", "canal", source="weir", target="fork"),
            make("junction", "fork"),
            pipe("fork", "zone"),
            make("river_reach", "waste", source="fork", target="sea"),
            make("irrigation_zone", "zone", area=1),
            make("pump_station", "lift", source="fork", target="sea", energy_per_volume=1, capacity=0),
            make("ramp_limit", "slowly", subject="canal", rise=5, fall=10),
            make("minimum_flow", "ecology", subject="river", minimum=100),
        ),
        {},
        past={("canal", "inflow"): yesterday(100)},
    )
    plan = sound(example)
    assert plan.values["canal", "inflow"].round(3).tolist() == [90, 800]
    assert plan.values["ecology", "shortfall"].round(3).tolist() == [90, 800]


@pytest.mark.parametrize(("turbidity", "most"), [(2000, 80), (2000.1, 60), (5000, 60), (5001, 30)])
def test_a_stage_begins_above_its_turbidity(turbidity: float, most: float) -> None:
    example = replace(EXAMPLES["turbidity_limit"], series={("weir", "turbidity"): (turbidity, turbidity)})
    assert sound(example).values["canal", "inflow"].round(3).tolist() == [most, 10 * most]


@pytest.mark.parametrize(
    ("window", "used_before", "left"),
    [
        ("month", dt.date(2021, 2, 28), 210),
        ("month", dt.date(2021, 3, 1), 60),
        ("season", dt.date(2020, 12, 31), 210),
        ("season", dt.date(2021, 1, 1), 60),
        ("year", dt.date(2020, 12, 31), 210),
        ("year", dt.date(2021, 1, 1), 60),
        (20.0, dt.date(2021, 2, 27), 210),
        (20.0, dt.date(2021, 3, 2), 60),
    ],
)
def test_a_window_starts_again_from_nothing(window: object, used_before: dt.date, left: float) -> None:
    """150 of 210 were used on one day; the zone asks for more than is left in the second step."""
    past = (Past(used_before, used_before + dt.timedelta(days=1), 150),)
    example = with_rule("water_right", window=window, rate=None)
    example = replace(
        example,
        past={("weir to town", "inflow"): past, ("weir to zone", "inflow"): ()},
        series={("town", "demand"): (0, 0), ("zone", "demand"): (0, 500)},
    )
    assert sound(example).values["right", "use"].round(3).tolist() == [0, left]


def test_a_desalination_plant_in_maintenance_makes_less() -> None:
    example = EXAMPLES["desalination_plant"]
    idle = replace(example, series={**example.series, ("plant", "availability"): (0, 0.5)})
    plan = sound(idle)
    assert plan.values["plant", "production"].round(3).tolist() == [0, 500]
    assert plan.values["plant", "running"].round(3).tolist() == [0, 1]


def test_a_tank_out_of_service_is_emptied() -> None:
    example = EXAMPLES["balancing_tank"]
    components = tuple(
        type(each).model_validate({**each.model_dump(), "in_service_until": dt.date(2021, 3, 9)}) if each.name == "tank" else each
        for each in example.components
    )
    plan = sound(replace(example, components=components))
    assert plan.values["tank", "storage"].round(3).tolist() == [0, 0]
    assert plan.values["tank", "spill"].round(3).tolist() == [400, 0]


def test_a_table_limits_a_release_that_has_no_capacity_of_its_own() -> None:
    example = EXAMPLES["rule_curve"]
    plan = sound(replace(example, series={**example.series, ("lake", "release_capacity"): (30, 20)}))
    assert plan.values["lake", "release"].round(3).tolist() == [30, 20]


def test_links_out_of_service_carry_nothing() -> None:
    for kind, name in (("canal", "canal"), ("pipeline", "west to east"), ("pump_station", "pumps")):
        example = EXAMPLES[kind]
        components = tuple(
            type(each).model_validate({**each.model_dump(), "in_service_from": HORIZON.end}) if each.name == name else each
            for each in example.components
        )
        plan = sound(replace(example, components=components))
        assert plan.values[name, "inflow"].round(3).tolist() == [0, 0]


def test_a_plan_does_not_depend_on_the_order_of_the_components() -> None:
    example = EXAMPLES["rule_curve"]
    turned = replace(example, components=tuple(reversed(example.components)))
    assert all(np.allclose(values, example.plan.values[key], atol=1e-6) for key, values in turned.plan.values.items())


def test_wells_with_a_limit_forget_the_year_before() -> None:
    example = EXAMPLES["well_field"]
    last_year = {("wells", "abstraction"): (Past(dt.date(2020, 1, 1), dt.date(2021, 1, 1), 5000),)}
    plan = sound(replace(example, past=last_year))
    assert plan.values["wells", "abstraction"].round(3).tolist() == [50, 200]


def test_a_source_without_users_pumps_nothing() -> None:
    example = Example((wells(), pipe("wells", "town"), make("household_supply", "town")), {})
    assert sound(example).values["wells", "abstraction"].round(3).tolist() == [0, 0]
