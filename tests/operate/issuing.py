"""A store with a plan of a few gates, ready to be issued."""

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import event

from commands import NOON, command
from fake_device import FakeDevice, HandClock
from waterbalance.operate.issuing.attempt import Sending
from waterbalance.operate.issuing.deliver import Delivered, deliver
from waterbalance.operate.issuing.issue import Issued, Issuer, issue
from waterbalance.scenario.issuing import IssuingSettings
from waterbalance.schedule.command import Command, Fallback, Limits
from waterbalance.schedule.device import Device
from waterbalance.store.database import Store, open_store
from waterbalance.store.outbox import Queued, of_plan
from waterbalance.store.plans import NewPlan, approve, record

GATES = ("gate_a", "gate_b", "gate_c")
LIMITS = Limits(0.0, 2.5, 1.0, 1800.0)


def device(name: str, fallback: Fallback = Fallback()) -> Device:  # noqa: B008 (frozen)
    return Device(name, "main_canal", LIMITS, fallback=fallback)


@dataclass
class Works:
    """A waterworks for tests: store, devices and a clock."""

    store: Store
    clock: HandClock = field(default_factory=lambda: HandClock(NOON))
    settings: IssuingSettings = field(default_factory=IssuingSettings)
    names: tuple[str, ...] = GATES
    peers: dict[str, FakeDevice] = field(default_factory=dict)
    fallback: Fallback = field(default_factory=Fallback)

    def __post_init__(self) -> None:
        for name in self.names:
            self.peers.setdefault(name, FakeDevice(name, self.clock))

    @property
    def devices(self) -> dict[str, Device]:
        return {name: device(name, self.fallback) for name in self.names}

    @property
    def issuer(self) -> Issuer:
        return Issuer("lin", self.settings, self.devices)

    def commands(self, setpoints: tuple[float, ...] = (1.25, 0.5), start: dt.datetime = NOON) -> list[Command]:
        told = (command(name, plan="", setpoints=setpoints, start=start) for name in self.names)
        return [replace(each, fallback=self.fallback) for each in told]

    def recorded(self, setpoints: tuple[float, ...] = (1.25, 0.5), start: dt.datetime = NOON, scenario: str = "works") -> str:
        content = {
            "commands": [each.content() for each in self.commands(setpoints, start)],
            "shortages": {"fields": 0.0},
        }
        new = NewPlan(scenario, start.date().isoformat(), start, start + dt.timedelta(days=1), content)
        with self.store.writing() as connection:
            return record(connection, new, {}, "nightly", self.clock())

    def approved(self, setpoints: tuple[float, ...] = (1.25, 0.5), start: dt.datetime = NOON) -> str:
        plan = self.recorded(setpoints, start)
        with self.store.writing() as connection:
            approve(connection, plan, "chen", self.clock())
        return plan

    def issue(self, plan: str | None = None) -> Issued:
        return issue(self.store, "works", self.issuer, self.clock(), plan)

    def deliver(self, wait: dt.timedelta = dt.timedelta(hours=6)) -> Delivered:
        sending = Sending(self.settings, self.devices)
        return deliver(self.store, self.peers.__getitem__, sending, clock=self.clock, wait=wait, sleep=self.clock.sleep)

    def queued(self, plan: str) -> dict[str, Queued]:
        with self.store.reading() as connection:
            return {row.controller: row for row in of_plan(connection, plan)}


def works(folder: Path, **named: object) -> Works:
    store = open_store(f"sqlite:///{folder / 'store.sqlite'}")
    store.close()

    @event.listens_for(store.engine, "connect")
    def _not_for_power_cuts(connection: Any, _record: object) -> None:  # noqa: ANN401 (the driver's)
        # A process that is killed loses nothing that it has written; only a power cut needs the disk's own word, which is slow.
        connection.execute("PRAGMA synchronous=OFF")

    return Works(store, **named)  # type: ignore[arg-type]
