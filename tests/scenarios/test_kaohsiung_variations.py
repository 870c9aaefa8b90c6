"""Variations of `scenarios/kaohsiung`: stages that the plan chooses, and days of mud."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import waterbalance as wb
from waterbalance.network.rules.drought_stage_choice import DroughtStageChoice
from waterbalance.policy.goal import Goal, Term
from waterbalance.report.summary import summarise

if TYPE_CHECKING:
    from waterbalance.scenario.scenario import Scenario

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "kaohsiung"
LIGHTS = "tainan_drought_lights"
CUT_USERS = ("tainan_households", "tainan_services", "tainan_industry", "southern_science_park")

MUCH_TIME = 60.0
"""Processor time within which the stages of a season are chosen. [s]"""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """The scenario as a planner reads it."""
    return wb.read_scenario(SCENARIO)


def choosing(scenario: Scenario) -> Scenario:
    """The lights of Tainan chosen by the plan, as the scenario's README says; the season ends before the rain of June.

    Zengwen begins with half of what it had: fallowing has left enough for the towns of the true spring.
    """
    rule, goals = scenario.network[LIGHTS], list(scenario.policy.goals)
    chosen = DroughtStageChoice(
        name=LIGHTS,
        users=rule.users,
        stages=[{"name": stage.name, "cuts": stage.cuts} for stage in rule.stages],
        lead_time=rule.lead_time,
        minimum_duration=rule.minimum_duration,
        announced=rule.announced,
        announced_cost={"domestic": 10.0, "industry": 20.0},
        unannounced_cost={"domestic": 60.0, "industry": 120.0},
    )
    names = [goal.name for goal in goals]
    kept = goals.pop(names.index("storage for the next season"))
    damage = Goal(name="damage of the lights", terms=(Term(measure="damage"),))
    goals[names.index("domestic and public") : names.index("domestic and public")] = [kept, damage]
    stored = scenario.observations["zengwen", "storage"]
    return replace(
        scenario,
        network=wb.Network.of([chosen if each.name == LIGHTS else each for each in scenario.network]),
        policy=scenario.policy.model_copy(update={"goals": tuple(goals)}),
        horizon=scenario.horizon.model_copy(update={"last_day": dt.date(2021, 5, 31), "daily_steps": 7}),
        series={key: series for key, series in scenario.series.items() if key[0] != LIGHTS},
        observations={**scenario.observations, ("zengwen", "storage"): replace(stored, values=0.5 * stored.values)},
    )


def test_stages_of_a_season_are_chosen_for_the_least_damage(scenario: Scenario) -> None:
    began = time.process_time()
    planned = wb.plan_scenario(choosing(scenario))
    assert time.process_time() - began < MUCH_TIME
    assert planned.findings == ()
    assert all(rank.gap <= 0.01 and rank.stop == "finished" for rank in planned.plan.ranks)
    values, summary = planned.plan.values, summarise(planned)
    # Orange was announced before the plan; it goes back where water allows, and rises again before the reservoirs are empty.
    told = [(each.stage, each.change) for each in summary.drought_stages]
    assert told[0] == ("orange", 0)
    assert {change for _, change in told[1:]} == {-1, 1}
    first = [dt.date.fromisoformat(each.first) for each in summary.drought_stages]
    assert min(after - before for before, after in pairwise(first[1:])) >= dt.timedelta(days=20)
    # Nobody lacks what was not announced, and the water would not have lasted longer: both reservoirs end at their limits.
    for user in CUT_USERS:
        np.testing.assert_allclose(values[user, "shortage"], values[LIGHTS, f"curtailment {user}"], atol=1.0)
    left = {name: values[name, "storage"][-1] / 1e6 for name in ("zengwen", "wushantou")}
    kept = {name: planned.plan.givens[name, "storage_target"][-1] / 1e6 for name in left}
    assert left == pytest.approx({name: max(kept[name], 25.8 * (name == "wushantou")) for name in left}, abs=0.1)
    (damage,) = summary.stage_damages
    cut = {user: values[LIGHTS, f"curtailment {user}"].sum() for user in CUT_USERS}
    households = sum(cut[user] for user in CUT_USERS[:2])
    industry = sum(cut[user] for user in CUT_USERS[2:])
    assert damage.damage == pytest.approx(10 * households + 20 * industry, rel=1e-6)
    assert damage.avoided == pytest.approx(50 * households + 100 * industry, rel=1e-6)


def test_in_mud_the_weir_gives_what_was_reported_and_nanhua_the_rest(scenario: Scenario) -> None:
    """As in 2019 at 20 000 NTU: 440 000 m3/day from the weir, where it gives a million, and up to 480 000 from Nanhua."""
    short = replace(scenario, horizon=scenario.horizon.model_copy(update={"last_day": dt.date(2021, 7, 10), "daily_steps": 4}))
    turbidity = scenario.series["gaoping_weir", "turbidity"]
    muddy = replace(short, series={**short.series, turbidity.key: replace(turbidity, values=np.full(12, 20_000.0))})
    start = dt.date(2021, 7, 1)
    intake, pipe = {}, {}
    for name, variation in (("clear", short), ("muddy", muddy)):
        planned = wb.plan_scenario(variation, start)
        assert planned.findings == ()
        assert planned.plan.values["kaohsiung_households", "shortage"] == pytest.approx(0.0, abs=1.0)
        intake[name] = planned.plan.values["gaoping_intake", "inflow"] / planned.horizon.days
        pipe[name] = planned.plan.values["nanhua_gaoping_pipe", "inflow"] / planned.horizon.days
    assert intake["clear"].min() > 1_000_000.0
    assert intake["muddy"].max() <= 440_001.0
    assert 350_000.0 < pipe["muddy"].mean() < 480_001.0
    assert pipe["muddy"].mean() > 2 * pipe["clear"].mean()
