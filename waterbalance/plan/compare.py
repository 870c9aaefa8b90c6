"""Plans beside each other: what each brings for every goal, who goes short where and when, which gates differ.

Nothing is judged: every goal of every plan's policy is measured under every plan, from its values alone. The plans must
have the same steps; a component that only some of them have is left empty in the others.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from waterbalance.errors import UsageError
from waterbalance.plan.side import goal_measure, goal_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from waterbalance.horizon import Floats, Horizon
    from waterbalance.plan.side import Side
    from waterbalance.policy.goal import Goal

T = TypeVar("T")

Amounts = tuple[float | None, ...]
"""One number a plan, in their order; None where a plan has no such thing."""

NEGLIGIBLE = 1.0
"""Volumes nearer to each other than this are the same. [m3]"""


@dataclass(frozen=True)
class ComparedGoal:
    """One goal, measured under every plan."""

    name: str
    sense: str
    ranks: tuple[int | None, ...]
    """Its rank in the order of each plan; None where that order does not have it."""

    values: Amounts
    unit: str
    """The one unit of its measures, or that it is a weighted sum, and of what."""


@dataclass(frozen=True)
class ComparedClass:
    """What a class of users asks for and lacks under every plan. [m3]."""

    user_class: str
    demand: Amounts
    shortage: Amounts


@dataclass(frozen=True)
class ComparedStorage:
    """A storage at the end of every plan. [m3]."""

    component: str
    end: Amounts


@dataclass(frozen=True)
class ComparedUser:
    """What one user lacks in one ten-day period under every plan. [m3]."""

    component: str
    first_day: str
    last_day: str
    shortage: Amounts
    spread: float
    """The largest less the smallest. [m3]"""


@dataclass(frozen=True)
class ComparedGate:
    """What one structure lets through under every plan. [m3]."""

    component: str
    quantity: str
    volume: Amounts
    moved: float
    """Sum over the steps of the largest less the smallest volume. [m3]"""

    largest: float
    """The largest difference of the mean daily flow in a step. [m3/day]"""

    largest_on: str
    """First day of that step."""


@dataclass(frozen=True)
class Comparison:
    """Two or more plans on the same steps."""

    plans: tuple[str, ...]
    start: str
    last_day: str
    steps: int
    goals: tuple[ComparedGoal, ...]
    shortages: tuple[ComparedClass, ...]
    energy: Amounts
    """[kWh]"""

    storages: tuple[ComparedStorage, ...]
    users: tuple[ComparedUser, ...]
    """Every user and period with a difference, the largest first."""

    gates: tuple[ComparedGate, ...]
    """Every structure with a difference, the largest first."""

    def to_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        return {"schema": "waterbalance.comparison/1", **asdict(self)}


def compare(sides: Sequence[Side]) -> Comparison:
    """Measure all plans by all of their goals.

    Raises `UsageError` with fewer than two plans, where two have one name, or where their steps differ.
    """
    names = [side.name for side in sides]
    if len(sides) < 2:
        raise UsageError("a comparison needs at least two plans")
    if len(set(names)) < len(names):
        raise UsageError(f"the plans of a comparison need names of their own; found {', '.join(names)}")
    horizon = sides[0].plan.horizon
    for side in sides[1:]:
        if side.plan.horizon.edges != horizon.edges:
            raise UsageError(
                f"plans that are compared have the same steps; {names[0]!r} has {_told(horizon)}, "
                f"{side.name!r} has {_told(side.plan.horizon)}"
            )
    return Comparison(
        plans=tuple(names),
        start=str(horizon.start),
        last_day=str(horizon.end - dt.timedelta(days=1)),
        steps=len(horizon),
        goals=_goals(sides),
        shortages=class_shortages(sides),
        energy=tuple(energy_of(side) for side in sides),
        storages=storages_at_end(sides),
        users=_users(sides, horizon),
        gates=_gates(sides, horizon),
    )


def _told(horizon: Horizon) -> str:
    return f"{len(horizon)} steps from {horizon.start} to {horizon.end - dt.timedelta(days=1)}"


def _goals(sides: Sequence[Side]) -> tuple[ComparedGoal, ...]:
    """Goals that measure the same are one row, whatever their tolerance and sharing."""
    ranks: dict[tuple[object, ...], list[int | None]] = {}
    goals: dict[tuple[object, ...], Goal] = {}
    for number, side in enumerate(sides):
        for rank, goal in enumerate(side.goals, start=1):
            same = (goal.name, goal.sense, goal.terms)
            ranks.setdefault(same, [None] * len(sides))[number] = rank
            goals.setdefault(same, goal)
    rows = [
        ComparedGoal(
            goal.name, goal.sense, tuple(ranks[same]), tuple(goal_value(goal, side) for side in sides), _unit(goal, sides)
        )
        for same, goal in goals.items()
    ]
    return tuple(row for row in rows if any(value is not None for value in row.values))


def _unit(goal: Goal, sides: Sequence[Side]) -> str:
    """As the first plan has it in which anything is measured by the goal."""
    return next((unit for side in sides if (unit := goal_measure(goal, side).unit)), "")


def class_shortages(sides: Sequence[Side]) -> tuple[ComparedClass, ...]:
    """Demand and shortage of every class under every plan."""
    rows = []
    for name in _in_order(side.classes[user] for side in sides for user in side.demand):
        members = [[user for user in side.demand if side.classes[user] == name] for side in sides]
        demand = [sum(side.demand[user] for user in own) if own else None for side, own in zip(sides, members, strict=True)]
        shortage = [
            sum(float(_shortage(side, user).sum()) for user in own) if own else None
            for side, own in zip(sides, members, strict=True)
        ]
        rows.append(ComparedClass(name, tuple(demand), tuple(shortage)))
    return tuple(rows)


def energy_of(side: Side) -> float:
    """All energy that is used. [kWh]."""
    return float(sum(side.plan.values[key].sum() for key in side.plan.measures if key[1] == "energy"))


def storages_at_end(sides: Sequence[Side]) -> tuple[ComparedStorage, ...]:
    """Every storage at the end of every plan."""
    names = _in_order(name for side in sides for name, quantity in side.plan.values if quantity == "storage")
    ends = [[side.plan.values.get((name, "storage")) for side in sides] for name in names]
    return tuple(
        ComparedStorage(name, tuple(None if end is None else float(end[-1]) for end in row))
        for name, row in zip(names, ends, strict=True)
    )


def _users(sides: Sequence[Side], horizon: Horizon) -> tuple[ComparedUser, ...]:
    periods = np.array(horizon.periods())
    rows = []
    for user in _in_order(user for side in sides for user in side.demand):
        by_plan = [np.bincount(periods, weights=_shortage(side, user)) if user in side.demand else None for side in sides]
        known = np.array([values for values in by_plan if values is not None])
        spread = np.ptp(known, axis=0)
        for period in np.flatnonzero(spread > NEGLIGIBLE):
            inside = np.flatnonzero(periods == period)
            shortage = tuple(None if values is None else float(values[period]) for values in by_plan)
            first, last = horizon.starts[inside[0]], horizon.ends[inside[-1]] - dt.timedelta(days=1)
            rows.append(ComparedUser(user, str(first), str(last), shortage, float(spread[period])))
    return tuple(sorted(rows, key=lambda row: (-row.spread, row.component, row.first_day)))


def _gates(sides: Sequence[Side], horizon: Horizon) -> tuple[ComparedGate, ...]:
    rows = []
    for key in _in_order(key for side in sides for key in side.gates):
        flows = [side.plan.values.get(key) for side in sides]
        # What a network does not have lets nothing through.
        spread = np.ptp(np.array([np.zeros(len(horizon)) if values is None else values for values in flows]), axis=0)
        if spread.max() <= NEGLIGIBLE:
            continue
        rate = spread / horizon.days
        step = int(rate.argmax())
        volume = tuple(None if values is None else float(values.sum()) for values in flows)
        rows.append(ComparedGate(*key, volume, float(spread.sum()), float(rate[step]), str(horizon.starts[step])))
    return tuple(sorted(rows, key=lambda row: (-row.moved, row.component, row.quantity)))


def _shortage(side: Side, user: str) -> Floats:
    return np.maximum(0.0, side.plan.values[user, "shortage"])


def _in_order(items: Iterable[T]) -> list[T]:
    """Each once, in the order in which it comes first."""
    return list(dict.fromkeys(items))
