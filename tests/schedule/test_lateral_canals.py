"""Scheduling of a lateral canal as the literature has it; a plain enumeration knows the best."""

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
import pytest

from schedule.canals import at_the_end, hourly, lateral
from waterbalance.schedule.canal_tree import Gate
from waterbalance.schedule.search import Limits
from waterbalance.schedule.timetable import make_timetable
from waterbalance.schedule.wanted import Wanted
from waterbalance.schedule.weights import Weights

EXACT = Limits(gap=1e-6, time=None)

STREAM = 0.03
"""The one flow of all outlets of the classical problems. [m3/s]"""


def outlet(hours: int) -> Gate:
    """Open or shut at any hour, once, for as long as its field needs."""
    return Gate(STREAM, least=STREAM, minimum_run=hours, moves_a_day=2, automatic=True)


def fewest_stream_tubes(durations: Sequence[int], period: int) -> int:
    """Suryavanshi and Reddy 1986: outlets one after another in as few tubes as possible; every assignment is tried."""
    for tubes in range(1, len(durations) + 1):
        for assignment in product(range(tubes), repeat=len(durations)):
            loads = [sum(d for d, at in zip(durations, assignment, strict=True) if at == tube) for tube in range(tubes)]
            if max(loads) <= period:
                return tubes
    raise AssertionError


@pytest.mark.parametrize(
    ("durations", "period"),
    [
        ((7, 6, 5, 4, 4, 3), 15),
        ((6, 6, 4, 4, 4), 12),
        ((5, 5, 5, 5), 9),
        ((9, 8, 2, 2, 3, 6), 10),
        ((4, 4, 4, 3, 3, 3, 3), 12),
    ],
)
def test_the_smallest_canal_has_the_fewest_stream_tubes(durations: Sequence[int], period: int) -> None:
    slots = hourly(period)
    wanted = at_the_end([STREAM * 3600 * hours for hours in durations], slots)

    def short(tubes: int) -> float:
        tree = lateral(tubes * STREAM, [outlet(hours) for hours in durations])
        return float(make_timetable(tree, slots, wanted, limits=EXACT).shortfall.sum())

    fewest = fewest_stream_tubes(durations, period)
    assert short(fewest) == pytest.approx(0.0, abs=1e-3)
    assert short(fewest - 1) > 0.5 * STREAM * 3600


def least_earliness_and_tardiness(durations: Sequence[int], asked: Sequence[int], period: int) -> int:
    """Anwar and Clarke 2001: one outlet at a time; every set of starts is tried. [h x h of stream]"""
    best = 10**9
    for starts in product(*(range(period - duration + 1) for duration in durations)):
        spans = sorted((start, start + duration) for start, duration in zip(starts, durations, strict=True))
        if all(end <= begin for (_, end), (begin, _) in pairwise(spans)):
            cost = sum(d * abs(start - want) for d, start, want in zip(durations, starts, asked, strict=True))
            best = min(best, cost)
    return best


@pytest.mark.parametrize(
    ("durations", "asked", "period"),
    [
        ((3, 2, 4), (2, 2, 3), 12),
        ((2, 2, 2), (0, 1, 1), 8),
        ((4, 1, 3), (5, 6, 4), 12),
        ((2, 3, 1, 2), (3, 3, 4, 4), 11),
    ],
)
def test_earliness_and_tardiness_on_one_channel(durations: Sequence[int], asked: Sequence[int], period: int) -> None:
    """Looked at every hour, water out of its time is what lies between two ramps: volume x hours of shift."""
    slots = hourly(period)
    cumulative = np.array(
        [
            STREAM * 3600 * np.clip(np.arange(1, period + 1) - start, 0, duration)
            for duration, start in zip(durations, asked, strict=True)
        ]
    )
    wanted = Wanted(cumulative, np.ones(cumulative.shape, dtype=np.bool_))
    tree = lateral(STREAM, [outlet(hours) for hours in durations])
    weights = Weights(shortage=1e4, out_of_time=1.0, move=0.0)
    timetable = make_timetable(tree, slots, wanted, weights=weights, limits=EXACT)
    assert timetable.shortfall.max() == pytest.approx(0.0, abs=1e-3)
    out = np.abs(np.cumsum(timetable.take, axis=1) * 3600 - cumulative).sum() / (STREAM * 3600)
    assert out == pytest.approx(least_earliness_and_tardiness(durations, asked, period), abs=1e-3)
