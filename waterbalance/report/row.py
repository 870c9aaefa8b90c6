"""A row of a table in the reader's words, and how a goal's value stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.units import VOLUME

if TYPE_CHECKING:
    from waterbalance.report.language import Wording

Row = tuple[str, ...]

SMALLEST_SHOWN = 0.005
"""What two decimals tell apart from nothing."""


def goal_amount(value: float, unit: str, say: Wording) -> str:
    """A goal's value with the unit of its measures; a weighted sum has none."""
    if unit == VOLUME:
        return say.volume(value)
    shown = say.number(value, 0 if abs(value) >= 100.0 or abs(value) < SMALLEST_SHOWN else 2)
    return shown if " " in unit else f"{shown} {unit}".rstrip()
