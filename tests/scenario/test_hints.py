"""A policy of one's own that leaves a soft limit to chance is told so; a preset never does."""

import dataclasses
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gallery import GALLERY, make
from network.examples import EXAMPLES
from scenario.folders import changed
from waterbalance.cli import app
from waterbalance.network.network import Network
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.policy.goal import Goal, Policy, Term
from waterbalance.policy.presets import PRESETS, drought_practice
from waterbalance.scenario import read_scenario
from waterbalance.scenario.hints import SOFT, hints
from waterbalance.scenario.needs import needs_of
from waterbalance.scenario.scenario import Scenario

NETWORKS = {f"example {name}": each.network for name, each in EXAMPLES.items()} | {
    f"gallery {name}": each().network for name, each in GALLERY.items()
}
NETWORKS["a target"] = Network.of([make("reservoir", "lake", capacity=100, storage_target=50)])
ONLY_SHORTAGE = "{goals: [{name: users, terms: [{measure: shortage}]}]}"


def of(network: Network, scenario: Scenario) -> Scenario:
    return dataclasses.replace(scenario, network=network, series={}, forecasts={}, end_conditions={})


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_leaves_nothing_to_chance(preset: str, tutorial: Path) -> None:
    scenario = read_scenario(tutorial)
    for name, network in NETWORKS.items():
        assert hints(of(network, scenario), PRESETS[preset]()) == (), name


@pytest.mark.parametrize("measure", [soft.measure for soft in SOFT])
def test_each_goal_that_is_taken_out_of_a_preset_is_missed(measure: str, tutorial: Path) -> None:
    """In some example, and told with the measure and with what to add."""
    goals = [
        goal.model_copy(update={"terms": tuple(term for term in goal.terms if term.measure != measure)})
        for goal in drought_practice().goals
    ]
    policy = Policy(name="water_act", goals=tuple(goal for goal in goals if goal.terms))
    scenario = read_scenario(tutorial)
    told = [hint for network in NETWORKS.values() for hint in hints(of(network, scenario), policy)]
    assert told
    assert {hint.split("'")[1] for hint in told} == {measure}
    assert all(f"{{measure: {measure}}}" in hint for hint in told)


def test_stages_that_a_plan_chooses_want_a_damage(tutorial: Path) -> None:
    scenario = of(EXAMPLES["drought_stage_choice"].network, read_scenario(tutorial))
    own = drought_practice().model_copy(update={"name": "own"})
    (told,) = hints(scenario, own)
    assert told.startswith("no goal counts 'damage' of")
    damage = Goal(name="least damage", terms=(Term(measure="damage"),))
    assert hints(scenario, own.model_copy(update={"goals": (damage, *own.goals)})) == ()


def test_a_goal_for_some_leaves_the_others_to_chance(tutorial: Path) -> None:
    scenario = read_scenario(tutorial)
    users = sorted(name for name, measure in needs_of(scenario.network).measures if measure == "shortage")
    assert users == ["east_fields", "town"]
    terms = (Term(measure="shortage", components=("town",)), Term(measure="spill"), Term(measure="storage"))
    (told,) = hints(scenario, Policy(goals=(Goal(name="a", terms=terms),)))
    assert told.startswith("no goal counts 'shortage' of east_fields: ")


def test_what_is_not_there_is_not_missed(tutorial: Path) -> None:
    """The tutorial's lake has a dead storage and an end condition, and loses both."""
    own = Policy(goals=(Goal(name="a", terms=(Term(measure="shortage"), Term(measure="spill"))),))
    told = [hint.split("'")[1] for hint in hints(read_scenario(tutorial), own)]
    assert told == ["below_dead_storage", "target_shortfall"]
    changed(tutorial, "    dead_storage: 100000 m3\n", "")
    changed(tutorial, ", dead_storage: assumed", "")
    changed(tutorial, "end_conditions:\n  lake: {target: 150000 m3}\n", "")
    assert hints(read_scenario(tutorial), own) == ()


def test_check_and_run_tell_hints_and_pass(tutorial: Path) -> None:
    changed(tutorial, "{preset: drought_practice}", ONLY_SHORTAGE)
    said = CliRunner().invoke(app, ["check", str(tutorial)])
    assert said.exit_code == 0
    first, *rest = said.stdout.splitlines()
    assert "is sound" in first
    assert [line.split("'")[1] for line in rest] == ["below_dead_storage", "target_shortfall", "spill"]
    scenario = read_scenario(tutorial)
    planned = plan_scenario(scenario)
    assert planned.plan.notes[-3:] == hints(scenario, scenario.policy)
    assert hints(scenario, drought_practice()) == ()
