"""The tutorial's README is right: its hand solution is the plan."""

import pytest

from scenario.folders import TUTORIAL
from waterbalance.optimise.solve import solve
from waterbalance.plan.plan import Plan
from waterbalance.scenario import forecast, read_scenario, state_at


@pytest.fixture(scope="module")
def plan() -> Plan:
    scenario = read_scenario(TUTORIAL)
    forecasts = forecast(scenario).choose(scenario.planning_values)
    return solve(scenario.network, state_at(scenario, scenario.horizon.start), forecasts, scenario.policy)


BY_HAND = {
    ("town", "delivery"): [35_000.0] * 4,
    ("town", "shortage"): [5_000.0] * 4,
    ("east_fields", "delivery"): [38_000.0] * 4,
    ("east_fields", "shortage"): [42_000.0] * 4,
    ("main_canal", "inflow"): [47_500.0] * 4,
    ("main_canal", "conveyance_loss"): [9_500.0] * 4,
    ("lake", "release"): [82_500.0] * 4,
    ("lake", "storage"): [357_500.0, 295_000.0, 222_500.0, 150_000.0],
    ("lake", "spill"): [0.0] * 4,
}


@pytest.mark.parametrize(
    ("key", "expected"), BY_HAND.items(), ids=lambda item: ".".join(map(str, item)) if len(item) == 2 else ""
)
def test_the_plan_is_the_one_worked_out_by_hand(plan: Plan, key: tuple[str, str], expected: list[float]) -> None:
    frame = plan.to_frame()
    values = frame[(frame["component"] == key[0]) & (frame["quantity"] == key[1])].sort_values("step_start")["value"]
    assert values.tolist() == pytest.approx(expected, rel=1e-6, abs=0.01)


def test_a_cubic_metre_in_the_lake_is_worth_what_the_canal_brings_of_it(plan: Plan) -> None:
    values = plan.water_value[plan.water_value["component"] == "lake"]
    assert values["goal"].unique().tolist() == ["agriculture"]
    assert values["value"].tolist() == pytest.approx([0.8] * 4)


def test_the_readme_tells_the_figures_of_the_files() -> None:
    text = (TUTORIAL / "README.md").read_text(encoding="utf-8").replace(" ", "")
    for values in BY_HAND.values():
        for value in values:
            assert f"{value:.0f}" in text
