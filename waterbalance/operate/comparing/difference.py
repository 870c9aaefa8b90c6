"""What today's plan orders otherwise than the one it is held against (`compared`), day by day, for whoever has to agree to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.operate.planning.apply import orders_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan

Key = tuple[str, str]

NEGLIGIBLE = 100.0
"""Daily volumes nearer to each other than this are the same. [m3/day]"""


@dataclass(frozen=True)
class Difference:
    """One structure that is told otherwise than by the plan before."""

    component: str
    quantity: str
    date: dt.date
    """The day on which the two lie farthest apart."""

    before: float
    """[m3/day]"""

    now: float
    """[m3/day]"""

    moved: float
    """Sum of all differences over the days that both plans have. [m3]"""

    @property
    def change(self) -> float:
        """The farthest of its differences. [m3/day]."""
        return self.now - self.before


def differences(before: Plan, now: Plan, network: Network) -> tuple[Difference, ...]:
    """Every structure with a difference on a day that is a step of its own in both plans, the largest first."""
    days = sorted(set(_days(before.horizon)) & set(_days(now.horizon)))
    found = []
    for key in orders_of(now, network):
        if key not in before.values or not days:
            continue
        then, today = _by_day(before, key), _by_day(now, key)
        apart = {day: today[day] - then[day] for day in days}
        day = max(days, key=lambda each: abs(apart[each]))
        if abs(apart[day]) > NEGLIGIBLE:
            found.append(Difference(*key, day, then[day], today[day], sum(abs(each) for each in apart.values())))
    return tuple(sorted(found, key=lambda each: (-each.moved, each.component, each.quantity)))


def _days(horizon: Horizon) -> Mapping[dt.date, int]:
    """Steps of one day, by their day."""
    return {start: t for t, (start, end) in enumerate(zip(horizon.starts, horizon.ends, strict=True)) if (end - start).days == 1}


def _by_day(plan: Plan, key: Key) -> Mapping[dt.date, float]:
    values: Floats = plan.values[key] / plan.horizon.days
    return {day: float(values[t]) for day, t in _days(plan.horizon).items()}
