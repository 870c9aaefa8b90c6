"""A plan that replaces another while the day runs: what has passed counts, whoever was the cause of it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from commands import NOON, command, envelope
from operate.issuing import Works, works
from waterbalance.operate.issuing.auto_approve import approve_automatically
from waterbalance.operate.issuing.followed import followed
from waterbalance.operate.issuing.issue import issue
from waterbalance.operate.issuing.midday import lost, replanned, still_running, still_to_begin
from waterbalance.operate.issuing.recall import recall
from waterbalance.operate.issuing.remainder import remainder_of
from waterbalance.scenario.issuing import AutomaticApproval
from waterbalance.schedule.command import Command, Fallback, Limits, Row
from waterbalance.schedule.device import Device
from waterbalance.schedule.passing import setting_for
from waterbalance.schedule.rating import PumpCurve, SluiceGate
from waterbalance.store.alarms import ringing
from waterbalance.store.outbox import confirmed_since
from waterbalance.store.plans import NewPlan, approve, record

HOUR = dt.timedelta(hours=1)
MIDNIGHT = NOON.replace(hour=0)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Works]:
    made = works(tmp_path)
    yield made
    made.store.close()


def told(three: Works, name: str = "gate_a") -> list[tuple[float, float]]:
    """Hours of the day at which rows begin, and setpoints. [h], [m3/s]."""
    applied = three.peers[name].applied
    assert applied is not None
    return [((row.start - MIDNIGHT) / HOUR, row.setpoint) for row in applied.command.rows]


def issued(three: Works, hour: float, *setpoints: float) -> None:
    three.clock.now = MIDNIGHT + hour * HOUR
    three.approved(setpoints, MIDNIGHT)
    three.issue()
    three.deliver()


def recalled(three: Works, hour: float, *names: str, stop: bool = False) -> None:
    three.clock.now = MIDNIGHT + hour * HOUR
    action = "stop" if stop else "withdraw"
    recall(three.store, "works", three.issuer, three.clock(), controllers=frozenset(names), action=action)  # type: ignore[arg-type]
    three.deliver()


def test_a_second_change_counts_what_passed_before_the_first(three: Works) -> None:
    issued(three, -1, 1.0)
    issued(three, 6, 1.2)
    # (1.2 x 24 - 1.0 x 6) / 18 = 1.267
    assert told(three) == [(6.0, 1.267)]
    issued(three, 18, 1.4)
    # (1.4 x 24 - 1.0 x 6 - 1.267 x 12) / 6 = 2.066
    assert told(three) == [(18.0, 2.066)]


def test_after_a_stop_the_rest_of_the_day_makes_up_for_it(three: Works) -> None:
    issued(three, -1, 0.5)
    recalled(three, 6, "gate_a", stop=True)
    issued(three, 12, 0.51)
    # 0.51 x 24 - 0.5 x 6 = 9.24 over 12 hours; the others: 0.51 x 24 - 0.5 x 12 = 6.24
    assert told(three) == [(12.0, 0.77)]
    assert told(three, "gate_b") == [(12.0, 0.52)]


def test_after_a_whole_recall_too(three: Works) -> None:
    issued(three, -1, 0.5)
    recalled(three, 6, stop=True)
    issued(three, 12, 0.51)
    assert told(three) == told(three, "gate_b") == [(12.0, 0.77)]


@pytest.mark.parametrize(
    ("fallback", "setpoint"),
    [
        # 0.51 x 24 - 0.5 x 12, - 0.5 x 6, - (0.5 + 0.3) x 6, over 12 hours
        (Fallback("hold_last"), 0.52),
        (Fallback("close"), 0.77),
        (Fallback("flow", 0.3), 0.62),
    ],
)
def test_what_passes_by_the_fallback_counts(tmp_path: Path, fallback: Fallback, setpoint: float) -> None:
    made = works(tmp_path, fallback=fallback)
    issued(made, -1, 0.5)
    recalled(made, 6, "gate_a")
    issued(made, 12, 0.51)
    assert told(made) == [(12.0, setpoint)]
    made.store.close()


def test_nothing_is_known_before_anything_was_confirmed(three: Works) -> None:
    assert followed((), MIDNIGHT, NOON) == ()
    issued(three, 12, 1.0)
    # A first plan at noon: nobody knows what passed before, and the day's flow is kept.
    assert told(three) == [(0.0, 1.0)]
    # What is known begins at noon: (1.2 x 12 - 1.0 x 6) / 6 = 1.4
    issued(three, 18, 1.2)
    assert told(three) == [(18.0, 1.4)]


def test_what_is_held_before_the_first_row(three: Works) -> None:
    issued(three, -1, 1.0, 0.5)
    with three.store.reading() as connection:
        confirmed = [each.envelope for each in confirmed_since(connection, MIDNIGHT)["gate_a"]]
    assert followed(confirmed, MIDNIGHT + 6 * HOUR, MIDNIGHT + 30 * HOUR) == (
        Row(MIDNIGHT + 6 * HOUR, NOON, 1.0),
        Row(NOON, MIDNIGHT + 24 * HOUR, 0.5),
        Row(MIDNIGHT + 24 * HOUR, MIDNIGHT + 30 * HOUR, 0.5),
    )
    assert followed(confirmed, MIDNIGHT - 2 * HOUR, MIDNIGHT) == ()


@pytest.mark.parametrize("fallback", [Fallback("hold_last"), Fallback("flow", 0.3)])
@pytest.mark.parametrize("today", [True, False])
def test_tomorrows_plan_is_replaced_the_same_evening(tmp_path: Path, fallback: Fallback, *, today: bool) -> None:
    """Rows that are still to come are not over: what was set last stays until then, and no fallback is called."""
    made = works(tmp_path, fallback=fallback)
    if today:
        made.clock.now = MIDNIGHT - 20 * HOUR
        made.approved((0.5,), MIDNIGHT - 24 * HOUR)
        made.issue()
        made.deliver()
    for hour, setpoint in ((-3, 1.0), (-2, 0.8), (-1, 0.9)):
        issued(made, hour, setpoint)
        assert told(made) == [(0.0, setpoint)]
    with made.store.reading() as connection:
        confirmed = [each.envelope for each in confirmed_since(connection, MIDNIGHT - HOUR)["gate_a"]]
    running = followed(confirmed, MIDNIGHT - 2 * HOUR, MIDNIGHT + HOUR)
    assert sum(row.setpoint * row.seconds for row in running) == pytest.approx((1.0 if today else 0.0) * 3600 + 0.9 * 3600)
    made.store.close()


def test_what_runs_goes_on_until_a_later_plan_begins(three: Works) -> None:
    issued(three, -1, 1.0, 0.5, 0.3, 0.8)
    # At 5 o'clock a plan from 15 on: 1.0 until 6, 0.5 until 12, 0.3 until then.
    three.clock.now = MIDNIGHT + 5 * HOUR
    three.approved((0.6, 0.4), MIDNIGHT + 15 * HOUR)
    three.issue()
    three.deliver()
    assert told(three) == [(5.0, 1.0), (6.0, 0.5), (12.0, 0.3), (15.0, 0.6), (27.0, 0.4)]
    applied = three.peers["gate_a"].applied
    assert applied is not None
    assert applied.command.valid_from == MIDNIGHT + 5 * HOUR
    # And once more: the rows that were carried on are carried on.
    three.clock.now = MIDNIGHT + 7 * HOUR
    three.approved((0.3,), MIDNIGHT + 16 * HOUR)
    three.issue()
    three.deliver()
    assert told(three) == [(7.0, 0.5), (12.0, 0.3), (15.0, 0.6), (16.0, 0.3)]


@pytest.mark.parametrize("before", [False, True])
def test_what_was_told_and_not_confirmed_goes_on_too(three: Works, *, before: bool) -> None:
    """Nobody knows whether the device runs it already: told once more, it does so until the later plan begins in either case."""
    if before:
        issued(three, -2, 0.9)
    three.clock.now = MIDNIGHT - HOUR
    three.approved((1.0, 0.5, 0.3, 0.8), MIDNIGHT)
    three.issue()
    three.clock.now = MIDNIGHT + 5 * HOUR
    three.approved((0.6, 0.4), MIDNIGHT + 15 * HOUR)
    three.issue()
    three.deliver()
    assert told(three) == [(5.0, 1.0), (6.0, 0.5), (12.0, 0.3), (15.0, 0.6), (27.0, 0.4)]


def test_a_stop_that_is_not_confirmed_goes_on_until_a_plan_begins(three: Works) -> None:
    issued(three, -1, 0.5)
    three.clock.now = MIDNIGHT + 6 * HOUR
    recall(three.store, "works", three.issuer, three.clock(), controllers=frozenset({"gate_a"}), action="stop")
    three.clock.now = MIDNIGHT + 8 * HOUR
    three.approved((0.7,), MIDNIGHT + 12 * HOUR)
    three.issue()
    three.deliver()
    assert told(three) == [(8.0, 0.0), (12.0, 0.7)]


def test_a_setpoint_that_stays_is_one_row(three: Works) -> None:
    issued(three, -1, 1.0, 0.5)
    three.clock.now = MIDNIGHT + 14 * HOUR
    three.approved((0.5, 0.4), MIDNIGHT + 15 * HOUR)
    three.issue()
    three.deliver()
    assert told(three) == [(14.0, 0.5), (27.0, 0.4)]


def test_a_gate_is_not_moved_for_less_than_its_dwell_before_a_plan_begins(three: Works) -> None:
    issued(three, -1, 1.0, 0.5)
    # The dwell is half an hour: from 12:00 to 12:15 nobody sets it to 0.5.
    three.clock.now = MIDNIGHT + 10 * HOUR
    three.approved((0.7,), MIDNIGHT + 12.25 * HOUR)
    three.issue()
    three.deliver()
    assert told(three) == [(10.0, 1.0), (12.25, 0.7)]


def test_a_stopped_gate_stays_shut_until_a_plan_begins(three: Works) -> None:
    issued(three, -1, 0.5)
    recalled(three, 6, "gate_a", stop=True)
    three.clock.now = MIDNIGHT + 8 * HOUR
    three.approved((0.7,), MIDNIGHT + 12 * HOUR)
    three.issue()
    three.deliver()
    assert told(three) == [(8.0, 0.0), (12.0, 0.7)]
    assert told(three, "gate_b") == [(8.0, 0.5), (12.0, 0.7)]


def test_a_rule_does_not_undo_a_recall(three: Works) -> None:
    issued(three, -1, 0.05)
    recalled(three, 6, "gate_b", stop=True)
    again = three.recorded((0.05,), MIDNIGHT)
    outside = approve_automatically(three.store, again, AutomaticApproval(greatest_change=0.1), three.clock())
    assert [(finding.where.component, finding.found) for finding in outside] == [("gate_b", "stop")]


def test_a_first_plan_at_noon_tells_what_the_morning_has_lost(three: Works) -> None:
    three.clock.now = MIDNIGHT + 12.5 * HOUR
    three.approved((1.0, 0.5), MIDNIGHT)
    late = three.issue().late
    assert [finding.where.component for finding in late] == ["gate_a (main_canal)", "gate_b (main_canal)", "gate_c (main_canal)"]
    # 1.0 x 12 h + 0.5 x 0.5 h of 1.0 x 12 h + 0.5 x 12 h
    assert late[0].found == "44100 m3 of the 64800 m3 until midnight were to pass before 12:30"
    with three.store.reading() as connection:
        assert [(each.subject, each.kind) for each in ringing(connection)] == [("works", "late")]
        (alarm,) = ringing(connection)
    assert "gate_c (main_canal)" in alarm.text
    # It does not return when devices confirm: somebody has to see it.
    three.deliver()
    with three.store.reading() as connection:
        assert len(ringing(connection)) == 1


def test_a_plan_that_replaces_another_has_lost_nothing(three: Works) -> None:
    issued(three, -1, 1.0)
    three.clock.now = MIDNIGHT + 6 * HOUR
    three.approved((1.2,), MIDNIGHT)
    assert three.issue().late == ()


@pytest.mark.parametrize(("minutes", "told"), [(14, 0), (15, 3)])
def test_less_than_a_hundredth_of_the_day_is_not_told(three: Works, minutes: float, told: int) -> None:
    three.clock.now = MIDNIGHT + dt.timedelta(minutes=minutes)
    three.approved((1.0,), MIDNIGHT)
    assert len(three.issue().late) == told


GATE = Device("gate", "main_canal", Limits(0.0, 2.5))
PUMP = Device("pump", "main_canal", Limits(0.0, 1.0), "speed", PumpCurve("main_canal", 40.0, 50.0, 20.0, 30.0, slowest=0.75))


@pytest.mark.parametrize(
    ("device", "planned", "done", "expected"),
    [
        # Half of the day with 1.0 m3/s has passed; 0.51 x 24 - 12 over twelve hours are 0.02 m3/s.
        (GATE, 0.51, 1.0, 0.02),
        (replace(GATE, limits=Limits(0.2, 2.5)), 0.51, 1.0, 0.0),
        (replace(GATE, least_setpoint=0.03), 0.51, 1.0, 0.0),
        # What has passed already is more than the whole day was to bring.
        (GATE, 0.4, 1.0, 0.0),
        (replace(GATE, limits=Limits(0.0, 0.8)), 0.6, 0.0, 0.8),
        # 0.26 x 24 - 0.5 x 12 leave 0.02 m3/s, less than the slowest speed brings; 0.4 x 24 ask for more than the fastest.
        (PUMP, 0.26, 0.5, 0.0),
        (PUMP, 0.4, 0.0, 1.0),
        (PUMP, 0.4, 0.4, 0.9055),
    ],
)
def test_the_rest_of_the_day_is_within_what_the_device_can(device: Device, planned: float, done: float, expected: float) -> None:
    setpoints = [setting_for(flow, device) for flow in (planned, done)]
    told = replace(command(start=MIDNIGHT, setpoints=(setpoints[0],)), mode=device.mode, unit=device.unit, limits=device.limits)
    (row,) = replanned(told, (Row(MIDNIGHT, NOON, setpoints[1]),), device, NOON).rows
    assert row.setpoint == pytest.approx(expected, abs=6e-4)


def test_a_valve_that_holds_its_last_setpoint_closes_when_its_time_is_over() -> None:
    rows = (Row(MIDNIGHT, NOON, 3600.0), Row(NOON, MIDNIGHT + 24 * HOUR, 7200.0))
    told = replace(command(start=MIDNIGHT), mode="duration", unit="s", rows=rows, limits=Limits(0.0, 64_800.0))
    assert told.fallback.mode == "hold_last"
    assert followed((envelope(told, issued_at=MIDNIGHT),), MIDNIGHT + 0.75 * HOUR, MIDNIGHT + 30 * HOUR) == (
        # It was open from midnight on, for an hour.
        Row(MIDNIGHT + 0.75 * HOUR, NOON, 900.0),
        rows[1],
        Row(MIDNIGHT + 24 * HOUR, MIDNIGHT + 30 * HOUR, 0.0),
    )


def test_what_was_told_in_other_words_counts_for_nothing(three: Works) -> None:
    """Cubic metres a second of the morning are no metres of opening in the afternoon: nobody knows what has passed."""
    issued(three, -1, 1.0)
    three.clock.now = NOON
    opening = replace(
        three.devices["gate_a"], mode="position", rating=SluiceGate("main_canal", 2.0, 1.5), limits=Limits(0.0, 0.9)
    )
    told_before = three.commands((0.2,), MIDNIGHT)
    told_now = replace(told_before[0], mode="position", unit="m", limits=opening.limits)
    content = {"commands": [each.content() for each in (told_now, *told_before[1:])], "shortages": {"fields": 0.0}}
    rule = AutomaticApproval(greatest_change=1.0, greatest_shortage=1.0)
    with three.store.writing() as connection:
        plan = record(connection, NewPlan("works", "2026-11-26", MIDNIGHT, MIDNIGHT + 24 * HOUR, content), {}, "nightly", NOON)
    (finding,) = approve_automatically(three.store, plan, rule, NOON)
    assert str(finding).startswith(
        "gate_a: the device was described anew; found position of main_canal; allowed: flow of main_canal"
    )
    with three.store.writing() as connection:
        approve(connection, plan, "chen", NOON)
    done = issue(three.store, "works", replace(three.issuer, devices={**three.devices, "gate_a": opening}), NOON, plan)
    queued = three.queued(plan)
    assert [row.setpoint for row in queued["gate_a"].envelope.command.rows] == [0.2]
    # 0.2 x 24 h of the new plan, of which 1.0 x 12 h have passed.
    assert [row.setpoint for row in queued["gate_b"].envelope.command.rows] == [0.0]
    assert [finding.where.component for finding in done.late] == ["gate_a (main_canal)"]


VALVE = Device("valve", "main_canal", Limits(0.0, 30_000.0), "duration", valve_flow=0.1, setpoint_step=1.0, least_setpoint=600.0)


@pytest.mark.parametrize(
    ("planned", "done", "expected"),
    [
        # Two rows of twelve hours; the second one makes up for what the first one has brought. [s]
        (3600.0, 3600.0, 3600.0),
        (3600.0, 1800.0, 5400.0),
        (3600.0, 6900.0, 0.0),
        (3600.0, 9000.0, 0.0),
        (20_000.0, 0.0, 30_000.0),
    ],
)
def test_a_valve_is_open_for_the_rest_of_the_day_as_long_as_it_may(planned: float, done: float, expected: float) -> None:
    rows = (Row(MIDNIGHT, NOON, planned), Row(NOON, MIDNIGHT + 24 * HOUR, planned))
    told = replace(command(start=MIDNIGHT), mode="duration", unit="s", rows=rows, limits=VALVE.limits)
    (row,) = replanned(told, (Row(MIDNIGHT, NOON, done),), VALVE, NOON).rows
    assert (row.start, row.setpoint) == (NOON, expected)


def test_a_valve_is_open_no_longer_than_what_is_left_of_its_row() -> None:
    rows = (Row(MIDNIGHT, MIDNIGHT + 24 * HOUR, 20_000.0),)
    told = replace(command(start=MIDNIGHT), mode="duration", unit="s", rows=rows, limits=VALVE.limits)
    late = MIDNIGHT + 20 * HOUR
    (row,) = replanned(told, (Row(MIDNIGHT, late, 0.0),), VALVE, late).rows
    assert row.setpoint == 4 * 3600.0


def opened(seconds: float, hours: float = 24.0) -> Command:
    """A valve that is open for some of its row's time."""
    rows = (Row(MIDNIGHT, MIDNIGHT + hours * HOUR, seconds),)
    return replace(command(start=MIDNIGHT), mode="duration", unit="s", rows=rows, limits=VALVE.limits)


@pytest.mark.parametrize(
    ("hour", "planned", "expected"),
    [
        # Told 20,000 s at midnight: open until 05:33. What is left of the day brings what it has not brought yet. [h], [s]
        (15.0, 20_000.0, 0.0),
        (15.0, 25_000.0, 5_000.0),
        (2.0, 20_000.0, 12_800.0),
        (2.0, 10_000.0, 2_800.0),
    ],
)
def test_a_valve_that_has_been_open_is_not_opened_for_the_same_water_again(hour: float, planned: float, expected: float) -> None:
    now = MIDNIGHT + hour * HOUR
    done = followed((envelope(opened(20_000.0), issued_at=MIDNIGHT - HOUR),), MIDNIGHT, now)
    (row,) = still_to_begin(replanned(opened(planned), done, VALVE, now), VALVE, now).rows
    assert (row.start, row.setpoint) == (now + 0.1 * HOUR, expected)


@pytest.mark.parametrize(("hour", "expected"), [(12.0, 0.0), (20.0, 5600.0)])
def test_what_a_valve_has_room_for_in_the_rest_of_its_row_is_not_lost(hour: float, expected: float) -> None:
    found = lost(opened(20_000.0), (), VALVE, MIDNIGHT + hour * HOUR)
    assert [each.found.split()[0] for each in found] == ([f"{expected * 0.1:.0f}"] if expected else [])


def test_a_program_that_runs_as_tomorrow_is_told_goes_on_with_what_is_left() -> None:
    now, tomorrow = MIDNIGHT + 2 * HOUR, replace(command(start=NOON), mode="duration", unit="s", limits=VALVE.limits)
    runs = followed((envelope(opened(20_000.0), issued_at=MIDNIGHT - HOUR),), now, NOON)
    assert still_running(tomorrow, runs, VALVE, now) == (Row(now + 0.1 * HOUR, NOON, 12_800.0),)
    over = followed((envelope(opened(5_000.0), issued_at=MIDNIGHT - HOUR),), now, NOON)
    assert still_running(tomorrow, over, VALVE, now) == ()


def test_the_remainder_opens_a_valve_for_what_is_left() -> None:
    rest = remainder_of(opened(20_000.0), MIDNIGHT + 2 * HOUR)
    assert rest is not None
    assert [row.setpoint for row in rest.rows] == [12_800.0]
    rest = remainder_of(opened(20_000.0), MIDNIGHT + 15 * HOUR)
    assert rest is not None
    assert [row.setpoint for row in rest.rows] == [0.0]
