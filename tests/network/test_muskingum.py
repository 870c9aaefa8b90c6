"""Muskingum routing: the recursion with its three coefficients, and what holds for steps of any length."""

import numpy as np
import pytest
from pydantic import ValidationError

from gallery import Case, case, in_order, make, most
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan

WAVE = (10.0, 20, 50, 60, 55, 45, 35, 27, 20, 15, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10)
BASE = WAVE[0]


def routed_wave(travel_time: float, weighting: float, wave: tuple[float, ...], days: tuple[int, ...]) -> Plan:
    """A wave of these mean flows, after a steady flow of the first one."""
    reach: Case = case(
        make("weir", "weir"),
        make("river_reach", "river", source="weir", target="sea", travel_time=travel_time, weighting=weighting),
        make("outfall", "sea"),
        days=days,
        stocks={("river", "under_way"): travel_time * wave[0]},
        series={("weir", "inflow"): tuple(np.array(wave) * np.array(days))},
        policy=in_order(most("outflow")),
    )
    plan = solve(reach.network, reach.state, reach.forecasts, reach.policy)
    assert [str(finding) for finding in audit(plan, reach.network, reach.forecasts)] == []
    return plan


def classical(travel_time: float, weighting: float, wave: tuple[float, ...], days: float) -> list[float]:
    """O2 = C0 I2 + C1 I1 + C2 O1, as textbooks write it."""
    k, x = travel_time, weighting
    below = 2 * k * (1 - x) + days
    c0, c1, c2 = (days - 2 * k * x) / below, (days + 2 * k * x) / below, (2 * k * (1 - x) - days) / below
    outflow = [wave[0]]
    for earlier, later in zip((wave[0], *wave), wave, strict=False):
        outflow.append(c0 * later + c1 * earlier + c2 * outflow[-1])
    return outflow[1:]


@pytest.mark.parametrize(("travel_time", "weighting", "days"), [(2.0, 0.2, 1), (1.0, 0.0, 1), (1.0, 0.5, 1), (1.5, 0.25, 2)])
def test_equal_steps_give_the_classical_recursion(travel_time: float, weighting: float, days: int) -> None:
    plan = routed_wave(travel_time, weighting, WAVE, (days,) * len(WAVE))
    expected = np.array(classical(travel_time, weighting, WAVE, days)) * days
    assert plan.values["river", "outflow"] == pytest.approx(expected, rel=1e-6, abs=1e-4)


@pytest.mark.parametrize(
    ("travel_time", "weighting", "days"),
    [
        (8.0, 0.4, (1,) * 80),
        (0.3, 0.2, (1,) * 20),
        (2.0, 0.3, (*(1,) * 9, 10, 5, 1, 1, 10, 11, 10, 10, 10)),
        (3.0, 0.0, (*(2,) * 5, 10, 1, 1, 10, 10, 10, 10, 10, 10)),
    ],
)
def test_at_any_length_of_step_no_water_is_lost_and_no_wave_turns_negative(
    travel_time: float, weighting: float, days: tuple[int, ...]
) -> None:
    wave = tuple(WAVE[t] if t < len(WAVE) else BASE for t in range(len(days)))
    plan = routed_wave(travel_time, weighting, wave, days)
    flow = plan.values["river", "outflow"] / np.array(days)
    assert flow.min() >= BASE - 1e-4
    assert flow.max() < max(wave)
    kept = plan.values["river", "under_way"][-1] - travel_time * BASE
    assert plan.values["river", "outflow"].sum() + kept == pytest.approx(plan.values["river", "inflow"].sum(), rel=1e-9)


@pytest.mark.parametrize(("travel_time", "weighting"), [(2.0, 0.2), (4.0, 0.4), (0.4, 0.3)])
def test_the_travel_time_is_the_mean_delay(travel_time: float, weighting: float) -> None:
    steps = 80
    wave = (BASE, 100.0, *[BASE] * (steps - 2))
    plan = routed_wave(travel_time, weighting, wave, (1,) * steps)
    more = plan.values["river", "outflow"] - BASE
    assert more.sum() == pytest.approx(90, rel=1e-6)
    assert (more @ np.arange(steps)) / more.sum() - 1 == pytest.approx(travel_time, rel=1e-4)


def test_a_weighting_that_routing_cannot_use_is_refused() -> None:
    with pytest.raises(ValidationError, match="makes waves grow"):
        make("river_reach", "river", source="weir", target="sea", travel_time=1, weighting=0.6)
    with pytest.raises(ValidationError, match="needs a travel_time"):
        make("river_reach", "river", source="weir", target="sea", weighting=0.2)
