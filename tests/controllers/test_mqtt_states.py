"""Which state of a device answers which question, without a broker."""

import dataclasses
import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest

from waterbalance.controllers.controller import DeviceState, Held
from waterbalance.controllers.mqtt import FRESH, MqttController
from waterbalance.controllers.mqtt_broker import BETWEEN_BEATS, Broker, HeardState
from waterbalance.controllers.mqtt_connection import Connection, Way
from waterbalance.controllers.mqtt_messages import ToldState

CLOCK = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
WAY = Way("localhost", 1883, None, None, None)


class Asked(Broker):
    """A broker that is asked, and keeps what would have been enough for whoever asked."""

    enough: Callable[[HeardState], bool]

    def ask_state(self, controller: str, enough: Callable[[HeardState], bool], timeout: float) -> HeardState:
        self.enough = enough
        return heard()


class Beaten(Broker):
    """A broker that counts what is published."""

    def __init__(self, way: Way) -> None:
        super().__init__(way)
        self.published: list[str] = []
        self.begun = time.monotonic()

    def connect(self) -> Connection:
        connection = Connection.__new__(Connection)
        connection.publish = lambda topic, *_, **__: self.published.append(topic)  # type: ignore[method-assign]
        return connection


def heard(*, online: bool = True, retained: bool = False, age: float = 0.0, sequence: int | None = 7) -> HeardState:
    told = ToldState(DeviceState(online=online, remote=online, clock=CLOCK, applied=sequence), Held(sequence, ()))
    return HeardState(told, retained, time.monotonic() - age)


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ({}, True),
        ({"age": FRESH / 2}, True),
        ({"age": 2 * FRESH}, False),
        # What the broker has kept tells the clock of an hour that nobody knows; but who has gone has gone.
        ({"retained": True}, False),
        ({"online": False, "retained": True, "age": 2 * FRESH}, True),
    ],
)
def test_a_state_has_to_be_fresh_or_a_last_will(state: dict[str, Any], *, counts: bool) -> None:
    asked = Asked(WAY)
    assert MqttController("gate", asked).state().remote
    assert asked.enough(heard(**state)) is counts


def test_point_09_a_state_about_an_earlier_command_is_not_read_back() -> None:
    """Told after the new command had gone out, as an answer to a heartbeat, but before the device has looked at it."""
    asked = Asked(WAY)
    before = heard(sequence=6)
    asked._told["gate"] = time.monotonic(), 7
    after, early = heard(sequence=7), heard(sequence=6)
    MqttController("gate", asked).read_back()
    later = heard(sequence=6)
    assert not asked.enough(before)
    assert not asked.enough(early)
    assert asked.enough(after)
    assert not asked.enough(dataclasses.replace(after, retained=True))
    # Once it was asked itself, whatever it says is its word.
    assert asked.enough(later)


@pytest.mark.parametrize(
    ("state", "forgets"),
    [
        ({"sequence": None}, True),
        ({"sequence": 0}, True),
        ({"sequence": 7}, False),
        ({"sequence": None, "retained": True}, False),
        ({"sequence": None, "online": False}, False),
        (None, False),
    ],
)
def test_a_device_that_says_that_it_follows_nothing_has_forgotten(state: dict[str, Any] | None, *, forgets: bool) -> None:
    asked = Beaten(WAY)
    if state is not None:
        asked._states["gate"] = heard(**state)
    assert MqttController("gate", asked).beat() is forgets


def test_one_heartbeat_serves_all_devices_of_a_broker() -> None:
    """Each of a thousand devices answers every one."""
    broker = Beaten(WAY)
    for number in range(1000):
        MqttController(f"gate_{number}", broker).beat()
    begun = time.monotonic() - broker.begun
    assert 1 <= len(broker.published) <= 2 + begun / BETWEEN_BEATS
