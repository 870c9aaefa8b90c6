"""What is recorded of a plan is exactly what is issued later, and carries the plan out."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from commands import NOON
from two_lakes import plan_two_lakes
from waterbalance.errors import InputError, UsageError
from waterbalance.operate.issuing import record as recording
from waterbalance.operate.issuing.record import commands_in, plan_to_record, record_plan
from waterbalance.operate.issuing.resimulate import resimulated
from waterbalance.report.planned import Planned
from waterbalance.schedule.command import Command, Limits
from waterbalance.schedule.device import Device
from waterbalance.schedule.rating import SluiceGate
from waterbalance.schedule.schedule import Schedule
from waterbalance.schedule.tell import commands_of
from waterbalance.store.database import open_store
from waterbalance.store.plans import find, recorded

DEVICES = (
    Device("g1", "main_canal", Limits(0.0, 10.0)),
    Device("g2", "side_canal", Limits(0.0, 10.0), "position", SluiceGate("side_canal", 2.0, 1.5), setpoint_step=0.0001),
    Device("g3", "pond_canal", Limits(0.0, 10.0)),
)


HEADS_AND_CANALS = ["feeder", "pond_canal", "side_canal", "tunnel", "upper_river"]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    return plan_two_lakes(tmp_path_factory.mktemp("two_lakes"))


def test_the_same_plan_is_recorded_under_the_same_name(planned: Planned, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    plan = record_plan(store, planned, DEVICES, "nightly", NOON)
    assert record_plan(store, planned, DEVICES[::-1], "by hand", NOON) == plan == plan_to_record(planned, DEVICES).plan
    with store.reading() as connection:
        stored = find(connection, plan)
    told = commands_in(stored)
    assert {command.plan for command in told} == {plan}
    assert [replace(command, plan="") for command in told] == list(commands_of(planned.schedule, DEVICES))  # type: ignore[arg-type]
    assert stored.content["by_other_means"] == ["feeder", "tunnel", "upper_river"]
    assert stored.content["inputs"] == dict(planned.scenario.files)
    store.close()


def test_structures_that_no_device_moves_are_written_down(planned: Planned) -> None:
    assert plan_to_record(planned, DEVICES[:1]).content["by_other_means"] == HEADS_AND_CANALS


def test_a_plan_without_orders_is_not_recorded(planned: Planned) -> None:
    with pytest.raises(UsageError, match="no orders"):
        plan_to_record(replace(planned, schedule=None), DEVICES)


def test_orders_bring_what_the_plan_gives(planned: Planned) -> None:
    commands = commands_of(planned.schedule, DEVICES)  # type: ignore[arg-type]
    assert resimulated(planned, commands, {device.controller: device for device in DEVICES}, days=3) == ()


@pytest.mark.parametrize("share", [0.0, 0.001, 0.9])
def test_orders_that_bring_less_are_found(planned: Planned, share: float) -> None:
    commands = commands_of(planned.schedule, DEVICES)  # type: ignore[arg-type]
    main = next(command for command in commands if command.structure == "main_canal")
    less = replace(main, rows=tuple(replace(row, setpoint=row.setpoint * share) for row in main.rows))
    told = tuple(less if command is main else command for command in commands)
    findings = resimulated(planned, told, {device.controller: device for device in DEVICES})
    assert [finding.where.component for finding in findings] == ["near_fields"]


def test_a_plan_whose_orders_bring_less_is_not_recorded(
    planned: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def halved(schedule: Schedule, devices: Collection[Device]) -> tuple[Command, ...]:
        told = commands_of(schedule, devices)
        return tuple(replace(each, rows=tuple(replace(row, setpoint=row.setpoint / 2) for row in each.rows)) for each in told)

    store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    monkeypatch.setattr(recording, "commands_of", halved)
    with pytest.raises(InputError, match="do not carry out the plan"):
        record_plan(store, planned, DEVICES, "nightly", NOON)
    with store.reading() as connection:
        assert recorded(connection) == ()
    store.close()
