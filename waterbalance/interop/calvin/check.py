"""Balances and bounds of a solved matrix in plain arithmetic, from the links and not from the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Floats
    from waterbalance.interop.calvin.links import Links

TOLERANCE = 1e-6
"""By how much a bound or a balance may be missed: of one unit, or of what passes a node where that is more. [-]"""

MOST_TOLD = 20


def check(links: Links, flow: Floats) -> tuple[Finding, ...]:
    """What is wrong with the flows of all pieces, shape (pieces,); the worst first, at most `MOST_TOLD` of each kind."""
    return (*_balances(links, flow), *_bounds(links, flow))


def _balances(links: Links, flow: Floats) -> Iterator[Finding]:
    nodes = links.nodes
    arrives = np.bincount(links.target, flow, minlength=len(nodes.name))
    leaves = np.bincount(links.source, flow / links.gain, minlength=len(nodes.name))
    through = np.bincount(links.target, np.abs(flow), minlength=len(nodes.name))
    missed = np.where(nodes.balanced, np.abs(arrives - leaves), 0.0)
    for node in _worst(missed, TOLERANCE * np.maximum(1.0, through)):
        found = f"{arrives[node]:.9g} arrives, {leaves[node]:.9g} leaves"
        yield Finding("the balance does not close", Place(component=nodes.name[node]), found, "equal amounts")


def _bounds(links: Links, flow: Floats) -> Iterator[Finding]:
    missed = np.maximum(links.lower - flow, flow - links.upper)
    for piece in _worst(missed, TOLERANCE * np.maximum(1.0, np.abs(flow))):
        source, target = (links.nodes.name[side[piece]] for side in (links.source, links.target))
        allowed = f"{links.lower[piece]:.9g} to {links.upper[piece]:.9g}"
        where = Place(component=f"{source} to {target}, piece {links.piece[piece]}")
        yield Finding("the flow is beyond its bounds", where, f"{flow[piece]:.9g}", allowed)


def _worst(missed: Floats, allowed: Floats) -> list[int]:
    beyond = np.flatnonzero(~(missed <= allowed))
    return [int(place) for place in beyond[np.argsort(-missed[beyond])][:MOST_TOLD]]
