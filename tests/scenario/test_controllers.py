"""The section `controllers`: read with its units, and every mistake with its place; no password is ever shown."""

import json
from pathlib import Path

import jsonschema
import pytest

from scenario.folders import changed, findings_about, line_of
from scenario.test_schema import VALIDATOR, values_of
from waterbalance.controllers.modbus_table import MOST_ROWS, ROW_SIZE, ROWS
from waterbalance.controllers.modbus_table import STATUS_SIZE as TABLE_STATUS_SIZE
from waterbalance.errors import InputError
from waterbalance.scenario.controller_quantities import STATUS_SIZE, TABLE_SIZE
from waterbalance.scenario.controller_settings import ModbusSettings, MqttSettings, OpenSprinklerSettings
from waterbalance.scenario.devices import devices_of
from waterbalance.scenario.read import read_scenario
from waterbalance.schedule.rating import PumpCurve, SluiceGate

CANALS = "".join(
    f"  {name}: {{type: canal, source: lake, target: east_fields, capacity: 1 m3/s, sources: {{capacity: assumed}}}}\n"
    for name in ("plc_canal", "plain_canal", "valve_canal", "hand_canal")
)

GOOD = """
ratings:
  lateral_gate: {kind: sluice_gate, width: 2 m, upstream_depth: 150 cm}
  crest: {kind: weir, width: 3 m, upstream_level: 10 m, lowest: 9 m, highest: 10 m}
  pump: {kind: pump, shut_off_head: 40 m, curvature: 50, static_head: 20 m, friction: 30}
  table: {kind: table, settings: [0 cm, 50 cm], flows: [0 m3/s, 1 m3/s]}
controllers:
  KH-G017:
    structure: main_canal
    protocol: mqtt
    broker: mqtt.example.org:8884
    tls: {authority: certificates/ca.pem, certificate: certificates/engine.pem, key: certificates/engine.key}
    username: engine
    password_from: MQTT_PASSWORD
    limits: {least: 0 m3/s, most: 2500 L/s, greatest_step: 0.4 m3/s, least_dwell: 30 min, daily_volume: 150000 m3}
    fallback: {mode: flow, setpoint: 0.3 m3/s, after: 26 h}
  KH-P002:
    structure: plc_canal
    protocol: modbus
    address: 10.0.0.7
    base: 100
    status: 300
    word_order: little
    mode: position
    rating: lateral_gate
    limits: {least: 0 m, most: 120 cm}
  KH-G020:
    structure: plain_canal
    protocol: plain_gate
    address: 10.0.0.8:1502
    setpoint: {address: 0, kind: u16, scale: 0.001}
    switch: {address: 20}
    limits: {least: 0 m3/s, most: 2 m3/s}
  KH-V003:
    structure: valve_canal
    protocol: opensprinkler
    address: sprinkler.local
    station: 2
    password_from: OPENSPRINKLER_PASSWORD
    valve_flow: 2 L/s
    limits: {least: 0 s, most: 2 h}
  KH-M001:
    structure: hand_canal
    protocol: files
    canal: east_canal
    limits: {least: 0 m3/s, most: 2 m3/s}
"""

PUMP = "mode: speed\n    rating: pump\n    limits: {least: 50 %, most: 100 %}"
SETPOINT = "setpoint: {address: 0, kind: u16, scale: 0.001}"
PLAIN = f"address: 10.0.0.8:1502\n    {SETPOINT}"
FALLBACK = "fallback: {mode: flow, setpoint: 0.3 m3/s, after: 26 h}"


@pytest.fixture
def told(tutorial: Path) -> Path:
    path = tutorial / "scenario.yaml"
    text = path.read_text(encoding="utf-8").replace("components:\n", f"components:\n{CANALS}")
    path.write_text(text + GOOD, encoding="utf-8")
    return tutorial


def test_controllers_are_read_with_their_units(told: Path) -> None:
    controllers = read_scenario(told).controllers
    assert list(controllers) == ["KH-G017", "KH-P002", "KH-G020", "KH-V003", "KH-M001"]
    gate = controllers["KH-G017"]
    assert isinstance(gate, MqttSettings)
    limits = gate.command_limits()
    assert (limits.least, limits.most, limits.greatest_step, limits.least_dwell) == (0.0, 2.5, 0.4, 1800.0)
    assert limits.daily_volume == 150_000.0
    fallback = gate.command_fallback()
    assert (fallback.mode, fallback.setpoint, fallback.after) == ("flow", 0.3, 93_600.0)
    assert gate.unit == "m3/s"
    pump = controllers["KH-P002"]
    assert isinstance(pump, ModbusSettings)
    assert pump.command_limits().most == 1.2
    assert pump.unit == "m"
    gate_of_plc = "mode: position\n    rating: lateral_gate\n    limits: {least: 0 m, most: 120 cm}"
    changed(told, gate_of_plc, PUMP)
    pumped = devices_of(read_scenario(told))["KH-P002"]
    assert isinstance(pumped.rating, PumpCurve)
    assert (pumped.unit, pumped.limits.least, pumped.limits.most) == ("1", 0.5, 1.0)
    changed(told, PUMP, gate_of_plc)
    devices = devices_of(read_scenario(told))
    assert devices["KH-P002"].rating == SluiceGate("plc_canal", 2.0, 1.5)
    assert devices["KH-V003"].valve_flow == 0.002
    assert {name: (each.setpoint_step, each.most_rows) for name, each in devices.items()} == {
        "KH-G017": (0.001, 96),
        "KH-P002": (0.001, 24),
        "KH-G020": (0.001, 1000),
        "KH-V003": (1.0, 19),
        "KH-M001": (0.001, 1000),
    }
    valve = controllers["KH-V003"]
    assert isinstance(valve, OpenSprinklerSettings)
    assert valve.command_limits().most == 7200.0
    assert valve.command_fallback().mode == "close"


def test_a_scenario_without_controllers_has_none(tutorial: Path) -> None:
    assert read_scenario(tutorial).controllers == {}


def test_the_schema_knows_them(told: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(values_of(told))] == []
    changed(told, "protocol: modbus", "protocol: modbuss")
    assert list(VALIDATOR.iter_errors(values_of(told)))


@pytest.mark.parametrize(
    ("old", "new", "what", "said"),
    [
        ("protocol: mqtt", "protocol: mqqt", "unknown protocol", "Did you mean 'mqtt'?"),
        ("    protocol: modbus\n", "", "a key is missing", "Add 'protocol: ...'"),
        ("main_canal\n    protocol: mqtt", "main_cannal\n    protocol: mqtt", "unknown structure", "Did you mean 'main_canal'?"),
        ("rating: lateral_gate", "rating: crest", "the rating is for another mode", "allowed: level"),
        ("rating: lateral_gate", "rating: lateral_gat", "unknown rating", "Did you mean 'lateral_gate'?"),
        ("    rating: lateral_gate\n", "", "need a rating", "Write it"),
        ("    valve_flow: 2 L/s\n", "", "needs a valve_flow", "Write it"),
        ("valve_flow: 2 L/s", "valve_flow: 2 m", "valve_flow is no discharge", "2 L/s"),
        ("kind: sluice_gate", "kind: sluice", "unknown kind", "sluice_gate"),
        ("lowest: 9 m", "lowest: 11 m", "the crest does not travel", "Exchange"),
        ("[0 m3/s, 1 m3/s]", "[1 m3/s, 1 m3/s]", "flows do not rise", ""),
        ("[0 m3/s, 1 m3/s]", "[0 m3/s, 1 m3/s, 2 m3/s]", "2 settings and 3 flows", ""),
        ("width: 3 m", "width: 3", "'width' cannot be read", "no unit"),
        ("station: 2", "station: 200", "'station' is out of its range", "199"),
        ("station: 2", "station: two", "'station' cannot be read", ""),
        ("most: 2500 L/s", "most: 2.5", "'most' cannot be read", "with its unit"),
        ("most: 2500 L/s", "most: 2.5 m", "limits of the mode 'flow' are in m3/s, and most is in m", ""),
        ("most: 120 cm", "most: -120 cm", "least is more than most", "Exchange"),
        ("{least: 0 m, most: 120 cm}", "{least: -1 m, most: 120 cm}", "limits begin below zero", ""),
        ("least_dwell: 30 min", "least_setpoint: 5 cm", "limits of the mode 'flow' are in m3/s, and least_setpoint is in m", ""),
        ("least_dwell: 30 min", "least_setpoint: 3 m3/s", "least_setpoint is more than most", ""),
        ("    username: engine\n", "    any_hour: true\n", "any_hour is for devices without a greatest_step", ""),
        ("least_dwell: 30 min", "least_dwell: 30", "'least_dwell' cannot be read", "30 min"),
        ("broker: mqtt.example.org:8884", "broker: mqtt.example.org:88840", "'broker' cannot be read", "port"),
        ("broker: mqtt.example.org:8884", "broker: 'mqtt://x/#'", "'broker' cannot be read", "port"),
        ("status: 300", "status: 150", "status lies inside the table", ""),
        ("base: 100", "base: -1", "'base' is out of its range", "0"),
        ("base: 100", "base: 65500", "'base' is out of its range", "65419"),
        ("word_order: little", "word_order: middle", "'word_order' is not one of the allowed words", "big"),
        ("    word_order: little\n", "    word_ordr: little\n", "unknown key", "Remove the key"),
        (SETPOINT, "setpoint: {address: 0, table: input}", "setpoint lies in an input", ""),
        (SETPOINT, "setpoint: {address: 70000}", "'address' is out of its range", "65535"),
        (SETPOINT, "setpoint: {address: 0, scale: 0}", "'scale' is out of its range", "0"),
        ("canal: east_canal", "canal: ../../etc", "'canal' cannot be read", ""),
        ("canal: east_canal", f"canal: {'x' * 65}", "'canal' cannot be read", "64"),
        ("  KH-M001:", "  kh-g017:", "two controllers have names that are read as one", "not that of 'KH-G017'"),
        ("  KH-M001:", "  KH-Ｇ０１７:", "two controllers have names that are read as one", "not that of 'KH-G017'"),
        ("canal: east_canal", "canal: east_canal\n    folder: ../elsewhere", "'folder' cannot be read", ""),
        ("canal: east_canal", "canal: east_canal\n    folder: /etc", "'folder' cannot be read", ""),
        (FALLBACK, "fallback: {mode: flow}", "the fallback 'flow' has a setpoint", ""),
        ("certificate: certificates/engine.pem, ", "", "a certificate and its key belong together", ""),
        ("    username: engine\n", "    username: engine\n    plain: true\n", "plain and tls exclude each other", ""),
        ("  KH-M001:", "  'KH/M001':", "'KH/M001' cannot be read", ""),
        (PLAIN, PLAIN.replace("8:1502", "7").replace("address: 0", "address: 100"), "two controllers are one device", ""),
        ("structure: hand_canal", "structure: plc_canal", "two controllers move one structure", "not that of 'KH-P002'"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_place(told: Path, old: str, new: str, what: str, said: str) -> None:
    findings = findings_about(changed(told, old, new))
    found = [finding for finding in findings if what in finding.what]
    assert len(found) == 1, [str(finding) for finding in findings]
    assert said in str(found[0])
    assert found[0].where.line is not None
    assert found[0].where.line >= line_of(told, "ratings:")


@pytest.mark.parametrize(
    ("old", "new", "what", "said"),
    [
        ("greatest_step: 0.4 m3/s", "greatest_step: 0 m3/s", "the greatest step allows no change", "more than 0 m3/s"),
        ("greatest_step: 0.4 m3/s", "greatest_step: -0.4 m3/s", "the greatest step allows no change", "found -0.4 m3/s"),
        ("setpoint: 0.3 m3/s", "setpoint: 2.6 m3/s", "the fallback is outside of the limits", "0, or 0 to 2.5 m3/s"),
        ("setpoint: 0.3 m3/s", "setpoint: -0.3 m3/s", "the fallback is outside of the limits", "found -0.3 m3/s"),
        ("most: 2500 L/s", "most: 1e7 m3/s", "no such setpoint", "at most 1e+06 m3/s"),
        ("most: 2 h", "most: 64801 s", "the valve cannot be open so long", "at most 64800 s"),
        ("upstream_depth: 150 cm", "upstream_depth: 150 cm, downstream_depth: 151 cm", "downstream_depth is not below", ""),
        ("upstream_depth: 150 cm", "upstream_depth: 150 cm, downstream_depth: 150 cm", "downstream_depth is not below", ""),
    ],
)  # fmt: skip
def test_a_limit_that_makes_no_sense_is_told_at_its_line(told: Path, old: str, new: str, what: str, said: str) -> None:
    (finding,) = findings_about(changed(told, old, new))
    assert what in finding.what
    assert said in str(finding)
    assert finding.where.line == line_of(told, new)


@pytest.mark.parametrize(
    ("old", "new", "said", "limits"),
    [
        (SETPOINT, SETPOINT.replace("0.001", "0.00003"), "allowed: 0 to 1.96605 m3/s", "    switch: {address: 20}"),
        ("u16, scale: 0.001", "i16, scale: 0.00006", "-1.96608 to 1.96602 m3/s", "    switch: {address: 20}"),
        ("word_order: little", "word_order: little\n    scale: 5.0e-10", "-1.07374 to 1.07374 m", "    rating: lateral_gate"),
    ],
)  # fmt: skip
def test_a_limit_that_the_registers_cannot_hold_is_told(told: Path, old: str, new: str, said: str, limits: str) -> None:
    (finding,) = findings_about(changed(told, old, new))
    assert "the register cannot hold the limit" in finding.what
    assert said in str(finding)
    assert finding.where.line == line_of(told, limits) + 1


def test_a_limit_may_be_just_as_far_as_the_device_goes(told: Path) -> None:
    changed(changed(told, "most: 2 h", "most: 18 h"), "setpoint: 0.3 m3/s", "setpoint: 0 m3/s")
    # 65535 counts of 1/32767.5 m3/s are 2 m3/s.
    changed(told, SETPOINT, SETPOINT.replace("0.001", "3.0518043794e-5"))
    assert read_scenario(changed(told, "{least: 0 m3/s, most: 2500", "{least: 0.2 m3/s, most: 2500"))


@pytest.mark.parametrize(
    "duration", ["oldest_plan", "greatest_clock_skew", "first_retry", "longest_retry", "patience", "keepers_patience", "lease"]
)  # fmt: skip
def test_a_duration_of_issuing_is_not_zero(told: Path, duration: str) -> None:
    path = told / "scenario.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f"\nissuing:\n  {duration}: 0 s\n", encoding="utf-8")
    (finding,) = findings_about(told)
    assert finding.what == f"{duration!r} is out of its range"
    assert finding.where.line == line_of(told, f"{duration}: 0 s")


SECOND = """
  KH-P009:
    structure: plain_canal
    protocol: {protocol}
    address: 10.0.0.7:502
    {registers}
    limits: {{least: 0 m3/s, most: 2 m3/s}}
"""


@pytest.mark.parametrize(
    ("protocol", "registers", "at", "found"),
    [
        ("modbus", "base: 215\n    status: 500", "base: 215", "215 to 330; allowed: none of 'KH-P002': 100 to 215"),
        ("modbus", "base: 216\n    status: 500", "base: 216", "216 to 331; allowed: none of 'KH-P002': 300 to 307"),
        ("modbus", "base: 400\n    status: 307", "status: 307", "307 to 314; allowed: none of 'KH-P002': 300 to 307"),
        ("modbus", "base: 400\n    status: 93", "status: 93", "93 to 100; allowed: none of 'KH-P002': 100 to 215"),
        ("plain_gate", "setpoint: {address: 99, kind: f32}", "setpoint: {address: 99", "99 to 100; allowed"),
        ("modbus", "base: 400\n    status: 308", None, ""),
        ("modbus", "base: 400\n    status: 92", None, ""),
        ("modbus", "base: 100\n    status: 300\n    unit_id: 2", None, ""),
        ("plain_gate", "setpoint: {address: 99, kind: u16}", None, ""),
    ],
)
def test_two_tables_of_one_device_do_not_overlap(told: Path, protocol: str, registers: str, at: str | None, found: str) -> None:
    """The table of KH-P002 is in the registers 100 to 215 of 10.0.0.7, its status in 300 to 307; 502 is the usual port."""
    path = told / "scenario.yaml"
    text, gone, rest = path.read_text(encoding="utf-8").partition("  KH-G020:\n")
    assert gone
    rest = rest[rest.index("  KH-V003:") :]
    path.write_text(text + rest + SECOND.format(protocol=protocol, registers=registers), encoding="utf-8")
    if at is None:
        assert read_scenario(told)
        return
    findings = [finding for finding in findings_about(told) if finding.where.line == line_of(told, at)]
    assert [finding.what for finding in findings] == ["two controllers share registers"]
    assert found in str(findings[0])


def test_sizes_are_those_of_the_table() -> None:
    assert ROWS + MOST_ROWS * ROW_SIZE == TABLE_SIZE
    assert TABLE_STATUS_SIZE == STATUS_SIZE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    password_from: MQTT_PASSWORD\n", "    password: hunter2\n"),
        ("    password_from: MQTT_PASSWORD\n", "    password_from: hunter2!\n"),
        ("broker: mqtt.example.org:8884", "broker: engine:hunter2@mqtt.example.org"),
        ("    address: sprinkler.local\n", "    address: http://admin:hunter2@sprinkler.local\n"),
    ],
)
def test_a_password_in_the_file_is_told_and_never_shown(told: Path, old: str, new: str) -> None:
    with pytest.raises(InputError) as caught:
        read_scenario(changed(told, old, new))
    text = f"{caught.value} {caught.value!r}"
    assert "hunter2" not in text
    assert "not shown" in text
    assert "password_from" in text


def test_a_plain_connection_would_show_the_password(told: Path) -> None:
    tls = "    tls: {authority: certificates/ca.pem, certificate: certificates/engine.pem, key: certificates/engine.key}\n"
    (finding,) = findings_about(changed(told, tls, "    plain: true\n"))
    assert "readable over the network" in finding.what
    changed(told, "broker: mqtt.example.org:8884", "broker: localhost")
    assert read_scenario(told).controllers["KH-G017"]


def test_the_settings_can_be_written_down_again(told: Path) -> None:
    settings = read_scenario(told).controllers["KH-G017"]
    assert "MQTT_PASSWORD" in json.loads(settings.model_dump_json()).values()
    jsonschema.Draft202012Validator.check_schema(VALIDATOR.schema)
