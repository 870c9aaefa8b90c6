"""What users wait for in a plan: their demand without the part that fallowed blocks no longer ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.component import Component
    from waterbalance.plan.plan import Plan

ROUNDING = 1e-6
"""A demand of which less than this is left is spared altogether: the solver's own tolerance of a switch. [-]"""


def spared_by(user: Component, plan: Plan) -> Floats:
    """Demand of the blocks that are fallowed, step by step; nothing where nobody may fallow. [m3]."""
    quantity, found = type(user).shortage_of, plan.values.get((user.name, "spared"))
    if quantity is None or found is None:
        return np.zeros(len(plan.horizon))
    return np.where(found > ROUNDING * plan.givens[user.name, quantity], found, 0.0)


def demand_of(user: Component, plan: Plan) -> Floats | None:
    """Demand less what is spared, step by step; None for a component that asks for nothing. [m3]."""
    quantity = type(user).shortage_of
    if quantity is None:
        return None
    return left_of(plan.givens[user.name, quantity], spared_by(user, plan))


def left_of(asked: Floats, spared: Floats) -> Floats:
    """A demand less what is spared of it; what the solver rounds away is nothing. [m3]."""
    left = asked - spared
    return np.where(left > ROUNDING * asked, left, 0.0)
