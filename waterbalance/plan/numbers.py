"""How far the numbers of a problem lay apart when it was solved: what tells trouble with units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """Sizes of numbers that are neither zero nor infinite; both zero where there are none."""

    least: float
    most: float

    @property
    def spread(self) -> float:
        """How many times the largest is the smallest."""
        return self.most / self.least if self.least > 0 else 1.0


@dataclass(frozen=True)
class Ranges:
    """Of one program."""

    entries: Range
    """Factors of the columns in the rows."""

    bounds: Range
    """Limits of columns."""

    sides: Range
    """What rows are compared with."""


@dataclass(frozen=True)
class Numbers:
    """Size and ranges of the program of a plan."""

    rows: int
    columns: int
    entries: int
    switches: int
    scale: float
    """What volumes were divided by. [m3]"""

    before: Ranges
    """In m3."""

    after: Ranges
    """As the solver saw them."""

    smallest: tuple[str, str, float]
    """Component, quantity and size of the smallest volume [m3] or flow [m3/day] that is given, at its largest."""

    largest: tuple[str, str, float]
    """The largest one."""

    @property
    def spread(self) -> float:
        """How many times the largest volume or flow is the smallest."""
        return self.largest[2] / self.smallest[2] if self.smallest[2] > 0 else 1.0
