"""One Modbus TCP conversation: registers are read and written, and what the other side says becomes an error of ours.

The library sends a request again where no answer comes: what is written here may be written twice.
"""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from waterbalance.controllers.controller import RefusedError, UnreachableError
from waterbalance.controllers.missing_extra import library
from waterbalance.controllers.modbus_tls import NamedContext
from waterbalance.errors import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from waterbalance.controllers.tls import Tls

MOST_WRITTEN = 123
"""Registers of one write (function 16)."""

_WILL_NOT = {
    1: "illegal function: it does not know this kind of access",
    2: "illegal data address: there is no such register, or it is read-only",
    3: "illegal data value",
}
"""Exceptions that will come again, whenever it is tried."""

_CANNOT = {
    4: "device failure",
    5: "acknowledged, still working",
    6: "busy",
    10: "no path in the gateway",
    11: "no answer behind it",
}


@dataclass(frozen=True)
class Device:
    """Where a device is: addresses are those of the protocol, from 0 on; `40001` of a manual is 0 here."""

    host: str
    port: int = 502
    unit: int = 1
    timeout: float = 3.0
    """How long an answer may take. [s]"""

    retries: int = 2
    tls: Tls | None = None
    """Not encrypted without."""

    @property
    def place(self) -> Place:
        """For findings."""
        scheme = "modbus" if self.tls is None else "mbaps"
        return Place(f"{scheme}://{self.host}:{self.port}/{self.unit}")


_QUIET = logging.NullHandler()
"""The library's complaints become errors here; where no handler is set up, they would be printed too."""


class Line:
    """A connection, for the time of a `with` block."""

    def __init__(self, device: Device) -> None:
        self._device = device
        clients = library("pymodbus.client", "modbus")
        logging.getLogger("pymodbus").addHandler(_QUIET)
        self._failures = library("pymodbus.exceptions", "modbus").ModbusException
        way: dict[str, Any] = {"port": device.port, "timeout": device.timeout, "retries": device.retries}
        if device.tls is None:
            self._client = clients.ModbusTcpClient(device.host, **way)
        else:
            self._client = clients.ModbusTlsClient(device.host, sslctx=NamedContext(device.tls, device.host), **way)

    def __enter__(self) -> Self:
        if not self._client.connect():
            raise self._unreachable("the device cannot be reached", "no connection")
        if self._device.tls is not None:
            self._shake_hands()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def _shake_hands(self) -> None:
        """Raises `RefusedError` where the device is not the one that it says."""
        try:
            self._client.socket.do_handshake()
        except ssl.SSLCertVerificationError as error:
            self._client.close()
            remedy = "Look at the address, and at the authority that signed the device's certificate."
            finding = Finding("the certificate", self._device.place, error.verify_message, remedy=remedy)
            raise RefusedError("the device's certificate is not trusted", (finding,)) from None
        except OSError as error:
            self._client.close()
            raise self._unreachable("the device cannot be reached within TLS", str(error)) from None

    def read(self, address: int, count: int) -> list[int]:
        """Holding registers (function 3)."""
        return self._read("read_holding_registers", address, count)

    def read_input(self, address: int, count: int) -> list[int]:
        """Input registers (function 4)."""
        return self._read("read_input_registers", address, count)

    def _read(self, function: str, address: int, count: int) -> list[int]:
        answer = self._ask(f"registers {address} to {address + count - 1}", function, address, count=count)
        registers = list(answer.registers)
        if len(registers) != count:
            raise self._unreachable("the answer is too short", f"{len(registers)} of {count} registers")
        return registers

    def write(self, address: int, values: Sequence[int]) -> None:
        """Holding registers, together (function 16)."""
        if len(values) > MOST_WRITTEN:
            raise ValueError(f"{len(values)} registers, more than {MOST_WRITTEN}")
        self._ask(f"registers {address} to {address + len(values) - 1}", "write_registers", address, list(values))

    def write_one(self, address: int, value: int) -> None:
        """One holding register (function 6)."""
        self._ask(f"register {address}", "write_register", address, value)

    def _ask(self, where: str, function: str, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 (pymodbus's answers)
        try:
            answer = getattr(self._client, function)(*arguments, device_id=self._device.unit, **named)
        except (self._failures, OSError) as error:
            raise self._unreachable(f"{where}: no answer", str(error)) from None
        if not answer.isError():
            return answer
        code = int(getattr(answer, "exception_code", 0))
        if code in _WILL_NOT:
            finding = Finding(f"{where}: the device refuses", self._device.place, f"exception {code}, {_WILL_NOT[code]}")
            raise RefusedError(f"the device refuses {function.replace('_', ' ')}", (finding,))
        raise self._unreachable(f"{where}: the device cannot", f"exception {code}, {_CANNOT.get(code, 'unknown')}")

    def _unreachable(self, what: str, found: str) -> UnreachableError:
        return UnreachableError(what, (Finding(what, self._device.place, found, remedy="Look at the device and its line."),))
