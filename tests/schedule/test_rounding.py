"""Where a device's steps are too coarse for a day's volume, it is told; where they are not, nothing is."""

import datetime as dt
from dataclasses import replace

import pytest

from commands import NOON
from waterbalance.schedule.command import Limits
from waterbalance.schedule.device import Device
from waterbalance.schedule.passing import volume_of
from waterbalance.schedule.rating import SluiceGate
from waterbalance.schedule.rounding import missed
from waterbalance.schedule.schedule import Order, Schedule, Setting
from waterbalance.schedule.tell import commands_of

MIDNIGHT = NOON.replace(hour=0)
DAY = dt.timedelta(days=1)
COARSE = Device("gate_a", "main_canal", Limits(0.0, 2.5), setpoint_step=0.1)


def schedule(*flows: float) -> Schedule:
    settings = tuple(
        Setting(MIDNIGHT + day * DAY, MIDNIGHT + (day + 1) * DAY, flow, 86_400.0 * flow) for day, flow in enumerate(flows)
    )
    return Schedule("Asia/Taipei", "drought_practice", (Order("main_canal", "fields", settings),))


def test_days_that_the_steps_miss_are_told() -> None:
    made = schedule(1.04, 0.0, 1.0, 1.08)
    told = commands_of(made, [COARSE])
    # 1.0, 0, 1.0 (0.04 is left of the first day, less than a step), 1.1 (0.04 + 1.08): 3.1 of 3.12
    assert [row.setpoint for row in told[0].rows] == [1.0, 0.0, 1.0, 1.1]
    (finding,) = missed(made, told, [COARSE])
    assert finding.what == "the device's steps miss the volume of 2 of 3 days by more than 1 %"
    assert (finding.where.component, finding.where.date) == ("gate_a (main_canal)", "2026-11-26")
    assert finding.found == "-3.8 % on that day, -0.6 % over all"
    assert "one step of 0.1 m3/s is 0.1 m3/s" in str(finding)


def test_the_step_of_an_opening_is_told_as_a_flow() -> None:
    rating = SluiceGate("main_canal", 2.0, 1.5)
    gate = replace(COARSE, mode="position", rating=rating, limits=Limits(0.0, 0.9))
    made = schedule(0.45)
    told = commands_of(made, [gate])
    held = told[0].rows[0].setpoint
    (finding,) = missed(made, told, [gate])
    assert f"one step of 0.1 m is {rating.flow(held) - rating.flow(held - 0.1):.3g} m3/s" in str(finding)


def test_what_is_near_enough_is_not_told() -> None:
    made = schedule(1.0, 1.009, 0.0, 1.1)
    assert missed(made, commands_of(made, [COARSE]), [COARSE]) == ()


def test_a_trickle_closes_and_its_water_goes_on_to_the_next_row() -> None:
    device = replace(COARSE, setpoint_step=0.001, least_setpoint=0.02)
    made = schedule(0.0011, 0.0011, 0.5, 0.019, 0.020)
    (told,) = commands_of(made, [device])
    assert [row.setpoint for row in told.rows] == [0.0, 0.502, 0.0, 0.039]
    assert volume_of(told, device) == pytest.approx(86_400.0 * 0.5412, abs=0.5 * 86.4)
    (finding,) = missed(made, [told], [device])
    assert finding.what == "the device's steps miss the volume of 4 of 5 days by more than 1 %"
    assert "it closes below 0.02 m3/s" in str(finding)
