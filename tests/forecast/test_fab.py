"""Demand of a fab from its production plan."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterbalance.errors import InputError
from waterbalance.forecast.dated_table import DatedTable
from waterbalance.forecast.fab import FabDemand
from waterbalance.horizon import Horizon

NOTHING = pd.Series(dtype=float)
WEEK = Horizon((dt.date(2026, 3, 2), dt.date(2026, 3, 9)))


def test_by_hand() -> None:
    """1000 layers/day x 10 m3 / 0.8 x (1 - 0.6) = 5000 m3/day."""
    demand = FabDemand(1000.0, 10.0, recycling=0.6, production_yield=0.8).fit(NOTHING)
    assert demand.predict(WEEK, members=2).values == pytest.approx(np.full((1, 2), 35_000.0))


def test_ramp_minimum_load_and_contract() -> None:
    """Nothing before the start, then the stable minimum, the plan, and at last the contract."""
    start = dt.date(2026, 1, 1)
    ramp = DatedTable((start, start + dt.timedelta(days=100)), (0.0, 1000.0), ramped=True)
    demand = FabDemand(ramp, 10.0, minimum_load=2000.0, contract=8000.0).fit(NOTHING)
    edges = [start + dt.timedelta(days=day) for day in (-1, 0, 1, 2, 50, 51, 99, 100)]
    values = demand.predict(Horizon(tuple(edges)), members=1).values[:, 0]
    assert values[[0, 1]] == pytest.approx([0.0, 0.0])
    assert values[[2, 4, 6]] == pytest.approx([2000.0, 5000.0, 8000.0])


@given(st.floats(0.0, 1.0), st.integers(1, 60), st.integers(0, 1000))
def test_members_stay_between_minimum_and_contract(uncertainty: float, members: int, seed: int) -> None:
    """Whatever the doubt, no member leaves the bounds, and the median of an odd number is the plan."""
    demand = FabDemand(100.0, 10.0, minimum_load=600.0, contract=1500.0, uncertainty=uncertainty).fit(NOTHING)
    forecast = demand.predict(WEEK, members=members, seed=seed)
    assert forecast.values.min() >= 600.0 * 7 - 1e-6
    assert forecast.values.max() <= 1500.0 * 7 + 1e-6
    if members % 2:
        assert forecast.value("median")[0] == pytest.approx(7000.0)


def test_faulty_settings_are_all_named() -> None:
    recycling = DatedTable((dt.date(2026, 1, 1), dt.date(2027, 1, 1)), (0.5, 1.5))
    with pytest.raises(InputError) as caught:
        FabDemand(-1.0, 10.0, recycling=recycling, production_yield=0.0).fit(NOTHING)
    assert [str(finding) for finding in caught.value.findings] == [
        "production is out of its range; found -1; allowed: 0 or more",
        "2027-01-01: recycling is out of its range; found 1.5; allowed: 0 to 1",
        "production yield is out of its range; found 0; allowed: 0.01 to 1",
    ]


def test_minimum_above_contract_is_refused_on_its_day() -> None:
    contract = DatedTable((dt.date(2026, 3, 2), dt.date(2026, 3, 5)), (900.0, 500.0))
    with pytest.raises(InputError, match="2026-03-05: the minimum load is above the contract"):
        FabDemand(100.0, 10.0, minimum_load=600.0, contract=contract).fit(NOTHING).predict(WEEK)


def test_tables_by_date() -> None:
    """The first value holds before its date, each until the next, the last ever after."""
    table = DatedTable((dt.date(2026, 1, 10), dt.date(2026, 1, 20)), (1.0, 3.0))
    days = pd.DatetimeIndex(["2025-01-01", "2026-01-10", "2026-01-19", "2026-01-20", "2030-01-01"])
    assert table.at(days).tolist() == [1.0, 1.0, 1.0, 3.0, 3.0]
    with pytest.raises(InputError, match="do not rise"):
        DatedTable((dt.date(2026, 1, 2), dt.date(2026, 1, 1)), (1.0, 2.0))
    with pytest.raises(InputError, match="not complete"):
        DatedTable((), ())
