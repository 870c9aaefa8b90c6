"""Every stock and all water under way at one moment; immutable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

Key = tuple[str, str]


@dataclass(frozen=True)
class Past:
    """A volume that flowed evenly between two days before the moment of a state."""

    start: dt.date
    end: dt.date
    """The day after the last."""

    volume: float
    """[m3]"""


@dataclass(frozen=True)
class State:
    """What is stored, what is under way, and what has been used of each licence."""

    day: dt.date
    """The state holds at the local midnight at which this day begins."""

    stocks: Mapping[Key, float] = field(default_factory=dict)
    """Component and quantity -> value at that moment, such as `("upper_lake", "storage"): 1.8e8`. [m3]"""

    past: Mapping[Key, tuple[Past, ...]] = field(default_factory=dict)
    """Component and quantity -> what flowed before: feeds `delayed` and `total`."""

    assumed: frozenset[Key] = frozenset()
    """Which of these were not observed but assumed."""
