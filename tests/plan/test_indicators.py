"""Reliability, resilience, vulnerability and the shortage index, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterbalance.plan.indicators import MET, performance


def test_two_spells_by_hand() -> None:
    """Days 2, 3 and 6 of 8 fail; two of the three are followed by a day that is met; the worst days lack 40 % and 10 %."""
    shortage = np.array([0, 20, 40, 0, 0, 10, 0, 0], dtype=float)
    found = performance(np.full(8, 100.0), shortage, (2020,) * 4 + (2021,) * 4)
    assert found.reliability == pytest.approx(5 / 8)
    assert found.resilience == pytest.approx(2 / 3)
    assert found.vulnerability == pytest.approx(0.25)
    assert found.shortage_index == pytest.approx(100 * (0.15**2 + 0.025**2) / 2)
    assert (found.spells, found.longest_spell) == (2, 2)
    assert (found.demand, found.shortage, found.supply) == (800.0, 70.0, 730.0)


def test_nothing_lacks() -> None:
    found = performance(np.array([5.0, 0.0]), np.zeros(2), (2021, 2021))
    assert (found.reliability, found.resilience, found.vulnerability, found.shortage_index) == (1.0, None, 0.0, 0.0)


def test_a_failure_on_the_last_day_cannot_recover_and_does_not_count_against_it() -> None:
    assert performance(np.ones(3), np.array([0.0, 0.0, 1.0]), (2021,) * 3).resilience is None
    assert performance(np.ones(3), np.array([0.0, 1.0, 1.0]), (2021,) * 3).resilience == 0.0


def test_what_no_meter_tells_is_met() -> None:
    demand = np.full(2, 1e6)
    assert performance(demand, np.array([0.5 * MET * 1e6, 2 * MET * 1e6]), (2021, 2021)).reliability == 0.5


def test_arguments_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="equal length; found 2, 1, 2"):
        performance(np.ones(2), np.ones(1), (2021, 2021))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_bounds_hold_and_steps_add_up(ratios: list[float]) -> None:
    found = performance(np.full(len(ratios), 3.0), 3.0 * np.array(ratios), (2021,) * len(ratios))
    assert 0 <= found.reliability <= 1
    assert 0 <= found.vulnerability <= 1
    assert 0 <= found.shortage_index <= 100
    assert found.resilience is None or 0 <= found.resilience <= 1
    assert found.longest_spell <= round((1 - found.reliability) * len(ratios))
    assert (found.spells == 0) == (found.reliability == 1)
