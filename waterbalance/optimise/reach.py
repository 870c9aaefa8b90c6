"""A cubic metre helps only whom it can reach: water values that no way of the water bears out are left out.

Where a limit binds without need (a closed canal above fields that have nothing), prices are not unique, and the solver may
tell one for water that has no way to the goal. From a place water goes on along links that are open in some step, and the
want of others along links in which water flows in some step (they take less, and leave it above); rules see what they speak
about. Where no component that a goal counts can be come to like that, the value is zero.

Method: reachability in the residual network, Ford and Fulkerson (1956), doi:10.4153/CJM-1956-045-5; over all steps at once,
so that it leaves out too little rather than too much.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.network.component import Component
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan, Rank

FLOWS = ("inflow", "reverse_inflow", "release", "production", "draw", "outflow")
"""What tells that water passes a link."""

LIMITS = ("capacity", "reverse_capacity")

FLOWING = 1e-6
"""[m3]"""


def within_reach(network: Network, plan: Plan) -> Plan:
    """The plan with water values only where water could come to what the goal counts."""
    arcs = _arcs(network, plan)
    ranks = tuple(_rank_within_reach(rank, plan, arcs) for rank in plan.ranks)
    return replace(plan, ranks=ranks)


def _rank_within_reach(rank: Rank, plan: Plan, arcs: Mapping[str, set[str]]) -> Rank:
    if plan.ties is None:
        return rank
    width = len(plan.ties.columns)
    counted = {plan.ties.columns[int(column) % width][0] for column in rank.prices.cost.index}
    known = _leading_to(counted, arcs)
    value = {place: each if place in known else np.zeros_like(each) for place, each in rank.water_value.items()}
    return replace(rank, water_value=value)


def _leading_to(goals: set[str], arcs: Mapping[str, set[str]]) -> set[str]:
    """Everything from which one of the goals can be come to."""
    back = defaultdict(set)
    for start, ends in arcs.items():
        for end in ends:
            back[end].add(start)
    known, queue = set(goals), list(goals)
    while queue:
        for start in back[queue.pop()] - known:
            known.add(start)
            queue.append(start)
    return known


def _arcs(network: Network, plan: Plan) -> Mapping[str, set[str]]:
    arcs: dict[str, set[str]] = defaultdict(set)
    for component in network:
        flows, opens = _flows(component, plan), _is_open(component, plan)
        for _, role, name in component.neighbours():
            first, last = (component.name, name) if role == "downstream" else (name, component.name)
            if component.is_rule or opens:
                arcs[first].add(last)
            if component.is_rule or flows:
                arcs[last].add(first)
    return arcs


def _flows(component: Component, plan: Plan) -> bool:
    told = [path.values[component.name, name] for path in plan.paths for name in FLOWS if (component.name, name) in path.values]
    return component.is_place or not told or any(values.max() > FLOWING for values in told)


def _is_open(component: Component, plan: Plan) -> bool:
    told = [path.givens[component.name, name] for path in plan.paths for name in LIMITS if (component.name, name) in path.givens]
    return component.is_place or not told or any(values.max() > 0 for values in told)
