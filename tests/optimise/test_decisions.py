"""Switches are held while values of the last pass settle, and asked for once more when they have."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from gallery import COMMON, Case, canal, case, least, make, zone
from waterbalance.forecast.fan import Fan
from waterbalance.optimise import solve as solving
from waterbalance.optimise.decide import better, hold
from waterbalance.optimise.rank import Ranked
from waterbalance.optimise.solve import Planner, solve
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan
from waterbalance.policy.goal import Policy
from waterbalance.solver.highs import WarmSolver


def hedged_fields() -> Case:
    """A lake with a rule curve, and two fields behind canals that have to be filled."""
    return case(
        make("reservoir", "lake", capacity=1000, inflow=20),
        canal("lake", "east", capacity=60, fill_volume=15),
        canal("lake", "west", capacity=60, fill_volume=15),
        zone("east", demand=40),
        zone("west", demand=40),
        make(
            "rule_curve",
            "hedging",
            reservoirs=("lake",),
            lower_curve=280,
            severe_curve=120,
            users=("east", "west"),
            below_lower={"agriculture": 0.75},
            below_severe={"agriculture": 0.5},
        ),
        days=(1,) * 10,
        stocks={("lake", "storage"): 400, ("canal to east", "running"): 0, ("canal to west", "running"): 0},
        policy=COMMON,
    )


def planned_with_searches(monkeypatch: pytest.MonkeyPatch, made: Case) -> tuple[Plan, int]:
    """The plan, and how many times switches were searched for."""
    searches = []
    original = Planner._decide

    def counted(self: Planner, *arguments: object, **more: object) -> object:
        searches.append(None)
        return original(self, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Planner, "_decide", counted)
    return solve(made.network, made.state, made.forecasts, made.policy), len(searches)


def test_a_plan_without_values_of_the_last_pass_searches_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = hedged_fields()
    without = replace(made, network=type(made.network).of([each for each in made.network if each.name != "hedging"]))
    _, searches = planned_with_searches(monkeypatch, without)
    assert searches == 1


def test_with_hedging_the_switches_are_searched_for_seldom_and_the_plan_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    made = hedged_fields()
    plan, searches = planned_with_searches(monkeypatch, made)
    assert searches < plan.passes
    assert [str(finding) for finding in audit(plan, made.network, made.forecasts)] == []
    assert plan.notes == ()


def test_after_a_poor_guess_the_switches_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made = hedged_fields()
    right = solve(made.network, made.state, made.forecasts, made.policy)
    monkeypatch.setattr(Planner, "_first_guess", lambda *_: (0, ({},)))
    plan, searches = planned_with_searches(monkeypatch, made)
    assert 2 <= searches <= 1 + solving.MOST_DECISIONS
    assert [rank.value for rank in plan.ranks] == pytest.approx([rank.value for rank in right.ranks], abs=1e-4)


def test_the_switches_of_a_plan_are_the_best_for_its_own_values() -> None:
    """Searched for anew with the givens of the finished plan, no goal comes out better."""
    made = hedged_fields()
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    planner = Planner(made.network)
    question = solving._Question(made.state, Fan.alone(made.forecasts), made.policy)
    revised = {key: values for key, values in plan.givens.items() if key[0] == "hedging" and key[1] != "lower_curve"}
    posed = planner._pose(question, (revised,))
    searched, _ = planner._ranks(question, posed, WarmSolver(posed.program), "not")
    for rank, best in zip(plan.ranks, searched, strict=True):
        assert rank.value == pytest.approx(best.value, rel=1e-6, abs=1e-4), rank.name


def test_a_held_program_has_its_switches_where_the_solution_has_them() -> None:
    made = hedged_fields()
    planner = Planner(made.network)
    posed = planner._pose(solving._Question(made.state, Fan.alone(made.forecasts), made.policy), ({},))
    values = np.full(posed.program.columns, 0.9999999)
    held = hold(posed.program, values)
    assert posed.program.integer.any()
    assert not held.integer.any()
    assert (held.lower[posed.program.integer] == 1).all()
    assert (held.upper[posed.program.integer] == 1).all()


def test_the_first_goal_that_differs_tells_which_switches_are_better() -> None:
    goals = (least("shortage"), least("spill"))
    outcome = WarmSolver(
        Planner(hedged_fields().network)
        ._pose(solving._Question(hedged_fields().state, Fan.alone(hedged_fields().forecasts), COMMON), ({},))
        .program
    ).minimise(np.zeros(1))

    def ranked(*values: float) -> list[Ranked]:
        return [Ranked(goal, value, value, outcome) for goal, value in zip(goals, values, strict=True)]

    assert better(ranked(10, 99), ranked(11, 0), scale=1.0)
    assert not better(ranked(11, 0), ranked(10, 99), scale=1.0)
    assert better(ranked(10, 1), ranked(10, 2), scale=1.0)
    assert not better(ranked(10, 2), ranked(10 + 1e-7, 2), scale=1.0), "a leeway is no gain"


def test_a_search_for_switches_spreads_a_shortage() -> None:
    """140 for two periods of 100 each, and 40 seep in every period in which the canal runs.

    The least total would run it in one period (100 arrive, the other one is dry); shared, 30 arrive in each.
    """
    made = case(
        make("reservoir", "lake", capacity=1000),
        canal("lake", "fields", capacity=50, seepage_when_running=4),
        zone("fields", demand=10),
        days=(10, 10),
        start=dt.date(2021, 3, 11),
        stocks={("lake", "storage"): 140, ("canal to fields", "running"): 0},
    )
    shared = Policy(goals=(least("shortage", "agriculture", equity=True),), smallest_change=False)
    plan = solve(made.network, made.state, made.forecasts, shared)
    assert plan.values["fields", "shortage"] == pytest.approx([70, 70], abs=1), "equal within the tolerance of a hundredth"
    total = Policy(goals=(least("shortage", "agriculture"),), smallest_change=False)
    plan = solve(made.network, made.state, made.forecasts, total)
    assert sorted(plan.values["fields", "shortage"]) == pytest.approx([0, 100])
