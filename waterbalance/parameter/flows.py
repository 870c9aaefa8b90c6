"""Parameters that look at flows of earlier steps."""

from __future__ import annotations

import calendar
import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from waterbalance.parameter.parameter import Number, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.parameter.moment import Moment
    from waterbalance.parameter.parameter import Key

MOST_STEPS = 400


class _OfFlow(Parameter):
    component: str
    """Whose flow."""

    quantity: str = "flow"
    """Which of its quantities."""

    def remembers(self) -> Iterator[Key]:
        """The flow."""
        yield self.component, self.quantity


class FlowBefore(_OfFlow):
    """The flow some steps ago. [m3/day]."""

    steps: Annotated[int, Field(ge=1, le=MOST_STEPS)] = 1
    initial: Number = 0.0
    """What is taken for steps before the first one. [m3/day]"""

    def value(self, moment: Moment) -> float:
        """See the class."""
        return next(islice(moment.rates(self.component, self.quantity), self.steps - 1, None), self.initial)


class MeanFlow(_OfFlow):
    """The mean flow of the last steps, of as many as there are. [m3/day]."""

    steps: Annotated[int, Field(ge=1, le=MOST_STEPS)]
    initial: Number = 0.0
    """What is taken where there are none. [m3/day]"""

    def value(self, moment: Moment) -> float:
        """See the class."""
        rates = list(islice(moment.rates(self.component, self.quantity), self.steps))
        return sum(rates) / len(rates) if rates else self.initial


class DeficitBefore(Parameter):
    """What a flow was short of its largest one in the step before. [m3/day]."""

    component: str

    def remembers(self) -> Iterator[Key]:
        """The flow and its limit."""
        yield self.component, "flow"
        yield self.component, "maximum_flow"

    def value(self, moment: Moment) -> float:
        """See the class; 0 before the first step."""
        most = next(moment.rates(self.component, "maximum_flow"), 0.0)
        return most - next(moment.rates(self.component, "flow"), 0.0)


class AnnualLicence(_OfFlow):
    """What is left of an amount for the year, spread evenly over the days that are left of it. [m3/day].

    Of a step that begins in the year before, the days since 1 January count.
    """

    amount: Annotated[Number, Field(ge=0)]
    """For each calendar year. [m3]"""

    def value(self, moment: Moment) -> float:
        """See the class."""
        year = moment.start.year
        begins = dt.date(year, 1, 1)
        earlier = [each for each in moment.earlier(self.component, self.quantity) if each.end > begins]
        used = sum(each.volume * (each.end - max(each.start, begins)) / (each.end - each.start) for each in earlier)
        days = 366 if calendar.isleap(year) else 365
        return max(0.0, self.amount - used) / (days - moment.start.timetuple().tm_yday + 1)
