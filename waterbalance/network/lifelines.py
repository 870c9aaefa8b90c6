"""No rule cuts a lifeline: what its rules leave open can carry what the lifelines ask for.

A rule says which links it closes at the same time (`Component.closings`): an agreement and an emergency transfer their
link, a rotation in each turn all other groups, in a pause all of them. Each rule alone is tried, then all rules together
in every combination of their turns, and each lifeline alone, then all lifelines together:

    largest flow to the lifelines with these links closed >= the same with all links open   (both at most their demand)

It promises just this for the capacities and demands that the fields tell (of a table the first value; a capacity of zero,
as one has that a forecast tells, counts as unlimited): not that there is water, that other users leave it, or that losses
on the way are covered. Where turns have more than `MOST_TURNS` combinations, all rotations count as closed at once.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Place
from waterbalance.network.max_flow import Node, max_flow
from waterbalance.units import FLOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from waterbalance.network.component import Component
    from waterbalance.network.network import Network

MOST_TURNS = 512

A_DROP = 1.0
"""Asked for by a lifeline whose demand only a forecast tells. [m3/day]"""

ROUNDING = 1e-9
"""Of a flow: what is less does not lack. [-]"""

Links = frozenset[str]


def lifelines_cut(network: Network) -> Iterator[Finding]:
    """Rules that cut a lifeline, or so many links together that too little water reaches one."""
    demands = {each.name: _demand(each) for each in network if each.needs_supply and each.user_class_name == "lifeline"}
    yield from (finding for rule in network.rules for finding in _lifelines_named(rule, demands))
    links = frozenset(each.name for each in network if not (each.is_place or each.is_rule))
    states = {rule.name: [state & links for state in rule.closings()] for rule in network.rules}
    states = {name: closed for name, closed in states.items() if any(closed)}
    findings = [finding for name in sorted(demands) for finding in _short(network, states, {name: demands[name]})]
    yield from findings
    if not findings and len(demands) > 1:
        yield from _short(network, states, demands)


def _lifelines_named(rule: Component, demands: Mapping[str, float]) -> Iterator[Finding]:
    for field, _, name in rule.neighbours():
        if field in rule.cuts and name in demands:
            yield Finding(
                f"{field} cuts a lifeline",
                Place(component=rule.name),
                found=repr(name),
                allowed="users of other classes",
                remedy=f"Leave {name!r} out.",
            )


def _short(network: Network, states: Mapping[str, Sequence[Links]], demands: Mapping[str, float]) -> Iterator[Finding]:
    """A finding for each rule that leaves too little for the lifelines by itself; else one for all rules together."""
    needed = carried(network, frozenset(), demands)
    every = [state for closed in states.values() for state in closed]
    if not _lacks(network, frozenset().union(*every), demands, needed):
        return
    alone = {name: min(closed, key=lambda each: carried(network, each, demands)) for name, closed in states.items()}
    guilty = [name for name, closed in alone.items() if _lacks(network, closed, demands, needed)]
    for name in guilty:
        yield _finding(network, {name: alone[name]}, demands, needed)
    if guilty or len(states) < 2:
        return
    if math.prod(map(len, states.values())) > MOST_TURNS:
        states = {name: [frozenset().union(*closed)] for name, closed in states.items()}
    for combination in product(*states.values()):
        if _lacks(network, frozenset().union(*combination), demands, needed):
            yield _finding(network, dict(zip(states, combination, strict=True)), demands, needed)
            return


def _lacks(network: Network, closed: Links, demands: Mapping[str, float], needed: float) -> bool:
    return carried(network, closed, demands) < needed * (1 - ROUNDING)


def _finding(network: Network, closed: Mapping[str, Links], demands: Mapping[str, float], needed: float) -> Finding:
    """Names no more links than it takes, and the rules that close them."""
    links = frozenset().union(*closed.values())
    for name in sorted(links):
        if _lacks(network, links - {name}, demands, needed):
            links -= {name}
    rules = sorted(rule for rule, theirs in closed.items() if theirs & links)
    names, whom = _listed(links), _listed(demands)
    left = carried(network, links, demands)
    by = "" if len(rules) == 1 else f", closed by {_listed(rules)}"
    return Finding(
        f"{network[rules[0]].cuts[0]} cuts a lifeline",
        Place(component=rules[0]),
        found=f"{names}{by}, without which {left:,.6g} m3/day can reach {whom} instead of {needed:,.6g} m3/day",
        allowed="links without which the others still carry what lifelines ask for, in every turn and pause",
        remedy=f"Leave {names} out, or give {whom} another supply of {needed - left:,.6g} m3/day.",
    )


def carried(network: Network, closed: Links, demands: Mapping[str, float]) -> float:
    """Most that can reach the users with some links closed, at most their demands. [m3/day]."""
    source, sink = ("", "source"), ("", "sink")
    arcs: dict[tuple[Node, Node], float] = {}
    for each in network:
        arcs[(each.name, "in"), (each.name, "out")] = _limit(each, "capacity", "release_capacity")
        arcs[(each.name, "back in"), (each.name, "back out")] = _limit(each, "reverse_capacity")
        if each.is_source:
            arcs[source, (each.name, "in")] = math.inf
    for link in network.links():
        if link.owner in closed:
            continue
        # A two-way pipe has a second way, which begins at its target.
        end, place = ("target", link.downstream) if link.upstream == link.owner else ("source", link.upstream)
        back = "" if network[link.owner].is_place or getattr(network[link.owner], end, place) == place else "back "
        out, into = (back if name == link.owner else "" for name in (link.upstream, link.downstream))
        arcs[(link.upstream, f"{out}out"), (link.downstream, f"{into}in")] = math.inf
    for name, demand in demands.items():
        arcs[(name, "in"), sink] = demand
    return max_flow(arcs, source, sink)


def _demand(user: Component) -> float:
    return float(getattr(user, user.shortage_of or "", None) or A_DROP)


def _limit(component: Component, *fields: str) -> float:
    """Most that may pass a component in a day; infinite where no field says so."""
    flows = (getattr(component, field, None) for field in fields if component.unit_of(field) == FLOW)
    return min((float(each) for each in flows if each), default=math.inf)


def _listed(names: Sequence[str] | Links | Mapping[str, float]) -> str:
    return ", ".join(repr(name) for name in sorted(names))
