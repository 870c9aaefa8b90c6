"""Outlets and spillways against an integration of the same pool; floods that leave no room; ratings that are none."""

from collections.abc import Mapping

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.integrate import solve_ivp

from gallery import Case, canal, case, in_order, least, make, pipe, zone
from gallery.reservoirs import PRISM
from waterbalance.network.network import Network
from waterbalance.network.topology import check_network
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan
from waterbalance.policy.presets import drought_practice

WEIR = tuple({"level": 106 + head, "release": 40 * head**1.5} for head in np.linspace(0, 4, 17))
"""40 h^1.5 cubic metres a day over a crest at 106 m."""


def planned(each: Case) -> Plan:
    plan = solve(each.network, each.state, each.forecasts, each.policy)
    assert [str(finding) for finding in audit(plan, each.network, each.forecasts)] == []
    assert plan.notes == ()
    return plan


def integrated(change: object, storage: float, days: tuple[int, ...]) -> np.ndarray:
    """Storage at the end of each step, by steps as small as the integrator likes."""
    ends = np.cumsum(days)
    return solve_ivp(change, (0, ends[-1]), [storage], t_eval=ends, rtol=1e-9, atol=1e-9, max_step=0.05).y[0]


def test_two_gates_that_run_dry_one_after_the_other() -> None:
    """A fast low gate and a high one drain a lake for a season; every step but the last is limited by the level."""
    days = (*[1] * 14, *[10] * 4)
    each = case(
        make("reservoir", "lake", capacity=1000, level_area_volume=PRISM, inflow=10),
        make("outlet", "low", source="lake", rating=({"level": 102, "release": 0}, {"level": 110, "release": 160})),
        make("outlet", "high", source="lake", rating=({"level": 105, "release": 0}, {"level": 110, "release": 250})),
        canal("low", "zone"),
        pipe("high", "town"),
        zone(demand=1000),
        make("household_supply", "town", demand=1000),
        days=days,
        stocks={("lake", "storage"): 1000},
        # Both gates stand open from the first day on.
        policy=in_order(least("spill"), least("storage")),
    )
    plan = planned(each)
    exact = integrated(lambda _, volume: 10 - 0.2 * np.maximum(0, volume - 200) - 0.5 * np.maximum(0, volume - 500), 1000, days)
    # What remains is the substep in which a gate falls dry.
    assert plan.values["lake", "storage"] == pytest.approx(exact, abs=0.5)
    assert plan.values["high", "release"][-1] == pytest.approx(0, abs=1e-6)
    assert plan.passes < 10


def test_a_flood_over_a_weir_is_that_of_an_integrator() -> None:
    days = tuple([1] * 14)
    inflow = np.array([50.0, 150, 350, 200, 80, 30, *[10] * 8])
    each = case(
        make(
            "reservoir",
            "lake",
            capacity=600,
            flood_pool=400,
            level_area_volume=PRISM,
            spillway=WEIR,
            uncontrolled_spillway=True,
            spill_to="sea",
        ),
        make("outfall", "sea"),
        days=days,
        stocks={("lake", "storage"): 560},
        series={("lake", "inflow"): tuple(inflow)},
    )

    def change(time: float, volume: np.ndarray) -> np.ndarray:
        head = np.maximum(0.0, volume / 100 - 6)
        return inflow[min(int(time), 13)] - 40 * head**1.5

    exact = integrated(change, 560, days)
    assert exact.max() > 750
    # The rating has a row every 25 cm, and a chord lies above the curve by up to 0.6 m3/day: the pool stands a little lower.
    assert planned(each).values["lake", "storage"] == pytest.approx(exact, abs=2.5)


@pytest.mark.parametrize("uncontrolled", [True, False])
@pytest.mark.parametrize("opening", [500, 640, 700])
def test_what_no_spillway_passes_goes_over_the_dam(opening: float, uncontrolled: bool) -> None:
    """The dam is full at 650: whatever is found and comes, there is a plan, and it says what goes over the top."""
    each = case(
        make(
            "reservoir",
            "lake",
            capacity=600,
            flood_pool=50,
            spillway=({"storage": 600, "release": 0}, {"storage": 650, "release": 20}),
            uncontrolled_spillway=uncontrolled,
            spill_to="sea",
        ),
        make("outfall", "sea"),
        days=(1, 1, 10),
        stocks={("lake", "storage"): opening},
        series={("lake", "inflow"): (300, 300, 0)},
    )
    plan = planned(each)
    assert plan.values["lake", "storage"][:2] == pytest.approx([650, 650], abs=0.01)
    assert plan.values["lake", "overtopping"][1] == pytest.approx(300 - 20, abs=1)
    assert plan.values["lake", "overtopping"][2] == pytest.approx(0, abs=0.01)
    assert plan.values["sea", "outflow"].sum() == pytest.approx(opening + 600 - plan.values["lake", "storage"][-1])


@pytest.mark.parametrize("fields", [{}, {"spillway": WEIR}, {"flood_pool": 50, "spillway": WEIR}, {"flood_pool": 50}])
def test_silt_that_leaves_less_room_than_is_stored_still_has_a_plan(fields: Mapping[str, object]) -> None:
    each = case(
        make("reservoir", "lake", capacity=600, level_area_volume=PRISM, full_supply_level=106, spill_to="sea", **fields),
        make("outfall", "sea"),
        days=(1, 1, 10),
        stocks={("lake", "storage"): 560},
        series={("lake", "capacity"): (600, 500, 300)},
    )
    plan = planned(each)
    assert plan.values["lake", "storage"][0] == pytest.approx(560, abs=0.01)
    assert (plan.values["lake", "storage"][1:] <= np.array([550, 350]) + 0.01).all()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (({"level": 102, "release": 0},), "at least two rows"),
        (({"level": 102, "release": 0}, {"storage": 800, "release": 10}), "either by level or by storage"),
        (({"level": 102, "release": 0}, {"level": 101, "release": 10}), "levels of a rating must rise"),
        (({"level": 102, "release": 10}, {"level": 103, "release": 0}), "releases of a rating must rise"),
        (({"release": 10}, {"level": 103, "release": 20}), "needs a level or a storage"),
    ],
)
def test_a_rating_that_is_none_is_refused(rows: tuple[Mapping[str, float], ...], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        make("outlet", "gate", source="lake", rating=rows)
    with pytest.raises(ValidationError, match=message):
        make("reservoir", "lake", capacity=1000, level_area_volume=PRISM, spillway=rows)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"uncontrolled_spillway": True}, "needs its rating"),
        ({"spillway": WEIR, "level_area_volume": ()}, "needs a survey"),
        ({"spillway": ({"level": 90, "release": 0}, {"level": 120, "release": 1})}, "outside the survey"),
    ],
)
def test_a_spillway_that_does_not_fit_is_refused(fields: Mapping[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        make("reservoir", "lake", **{"capacity": 1000, "level_area_volume": PRISM, **fields})


@pytest.mark.parametrize(
    ("lake", "rating", "what"),
    [
        (make("reservoir", "lake", capacity=1000), WEIR, "the reservoir has no survey"),
        (make("weir", "lake"), WEIR, "what is no reservoir"),
        (
            make("reservoir", "lake", capacity=1000, level_area_volume=PRISM),
            ({"level": 99, "release": 0}, {"level": 105, "release": 9}),
            "outside the reservoir's survey",
        ),
    ],
)
def test_an_outlet_that_does_not_fit_its_source_is_a_finding(
    lake: object, rating: tuple[Mapping[str, float], ...], what: str
) -> None:
    network = Network.of([lake, make("outlet", "gate", source="lake", rating=rating), canal("gate", "zone"), zone()])
    findings = [finding for finding in check_network(network) if finding.where.component == "gate"]
    assert [what in finding.what for finding in findings] == [True]
    assert findings[0].remedy


def test_gates_that_could_empty_the_flood_pool_do_not_keep_it_from_running_over() -> None:
    """A gate could draw the pool down to its crest by the evening; while it stands above, water runs over the crest too."""
    each = case(
        make(
            "reservoir",
            "lake",
            capacity=600,
            flood_pool=400,
            spillway=({"storage": 600, "release": 0}, {"storage": 1000, "release": 200}),
            uncontrolled_spillway=True,
        ),
        make("outlet", "gate", source="lake", rating=({"storage": 0, "release": 100}, {"storage": 1000, "release": 100})),
        make("river_reach", "river", source="gate", target="sea"),
        make("outfall", "sea"),
        days=(1, 1),
        stocks={("lake", "storage"): 700},
        policy=in_order(least("unrated_spill"), least("flood_storage"), least("spill")),
    )
    plan = planned(each)
    assert plan.values["lake", "storage"] == pytest.approx([600, 600], abs=0.1)
    # y' = -gate - y / 2 from 100 down to 0 at the end of the day: gate = 50 / (exp(1 / 2) - 1), and the rest ran over.
    gate = 50 / (np.exp(0.5) - 1)
    assert plan.values["gate", "release"][0] == pytest.approx(gate, abs=0.1)
    assert plan.values["lake", "spill"] == pytest.approx([100 - gate, 0], abs=0.1)


def test_a_lake_that_is_drawn_to_its_sill_settles() -> None:
    """A long drawdown through a fast low gate with evaporation settles step after step, without a note."""
    each = case(
        make("reservoir", "lake", capacity=1000, level_area_volume=PRISM, evaporation_depth=0.02, inflow=3),
        make("outlet", "low", source="lake", rating=({"level": 101, "release": 0}, {"level": 110, "release": 300})),
        canal("low", "zone"),
        zone(demand=12),
        days=(*[1] * 14, *[10] * 12),
        stocks={("lake", "storage"): 700},
        policy=drought_practice(),
    )
    plan = planned(each)
    assert plan.passes <= 24
    assert plan.values["low", "release"][-1] < 12 * 10
