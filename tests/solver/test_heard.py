"""A signal is heard while HiGHS searches, and the search is the same."""

import signal
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

import highspy
import numpy as np
import pytest

from waterbalance.solver.heard import run


class RangError(Exception):
    """The clock rang."""


def knapsacks(rows: int, columns: int, nodes: int = 2**31 - 1) -> Any:  # noqa: ANN401 (the binding is partly typed)
    """Knapsacks over the same things: a small program that is not solved for minutes."""
    chance = np.random.default_rng(0)
    highs: Any = highspy.Highs()
    for option, value in {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "mip_max_nodes": nodes,
        "time_limit": 60.0,
    }.items():
        highs.setOptionValue(option, value)
    weights = chance.integers(1, 60, (rows, columns)).astype(float)
    for worth in chance.integers(1, 60, columns):
        highs.addBinary(obj=-float(worth))
    for row in weights:
        highs.addRow(-highspy.kHighsInf, float(row.sum() // 2), columns, np.arange(columns, dtype=np.int32), row)
    return highs


@pytest.fixture
def ringing() -> Iterator[None]:
    def ring(_number: int, _frame: FrameType | None) -> None:
        raise RangError

    before = signal.signal(signal.SIGALRM, ring)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("ringing")
def test_a_search_ends_when_the_clock_rings() -> None:
    highs = knapsacks(60, 400)
    begun = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    with pytest.raises(RangError):
        run(highs)
    assert time.monotonic() - begun < 20
    # What rang once is over: the same program goes on.
    highs.setOptionValue("mip_max_nodes", 1)
    run(highs)
    assert highs.getInfo().mip_node_count >= 0


def told(highs: Any) -> tuple[float, int, int]:  # noqa: ANN401
    info = highs.getInfo()
    return info.objective_function_value, info.simplex_iteration_count, info.mip_node_count


@pytest.mark.usefixtures("ringing")
def test_a_search_that_is_listened_to_takes_the_same_path() -> None:
    alone, heard = knapsacks(10, 60, 200), knapsacks(10, 60, 200)
    alone.run()
    run(heard)
    assert told(heard) == told(alone)
    np.testing.assert_array_equal(heard.getSolution().col_value, alone.getSolution().col_value)
