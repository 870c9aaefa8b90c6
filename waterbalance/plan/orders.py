"""What somebody sets: canals, pipes and pumps, whatever leads out of a storage, and what nodes pass on to each other.

A reach below a weir takes what is left, and nobody sets it. Plants, wells and treatment works give what the links from
them take, and tanks get what the links to them bring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from waterbalance.network.component import Component

LINK_FLOWS = frozenset({"inflow", "reverse_inflow"})

RELEASE = "release"

PASSED_ON = "to "
"""How the quantities begin that a node of a bare flow network passes on to its neighbours."""


def storages_among(stocks: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Components whose stock is a storage."""
    return frozenset(component for component, quantity in stocks if quantity == "storage")


def is_set(component: Component, quantity: str, storages: Collection[str]) -> bool:
    """Whether somebody sets this quantity of a component."""
    leads_out = getattr(component, "source", None) in storages
    if component.is_place:
        return (quantity == RELEASE and leads_out) or is_passed_on(quantity)
    return is_flow_of_a_link(component, quantity) and ("capacity" in type(component).varying or leads_out)


def is_flow_of_a_link(component: Component, quantity: str) -> bool:
    """Whether this is what enters a link, set by somebody or not."""
    return quantity in LINK_FLOWS and not component.is_place and not component.is_rule


def is_passed_on(quantity: str) -> bool:
    """Whether this is what a node passes on to a neighbour."""
    return quantity.startswith(PASSED_ON)
