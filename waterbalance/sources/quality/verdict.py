"""What a rule says of a reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waterbalance.forecast.readings import Key, Trust


@dataclass(frozen=True)
class Verdict:
    """What a rule says of one of tonight's readings."""

    key: Key
    place: int
    """Which of tonight's readings of the series."""

    trust: Trust
    """At best this trust is left."""

    told: str
    """Why, with numbers and units."""

    value: float | None = None
    """The value that takes the place of the one read, in the unit of the reading; None where it stays."""
