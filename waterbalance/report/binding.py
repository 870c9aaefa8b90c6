"""What binds: where an extra cubic metre or a wider limit would help, which goal it would help, and by how much."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.plan.walk import PIECE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from waterbalance.plan.plan import Plan, Rank
    from waterbalance.plan.prices import Ties
    from waterbalance.report.planned import Planned

THRIFT = {"filling", "spill", "outflow", "under_way", "swing", "energy", "throughput", "spread", "energy_cost", "start_up_cost"}
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
    frame = planned.plan.water_value
    return frame[(frame["value"] > LEAST) & ~frame["goal"].isin(_saving(planned))]


def _saving(planned: Planned) -> list[str]:
    """Goals that only save."""
    return [goal.name for goal in planned.policy.goals if {term.measure for term in goal.terms} <= THRIFT]


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


@dataclass(frozen=True)
class LimitBinding:
    """One capacity or rule and the highest goal that a wider limit would help."""

    kind: str
    """`most`, `least`: a bound of the quantity; `full`, `empty`: a storage; `rule`: a limit among several quantities."""

    component: str
    quantity: str
    rank: int
    goal: str
    value: float
    """Most that one more unit would improve the goal. [goal/m3]"""

    first: str
    """First day on which it would."""

    last: str
    """Last day on which it would."""

    steps: int


def limits(planned: Planned) -> tuple[LimitBinding, ...]:
    """Capacities and rules that bind, highest rank first, then the highest value; what counts no water is left out."""
    plan, thrifty = planned.plan, _saving(planned)
    if plan.ties is None:
        return ()
    found: dict[tuple[str, str, str], LimitBinding] = {}
    for number, rank in enumerate(plan.ranks, start=1):
        if rank.name in thrifty:
            continue
        held: dict[tuple[str, str, str], list[tuple[int, float]]] = defaultdict(list)
        for key, step, value in _held(plan, plan.ties, rank):
            held[key].append((step, value))
        for key, ends in held.items():
            steps = [step for step, _ in ends]
            first, last = str(plan.horizon.starts[min(steps)]), str(plan.horizon.ends[max(steps)] - dt.timedelta(days=1))
            worth = max(value for _, value in ends)
            found.setdefault(key, LimitBinding(*key, number, rank.name, worth, first, last, len(steps)))
    return tuple(sorted(found.values(), key=lambda each: (each.rank, -round(each.value, 6), each.component, each.quantity)))


def _held(plan: Plan, ties: Ties, rank: Rank) -> Iterator[tuple[tuple[str, str, str], int, float]]:
    """Every bound and limit with a number of its own that a goal pays for: what it is, its step, and its price."""
    stocks, least = set(plan.stocks), max(LEAST, rank.prices.least)
    worth = rank.prices.column_worth.dense(len(ties.lower))
    for column, price in zip(rank.prices.column.index, rank.prices.column.value, strict=True):
        key, step = ties.column(int(column))
        gain = float(worth[column] * np.sign(price))
        if gain <= least or ties.is_number(key) or PIECE.fullmatch(key[1]):
            continue
        if key in stocks:
            yield ("full" if price < 0 else "empty", *key), step, gain
        elif price < 0 or ties.lower[column] > 0:
            yield ("most" if price < 0 else "least", *key), step, gain
    worth = rank.prices.row_worth.dense(len(ties.row_lower))
    for row, price in zip(rank.prices.row.index, rank.prices.row.value, strict=True):
        gain = float(worth[row] * np.sign(price))
        if gain > least and ties.is_limit(int(row)) and ties.side(int(row)) != 0 and not ties.is_of_numbers(int(row)):
            key, step = ties.row(int(row))
            yield ("rule", *key), step, gain
