"""Frozen goals keep room: no rank after the first turns infeasible, whatever the order, the sharing and the targets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery import Case, case, least, make, pipe
from optimise.random_networks import random_cases
from waterbalance.network.fields import UserClass
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.policy.goal import Goal, Policy, Term

CLASSES: tuple[UserClass, ...] = ("domestic", "industry", "agriculture")
MEASURES = ("below_dead_storage", "shortfall", "spill", "outflow", "energy", "throughput")


@st.composite
def random_policies(draw: st.DrawFn) -> Policy:
    """Goals in any order, shared in any way, with targets and tolerances or without."""
    goals = [
        Goal(
            name=f"shortage {user_class}",
            terms=(Term(measure="shortage", user_classes=(user_class,)),),
            equity=draw(st.sampled_from([False, True, "equal percentage"])),
            tolerance=draw(st.sampled_from([0.0, 1e-7, 1e-2])),
        )
        for user_class in CLASSES
    ]
    goals += [
        Goal(
            name=measure,
            terms=(Term(measure=measure),),
            target=draw(st.none() | st.floats(0, 1e7)),
            tolerance=draw(st.sampled_from([0.0, 1e-7, 1e-2])),
        )
        for measure in MEASURES
    ]
    stored = Term(measure="storage", at=draw(st.sampled_from(["every step", "last step"])))
    goals.append(Goal(name="storage", sense="maximise", terms=(stored,), absolute_tolerance=draw(st.floats(0, 1e4))))
    return Policy(goals=tuple(draw(st.permutations(goals))), equity_tolerance=draw(st.sampled_from([1e-9, 1e-3, 1e-2])))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(random_cases(), random_policies())
def test_no_rank_turns_infeasible(case: Case, policy: Policy) -> None:
    """A plan comes out (`require` would name an infeasible rank), keeps every goal within its leeway, and is sound."""
    plan = solve(case.network, case.state, case.forecasts, policy)
    assert len(plan.ranks) > len(CLASSES)
    assert all(rank.stop == "finished" for rank in plan.ranks)
    assert [str(finding) for finding in audit(plan, case.network, case.forecasts)] == []


@pytest.mark.parametrize("large", [1e3, 1e6, 1e9])
@pytest.mark.parametrize("weight", [1e-3, 1.0, 1e3])
def test_a_small_user_keeps_what_an_earlier_goal_gave_it(large: float, weight: float) -> None:
    """A village of 1 m3 a day comes first, then 21 works that ask for twice what the lake has: it loses no millionth.

    Rounded on the scale of all volumes, its goal would leave a tenth of its water to the works of 1e9.
    """
    names = [f"works {number}" for number in range(21)]
    first = Goal(name="village", terms=(Term(measure="shortage", components=("village",), weight=weight),), tolerance=0.0)
    made = case(
        make("reservoir", "lake", capacity=1e3 * large),
        make("household_supply", "village", demand=1),
        *(make("industry", name, demand=large) for name in names),
        *(pipe("lake", name) for name in ("village", *names)),
        days=(1, 1, 10),
        stocks={("lake", "storage"): 6 * large * len(names)},
        policy=Policy(goals=(first, least("shortage", "industry"), least("spill"))),
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    assert (plan.values["village", "shortage"] / plan.givens["village", "demand"]).max() < 1e-6
    assert plan.ranks[1].value == pytest.approx(6 * large * len(names) + 12, rel=1e-9)
