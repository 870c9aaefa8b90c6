"""Which devices the orders of people and of alerts want lower: those at what an order names, or that lead to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waterbalance.operate.planning.overriding import Override
    from waterbalance.scenario.scenario import Scenario


def closing(scenario: Scenario, orders: Iterable[Override]) -> Mapping[str, Override]:
    """Controller -> the order; one that is `closes_by_rule` goes before others. Devices farther up are not among them."""
    found: dict[str, Override] = {}
    for order in sorted((each for each in orders if each.how != "at_least"), key=lambda each: not each.closes_by_rule):
        component, _ = order.key
        for name, device in scenario.controllers.items():
            structure = scenario.network[device.structure]
            if component in {structure.name, getattr(structure, "target", None)}:
                found.setdefault(name, order)
    return found
