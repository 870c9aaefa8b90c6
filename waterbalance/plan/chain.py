"""Why a user is short: what holds its water back, by the prices of the goal that counts the shortage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import UsageError
from waterbalance.plan.walk import PIECE, Walk

if TYPE_CHECKING:
    from waterbalance.plan.plan import Plan
    from waterbalance.plan.prices import Prices, Ties
    from waterbalance.plan.walk import Hold

LEAST_SHORTAGE = 0.5
"""What a user lacks below this is none: the audit's own tolerance. [m3]"""


@dataclass(frozen=True)
class Chain:
    """A shortage and all that holds its water back, nearest first."""

    user: str
    step: int
    shortage: float
    """[m3]"""

    rank: int
    goal: str
    holds: tuple[Hold, ...]


def worst_shortages(plan: Plan) -> tuple[tuple[str, int], ...]:
    """Every user that is ever short, with the step in which it lacks most a day; who lacks most comes first.

    None where no goal looked over the plan as a whole (days joined): there is no chain then.
    """
    found: list[tuple[float, str, int]] = []
    if plan.ties is None:
        return ()
    for (component, quantity), values in plan.values.items():
        if quantity == "shortage" and values.max(initial=0.0) > LEAST_SHORTAGE:
            rate = values / plan.horizon.days
            # Rates that are equal but for rounding: the first of them.
            t = int(np.flatnonzero(rate >= rate.max() * (1 - 1e-6))[0])
            found.append((-float(rate[t]), component, t))
    return tuple((component, t) for _, component, t in sorted(found))


def why_short(plan: Plan, user: str, step: int) -> Chain | None:
    """The chain of one user in one step; None where it lacks nothing. Raises `UsageError` where the plan has no such user."""
    shortage = plan.values.get((user, "shortage"))
    if shortage is None or plan.ties is None:
        raise UsageError(f"{user!r} has no shortage in this plan; users are the components with a demand")
    if shortage[step] <= LEAST_SHORTAGE:
        return None
    for number, rank in enumerate(plan.ranks, start=1):
        counted = _counted(plan.ties, rank.prices, user, step)
        if counted:
            holds = Walk(plan, plan.ties, rank.prices, user).holds(counted, step)
            holds = tuple(_with_its_goal(hold, plan, number) if hold.kind == "held" else hold for hold in holds)
            return Chain(user, step, float(shortage[step]), number, rank.name, holds)
    return Chain(user, step, float(shortage[step]), 0, "", ())


def _with_its_goal(hold: Hold, plan: Plan, number: int) -> Hold:
    """What is held, with the first goal before this one that counts it."""
    if plan.ties is None:
        return hold
    key = (hold.component, hold.quantity)
    at = {plan.ties.columns.index(key) + step * len(plan.ties.columns) for step in hold.steps}
    counting = (rank.name for rank in plan.ranks[: number - 1] if at.intersection(rank.prices.cost.index.tolist()))
    return replace(hold, goal=next(counting, ""))


def _counted(ties: Ties, prices: Prices, user: str, step: int) -> dict[int, float]:
    """What a goal counts of a user's shortage in a step: number and weight of the columns."""
    first = step * len(ties.columns)
    begin, end = np.searchsorted(prices.cost.index, (first, first + len(ties.columns)))
    here = zip(prices.cost.index[begin:end], prices.cost.value[begin:end], strict=True)
    counted = {int(column): float(weight) for column, weight in here}
    return {column: weight for column, weight in counted.items() if _is_shortage(*ties.column(column)[0], user)}


def _is_shortage(component: str, quantity: str, user: str) -> bool:
    """Whether a column is a user's shortage or a piece of it: reserves and water left in tanks are none."""
    return component == user and (quantity == "shortage" or (quantity.startswith("short_") and bool(PIECE.fullmatch(quantity))))
