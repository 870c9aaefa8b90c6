"""Numbers in 16-bit registers, and the check over them (Modbus over serial line, V1.02, appendix B)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WordOrder = Literal["big", "little"]
"""Whether the high or the low 16 bits of a number come first; the bytes of a register are always high first."""

NumberType = Literal["u16", "i16", "u32", "i32", "f32"]

_FORMATS: dict[NumberType, str] = {"u16": ">H", "i16": ">h", "u32": ">I", "i32": ">i", "f32": ">f"}


def registers_of(value: float, kind: NumberType, order: WordOrder = "big") -> list[int]:
    """The registers of a number; whole kinds are rounded. Raises `OverflowError` or `ValueError` where it does not fit.

    >>> registers_of(70_000, "u32"), registers_of(70_000, "u32", "little"), registers_of(-1, "i16")
    ([1, 4464], [4464, 1], [65535])
    """
    try:
        octets = struct.pack(_FORMATS[kind], value if kind == "f32" else round(value))
    except struct.error:
        raise OverflowError(f"{value:g} does not fit into {kind}") from None
    words = [int.from_bytes(octets[place : place + 2], "big") for place in range(0, len(octets), 2)]
    return words if order == "big" else words[::-1]


def number_in(registers: Sequence[int], kind: NumberType, order: WordOrder = "big") -> float:
    """The number in registers.

    >>> number_in([0, 16464], "f32", "little")
    3.25
    """
    words = registers if order == "big" else registers[::-1]
    (value,) = struct.unpack(_FORMATS[kind], b"".join(word.to_bytes(2, "big") for word in words))
    return float(value)


def size_of(kind: NumberType) -> int:
    """Registers that a number takes."""
    return struct.calcsize(_FORMATS[kind]) // 2


def crc_16(registers: Iterable[int]) -> int:
    """CRC-16/MODBUS over the bytes of registers as they are sent.

    >>> hex(crc_16([0x3132, 0x3334, 0x3536, 0x3738]))
    '0x37dd'
    """
    crc = 0xFFFF
    for octet in b"".join(register.to_bytes(2, "big") for register in registers):
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
