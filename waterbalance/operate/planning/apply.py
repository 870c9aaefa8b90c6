"""From the first step of a plan to what happens on that day: gates as ordered, water as it comes.

Gates, pumps and outlets of storages were told their flows by the plan; the river did not read it. The day is solved once
more, as a plan of one step from the same state, with what was observed:

    0. what was announced in the morning holds (drought stages)
    1. no structure takes more than ordered:            flow <= ordered
    2. users and rivers go short as little as possible, in the policy's own order (shortage, shortfall, dead storage)
    3. what was told to run runs, and nothing else:     running <= ordered, as many as possible
    4. as little as possible is spilt
    5. as few orders as possible are left unfulfilled:  minimise sum (ordered - flow)

River reaches below weirs, spillways and storages take the difference. Where more water comes than the structures were
told to take and nothing else can take it, orders are exceeded by the least that is possible, and the day has a note.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import NoPlanError
from waterbalance.forecast.forecast import Forecast
from waterbalance.network.rules.exclusive_flows import RUNNING
from waterbalance.optimise.inputs import of_the_network
from waterbalance.plan.audit import Book
from waterbalance.plan.orders import is_set, storages_among
from waterbalance.policy.goal import Goal, Policy, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.horizon import Floats
    from waterbalance.network.network import Network
    from waterbalance.network.state import State
    from waterbalance.optimise.solve import Planner
    from waterbalance.plan.plan import Plan

Key = tuple[str, str]

LACKING = frozenset(
    {
        "unrated_spill",
        "overtopping",
        "flood_storage",
        "below_dead_storage",
        "reserve_shortfall",
        "shortage",
        "shortfall",
        "delivery",
        "damage",
    }
)
"""Measures of dams, and of who has and lacks water; all other goals of a policy are about orders, which are given already."""

LITRE = 1e-3
"""Room above an order for the rounding of the solver. [m3]"""

EXCEEDED = "more water came than structures were told to take; orders were exceeded"


def applied(planner: Planner, plan: Plan, state: State, observed: Forecasts, policy: Policy) -> Plan:
    """What happens on the first day of a plan, from the state before it, when `observed` comes.

    Raises `NoPlanError` where even without the orders no flow of that day fits the physics.
    """
    orders = replace(plan, values=orders_of(plan, planner.network))
    relaxed = plan.switch_steps == 0
    running = {
        key: values[:1] if relaxed else np.round(values[:1])
        for key, values in plan.values.items()
        if key in planner.step.columns and (key[1] == "running" or key[1].startswith(RUNNING))
    }
    limits = {**{key: values[:1] + LITRE for key, values in orders.values.items()}, **running}
    goals = _lacking(policy)
    observed = of_the_network(planner.network, observed).merged(_decided(plan, planner.network))
    try:
        return planner.plan(state, observed, goals, previous=orders, at_most=limits)
    except NoPlanError:
        pass
    nearest = planner.plan(state, observed, _NOTHING_BUT_ORDERS, previous=orders)
    limits = {key: np.maximum(limit, nearest.values[key] + LITRE) for key, limit in limits.items() if key not in running}
    day = planner.plan(state, observed, goals, previous=orders, at_most=limits)
    return replace(day, notes=(*day.notes, EXCEEDED))


def _decided(plan: Plan, network: Network) -> dict[Key, Forecast]:
    """What the plan has decided for its first step beyond flows."""
    book = Book(network, plan)
    return {
        (component.name, name): Forecast(values[:1, None], "decided by the plan")
        for component in network
        for name, values in component.decided(book).items()
    }


def orders_of(plan: Plan, network: Network) -> Mapping[Key, Floats]:
    """The flows that somebody sets."""
    storages = storages_among(plan.stocks)
    return {key: values for key, values in plan.values.items() if is_set(network[key[0]], key[1], storages)}


def _lacking(policy: Policy) -> Policy:
    """What is left of a policy when the orders stand: its terms about who has and lacks water; then no spill."""
    goals = []
    for goal in policy.goals:
        terms = tuple(term for term in goal.terms if term.measure in LACKING and term.at == "every step")
        if terms:
            goals.append(goal.model_copy(update={"terms": terms}))
    goals.append(Goal(name="run as ordered", sense="maximise", terms=(Term(measure="running"),)))
    name = "least spill on the day"
    goals.append(Goal(name=name, terms=(Term(measure="spill"),)))
    return policy.model_copy(update={"goals": tuple(goals), "smallest_change": True})


_NOTHING_BUT_ORDERS = Policy(
    name="orders", goals=(Goal(name="nothing", terms=(Term(measure="none of the network's measures"),)),), smallest_change=True
)
