"""Plans beside each other: two orders over one source, counted by hand; goals measured by the plan's values alone."""

import dataclasses

import numpy as np
import pytest

from gallery import GALLERY, Case, case, in_order, least, make, most, pipe
from waterbalance.errors import UsageError
from waterbalance.optimise.solve import Planner, solve
from waterbalance.plan.compare import compare
from waterbalance.plan.side import Side, goal_value
from waterbalance.policy.goal import Goal, Policy, Term

TOWN_FIRST = in_order(least("shortage", "domestic"), least("shortage", "industry"), most("energy"))
WORKS_FIRST = in_order(least("shortage", "industry"), least("shortage", "domestic"))


def one_source(**town: object) -> Case:
    """100 a day for a town that asks for 80 and works that ask for 60, over a day and ten days."""
    return case(
        make("reclaimed_works", "source", capacity=100),
        pipe("source", "town"),
        pipe("source", "works"),
        make("household_supply", "town", **{"demand": 80, **town}),
        make("industry", "works", demand=60),
        days=(1, 10),
    )


def side(name: str, made: Case, policy: Policy, planner: Planner | None = None) -> Side:
    plan = (planner or Planner(made.network)).plan(made.state, made.forecasts, policy)
    return Side.of(name, plan, policy, made.network, made.forecasts)


@pytest.fixture(scope="module")
def both() -> tuple[Side, Side]:
    made = one_source()
    planner = Planner(made.network)
    return side("town first", made, TOWN_FIRST, planner), side("works first", made, WORKS_FIRST, planner)


def test_every_goal_is_measured_under_every_plan(both: tuple[Side, Side]) -> None:
    """140 a day are asked for: 40 lack, with the works (40 x 11) or with the town. Nothing here has an energy."""
    found = {each.name: (each.ranks, each.values) for each in compare(both).goals}
    assert found.keys() == {"shortage domestic", "shortage industry"}
    assert found["shortage domestic"][0] == (1, 2)
    assert found["shortage domestic"][1] == pytest.approx((0, 440), abs=1e-4)
    assert found["shortage industry"][0] == (2, 1)
    assert found["shortage industry"][1] == pytest.approx((440, 0), abs=1e-4)


def test_classes_users_and_gates(both: tuple[Side, Side]) -> None:
    found = compare(both)
    assert [(each.user_class, each.demand) for each in found.shortages] == [("domestic", (880, 880)), ("industry", (660, 660))]
    assert found.shortages[0].shortage == pytest.approx((0, 440), abs=1e-4)
    # 10 March is a ten-day period's last day but one; the ten days after it are counted with the period they begin in.
    assert {each.component for each in found.users} == {"town", "works"}
    assert sum(each.spread for each in found.users if each.component == "town") == pytest.approx(440, abs=1e-3)
    gate = {each.component: each for each in found.gates}["source to town"]
    assert gate.volume == pytest.approx((880, 440), abs=1e-3)
    assert gate.moved == pytest.approx(440, abs=1e-3)
    assert gate.largest == pytest.approx(40, abs=1e-3)
    assert found.energy == (0, 0)
    assert found.to_dict()["plans"] == ("town first", "works first")


def test_when_the_largest_difference_is_and_when_a_period_ends() -> None:
    """Served first the town has 50, 80 and 60, served last 40; 10 March ends its ten-day period, the plan ends on the 12th."""
    by_day = {("town", "demand"): (50.0, 80.0, 60.0)}
    made = case(*one_source().network, days=(1, 1, 1), series=by_day)
    found = compare((side("town first", made, TOWN_FIRST), side("works first", made, WORKS_FIRST)))
    gate = {each.component: each for each in found.gates}["source to town"]
    assert (gate.largest, gate.largest_on) == (pytest.approx(40, abs=1e-3), "2021-03-11")
    rows = [(each.first_day, each.last_day, round(each.spread, 3)) for each in found.users if each.component == "town"]
    assert rows == [("2021-03-11", "2021-03-12", 60), ("2021-03-10", "2021-03-10", 10)]


def test_goals_of_one_name_that_measure_different_things_are_two_rows(both: tuple[Side, Side]) -> None:
    other = Goal(name="shortage domestic", terms=(Term(measure="shortage", weight=2.0),))
    found = compare((both[0], dataclasses.replace(both[1], goals=(other,)))).goals
    assert [(each.name, each.ranks) for each in found] == [
        ("shortage domestic", (1, None)),
        ("shortage industry", (2, None)),
        ("shortage domestic", (None, 1)),
    ]
    assert found[2].values == pytest.approx((880, 880), abs=1e-3)


def test_a_user_that_only_one_plan_has_is_left_empty_in_the_other() -> None:
    made = one_source()
    alone = case(
        make("reclaimed_works", "source", capacity=100),
        pipe("source", "town"),
        make("household_supply", "town", demand=80),
        days=(1, 10),
    )
    found = compare((side("both", made, TOWN_FIRST), side("town alone", alone, TOWN_FIRST)))
    assert {each.user_class: each.demand for each in found.shortages} == {"domestic": (880, 880), "industry": (660, None)}
    assert {each.name: each.values for each in found.goals}["shortage industry"][1] is None
    assert next(each for each in found.gates if each.component == "source to works").volume[1] is None


LEFT_TO_SWITCHES = {"a_crew_that_is_not_called", "one_source_is_enough"}
"""Goals that want many moves or much running: switches then allow more than flows do, and the plan tells the flows."""


@pytest.mark.parametrize("name", [name for name in GALLERY if name not in LEFT_TO_SWITCHES])
def test_a_goal_measured_from_the_plan_is_what_its_rank_found(name: str) -> None:
    """Two ways to one number: the solver's objective, and the sum over the plan's values; what froze it may give way a little."""
    made = GALLERY[name]()
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    measured = Side.of("plan", plan, made.policy, made.network, made.forecasts)
    by_name = {goal.name: goal for goal in made.policy.goals}
    largest = max(np.abs(values).max() for values in plan.values.values())
    for rank in plan.ranks:
        weight = max(abs(term.weight) for term in by_name[rank.name].terms)
        slack = 1e-6 * max(1.0, largest) * weight + by_name[rank.name].leeway(rank.value)
        assert goal_value(by_name[rank.name], measured) == pytest.approx(rank.value, rel=1e-6, abs=slack), rank.name


def test_what_cannot_be_compared(both: tuple[Side, Side]) -> None:
    longer = case(*one_source().network, days=(1, 9))
    with pytest.raises(UsageError, match="same steps"):
        compare((both[0], side("other steps", longer, TOWN_FIRST)))
    with pytest.raises(UsageError, match="names of their own"):
        compare((both[0], both[0]))
    with pytest.raises(UsageError, match="at least two"):
        compare(both[:1])
