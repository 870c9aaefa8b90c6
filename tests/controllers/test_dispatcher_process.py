"""The dispatcher as the process that it is, beside a device that does not answer."""

import contextlib
import datetime as dt
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from pymodbus.simulator import DataType, SimData, SimDevice

from controllers.modbus_device import Server
from fake_device import FakeDevice, HandClock
from operate.issuing import works
from waterbalance.controllers.modbus_line import Device
from waterbalance.controllers.plain_gate import PlainGate, Register
from waterbalance.operate.issuing.attempt import Sending
from waterbalance.operate.issuing.deliver import deliver
from waterbalance.operate.issuing.kept_here import KeptHere

SCENARIO = """
waterbalance: 1
name: works
time_zone: Asia/Taipei
horizon: {{start: 2026-01-01, last_day: 2026-01-01}}
policy: {{preset: drought_practice}}
components:
  lake: {{type: reservoir, capacity: 1 Mm3}}
  canal_a: {{type: canal, source: lake, target: fields_a, capacity: 864000 m3/day}}
  fields_a: {{type: irrigation_zone, area: 1 ha, demand: 1 m3/day}}
  main_canal: {{type: canal, source: lake, target: fields_b, capacity: 864000 m3/day}}
  fields_b: {{type: irrigation_zone, area: 1 ha, demand: 1 m3/day}}
state: {{file: state.csv}}
tables: [{{file: tables.csv}}]
controllers:
  plain:
    structure: main_canal
    protocol: plain_gate
    address: 127.0.0.1:{plain}
    setpoint: {{address: 0, kind: u16, scale: 0.001}}
    limits: {{least: 0 m3/s, most: 2.5 m3/s}}
  plc:
    structure: canal_a
    protocol: modbus
    address: 127.0.0.1:{silent}
    base: 100
    status: 300
    timeout: 20 s
    limits: {{least: 0 m3/s, most: 2.5 m3/s}}
"""


def test_a_device_that_does_not_answer_holds_up_no_gate(tmp_path: Path) -> None:
    """The PLC takes the connection and is silent: three times 20 s for its heartbeat alone."""
    made = works(tmp_path, names=("plain", "plc"), clock=HandClock(dt.datetime.now(dt.UTC).replace(microsecond=0)))
    registers = SimDevice(id=1, simdata=[SimData(0, count=30, values=0, datatype=DataType.REGISTERS)])
    with contextlib.closing(Server([registers])) as server, contextlib.closing(socket.create_server(("127.0.0.1", 0))) as silent:
        gate = PlainGate("plain", Device("127.0.0.1", server.port, 1, 1.0), Register(0, "u16", 0.001), 0.0, 2.5)
        plc = FakeDevice("plc", made.clock, ["offline"])
        made.approved(start=made.clock() - dt.timedelta(hours=1))
        made.issue()
        deliver(
            made.store,
            lambda name: plc if name == "plc" else KeptHere("plain", gate, 0.001, made.clock),
            Sending(made.settings, made.devices),
            clock=made.clock,
        )
        made.store.close()
        told = SCENARIO.format(plain=server.port, silent=silent.getsockname()[1])
        (tmp_path / "scenario.yaml").write_text(told)
        (tmp_path / "tables.csv").write_text("date,lake.inflow [m3/day]\n2026-01-01,0\n")
        (tmp_path / "state.csv").write_text("date,lake.storage [m3]\n2026-01-01,800000\n")
        line = "import sys; from waterbalance.cli import main; sys.argv[0] = 'waterbalance'; main()"
        store = f"sqlite:///{tmp_path / 'store.sqlite'}"
        process = subprocess.Popen([sys.executable, "-c", line, "dispatcher", str(tmp_path), "--store", store, "--every", "0.2"])
        try:
            deadline = time.monotonic() + 15
            while gate.read_now().setpoint != 1.25:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
