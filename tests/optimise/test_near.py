"""Storages held near the last pass."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from gallery import case, in_order, least, make, pipe
from waterbalance.optimise.near import Near, largest_move, within_room
from waterbalance.optimise.solve import solve
from waterbalance.optimise.tile import Layout
from waterbalance.optimise.tree import Tree
from waterbalance.plan.plan import Plan
from waterbalance.solver.program import Program

STORAGE = ("lake", "storage")


@pytest.fixture
def plan() -> Plan:
    """A lake of 100 that nobody fills, and a town that draws 10 a day."""
    made = case(
        make("reservoir", "lake", capacity=100),
        pipe("lake", "town", capacity=100),
        make("household_supply", "town", demand=10),
        days=(1, 1, 2),
        stocks={STORAGE: 90.0},
        policy=in_order(least("shortage"), least("spill")),
    )
    return solve(made.network, made.state, made.forecasts, made.policy)


def with_storage(plan: Plan, *storage: float) -> Plan:
    """The plan with other storages."""
    return replace(plan, values={**plan.values, STORAGE: np.array(storage)})


def test_the_largest_move_is_a_share_of_what_is_stored_at_most(plan: Plan) -> None:
    assert plan.values[STORAGE] == pytest.approx([80, 70, 50])
    assert largest_move(plan, plan) == 0
    assert largest_move(with_storage(plan, 80, 50, 50), plan) == pytest.approx(20 / 80)
    assert largest_move(plan, with_storage(plan, 0, 0, 0)) == 0


def test_bounds_are_the_tighter_of_network_and_room(plan: Plan) -> None:
    """A tenth of 80 around 80, 70 and 50; the network has 0 to 75 in every step, and nothing else than storages is held."""
    layout = Layout((("lake", "spill"), STORAGE), Tree.path(3))
    free = np.zeros(6, dtype=bool)
    none = np.empty(0)
    program = Program(sp.csr_array((0, 6)), none, none, np.zeros(6), np.full(6, 75.0), free, free)
    held = within_room(program, layout, Near(plan, 0.1))
    assert held.lower[layout.over_time(STORAGE)] == pytest.approx([72, 62, 42])
    assert held.upper[layout.over_time(STORAGE)] == pytest.approx([75, 75, 58])
    assert held.lower[layout.over_time(("lake", "spill"))] == pytest.approx(0)
    assert held.upper[layout.over_time(("lake", "spill"))] == pytest.approx(75)
