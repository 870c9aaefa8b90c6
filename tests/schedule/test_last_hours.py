"""Orders of turns last until the last midnight, also where slots do not fill the days; the water stays the same."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from schedule.canal_simulation import simulate
from schedule.canals import at_the_end, lateral
from waterbalance.schedule.canal_tree import Gate
from waterbalance.schedule.command import Command, Limits
from waterbalance.schedule.device import Device
from waterbalance.schedule.passing import passed_on_days, volume_of
from waterbalance.schedule.rounding import missed
from waterbalance.schedule.schedule import Order, Schedule, Setting
from waterbalance.schedule.slots import slots_of
from waterbalance.schedule.tell import commands_of
from waterbalance.schedule.timetable import make_timetable
from waterbalance.schedule.turn_orders import orders_of

SATURDAY = dt.date(2026, 10, 24)


@pytest.mark.parametrize(
    ("zone", "hours", "days", "rest"),
    [
        # The night to the 25th of October 2026 has an hour more in Madrid, that to the 29th of March one less.
        ("Europe/Madrid", 2.0, 2, 1.0),
        ("Asia/Taipei", 2.0, 2, 0.0),
        ("Asia/Taipei", 7.0, 2, 6.0),
    ],
)
def test_the_last_slot_lasts_until_midnight_and_keeps_its_water(zone: str, hours: float, days: int, rest: float) -> None:
    slots = slots_of(SATURDAY, zone, hours, days)
    assert slots.rest == pytest.approx(rest)
    tree = lateral(1.0, [Gate(1.0, automatic=True)])
    full = 3600.0 * hours * slots.count
    orders = orders_of(make_timetable(tree, slots, at_the_end([full], slots)))
    midnight = dt.datetime.combine(SATURDAY + dt.timedelta(days=days), dt.time(), ZoneInfo(zone))
    assert {order.valid_until for order in orders} == {midnight}
    last = orders[-1].settings[-1]
    assert last.setpoint == pytest.approx(hours / (hours + rest), abs=1e-4)
    assert orders[-1].volume == pytest.approx(full)
    assert simulate(tree, orders)["a"] == pytest.approx(full, rel=1e-3)


def test_a_gate_that_is_closed_by_then_stays_closed() -> None:
    slots = slots_of(SATURDAY, "Europe/Madrid", 2.0, 2)
    tree = lateral(1.0, [Gate(1.0, automatic=True)])
    orders = orders_of(make_timetable(tree, slots, at_the_end([7200.0], slots)))
    for order in orders:
        assert order.settings[-1].end == dt.datetime(2026, 10, 26, tzinfo=ZoneInfo("Europe/Madrid"))
        assert order.volume == pytest.approx(7200.0)
        assert len(order.settings) <= 3


def test_a_day_of_23_hours_is_filled_too() -> None:
    slots = slots_of(dt.date(2026, 3, 28), "Europe/Madrid", 2.0, 2)
    assert (slots.count, slots.rest) == (23, pytest.approx(1.0))


def madrid(day: int) -> dt.datetime:
    return dt.datetime(2026, 10, day, tzinfo=ZoneInfo("Europe/Madrid"))


def test_a_day_of_25_hours_carries_its_own_water() -> None:
    """1 m3/s for 24, 25 and 24 hours; the device is told 1 m3/s, and the days pass what they were to."""
    volumes = (86_400.0, 90_000.0, 86_400.0)
    settings = tuple(Setting(madrid(24 + k), madrid(25 + k), 1.0, volume) for k, volume in enumerate(volumes))
    made = Schedule("Europe/Madrid", "drought_practice", (Order("main_canal", "fields", settings),))
    device = Device("gate_a", "main_canal", Limits(0.0, 2.5))
    (told,) = commands_of(made, [device])
    # A row within which clocks are changed lies within one day.
    assert [row.setpoint for row in told.rows] == [1.0, 1.0, 1.0]
    # As it comes out of the store: with offsets and no zone.
    kept = Command.from_content(told.content())
    assert volume_of(kept, device) == pytest.approx(sum(volumes))
    days = passed_on_days(kept.in_zone(ZoneInfo("Europe/Madrid")), device)
    assert list(days.values()) == pytest.approx(list(volumes))
    assert missed(made, [kept], [device]) == ()
