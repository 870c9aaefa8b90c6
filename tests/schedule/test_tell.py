"""What devices are told carries the water of the orders."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import NOON
from waterbalance.errors import InputError
from waterbalance.schedule.command import Limits
from waterbalance.schedule.device import Device
from waterbalance.schedule.passing import passed_on_days, volume_of
from waterbalance.schedule.rating import SluiceGate
from waterbalance.schedule.schedule import Order, Schedule, Setting
from waterbalance.schedule.tell import commands_of, kept_from, unserved

HOUR = dt.timedelta(hours=1)
DEVICE = Device("gate_a", "main_canal", Limits(0.0, 2.5))


def schedule(*volumes: float, hours: float = 24.0) -> Schedule:
    length = hours * HOUR
    settings = tuple(
        Setting(NOON + number * length, NOON + (number + 1) * length, round(volume / length.total_seconds(), 3), volume)
        for number, volume in enumerate(volumes)
    )
    return Schedule("Asia/Taipei", "drought_practice", (Order("main_canal", "fields", settings),))


def test_rows_of_one_setpoint_become_one() -> None:
    (told,) = commands_of(schedule(86_400.0, 86_400.0, 43_200.0), [DEVICE])
    assert [(row.start, row.end, row.setpoint) for row in told.rows] == [
        (NOON, NOON + 48 * HOUR, 1.0),
        (NOON + 48 * HOUR, NOON + 72 * HOUR, 0.5),
    ]
    assert (told.valid_from, told.valid_until, told.unit) == (NOON, NOON + 72 * HOUR, "m3/s")


@given(st.lists(st.floats(0.0, 200_000.0), min_size=1, max_size=12), st.sampled_from([0.001, 0.05, 0.1]))
def test_rounding_loses_no_more_than_a_step(volumes: list[float], step: float) -> None:
    device = replace(DEVICE, setpoint_step=step, limits=Limits(0.0, 10.0))
    (told,) = commands_of(schedule(*volumes), [device])
    wet = [number for number, volume in enumerate(volumes) if volume > 0.0]
    # A step over a day at the end; what is left before a closed row waits for the next wet one, if there is one.
    assert abs(volume_of(told, device) - sum(volumes)) <= (step * 86_400 + 1e-6) * (1 if wet else 0) + 1e-6


def test_rounding_is_made_up_for_by_the_next_row() -> None:
    coarse = replace(DEVICE, setpoint_step=0.1)
    (told,) = commands_of(schedule(*[0.14 * 86_400.0] * 5), [coarse])
    days = [passed_on_days(told, coarse)[day] / 86_400 for day in sorted(passed_on_days(told, coarse))]
    assert sum(days) == pytest.approx(0.7, abs=0.1)
    assert {row.setpoint for row in told.rows} == {0.1, 0.2}


def test_nobody_turns_a_gate_for_what_rounding_left() -> None:
    (told,) = commands_of(schedule(*[47_500.0] * 4), [DEVICE])
    assert [(row.setpoint, row.end - row.start) for row in told.rows] == [(0.55, 96 * HOUR)]


@pytest.mark.parametrize(
    ("held", "night", "told"),
    [
        (0.071, 0.0716, [0.071, 0.384]),  # less than a step, 0.05 % of the day's water: nobody comes at midnight for that
        (0.070, 0.0716, [0.072, 0.384]),  # more than a step: it is wanted so
        (0.384, 0.3836, [0.384]),  # and the gate stays when the keeper comes
        (0.0, 0.0004, [0.0, 0.384]),  # shut stays shut
    ],
)
def test_a_plan_begins_with_what_the_gate_holds_where_rounding_alone_would_move_it(
    held: float, night: float, told: list[float]
) -> None:
    made = schedule(night * 6 * 3600.0, 0.384 * 6 * 3600.0, 0.384 * 6 * 3600.0, 0.384 * 6 * 3600.0, hours=6.0)
    order = replace(made.orders[0], settings=(replace(made.orders[0].settings[0], setpoint=night), *made.orders[0].settings[1:]))
    (planned,) = commands_of(replace(made, orders=(order,)), [DEVICE])
    kept = kept_from(held, planned.rows, order, DEVICE)
    assert [row.setpoint for row in kept] == told
    assert (kept[0].start, kept[-1].end) == (NOON, NOON + 24 * HOUR)


def test_a_coarse_gate_is_moved_where_a_step_is_much_of_its_day() -> None:
    coarse, made = replace(DEVICE, setpoint_step=0.1), schedule(0.14 * 86_400.0)
    (planned,) = commands_of(made, [coarse])
    assert kept_from(0.2, planned.rows, made.orders[0], coarse) == planned.rows


def test_an_opening_carries_the_water() -> None:
    gate = replace(DEVICE, mode="position", rating=SluiceGate("main_canal", 2.0, 1.5), limits=Limits(0.0, 0.9))
    (told,) = commands_of(schedule(86_400.0), [gate])
    assert told.unit == "m"
    assert volume_of(told, gate) == pytest.approx(86_400.0, rel=0.005)


def test_a_valve_is_open_for_the_time_that_the_water_takes() -> None:
    valve = replace(DEVICE, mode="duration", valve_flow=0.002, setpoint_step=1.0, limits=Limits(0.0, 64_800.0))
    (told,) = commands_of(schedule(72.0, 7.0), [valve])
    assert [row.setpoint for row in told.rows] == [36_000.0, 3_500.0]
    assert volume_of(told, valve) == pytest.approx(79.0)


@pytest.mark.parametrize(
    ("device", "made", "told"),
    [
        (
            replace(DEVICE, mode="position", rating=SluiceGate("main_canal", 0.1, 1.5)),
            schedule(86_400.0),
            "outside of the structure's",
        ),
        (replace(DEVICE, mode="position"), schedule(86_400.0), "needs a rating"),
        (replace(DEVICE, mode="duration"), schedule(86_400.0), "needs a valve_flow"),
        (replace(DEVICE, most_rows=2), schedule(1.0e3, 2.0e3, 3.0e3, hours=6), "more rows than the device keeps"),
        (DEVICE, schedule(float("nan")), "not a number"),
        (DEVICE, schedule(float("inf")), "not a number"),
        (DEVICE, schedule(3.0 * 86_400), "outside of the limits"),
        (replace(DEVICE, limits=Limits(0.5, 2.5)), schedule(0.2 * 86_400), "outside of the limits"),
        (replace(DEVICE, limits=Limits(0.0, 2.5, 0.3)), schedule(900.0, 450.0, hours=0.25), "changes too much"),
        (replace(DEVICE, limits=Limits(0.0, 2.5, None, 7200.0)), schedule(3600.0, 1800.0, hours=1), "does not hold long enough"),
        (replace(DEVICE, limits=Limits(0.0, 2.5, None, 0.0, 40_000.0)), schedule(86_400.0), "more water on a day"),
    ],
)
def test_what_a_device_cannot_do_is_told(device: Device, made: Schedule, told: str) -> None:
    with pytest.raises(InputError, match=told):
        commands_of(made, [device])


def test_a_device_of_few_rows_gets_the_first_days() -> None:
    (told,) = commands_of(schedule(1.0e4, 2.0e4, 3.0e4), [replace(DEVICE, most_rows=2)])
    assert [row.end for row in told.rows] == [NOON + 24 * HOUR, NOON + 48 * HOUR]
    assert told.valid_until == NOON + 48 * HOUR


def test_a_structure_that_runs_both_ways_has_no_setpoint() -> None:
    one = schedule(1.0e4)
    with pytest.raises(InputError, match="runs both ways"):
        commands_of(replace(one, orders=one.orders * 2), [DEVICE])


def test_everything_is_told_at_once() -> None:
    other = Device("gate_b", "side_canal", Limits(0.0, 0.1))
    both = schedule(3.0 * 86_400)
    both = replace(both, orders=(*both.orders, replace(both.orders[0], structure="side_canal")))
    with pytest.raises(InputError) as caught:
        commands_of(both, [DEVICE, other])
    assert {finding.where.component for finding in caught.value.findings} == {"gate_a (main_canal)", "gate_b (side_canal)"}


def test_structures_without_a_device_are_named() -> None:
    assert unserved(schedule(1.0), [DEVICE]) == ()
    assert unserved(schedule(1.0), [replace(DEVICE, structure="elsewhere")]) == ("main_canal",)
    assert commands_of(schedule(1.0), [replace(DEVICE, structure="elsewhere")]) == ()


def test_days_are_those_of_the_orders_own_offset() -> None:
    (told,) = commands_of(schedule(86_400.0), [DEVICE])
    assert passed_on_days(told, DEVICE) == {"2026-11-26": pytest.approx(43_200.0), "2026-11-27": pytest.approx(43_200.0)}


@pytest.mark.parametrize("most", [9.259259, 9.2596])
def test_what_rounding_left_lifts_no_setpoint_over_the_most(most: float) -> None:
    """800,000 m3/day are 9.259259 m3/s, which no device set in litres a second can tell: 9.259, day after day."""
    device = replace(DEVICE, limits=Limits(0.0, most))
    (told,) = commands_of(schedule(*[most * 86_400.0] * 14), [device])
    assert [row.setpoint for row in told.rows] == [9.259]
    with pytest.raises(InputError, match="outside of the limits"):
        commands_of(schedule(86_400.0 * (most + 0.001)), [device])


@pytest.mark.parametrize(("changed", "hours"), [(dt.date(2021, 3, 28), 23.0), (dt.date(2021, 10, 31), 25.0)])
@pytest.mark.parametrize("greatest_step", [None, 0.2])
def test_a_day_on_which_clocks_are_changed_gets_its_water(changed: dt.date, hours: float, greatest_step: float | None) -> None:
    zone = ZoneInfo("Europe/Berlin")
    days = [changed + dt.timedelta(days=number) for number in range(-2, 4)]
    lengths = [hours if day == changed else 24.0 for day in days[:-1]]
    midnights = [dt.datetime.combine(day, dt.time(), zone) for day in days]
    settings = tuple(
        Setting(start, end, 0.5, 0.5 * 3600.0 * length)
        for start, end, length in zip(midnights, midnights[1:], lengths, strict=False)
    )
    device = replace(DEVICE, limits=Limits(0.0, 2.5, greatest_step))
    (told,) = commands_of(Schedule("Europe/Berlin", "drought_practice", (Order("main_canal", "fields", settings),)), [device])
    assert {row.setpoint for row in told.rows} == {0.5}
    passed = passed_on_days(told, device)
    assert passed == {str(day): pytest.approx(0.5 * 3600.0 * length) for day, length in zip(days, lengths, strict=False)}


def test_a_row_that_is_to_be_closed_stays_closed() -> None:
    """What rounding has left waits for the next wet one, also where it would be more than a step of a short closure."""
    hours, flows, edges = (24.0, 3.0, 24.0), (0.14, 0.0, 0.14), [NOON]
    for each in hours:
        edges.append(edges[-1] + each * HOUR)
    told = zip(edges, edges[1:], flows, strict=False)
    settings = tuple(Setting(start, end, flow, flow * (end - start).total_seconds()) for start, end, flow in told)
    order = Order("main_canal", "fields", settings)
    (command,) = commands_of(Schedule("Asia/Taipei", "drought_practice", (order,)), [replace(DEVICE, setpoint_step=0.1)])
    # 0.04 m3/s of a day are 0.32 m3/s of three hours; and 0.18 m3/s of the next day.
    assert [row.setpoint for row in command.rows] == [0.1, 0.0, 0.2]
