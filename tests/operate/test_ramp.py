"""Gates that may only be turned a little at a time begin a plan from what they hold; what is recorded of one carries it out."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from canal_works import today, write_works
from commands import NOON
from operate.issuing import LIMITS, Works, works
from waterbalance.errors import InputError
from waterbalance.operate.issuing.record import commands_in, record_plan
from waterbalance.operate.issuing.resimulate import resimulated
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.report.planned import Planned
from waterbalance.scenario.read import read_scenario
from waterbalance.schedule.command import Limits
from waterbalance.schedule.device import Device
from waterbalance.schedule.schedule import Order, Schedule, Setting
from waterbalance.store.database import open_store
from waterbalance.store.plans import NewPlan, approve, find, record

HOUR = dt.timedelta(hours=1)
MIDNIGHT = NOON.replace(hour=0)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Works]:
    made = works(tmp_path)
    yield made
    made.store.close()


def follow(three: Works, *setpoints: float, start: dt.datetime) -> list[tuple[dt.datetime, float]]:
    """Starts and setpoints of what a gate holds after a plan was issued. [m3/s]."""
    three.approved(setpoints, start)
    three.issue()
    three.deliver()
    applied = three.peers["gate_a"].applied
    assert applied is not None
    return [(row.start, row.setpoint) for row in applied.command.rows]


def test_the_next_day_begins_from_what_the_gate_holds(three: Works) -> None:
    assert LIMITS.greatest_step == 1.0
    three.clock.now = MIDNIGHT - HOUR
    assert follow(three, 1.0, start=MIDNIGHT) == [(MIDNIGHT, 1.0)]
    three.clock.now = MIDNIGHT + 23 * HOUR
    tomorrow = MIDNIGHT + 24 * HOUR
    # (2.2 x 24 h - 2.0 x 0.5 h) / 23.5 h = 2.204 m3/s
    assert follow(three, 2.2, start=tomorrow) == [(tomorrow, 2.0), (tomorrow + HOUR / 2, 2.204)]


def test_rounding_alone_moves_no_gate_at_midnight(three: Works) -> None:
    three.clock.now = MIDNIGHT - HOUR
    follow(three, 1.0, start=MIDNIGHT)
    three.clock.now, tomorrow = MIDNIGHT + 23 * HOUR, MIDNIGHT + 24 * HOUR
    setting = Setting(tomorrow, tomorrow + 24 * HOUR, 1.0006, 1.0006 * 86_400.0)
    orders = Schedule("Asia/Taipei", "drought_practice", (Order("main_canal", "fields", (setting,)),))
    told = [each.content() for each in three.commands((1.001,), tomorrow)]
    content = {"commands": told, "schedule": orders.to_dict(), "shortages": {"fields": 0.0}}
    with three.store.writing() as connection:
        new = NewPlan("works", str(tomorrow.date()), tomorrow, tomorrow + 24 * HOUR, content)
        approve(connection, record(connection, new, {}, "nightly", three.clock()), "chen", three.clock())
    three.issue()
    three.deliver()
    applied = three.peers["gate_a"].applied
    assert applied is not None
    assert {row.setpoint for row in applied.command.rows} == {1.0}


def test_stairs_of_the_plan_itself_are_made_anew(three: Works) -> None:
    three.clock.now = MIDNIGHT - HOUR
    follow(three, *[1.8] * 48, start=MIDNIGHT)
    three.clock.now = MIDNIGHT + 23 * HOUR
    tomorrow = MIDNIGHT + 24 * HOUR
    # The plan begins from a closed gate; this one holds 1.8 and needs no stair: (0.5 x 0.5 h + 1.5 x 23.5 h) / 24 h = 1.479 m3/s.
    assert follow(three, 0.5, *[1.5] * 47, start=tomorrow) == [(tomorrow, 1.479)]


def test_a_burst_closes_as_fast_as_the_gate_may(three: Works) -> None:
    three.clock.now = MIDNIGHT - HOUR
    follow(three, 1.8, start=MIDNIGHT)
    three.clock.now = now = MIDNIGHT + 15 * HOUR
    assert follow(three, 0.0, start=MIDNIGHT) == [(now, 0.8), (now + HOUR / 2, 0.0)]


def week(folder: Path) -> Planned:
    """Half a cubic metre a second today, 1.5 tomorrow, nothing the day after."""
    first = today()
    days = [first + dt.timedelta(days=k) for k in range(3)]
    demand = f"{{{days[0]}: 0.5 m3/s, {days[1]}: 1.5 m3/s, {days[2]}: 0 m3/s}}"
    return plan_scenario(read_scenario(write_works(folder, demand_a=demand)))


def test_stairs_carry_out_the_plan(tmp_path: Path) -> None:
    """Allocated is supplied: the recorded commands, walked through the network again on all three days."""
    planned = week(tmp_path / "works")
    device = Device("gate_a", "canal_a", Limits(0.0, 2.0, greatest_step=0.25, least_dwell=1800.0))
    store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    plan = record_plan(store, planned, [device], "nightly", NOON)
    with store.reading() as connection:
        told = commands_in(find(connection, plan))
    store.close()
    assert {row.setpoint for row in told[0].rows} >= {0.5, 0.75, 1.0, 1.25, 0.25, 0.0}
    assert max(abs(b.setpoint - a.setpoint) for a, b in pairwise(told[0].rows)) <= 0.25
    assert resimulated(planned, told, {"gate_a": device}, days=3) == ()
    # The judge is one: without the highest row tomorrow's fields go short.
    most = max(row.setpoint for row in told[0].rows)
    lower = tuple(replace(row, setpoint=min(row.setpoint, 0.95 * most)) for row in told[0].rows)
    (short,) = resimulated(planned, (replace(told[0], rows=lower),), {"gate_a": device}, days=3)
    assert short.where.component == "fields_a"


@pytest.mark.parametrize(
    ("limits", "complaint"),
    [
        (Limits(0.0, 2.0, greatest_step=0.02, least_dwell=3600.0), "changes too much at once"),
        (Limits(0.0, 1.5, greatest_step=0.1, least_dwell=3600.0), "than the 129600 m3 of its order"),
    ],
)
def test_a_plan_that_cannot_be_ramped_is_not_recorded(tmp_path: Path, limits: Limits, complaint: str) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with pytest.raises(InputError, match=complaint):
        record_plan(store, week(tmp_path / "works"), [Device("gate_a", "canal_a", limits)], "nightly", NOON)
    store.close()
