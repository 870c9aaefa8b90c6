"""A planner that is kept warm agrees with a fresh one, and hands HiGHS only what has changed."""

# ruff: noqa: ANN401 (Pyomo and the binding of HiGHS are untyped)

import datetime as dt
from typing import Any

import highspy
import numpy as np
import pytest

from gallery import GALLERY, START, Case, canal, case, days_before, make, zone
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.optimise.solve import Planner, solve
from waterbalance.plan.plan import Plan
from waterbalance.policy.presets import drought_practice


def basin(days: tuple[int, ...]) -> Case:
    """Two lakes, three zones, a river with travel time and wells with a licence."""
    numbers = np.random.default_rng(7)
    count = len(days)
    series = {
        ("upper lake", "inflow"): tuple(numbers.gamma(2, 2e4, count) * days),
        ("lower lake", "inflow"): tuple(numbers.gamma(2, 1e4, count) * days),
        ("near", "demand"): tuple(numbers.uniform(1e4, 4e4, count) * days),
        ("far", "demand"): tuple(numbers.uniform(2e4, 6e4, count) * days),
        ("town", "demand"): tuple(numbers.uniform(1e4, 2e4, count) * days),
    }
    return case(
        make(
            "reservoir", "upper lake", capacity=1e6, dead_storage=1e5, surface_area=1e5, evaporation_depth=0.005, spill_to="sea"
        ),
        make("river_reach", "river", source="upper lake", target="lower lake", travel_time=1.3, conveyance_loss=0.05),
        make("reservoir", "lower lake", capacity=8e5, dead_storage=1e5, spill_to="sea"),
        make("well_field", "wells", capacity=5e3, annual_limit=2e5, energy_per_volume=0.4),
        make("pipeline", "well pipe", source="wells", target="town"),
        make("pipeline", "main", source="lower lake", target="town"),
        make("household_supply", "town"),
        canal("upper lake", "near", capacity=3e4, conveyance_loss=0.1),
        canal("lower lake", "far", capacity=5e4, conveyance_loss=0.2),
        zone("near"),
        zone("far"),
        make("outfall", "sea"),
        days=days,
        stocks={("upper lake", "storage"): 5e5, ("lower lake", "storage"): 3e5},
        past={("river", "inflow"): days_before(2e4, 3e4), ("wells", "abstraction"): days_before(*[3e3] * 60)},
        series=series,
        policy=drought_practice(),
    )


def changed(forecasts: Forecasts, factor: float) -> Forecasts:
    """Other inflows, the same all else."""
    series = {
        key: Forecast(each.values * (factor if key[1] == "inflow" else 1.0), each.label) for key, each in forecasts.series.items()
    }
    return Forecasts(forecasts.horizon, series)


def same_goals(warm: Plan, cold: Plan, rel: float = 1e-9) -> None:
    size = sum(float(values.sum()) for key, values in cold.givens.items() if key[1] == "demand")
    assert [rank.name for rank in warm.ranks] == [rank.name for rank in cold.ranks]
    for one, other in zip(warm.ranks, cold.ranks, strict=True):
        assert one.value == pytest.approx(other.value, rel=rel, abs=rel * size), one.name


def test_changed_inflows() -> None:
    made = basin((*[1] * 14, *[10] * 6))
    planner = Planner(made.network)
    for factor in (1.0, 0.9, 1.3, 0.2, 1.0):
        forecasts = changed(made.forecasts, factor)
        same_goals(planner.plan(made.state, forecasts, made.policy), solve(made.network, made.state, forecasts, made.policy))


def test_day_after_day() -> None:
    """The horizon moves and the steps change their lengths: the matrix too."""
    made = basin((*[1] * 8, *[10] * 3))
    planner = Planner(made.network)
    state, forecasts = made.state, made.forecasts
    for _ in range(4):
        warm = planner.plan(state, forecasts, made.policy)
        same_goals(warm, solve(made.network, state, forecasts, made.policy))
        state, forecasts = warm.state_after(1), forecasts.from_step(1)


@pytest.mark.parametrize("name", GALLERY)
def test_the_gallery_twice(name: str) -> None:
    made = GALLERY[name]()
    planner = Planner(made.network)
    first = planner.plan(made.state, made.forecasts, made.policy)
    again = planner.plan(made.state, made.forecasts, made.policy)
    same_goals(again, first)
    same_goals(solve(made.network, made.state, made.forecasts, made.policy), first)


def test_only_vectors_go_to_the_solver_when_only_vectors_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    made = basin((*[1] * 5, 10))
    passed = []
    original = highspy.Highs.passModel

    def spy(highs: Any, *arguments: Any) -> Any:
        passed.append(len(arguments))
        return original(highs, *arguments)

    monkeypatch.setattr(highspy.Highs, "passModel", spy)
    planner = Planner(made.network)
    planner.plan(made.state, made.forecasts, made.policy)
    once = len(passed)
    planner.plan(made.state, changed(made.forecasts, 0.8), made.policy)
    assert (once, len(passed)) == (1, 1)
    # Another evaporation is another matrix.
    drier = made.forecasts.merged({("upper lake", "evaporation_depth"): Forecast(np.full((6, 1), 0.01), "drier")})
    planner.plan(made.state, drier, made.policy)
    assert len(passed) == 2


def test_twenty_days_in_one_plan_and_rolled_with_perfect_forecasts() -> None:
    """Demand is met at its full height only by a lake that is never short: there is one best plan, and rolling finds it."""
    count = 20
    numbers = np.random.default_rng(3)
    made = case(
        make("reservoir", "lake", capacity=1e6, seepage_rate=0.002),
        make("river_reach", "river", source="lake", target="gauge", travel_time=1.7, conveyance_loss=0.1),
        make("weir", "gauge"),
        make("pipeline", "intake", source="gauge", target="town"),
        make("river_reach", "rest", source="gauge", target="sea"),
        make("outfall", "sea"),
        make("household_supply", "town"),
        make("water_right", "right", subjects=("intake",), volume=1e5, window="year"),
        days=(1,) * count,
        stocks={("lake", "storage"): 5e5},
        past={("river", "inflow"): days_before(3e3, 3e3), ("intake", "inflow"): days_before(*[2e3] * 10)},
        series={("town", "demand"): tuple(numbers.uniform(1e3, 2.5e3, count))},
        policy=drought_practice(),
    )
    whole = solve(made.network, made.state, made.forecasts, made.policy)
    state, forecasts, delivered, consumed = made.state, made.forecasts, [], []
    planner = Planner(made.network)
    for day in range(count):
        plan = planner.plan(state, forecasts.from_step(day) if day else forecasts, made.policy)
        delivered.append(float(plan.values["town", "delivery"][0]))
        consumed.append(float(plan.values["town", "consumption"][0]))
        state = plan.state_after(1)
        assert state.day == START + dt.timedelta(days=day + 1)
    assert consumed == pytest.approx(whole.values["town", "consumption"].tolist(), rel=1e-6, abs=1e-2)
    used = sum(past.volume for past in state.past["intake", "inflow"])
    assert used == pytest.approx(2e4 + sum(delivered), rel=1e-6)
