"""A PLC with a table, on pymodbus's server: its program knows the registers by the convention, and none of the engine's code."""

import asyncio
import datetime as dt
import ssl
import threading
import time
from dataclasses import dataclass, field

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer, ModbusTlsServer
from pymodbus.simulator import DataType, SimData, SimDevice

from controllers.peer import Faults
from postgresql_server import free_port
from waterbalance.controllers.controller import Controller
from waterbalance.controllers.modbus import ModbusTable
from waterbalance.controllers.modbus_line import Device
from waterbalance.controllers.modbus_table import Table
from waterbalance.schedule.command import Action, Fallback, Mode, Row

BASE, STATUS, SIZE = 100, 300, 400


def crc(registers: list[int]) -> int:
    value = 0xFFFF
    for register in registers:
        for octet in (register >> 8, register & 0xFF):
            value ^= octet
            for _ in range(8):
                value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return value


class Server:
    """A pymodbus server in a thread of its own."""

    def __init__(self, devices: list[SimDevice], context: ssl.SSLContext | None = None) -> None:
        self.context = context
        self.port = free_port()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.server = asyncio.run_coroutine_threadsafe(self._serve(devices), self.loop).result(10)

    async def _serve(self, devices: list[SimDevice]) -> ModbusTcpServer:
        address = "127.0.0.1", self.port
        if self.context is None:
            server = ModbusTcpServer(devices, address=address)
        else:
            server = ModbusTlsServer(devices, address=address, sslctx=self.context)
        await server.serve_forever(background=True)
        return server

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.server.shutdown(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@dataclass
class ModbusPlc:
    """The program of the PLC, and a peer of the battery."""

    name: str = "KH-G017"
    mode: Mode = "flow"
    setpoints: tuple[float, ...] = (1.25, 0.8, 0.0)
    clamped_at: float = 1.0
    most: float = 2.5
    fallback: Fallback = field(default_factory=Fallback)
    tells_clock: bool = True
    faults: Faults = field(default_factory=Faults)
    little: bool = False
    first: int = BASE
    read_only: bool = False
    slow_once: float = 0.0
    scans: bool = False
    """It compares COMMIT with the staged sequence at every scan, and does not wait for it to be written."""

    context: ssl.SSLContext | None = None
    """Within TLS."""

    writes: list[tuple[int, int, list[int]]] = field(default_factory=list)
    followed: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.applied: int | None = None
        self.program: tuple[Action, list[tuple[int, int]], int] = ("apply", [], 0)
        values = [0] * SIZE
        values[self.first : self.first + 2] = [0xA110, 1]
        data = SimData(0, values=values, datatype=DataType.REGISTERS, readonly=self.read_only)
        self.server = Server([SimDevice(1, [data], action=self._act)], self.context)

    def close(self) -> None:
        self.server.close()

    def device(self, timeout: float = 1.5) -> Device:
        return Device("127.0.0.1", self.server.port, timeout=timeout)

    def controller(self) -> Controller:
        table = Table("little" if self.little else "big")
        return ModbusTable(self.name, self.device(), BASE, STATUS, table, timeout=1.8)

    def taken(self) -> list[int]:
        return self.followed

    def doing(self) -> tuple[Action, tuple[Row, ...]]:
        action, rows, until = self.program
        times = [dt.datetime.fromtimestamp(start, dt.UTC) for start, _ in rows] + [dt.datetime.fromtimestamp(until, dt.UTC)]
        return action, tuple(
            Row(start, end, count / 1000) for start, end, (_, count) in zip(times, times[1:], rows, strict=False)
        )

    async def _act(
        self, function: int, start: int, address: int, count: int, registers: list[int], values: list[int] | list[bool] | None
    ) -> ExcCodes | None:
        self.registers = registers
        self._show()
        if values is None:
            return None
        written = [int(value) for value in values]
        self.writes.append((function, address, written))
        registers[address : address + count] = written
        if self.slow_once:
            slow, self.slow_once = self.slow_once, 0.0
            await asyncio.sleep(slow)
        if address == self.first:
            registers[STATUS + 1] = 1
        if self.scans and registers[STATUS + 1] == 1 and registers[self.first + 12] == self._u32(self.first + 2) & 0xFFFF:
            self._commit()
        elif address == self.first + 12 and written == [self._u32(self.first + 2) & 0xFFFF]:
            asyncio.get_running_loop().call_later(self.faults.late, self._commit)
        elif address == self.first + 12:
            self._state(4, 5)
        return None

    def _commit(self) -> None:
        block = self.registers[self.first : self.first + 20]
        sequence, count = self._u32(self.first + 2), block[4]
        rows = self.registers[self.first + 20 : self.first + 20 + 4 * count]
        times = [self._number(rows[place : place + 2]) for place in range(0, len(rows), 4)]
        applied = self.applied or 0
        answers = (
            (crc(rows) != block[5] or count > 24, 4, 1),
            (sequence == applied, 2, 0),
            (sequence < applied, 4, 2),
            (self.faults.local, 4, 3),
            (self._u32(self.first + 8) <= time.time() + self.faults.fast, 3, 0),
            (times != sorted(set(times)), 4, 6),
        )
        answer = next(((state, reason) for is_so, state, reason in answers if is_so), None)
        if answer is None:
            self._follow(sequence, block, rows)
        else:
            self._state(*answer)

    def _follow(self, sequence: int, block: list[int], rows: list[int]) -> None:
        found = []
        for place in range(0, len(rows), 4):
            count = self._number(rows[place + 2 : place + 4])
            count -= 2**32 if count >= 2**31 else 0
            if self.faults.most is not None:
                count = min(count, round(self.faults.most * 1000))
            found.append((self._number(rows[place : place + 2]), count))
            words = [count >> 16 & 0xFFFF, count & 0xFFFF]
            at = self.first + 20 + place + 2
            self.registers[at : at + 2] = words[::-1] if self.little else words
        action: Action = "stop" if block[11] == 0 else "apply" if block[10] else "withdraw"
        self.program = action, found, self._u32(self.first + 8)
        self.applied = sequence
        self.followed.append(sequence)
        self._state(2)

    def _state(self, state: int, reason: int = 0) -> None:
        self.registers[STATUS + 1 : STATUS + 3] = [state, reason]

    def _show(self) -> None:
        applied = 0 if self.applied is None else self.applied + (1 if self.faults.wrong else 0)
        self.registers[STATUS] = applied & 0xFFFF
        self.registers[STATUS + 3] = int(self.faults.local)
        clock = int(time.time() + self.faults.fast)
        words = [clock >> 16, clock & 0xFFFF]
        self.registers[STATUS + 4 : STATUS + 6] = words[::-1] if self.little else words

    def _u32(self, address: int) -> int:
        return self._number(self.registers[address : address + 2])

    def _number(self, words: list[int]) -> int:
        high, low = words[::-1] if self.little else words
        return high << 16 | low
