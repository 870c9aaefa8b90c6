"""A plan with what one must know beside its numbers to measure it by any policy: classes, demands, gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from waterbalance.plan.demand import demand_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan
    from waterbalance.policy.goal import Goal, Policy, Term

Key = tuple[str, str]

GATE_FLOWS = ("inflow", "reverse_inflow")
"""Quantities of links that gates and pumps are told."""


@dataclass(frozen=True)
class Side:
    """One of the plans that are laid beside each other."""

    name: str
    plan: Plan
    goals: tuple[Goal, ...]
    """The order by which it was made."""

    classes: Mapping[str, str]
    """User class of every component that has one."""

    demand: Mapping[str, float]
    """What every user asks for over the plan, without what fallowed blocks spare. [m3]"""

    gates: tuple[Key, ...]
    """Flows that structures are told to let through."""

    titles: Mapping[str, Mapping[str, str]]
    """Names of components for people, by language."""

    forecasts: Forecasts | None = None
    """Tables by which goals may weigh; None where they were not kept."""

    @classmethod
    def of(cls, name: str, plan: Plan, policy: Policy, network: Network, forecasts: Forecasts) -> Self:
        """A plan that was just made."""
        links = {component.name for component in network if not component.is_place}
        demands = {user.name: demand_of(user, plan) for user in network}
        return cls(
            name=name,
            plan=plan,
            goals=policy.goals,
            classes={each.name: each.user_class_name for each in network if each.user_class_name is not None},
            demand={user: float(asked.sum()) for user, asked in demands.items() if asked is not None},
            gates=tuple(key for key in plan.values if key[1] in GATE_FLOWS and key[0] in links),
            titles={each.name: dict(each.title) for each in network if each.title},
            forecasts=forecasts,
        )


def goal_value(goal: Goal, side: Side) -> float | None:
    """Sum over terms, components and steps of weight x benefit x measure, in the goal's own sense.

    None where nothing in the plan has such a measure, or where the table it is weighed by was not kept.
    """
    total, found = 0.0, False
    for term in goal.terms:
        for key in side.plan.measures:
            if not _speaks_about(term, key, side):
                continue
            values = side.plan.values[key]
            if term.benefit is not None:
                if side.forecasts is None:
                    return None
                benefit = side.forecasts.get(key[0], term.benefit)
                if benefit is None:
                    continue
                values = values * benefit.values[:, 0]
            total += term.weight * float(values[-1] if term.at == "last step" else np.sum(values))
            found = True
    return total if found else None


@dataclass(frozen=True)
class GoalMeasure:
    """In what a goal is measured."""

    measures: Mapping[str, str]
    """Every measure that it adds up in a plan, with its unit."""

    weighted: bool
    """Whether weights or tables make something else of them, or their units differ."""

    @property
    def unit(self) -> str:
        """The one unit, or that it is a weighted sum, and of what."""
        units = " and ".join(dict.fromkeys(self.measures.values()))
        return f"weighted sum of {units}" if self.weighted else units


def goal_measure(goal: Goal, side: Side) -> GoalMeasure:
    """Measures and units behind a goal's value: a number alone does not tell cubic metres from money."""
    found = {
        measure: side.plan.units.get((component, measure), "m3")
        for term in goal.terms
        for component, measure in side.plan.measures
        if _speaks_about(term, (component, measure), side)
    }
    plain = all(abs(term.weight) == 1.0 and term.benefit is None for term in goal.terms)
    return GoalMeasure(found, not plain or len(set(found.values())) > 1)


def _speaks_about(term: Term, key: Key, side: Side) -> bool:
    component, measure = key
    return (
        measure == term.measure
        and (not term.components or component in term.components)
        and (not term.user_classes or side.classes.get(component) in term.user_classes)
    )
