"""What only registers can get wrong: word order, addresses one off, widths, requests that are sent twice."""

import contextlib
import datetime as dt
import math
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymodbus.constants import ExcCodes
from pymodbus.simulator import DataType, SimData, SimDevice

from controllers.modbus_device import BASE, STATUS, ModbusPlc, Server
from controllers.orders import changed, order, rows_of
from waterbalance.controllers.controller import AGREED, RefusedError, UnreachableError
from waterbalance.controllers.fit import UnfitError
from waterbalance.controllers.modbus import ModbusTable
from waterbalance.controllers.modbus_line import Device, Line
from waterbalance.controllers.modbus_registers import NumberType, WordOrder, number_in, registers_of
from waterbalance.controllers.modbus_table import Table
from waterbalance.controllers.plain_gate import PlainGate, Register
from waterbalance.schedule.command import Fallback
from waterbalance.schedule.envelope import Envelope

NAME = "KH-G017"


@contextlib.contextmanager
def plc(**fields: Any) -> Iterator[ModbusPlc]:  # noqa: ANN401 (fields of all kinds)
    device = ModbusPlc(**fields)
    try:
        yield device
    finally:
        device.close()


def controller(peer: ModbusPlc, **fields: Any) -> ModbusTable:  # noqa: ANN401 (fields of all kinds)
    made = peer.controller()
    assert isinstance(made, ModbusTable)
    return replace(made, **fields)


def issue(gate: ModbusTable, envelope: Envelope) -> str:
    gate.stage(envelope)
    return gate.commit(envelope).status


def test_another_program_reads_the_same_registers() -> None:
    """`mbpoll` counts from 1 unless told otherwise; 32-bit numbers need its -B for the high word first."""
    tool = shutil.which("mbpoll")
    if tool is None:
        pytest.skip("mbpoll is not installed")
    envelope = order(NAME, (1.25, 0.8), sequence=70_000)
    with plc() as device:
        assert issue(controller(device), envelope) == "active"

        def polled(kind: str, address: int, count: int) -> list[int]:
            command = [tool, "-m", "tcp", "-a", "1", "-p", str(device.server.port), "-0", "-1", "-t", kind, "-B"]
            told = subprocess.run(
                [*command, "-r", str(address), "-c", str(count), "127.0.0.1"], check=True, capture_output=True, text=True
            )
            lines = [line.split("\t") for line in told.stdout.splitlines() if line.startswith("[")]
            return [int(line[1].split()[0], 0) for line in lines]

        starts = [int(row.start.timestamp()) for row in envelope.command.rows]
        assert polled("4:hex", BASE, 2) == [0xA110, 1]
        assert polled("4:int", BASE + 2, 1) == [70_000]
        assert polled("4", BASE + 4, 1) == [2]
        assert polled("4:int", BASE + 8, 1) == [starts[1] + 3600]
        assert polled("4:int", BASE + 20, 4) == [starts[0], 1250, starts[1], 800]
        assert polled("4", STATUS, 2) == [70_000 & 0xFFFF, 2]


def test_the_low_word_first_where_the_device_wants_it() -> None:
    envelope = order(NAME, sequence=70_000)
    with plc(little=True) as device:
        gate = controller(device)
        assert issue(gate, envelope) == "active"
        assert gate.read_back().rows == envelope.command.rows
        assert gate.state().applied == 70_000
        assert device.doing() == ("apply", envelope.command.rows)


@pytest.mark.parametrize("little", [True, False])
def test_point_09_the_wrong_word_order_is_never_taken(little: bool) -> None:
    with plc(little=little) as device:
        gate = controller(device, table=Table("big" if little else "little"))
        gate.stage(order(NAME))
        answer = gate.commit(order(NAME))
        assert (answer.status, answer.code) == ("rejected", "5: COMMIT is not that of the staged sequence")
        assert device.taken() == []
        clock = gate.state().clock
        assert clock is not None
        assert abs(clock - dt.datetime.now(dt.UTC)) > dt.timedelta(days=1)


@pytest.mark.parametrize(("first", "told"), [(BASE + 1, "It begins at 101"), (BASE - 1, "It begins at 99"), (250, "Mend 'base'")])
def test_an_address_that_is_one_off_is_seen_and_nothing_is_written(first: int, told: str) -> None:
    with plc(first=first) as device:
        with pytest.raises(RefusedError, match=told):
            controller(device).stage(order(NAME))
        assert device.writes == []


def test_24_rows_are_one_write_and_a_25th_has_no_place() -> None:
    envelope = order(NAME, tuple(0.1 * number for number in range(24)))
    with plc() as device:
        gate = controller(device)
        assert issue(gate, envelope) == "active"
        assert [len(values) for function, address, values in device.writes if address == BASE + 20] == [96]
        assert gate.read_back().rows == tuple(replace(row, setpoint=round(row.setpoint, 3)) for row in envelope.command.rows)
        with pytest.raises(UnfitError, match="fewer rows"):
            gate.stage(order(NAME, tuple(0.1 for _ in range(25)), sequence=2))
    with pytest.raises(ValueError, match="more than 123"):
        Line(Device("127.0.0.1")).write(0, [0] * 124)


def test_commit_is_the_last_write_and_one_register() -> None:
    with plc() as device:
        assert issue(controller(device), order(NAME, sequence=412)) == "active"
        assert device.writes[-1] == (6, BASE + 12, [412])
        assert {function for function, *_ in device.writes[:-1]} == {16}


def test_a_request_that_is_sent_twice_has_one_effect() -> None:
    """The server's first answer comes after the client has given up on it and sent the write again."""
    with plc() as device:
        gate = controller(device, device=device.device(timeout=0.3), timeout=3.0)
        gate.stage(order(NAME))
        device.slow_once = 0.45
        try:
            status = gate.commit(order(NAME)).status
        except UnreachableError:
            status = gate.commit(order(NAME)).status
        assert status in AGREED
        assert [address for _, address, _ in device.writes].count(BASE + 12) >= 2
        assert device.taken() == [1]


def test_sequences_beyond_16_bits_are_told_apart() -> None:
    with plc() as device:
        gate = controller(device)
        for sequence in (65_535, 65_536, 65_537, 131_073):
            assert issue(gate, order(NAME, (1.0,), sequence=sequence)) == "active"
            assert gate.state().applied == sequence
            assert gate.read_back().sequence == sequence
        with pytest.raises(RefusedError, match="lower sequence"):
            gate.stage(order(NAME, (1.1,), sequence=65_537))
        assert device.taken() == [65_535, 65_536, 65_537, 131_073]


def test_point_04_the_device_itself_rejects_a_lower_sequence() -> None:
    with plc() as device:
        gate = controller(device)
        assert issue(gate, order(NAME, sequence=7)) == "active"
        lower = order(NAME, (0.5,), sequence=6)
        rows = gate.table.rows(lower.command)
        with Line(device.device()) as line:
            line.write(BASE + 20, rows)
            line.write(BASE + 14, gate.table.fallback(lower.command))
            line.write(BASE, gate.table.header(lower, rows))
            line.write_one(BASE + 12, 6)
            time.sleep(0.1)
            told = line.read(STATUS, 3)
        assert told == [7, 4, 2]
        with pytest.raises(RefusedError, match="lower sequence"):
            gate.commit(lower)
        assert gate.state().applied == 7
        assert device.taken() == [7]


def test_another_table_of_the_same_number_is_no_duplicate() -> None:
    """As after a store that was restored from a copy: the number has been used."""
    with plc() as device:
        gate = controller(device)
        assert issue(gate, order(NAME, sequence=7)) == "active"
        other = order(NAME, (0.5,), sequence=7)
        with pytest.raises(RefusedError, match="another table of the same"):
            gate.stage(other)
        with pytest.raises(RefusedError, match="another table of the same"):
            gate.commit(other)
        assert device.taken() == [7]


@pytest.mark.parametrize("scans", [False, True])
def test_a_rejected_table_may_be_staged_again(scans: bool) -> None:
    """COMMIT still holds the number: a device that scans it would begin while the table is staged."""
    envelope = order(NAME)
    with plc(scans=scans) as device:
        gate = controller(device)
        device.faults.local = True
        assert issue(gate, envelope) == "rejected"
        device.faults.local = False
        gate.stage(envelope)
        assert device.taken() == []
        assert gate.commit(envelope).status == "active"
        assert device.taken() == [1]


def test_what_is_staged_is_not_told_as_followed() -> None:
    with plc() as device:
        gate = controller(device)
        assert gate.read_back().rows == ()
        assert issue(gate, order(NAME)) == "active"
        gate.stage(order(NAME, (0.5,), sequence=2))
        with pytest.raises(UnreachableError, match="staged"):
            gate.read_back()
        assert gate.state().applied == 1


def test_a_block_of_more_rows_than_there_can_be_is_told() -> None:
    with plc() as device:
        gate = controller(device)
        assert issue(gate, order(NAME)) == "active"
        with Line(device.device()) as line:
            line.write_one(BASE + 4, 200)
        with pytest.raises(UnreachableError, match="200 rows"):
            gate.read_back()


def test_a_second_writer_is_noticed_before_the_commit() -> None:
    with plc() as device:
        gate = controller(device)
        gate.stage(order(NAME))
        with Line(device.device()) as line:
            line.write(BASE + 22, [0, 999])
        with pytest.raises(RefusedError, match="register 123 does not hold what was written"):
            gate.commit(order(NAME))
        assert device.taken() == []
        with pytest.raises(RefusedError, match="not committed"):
            gate.commit(order(NAME, sequence=2))


def test_registers_that_cannot_be_written_are_told() -> None:
    with plc(read_only=True) as device, pytest.raises(RefusedError, match="illegal data address"):
        controller(device).stage(order(NAME))


def test_a_wrong_unit_and_a_closed_port_are_told(capfd: pytest.CaptureFixture[str]) -> None:
    with plc() as device:
        gate = controller(device)
        with pytest.raises((RefusedError, UnreachableError)):
            replace(gate, device=replace(gate.device, unit=9, timeout=0.2, retries=0)).state()
        with pytest.raises(RefusedError, match="illegal data address"):
            replace(gate, base=5000).state()
    with pytest.raises(UnreachableError, match=r"modbus://127.0.0.1:1/1"):
        replace(gate, device=Device("127.0.0.1", 1)).state()
    assert capfd.readouterr() == ("", "")


def test_what_has_no_place_in_the_registers_is_refused() -> None:
    good = order(NAME, most=1e12)
    rows = good.command.rows
    first = rows[0]
    late = first.start.replace(year=2107)
    cases = {
        "setpoint is too large": changed(good, rows=rows_of((2_147_483.648,), first.start)),
        "gap between rows": changed(good, rows=(first, *rows[2:])),
        "no such time": changed(good, valid_until=late, rows=(replace(first, start=late.replace(day=1), end=late),)),
        "no such time; found": changed(good, rows=(replace(first, start=first.start + dt.timedelta(microseconds=1)),)),
        "too long": changed(good, fallback=Fallback(after=65_536 * 60.0)),
        "does not know this mode": changed(good, mode="duration", unit="s"),
    }
    with plc() as device:
        for told, envelope in cases.items():
            with pytest.raises(UnfitError, match=told):
                controller(device).stage(envelope)
        assert device.writes == []
        assert issue(controller(device), changed(good, rows=rows_of((2_147_483.647,), first.start))) == "active"


def test_the_heartbeat_counts_on() -> None:
    with plc() as device:
        gate = controller(device)
        for _ in range(3):
            gate.beat()
        assert [values for _, address, values in device.writes if address == BASE + 13] == [[1], [2], [3]]


def test_the_heartbeat_tells_whether_the_device_follows_anything() -> None:
    with plc() as device:
        gate = controller(device)
        assert gate.beat()
        assert issue(gate, order(device.name)) == "active"
        assert not gate.beat()


@settings(deadline=None)
@given(
    counts=st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=24),
    sequence=st.integers(1, 2**32 - 1),
    word_order=st.sampled_from(["big", "little"]),
    scale=st.sampled_from([1.0, 0.1, 0.01, 0.001]),
)
def test_a_table_is_read_as_it_was_written(counts: list[int], sequence: int, word_order: WordOrder, scale: float) -> None:
    table = Table(word_order, scale)
    envelope = order(NAME, tuple(float(f"{count * scale:.12g}") for count in counts), sequence=sequence, most=1e12)
    rows = table.rows(envelope.command)
    table.require_fit(envelope)
    held = table.held(table.header(envelope, rows), rows)
    assert held.sequence == sequence
    assert held.rows == envelope.command.rows


@settings(deadline=None)
@given(
    words=st.lists(st.integers(0, 2**16 - 1), min_size=20, max_size=20), low=st.integers(0, 2**16 - 1), state=st.integers(0, 9)
)
def test_whatever_stands_in_the_registers_is_a_state(words: list[int], low: int, state: int) -> None:
    """No table in them, a broken one, another word order: nothing but an answer, and a sequence that its lower bits tell."""
    told = Table().state(words, [low, state, 0, 0, *words[:4]])
    assert told.applied is None or told.applied & 0xFFFF == low


@pytest.mark.parametrize("value", [math.nan, math.inf, -1, 2**32])
def test_a_number_that_does_not_fit_is_no_register(value: float) -> None:
    with pytest.raises((OverflowError, ValueError)):
        registers_of(value, "u32")


@pytest.mark.parametrize(
    ("value", "kind"), [(-(2**31), "i32"), (2**32 - 1, "u32"), (-0.5, "f32"), (-32768, "i16"), (65535, "u16")]
)
@pytest.mark.parametrize("word_order", ["big", "little"])
def test_numbers_come_back_from_registers(value: float, kind: NumberType, word_order: WordOrder) -> None:
    assert number_in(registers_of(value, kind, word_order), kind, word_order) == value


GATE = {"setpoint": Register(0, "u16", 0.001), "feedback": Register(10, "f32", 1.0, "little"), "mode": Register(20)}


@contextlib.contextmanager
def plain(clamp: int | None = None) -> Iterator[tuple[PlainGate, list[list[int]]]]:
    """A gate with a setpoint, a feedback that follows it, and a mode."""
    registers: list[list[int]] = []

    async def act(*told: Any) -> ExcCodes | None:  # noqa: ANN401 (as pymodbus calls it)
        *_, current, values = told
        registers[:] = [current]
        if values is not None and clamp is not None:
            values[0] = min(int(values[0]), clamp)
        current[10:12] = registers_of(current[0] / 1000, "f32", "little")
        return None

    server = Server([SimDevice(1, [SimData(0, values=[0] * 30, datatype=DataType.REGISTERS)], action=act)])
    try:
        yield PlainGate("G1", Device("127.0.0.1", server.port, timeout=1.0), least=0.0, most=100.0, **GATE), registers
    finally:
        server.close()


def test_a_plain_gate_is_set_and_read() -> None:
    with plain() as (gate, _):
        gate.set_now(1.2345)
        reading = gate.read_now()
        assert reading.setpoint == pytest.approx(1.234, abs=0.0006)
        assert reading.feedback == pytest.approx(reading.setpoint)
        assert reading.remote
        gate.set_now(1.2345)
        assert gate.read_now() == reading
        assert gate.setpoint_step == 0.001


def test_a_plain_gate_that_clamps_says_so() -> None:
    with plain(clamp=1000) as (gate, _), pytest.raises(RefusedError, match=r"found 1; allowed: 1.5"):
        gate.set_now(1.5)


def test_a_plain_gate_that_holds_no_number_has_not_taken_its_setpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """A NaN is neither near nor far."""
    with plain() as (gate, _):
        monkeypatch.setattr(Register, "read", lambda *_: math.nan)
        with pytest.raises(RefusedError, match="has not taken"):
            replace(gate, mode=None).set_now(1.5)


def test_a_floating_setpoint_has_small_steps() -> None:
    """Its scale is a unit, not a step: whole cubic metres would be no setpoints, and half of one no error."""
    with plain() as (gate, registers):
        floating = replace(gate, setpoint=Register(4, "f32"))
        assert floating.setpoint_step == 0.001
        floating.set_now(0.8)
        assert floating.read_now().setpoint == pytest.approx(0.8, abs=1e-6)
        clamping = replace(floating, setpoint=Register(10, "f32", order="little"))
        registers[0][0] = 1000
        with pytest.raises(RefusedError, match=r"found 1; allowed: 1.3"):
            clamping.set_now(1.3)


def test_a_plain_gate_in_local_is_not_set() -> None:
    with plain() as (gate, registers):
        gate.set_now(1.0)
        registers[0][20] = 1
        with pytest.raises(RefusedError, match="Local"):
            gate.set_now(2.0)
        assert not gate.read_now().remote
        assert gate.read_now().setpoint == 1.0


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, 100.1, 65.536])
def test_a_plain_gate_is_not_told_what_it_cannot_hold(value: float) -> None:
    with plain() as (gate, registers):
        with pytest.raises(UnfitError, match="nothing was sent"):
            gate.set_now(value)
        assert registers == []


def test_a_plain_gate_closes_below_its_least_too() -> None:
    with plain() as (gate, _):
        least = replace(gate, least=0.5)
        least.set_now(1.0)
        least.set_now(0.0)
        assert least.read_now().setpoint == 0.0
        with pytest.raises(UnfitError, match="out of its limits"):
            least.set_now(0.4)
        crest = replace(gate, least=0.5, most=2.0, closed=2.0)
        with pytest.raises(UnfitError, match="out of its limits"):
            crest.set_now(0.0)
