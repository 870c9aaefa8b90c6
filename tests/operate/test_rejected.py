"""A plan that somebody has rejected never happened: the nights after it go on from the plan before."""

from functools import partial
from pathlib import Path

import pytest

from operate.small_bureau import write_bureau
from operate.test_nightly import DAY, LAKE, Bureau
from waterbalance.operate import day
from waterbalance.operate.nightly import ONE_DAY
from waterbalance.operate.planning.ladder import plan_by_ladder

A_DAY = 64_800 - 8_640
"""What a day of the first plan takes from the lake. [m3]"""


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    """Devices follow the plan of the first day, that of the second asks for less and was rejected."""
    bureau = Bureau(write_bureau(tmp_path / "bureau", DAY))
    bureau.by_people_only()
    bureau.approve(bureau.night())
    assert bureau.night().issuance.outcome == "sent"
    bureau.demand_less()
    bureau.now += ONE_DAY
    bureau.approve(bureau.night(), "rejected")
    bureau.now += ONE_DAY
    return bureau


def test_a_rejected_plan_leaves_no_warm_state_and_nothing_to_stay_near(bureau: Bureau) -> None:
    third = bureau.night()
    assert third.opening is not None
    assert (third.opening.start, third.opening.made_on) == ("backup warm", DAY)
    assert third.opening.state.stocks[LAKE] == pytest.approx(805_000 - 2 * A_DAY)
    assert third.laddered is not None
    previous = third.laddered.planned.previous
    assert previous is not None
    assert previous.horizon.start == DAY


def test_a_rejected_plan_is_not_shifted_where_all_else_fails(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day, "plan_by_ladder", partial(plan_by_ladder, first=4))
    third = bureau.night()
    assert third.laddered is not None
    assert third.rung == 4
    assert third.laddered.planned.plan.notes[0].startswith(f"orders of the plan of {DAY}")


def test_a_night_whose_plan_was_agreed_to_after_a_rejected_one_counts(bureau: Bureau) -> None:
    bureau.now -= ONE_DAY
    again = bureau.night()
    bureau.approve(again)
    assert bureau.night().issuance.outcome == "sent"
    bureau.now += ONE_DAY
    third = bureau.night()
    assert third.opening is not None
    assert (third.opening.start, third.opening.made_on) == ("warm", DAY + ONE_DAY)
    assert third.opening.state.stocks[LAKE] == pytest.approx(805_000 - A_DAY - (A_DAY - 10_800))
    assert third.laddered is not None
    assert third.laddered.planned.previous is not None
    assert third.laddered.planned.previous.horizon.start == DAY + ONE_DAY
