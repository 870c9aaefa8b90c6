"""What devices are told of turns, run through the canals once more."""

import datetime as dt
import math
from dataclasses import replace

import pytest

from repository import ROOT
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.operate.planning.scheduled import Followed
from waterbalance.report.planned import Planned
from waterbalance.scenario.read import read_scenario
from waterbalance.schedule.command import Command, Limits
from waterbalance.schedule.device import Device
from waterbalance.schedule.resimulate_turns import turns_resimulated
from waterbalance.schedule.tell import commands_of


@pytest.fixture(scope="module")
def planned() -> Planned:
    return plan_scenario(read_scenario(ROOT / "scenarios" / "turns"))


def gate_devices(planned: Planned) -> dict[str, Device]:
    """One for each gate of the turns, to the litre per second."""
    assert planned.schedule is not None
    return {order.structure: Device(order.structure, order.structure, Limits(0.0, 2.0)) for order in planned.schedule.orders}


@pytest.mark.parametrize(("day", "clock"), [(0, None), (1, dt.time(14, 30)), (4, None)])
def test_devices_bring_what_the_turns_say(planned: Planned, day: int, clock: dt.time | None) -> None:
    """From dry canals, amid a day, and from full ones whose water is used up at the end."""
    scenario = planned.scenario
    if day:
        assert planned.schedule is not None
        followed = Followed(planned.schedule, clock)
        planned = plan_scenario(scenario, scenario.horizon.start + dt.timedelta(days=day), followed=followed)
    assert planned.turns is not None
    schedule, devices = planned.turns.schedule, gate_devices(planned)
    assert turns_resimulated(planned.turns.timetables, schedule, commands_of(schedule, devices.values()), devices) == ()
    assert turns_resimulated(planned.turns.timetables, schedule, (), {}) == ()


def test_a_device_that_brings_too_little_is_named(planned: Planned) -> None:
    """Half of its flow through the head of the south on one day: both of its fields lack half of their water then."""
    assert planned.turns is not None
    schedule, devices = planned.turns.schedule, gate_devices(planned)
    told = commands_of(schedule, devices.values())

    def wrong(command: Command) -> Command:
        day = dt.date(2026, 3, 4)
        halved = (replace(row, setpoint=row.setpoint / 2.0 if row.start.date() == day else row.setpoint) for row in command.rows)
        return replace(command, rows=tuple(halved)) if command.structure == "south_lateral" else command

    found = turns_resimulated(planned.turns.timetables, schedule, tuple(map(wrong, told)), devices)
    assert [(each.where.component, each.where.date) for each in found] == [
        ("south_1 (south)", "2026-03-04"),
        ("south_2 (south)", "2026-03-04"),
    ]
    for each in found:
        assert each.what == "the orders of the turns bring less than they should"
        assert each.found is not None
        assert each.allowed is not None
        assert float(each.found[:-3]) == pytest.approx(float(each.allowed[:-3]) / 2.0, rel=0.02)
        assert each.remedy is not None
        assert each.remedy.startswith("south_lateral is told 8640 m3 of the 17280 m3 of its order")


def test_a_field_that_has_too_much_is_named(planned: Planned) -> None:
    """Its device lets through twice what it is told on one day: its rating is wrong."""
    assert planned.turns is not None
    schedule, devices = planned.turns.schedule, gate_devices(planned)
    devices["hill_gate"] = replace(devices["hill_gate"], mode="level", rating=Twice())
    devices["hill_pipe"] = replace(devices["hill_pipe"], mode="level", rating=Twice())
    told = commands_of(schedule, gate_devices(planned).values())
    found = turns_resimulated(planned.turns.timetables, schedule, told, devices)
    assert {each.where.component for each in found} == {"hill_gate (hill)"}
    assert {each.what for each in found} == {"the orders of the turns bring more than they should"}


class Twice:
    """A rating that lets through twice the setting."""

    ends = (0.0, math.inf)

    def setting(self, flow: float) -> float:
        return flow / 2.0

    def flow(self, setting: float) -> float:
        return 2.0 * setting
