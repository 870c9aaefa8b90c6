"""The last look at commands: what may not be sent is named, and nothing else is."""

import datetime as dt
import math
from dataclasses import replace

import pytest

from commands import NOON, command
from waterbalance.errors import InputError
from waterbalance.schedule.command import Command, Fallback, Limits, Row
from waterbalance.schedule.device import Device
from waterbalance.schedule.guard_commands import guard_commands, wrong_with
from waterbalance.schedule.rating import RatedTable, SluiceGate, Weir

HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)
LIMITS = Limits(0.2, 2.5, 1.0, 1800.0, 100_000.0)
GATE = Device("gate_a", "main_canal", LIMITS)
SOUND = replace(command(setpoints=(1.2, 0.5)), limits=LIMITS)
VALVE = Device("gate_a", "main_canal", Limits(0.0, 64_800.0), "duration", valve_flow=0.002)
OPEN = replace(SOUND, mode="duration", unit="s", limits=VALVE.limits)
CREST = Device("gate_a", "main_canal", Limits(9.0, 10.0), "level", Weir("main_canal", 3.0, 10.0, 9.0, 10.0))


def row(hours: float, length: float, setpoint: float) -> Row:
    return Row(NOON + hours * HOUR, NOON + (hours + length) * HOUR, setpoint)


def told(*rows: Row, of: Command = SOUND) -> Command:
    return replace(of, rows=rows)


def wrong(command: Command, device: Device = GATE, now: dt.datetime | None = None) -> list[str]:
    return [finding.what for finding in wrong_with(command, device, now)]


@pytest.mark.parametrize(
    "sound",
    [
        SOUND,
        # Closed is less than the least, and has no step over the one before it here.
        told(row(0, 12, 1.0), row(12, 12, 0.0)),
        told(row(0, 0.5, 0.2), row(0.5, 23.5, 1.2)),
        told(row(1, 2, 1.0), row(5, 19, 1.0)),
        # 1.15 m3/s until midnight are 49,680 m3; 99,999.36 m3 on the day itself.
        told(row(0, 12, 1.15), row(12, 12, 2.1481)),
        replace(told(row(0, 0.25, 1.0), row(0.25, 23.75, 0.5)), label="remainder"),
        replace(SOUND, fallback=Fallback("flow", 0.0)),
        replace(SOUND, fallback=Fallback("flow", 2.5)),
        replace(SOUND, action="withdraw", rows=()),
    ],
)
def test_what_is_sound_is_let_through(sound: Command) -> None:
    # A greatest step of 1.0 is not gone over by rounding: 2.1481 - 1.15.
    assert wrong(sound, now=NOON) == []
    assert guard_commands((sound,), {"gate_a": GATE}, NOON) == (sound,)


@pytest.mark.parametrize(
    ("spoilt", "what"),
    [
        (replace(SOUND, action="withdraw", rows=(), valid_until=NOON), "the command ends before it begins"),
        (replace(SOUND, rows=()), "a command without rows"),
        (replace(SOUND, action="stop"), "a command to stop has rows"),
        (told(row(-0.5, 1, 1.0)), "the row is out of its order"),
        (replace(told(row(0, 0, 1.0)), label="remainder"), "the row is out of its order"),
        (told(row(23, 1.5, 1.0)), "the row is out of its order"),
        (told(row(0, 2, 1.0), row(1, 5, 1.0)), "the row is out of its order"),
        (told(row(0, 9, 1.0), row(9, 1, 0.9), row(4, 3, 1.0)), "the row is out of its order"),
        (told(row(0, 0.4, 1.0)), "the setpoint does not hold long enough"),
        # Only the first row of what is left has begun before.
        (replace(told(row(0, 2, 1.0), row(2, 0.4, 0.5)), label="replanned"), "the setpoint does not hold long enough"),
        (told(row(0, 2, 0.19)), "the setpoint is outside of the limits"),
        (told(row(0, 2, 2.51)), "the setpoint is outside of the limits"),
        (told(row(0, 2, -1.0)), "the setpoint is outside of the limits"),
        (told(row(0, 2, math.nan)), "the setpoint is not a number"),
        (told(row(0, 2, math.inf)), "the setpoint is not a number"),
        (told(row(0, 2, 0.5), row(2, 2, 1.51)), "the setpoint changes too much at once"),
        (told(row(0, 2, 1.51), row(2, 2, 0.5)), "the setpoint changes too much at once"),
        # 2.33 m3/s for twelve hours are 100,656 m3.
        (told(row(12, 12, 2.33)), "more water on a day than may pass"),
        (replace(SOUND, fallback=Fallback("flow", 2.6)), "the fallback is outside of the limits"),
        (replace(SOUND, fallback=Fallback("flow", math.nan)), "the fallback is outside of the limits"),
        (replace(SOUND, fallback=Fallback("flow", None)), "the fallback is outside of the limits"),
    ],
)
def test_what_may_not_be_sent_is_named(spoilt: Command, what: str) -> None:
    assert set(wrong(spoilt, now=NOON - HOUR)) == {what}


def test_a_command_is_out_of_date_when_its_end_has_come() -> None:
    end = SOUND.valid_until
    assert wrong(SOUND, now=end - SECOND) == []
    assert wrong(SOUND, now=end) == ["the command is out of date"]


def test_a_valve_is_open_no_longer_than_its_row() -> None:
    assert wrong(told(row(0, 2, 7200.0), of=OPEN), VALVE) == []
    assert wrong(told(row(0, 2, 7201.0), of=OPEN), VALVE) == ["the valve is open longer than its row"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"most": 1.0}, "the setpoint is outside of the limits"),
        ({"least": 0.6}, "the setpoint is outside of the limits"),
        ({"greatest_step": 0.5}, "the setpoint changes too much at once"),
        ({"least_dwell": 13 * 3600.0}, "the setpoint does not hold long enough"),
        ({"daily_volume": 50_000.0}, "more water on a day than may pass"),
    ],
)
def test_the_device_as_it_is_described_now_counts_too(change: dict[str, float], what: str) -> None:
    # The plan was approved before the gate was damaged; and what was approved for a damaged gate is not opened any further.
    now, then = replace(GATE, limits=replace(LIMITS, **change)), replace(SOUND, limits=replace(LIMITS, **change))
    assert set(wrong(SOUND, now)) == {what}
    assert set(wrong(then, GATE)) == {what}
    unbounded = replace(GATE, limits=Limits(0.0, 9.0))
    assert set(wrong(then, unbounded)) == {what}


def test_orders_for_another_device_are_not_told_but_it_may_be_stopped() -> None:
    rating = SluiceGate("main_canal", 2.0, 2.0)
    for other in (replace(GATE, structure="north_canal"), replace(GATE, mode="position", rating=rating)):
        assert wrong(SOUND, other) == ["the orders are for another device"]
        assert wrong(replace(SOUND, action="stop", rows=()), other) == []
    (finding,) = wrong_with(SOUND, replace(GATE, mode="position", rating=rating))
    assert (finding.found, finding.allowed) == ("flow of main_canal", "position of main_canal")


def test_a_setpoint_beyond_the_rating_as_it_is_now_is_named() -> None:
    table = Device("gate_a", "main_canal", LIMITS, "position", RatedTable("main_canal", (0.6, 1.5), (0.1, 1.8)))
    opening = replace(SOUND, mode="position", unit="m")
    assert wrong(told(row(0, 2, 0.6), row(2, 2, 1.5), row(4, 1, 1.0), row(5, 1, 0.0), of=opening), table) == []
    for setpoint in (0.59, 1.51):
        assert wrong(told(row(0, 2, setpoint), of=opening), table) == ["the setpoint is outside of the rating"]


def test_no_level_is_closed_at_zero_but_at_its_highest_crest() -> None:
    crest = replace(SOUND, mode="level", unit="m", limits=CREST.limits)
    assert wrong(told(row(0, 2, 10.0), of=crest), CREST) == []
    assert "the setpoint is outside of the limits" in wrong(told(row(0, 2, 0.0), of=crest), CREST)


def test_all_is_told_at_once_and_unknown_devices_too() -> None:
    other = replace(told(row(0, 0.1, 9.0)), controller="gate_b")
    with pytest.raises(InputError) as caught:
        guard_commands((other, told(row(0, 0.1, 9.0))), {"gate_a": GATE}, NOON + 48 * HOUR)
    assert [finding.what for finding in caught.value.findings] == [
        "no such device",
        "the command is out of date",
        "the setpoint does not hold long enough",
        "the setpoint is outside of the limits",
    ]
