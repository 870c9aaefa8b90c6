"""Whether a network hangs together: one small named check each, all findings at once.

The graph has every component as a node and every named neighbour as a directed edge (`Network.links`); a two-way
pipe is an edge both ways. Loops are allowed: water may go round.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Findings, Place
from waterbalance.network.components.outfall import Outfall
from waterbalance.network.components.outlet import Outlet
from waterbalance.network.components.reservoir import Reservoir
from waterbalance.network.lifelines import lifelines_cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from waterbalance.network.component import Component
    from waterbalance.network.network import Link, Network


def check_network(network: Network) -> Findings:
    """Every finding of every check; empty where the network hangs together.

    The checks along the graph wait until every neighbour is known: a misspelt name would make them all complain.
    """
    findings = Findings()
    findings.extend(unknown_neighbours(network))
    findings.extend(own_neighbours(network))
    findings.extend(links_to_their_own_beginning(network))
    findings.extend(unfit_neighbours(network))
    if not findings:
        for check in _ALONG_THE_GRAPH:
            findings.extend(check(network))
        for component in network:
            findings.extend(component.misfits(network))
    return findings


def unknown_neighbours(network: Network) -> Iterator[Finding]:
    """Fields that name a component which does not exist."""
    for component, field, _, name in _neighbours(network):
        if name not in network:
            close = difflib.get_close_matches(name, network.components, n=1)
            yield Finding(
                f"{field} names a component that does not exist",
                Place(component=component.name),
                found=repr(name),
                allowed="the name of a component of this network",
                remedy=f"Did you mean {close[0]!r}?" if close else f"Add a component named {name!r}, or name another one.",
            )


def own_neighbours(network: Network) -> Iterator[Finding]:
    """Fields in which a component names itself."""
    for component, field, _, name in _neighbours(network):
        if name == component.name:
            yield Finding(
                f"{field} names the component itself",
                Place(component=component.name),
                found=repr(name),
                allowed="the name of another component",
                remedy="Name the component at the other end.",
            )


def links_to_their_own_beginning(network: Network) -> Iterator[Finding]:
    """Canals, pipes and reaches that end where they begin."""
    for component in network:
        ends = [(role, name) for _, role, name in component.neighbours() if role != "subject"]
        roles, names = {role for role, _ in ends}, {name for _, name in ends}
        if not component.is_place and roles == {"upstream", "downstream"} and len(names) == 1:
            yield Finding(
                "water is brought to where it is taken",
                Place(component=component.name),
                found=f"a {component.type_name()} from {names.pop()!r} to itself",
                allowed="two different places",
                remedy="Name the place at the other end, or leave it out.",
            )


def unfit_neighbours(network: Network) -> Iterator[Finding]:
    """Neighbours that water cannot be brought to or taken from, such as the canal from which another canal starts."""
    for component, field, role, name in _neighbours(network):
        if role == "subject" or name not in network or name == component.name:
            continue
        neighbour = network[name]
        if not neighbour.is_place:
            yield Finding(
                f"{field} names a component that is no place",
                Place(component=component.name),
                found=f"{name!r}, a {neighbour.type_name()}",
                allowed="a place: " + ", ".join(_place_types(network)),
                remedy="Put a junction between the two." if not neighbour.is_rule else "Name the place where the water goes.",
            )
        elif role == "upstream" and _keeps_all(neighbour):
            yield Finding(
                f"{field} names a component from which nothing can be taken",
                Place(component=component.name),
                found=f"{name!r}, a {neighbour.type_name()}",
                allowed="a place that passes water on",
                remedy=f"Take the water before it reaches {name!r}; what a user gives back is its return_to.",
            )


def outlets_without_level(network: Network) -> Iterator[Finding]:
    """Outlets of what is no reservoir, or rated by a level that the reservoir does not tell."""
    for outlet in network:
        if not isinstance(outlet, Outlet):
            continue
        source = network[outlet.source]
        if not isinstance(source, Reservoir):
            yield Finding(
                "source names what is no reservoir",
                Place(component=outlet.name),
                found=f"{source.name!r}, a {source.type_name()}",
                allowed="a reservoir",
                remedy="Let the canal or pipe start at that place itself.",
            )
        elif outlet.is_rated_by_level and not source.level_area_volume:
            yield Finding(
                "rating is by level, and the reservoir has no survey",
                Place(component=outlet.name),
                found=f"{source.name!r} without level_area_volume",
                allowed="a reservoir with a survey",
                remedy="Add the survey, or rate the outlet by storage.",
            )
        elif any(row.level is not None and not source.holds_level(row.level) for row in outlet.rating):
            lowest, highest = source.level_area_volume[0].level, source.level_area_volume[-1].level
            yield Finding(
                "rating has a level outside the reservoir's survey",
                Place(component=outlet.name),
                found=", ".join(f"{row.level:g} m" for row in outlet.rating),
                allowed=f"{lowest:g} m to {highest:g} m",
                remedy="Extend the survey, or leave out rows.",
            )


def isolated_places(network: Network) -> Iterator[Finding]:
    """Places that nothing brings water to or takes water from."""
    touched = {name for link in network.links() for name in (link.upstream, link.downstream)}
    for place in network.places:
        if place.name not in touched and not place.stands_alone:
            yield Finding(
                "nothing brings water here or takes it from here",
                Place(component=place.name),
                found=f"a {place.type_name()} without any link",
                allowed="at least one canal, pipeline, pump station or river reach",
                remedy="Connect it, or leave it out.",
            )


def users_out_of_reach(network: Network) -> Iterator[Finding]:
    """Users that no water can reach from any source."""
    reached = reachable((component.name for component in network if component.is_source), network.links())
    for user in _touched(network):
        if user.needs_supply and user.name not in reached:
            yield Finding(
                "no water can reach this user",
                Place(component=user.name),
                found="no way from any source along canals, pipes, pumps and reaches",
                allowed="a way from at least one source",
                remedy="Add the link that supplies it, or turn round a link that runs the wrong way.",
            )


def dead_ends(network: Network) -> Iterator[Finding]:
    """Places that nothing takes water from, although they are no user and no outfall."""
    leaving = {link.upstream for link in network.links()}
    for place in _touched(network):
        if place.name not in leaving and not (_keeps_all(place) or place.stands_alone):
            yield Finding(
                "water that comes here can go nowhere",
                Place(component=place.name),
                found=f"a {place.type_name()} that nothing takes water from",
                allowed="at least one link that starts here",
                remedy="Add the canal, pipe or reach that takes its water, or make it an outfall.",
            )


def floods_without_way_out(network: Network) -> Iterator[Finding]:
    """Natural inflow that has no way without a capacity to an outfall or a spillway: a flood would leave no plan."""
    free = [link for link in network.links() if not _is_narrow(network[link.owner])]
    drains = {component.name for component in network if component.absorbs_all}
    drained = reachable(drains, free, against_the_stream=True)
    leaving = {link.upstream for link in network.links()}
    for place in _touched(network):
        if "inflow" in place.varying and place.name in leaving and place.name not in drained:
            yield Finding(
                "a flood has no way out",
                Place(component=place.name),
                found="only links with a capacity on every way to an outfall or a spillway",
                allowed="one way without a capacity",
                remedy="Add a river_reach from here to an outfall or to the next place downstream.",
            )


def unanswered_names(network: Network) -> Iterator[Finding]:
    """Zones that name a rule which does not name them: nobody would hold what they may be spared."""
    for component, field, role, name in _neighbours(network):
        if component.is_rule or role != "subject" or field != "fallowing" or name not in network:
            continue
        if component.name not in {other for _, _, other in network[name].neighbours()}:
            yield Finding(
                f"{field} names a rule that does not name this zone",
                Place(component=component.name),
                found=f"{name!r}, a {network[name].type_name()}",
                allowed="a fallowing rule with a block of this zone",
                remedy=f"Give {name!r} a block of this zone, or leave {field} out.",
            )


def reachable(starts: Iterable[str], links: Iterable[Link], *, against_the_stream: bool = False) -> frozenset[str]:
    """All names that can be reached from the starts along directed links, the starts included."""
    onward: Mapping[str, set[str]] = defaultdict(set)
    for link in links:
        start, end = (link.downstream, link.upstream) if against_the_stream else (link.upstream, link.downstream)
        onward[start].add(end)
    found = set(starts)
    waiting = list(found)
    while waiting:
        fresh = onward.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return frozenset(found)


def _neighbours(network: Network) -> Iterator[tuple[Component, str, str, str]]:
    """Every named neighbour once: (component, field, role, name); a two-way pipe names each end only once."""
    for component in network:
        seen = set()
        for field, role, name in component.neighbours():
            if (field, name) not in seen:
                seen.add((field, name))
                yield component, field, role, name


def _touched(network: Network) -> Iterator[Component]:
    """Places with at least one link; the others have their own finding."""
    touched = {name for link in network.links() for name in (link.upstream, link.downstream)}
    return (place for place in network.places if place.name in touched)


def _keeps_all(component: Component) -> bool:
    """Whether water ends here: at a user, at an outfall."""
    return component.needs_supply or isinstance(component, Outfall)


def _is_narrow(component: Component) -> bool:
    """Whether only so much can pass a link at a time; a place's own spillway or return flow is no such link."""
    return not component.is_place and getattr(component, "capacity", None) is not None


def _place_types(network: Network) -> list[str]:
    return sorted({place.type_name() for place in network.places})


_ALONG_THE_GRAPH = (
    outlets_without_level,
    isolated_places,
    users_out_of_reach,
    dead_ends,
    floods_without_way_out,
    lifelines_cut,
    unanswered_names,
)
"""Checks that need every neighbour to be known."""
