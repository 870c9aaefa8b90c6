"""Who asks for how much water, and who goes short, by class and ten-day period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.horizon import ten_day_start
from waterbalance.plan.demand import demand_of, spared_by

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Integers
    from waterbalance.report.planned import Planned

CLASS_ORDER = ("lifeline", "domestic", "industry", "agriculture", "hydropower", "environment", "navigation", "other")


@dataclass(frozen=True)
class UserSupply:
    """One user over the plan, by ten-day period. Shapes (periods,), [m3]."""

    component: str
    user_class: str
    demand: Floats
    """Without what is spared."""

    spared: Floats
    """Demand of blocks that are fallowed: nobody waits for it."""

    shortage: Floats


@dataclass(frozen=True)
class ClassSupply:
    """All users of one class over the plan. Volumes in [m3]."""

    user_class: str
    demand: float
    """Without what is spared."""

    spared: float
    """Demand of blocks that are fallowed: nobody waits for it, and nothing is supplied."""

    shortage: float
    worst_period: str | None
    """First day of the ten-day period with the highest shortage ratio; None without a shortage."""

    worst_share: float
    """Its shortage / demand. [-]"""

    @property
    def supply(self) -> float:
        """Demand that is met. [m3]."""
        return self.demand - self.shortage

    @property
    def share(self) -> float:
        """Shortage / demand. [-]."""
        return self.shortage / self.demand if self.demand > 0 else 0.0


def period_starts(planned: Planned) -> tuple[str, ...]:
    """First day of every ten-day period of the horizon, as a date."""
    return tuple(dict.fromkeys(str(ten_day_start(start)) for start in planned.horizon.starts))


def users(planned: Planned) -> tuple[UserSupply, ...]:
    """Every user with a demand, by class and then in the order of the scenario."""
    periods = np.array(planned.horizon.periods(), dtype=np.int64)
    found = []
    for component in planned.scenario.network:
        asked = demand_of(component, planned.plan)
        if asked is None:
            continue
        shortage = np.maximum(by_period(planned.plan.values[component.name, "shortage"], periods), 0.0)
        demand, spared = by_period(asked, periods), by_period(spared_by(component, planned.plan), periods)
        found.append(UserSupply(component.name, component.user_class_name or "other", demand, spared, shortage))
    return tuple(sorted(found, key=lambda user: CLASS_ORDER.index(user.user_class)))


def by_period(values: Floats, periods: Integers) -> Floats:
    """Sums over the steps of every period."""
    return np.bincount(periods, weights=values).astype(np.float64)


def supply_by_class(planned: Planned) -> tuple[ClassSupply, ...]:
    """One row for each class that has users."""
    rows = users(planned)
    starts = period_starts(planned)
    return tuple(
        _class_supply(name, [user for user in rows if user.user_class == name], starts)
        for name in dict.fromkeys(user.user_class for user in rows)
    )


def _class_supply(name: str, members: list[UserSupply], starts: tuple[str, ...]) -> ClassSupply:
    demand = np.sum([user.demand for user in members], axis=0)
    shortage = np.sum([user.shortage for user in members], axis=0)
    ratio = np.divide(shortage, demand, out=np.zeros_like(shortage), where=demand > 0)
    peak = int(ratio.argmax())
    short = ratio[peak] > NEGLIGIBLE
    return ClassSupply(
        user_class=name,
        demand=float(demand.sum()),
        spared=float(sum(user.spared.sum() for user in members)),
        shortage=float(shortage.sum()),
        worst_period=starts[peak] if short else None,
        worst_share=float(ratio[peak]) if short else 0.0,
    )


NEGLIGIBLE = 1e-6
"""A shortage ratio below this is the solver's tolerance. [-]"""
