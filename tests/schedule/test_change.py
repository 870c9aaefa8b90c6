"""How far new orders lie from those in force, worked out on paper."""

import datetime as dt
from dataclasses import replace

import pytest

from commands import NOON, command
from waterbalance.schedule.change import greatest_change, greatest_rise, mean_change, mean_rise
from waterbalance.schedule.command import Command, Row

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def days(*setpoints: float, start: dt.datetime = NOON) -> Command:
    return command(start=start, hours=24 * len(setpoints), setpoints=setpoints)


def with_dip(of: Command, at: dt.datetime, length: dt.timedelta, setpoint: float, parts: int = 1) -> Command:
    """The command with another setpoint for a while, told in so many rows."""
    row = next(each for each in of.rows if each.start <= at < each.end)
    piece = length / parts
    dip = [Row(at + n * piece, at + (n + 1) * piece, setpoint) for n in range(parts)]
    rows = [Row(row.start, at, row.setpoint), *dip, Row(at + length, row.end, row.setpoint)]
    kept = [each for each in of.rows if each is not row]
    told = sorted((each for each in (*kept, *rows) if each.start < each.end), key=lambda each: each.start)
    return replace(of, rows=tuple(told))


def test_the_same_again_is_no_change() -> None:
    assert greatest_change(days(1.0, 0.5), days(1.0, 0.5)) == 0.0


def test_a_closure_of_one_day_among_five_counts_whole() -> None:
    assert greatest_change(days(1.0, 1.0, 0.0, 1.0, 1.0), days(*[1.0] * 5)) == pytest.approx(1.0)


def test_of_a_rise_only_what_is_more_counts() -> None:
    before = days(1.0, 0.5)
    assert greatest_rise(days(0.0, 0.0), before) == 0.0
    # 0.3 more on the second day, although the mean falls by 0.35.
    assert greatest_rise(days(0.0, 0.8), before) == pytest.approx(0.3)
    assert greatest_change(days(0.0, 0.8), before) == pytest.approx(1.0)


@pytest.mark.parametrize(("minutes", "parts", "change"), [(10, 1, 1.0), (10, 5, 1.0), (9, 1, 9 / 2880), (9, 3, 9 / 2880)])
def test_a_closure_counts_from_ten_minutes_on_in_however_many_rows(minutes: int, parts: int, change: float) -> None:
    dip = with_dip(days(1.0, 1.0), NOON + 5 * 60 * MINUTE, minutes * MINUTE, 0.0, parts)
    # Shorter ones by their volume: 9 of 2880 minutes.
    assert greatest_change(dip, days(1.0, 1.0)) == pytest.approx(change)


def test_a_change_that_grows_counts_by_what_lasts() -> None:
    dip = with_dip(days(1.0), NOON + 60 * MINUTE, 6 * MINUTE, 0.0)
    deeper = with_dip(dip, NOON + 66 * MINUTE, 6 * MINUTE, 0.4)
    # 0.6 for twelve minutes, 1.0 for six of them only.
    assert greatest_change(deeper, days(1.0)) == pytest.approx(0.6)


def test_the_same_moments_are_compared_not_the_same_places() -> None:
    assert greatest_change(days(2.0, 3.0, start=NOON + DAY), days(1.0, 2.0, 3.0)) == pytest.approx(0.5)


def test_beyond_the_end_the_same_hour_of_the_last_day_counts() -> None:
    old = command(setpoints=(1.25, 0.5))
    assert greatest_change(command(setpoints=(1.25, 0.5), start=NOON + DAY), old) == 0.0
    assert greatest_change(command(setpoints=(1.25, 0.5), start=NOON + 3 * DAY), old) == 0.0
    assert greatest_change(command(setpoints=(1.25, 0.5), start=NOON - 2 * DAY), old) == 0.0
    # Water at the other half of the day.
    assert greatest_change(command(setpoints=(0.5, 1.25), start=NOON + DAY), old) == pytest.approx(0.75)


def test_orders_for_less_than_a_day_are_compared_with_the_nearest_hour() -> None:
    assert greatest_change(days(1.0, start=NOON + DAY), command(hours=6, setpoints=(1.0,))) == 0.0
    # Two days around the six hours that are in force, the last three of which are closed.
    late = command(hours=6, setpoints=(1.0, 0.0))
    assert greatest_change(command(start=NOON - DAY, hours=48, setpoints=(1.0,)), late) == pytest.approx(1.0)
    assert greatest_change(days(0.0), command(hours=6, setpoints=(1.0,))) == pytest.approx(1.0)


def test_the_mean_alone_does_not_see_a_short_closure() -> None:
    closed, open_all_day = days(1.0, 0.0, 1.0, 1.0), days(*[1.0] * 4)
    assert mean_change(closed, open_all_day) == pytest.approx(0.25)
    assert mean_rise(closed, open_all_day) == 0.0
    assert mean_rise(open_all_day, closed) == pytest.approx(0.25)
