"""A reference device behind mosquitto, for the battery."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from controllers.device_program import DeviceProgram
from controllers.mosquitto import BROKER, PASSWORD, Mosquitto
from controllers.mqtt_device import MqttDevices
from controllers.peer import Faults
from waterbalance.controllers.controller import Controller
from waterbalance.controllers.mqtt import MqttController
from waterbalance.controllers.mqtt_broker import Broker
from waterbalance.controllers.mqtt_connection import Way
from waterbalance.controllers.secret import Secret
from waterbalance.controllers.tls import Tls
from waterbalance.schedule.command import Action, Fallback, Mode, Row

VARIABLE = "WATERBALANCE_TEST_MQTT_PASSWORD"


def mosquitto(folder: Path, users: tuple[str, ...]) -> Mosquitto:
    if BROKER is None:
        pytest.skip("mosquitto is not installed")
    return Mosquitto(folder, users)


def way_to(broker: Mosquitto, timeout: float = 5.0) -> Way:
    """How the engine gets in; its password stands in the environment."""
    return Way("127.0.0.1", broker.port, Tls(str(broker.authority.file)), "engine", Secret(VARIABLE), timeout)


def let_engine_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)


@dataclass
class MqttPeer:
    mosquitto: Mosquitto
    name: str = "KH-G017"
    mode: Mode = "flow"
    setpoints: tuple[float, ...] = (1.25, 0.8, 0.0)
    clamped_at: float = 1.0
    most: float = 2.5
    fallback: Fallback = field(default_factory=Fallback)
    tells_clock: bool = True

    def __post_init__(self) -> None:
        self.program = DeviceProgram(self.name)
        self.devices = MqttDevices([self.program], self.mosquitto.login(self.name))
        self.brokers: list[Broker] = []

    @property
    def faults(self) -> Faults:
        return self.program.faults

    def close(self) -> None:
        for broker in self.brokers:
            broker.close()
        self.devices.close()

    def controller(self) -> Controller:
        self.brokers.append(Broker(way_to(self.mosquitto)))
        return MqttController(self.name, self.brokers[-1], timeout=1.8)

    def taken(self) -> list[int]:
        return self.program.taken

    def doing(self) -> tuple[Action, tuple[Row, ...]]:
        rows = [(row["start"], row["end"], row["setpoint"]) for row in self.program.rows]
        told = tuple(Row(dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end), value) for start, end, value in rows)
        return self.program.action, told  # type: ignore[return-value]
