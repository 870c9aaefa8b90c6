"""Modbus/TCP Security: pymodbus's TLS server, with certificates of the tests."""

import contextlib
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymodbus.simulator import DataType, SimData, SimDevice

from controllers.certificates import Authority
from controllers.modbus_device import BASE, STATUS, ModbusPlc, Server
from controllers.orders import order
from controllers.test_connect import follows, settings
from waterbalance.controllers.connect import Connections
from waterbalance.controllers.controller import Controller, RefusedError, UnreachableError
from waterbalance.controllers.modbus_line import Line

ALL = {"authority": "authority.pem", "certificate": "engine.pem", "key": "engine.key"}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    made = Authority(tmp_path / "ours")
    made.client("engine")
    return made


def server_context(authority: Authority, host: str = "127.0.0.1") -> ssl.SSLContext:
    """Of a device that lets in whoever has a certificate of the authority."""
    files = authority.server(host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    context.load_verify_locations(authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@contextlib.contextmanager
def secured(authority: Authority, host: str = "127.0.0.1") -> Iterator[ModbusPlc]:
    with contextlib.closing(ModbusPlc(context=server_context(authority, host))) as plc:
        yield plc


def controller(plc: ModbusPlc, folder: Path, tls: dict[str, str] | None) -> Controller:
    told: dict[str, Any] = {} if tls is None else {"tls": tls}
    address = f"127.0.0.1:{plc.server.port}"
    read = settings(protocol="modbus", address=address, base=BASE, status=STATUS, timeout="1 s", **told)
    return Connections(folder).controller(plc.name, read)


def test_a_table_is_followed_within_tls(authority: Authority) -> None:
    with secured(authority) as plc:
        assert follows(controller(plc, authority.folder, ALL), order(plc.name))
        assert plc.taken() == [1]


def test_24_rows_fit_into_one_record(authority: Authority) -> None:
    with secured(authority) as plc:
        assert follows(controller(plc, authority.folder, ALL), order(plc.name, tuple(number / 10 for number in range(24))))


def test_a_gate_takes_its_setpoint_within_tls(authority: Authority) -> None:
    device = SimDevice(1, [SimData(0, values=[0] * 30, datatype=DataType.REGISTERS)])
    with contextlib.closing(Server([device], server_context(authority))) as server:
        address, setpoint = f"127.0.0.1:{server.port}", {"address": 4, "scale": 0.001}
        told = settings(protocol="plain_gate", address=address, setpoint=setpoint, tls=ALL)
        gate = Connections(authority.folder).gate("G1", told)
        gate.set_now(1.25)
        with Line(gate.device) as line:
            assert line.read(4, 1) == [1250]


def test_a_device_of_another_name_is_told_nothing(authority: Authority) -> None:
    with secured(authority, "gate.example.org") as plc:
        with pytest.raises(RefusedError, match="certificate is not trusted") as refused:
            controller(plc, authority.folder, ALL).stage(order(plc.name))
        assert "127.0.0.1" in str(refused.value.findings[0].found)
        assert plc.writes == []


def test_a_device_of_another_authority_is_told_nothing(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "theirs", "Others")
    with secured(other) as plc:
        with pytest.raises(RefusedError, match="certificate is not trusted"):
            controller(plc, authority.folder, ALL).stage(order(plc.name))
        assert plc.writes == []


@pytest.mark.parametrize("tls", [None, {"authority": "authority.pem"}])
def test_who_shows_no_certificate_is_not_let_in(authority: Authority, tls: dict[str, str] | None) -> None:
    with secured(authority) as plc:
        with pytest.raises(UnreachableError):
            controller(plc, authority.folder, tls).stage(order(plc.name))
        assert plc.writes == []


def test_nothing_is_told_in_plain_words(authority: Authority) -> None:
    """A device that knows no TLS."""
    with contextlib.closing(ModbusPlc()) as plc:
        with pytest.raises(UnreachableError, match="within TLS"):
            controller(plc, authority.folder, ALL).stage(order(plc.name))
        assert plc.writes == []


@pytest.mark.parametrize(("tls", "port"), [(None, "502"), (ALL, "802")])
def test_the_port_is_that_of_the_way(tls: dict[str, str] | None, port: str) -> None:
    told: dict[str, Any] = {} if tls is None else {"tls": tls}
    assert settings(protocol="modbus", address="gate.example.org", base=0, status=300, **told).device[1] == port
