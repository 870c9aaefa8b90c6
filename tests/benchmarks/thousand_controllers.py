"""A thousand controllers, 24 rows each, over MQTT with TLS: python tests/benchmarks/thousand_controllers.py [how many].

From the approved plan in the store to the last controller that has acknowledged and was read back; commands are signed, and every
device checks the signature. The devices live in a process of their own. Prints seconds of the wall clock, and of this processor.
"""

import datetime as dt
import multiprocessing
import os
import sys
import tempfile
import time
from dataclasses import replace
from multiprocessing.synchronize import Event
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from controllers.device_program import DeviceProgram
from controllers.mosquitto import PASSWORD, Mosquitto
from controllers.mqtt_device import Login, MqttDevices
from controllers.mqtt_peer import VARIABLE, way_to
from waterbalance.controllers.mqtt import MqttController
from waterbalance.controllers.mqtt_broker import Broker
from waterbalance.operate.issuing.attempt import Sending
from waterbalance.operate.issuing.deliver import deliver
from waterbalance.operate.issuing.issue import Issuer, issue
from waterbalance.scenario.issuing import IssuingSettings
from waterbalance.schedule.command import Command, Fallback, Limits, Row
from waterbalance.schedule.device import Device
from waterbalance.schedule.signature import SigningKey
from waterbalance.store.audit_log import verify
from waterbalance.store.database import open_store
from waterbalance.store.plans import NewPlan, approve, record

ROWS = 24
LIMITS = Limits(0.0, 2.5)


def field(names: list[str], login: Login, public: bytes, ready: Event, ended: Event) -> None:
    """All devices behind one connection."""
    key = {"2026a": Ed25519PublicKey.from_public_bytes(public)}
    devices = MqttDevices([DeviceProgram(name, keys=key) for name in names], login)
    ready.set()
    ended.wait()
    devices.close()


def command(name: str, start: dt.datetime) -> Command:
    hours = [start + dt.timedelta(hours=hour) for hour in range(ROWS + 1)]
    rows = tuple(Row(hours[hour], hours[hour + 1], round(0.1 * (1 + hour % 20), 3)) for hour in range(ROWS))
    return Command(name, "canal", "", "apply", "flow", "m3/s", start, hours[-1], rows, LIMITS, Fallback())


def main(many: int = 1000) -> None:
    names = [f"G{number:04}" for number in range(many)]
    os.environ[VARIABLE] = PASSWORD
    key = SigningKey("2026a", Ed25519PrivateKey.generate())
    public = key.private.public_key()
    started = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
    context = multiprocessing.get_context("spawn")
    ready, ended = context.Event(), context.Event()
    with tempfile.TemporaryDirectory() as folder:
        server = Mosquitto(Path(folder) / "mosquitto", ())
        arguments = (names, server.login("field"), public.public_bytes_raw(), ready, ended)
        peers = context.Process(target=field, args=arguments)
        peers.start()
        ready.wait()
        store = open_store(f"sqlite:///{folder}/store.sqlite")
        content = {"commands": [command(name, started).content() for name in names]}
        new = NewPlan("works", str(started.date()), started, started + dt.timedelta(hours=ROWS), content)
        with store.writing() as connection:
            plan = record(connection, new, {}, "nightly", started)
            approve(connection, plan, "chen", started)
        devices = {name: Device(name, "canal", LIMITS) for name in names}
        settings = IssuingSettings()
        broker = Broker(replace(way_to(server), timeout=30.0))
        controllers = {name: MqttController(name, broker, 0.001, 96, 30.0) for name in names}
        clock, spent = time.perf_counter(), time.process_time()
        issue(store, "works", Issuer("lin", settings, devices, key), dt.datetime.now(dt.UTC))
        queued = time.perf_counter() - clock
        sending = Sending(settings, devices, {"2026a": public})
        told = deliver(
            store,
            controllers.__getitem__,
            sending,
            clock=lambda: dt.datetime.now(dt.UTC),
            wait=dt.timedelta(minutes=2),
        )
        whole, spent = time.perf_counter() - clock, time.process_time() - spent
        with store.reading() as connection:
            assert verify(connection) == ()
        print(f"{many} controllers, {ROWS} rows each, signed, MQTT 5 over TLS: {dict(told.outcomes)}")
        print(f"queued in {queued:.1f} s; all acknowledged and read back in {whole:.1f} s ({spent:.1f} s of one processor)")
        ended.set()
        peers.join()
        broker.close()
        store.close()
        server.kill()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
