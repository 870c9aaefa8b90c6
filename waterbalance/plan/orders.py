"""What somebody sets: canals, pipes and pumps, and whatever leads out of a storage.

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


def storages_among(stocks: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Components whose stock is a storage."""
    return frozenset(component for component, quantity in stocks if quantity == "storage")


def is_set(component: Component, quantity: str, storages: Collection[str]) -> bool:
    """Whether somebody sets this quantity of a component."""
    leads_out = getattr(component, "source", None) in storages
    if component.is_place:
        return quantity == RELEASE and leads_out
    return is_flow_of_a_link(component, quantity) and ("capacity" in type(component).varying or leads_out)


def is_flow_of_a_link(component: Component, quantity: str) -> bool:
    """Whether this is what enters a link, set by somebody or not."""
    return quantity in LINK_FLOWS and not component.is_place and not component.is_rule
