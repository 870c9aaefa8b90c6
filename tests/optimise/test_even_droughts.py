"""Equity over users and over the season: what shares the same water comes out equal, and nothing else is drawn in."""

import datetime as dt

import numpy as np
import pytest

from waterbalance.forecast.forecast import Forecasts
from waterbalance.horizon import plan_horizon
from waterbalance.network.component import Component
from waterbalance.network.components.canal import Canal
from waterbalance.network.components.irrigation_zone import IrrigationZone
from waterbalance.network.components.outfall import Outfall
from waterbalance.network.components.reservoir import Reservoir
from waterbalance.network.components.river_reach import RiverReach
from waterbalance.network.network import Network
from waterbalance.network.state import State
from waterbalance.optimise.solve import solve
from waterbalance.plan.plan import Plan
from waterbalance.policy.goal import Goal, Policy, Term
from waterbalance.policy.presets import drought_practice

START = dt.date(2026, 2, 1)
HORIZON = plan_horizon(START, last_day=dt.date(2026, 4, 30))
DAYS = float(HORIZON.days.sum())


def lake(storage_days: float) -> tuple[list[Component], dict[tuple[str, str], float]]:
    """A lake with so many days' worth of 100 a day, and a field that asks for that."""
    parts: list[Component] = [
        Reservoir(name="lake", capacity=1e6),
        Canal(name="canal", source="lake", target="fields"),
        IrrigationZone(name="fields", area=1e4, demand=100.0),
    ]
    return parts, {("lake", "storage"): 100.0 * storage_days}


def ratios(plan: Plan, user: str, demand: float) -> np.ndarray:
    return plan.values[user, "shortage"] / (demand * HORIZON.days)


def test_a_drought_is_spread_over_the_season() -> None:
    parts, stocks = lake(0.56 * DAYS)
    plan = solve(Network.of(parts), State(START, stocks), Forecasts(HORIZON), drought_practice())
    assert ratios(plan, "fields", 100.0) == pytest.approx(0.44, abs=0.01)


def test_nobody_is_cut_for_the_sake_of_a_user_whom_the_water_cannot_reach() -> None:
    parts, stocks = lake(0.6 * DAYS)
    apart = [
        Reservoir(name="pond", capacity=1e6),
        Canal(name="ditch", source="pond", target="garden"),
        IrrigationZone(name="garden", area=1e3, demand=10.0),
    ]
    stocks["pond", "storage"] = 0.3 * 10.0 * DAYS
    plan = solve(Network.of([*parts, *apart]), State(START, stocks), Forecasts(HORIZON), drought_practice())
    assert ratios(plan, "fields", 100.0) == pytest.approx(0.4, abs=0.01)
    assert ratios(plan, "garden", 10.0) == pytest.approx(0.7, abs=0.01)


def test_a_weight_divides_the_ratio() -> None:
    parts, stocks = lake(0.0)
    parts += [Canal(name="other canal", source="lake", target="other"), IrrigationZone(name="other", area=1e4, demand=100.0)]
    stocks["lake", "storage"] = 1.4 * 100.0 * DAYS
    terms = (Term(measure="shortage", components=("fields",), weight=2.0), Term(measure="shortage", components=("other",)))
    policy = Policy(goals=(Goal(name="both", terms=terms, equity=True),))
    plan = solve(Network.of(parts), State(START, stocks), Forecasts(HORIZON), policy)
    assert ratios(plan, "fields", 100.0) == pytest.approx(0.2, abs=0.01)
    assert ratios(plan, "other", 100.0) == pytest.approx(0.4, abs=0.01)


def test_a_lake_is_not_run_out_to_the_sea() -> None:
    parts, stocks = lake(200.0)
    parts += [RiverReach(name="river", source="lake", target="sea"), Outfall(name="sea")]
    plan = solve(Network.of(parts), State(START, stocks), Forecasts(HORIZON), drought_practice())
    assert plan.values["sea", "outflow"].sum() == pytest.approx(0.0, abs=1.0)
    assert plan.values["lake", "storage"][-1] == pytest.approx(100.0 * (200.0 - DAYS), abs=2.0)
