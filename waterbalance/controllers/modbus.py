"""A PLC or RTU at a gate that stores a table ahead, over Modbus TCP.

    stage      disarm COMMIT, write rows, fallback and header, read all of it back and compare; the device says `staged`
    commit     compare again, write COMMIT, wait until the device says that it follows this sequence
    read back  the block, which then shows what it follows

Writing the same again changes nothing, so that a request that is sent twice does no harm.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.controllers.controller import Acknowledgement, DeviceState, Held, RefusedError, Status, UnreachableError
from waterbalance.controllers.fit import now, require_fit
from waterbalance.controllers.modbus_line import Device, Line
from waterbalance.controllers.modbus_table import (
    ACTIVE,
    COMMIT,
    EXPIRED,
    FALLBACK,
    FALLBACK_SIZE,
    HEADER_SIZE,
    HEARTBEAT,
    LAYOUT,
    MAGIC,
    MODES,
    MOST_ROWS,
    NONE,
    REASONS,
    REJECTED,
    ROW_SIZE,
    ROWS,
    STAGED,
    STATUS_SIZE,
    Table,
)
from waterbalance.errors import Finding

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from waterbalance.schedule.envelope import Envelope

_LOOK_AGAIN = 0.05
"""How long between two looks at the status. [s]"""

_DECIDED: dict[int, Status] = {ACTIVE: "active", EXPIRED: "expired", REJECTED: "rejected"}


@dataclass(frozen=True)
class ModbusTable:
    """One device with a table."""

    name: str
    device: Device
    base: int
    """Address of B+0."""

    status: int
    """Address of S+0."""

    table: Table
    timeout: float = 10.0
    """How long the device may take to judge what it is given. [s]"""

    most_rows: int = MOST_ROWS
    clock: Callable[[], dt.datetime] = now

    @property
    def setpoint_step(self) -> float:
        """See `Controller`. [unit of the command]."""
        return self.table.scale

    def state(self) -> DeviceState:
        """See `Controller`."""
        with Line(self.device) as line:
            return self.table.state(self._header(line), line.read(self.status, STATUS_SIZE))

    def stage(self, envelope: Envelope) -> None:
        """See `Controller`."""
        self._require_fit(envelope)
        with Line(self.device) as line:
            header = self._header(line)
            if self._is_followed(line, header, envelope):
                return
            rows = self.table.rows(envelope.command)
            if header[COMMIT] == envelope.sequence & 0xFFFF:
                # Left over from an earlier try: a device that compares at every scan would begin while rows are written.
                line.write_one(self.base + COMMIT, header[COMMIT] ^ 0xFFFF)
            if rows:
                line.write(self.base + ROWS, rows)
            line.write(self.base + FALLBACK, self.table.fallback(envelope.command))
            line.write(self.base, self.table.header(envelope, rows))
            self._require_staged(line, envelope)
            self._wait_for(line, lambda status: status[1] == STAGED, "has not taken the table in")

    def commit(self, envelope: Envelope) -> Acknowledgement:
        """See `Controller`."""
        self._require_fit(envelope)
        low = envelope.sequence & 0xFFFF
        with Line(self.device) as line:
            if self._is_followed(line, self._header(line), envelope):
                return self._acknowledgement(line, envelope, "duplicate")
            self._require_staged(line, envelope)
            line.write_one(self.base + COMMIT, low)
            decided = self._wait_for(
                line,
                lambda status: status[1] in {EXPIRED, REJECTED} or (status[1] == ACTIVE and status[0] == low),
                "has not acknowledged",
            )
            return self._acknowledgement(line, envelope, _DECIDED[decided[1]], decided[2])

    def read_back(self) -> Held:
        """See `Controller`. Raises `UnreachableError` too while a table lies there that is staged and not followed."""
        with Line(self.device) as line:
            header = self._header(line)
            applied = self._applied(line, header)
            if applied is None:
                return Held(None, ())
            if applied != self.table.sequence(header):
                finding = Finding("another table is staged", self.device.place, str(self.table.sequence(header)), str(applied))
                raise UnreachableError(f"{self.name}: what it follows cannot be read until the staged table counts", (finding,))
            if header[4] > MOST_ROWS:
                finding = Finding("the table cannot be read", self.device.place, f"{header[4]} rows", f"at most {MOST_ROWS}")
                raise UnreachableError(f"{self.name} shows a table that is none", (finding,))
            count = header[4] * ROW_SIZE
            return self.table.held(header, line.read(self.base + ROWS, count) if count else ())

    def beat(self) -> bool:
        """Count the heartbeat on, so that the device knows that the engine lives.

        Whether it says that it follows nothing: it was never told, or has lost its memory with its power.
        """
        with Line(self.device) as line:
            (count,) = line.read(self.base + HEARTBEAT, 1)
            line.write_one(self.base + HEARTBEAT, (count + 1) & 0xFFFF)
            return line.read(self.status + 1, 1) == [NONE]

    def _require_fit(self, envelope: Envelope) -> None:
        require_fit(envelope, self.name, self.clock(), most_rows=self.most_rows, modes=MODES)
        self.table.require_fit(envelope)

    def _header(self, line: Line) -> list[int]:
        """B+0 to B+19. Raises `RefusedError` where no table begins at the base; tells where it does, if it is one off."""
        header = line.read(self.base, ROWS)
        if header[:2] == [MAGIC, LAYOUT]:
            return header
        found = f"{header[0]:#06x}, {header[1]}"
        remedy = "Mend 'base': addresses count from 0 here, so that register 40001 of a manual is 0."
        if header[1] == MAGIC:
            remedy = f"It begins at {self.base + 1}: {remedy}"
        elif self.base > 0 and line.read(self.base - 1, 1) == [MAGIC]:
            remedy = f"It begins at {self.base - 1}: {remedy}"
        allowed = f"{MAGIC:#06x}, {LAYOUT} at {self.base}"
        finding = Finding("no table begins at this address", self.device.place, found, allowed, remedy)
        raise RefusedError(f"{self.name} has no table there; nothing was written", (finding,))

    def _applied(self, line: Line, header: list[int]) -> int | None:
        """The sequence that the device follows."""
        return self.table.state(header, line.read(self.status, STATUS_SIZE)).applied

    def _is_followed(self, line: Line, header: list[int], envelope: Envelope) -> bool:
        """Whether the device follows this very table: its number, and its header with the check over the rows as they were sent.

        Raises `RefusedError` where it follows a later one, or another one of this number.
        """
        applied = self._applied(line, header)
        if applied is None or applied < envelope.sequence:
            return False
        if applied == envelope.sequence and header[:HEADER_SIZE] == self.table.header(
            envelope, self.table.rows(envelope.command)
        ):
            return True
        finding = Finding("another table is followed", self.device.place, str(envelope.sequence), f"more than {applied}")
        raise RefusedError(f"{self.name} refuses a lower sequence, and another table of the same", (finding,))

    def _require_staged(self, line: Line, envelope: Envelope) -> None:
        """What stands in the registers is what was written. Raises `RefusedError`."""
        rows = self.table.rows(envelope.command)
        parts = (
            (0, self.table.header(envelope, rows), HEADER_SIZE),
            (FALLBACK, self.table.fallback(envelope.command), FALLBACK_SIZE),
            (ROWS, rows, len(rows)),
        )
        for offset, expected, size in parts:
            found = line.read(self.base + offset, size) if size else []
            for place, (word, wanted) in enumerate(zip(found, expected, strict=True)):
                if word != wanted:
                    at = f"register {self.base + offset + place} does not hold what was written"
                    finding = Finding(
                        at, self.device.place, str(word), str(wanted), "Look for another writer, or registers that are read-only."
                    )
                    raise RefusedError(f"{self.name} does not hold the staged table; it was not committed", (finding,))

    def _wait_for(self, line: Line, enough: Callable[[list[int]], bool], what: str) -> list[int]:
        """The first status that is enough. Raises `UnreachableError`."""
        deadline = time.monotonic() + self.timeout
        while not enough(status := line.read(self.status, STATUS_SIZE)):
            if time.monotonic() >= deadline:
                finding = Finding("status", self.device.place, f"sequence {status[0]}, state {status[1]}, reason {status[2]}")
                raise UnreachableError(f"{self.name} {what} within {self.timeout:g} s", (finding,))
            time.sleep(_LOOK_AGAIN)
        return status

    def _acknowledgement(self, line: Line, envelope: Envelope, status: Status, reason: int = 0) -> Acknowledgement:
        told = self.table.state(self._header(line), line.read(self.status, STATUS_SIZE))
        code = None if reason == 0 else f"{reason}: {REASONS.get(reason, 'unknown')}"
        return Acknowledgement(envelope.command.cmd_id, envelope.sequence, status, code, told.clock or self.clock())
