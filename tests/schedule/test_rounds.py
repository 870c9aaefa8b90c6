"""The account of the running round of turns, by hand."""

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pytest

from schedule.canals import at_the_end, hourly, lateral
from waterbalance.schedule.account import Account, RoundSoFar
from waterbalance.schedule.canal_tree import CanalTree, Gate, Group, Rotation
from waterbalance.schedule.rounds import rounds_of, rounds_so_far
from waterbalance.schedule.schedule import Order, Schedule, Setting
from waterbalance.schedule.search import Limits
from waterbalance.schedule.slots import Slots
from waterbalance.schedule.timetable import Timetable, make_timetable

HOUR = 3600.0


def turns_of_a_day(since: float) -> CanalTree:
    """`a` and `b` have a day each in turn; `since` hours of the first round are over."""
    groups = (Group("first", (("a",),)), Group("second", (("b",),)))
    rotation = Rotation(24.0, groups, since=since)
    gates = [Gate(1.0, automatic=True)] * 2
    return CanalTree((replace(lateral(1.0, gates).canals[0], operation="rotational", rotation=rotation),))


def ordered(name: str, slots: Slots, begin: int, flow: float, account: Account | None = None) -> Schedule:
    """One order from an edge of slots on, and an account."""
    start, end = slots.moment(begin), slots.moment(begin + 240)
    order = Order(name, name, (Setting(start, end, flow, flow * 240 * HOUR),))
    return Schedule("Asia/Taipei", "none", (order,), () if account is None else (account,))


def test_a_round_counts_what_orders_brought_since_it_began() -> None:
    """Of 30 hours of orders before only the 12 since the round began count."""
    slots = hourly(12)
    first, second = rounds_so_far(ordered("a", slots, -30, 0.5), turns_of_a_day(12.0), slots)
    assert first == RoundSoFar(slots.moment(-12), pytest.approx(12 * 0.5 * HOUR))
    assert second == RoundSoFar(slots.moment(-12), 0.0)


@pytest.mark.parametrize(("begun", "volume"), [(-36, 7000.0 + 24 * 0.5 * HOUR), (-84, 24 * 0.5 * HOUR)])
def test_a_round_goes_on_from_the_account_of_the_night_before(begun: int, volume: float) -> None:
    """An account counts if it is of the running round, which has run for 36 hours, and not of the one before."""
    slots = hourly(12)
    account = Account("a", 0.0, (), RoundSoFar(slots.moment(begun), 7000.0))
    told = Account.from_dict(json.loads(json.dumps(account.to_dict())))
    first, _ = rounds_so_far(ordered("a", slots, -24, 0.5, told), turns_of_a_day(36.0), slots)
    assert first == RoundSoFar(slots.moment(-36), pytest.approx(volume))


def test_canals_without_turns_have_no_round() -> None:
    assert rounds_so_far(None, lateral(1.0, [Gate(1.0)]), hourly(12)) == (None,)


def in_the_second_turn(hours: int, volumes: list[float]) -> Timetable:
    slots = hourly(hours)
    return make_timetable(turns_of_a_day(24.0), slots, at_the_end(volumes, slots), limits=Limits(gap=1e-6, time=None))


def test_who_waits_for_a_turn_is_told_when_it_comes() -> None:
    """`b` has been ordered nothing of its 5 hours; its turn runs for the next day, and water comes as late as it may."""
    timetable = in_the_second_turn(48, [HOUR, 6 * HOUR])
    begin = timetable.slots.moment(-24)
    so_far = RoundSoFar(begin, 4 * HOUR), RoundSoFar(begin, 0.0)
    first, second = rounds_of(timetable, so_far, np.array([-2 * HOUR, 5 * HOUR]))
    assert (first.planned, first.ordered, first.behind, first.is_behind) == (2 * HOUR, 4 * HOUR, -2 * HOUR, False)
    assert (second.planned, second.ordered, second.behind, second.is_behind) == (5 * HOUR, 0.0, 5 * HOUR, True)
    opened = int(np.flatnonzero(timetable.open[1])[0])
    assert second.turn == timetable.slots.moment(opened)
    assert second.turn - begin < dt.timedelta(hours=48)


def test_a_trickle_is_no_turn() -> None:
    """A hundredth of what it is behind comes at once, the rest from the tenth hour on."""
    timetable = in_the_second_turn(24, [0.0, 6 * HOUR])
    take = np.zeros((2, 24))
    take[1, :3], take[1, 10:16] = 0.02, 1.0
    known = RoundSoFar(timetable.slots.moment(-24), 0.0)
    _, second = rounds_of(replace(timetable, take=take), (known, known), np.array([0.0, 5 * HOUR]))
    assert second.turn == timetable.slots.moment(10)


def test_without_water_there_is_no_turn() -> None:
    timetable = replace(in_the_second_turn(24, [0.0, 6 * HOUR]), take=np.zeros((2, 24)))
    known = RoundSoFar(timetable.slots.moment(-24), 0.0)
    assert rounds_of(timetable, (known, known), np.array([0.0, 5 * HOUR]))[1].turn is None


def test_a_hundredth_of_the_round_is_not_behind() -> None:
    """`b` has had 9.95 of 10 hours, and the round ends with this day."""
    timetable = in_the_second_turn(24, [0.0, 0.05 * HOUR])
    known = RoundSoFar(timetable.slots.moment(-24), 9.95 * HOUR)
    _, second = rounds_of(timetable, (known, known), np.array([0.0, 0.05 * HOUR]))
    assert second.whole == pytest.approx(10 * HOUR)
    assert second.behind == pytest.approx(0.05 * HOUR)
    assert not second.is_behind
