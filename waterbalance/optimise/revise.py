"""Values that depend on the last pass (hedging by storage, head, surface): repeat until they settle."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.plan.audit import Book

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.horizon import Floats
    from waterbalance.network.network import Network
    from waterbalance.optimise.givens import Givens
    from waterbalance.optimise.step import Key
    from waterbalance.plan.plan import Plan

MOST_PASSES = 12


def settle(network: Network, one_pass: Callable[[Givens], Plan]) -> Plan:
    """Plan, let every component revise its givens from the plan, and plan again until nothing changes.

    A plan that has not settled after `MOST_PASSES` passes is returned with a note.
    """
    revised: dict[Key, Floats] = {}
    plan = one_pass(revised)
    for passes in range(1, MOST_PASSES + 1):
        plan = replace(plan, passes=passes)
        book = Book(network, plan)
        news = {(component.name, name): values for component in network for name, values in component.revise(book).items()}
        if all(_same(values, plan.givens.get(key)) for key, values in news.items()):
            return plan
        revised = {**revised, **news}
        plan = one_pass(revised)
    note = f"values that depend on the last pass had not settled after {MOST_PASSES} passes"
    return replace(plan, passes=MOST_PASSES + 1, notes=(*plan.notes, note))


def _same(values: Floats, last: Floats | None) -> bool:
    """Whether a given stayed; one that no equation uses cannot change the plan."""
    return last is None or bool(np.allclose(values, last, rtol=1e-9, atol=1e-12))
