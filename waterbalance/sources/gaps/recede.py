"""A falling river that goes on falling."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from waterbalance.hydrology.recession import recession_constant
from waterbalance.sources.gaps.method import Filled, Gap, Known, Method

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.forecast.readings import Key

_DAY = dt.timedelta(days=1)


class Recede(Method):
    """value(d) = last x k^(d - day of the last), where the river fell up to the gap.

    k is the median share that was left a day later on falling days of its own past (hydrology/recession.py). A river that
    rose on the last two known days, or ends in a gap of its own, is left to the next rung: rain may have begun.
    """

    method: Literal["recession"] = "recession"
    """The word for this method."""

    past: int = Field(default=730, ge=30)
    """Days before the gap that tell k. [day]"""

    def fill(self, gap: Gap, known: Known, others: Callable[[Key], Known]) -> Mapping[dt.date, Filled]:  # noqa: ARG002
        """All days of the gap, or none."""
        last, before = known.get(gap.first - _DAY), known.get(gap.first - 2 * _DAY)
        if last is None or before is None or not 0 < last.value <= before.value:
            return {}
        days = [gap.first - n * _DAY for n in range(self.past, 0, -1)]
        constant = recession_constant(np.array([known[day].value if day in known else np.nan for day in days]))
        if constant is None:
            return {}
        rests_on = tuple(known[day] for day in days if day in known)
        told = f"{constant:.3g} of the day before from {last.date} on"
        return {last.date + n * _DAY: Filled(last.value * constant**n, told, rests_on) for n in range(1, gap.days + 1)}
