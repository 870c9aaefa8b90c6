"""Joint operation of two unequal lakes: no oscillation of gates, and no water lost for it."""

import numpy as np
import pytest
from pydantic import ValidationError

from gallery import case, make, pipe
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan
from waterbalance.policy.presets import PRESETS, drought_practice

DAYS = 14


def two_lakes(*, tolerance: float, opening: tuple[float, float], preset: str = "drought_practice") -> Plan:
    """It rains on the one lake on even days and on the other one on odd days; a town draws on both."""
    even = np.arange(DAYS) % 2 == 0
    each = case(
        make("reservoir", "large", capacity=3e6, dead_storage=2e5),
        make("reservoir", "small", capacity=1e6),
        make("junction", "fork"),
        pipe("large", "fork"),
        pipe("small", "fork"),
        pipe("fork", "town"),
        make("household_supply", "town", demand=1e5),
        make("equal_fraction", "joint", reservoirs=("large", "small"), tolerance=tolerance),
        days=tuple([1] * DAYS),
        stocks={("large", "storage"): opening[0], ("small", "storage"): opening[1]},
        series={("large", "inflow"): tuple(15_000.0 * even), ("small", "inflow"): tuple(15_000.0 * ~even)},
        policy=PRESETS[preset](),
    )
    plan = solve(each.network, each.state, each.forecasts, each.policy)
    assert [str(finding) for finding in audit(plan, each.network, each.forecasts)] == []
    return plan


def turns(orders: np.ndarray) -> int:
    """How often orders rise after they fell, or fall after they rose."""
    changes = np.diff(orders)
    signs = np.sign(changes[np.abs(changes) > 1.0])
    return int((signs[1:] != signs[:-1]).sum())


def fractions(plan: Plan) -> np.ndarray:
    return np.array([(plan.values["large", "storage"] - 2e5) / 2.8e6, plan.values["small", "storage"] / 1e6])


@pytest.mark.parametrize("preset", PRESETS)
def test_gate_orders_do_not_alternate_with_the_rain(preset: str) -> None:
    calm = two_lakes(tolerance=0.02, opening=(2.3e6, 0.75e6), preset=preset)
    exact = two_lakes(tolerance=0.0, opening=(2.3e6, 0.75e6), preset=preset)
    assert turns(calm.values["large to fork", "inflow"]) == 0
    assert turns(exact.values["large to fork", "inflow"]) > DAYS / 2, "the rain would make them alternate"
    assert np.ptp(fractions(calm), axis=0).max() <= 2 * 0.02 + 1e-6
    assert np.ptp(fractions(exact), axis=0).max() <= 1e-3


def test_lakes_that_are_apart_are_brought_together_once_and_stay() -> None:
    plan = two_lakes(tolerance=0.02, opening=(2.6e6, 0.5e6))
    apart = np.ptp(fractions(plan), axis=0)
    assert apart[0] > 0.2
    assert (np.diff(apart)[apart[1:] > 0.05] < 0.03).all()
    assert apart[-1] < apart[0] - 0.1
    assert turns(plan.values["large to fork", "inflow"]) <= 1
    assert plan.values["large", "spill"].sum() == pytest.approx(0, abs=1)
    assert plan.values["town", "shortage"].sum() == pytest.approx(0, abs=1)


@pytest.mark.parametrize("reservoirs", [(), ("large",), ("large", "large")])
def test_one_lake_is_no_group(reservoirs: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="at least two reservoirs"):
        make("equal_fraction", "joint", reservoirs=reservoirs)


def test_the_presets_spill_nothing_to_make_lakes_equal() -> None:
    names = [goal.name for goal in drought_practice().goals]
    assert names.index("least spill and pumping") < names.index("equal storages")
