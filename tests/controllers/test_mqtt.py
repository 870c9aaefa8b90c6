"""What only MQTT can get wrong: who gets in, who may say what, what the broker keeps, and a thousand at once."""

import contextlib
import json
import logging
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from controllers.certificates import Authority
from controllers.device_program import DeviceProgram
from controllers.mosquitto import PASSWORD, Mosquitto
from controllers.mqtt_device import ROOT, Login, MqttDevices
from controllers.mqtt_peer import let_engine_in, mosquitto, way_to
from controllers.orders import order
from waterbalance.controllers.controller import AGREED, ControllerError, RefusedError, UnreachableError
from waterbalance.controllers.mqtt import MqttController
from waterbalance.controllers.mqtt_broker import Broker
from waterbalance.controllers.mqtt_connection import Way
from waterbalance.controllers.mqtt_messages import read_acknowledgement, read_state
from waterbalance.controllers.secret import Secret
from waterbalance.controllers.tls import Tls
from waterbalance.errors import InputError, UsageError
from waterbalance.schedule.envelope import Envelope


@pytest.fixture(autouse=True)
def _engine(monkeypatch: pytest.MonkeyPatch) -> None:
    let_engine_in(monkeypatch)


@contextlib.contextmanager
def engine(way: Way) -> Iterator[Broker]:
    broker = Broker(way)
    try:
        yield broker
    finally:
        broker.close()


@contextlib.contextmanager
def device(broker: Mosquitto, name: str) -> Iterator[tuple[DeviceProgram, MqttDevices]]:
    program = DeviceProgram(name)
    devices = MqttDevices([program], broker.login(name))
    try:
        yield program, devices
    finally:
        devices.close()


@contextlib.contextmanager
def listener(login: Login, topic: str) -> Iterator[list[paho.MQTTMessage]]:
    """Messages that another client is given on a topic."""
    heard: list[paho.MQTTMessage] = []
    ready: list[object] = []
    client = login.client()
    client.on_connect = lambda client, *_: client.subscribe(topic, 1)
    client.on_subscribe = lambda *_: ready.append(1)
    client.on_message = lambda _client, _data, message: heard.append(message)
    client.connect("127.0.0.1", login.port)
    client.loop_start()
    until(lambda: bool(ready))
    try:
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this does not become true"
        time.sleep(0.01)


def controller(broker: Broker, name: str, timeout: float = 3.0) -> MqttController:
    return MqttController(name, broker, timeout=timeout)


def test_point_08_a_receipt_of_the_broker_is_no_acknowledgement(broker: Mosquitto) -> None:
    with engine(way_to(broker)) as way:
        gate = controller(way, "nobody", timeout=0.5)
        envelope = order("nobody")
        gate.stage(envelope)
        with pytest.raises(UnreachableError, match=r"nobody has not acknowledged within 0.5 s"):
            gate.commit(envelope)


def test_the_schedule_is_kept_until_it_expires_and_names_itself(broker: Mosquitto) -> None:
    envelope = order("KH-G090")
    with engine(way_to(broker)) as way, device(broker, "KH-G090"):
        gate = controller(way, "KH-G090")
        gate.stage(envelope)
        assert gate.commit(envelope).status == "accepted"
    with listener(broker.login("KH-G090"), f"{ROOT}/KH-G090/schedule") as heard:
        until(lambda: len(heard) == 1)
    message = heard[0]
    assert message.retain
    assert message.payload == envelope.payload()
    properties: Any = message.properties
    assert properties.CorrelationData == envelope.command.cmd_id.encode()
    assert properties.ContentType == "application/json"
    left = (envelope.command.valid_until - way.clock()).total_seconds()
    assert abs(properties.MessageExpiryInterval - left) < 30


def test_point_05_an_expired_schedule_disappears_from_the_broker(broker: Mosquitto) -> None:
    envelope = order("KH-G091")
    soon = envelope.command.valid_until.timestamp() - 1.5
    with engine(way_to(broker)) as way, device(broker, "KH-G091"):
        near_the_end = replace(controller(way, "KH-G091"))
        way.clock = lambda: envelope.command.valid_until.fromtimestamp(soon, envelope.command.valid_until.tzinfo)
        near_the_end.stage(envelope)
        assert near_the_end.commit(envelope).status == "accepted"
    time.sleep(2.5)
    with listener(broker.login("KH-G091"), f"{ROOT}/KH-G091/schedule") as heard:
        time.sleep(0.5)
        assert heard == []


def test_point_17_a_broker_of_another_name_or_authority_is_sent_nothing(broker: Mosquitto, tmp_path: Path) -> None:
    wrong_name = replace(way_to(broker), host="localhost")
    stranger = replace(way_to(broker), tls=Tls(str(Authority(tmp_path / "other", "Other").file)))
    for way in (wrong_name, stranger):
        with engine(way) as connection, pytest.raises(RefusedError, match="certificate is not trusted"):
            controller(connection, "KH-G092").stage(order("KH-G092"))


def test_certificates_that_are_none_are_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for tls in (Tls(str(tmp_path / "ca.pem")), Tls(str(tmp_path / "missing.pem")), Tls(None, str(tmp_path / "ca.pem"), None)):
        with pytest.raises(InputError, match=r"ca\.pem|missing\.pem"):
            tls.context()


def test_a_wrong_password_and_a_missing_one_are_told_without_it(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("WRONG_PASSWORD", "hunter2-hunter2")
    wrong = replace(way_to(broker), password=Secret("WRONG_PASSWORD"))
    with engine(wrong) as connection, pytest.raises(RefusedError, match="Not authorized") as refused:
        controller(connection, "KH-G092").stage(order("KH-G092"))
    with engine(replace(wrong, password=Secret("NOT_SET"))) as connection, pytest.raises(UsageError, match="NOT_SET"):
        controller(connection, "KH-G092").stage(order("KH-G092"))
    told = f"{refused.value} {refused.value!r} {wrong!r} {controller(connection, 'x')!r} {caplog.text}"
    assert "hunter2" not in told
    assert PASSWORD not in told


def test_a_thousand_do_not_wait_for_a_broker_one_after_another(broker: Mosquitto) -> None:
    """Nobody answers behind this port: the first waits for it, the others are told what it was told."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        way = replace(way_to(broker), port=silent.getsockname()[1], tls=None, timeout=0.5)
        with engine(way) as connection:
            began = time.monotonic()
            for number in range(1000):
                with pytest.raises(UnreachableError, match="does not answer"):
                    controller(connection, f"G{number}").state()
            assert time.monotonic() - began < 3.0


def test_a_closed_port_is_unreachable(broker: Mosquitto) -> None:
    with engine(replace(way_to(broker), port=1)) as connection, pytest.raises(UnreachableError, match=r"mqtt://127.0.0.1:1"):
        controller(connection, "KH-G092").state()


def test_point_18_a_controller_can_neither_read_nor_answer_for_another(broker: Mosquitto) -> None:
    """B listens on A's topics and forges A's acknowledgement: it hears nothing, and the engine believes nothing."""
    envelope = order("KH-G093")
    forged = {"cmd_id": envelope.command.cmd_id, "sequence": 1, "status": "accepted", "code": None, "at": "2026-11-23T00:00:00Z"}
    refused: list[Any] = []
    with engine(way_to(broker)) as way, listener(broker.login("KH-G094"), f"{ROOT}/KH-G093/#") as heard:
        gate = controller(way, "KH-G093", timeout=1.5)
        thief = broker.login("KH-G094").client()
        thief.on_publish = lambda _client, _data, _number, reason, _properties: refused.append(reason)
        thief.connect("127.0.0.1", broker.port)
        thief.loop_start()
        until(thief.is_connected)
        try:
            with ThreadPoolExecutor(1) as pool:
                answer = pool.submit(gate.commit, envelope)
                for topic in ("KH-G093", "KH-G094"):
                    properties = paho.Properties(paho.PacketTypes.PUBLISH)
                    properties.CorrelationData = envelope.command.cmd_id.encode()
                    time.sleep(0.3)
                    thief.publish(f"{ROOT}/{topic}/ack", json.dumps(forged), qos=1, properties=properties)
                with pytest.raises(UnreachableError, match="not acknowledged"):
                    answer.result()
            until(lambda: len(refused) == 2)
        finally:
            thief.disconnect()
            thief.loop_stop()
    assert heard == []
    assert [str(reason) for reason in refused] == ["Not authorized", "Success"]


def test_a_client_certificate_lets_a_device_in_and_names_it(broker: Mosquitto) -> None:
    program = DeviceProgram("KH-G095")
    devices = MqttDevices([program], broker.login_by_certificate("KH-G095"))
    files = broker.authority.client("engine")
    tls = Tls(str(broker.authority.file), str(files.certificate), str(files.key))
    try:
        with engine(Way("127.0.0.1", broker.port_for_certificates, tls)) as way:
            gate = controller(way, "KH-G095")
            envelope = order("KH-G095")
            gate.stage(envelope)
            assert gate.commit(envelope).status == "accepted"
        with (
            engine(Way("127.0.0.1", broker.port_for_certificates, Tls(str(broker.authority.file)), timeout=2)) as way,
            pytest.raises(ControllerError),
        ):
            controller(way, "KH-G095").stage(envelope)
    finally:
        devices.close()


def test_the_last_will_says_that_a_device_is_gone(broker: Mosquitto) -> None:
    with engine(way_to(broker)) as way, device(broker, "KH-G096") as (_, devices):
        gate = controller(way, "KH-G096")
        assert gate.state().online
        devices.die()
        until(lambda: not gate.state().online)
        with pytest.raises(UnreachableError, match="offline"):
            gate.read_back()


def test_point_16_an_order_that_was_changed_on_its_way_is_rejected(broker: Mosquitto) -> None:
    with engine(way_to(broker)) as way, device(broker, "KH-G097") as (program, _):
        program.keys["2026a"] = Ed25519PrivateKey.generate().public_key()
        gate = controller(way, "KH-G097")
        envelope = replace(order("KH-G097"), key_id="2026a", signature="AAAA")
        gate.stage(envelope)
        answer = gate.commit(envelope)
        assert (answer.status, answer.code) == ("rejected", "signature")
        assert program.taken == []


def test_point_10_the_device_falls_back_when_the_engine_is_silent(broker: Mosquitto) -> None:
    with engine(way_to(broker)) as way, device(broker, "KH-G098") as (program, _):
        gate = controller(way, "KH-G098")
        envelope = order("KH-G098", fallback=replace(order("x").command.fallback, mode="flow", setpoint=0.3, after=600.0))
        gate.stage(envelope)
        gate.commit(envelope)
        inside = envelope.command.rows[0].start
        program.last_beat = inside
        assert program.setpoint(inside) == 1.25
        program.last_beat = inside.replace(year=inside.year - 1)
        assert program.setpoint(inside) == 0.3
        gate.beat()
        until(lambda: program.last_beat.year == way.clock().year)


def test_a_broker_that_was_killed_is_found_again(tmp_path: Path) -> None:
    broker = mosquitto(tmp_path, ("KH-G001",))
    try:
        with engine(way_to(broker, timeout=1.0)) as way, device(broker, "KH-G001") as (program, _):
            gate = controller(way, "KH-G001", timeout=1.0)
            first, second = order("KH-G001"), order("KH-G001", (1.0,), sequence=2)
            gate.stage(first)
            assert gate.commit(first).status == "accepted"
            broker.kill()
            with pytest.raises(UnreachableError):
                gate.commit(second)
            broker.start()
            until(lambda: _agreed(gate, second), 20)
            assert program.taken == [1, 2]
    finally:
        broker.kill()


def _agreed(gate: MqttController, envelope: Envelope) -> bool:
    try:
        return gate.commit(envelope).status in AGREED
    except UnreachableError:
        return False


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"null",
        b"[" * 100_000,
        b"1" * 5000,
        b'{"status": "fine"}',
        b'{"status": "accepted", "cmd_id": "x", "sequence": true, "at": "2026-01-01T00:00:00Z"}',
        b'{"status": "accepted", "cmd_id": "x", "sequence": 1, "at": "2026-01-01T00:00:00"}',
    ],
)
def test_an_acknowledgement_that_is_none_is_told(payload: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        read_acknowledgement(payload)


AWKWARD = st.sampled_from(
    [None, True, 0, -1, 10**400, 1e308, "x", "", [], {}, [1], [[]], {"a": 1}, "2026-01-01T00:00:00Z", "2026-01-01", "9999-99-99"]
)
FIELDS = (
    "online",
    "remote",
    "clock",
    "applied",
    "rows",
    "start",
    "end",
    "setpoint",
    "status",
    "cmd_id",
    "sequence",
    "at",
    "code",
)


@settings(deadline=None)
@given(
    told=st.dictionaries(st.sampled_from(FIELDS), AWKWARD),
    rows=st.lists(st.dictionaries(st.sampled_from(("start", "end", "setpoint")), AWKWARD), max_size=2) | AWKWARD,
)
@example({}, 1)
@example({}, [{"setpoint": 10**400}])
@example({"status": [], "sequence": {}}, [])
def test_whatever_a_device_says_is_read_or_refused(told: dict[str, Any], rows: object) -> None:
    """Any other error would end the thread that hears for all devices."""
    for read in (read_state, read_acknowledgement):
        for message in ({**told, "online": True, "rows": rows}, {"status": "accepted", "at": "2026-01-01T00:00:00Z", **told}):
            with contextlib.suppress(ValueError, RecursionError, OverflowError):
                read(json.dumps(message).encode())


@settings(deadline=None)
@given(payload=st.binary(max_size=200))
def test_whatever_bytes_a_device_sends_are_refused(payload: bytes) -> None:
    for read in (read_state, read_acknowledgement):
        with contextlib.suppress(ValueError, RecursionError, OverflowError):
            read(payload)


@pytest.mark.parametrize("setpoint", ["NaN", "Infinity", "true", '"1"', "1e999", "null", "[1]"])
def test_a_state_with_setpoints_that_are_none_is_told(setpoint: str) -> None:
    row = f'{{"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T01:00:00Z", "setpoint": {setpoint}}}'
    with pytest.raises(ValueError, match="is no finite number"):
        read_state(f'{{"online": true, "rows": [{row}]}}'.encode())


@contextlib.contextmanager
def scripted(broker: Mosquitto, name: str, script: list[tuple[str, dict[str, Any], float]]) -> Iterator[None]:
    """A device that says, whatever it is told, what stands in the script: kind, message, seconds to wait before it.

    A message may hold the words `cmd_id` and `correlation` to be filled in; a `correlation` of None is that of the schedule.
    """
    client = broker.login(name).client()
    ready: list[object] = []

    def answer(_client: object, _data: object, heard: paho.MQTTMessage) -> None:
        told = json.loads(heard.payload)
        for kind, message, wait in script:
            time.sleep(wait)
            properties = paho.Properties(paho.PacketTypes.PUBLISH)
            correlation = message.get("correlation") or told["cmd_id"]
            properties.CorrelationData = correlation.encode()
            body = {"cmd_id": told["cmd_id"], "sequence": told["sequence"], "code": None, "at": told["issued_at"], **message}
            body |= {"rows": told["rows"]} if message.get("rows") else {}
            client.publish(f"{ROOT}/{name}/{kind}", json.dumps(body), qos=1, retain=kind == "state", properties=properties)

    client.on_message = answer
    client.on_connect = lambda client, *_: client.subscribe(f"{ROOT}/{name}/schedule", 1)
    client.on_subscribe = lambda *_: ready.append(1)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    until(lambda: bool(ready))
    try:
        yield
    finally:
        client.disconnect()
        client.loop_stop()


OTHER = "00000000-0000-8000-8000-000000000000"


@pytest.mark.parametrize(
    "message",
    [
        {"status": "accepted", "correlation": OTHER},
        {"status": "accepted", "cmd_id": OTHER},
        {"status": "accepted", "sequence": 2},
        {"status": "received"},
    ],
    ids=["another correlation", "another command", "another sequence", "received"],
)
def test_point_08_words_that_decide_nothing_are_no_acknowledgement(broker: Mosquitto, message: dict[str, Any]) -> None:
    envelope = order("KH-G070")
    with (
        engine(way_to(broker)) as way,
        scripted(broker, "KH-G070", [("ack", message, 0.0)]),
        pytest.raises(UnreachableError, match="not acknowledged"),
    ):
        controller(way, "KH-G070", timeout=0.8).commit(envelope)


def test_received_is_waited_out(broker: Mosquitto) -> None:
    script = [("ack", {"status": "received"}, 0.0), ("ack", {"status": "active"}, 0.3)]
    with engine(way_to(broker)) as way, scripted(broker, "KH-G071", script):
        assert controller(way, "KH-G071").commit(order("KH-G071")).status == "active"


def test_point_09_a_state_from_before_the_command_is_not_read_back(broker: Mosquitto) -> None:
    """The device tells its old state after it was told, acknowledges, and tells its new state only then."""
    old = {"online": True, "remote": True, "applied": None}
    new = {"online": True, "remote": True, "applied": 1, "rows": True}
    script = [("state", old, 0.0), ("ack", {"status": "accepted"}, 0.0), ("state", new, 0.4)]
    envelope = order("KH-G072")
    with engine(way_to(broker)) as way, scripted(broker, "KH-G072", script):
        gate = controller(way, "KH-G072")
        assert gate.commit(envelope).status == "accepted"
        assert gate.read_back().rows == envelope.command.rows


def test_the_same_answer_twice_is_one(broker: Mosquitto) -> None:
    script = [("ack", {"status": "accepted"}, 0.0), ("ack", {"status": "accepted"}, 0.0)]
    with engine(way_to(broker)) as way, scripted(broker, "KH-G073", script):
        gate = controller(way, "KH-G073")
        assert [gate.commit(order("KH-G073", sequence=number)).sequence for number in (1, 2, 3)] == [1, 2, 3]


def test_whoever_waits_is_told_at_once_that_the_broker_is_gone(tmp_path: Path) -> None:
    broker = mosquitto(tmp_path, ())
    try:
        with engine(way_to(broker)) as way, ThreadPoolExecutor(1) as pool:
            gate = controller(way, "nobody", timeout=60)
            gate.stage(order("nobody"))
            waiting = pool.submit(gate.commit, order("nobody"))
            time.sleep(0.5)
            broker.kill()
            with pytest.raises(UnreachableError, match="the connection to the broker broke"):
                waiting.result(10)
    finally:
        broker.kill()


def test_a_broker_that_hangs_is_left_and_found_again(tmp_path: Path) -> None:
    """Its connections stay open, and nothing comes: as behind a router that forgot them."""
    broker = mosquitto(tmp_path, ("KH-G001",))
    try:
        with engine(way_to(broker, timeout=1.0)) as way, device(broker, "KH-G001") as (program, _):
            gate = controller(way, "KH-G001", timeout=2.0)
            gate.stage(order("KH-G001"))
            assert broker.process is not None
            broker.process.send_signal(signal.SIGSTOP)
            began = time.monotonic()
            with pytest.raises(UnreachableError, match="nothing within 1 s"):
                gate.commit(order("KH-G001"))
            assert time.monotonic() - began < 5
            broker.process.send_signal(signal.SIGCONT)
            until(lambda: _agreed(gate, order("KH-G001", (1.0,), sequence=2)), 20)
            assert program.taken[-1] == 2
    finally:
        broker.kill()


def test_point_13_a_device_that_does_not_say_remote_is_not() -> None:
    assert not read_state(b'{"online": true}').device.remote
    assert read_state(b'{"online": true, "remote": true}').device.remote
    assert not read_state(b'{"remote": true}').device.online


def test_a_device_that_talks_nonsense_is_told_in_the_error(broker: Mosquitto) -> None:
    with engine(way_to(broker)) as way, device(broker, "KH-G099") as (_, devices):
        gate = controller(way, "KH-G099", timeout=0.8)
        gate.stage(order("KH-G099"))
        devices.programs.clear()
        devices.client.publish(f"{ROOT}/KH-G099/ack", b'{"status": "fine"}', qos=1)
        with pytest.raises(UnreachableError, match=r"cannot be read: ack: status 'fine'"):
            gate.commit(order("KH-G099"))


def test_many_controllers_are_told_at_the_same_time_over_one_connection(broker: Mosquitto) -> None:
    names = [f"field-{number}" for number in range(200)]
    programs = [DeviceProgram(name) for name in names]
    devices = MqttDevices(programs, broker.login("field"))
    try:
        with engine(way_to(broker, timeout=30)) as way, ThreadPoolExecutor(32) as pool:
            setpoints = tuple(0.1 * number for number in range(24))
            envelopes = [order(name, setpoints) for name in names]

            def issue(envelope: Envelope) -> bool:
                gate = controller(way, envelope.command.controller, timeout=30)
                gate.stage(envelope)
                answered = gate.commit(envelope).status == "accepted"
                return answered and gate.read_back().rows == envelope.command.rows

            assert all(pool.map(issue, envelopes))
            assert [program.taken for program in programs] == [[1]] * 200
    finally:
        devices.close()
