"""What a matrix says that may not be meant; it is solved as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.interop.calvin.links import SINK, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.interop.calvin.links import Links

MOST_NAMES = 5


def remarks(links: Links) -> tuple[str, ...]:
    """A line for each kind, with the names of the first links."""
    return tuple(_remarks(links))


def _remarks(links: Links) -> Iterator[str]:
    name = np.array(links.nodes.name, dtype=object)
    backwards = np.flatnonzero((name[links.source] == SINK) | (name[links.target] == SOURCE))
    if backwards.size:
        yield f"water comes out of {SINK} or goes into {SOURCE}, which have no balance: {_named(links, backwards)}"
    falling = _falling(links)
    if falling.size:
        yield (
            "a later piece is cheaper than an earlier one (costs are not convex), so that it is filled first: "
            f"{_named(links, falling)}"
        )


def _falling(links: Links) -> np.ndarray:
    """Pieces that cost less than the piece before them on the same link, if that can hold anything."""
    order = np.lexsort((links.piece, links.target, links.source))
    first, second = order[:-1], order[1:]
    same = (links.source[first] == links.source[second]) & (links.target[first] == links.target[second])
    cost = links.cost
    return np.asarray(second[same & (cost[second] < cost[first] - 1e-9 * np.abs(cost[first])) & (links.upper[first] > 0.0)])


def _named(links: Links, pieces: np.ndarray) -> str:
    name = links.nodes.name
    told = dict.fromkeys(f"{name[links.source[each]]} to {name[links.target[each]]}" for each in pieces.tolist())
    more = f" and {len(told) - MOST_NAMES} more" if len(told) > MOST_NAMES else ""
    return ", ".join(list(told)[:MOST_NAMES]) + more
