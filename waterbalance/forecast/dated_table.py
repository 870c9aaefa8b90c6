"""A figure that changes by date: held until the next date, or ramped to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, Findings, InputError, Place

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from waterbalance.horizon import Floats


@dataclass(frozen=True)
class DatedTable:
    """Values by date; the first holds before its date and the last after its own.

    Raises `InputError` when it is empty, dates do not rise, or values are not finite.
    """

    dates: tuple[dt.date, ...]
    values: tuple[float, ...]

    ramped: bool = False
    """Whether values change linearly between dates; otherwise each holds until the next date."""

    def __post_init__(self) -> None:
        """Refuse a table that gives no value."""
        findings = Findings()
        if not self.dates or len(self.dates) != len(self.values):
            found = f"{len(self.dates)} dates and {len(self.values)} values"
            findings.add(Finding("a table by date is not complete", found=found, allowed="as many values as dates, at least one"))
        for earlier, later in zip(self.dates, self.dates[1:], strict=False):
            if later <= earlier:
                findings.add(Finding("the dates of a table do not rise", Place(date=str(later)), f"{earlier} before it"))
        for date, value in zip(self.dates, self.values, strict=False):
            if not math.isfinite(value):
                findings.add(Finding("a value of a table is no finite number", Place(date=str(date)), str(value)))
        findings.raise_if_any(InputError, "a table by date")

    def at(self, days: pd.DatetimeIndex) -> Floats:
        """The value on each day, shape (days,)."""
        knots = np.array(self.dates, dtype="datetime64[D]").astype(np.float64)
        asked = days.to_numpy().astype("datetime64[D]").astype(np.float64)
        values = np.array(self.values, dtype=np.float64)
        if self.ramped:
            return np.asarray(np.interp(asked, knots, values))
        return values[np.maximum(np.searchsorted(knots, asked, side="right") - 1, 0)]


def values_on(figure: DatedTable | float, days: pd.DatetimeIndex) -> Floats:
    """A constant or a table on each day, shape (days,)."""
    return figure.at(days) if isinstance(figure, DatedTable) else np.full(len(days), float(figure))


def range_findings(name: str, figure: DatedTable | float, lowest: float, highest: float = math.inf) -> list[Finding]:
    """What lies outside a figure's range, with its date."""
    pairs = zip(figure.dates, figure.values, strict=True) if isinstance(figure, DatedTable) else ((None, float(figure)),)
    allowed = f"{lowest:g} or more" if highest == math.inf else f"{lowest:g} to {highest:g}"
    return [
        Finding(f"{name} is out of its range", Place(date=str(date) if date else None), f"{value:g}", allowed)
        for date, value in pairs
        if not lowest <= value <= highest
    ]
