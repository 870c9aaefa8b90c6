"""Surfaces by survey: against an integration of the same pool, and at the ends where a formula breaks down."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.integrate import solve_ivp

from gallery import Case, canal, case, in_order, least, make, zone
from gallery.reservoirs import FUNNEL, PRISM
from waterbalance.network.component import Component
from waterbalance.optimise import revise
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan

CONE = tuple({"level": level, "area": np.pi * level**2, "volume": np.pi * level**3 / 3} for level in np.linspace(0.0, 20.0, 81))
"""A cone that is as wide as it is deep, surveyed every 25 cm."""


def lone_lake(storage: float, days: tuple[int, ...], **fields: object) -> Case:
    return case(
        make("reservoir", "lake", **fields),
        canal("lake", "zone"),
        zone(),
        days=days,
        stocks={("lake", "storage"): storage},
        policy=in_order(least("spill")),
    )


def planned(each: Case) -> Plan:
    plan = solve(each.network, each.state, each.forecasts, each.policy)
    assert [str(finding) for finding in audit(plan, each.network, each.forecasts)] == []
    return plan


def test_a_cone_falls_by_the_depth_that_evaporates() -> None:
    """dV/dt = -depth x area and dV = area x d(level): the level falls evenly, however the area shrinks."""
    depth, days = 0.02, (*[1] * 14, *[10] * 6)
    plan = planned(
        lone_lake(np.pi * 15**3 / 3, days, capacity=CONE[-1]["volume"], level_area_volume=CONE, evaporation_depth=depth)
    )
    assert plan.values["lake", "level"] == pytest.approx(15 - depth * np.cumsum(days), abs=2e-3)
    assert plan.passes > 1


def test_a_pool_that_is_fed_and_dries_is_that_of_an_integrator() -> None:
    """Seasonal evaporation, rain and inflow on a wide flat bed; the integrator takes steps as small as it likes."""
    days = (*[1] * 14, *[10] * 8)
    edges = np.concatenate([[0.0], np.cumsum(days)])
    middle = (edges[1:] + edges[:-1]) / 2
    evaporation, rain, inflow = 0.03 + 0.02 * np.sin(middle / 15), 0.01 * (middle > 40), 2.0 + np.cos(middle / 9)
    fields = {"capacity": 1000.0, "level_area_volume": FUNNEL}
    each = case(
        make("reservoir", "lake", **fields),
        canal("lake", "zone"),
        zone(),
        days=days,
        stocks={("lake", "storage"): 700.0},
        series={
            ("lake", "evaporation_depth"): tuple(evaporation * days),
            ("lake", "rainfall_depth"): tuple(rain * days),
            ("lake", "inflow"): tuple(inflow * days),
        },
        policy=in_order(least("spill")),
    )

    def change(time: float, volume: np.ndarray) -> np.ndarray:
        step = min(int(np.searchsorted(edges, time, side="right")) - 1, len(days) - 1)
        return inflow[step] + (rain[step] - evaporation[step]) * (50 + volume / 10)

    exact, storage = [], 700.0
    for start, end in pairwise(edges):
        storage = float(solve_ivp(change, (start, end - 1e-9), [storage], rtol=1e-10, atol=1e-8).y[0, -1])
        exact.append(storage)
    difference = planned(each).values["lake", "storage"] - exact
    # The trapezoidal rule is of second order: loss per step / 12 squared; a hundredth of the first order's error.
    assert np.abs(difference).max() < 0.02
    assert np.ptp(exact) > 1


def test_a_lake_dries_out_and_never_goes_below_zero() -> None:
    """A cubic metre a day is lost while the bed is wet; below a hundredth of the capacity the rest lingers."""
    plan = planned(lone_lake(15, (*[1] * 10, 10, 10), capacity=1000, level_area_volume=PRISM, evaporation_depth=0.01))
    storage = plan.values["lake", "storage"]
    assert storage[:5] == pytest.approx(15 - np.arange(1, 6), rel=1e-5)
    assert (storage >= 0).all()
    assert (np.diff(storage) <= 0).all()
    assert storage[-1] == pytest.approx(0.0, abs=3)


def test_the_dead_pool_evaporates_too() -> None:
    """Nothing can be taken from below 100, but the sun takes a cubic metre a day."""
    plan = planned(lone_lake(100, (1, 1, 10), capacity=1000, dead_storage=100, level_area_volume=PRISM, evaporation_depth=0.01))
    assert plan.values["lake", "storage"] == pytest.approx([99, 98, 88], rel=1e-5)
    assert plan.values["lake", "below_dead_storage"] == pytest.approx([1, 2, 12], rel=1e-4)


def test_all_of_a_puddle_may_go_in_one_step() -> None:
    """Ten days of 2 m on a lake 1 m deep: all of it evaporates, and none that was not there."""
    plan = planned(lone_lake(100, (10, 10), capacity=1000, level_area_volume=PRISM, evaporation_depth=0.2))
    assert plan.values["lake", "storage"] == pytest.approx([0, 0], abs=1e-3)
    assert plan.values["lake", "evaporation"] == pytest.approx([100, 0], abs=1e-3)


def test_a_surface_that_does_not_settle_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revise, "MOST_PASSES", 1)
    each = lone_lake(400, (1, 10), capacity=1000, level_area_volume=FUNNEL, evaporation_depth=0.02)
    plan = solve(each.network, each.state, each.forecasts, each.policy)
    # Roughly and then finely, each time one pass and one repetition.
    assert (plan.passes, len(plan.notes)) == (4, 1)
    assert plan.notes[0].startswith("values that depend on the last pass had not settled after 1 passes; lake.surface")
    assert plan.notes[0].endswith("%")
    # By hand: 0.02 m a day on 50 + mean / 10, less what the plan evaporates.
    storage = plan.values["lake", "storage"]
    mean = (np.array([400, storage[0]]) + storage) / 2
    own = 0.02 * np.array([1, 10]) * (50 + mean / 10)
    assert plan.values["lake", "surface_error"] == pytest.approx(own - plan.values["lake", "evaporation"], abs=1e-9)
    assert np.abs(plan.values["lake", "surface_error"]).max() > 1e-3
    monkeypatch.undo()
    settled = planned(each)
    assert settled.values["lake", "surface_error"] == pytest.approx(0, abs=1e-4 * own.max())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"level_area_volume": PRISM, "capacity": 2000}, "below the capacity"),
        ({"level_area_volume": PRISM, "surface_area": 10}, "say the same"),
        ({"level_area_volume": PRISM[:1]}, "not complete"),
        ({"level_area_volume": PRISM[::-1]}, "levels do not rise"),
        ({"full_supply_level": 105}, "needs a survey"),
        ({"level_area_volume": PRISM, "full_supply_level": 120}, "within the survey: 100 to 110"),
        ({"seepage_rate": 2}, "less than or equal to 1"),
    ],
)
def test_a_survey_that_is_none_is_refused(fields: Mapping[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        make("reservoir", "lake", **{"capacity": 1000, **fields})


def test_seepage_takes_no_more_than_there_is() -> None:
    plan = planned(lone_lake(100, (1, 10), capacity=1000, seepage_rate=0.5))
    assert plan.values["lake", "storage"] == pytest.approx([50, 0])


def test_a_day_by_day_balance_by_hand_agrees() -> None:
    """An explicit balance in steps of a hundredth of a day, with a town that draws: second truth, no shared code."""
    lake: Component = make("reservoir", "lake", capacity=CONE[-1]["volume"], level_area_volume=CONE, evaporation_depth=0.01)
    each = case(
        lake,
        canal("lake", "zone"),
        zone(demand=100),
        days=tuple([1] * 14),
        stocks={("lake", "storage"): 5000.0},
        policy=in_order(least("shortage"), least("spill")),
    )
    volume = 5000.0
    for _ in range(1400):
        volume -= (100 + 0.01 * np.pi * (3 * volume / np.pi) ** (2 / 3)) / 100
    assert planned(each).values["lake", "storage"][-1] == pytest.approx(volume, rel=1e-4)


def test_two_funnels_lose_the_same_wherever_the_water_stands() -> None:
    """Both surfaces together are 100 + (all that is stored) / 10: dV/dt = -depth (100 + V / 10), whoever holds what.

    Dead storages keep both beds wet, for a dry one loses nothing.
    """
    depth, days, stored = 0.02, (*[1] * 14, *[10] * 6), np.array([500.0, 400.0])
    fields = {
        "capacity": 1000,
        "dead_storage": 100,
        "storage_target": 1000,
        "level_area_volume": FUNNEL,
        "evaporation_depth": depth,
    }
    each = case(
        make("reservoir", "left", **fields),
        make("reservoir", "right", **fields),
        make("pipeline", "between", source="left", target="right", capacity=40, two_way=True),
        canal("left", "zone"),
        zone(),
        days=days,
        stocks={("left", "storage"): stored[0], ("right", "storage"): stored[1]},
        policy=in_order(least("below_dead_storage"), least("target_shortfall"), least("spill")),
    )
    plan = planned(each)
    exact = (stored.sum() + 1000) * np.exp(-depth * np.cumsum(days) / 10) - 1000
    assert plan.notes == ()
    assert plan.values["left", "storage"] + plan.values["right", "storage"] == pytest.approx(exact, abs=0.1)


def test_levels_are_reported_with_their_unit() -> None:
    each = lone_lake(400, (1, 10), capacity=1000, level_area_volume=FUNNEL)
    frame = planned(each).to_frame()
    assert set(frame[frame["quantity"] == "level"]["unit"]) == {"m"}
