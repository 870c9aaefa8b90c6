"""Which state of a device answers which question, without a broker."""

import dataclasses
import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest

from waterbalance.controllers.controller import DeviceState, Held
from waterbalance.controllers.mqtt import FRESH, MqttController
from waterbalance.controllers.mqtt_broker import Broker, HeardState
from waterbalance.controllers.mqtt_connection import Way
from waterbalance.controllers.mqtt_messages import ToldState

CLOCK = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
WAY = Way("localhost", 1883, None, None, None)


class Asked(Broker):
    """A broker that is asked, and keeps what would have been enough for whoever asked."""

    enough: Callable[[HeardState], bool]

    def ask_state(self, controller: str, enough: Callable[[HeardState], bool], timeout: float) -> HeardState:
        self.enough = enough
        return heard()


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
