"""From settings of a scenario to a device that follows: one test a protocol, with the same peers as the battery."""

import contextlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from controllers.device_program import DeviceProgram
from controllers.modbus_device import BASE, STATUS, ModbusPlc
from controllers.mosquitto import Mosquitto
from controllers.mqtt_device import MqttDevices
from controllers.mqtt_peer import VARIABLE, let_engine_in
from controllers.opensprinkler_device import PASSWORD, FakeOpenSprinkler
from controllers.opensprinkler_device import VARIABLE as SPRINKLER_VARIABLE
from controllers.orders import order
from controllers.test_modbus import plain
from waterbalance.controllers.connect import Connections
from waterbalance.controllers.controller import AGREED, Controller, UnreachableError
from waterbalance.controllers.mqtt import MqttController
from waterbalance.controllers.plain_gate import PlainGate
from waterbalance.errors import UsageError
from waterbalance.scenario.controller_settings import ControllerSettings, PlainGateSettings
from waterbalance.schedule.command import Fallback
from waterbalance.schedule.envelope import Envelope

LIMITS = {"least": "0 m3/s", "most": "2.5 m3/s"}


def settings(**told: Any) -> Any:  # noqa: ANN401 (one of several classes)
    adapter: TypeAdapter[Any] = TypeAdapter(ControllerSettings)
    return adapter.validate_python({"structure": "lateral_3", "limits": LIMITS, **told}, context={"from_file": True})


def follows(controller: Controller, envelope: Envelope) -> bool:
    controller.stage(envelope)
    agreed = controller.commit(envelope).status in AGREED
    return agreed and controller.read_back().rows == envelope.command.rows


def test_mqtt(broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    let_engine_in(monkeypatch)
    names = ("KH-G080", "KH-G081")
    told = settings(
        protocol="mqtt",
        broker=f"127.0.0.1:{broker.port}",
        tls={"authority": "authority.pem"},
        username="engine",
        password_from=VARIABLE,
        timeout="3 s",
    )
    connections = Connections(broker.authority.folder)
    devices = [MqttDevices([DeviceProgram(name)], broker.login(name)) for name in names]
    try:
        controllers = [connections.controller(name, told) for name in names]
        assert [follows(controller, order(controller.name)) for controller in controllers] == [True, True]
        first, second = controllers
        assert isinstance(first, MqttController)
        assert isinstance(second, MqttController)
        assert first.broker is second.broker
        assert first.timeout == 3.0
    finally:
        connections.close()
        for device in devices:
            device.close()


def test_modbus(tmp_path: Path) -> None:
    with contextlib.closing(ModbusPlc(little=True)) as plc:
        address = f"127.0.0.1:{plc.server.port}"
        told = settings(protocol="modbus", address=address, base=BASE, status=STATUS, word_order="little")
        assert follows(Connections(tmp_path).controller(plc.name, told), order(plc.name))


def test_opensprinkler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SPRINKLER_VARIABLE, PASSWORD)
    with contextlib.closing(FakeOpenSprinkler()) as device:
        told = settings(
            protocol="opensprinkler",
            address=f"127.0.0.1:{device.port}",
            station=2,
            valve_flow="2 L/s",
            password_from=SPRINKLER_VARIABLE,
            limits={"least": "0 s", "most": "2 h"},
        )
        envelope = order(device.name, (1800.0,), mode="duration", most=7200.0, fallback=told.command_fallback())
        assert envelope.command.fallback == Fallback("close")
        assert follows(Connections(tmp_path).controller(device.name, told), envelope)


def test_files(tmp_path: Path) -> None:
    told = settings(protocol="files", canal="east_canal", acceptance="delivered", excel=True)
    titles = {"lateral_3": {"en": "Lateral 3"}}
    assert follows(Connections(tmp_path, titles).controller("G1", told), order("G1"))
    assert "Lateral 3" in (tmp_path / "orders" / "east_canal" / "sheet.en.html").read_text(encoding="utf-8")
    asked = settings(protocol="files", canal="west_canal")
    gate = Connections(tmp_path).controller("G1", asked)
    gate.stage(order("G1"))
    with pytest.raises(UnreachableError, match="no receipt yet"):
        gate.commit(order("G1"))


def test_a_plain_gate_takes_a_setpoint_and_no_schedule(tmp_path: Path) -> None:
    with plain() as (real, _):
        told = settings(
            protocol="plain_gate",
            address=f"127.0.0.1:{real.device.port}",
            setpoint={"address": 0, "scale": 0.001},
            feedback={"address": 10, "kind": "f32", "word_order": "little"},
            switch={"address": 20},
        )
        assert isinstance(told, PlainGateSettings)
        gate = Connections(tmp_path).gate("G1", told)
        assert isinstance(gate, PlainGate)
        gate.set_now(1.5)
        reading = gate.read_now()
        assert (reading.setpoint, reading.feedback, reading.remote) == (1.5, 1.5, True)
        with pytest.raises(UsageError, match="waterbalance dispatcher"):
            Connections(tmp_path).controller("G1", told)


@pytest.mark.parametrize(
    ("module", "extra", "told"),
    [
        ("paho", "mqtt", {"protocol": "mqtt", "broker": "localhost"}),
        ("pymodbus", "modbus", {"protocol": "modbus", "address": "localhost", "base": 0, "status": 200}),
        ("openpyxl", "excel", {"protocol": "files", "canal": "c", "excel": True}),
    ],
)
def test_a_missing_extra_is_told_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, extra: str, told: dict[str, Any]
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=rf"{module} is not installed\. .*waterbalance\[{extra}\]"):
        Connections(tmp_path).controller("G1", settings(**told))


def test_only_those_who_need_a_library_load_it() -> None:
    heavy = "{'paho', 'pymodbus', 'openpyxl', 'jinja2'}"
    probe = f"import sys, waterbalance.controllers.connect; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
