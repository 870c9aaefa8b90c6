"""Plans of one step, one after another, as one plan: what was done day after day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from waterbalance.horizon import Horizon
from waterbalance.plan.plan import Plan

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from waterbalance.horizon import Floats
    from waterbalance.network.state import State

Key = tuple[str, str]


@dataclass(frozen=True)
class Columns:
    """What all plans of one network have in common: the names of their numbers."""

    policy: str
    time_zone: str
    values: tuple[Key, ...]
    givens: tuple[Key, ...]
    units: Mapping[Key, str]
    stocks: tuple[Key, ...]
    remembered: tuple[Key, ...]

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """The names in a plan."""
        return cls(
            plan.policy,
            plan.horizon.time_zone,
            tuple(plan.values),
            tuple(plan.givens),
            dict(plan.units),
            plan.stocks,
            plan.remembered,
        )


@dataclass(frozen=True)
class Day:
    """The numbers of a plan of one step, in the order of their columns."""

    start: dt.date
    end: dt.date
    values: Floats
    givens: Floats
    passes: int

    @classmethod
    def of(cls, plan: Plan, columns: Columns) -> Self:
        """The numbers of a plan of one step. Raises `KeyError` where it has other columns."""
        return cls.each(plan, columns)[0]

    @classmethod
    def each(cls, plan: Plan, columns: Columns) -> tuple[Self, ...]:
        """The numbers of every step of a plan. Raises `KeyError` where it has other columns."""
        steps = len(plan.horizon)
        values = np.array([plan.values[key] for key in columns.values]).reshape(-1, steps).T
        givens = np.array([plan.givens[key] for key in columns.givens]).reshape(-1, steps).T
        edges = zip(plan.horizon.starts, plan.horizon.ends, strict=True)
        return tuple(cls(*each, values[t], givens[t], plan.passes) for t, each in enumerate(edges))


def joined(columns: Columns, days: Sequence[Day], opening: State) -> Plan:
    """One plan of several days that follow each other, from the state before the first.

    It has no ranks, because no goal was pursued over all of its days at once.
    """
    values = np.array([day.values for day in days])
    givens = np.array([day.givens for day in days])
    return Plan(
        horizon=Horizon((days[0].start, *(day.end for day in days)), columns.time_zone),
        policy=columns.policy,
        values={key: values[:, number] for number, key in enumerate(columns.values)},
        units=columns.units,
        stocks=columns.stocks,
        remembered=columns.remembered,
        givens={key: givens[:, number] for number, key in enumerate(columns.givens)},
        labels={},
        opening=opening,
        switch_steps=len(days),
        ranks=(),
        passes=max(day.passes for day in days),
    )


def one_after_another(plans: Sequence[Plan]) -> Plan:
    """Plans with the same quantities, each from the state that the one before leaves, as one plan without ranks."""
    first, *others = plans
    edges = (*first.horizon.edges, *(edge for plan in others for edge in plan.horizon.edges[1:]))
    return replace(
        first,
        horizon=Horizon(edges, first.horizon.time_zone),
        values={key: _end_to_end([plan.values[key] for plan in plans]) for key in first.values},
        givens={key: _end_to_end([plan.givens[key] for plan in plans]) for key in first.givens},
        switch_steps=len(edges) - 1,
        ranks=(),
    )


def _end_to_end(series: Sequence[Floats]) -> Floats:
    return series[0] if len(series) == 1 else np.concatenate(series)
