"""Parameters that the calendar alone decides."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from waterbalance.parameter.parameter import Number, Parameter

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.parameter.moment import Moment
    from waterbalance.parameter.moments import Moments

_LEAP_YEAR = 2000


def day_of_leap_year(day: dt.date) -> int:
    """Number of a day in a year of 366 days, from 0: 1 March is 60 in every year."""
    return (dt.date(_LEAP_YEAR, day.month, day.day) - dt.date(_LEAP_YEAR, 1, 1)).days


class MonthlyProfile(Parameter):
    """One value for each month, or a line from month to month."""

    values: Annotated[tuple[Number, ...], Field(min_length=12, max_length=12)]
    """January first."""

    line: Literal["first", "last"] | None = None
    """Draw a line between the values, which then hold on the `first` or the `last` day of their months."""

    def value(self, moment: Moment) -> float:
        """The value of the month, or on the line between two."""
        day = moment.start
        here = self.values[day.month - 1]
        if self.line is None:
            return here
        length = calendar.monthrange(day.year, day.month)[1]
        if self.line == "first":
            return here + (self.values[day.month % 12] - here) * (day.day - 1) / length
        before = self.values[day.month - 2]
        return before + (here - before) * day.day / length

    def over(self, moments: Moments) -> Floats:
        """See `value`."""
        if self.line is not None:
            return super().over(moments)
        return np.take(np.array(self.values), moments.months)


class DailyProfile(Parameter):
    """One value for each day of a year."""

    values: Annotated[tuple[Number, ...], Field(min_length=366, max_length=366)]
    """1 January first, 29 February included: a common year leaves it out."""

    def value(self, moment: Moment) -> float:
        """The value of the day."""
        return self.values[day_of_leap_year(moment.start)]


class WeeklyProfile(Parameter):
    """One value for each seven days of a year, counted from 1 January."""

    values: Annotated[tuple[Number, ...], Field(min_length=52, max_length=53)]
    """The last of 52 holds to the end of the year."""

    def value(self, moment: Moment) -> float:
        """The value of the week."""
        return self.values[min(day_of_leap_year(moment.start) // 7, len(self.values) - 1)]


class UniformDrawdown(Parameter):
    """A share that falls evenly from 1 on a day of the year until that day comes again."""

    month: Annotated[int, Field(ge=1, le=12)] = 1
    day: Annotated[int, Field(ge=1, le=31)] = 1
    residual_days: Annotated[int, Field(ge=0)] = 0
    """How many days' worth is left at the end. [day]"""

    def value(self, moment: Moment) -> float:
        """1 + (residual / length - 1) x days since / length."""
        begins = self._in(moment.start.year)
        if begins > moment.start:
            begins = self._in(moment.start.year - 1)
        length = (self._in(begins.year + 1) - begins).days
        return 1.0 + (self.residual_days / length - 1.0) * (moment.start - begins).days / length

    def _in(self, year: int) -> dt.date:
        return dt.date(year, self.month, min(self.day, calendar.monthrange(year, self.month)[1]))


class AnnualHarmonics(Parameter):
    """mean + sum over n of amplitude[n] x cos(2 pi n day / 365 + phase[n])."""

    mean: Number
    amplitudes: tuple[Number, ...] = ()
    phases: tuple[Number, ...] = ()
    """[rad]"""

    def value(self, moment: Moment) -> float:
        """See the class."""
        turn = 2.0 * math.pi * (moment.start.timetuple().tm_yday - 1) / 365.0
        pairs = enumerate(zip(self.amplitudes, self.phases, strict=True), start=1)
        return self.mean + sum(amplitude * math.cos(number * turn + phase) for number, (amplitude, phase) in pairs)


class DiscountFactor(Parameter):
    """1 / (1 + rate)^(year - base year)."""

    rate: Annotated[Number, Field(gt=-1)]
    base_year: int

    def value(self, moment: Moment) -> float:
        """See the class."""
        return float((1.0 + self.rate) ** (self.base_year - moment.start.year))


class CurrentYear(Parameter):
    """The year in which the step begins."""

    def value(self, moment: Moment) -> float:
        """See the class."""
        return float(moment.start.year)


class OrdinalDay(Parameter):
    """The day on which the step begins, counted from 1 January of the year 1, which is 1."""

    def value(self, moment: Moment) -> float:
        """See the class."""
        return float(moment.start.toordinal())
