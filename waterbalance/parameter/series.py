"""A value by date, out of a table."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from typing import TYPE_CHECKING

from pydantic import PrivateAttr

from waterbalance.errors import Finding, InputError, Place
from waterbalance.parameter.parameter import Number, Parameter

if TYPE_CHECKING:
    from waterbalance.parameter.moment import Moment


class Series(Parameter):
    """A column of a CSV table of the scenario, whose rows each hold from their date on."""

    file: str
    """Name of the table, inside the scenario's folder: a column `date`, and a column for each series."""

    column: str
    """Name of the column."""

    last_day: dt.date | None = None
    """Until when the last row holds; for ever when left out."""

    _dates: tuple[dt.date, ...] = PrivateAttr(default=())
    _values: tuple[Number, ...] = PrivateAttr(default=())

    def with_rows(self, dates: tuple[dt.date, ...], values: tuple[float, ...]) -> Series:
        """The same with the rows of its column."""
        made = self.model_copy()
        made._dates, made._values = dates, values  # noqa: SLF001 (its own)
        return made

    def value(self, moment: Moment) -> float:
        """The value of the last row up to the step's first day. Raises `InputError` where there is none."""
        row = bisect_right(self._dates, moment.start) - 1
        if row < 0 or (self.last_day is not None and moment.start > self.last_day):
            finding = Finding(
                f"column {self.column!r} has no value for the day",
                Place(self.file, date=str(moment.start)),
                allowed=f"{self._dates[0]} to {self.last_day or 'any later day'}" if self._dates else "a row",
                remedy="Extend the table, or simulate the days that it has.",
            )
            raise InputError("a series does not reach", (finding,))
        return self._values[row]
