"""Limits of time: of each search for whole numbers, and of all that a solver does."""

import time
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from waterbalance.solver.highs import WarmSolver
from waterbalance.solver.outcome import Stop
from waterbalance.solver.program import Program


def knapsacks(items: int, limits: int = 40) -> Program:
    """Choose among items with several weights, at most half of each weight together: hard to prove."""
    weights = np.random.default_rng(1).integers(1, 60, (limits, items)).astype(float)
    return Program(
        matrix=sp.csr_array(weights),
        row_lower=np.full(limits, -np.inf),
        row_upper=weights.sum(axis=1) / 2,
        lower=np.zeros(items),
        upper=np.ones(items),
        integer=np.ones(items, dtype=bool),
        number=np.ones(items, dtype=bool),
    )


COST = -np.random.default_rng(2).integers(20, 60, 60).astype(float)


def test_each_search_has_the_limit_of_its_own() -> None:
    solver = WarmSolver(knapsacks(60), time_limit=0.5)
    for _ in range(3):
        began = time.monotonic()
        assert solver.minimise(COST).stop is Stop.TIME_LIMIT
        assert 0.4 < time.monotonic() - began < 2.0


def test_nothing_goes_on_after_the_deadline() -> None:
    program = knapsacks(60)
    relaxed = replace(program, integer=np.zeros(60, dtype=bool))
    solver = WarmSolver(relaxed, deadline=time.monotonic() + 60)
    assert [solver.minimise(COST * factor).stop for factor in (1, -1, 1)] == [Stop.FINISHED] * 3
    for late in (program, relaxed):
        assert WarmSolver(late, deadline=time.monotonic()).minimise(COST).stop is Stop.TIME_LIMIT
    began = time.monotonic()
    assert WarmSolver(program, deadline=began + 0.5).minimise(COST).stop is Stop.TIME_LIMIT
    assert time.monotonic() - began < 2.0
