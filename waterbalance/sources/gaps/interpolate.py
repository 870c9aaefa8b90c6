"""A straight line between the days on both sides of a gap."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar, Literal

from waterbalance.sources.gaps.method import Filled, Gap, Known, Method

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.forecast.readings import Key

_DAY = dt.timedelta(days=1)


class Interpolate(Method):
    """value(d) = before + (after - before) x (d - day before) / (day after - day before); both must be known."""

    whole: ClassVar[bool] = True

    method: Literal["interpolate"] = "interpolate"
    """The word for this method."""

    def fill(self, gap: Gap, known: Known, others: Callable[[Key], Known]) -> Mapping[dt.date, Filled]:  # noqa: ARG002
        """All days of the gap, or none."""
        before, after = known.get(gap.first - _DAY), known.get(gap.last + _DAY)
        if before is None or after is None:
            return {}
        step = (after.value - before.value) / (gap.days + 1)
        told = f"a line from {before.date} to {after.date}"
        return {before.date + n * _DAY: Filled(before.value + n * step, told, (before, after)) for n in range(1, gap.days + 1)}
