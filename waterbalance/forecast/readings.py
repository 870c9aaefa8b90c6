"""What somebody measured, and what is thought of it: the one shape in which the past reaches the engine.

A number is never overwritten. What quality control thinks of it stands beside it, as two words (Delft-FEWS has the same two):

    origin    original    as it was read
              completed   nobody read it; a gap was filled
              corrected   another value than the one read (a unit, a datum, a sign)
    trust     reliable    used
              doubtful    used, and told
              unreliable  never used; the gap that it leaves may be filled

A number that its source has taken back is unreliable from then on; the version before is what was known until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

WITHDRAWN = "withdrawn"
"""Begins the line that says so, as the word of a rule does."""

Key = tuple[str, str]
"""Component name and quantity, such as `("upper_lake", "inflow")`."""


class Origin(StrEnum):
    """Where a number comes from."""

    ORIGINAL = "original"
    COMPLETED = "completed"
    CORRECTED = "corrected"


class Trust(StrEnum):
    """How far a number is believed."""

    RELIABLE = "reliable"
    DOUBTFUL = "doubtful"
    UNRELIABLE = "unreliable"


@dataclass(frozen=True)
class Reading:
    """One number of one day."""

    component: str
    quantity: str
    date: dt.date
    """A flow, rate or depth: the day over which it is meant. A stock: the day at whose first moment, local midnight, it holds."""

    value: float
    """In the internal unit `unit`."""

    unit: str
    """Internal unit, as in `Series.unit`: m3 for stocks, m3/day for flows, m/day, degC and so on."""

    source: str
    """Name of the source in the configuration."""

    known_at: dt.datetime
    """When it became known, with an offset; a replay of that night sees nothing later."""

    origin: Origin = Origin.ORIGINAL
    trust: Trust = Trust.RELIABLE
    read: float | None = None
    """What was read, in `unit`, where `value` is another number; None for original and completed values."""

    why: tuple[str, ...] = ()
    """What quality control says of it, one line for each rule that spoke; empty where none did."""

    @property
    def key(self) -> Key:
        """Component and quantity."""
        return self.component, self.quantity

    @property
    def usable(self) -> bool:
        """Whether forecasts and states may rest on it."""
        return self.trust is not Trust.UNRELIABLE

    @property
    def withdrawn(self) -> bool:
        """Whether its source has taken it back."""
        return any(line.startswith(f"{WITHDRAWN}: ") for line in self.why)


def by_series(readings: Iterable[Reading]) -> Mapping[Key, tuple[Reading, ...]]:
    """The readings of each series by date."""
    found: dict[Key, list[Reading]] = {}
    for reading in readings:
        found.setdefault(reading.key, []).append(reading)
    return {key: tuple(sorted(found[key], key=lambda each: each.date)) for key in sorted(found)}


def usable_series(readings: Iterable[Reading]) -> pd.Series:
    """The usable values of one series by date, ascending; shape (days with a value,)."""
    usable = sorted((each for each in readings if each.usable), key=lambda each: each.date)
    dates = pd.DatetimeIndex([each.date for each in usable])
    return pd.Series([each.value for each in usable], index=dates, dtype="float64")
