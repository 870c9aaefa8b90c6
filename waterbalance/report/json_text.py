"""JSON whose bytes depend on nothing but the values."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

DIGITS = 10
"""Significant digits of every number."""


def json_text(value: object) -> str:
    """Indented JSON with ten significant digits; numbers that are none become null."""
    return json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, bool) or value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return float(f"{value + 0.0:.{DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_plain(each) for each in value]
    raise TypeError(f"{type(value).__name__} has no place in a report")
