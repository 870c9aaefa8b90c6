"""What binds: where an extra cubic metre would help, which goal it would help, and by how much."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.report.planned import Planned

THRIFT = {"spill", "energy", "throughput"}
"""Measures of goals that only save: water is always worth a little pumping, which binds nobody."""

LEAST = 1e-4
"""A water value below this is not worth a line. [goal/m3]"""


@dataclass(frozen=True)
class Binding:
    """One place and the highest goal that more water there would help."""

    component: str
    rank: int
    goal: str
    value: float
    """Most that one more cubic metre would improve the goal. [goal/m3]"""

    first: str
    """First day on which it would."""

    last: str
    """Last day on which it would."""

    steps: int


def worth_telling(planned: Planned) -> pd.DataFrame:
    """Rows of `Plan.water_value` that help a goal which does more than save."""
    saving = [goal.name for goal in planned.policy.goals if {term.measure for term in goal.terms} <= THRIFT]
    frame = planned.plan.water_value
    return frame[(frame["value"] > LEAST) & ~frame["goal"].isin(saving)]


def bindings(planned: Planned) -> tuple[Binding, ...]:
    """Highest rank first, then the highest value; one row for each place."""
    frame = worth_telling(planned)
    ends = dict(zip(planned.horizon.starts, planned.horizon.ends, strict=True))
    found = []
    for component, rows in frame.groupby("component", sort=True):
        highest = rows[rows["rank"] == rows["rank"].min()]
        found.append(
            Binding(
                component=str(component),
                rank=int(highest["rank"].iloc[0]),
                goal=str(highest["goal"].iloc[0]),
                value=float(highest["value"].max()),
                first=str(highest["step_start"].min()),
                last=str(ends[highest["step_start"].max()] - dt.timedelta(days=1)),
                steps=len(highest),
            )
        )
    return tuple(sorted(found, key=lambda each: (each.rank, -round(each.value, 6), each.component)))
