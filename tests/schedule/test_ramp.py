"""A device that may only turn its gate a little at a time gets stairs, and its day the same water."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import TAIPEI
from waterbalance.errors import InputError
from waterbalance.schedule.command import Limits, Row
from waterbalance.schedule.device import Device
from waterbalance.schedule.passing import passed_on_days
from waterbalance.schedule.ramp import ramped, ramped_from
from waterbalance.schedule.rating import SluiceGate
from waterbalance.schedule.schedule import Order, Schedule, Setting
from waterbalance.schedule.tell import commands_of

HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR
MIDNIGHT = dt.datetime(2026, 11, 26, tzinfo=TAIPEI)
DEVICE = Device("gate_a", "main_canal", Limits(0.0, 2.5, greatest_step=0.4, least_dwell=1800.0))


def schedule(*flows: float, capacity: float | None = None) -> Schedule:
    """Even days. [m3/s]."""
    settings = tuple(
        Setting(MIDNIGHT + k * DAY, MIDNIGHT + (k + 1) * DAY, flow, flow * 86_400.0, capacity) for k, flow in enumerate(flows)
    )
    return Schedule("Asia/Taipei", "drought_practice", (Order("main_canal", "fields", settings),))


def test_a_rise_is_taken_in_by_the_day_that_rises() -> None:
    # By hand: 1.2 m3/s x 86400 s = 103680 m3; half hours at 0.6 and 1.0 take 2880 m3; 100800 m3 / 82800 s = 1.2174 m3/s.
    (told,) = commands_of(schedule(0.2, 1.2), [DEVICE])
    next_day = MIDNIGHT + DAY
    assert told.rows == (
        Row(MIDNIGHT, next_day, 0.2),
        Row(next_day, next_day + 0.5 * HOUR, 0.6),
        Row(next_day + 0.5 * HOUR, next_day + HOUR, 1.0),
        Row(next_day + HOUR, next_day + DAY, 1.217),
    )


def test_a_fall_is_taken_in_before_it_so_that_a_closed_day_stays_closed() -> None:
    # 1.0 m3/s: half hours at 0.8 and 0.4 before midnight; (86400 - 2160) m3 / 82800 s = 1.0174 m3/s, 0.217 above 0.8.
    (told,) = commands_of(schedule(1.0, 0.0), [DEVICE])
    end = MIDNIGHT + DAY
    assert told.rows == (
        Row(MIDNIGHT, end - HOUR, 1.017),
        Row(end - HOUR, end - 0.5 * HOUR, 0.8),
        Row(end - 0.5 * HOUR, end, 0.4),
        Row(end, end + DAY, 0.0),
    )


def test_steps_that_are_allowed_are_left_alone() -> None:
    rows = (Row(MIDNIGHT, MIDNIGHT + DAY, 0.6), Row(MIDNIGHT + DAY, MIDNIGHT + 2 * DAY, 1.0))
    assert ramped(rows, DEVICE, before=0.2).rows == rows
    assert ramped(rows, replace(DEVICE, limits=Limits(0.0, 2.5)), before=2.5).rows == rows


def test_what_the_gate_holds_before_is_where_the_ramp_begins() -> None:
    # 86400 m3 - 1800 s x (1.6 + 1.2) m3/s = 81360 m3 over 82800 s = 0.9826 m3/s.
    ramp = ramped((Row(MIDNIGHT, MIDNIGHT + DAY, 1.0),), DEVICE, before=2.0)
    assert [(row.setpoint, row.end - row.start) for row in ramp.rows] == [(1.6, HOUR / 2), (1.2, HOUR / 2), (0.983, 23 * HOUR)]
    assert ramp.findings == ()


@given(
    st.lists(st.sampled_from([0.0, 0.1, 0.35, 0.8, 1.0, 1.4, 2.0, 2.3]), min_size=2, max_size=7),
    st.sampled_from([0.3, 0.4, 0.9]),
    st.sampled_from([0.0, 600.0, 1800.0]),
)
def test_every_day_keeps_its_volume_and_every_step_its_limit(flows: list[float], step: float, dwell: float) -> None:
    device = replace(DEVICE, limits=Limits(0.0, 3.0, step, dwell), most_rows=1000)
    (told,) = commands_of(schedule(*flows), [device])
    assert all(abs(b.setpoint - a.setpoint) <= step * (1 + 1e-9) for a, b in pairwise(told.rows))
    assert all((row.end - row.start).total_seconds() >= dwell for row in told.rows)
    assert all(a.end == b.start for a, b in pairwise(told.rows))
    passed = passed_on_days(told, device)
    for k, flow in enumerate(flows):
        assert passed[(MIDNIGHT + k * DAY).date().isoformat()] == pytest.approx(flow * 86_400.0, abs=0.001 * 86_400.0)


def test_an_opening_is_ramped_in_metres_and_carries_the_water() -> None:
    gate = SluiceGate("main_canal", 2.0, 1.5)
    device = Device("gate_a", "main_canal", Limits(0.0, 0.9, 0.05, 1800.0), "position", gate, setpoint_step=0.0001)
    (told,) = commands_of(schedule(0.3, 1.2), [device])
    assert all(abs(b.setpoint - a.setpoint) <= 0.05 + 1e-9 for a, b in pairwise(told.rows))
    passed = passed_on_days(told, device)
    assert len(told.rows) > 3
    assert passed["2026-11-27"] == pytest.approx(1.2 * 86_400.0, rel=0.005)


def test_a_day_that_has_no_room_above_names_its_shortfall() -> None:
    # At 2.5 m3/s, the most, stairs of 0.2 take what nothing can bring back: 0.2 x (1 + ... + 12) x 1800 s = 28080 m3 of it.
    slow = replace(DEVICE, limits=Limits(0.0, 2.5, 0.2, 1800.0))
    with pytest.raises(InputError, match="within the greatest step") as caught:
        commands_of(schedule(0.0, 2.5), [slow])
    (finding,) = caught.value.findings
    stairs = sum(2.5 - 0.2 * k for k in range(1, 13)) * 1800.0
    assert finding.found == f"{stairs:.0f} m3 less than the 216000 m3 of its order"
    assert finding.where.date == "2026-11-27"


def test_a_canal_does_not_carry_more_than_its_capacity_to_make_up() -> None:
    with pytest.raises(InputError, match="over the capacity"):
        commands_of(schedule(0.0, 1.5, capacity=1.5), [replace(DEVICE, limits=Limits(0.0, 2.5, 0.2, 1800.0))])


def test_a_row_that_is_too_short_for_its_stairs_is_refused() -> None:
    rows = Setting(MIDNIGHT, MIDNIGHT + HOUR, 0.2, 720.0), Setting(MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR, 2.2, 7920.0)
    made = Schedule("Asia/Taipei", "drought_practice", (Order("main_canal", "fields", rows),))
    with pytest.raises(InputError, match="changes too much"):
        commands_of(made, [DEVICE])


def late(hour: float, today: float, tomorrow: float) -> list[tuple[str, float]]:
    """What a gate that holds 0.5 m3/s is told from an hour of the day on, steps of 0.2 m3/s for half an hour at least."""
    device = replace(DEVICE, limits=Limits(0.0, 2.5, 0.2, 1800.0))
    rows = (Row(MIDNIGHT + hour * HOUR, MIDNIGHT + DAY, today), Row(MIDNIGHT + DAY, MIDNIGHT + 2 * DAY, tomorrow))
    told = ramped_from(0.5, rows, device)
    steps = [(a, b) for a, b in pairwise([0.5, *(row.setpoint for row in told)]) if abs(a - b) > 0.2 + 1e-9]
    assert steps == []
    assert all(row.seconds >= 1800.0 for row in told)
    assert (told[0].start, told[-1].end) == (rows[0].start, rows[-1].end)
    return [(f"{row.start:%d %H:%M}", row.setpoint) for row in told]


def test_a_gate_that_has_to_close_late_closes_as_fast_as_it_may() -> None:
    assert late(23.5, 0.0, 0.0) == [("26 23:30", 0.3), ("27 00:00", 0.1), ("27 00:30", 0.0)]
    # Ten minutes that are left of the day are no time for another setpoint.
    assert late(23.0 + 1 / 3, 0.28, 0.1) == [("26 23:20", 0.3), ("27 00:00", 0.1)]
    assert late(23.0 + 1 / 3, 0.28, 0.28) == [("26 23:20", 0.3), ("26 23:50", 0.28)]
    # The stairs of the two hours before midnight would take the water out of them.
    assert late(22.0, 0.5, 0.0) == [("26 22:00", 0.5), ("27 00:00", 0.3), ("27 00:30", 0.1), ("27 01:00", 0.0)]
    assert late(23.75, 1.0, 1.0) == [("26 23:45", 0.7), ("27 00:15", 0.9), ("27 00:45", 1.0)]


@given(st.floats(20.0, 23.9), st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.6]), st.sampled_from([0.0, 0.3, 0.5, 1.1]))
def test_no_step_is_too_great_from_what_a_gate_holds(hour: float, today: float, tomorrow: float) -> None:
    minutes = round(hour * 60.0)
    if 24 * 60 - minutes >= 30:
        assert late(minutes / 60, today, tomorrow)[-1][1] == pytest.approx(tomorrow, abs=0.1)
