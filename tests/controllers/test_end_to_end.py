"""From `run` to gates that have moved, on one machine: a broker over TLS, a PLC, a sprinkler, a plain gate and a person.

Every command is a process of its own, as an operator or a nightly job would start it.
"""

import contextlib
import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pymodbus.simulator import DataType, SimData, SimDevice

from controllers.device_program import DeviceProgram
from controllers.modbus_device import BASE, STATUS, ModbusPlc, Server
from controllers.mosquitto import PASSWORD, Mosquitto
from controllers.mqtt_device import MqttDevices
from controllers.mqtt_peer import VARIABLE
from controllers.opensprinkler_device import PASSWORD as SPRINKLER_PASSWORD
from controllers.opensprinkler_device import VARIABLE as SPRINKLER_VARIABLE
from controllers.opensprinkler_device import FakeOpenSprinkler
from waterbalance.controllers.modbus_line import Device
from waterbalance.controllers.plain_gate import PlainGate, Register

MQTT_GATE = "KH-G060"

DEMANDS = {"a": 43_200, "b": 86_400, "c": 2, "d": 21_600, "e": 8_640}

SCENARIO = """
waterbalance: 1
name: works
time_zone: Asia/Taipei
horizon: {{start: {start}, last_day: {last}, daily_steps: 2}}
policy: {{preset: drought_practice}}
components:
  lake: {{type: reservoir, capacity: 1 Mm3}}
{parts}
state: {{file: state.csv}}
tables:
  - {{file: inflow.csv}}
issuing: {{patience: 1 hour, first_retry: 0.2 s, longest_retry: 1 s, lease: 2 s}}
controllers:
  KH-G060:
    structure: canal_a
    protocol: mqtt
    broker: 127.0.0.1:{broker}
    tls: {{authority: authority.pem}}
    username: engine
    password_from: {mqtt_password}
    timeout: 3 s
    limits: {{least: 0 m3/s, most: 2.5 m3/s}}
  plc:
    structure: canal_b
    protocol: modbus
    address: 127.0.0.1:{plc}
    base: {base}
    status: {status}
    limits: {{least: 0 m3/s, most: 2.5 m3/s}}
  valve:
    structure: canal_c
    protocol: opensprinkler
    address: 127.0.0.1:{sprinkler}
    station: 2
    password_from: {sprinkler_password}
    valve_flow: 0.5 L/s
    limits: {{least: 0 s, most: 18 h}}
  plain:
    structure: canal_d
    protocol: plain_gate
    address: 127.0.0.1:{plain}
    setpoint: {{address: 0, kind: u16, scale: 0.001}}
    limits: {{least: 0 m3/s, most: 2 m3/s}}
  keeper:
    structure: canal_e
    protocol: files
    canal: canal_e
    acceptance: delivered
    limits: {{least: 0 m3/s, most: 2 m3/s}}
"""


class Bureau:
    """A folder, a store, keys and everything at the gates."""

    def __init__(self, folder: Path, broker: Mosquitto, plc: ModbusPlc, sprinkler: FakeOpenSprinkler, plain: Server) -> None:
        self.folder = folder
        self.broker, self.plc, self.sprinkler, self.plain = broker, plc, sprinkler, plain
        self.key = Ed25519PrivateKey.generate()
        self._write()
        program = DeviceProgram(MQTT_GATE, keys={"2026a": self.key.public_key()})
        self.devices = MqttDevices([program], broker.login(MQTT_GATE))
        self.program = program

    def _write(self) -> None:
        today = dt.datetime.now(ZoneInfo("Asia/Taipei")).date()
        parts = "".join(
            f"  canal_{each}: {{type: canal, source: lake, target: fields_{each}, capacity: 172800 m3/day}}\n"
            f"  fields_{each}: {{type: irrigation_zone, area: 100 ha, demand: {demand} m3/day}}\n"
            for each, demand in DEMANDS.items()
        )
        text = SCENARIO.format(
            start=today,
            last=today + dt.timedelta(days=1),
            parts=parts,
            broker=self.broker.port,
            mqtt_password=VARIABLE,
            plc=self.plc.server.port,
            base=BASE,
            status=STATUS,
            sprinkler=self.sprinkler.port,
            sprinkler_password=SPRINKLER_VARIABLE,
            plain=self.plain.port,
        )
        (self.folder / "scenario.yaml").write_text(text)
        (self.folder / "state.csv").write_text(f"date,lake.storage [m3]\n{today},800000\n")
        (self.folder / "inflow.csv").write_text(f"date,lake.inflow [m3/day]\n{today},0\n{today + dt.timedelta(days=1)},0\n")
        shutil.copy(self.broker.authority.file, self.folder / "authority.pem")
        private = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / "2026a.pem").write_bytes(private)
        (self.folder / "keys").mkdir()
        public = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (self.folder / "keys" / "2026a.pub.pem").write_bytes(public)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "WATERBALANCE_STORE": f"sqlite:///{self.folder / 'store.sqlite'}",
            "WATERBALANCE_SIGNING_KEY": str(self.folder / "2026a.pem"),
            "WATERBALANCE_PUBLIC_KEYS": str(self.folder / "keys"),
            VARIABLE: PASSWORD,
            SPRINKLER_VARIABLE: SPRINKLER_PASSWORD,
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        line = "import sys; from waterbalance.cli import main; sys.argv[0] = 'waterbalance'; main()"
        return subprocess.Popen(
            [sys.executable, "-c", line, *arguments],
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *arguments: str, expected: int = 0) -> str:
        process = self.start(*arguments)
        told, complained = process.communicate(timeout=240)
        assert process.returncode == expected, told + complained
        for secret in (PASSWORD, SPRINKLER_PASSWORD):
            assert secret not in told + complained
        return told

    def status(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.call("status", "--json"))
        return told

    def states(self) -> dict[str, str]:
        return {each["controller"]: each["state"] for each in self.status()["commands"]}

    def approved(self) -> str:
        self.call("run", ".", "--out", "out", "--by", "night", "--store", self.environment["WATERBALANCE_STORE"])
        plan: str = self.status()["plans"][0]["plan"]
        self.call("approve", plan[:12], "--by", "chen")
        return plan


@pytest.fixture
def bureau(broker: Mosquitto, tmp_path: Path) -> Iterator[Bureau]:
    with contextlib.ExitStack() as stack:
        plc = stack.enter_context(contextlib.closing(ModbusPlc("plc")))
        sprinkler = stack.enter_context(contextlib.closing(FakeOpenSprinkler("valve")))
        registers = SimDevice(id=1, simdata=[SimData(0, count=30, values=0, datatype=DataType.REGISTERS)])
        plain = stack.enter_context(contextlib.closing(Server([registers])))
        made = Bureau(tmp_path, broker, plc, sprinkler, plain)
        stack.enter_context(contextlib.closing(made.devices))
        yield made


def plain_gate(bureau: Bureau) -> PlainGate:
    return PlainGate("plain", Device("127.0.0.1", bureau.plain.port, 1, 1.0), Register(0, "u16", 0.001), 0.0, 2.0)


def test_a_plan_becomes_water(bureau: Bureau) -> None:
    bureau.approved()
    bureau.call("issue", ".", "--by", "chen", expected=12)
    bureau.call("issue", ".", "--by", "lin", "--wait", "60")
    assert bureau.states() == dict.fromkeys((MQTT_GATE, "plc", "valve", "plain", "keeper"), "confirmed")
    # What stands at the gates, as each of them tells it in its own way.
    assert {row["setpoint"] for row in bureau.program.rows} == {0.5}
    assert {row.setpoint for row in bureau.plc.doing()[1]} == {1.0}
    # 2 m3 through half a litre a second; on the first day as much of it as is left of the day.
    assert 4_000.0 in {row.setpoint for row in bureau.sprinkler.doing()[1]}
    assert (bureau.folder / "orders" / "canal_e" / "keeper.csv").is_file()
    assert plain_gate(bureau).read_now().setpoint == 0.0
    (unseen,) = bureau.status()["dispatchers"]
    assert (unseen["scenario"], unseen["alive_at"], unseen["waiting"]) == ("works", None, ["plain"])
    assert "WARNING: nobody sets plain" in bureau.call("status")
    dispatcher = bureau.start("dispatcher", ".", "--every", "0.2")
    deadline = time.monotonic() + 60
    while plain_gate(bureau).read_now().setpoint != 0.25:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    (seen,) = bureau.status()["dispatchers"]
    assert (seen["alive"], seen["process"], seen["gates"], seen["waiting"]) == (True, dispatcher.pid, ["plain"], [])
    dispatcher.send_signal(signal.SIGTERM)
    told, complained = dispatcher.communicate(timeout=60)
    assert dispatcher.returncode == 0, complained
    assert "plain: 0.25" in told
    again = bureau.call("issue", ".", "--by", "lin")
    assert "0 new commands, 5 were issued before" in again
    bureau.call("audit-log", "verify")
    assert bureau.status()["plans"][0]["state"] == "sent"
    bureau.call("recall", ".", "--stop", "--controller", MQTT_GATE, "--by", "lin", "--wait", "30")
    assert (bureau.program.action, bureau.program.rows) == ("stop", [])


def test_a_dead_broker_and_a_killed_sender_lose_nothing(bureau: Bureau) -> None:
    bureau.approved()
    bureau.broker.kill()
    sender = bureau.start("issue", ".", "--by", "lin", "--wait", "300")
    deadline = time.monotonic() + 120
    while not bureau.plc.taken():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    sender.send_signal(signal.SIGKILL)
    sender.communicate()
    bureau.broker.start()
    bureau.call("issue", ".", "--by", "lin", "--wait", "120")
    assert set(bureau.states().values()) == {"confirmed"}
    assert len(bureau.plc.taken()) == 1
    assert len(bureau.program.taken) == 1
    bureau.call("audit-log", "verify")
