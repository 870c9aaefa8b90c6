"""Ways round which water would be paid to run: Pywr's default solver counts routes and never goes round, a balance does.

Found by relaxation of the costs of all ways: where a way still gets cheaper after as many rounds as there are nodes, it is a
circle of negative cost (Bellman 1958, doi:10.1090/qam/102435).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waterbalance.interop.pywr.carried import Carried
    from waterbalance.interop.pywr.writer import Reader

NOTHING_SAVED = 1e-9
"""Relative; what is less is rounding."""


def list_paid_circle(carried: Carried, reader: Reader) -> None:
    """List a circle of links whose costs add up to less than nothing, if there is one; costs as on the first day."""
    circle = _paid_circle(_edges(carried, reader))
    if circle:
        what = f"water would be paid to run round {' -> '.join(circle)}, which Pywr's default solver never lets it"
        carried.lacks("edges", what, "It runs round here. Raise a cost in the circle, or cut it with a storage.")


def _edges(carried: Carried, reader: Reader) -> list[tuple[str, str, float]]:
    """Start, end and cost of every way between nodes that water passes within a step."""
    passed = {name: fields for name, fields in carried.components.items() if fields["type"] not in {"storage_node", "delay_node"}}
    ways = ((name, end) for name, fields in passed.items() for end in fields.get("to", ()) if end in passed)
    return [(start, end, _price(end, carried, reader)) for start, end in ways]


def _price(name: str, carried: Carried, reader: Reader) -> float:
    fields = carried.components[name]
    if fields["type"] != "link_node":
        return 0.0
    if "price" in fields:
        return float(str(fields["price"]).split()[0])
    moving = carried.set_by.get(f"{name}.price")
    return 0.0 if moving is None else reader.at_first(moving) or 0.0


def _paid_circle(edges: list[tuple[str, str, float]]) -> list[str]:
    cost = dict.fromkeys((name for start, end, _ in edges for name in (start, end)), 0.0)
    least = NOTHING_SAVED * max((abs(price) for _, _, price in edges), default=0.0)
    came_from: dict[str, str] = {}
    cheaper = ""
    for _ in range(len(cost) + 1):
        cheaper = ""
        for start, end, price in edges:
            if cost[start] + price < cost[end] - least:
                cost[end], came_from[end], cheaper = cost[start] + price, start, end
        if not cheaper:
            return []
    for _ in cost:
        cheaper = came_from[cheaper]
    circle = [cheaper, came_from[cheaper]]
    while circle[-1] != cheaper:
        circle += [came_from[circle[-1]]]
    return circle[::-1]
