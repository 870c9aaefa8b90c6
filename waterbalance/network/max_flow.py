"""How much can be carried through a graph at a time."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Node = tuple[str, str]
"""A component, and one of its sides."""


def max_flow(capacities: Mapping[tuple[Node, Node], float], source: Node, sink: Node) -> float:
    """The largest flow from source to sink along directed arcs, infinite where a way without a capacity leads there.

    Augments along shortest ways until none is left (Edmonds and Karp 1972, doi:10.1145/321694.321699), which ends for any
    capacities in at most nodes x arcs / 2 rounds.
    """
    room: dict[Node, dict[Node, float]] = defaultdict(dict)
    for (start, end), capacity in capacities.items():
        room[start][end] = room[start].get(end, 0.0) + capacity
        room[end].setdefault(start, 0.0)
    total = 0.0
    while way := _shortest_way(room, source, sink):
        most = min(room[start][end] for start, end in way)
        if math.isinf(most):
            return math.inf
        for start, end in way:
            room[start][end] -= most
            room[end][start] += most
        total += most
    return total


def _shortest_way(room: Mapping[Node, Mapping[Node, float]], source: Node, sink: Node) -> list[tuple[Node, Node]]:
    """Arcs with room left from source to sink; empty where there is no such way."""
    came_from: dict[Node, Node] = {}
    waiting = deque([source])
    while waiting and sink not in came_from:
        start = waiting.popleft()
        for end, left in room.get(start, {}).items():
            if left > 0 and end not in came_from and end != source:
                came_from[end] = start
                waiting.append(end)
    way = []
    end = sink
    while end in came_from:
        way.append((came_from[end], end))
        end = came_from[end]
    return way
