"""A plan that was made before the one in force never takes its place by itself, nor by name."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import NOON
from operate.issuing import Works, works
from waterbalance.errors import ApprovalError
from waterbalance.operate.issuing.recall import recall
from waterbalance.operate.issuing.remainder import issue_remainder
from waterbalance.plan.life_cycle import PlanState
from waterbalance.schedule.command import Fallback
from waterbalance.store.plans import approve, find

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Works]:
    made = works(tmp_path)
    yield made
    made.store.close()


def state(of: Works, plan: str) -> PlanState:
    with of.store.reading() as connection:
        return find(connection, plan).state


def approved_later(of: Works, plan: str) -> None:
    with of.store.writing() as connection:
        approve(connection, plan, "chen", of.clock())


def test_issue_given_twice_never_goes_back_to_an_older_plan(three: Works) -> None:
    older = three.approved((0.5, 0.5))
    three.clock.now += HOUR
    newer = three.approved((1.0, 1.0))
    first = three.issue()
    assert (first.plan, first.passed_over) == (newer, (older,))
    assert state(three, older) == "superseded"
    three.deliver()
    again = three.issue()
    assert (again.plan, again.commands, again.passed_over) == (newer, (), ())
    with pytest.raises(ApprovalError, match="superseded"):
        three.issue(older)
    assert state(three, newer) == "sent"


def test_an_older_plan_that_is_approved_afterwards_is_passed_over_by_name(three: Works) -> None:
    older = three.recorded((0.5, 0.5))
    three.clock.now += HOUR
    newer = three.approved((1.0, 1.0))
    three.issue()
    approved_later(three, older)
    with pytest.raises(ApprovalError, match=r"made before the one that was issued last[\s\S]*Run the scenario again"):
        three.issue(older)
    again = three.issue()
    assert (again.plan, again.commands, again.passed_over) == (newer, (), (older,))
    assert state(three, older) == "superseded"
    # Who really wants it runs it again: that is another plan, and the newest.
    three.clock.now += HOUR
    wanted = three.approved((0.5, 0.5))
    assert wanted != older
    assert three.issue().plan == wanted


def test_a_run_that_makes_the_same_plan_again_makes_it_the_newest(three: Works) -> None:
    older = three.recorded((0.5, 0.5))
    three.clock.now += HOUR
    three.approved((1.0, 1.0))
    three.issue()
    three.clock.now += HOUR
    assert three.approved((0.5, 0.5)) == older
    assert three.issue().plan == older


def test_nor_does_an_older_plan_come_back_after_a_recall(three: Works) -> None:
    older = three.recorded((0.5, 0.5))
    three.clock.now += HOUR
    three.approved((1.0, 1.0))
    three.issue()
    recall(three.store, "works", three.issuer, three.clock())
    approved_later(three, older)
    with pytest.raises(ApprovalError, match="made before the one that was issued last"):
        three.issue()


def test_what_was_issued_for_want_of_a_plan_makes_way_for_one_that_was_made_before(tmp_path: Path) -> None:
    made = works(tmp_path, fallback=Fallback("flow", 0.3))
    late = made.recorded((0.5, 0.5))
    made.clock.now += HOUR
    assert issue_remainder(made.store, "works", made.issuer, made.clock(), "nobody has approved").rung == "fallback"
    approved_later(made, late)
    assert made.issue().plan == late
    made.store.close()


def test_plans_of_other_scenarios_are_left_alone(three: Works) -> None:
    other = three.recorded((0.5, 0.5), scenario="elsewhere")
    approved_later(three, other)
    three.clock.now = NOON + HOUR
    three.approved((1.0, 1.0))
    assert three.issue().passed_over == ()
    assert state(three, other) == "approved"
