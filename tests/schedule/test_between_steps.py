"""A device that may be moved at any hour brings a day's volume whatever its steps are."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from commands import NOON
from waterbalance.schedule.command import Limits
from waterbalance.schedule.device import Device
from waterbalance.schedule.passing import passed_on_days, volume_of
from waterbalance.schedule.rating import SluiceGate
from waterbalance.schedule.rounding import missed
from waterbalance.schedule.schedule import Order, Schedule, Setting
from waterbalance.schedule.tell import commands_of

MIDNIGHT = NOON.replace(hour=0)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
COARSE = Device("gate_a", "main_canal", Limits(0.0, 2.5), setpoint_step=0.1, any_hour=True)


def schedule(*flows: float) -> Schedule:
    settings = tuple(
        Setting(MIDNIGHT + day * DAY, MIDNIGHT + (day + 1) * DAY, flow, 86_400.0 * flow) for day, flow in enumerate(flows)
    )
    return Schedule("Asia/Taipei", "drought_practice", (Order("main_canal", "fields", settings),))


def test_a_day_between_two_steps_has_both() -> None:
    """1.04 and 1.06 m3/s in steps of 0.1: the upper one for 0.4 and 0.6 of the day, and nobody moves the gate at midnight."""
    made = schedule(1.04, 1.06)
    (told,) = commands_of(made, [COARSE])
    upper, lower = dt.timedelta(minutes=576), dt.timedelta(minutes=576)
    assert [(row.start, row.setpoint) for row in told.rows] == [
        (MIDNIGHT, 1.1),
        (MIDNIGHT + upper, 1.0),
        (MIDNIGHT + DAY + lower, 1.1),
    ]
    assert missed(made, [told], [COARSE]) == ()
    # One that keeps its hours goes by one setpoint a row, and that is told.
    kept = replace(COARSE, any_hour=False)
    (finding,) = missed(made, commands_of(made, [kept]), [kept])
    assert "any_hour" in str(finding)


@given(
    st.lists(st.one_of(st.just(0.0), st.floats(0.02, 2.4)), min_size=1, max_size=10),
    st.sampled_from([0.001, 0.01, 0.02]),
    st.sampled_from([0.0, 1800.0]),
)
@example([0.875, 0.0, 0.02], 0.02, 0.0)
def test_every_day_has_its_volume(flows: list[float], step: float, dwell: float) -> None:
    """From one step on within 1 %, and half a dwell of a step."""
    device = replace(COARSE, setpoint_step=step, limits=Limits(0.0, 2.5, None, dwell))
    (told,) = commands_of(schedule(*flows), [device])
    passed = passed_on_days(told, device)
    for day, flow in enumerate(flows):
        off = abs(passed.get(str((MIDNIGHT + day * DAY).date()), 0.0) - 86_400.0 * flow)
        assert off <= 0.01 * 86_400.0 * flow + step * max(0.0, 0.5 * dwell - 864.0) + 1e-6
    assert all(row.seconds >= (dwell or 900.0) for row in told.rows)


@given(st.floats(0.1, 2.0), st.sampled_from([0.02, 0.05]))
def test_openings_bring_the_volume_too(flow: float, step: float) -> None:
    rating = SluiceGate("main_canal", 2.0, 1.5)
    gate = replace(COARSE, mode="position", rating=rating, limits=Limits(0.0, 0.9), setpoint_step=step)
    assume(rating.setting(flow) >= step)
    made = schedule(flow)
    (told,) = commands_of(made, [gate])
    assert volume_of(told, gate) == pytest.approx(86_400.0 * flow, rel=0.01)


@pytest.mark.parametrize(
    ("device", "flow", "setpoint"),
    [
        (replace(COARSE, least_setpoint=0.1), 0.04, 0.0),  # a trickle
        (replace(COARSE, least_setpoint=0.15), 0.16, 0.2),  # the step below is one
        (replace(COARSE, limits=Limits(0.1, 2.5)), 0.14, None),
        (replace(COARSE, limits=Limits(0.0, 1.0)), 0.96, None),
        (replace(COARSE, limits=Limits(0.0, 1.04)), 1.02, 1.0),  # no step between it and the most
        (replace(COARSE, limits=Limits(0.0, 2.5, None, 50_000.0)), 1.04, 1.0),  # no room for both
        (replace(COARSE, most_rows=1), 1.04, 1.0),
    ],
)
def test_one_setpoint_where_both_cannot_be(device: Device, flow: float, setpoint: float | None) -> None:
    """None where both can."""
    (told,) = commands_of(schedule(flow), [device])
    assert [row.setpoint for row in told.rows] == [setpoint] if setpoint is not None else len(told.rows) == 2


def test_a_day_on_which_clocks_are_changed_keeps_one() -> None:
    start = dt.datetime(2021, 10, 31, tzinfo=dt.timezone(2 * HOUR))
    end = dt.datetime(2021, 11, 1, tzinfo=dt.timezone(HOUR))
    order = Order("main_canal", "fields", (Setting(start, end, 1.04, 1.04 * 25 * 3600.0),))
    (told,) = commands_of(Schedule("Europe/Berlin", "drought_practice", (order,)), [COARSE])
    assert [row.setpoint for row in told.rows] == [1.0]
