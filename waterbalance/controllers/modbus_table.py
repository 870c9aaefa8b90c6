"""The table that a controller stores ahead, in holding registers: this project's own convention, for there is no industry's.

    B+0 magic 0xA110 | +1 layout 1 | +2..3 sequence u32 | +4 rows n <= 24 | +5 CRC-16 of the rows
    +6..7 valid from u32 | +8..9 end of the last row u32 | +10 mode (0 none, 1 flow, 2 level, 3 position, 4 speed)
    +11 enable (0: stop, close until told otherwise) | +12 COMMIT (sequence & 0xFFFF) | +13 heartbeat
    +14 fallback (0 hold last, 1 close, 2 setpoint) | +15 silence before it [min] | +16..17 its setpoint i32 | +18..19 zero
    row i: B+20+4i start u32, setpoint i32 x scale; it holds until the next one starts

    S+0 applied sequence & 0xFFFF | +1 state (0 none, 1 staged, 2 active, 3 expired, 4 rejected) | +2 reason
    +3 0 remote, 1 local | +4..5 clock u32 | +6..7 position or flow

Times are seconds since 1970 in UTC. The device has magic and layout in its registers from the beginning. It copies the block when
COMMIT is written, judges the copy, and then shows in the rows what it follows: a value that it clamps is clamped there, and the
header stays as it was sent.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from waterbalance.controllers.controller import DeviceState, Held
from waterbalance.controllers.fit import UnfitError
from waterbalance.controllers.modbus_registers import WordOrder, crc_16, number_in, registers_of
from waterbalance.errors import Finding, Findings, Place
from waterbalance.schedule.command import Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waterbalance.schedule.command import Command, Mode
    from waterbalance.schedule.envelope import Envelope

MAGIC, LAYOUT = 0xA110, 1
SEQUENCE, COMMIT, HEARTBEAT, FALLBACK, ROWS = 2, 12, 13, 14, 20
HEADER_SIZE, FALLBACK_SIZE, ROW_SIZE, STATUS_SIZE = 12, 6, 4, 8
MOST_ROWS = 24
LATEST = 2**32 - 1

MODES: Mapping[Mode, int] = {"flow": 1, "level": 2, "position": 3, "speed": 4}
NONE, STAGED, ACTIVE, EXPIRED, REJECTED = 0, 1, 2, 3, 4

REASONS = {
    1: "the check over the rows",
    2: "a lower sequence than the applied one",
    3: "somebody stands at the gate (Local)",
    4: "out of the device's own range",
    5: "COMMIT is not that of the staged sequence",
    6: "rows that are not in order",
}
"""What a device may say under S+2."""


@dataclass(frozen=True)
class Table:
    """How one device writes numbers."""

    order: WordOrder = "big"
    scale: float = 0.001
    """One count of a setpoint. [unit of the command]"""

    def header(self, envelope: Envelope, rows: Sequence[int]) -> list[int]:
        """B+0 to B+11."""
        command = envelope.command
        until = command.rows[-1].end if command.rows else command.valid_until
        mode = MODES[command.mode] if command.action == "apply" else 0
        return [
            *(MAGIC, LAYOUT, *self._u32(envelope.sequence), len(command.rows), crc_16(rows)),
            *(*self._epoch(command.valid_from), *self._epoch(until), mode, int(command.action != "stop")),
        ]

    def fallback(self, command: Command) -> list[int]:
        """B+14 to B+19."""
        fallback = command.fallback
        kind = {"hold_last": 0, "close": 1, "flow": 2}[fallback.mode]
        return [kind, math.ceil(fallback.after / 60.0), *self._setpoint(fallback.setpoint or 0.0), 0, 0]

    def rows(self, command: Command) -> list[int]:
        """B+20 and on."""
        return [word for row in command.rows for word in (*self._epoch(row.start), *self._setpoint(row.setpoint))]

    def require_fit(self, envelope: Envelope) -> None:
        """Raises `UnfitError` for what has no place in the registers: large numbers, far times, gaps between rows."""
        command = envelope.command
        findings = Findings()
        fallback = command.fallback.setpoint or 0.0
        for value in (*(row.setpoint for row in command.rows), fallback):
            if not abs(round(value / self.scale)) < 2**31:
                findings.add(_finding(command, "a setpoint is too large", f"{value:g}", f"below {2**31 * self.scale:g}"))
        if not math.ceil(command.fallback.after / 60.0) < 2**16:
            findings.add(
                _finding(command, "the silence before the fallback is too long", f"{command.fallback.after:g} s", "45 days")
            )
        for before, after in pairwise(command.rows):
            if before.end != after.start:
                found = f"{before.end.isoformat()} to {after.start.isoformat()}"
                findings.add(_finding(command, "there is a gap between rows", found, "a row for all of the time, with zero too"))
        for time in (command.valid_from, command.valid_until, *(row.start for row in command.rows)):
            if not (time.timestamp().is_integer() and 0 <= time.timestamp() <= LATEST):
                findings.add(_finding(command, "the device has no such time", time.isoformat(), "whole seconds up to 2106"))
        findings.raise_if_any(UnfitError, f"{command.controller} cannot be told this command; nothing was sent")

    def sequence(self, header: Sequence[int]) -> int:
        """The sequence in a block, 0 where there is none."""
        return int(number_in(header[SEQUENCE : SEQUENCE + 2], "u32", self.order))

    def held(self, header: Sequence[int], rows: Sequence[int]) -> Held:
        """What a block says."""
        starts = [self.time(rows[place : place + 2]) for place in range(0, len(rows), ROW_SIZE)]
        ends = [*starts[1:], self.time(header[8:10])]
        counts = [number_in(rows[place + 2 : place + 4], "i32", self.order) for place in range(0, len(rows), ROW_SIZE)]
        # As many decimals as the scale has: 1250 x 0.001 is 1.25.
        values = [float(f"{count * self.scale:.12g}") for count in counts]
        return Held(self.sequence(header), tuple(map(Row, starts, ends, values)))

    def state(self, header: Sequence[int], status: Sequence[int]) -> DeviceState:
        """What the status says; of the sequence it tells only 16 bits, and the block those above them."""
        newest, low = self.sequence(header), status[0]
        applied = newest - (newest - low) % 0x10000
        if applied == newest and status[1] in {STAGED, REJECTED}:
            # The block is not followed: its lower bits are those of what is by chance.
            applied -= 0x10000
        # An older table may be staged: then what is followed is newer than the block.
        applied = applied + 0x10000 if applied < 0 else applied
        none = applied == 0 or status[1] == 0
        clock = self.time(status[4:6]) if any(status[4:6]) else None
        return DeviceState(online=True, remote=status[3] == 0, clock=clock, applied=None if none else applied)

    def time(self, registers: Sequence[int]) -> dt.datetime:
        """A time, in UTC."""
        return dt.datetime.fromtimestamp(number_in(registers, "u32", self.order), dt.UTC)

    def _u32(self, value: int) -> list[int]:
        return registers_of(value, "u32", self.order)

    def _epoch(self, time: dt.datetime) -> list[int]:
        return self._u32(int(time.timestamp()))

    def _setpoint(self, value: float) -> list[int]:
        return registers_of(value / self.scale, "i32", self.order)


def _finding(command: Command, what: str, found: str, allowed: str) -> Finding:
    return Finding(what, Place(component=repr(command.controller)), found, allowed, "Nothing was sent; derive it again.")
