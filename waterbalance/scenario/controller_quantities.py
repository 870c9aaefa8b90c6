"""Setpoints, times and names in the settings of controllers, read from text with units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from waterbalance import units
from waterbalance.errors import UnitError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.schedule.command import Mode

UNIT_OF: Mapping[Mode, str] = {"flow": "m3/s", "level": "m", "position": "m", "speed": units.FRACTION, "duration": "s"}
"""Units of setpoints."""

LONGEST_RUN = 64_800
"""Longest run of an OpenSprinkler; beyond 65,535 it stores the rest without a word. [s]"""

TABLE_SIZE, STATUS_SIZE = 116, 8
"""Registers of a table stored ahead (a header of 20 and 24 rows of 4) and of its status."""

COUNTS: Mapping[str, tuple[float, float]] = {
    "u16": (0, 2**16 - 1),
    "i16": (-(2**15), 2**15 - 1),
    "u32": (0, 2**32 - 1),
    "i32": (-(2**31), 2**31 - 1),
    "f32": (-3.4e38, 3.4e38),
}
"""What registers hold."""

GREATEST: Mapping[str, float] = {"m3/s": 1e6, "m": 1e4, units.FRACTION: 10.0, "s": 1e6}
"""What no structure does: three times the Amazon, higher than any water, ten times the rated speed, eleven days. [unit]"""

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_ADDRESS = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


@dataclass(frozen=True)
class Amount:
    """A setpoint in one of the units of setpoints."""

    value: float
    unit: str


def _amount(value: object) -> Amount:
    if isinstance(value, Amount):
        return value
    for unit in dict.fromkeys(UNIT_OF.values()):
        # A bare number would pass for a share: only a percentage is one.
        if unit == units.FRACTION and not str(value).rstrip().endswith("%"):
            continue
        try:
            return Amount(units.parse(str(value), unit), unit)
        except UnitError:
            continue
    raise ValueError("a discharge, level, opening, speed or time with its unit, such as '2.5 m3/s', '1.2 m', '60 %' or '30 min'")


def _reader(unit: str, example: str) -> BeforeValidator:
    def read(value: object, info: ValidationInfo) -> float:
        from_file = bool(info.context and info.context.get("from_file"))
        if isinstance(value, float | int) and not from_file:
            return float(value)
        try:
            return units.parse(str(value), unit)
        except UnitError:
            raise ValueError(f"a quantity in [{unit}] with its unit, such as '{example}'") from None

    return BeforeValidator(read, json_schema_input_type=str)


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value) or not 0 < port_of(value, 1) < 2**16:
        raise ValueError("a name or number of a host, with its port where it is not the usual one, such as 'gate-3.local:1502'")
    return value


def host_of(address: str) -> str:
    """The host of an address, without its port and without brackets."""
    host, colon, port = address.rpartition(":")
    return (host if colon and port.isdigit() and not host.endswith(":") else address).strip("[]")


def port_of(address: str, usual: int) -> int:
    """The port of an address."""
    _, colon, port = address.rpartition(":")
    return int(port) if colon and port.isdigit() else usual


def step_of(kind: str, scale: float) -> float:
    """Smallest difference of a number in registers: one count, and a thousandth of the scale where it is a floating one."""
    return scale / 1000.0 if kind == "f32" else scale


def range_of(kind: str, scale: float) -> tuple[float, float]:
    """Least and greatest number for which registers of a kind have room, value = count x scale."""
    least, most = COUNTS[kind]
    return float(f"{least * scale:.12g}"), float(f"{most * scale:.12g}")


def is_variable(name: str) -> bool:
    """Whether a text may be the name of an environment variable."""
    return _VARIABLE.fullmatch(name) is not None


SetpointText = Annotated[
    Amount, BeforeValidator(_amount, json_schema_input_type=str), Field(examples=["2.5 m3/s", "0.8 m", "30 min"])
]
Seconds = Annotated[float, _reader("s", "30 min"), Field(ge=0, examples=["30 min", "26 h"])]
CubicMetres = Annotated[float, _reader(units.VOLUME, "150000 m3"), Field(ge=0, examples=["150000 m3"])]
Address = Annotated[str, AfterValidator(_address)]
