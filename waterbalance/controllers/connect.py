"""The controllers of a scenario, from its settings; nothing is sent or opened before a controller is used.

Devices of one broker share its connection, valves of one sprinkler its lock: make all controllers of a process by the same
`Connections`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from waterbalance.controllers.files import Files
from waterbalance.controllers.fit import now
from waterbalance.controllers.missing_extra import library
from waterbalance.controllers.modbus import ModbusTable
from waterbalance.controllers.modbus_line import Device
from waterbalance.controllers.modbus_table import Table
from waterbalance.controllers.mqtt import MqttController
from waterbalance.controllers.mqtt_broker import Broker
from waterbalance.controllers.mqtt_connection import Way
from waterbalance.controllers.opensprinkler import OpenSprinklerStation
from waterbalance.controllers.opensprinkler_http import Address, Sprinkler
from waterbalance.controllers.plain_gate import PlainGate, Register
from waterbalance.controllers.secret import Secret
from waterbalance.controllers.tls import Tls
from waterbalance.errors import Finding, Place, UsageError
from waterbalance.scenario.controller_quantities import host_of, port_of
from waterbalance.scenario.controller_settings import (
    FilesSettings,
    ModbusSettings,
    MqttSettings,
    OpenSprinklerSettings,
    PlainGateSettings,
    RegisterSettings,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from waterbalance.controllers.controller import Controller
    from waterbalance.scenario.broker_settings import BrokerSettings, TlsSettings
    from waterbalance.scenario.controller_settings import AnyController

_STEP = 0.001


@dataclass(frozen=True)
class Connections:
    """Makes controllers, and keeps what they share; `close` ends it."""

    folder: Path
    """Of the scenario: certificates and folders of orders are relative to it."""

    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Names for people, by structure and language."""

    zone: dt.tzinfo | None = None
    """Of the scenario: in which people are told times."""

    clock: Callable[[], dt.datetime] = now
    """By which orders in files are out of date, and receipts too early."""

    brokers: dict[Way, Broker] = field(default_factory=dict)
    sprinklers: dict[Address, Sprinkler] = field(default_factory=dict)

    def controller(self, name: str, settings: AnyController) -> Controller:
        """The controller of a device.

        Raises `UsageError` where a library is missing, with what to install, and for a gate that only takes a setpoint now.
        """
        if isinstance(settings, FilesSettings):
            return self._files(name, settings)
        if isinstance(settings, MqttSettings):
            return self._mqtt(name, settings)
        if isinstance(settings, ModbusSettings):
            return self._modbus(name, settings)
        if isinstance(settings, OpenSprinklerSettings):
            return self._opensprinkler(name, settings)
        remedy = "Run `waterbalance dispatcher`, which tells it the setpoint when its time has come."
        finding = Finding("the gate stores no rows", Place(component=name), settings.protocol, "a protocol that does", remedy)
        raise UsageError("a plain gate takes no schedule", (finding,))

    def gate(self, name: str, settings: PlainGateSettings) -> PlainGate:
        """The gate that takes a setpoint now. Raises `UsageError` where the library is missing."""
        device = self._device(settings)
        limits = settings.command_limits()
        feedback, switch = (None if told is None else _register(told) for told in (settings.feedback, settings.switch))
        closed = limits.closed(settings.mode)
        register, when = _register(settings.setpoint), settings.remote_when
        return PlainGate(name, device, register, limits.least, limits.most, feedback, switch, when, closed)

    def close(self) -> None:
        """Leave all brokers."""
        for broker in self.brokers.values():
            broker.close()

    def _files(self, name: str, settings: FilesSettings) -> Controller:
        if settings.excel:
            library("openpyxl", "excel")
        folder = self.folder / settings.folder / settings.canal
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            finding = Finding("the folder of orders cannot be made", Place(file=str(folder)), error.strerror)
            raise UsageError(f"{name} has no place for its orders", (finding,)) from None
        return Files(
            name, folder, settings.acceptance, titles=self.titles, excel=settings.excel, zone=self.zone, clock=self.clock
        )

    def _mqtt(self, name: str, settings: MqttSettings) -> Controller:
        library("paho.mqtt", "mqtt")
        way = way_to(settings, self.folder)
        broker = self.brokers.setdefault(way, Broker(way))
        step = _STEP if settings.setpoint_step is None else settings.setpoint_step.value
        return MqttController(name, broker, step, settings.most_rows, settings.timeout)

    def _modbus(self, name: str, settings: ModbusSettings) -> Controller:
        table = Table(settings.word_order, settings.scale)
        return ModbusTable(name, self._device(settings), settings.base, settings.status, table)

    def _device(self, settings: ModbusSettings | PlainGateSettings) -> Device:
        library("pymodbus", "modbus")
        tls = None if settings.tls is None else _tls(settings.tls, self.folder)
        return Device(host_of(settings.address), settings.port, settings.unit_id, settings.timeout, tls=tls)

    def _opensprinkler(self, name: str, settings: OpenSprinklerSettings) -> Controller:
        tls = None if settings.tls is None else _tls(settings.tls, self.folder)
        port = port_of(settings.address, 80 if tls is None else 443)
        address = Address(host_of(settings.address), Secret(settings.password_from), port, tls, settings.timeout)
        sprinkler = self.sprinklers.setdefault(address, Sprinkler(address))
        return OpenSprinklerStation(name, sprinkler, settings.station)


def way_to(settings: BrokerSettings, folder: Path) -> Way:
    """The way to a broker; certificates are relative to `folder`."""
    password = None if settings.password_from is None else Secret(settings.password_from)
    tls = None if settings.plain else _tls(settings.tls, folder)
    port = port_of(settings.broker, 1883 if settings.plain else 8883)
    return Way(host_of(settings.broker), port, tls, settings.username, password)


def _tls(settings: TlsSettings, folder: Path) -> Tls:
    files = (settings.authority, settings.certificate, settings.key)
    return Tls(*(None if file is None else str(folder / file) for file in files))


def _register(settings: RegisterSettings) -> Register:
    return Register(settings.address, settings.kind, settings.scale, settings.word_order, settings.table)
