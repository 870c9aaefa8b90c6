"""Reference devices on an MQTT broker, over paho: one connection for one device, or for a field full of them."""

import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from controllers.device_program import DeviceProgram, now

ROOT = "waterbalance/v1"


@dataclasses.dataclass(frozen=True)
class Login:
    """How a client gets into the broker of the tests."""

    port: int
    authority: Path
    username: str | None = None
    password: str | None = None
    certificate: Path | None = None
    key: Path | None = None

    def client(self) -> paho.Client:
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        client.tls_set(str(self.authority), self.certificate and str(self.certificate), self.key and str(self.key))
        if self.username is not None:
            client.username_pw_set(self.username, self.password)
        return client


class MqttDevices:
    """Devices behind one connection; a field of them subscribes with a wildcard and needs the rights for it."""

    def __init__(self, programs: list[DeviceProgram], login: Login) -> None:
        self.programs = {program.name: program for program in programs}
        self.client = login.client()
        self.ready = False
        topic = next(iter(self.programs)) if len(self.programs) == 1 else "+"
        self.topic = f"{ROOT}/{topic}/schedule"
        if len(self.programs) == 1:
            self.client.will_set(f"{ROOT}/{topic}/state", json.dumps({"online": False}), qos=1, retain=True)
        self.client.on_connect = self._connected
        self.client.on_subscribe = self._subscribed
        self.client.on_message = self._message
        self.client.connect("127.0.0.1", login.port, clean_start=True)
        self.client.loop_start()
        deadline = time.monotonic() + 10
        while not self.ready:
            assert time.monotonic() < deadline, "the device does not get into the broker"
            time.sleep(0.01)

    def close(self) -> None:
        """A field leaves nothing behind that would greet the next one who connects."""
        for name in self.programs if len(self.programs) > 1 else ():
            for kind in ("state", "schedule"):
                self.client.publish(f"{ROOT}/{name}/{kind}", b"", qos=0, retain=True)
        self.client.disconnect()
        self.client.loop_stop()

    def die(self) -> None:
        """Vanish without a goodbye, so that the broker tells the last will."""
        sock = self.client.socket()
        assert sock is not None
        self.client._reconnect_on_failure = False
        sock.close()
        self.client.loop_stop()

    def _connected(self, client: paho.Client, *_: object) -> None:
        client.subscribe([(self.topic, 1), (f"{ROOT}/_engine/heartbeat", 1)])

    def _subscribed(self, *_: object) -> None:
        for program in self.programs.values():
            self._tell_state(program)
        self.ready = True

    def _message(self, client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        name = message.topic.split("/")[2]
        if name == "_engine":
            for program in self.programs.values():
                program.last_beat = now()
                self._tell_state(program)
        elif name in self.programs and message.payload:
            self._schedule(self.programs[name], message)

    def _schedule(self, program: DeviceProgram, message: paho.MQTTMessage) -> None:
        time.sleep(program.faults.late)
        answer = program.hear(message.payload)
        if answer is None:
            return
        self._tell_state(program)
        correlation: Any = getattr(message.properties, "CorrelationData", None)
        if program.faults.wrong:
            answer["cmd_id"] = "00000000-0000-8000-8000-000000000000"
            correlation = answer["cmd_id"].encode()
        properties = Properties(PacketTypes.PUBLISH)
        properties.CorrelationData = correlation
        self.client.publish(f"{ROOT}/{program.name}/ack", json.dumps(answer), qos=1, properties=properties)

    def _tell_state(self, program: DeviceProgram) -> None:
        self.client.publish(f"{ROOT}/{program.name}/state", json.dumps(program.state()), qos=1, retain=True)
