"""The last value that was read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from waterbalance.sources.gaps.method import Filled, Gap, Known, Method

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.forecast.readings import Key

_DAY = dt.timedelta(days=1)


class Hold(Method):
    """value(d) = the value of the day before the gap."""

    method: Literal["hold"] = "hold"
    """The word for this method."""

    def fill(self, gap: Gap, known: Known, others: Callable[[Key], Known]) -> Mapping[dt.date, Filled]:  # noqa: ARG002
        """All days of the gap, or none."""
        last = known.get(gap.first - _DAY)
        if last is None:
            return {}
        filled = Filled(last.value, f"the value of {last.date} held", (last,))
        return {gap.first + n * _DAY: filled for n in range(gap.days)}
