"""Test models of Ribasim, planned here: what its own tests assert, where our physics has it.

Levels are storages here: the basins are cylinders. Flows that only follow from the difference of two levels are not ours.
"""

import datetime as dt
import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gallery import START, case, in_order, least, make, most, pipe
from waterbalance.errors import NoPlanError
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.horizon import Horizon
from waterbalance.network.state import State
from waterbalance.optimise.solve import Planner, solve
from waterbalance.plan.audit import audit
from waterbalance.policy.goal import Policy
from written_scenario import best, plan_folder, write_scenario

DAY = 86_400.0
LITRES_A_DAY = 5e-8
"""[m3/s]"""
MODELS = "ribasim_testmodels_v2025.5.0"


def expected(shared: Path, case_id: str) -> Any:  # noqa: ANN401 (whatever the file holds)
    """What others found."""
    cases = json.loads((shared / "cases" / "rtc" / "cases.json").read_text(encoding="utf-8"))["cases"]
    return next(each["expected"] for each in cases if each["id"] == case_id)


def table(shared: Path, model: str, name: str, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of a table of a model, in the order of its rows."""
    path = shared / "cases" / "rtc" / MODELS / model / "database.gpkg"
    wanted = ", ".join(f'"{column}"' for column in columns)
    database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        return database.execute(f'SELECT {wanted} FROM "{name}" ORDER BY rowid').fetchall()  # noqa: S608 (names of this file)
    finally:
        database.close()


def test_fair_distribution(shared: Path, tmp_path: Path) -> None:
    """25 users with rising demands share half of what they ask for, each in the same ratio."""
    demands = {
        f"user{node}": demand for node, demand in table(shared, "fair_distribution", "UserDemand / static", "node_id", "demand")
    }
    components: dict[str, dict[str, object]] = {"basin": {"type": "reservoir", "capacity": "10000 m3"}}
    for user, demand in demands.items():
        components[user] = {"type": "industry", "demand": f"{demand!r} m3/s"}
        components[f"pipe-{user}"] = {"type": "pipeline", "source": "basin", "target": user}
    folder = write_scenario(
        tmp_path / "fair",
        1,
        components,
        [least("shortage", "industry", equity=True)],
        storages={"basin": "1000 m3"},
    )
    plan = plan_folder(folder)
    says = expected(shared, "ribasim_fair_distribution")
    delivered = {user: plan.values[user, "delivery"][0] for user in demands}
    ratios = np.array([delivered[user] / (demand * DAY) for user, demand in demands.items()])
    assert len(ratios) == 25
    assert ratios == pytest.approx(np.full(25, says["allocated_over_demand_each"]), abs=1e-6)
    assert sum(delivered.values()) == pytest.approx(says["total_allocated_m3"], rel=1e-6)


def test_fairness_counterexample(shared: Path) -> None:
    """A narrow canal holds A back; B and C share the rest evenly, and not anyhow."""
    says, unit = expected(shared, "fairness_counterexample")["progressive_filling"], 1e6
    shared_source = case(
        make("well_field", "wells", capacity=0.2 * unit),
        make("well_field", "shared wells", capacity=0.8 * unit),
        pipe("wells", "A"),
        pipe("shared wells", "B"),
        pipe("shared wells", "C"),
        *(make("industry", name, demand=unit) for name in "ABC"),
        days=(1,),
        policy=Policy(goals=(least("shortage", "industry", equity=True),), equity_tolerance=1e-9),
    )
    plan = solve(shared_source.network, shared_source.state, shared_source.forecasts, shared_source.policy)
    assert {name: plan.values[name, "delivery"][0] / unit for name in says} == pytest.approx(says, rel=1e-6)


LEVEL_DEMAND = Planner(
    case(
        make("reservoir", "basin", capacity=10_000),
        pipe("basin", "user"),
        make("irrigation_zone", "user", area=1e4, demand=1.5e-3 * DAY, return_fraction=0.2, return_to="other basin"),
        make("reservoir", "other basin", capacity=10_000),
        days=(1,),
    ).network
)
LEVEL_FIRST = in_order(least("target_shortfall"), least("spill"), least("shortage", "agriculture"))


def level_demand_forecasts(days: int, first: int = 0) -> Forecasts:
    """Inflow and rain on the basin, until the rain stops after 15 days; 1000 m3 are wanted at the end of every day."""
    edges = tuple(START + dt.timedelta(days=first + number) for number in range(days + 1))
    inflow = [(1e-3 + (1e-3 if number < 15 else 0.0)) * DAY for number in range(first, first + days)]
    series = {("basin", "inflow"): inflow, ("basin", "storage_target"): [1000.0] * days}
    return Forecasts(Horizon(edges), {key: Forecast(np.array(values)[:, None], "theirs") for key, values in series.items()})


def test_level_demand_one_step_at_a_time(shared: Path) -> None:
    """The level before the user: it fills, the user takes up to its demand, the surplus is used up, then only the inflow.

    Goals may give way by a ten-millionth of the largest volume, some litres a day, and a roll adds them up.
    """
    says = expected(shared, "ribasim_level_demand_stages")
    state = State(START, {("basin", "storage"): 500.0, ("other basin", "storage"): 500.0})
    storage, flow, missed = [500.0], [], 0.0
    for day in range(31):
        plan = LEVEL_DEMAND.plan(state, level_demand_forecasts(1, day), LEVEL_FIRST)
        assert audit(plan, LEVEL_DEMAND.network) == ()
        storage.append(plan.values["basin", "storage"][0])
        flow.append(plan.values["user", "delivery"][0] / DAY)
        missed += best(plan, "target_shortfall")
        state = plan.state_after(1)
    for day in (2, 3, 15, 27):
        assert storage[day] == pytest.approx(says[f"storage_day{day}"], rel=1e-5), day
    assert storage[28:] == pytest.approx([says["storage_after_day27"]] * 4, rel=1e-5)
    assert flow[:2] == pytest.approx([says["user_flow_day0_2"]] * 2, abs=LITRES_A_DAY)
    assert flow[2] == pytest.approx(says["user_flow_day3_mean"], abs=LITRES_A_DAY)
    assert flow[3:27] == pytest.approx([says["user_flow_stage3_4"]] * 24, abs=LITRES_A_DAY)
    assert flow[27:] == pytest.approx([says["user_flow_after_day27"]] * 4, abs=LITRES_A_DAY)
    opening = State(START, {("basin", "storage"): 500.0, ("other basin", "storage"): 500.0})
    whole = LEVEL_DEMAND.plan(opening, level_demand_forecasts(31), LEVEL_FIRST)
    assert best(whole, "target_shortfall") == pytest.approx(missed, rel=1e-6)
    assert best(whole, "shortage agriculture") == pytest.approx(31 * 1.5e-3 * DAY - sum(flow) * DAY, rel=1e-5)


def test_drain_surplus(shared: Path) -> None:
    """What is above 5 m goes through the outlet, as fast as that can: the rest is kept like a dead pool."""
    says, level = expected(shared, "ribasim_drain_surplus"), 100.0
    surplus = case(
        make("reservoir", "basin", capacity=12 * level, dead_storage=5 * level),
        pipe("basin", "terminal", capacity=1e-3 * DAY),
        make("outfall", "terminal"),
        days=(1,) * 31,
        stocks={("basin", "storage"): 10 * level},
        policy=in_order(least("below_dead_storage"), least("spill"), least("storage")),
    )
    plan = solve(surplus.network, surplus.state, surplus.forecasts, surplus.policy)
    flow = plan.values["basin to terminal", "inflow"]
    assert flow[:5] / DAY == pytest.approx([says["outlet_flow_first_5_days"]] * 5, rel=1e-5)
    assert flow[:6].sum() / says["outlet_flow_first_5_days"] == pytest.approx(says["time_to_target_s"], rel=1e-5)
    assert plan.values["basin", "storage"][5:] / level == pytest.approx([says["level_from_day6"]] * 26, rel=1e-5)


def test_subnetwork(shared: Path, tmp_path: Path) -> None:
    """All three users have what they ask for in the first step; their pump runs full, as the most of ours does."""
    says = expected(shared, "ribasim_subnetwork_solve")
    demands = table(shared, "subnetwork", "UserDemand / static", "node_id", "demand", "return_factor", "demand_priority")
    links = table(shared, "subnetwork", "Link", "from_node_id", "to_node_id")
    basins, users = (2, 6, 8), tuple(node for node, *_ in demands)
    classes = {1: "household_supply", 2: "industry"}
    components: dict[str, dict[str, object]] = {
        "boundary": {"type": "weir", "inflow": "4.5 m3/s"},
        "inlet": {"type": "river_reach", "source": "boundary", "target": "node2"},
        "pump": {"type": "pipeline", "source": "node2", "target": "node6", "capacity": "4 m3/s"},
        "terminal4": {"type": "outfall"},
        "terminal9": {"type": "outfall"},
        "outlet3": {"type": "pipeline", "source": "node2", "target": "terminal4", "capacity": "3 m3/s"},
        "outlet7": {"type": "pipeline", "source": "node6", "target": "node8", "capacity": "3 m3/s"},
        "outlet13": {"type": "pipeline", "source": "node6", "target": "terminal9", "capacity": "3 m3/s"},
        **{f"node{basin}": {"type": "reservoir", "capacity": "10 Mm3"} for basin in basins},
    }
    for node, demand, returned, priority in demands:
        source = next(upper for upper, lower in links if lower == node)
        back = next(lower for upper, lower in links if upper == node)
        components[f"user{node}"] = {
            "type": classes[priority],
            "demand": f"{demand} m3/s",
            "return_fraction": returned,
            "return_to": f"node{back}",
        }
        components[f"pipe{node}"] = {"type": "pipeline", "source": f"node{source}", "target": f"user{node}"}
    goals = [
        least("shortage", "domestic"),
        least("shortage", "industry"),
        least("spill"),
        most("throughput").model_copy(
            update={"terms": (most("throughput").terms[0].model_copy(update={"components": ("pump",)}),)}
        ),
    ]
    storages = {f"node{basin}": "1000000 m3" for basin in basins}
    plan = plan_folder(write_scenario(tmp_path / "subnetwork", 1, components, goals, storages=storages))
    short = {f"user{node}": plan.values[f"user{node}", "shortage"][0] for node in users}
    assert says["all_demands_allocated"]
    assert short == pytest.approx(dict.fromkeys(short, 0.0), abs=0.1)
    assert plan.values["user12", "return_flow"][0] / DAY == pytest.approx(says["flow_user12_return"], rel=1e-6)
    assert plan.values["pump", "inflow"][0] / DAY == pytest.approx(says["flow_pump"], rel=1e-6)


def test_flow_demand(shared: Path, tmp_path: Path) -> None:
    """The rating curve gives 0.002 m3/s at its level of 2 m, which is all that the flow demand asks for."""
    says = expected(shared, "ribasim_flow_demand")
    ((demand,),) = table(shared, "flow_demand", "FlowDemand / static", "demand")
    ((level,),) = table(shared, "flow_demand", "LevelBoundary / static", "level")
    rating = table(shared, "flow_demand", "TabulatedRatingCurve / static", "level", "flow_rate")
    flow = float(np.interp(level, *np.array(rating).T))
    users = table(shared, "flow_demand", "UserDemand / static", "node_id", "demand")
    sources = {4: "upper", 6: "upper", 8: "lower"}
    components: dict[str, dict[str, object]] = {
        "boundary": {"type": "weir", "inflow": f"{flow!r} m3/s"},
        "rated": {"type": "river_reach", "source": "boundary", "target": "upper"},
        "upper": {"type": "reservoir", "capacity": "100000 m3"},
        "lower": {"type": "reservoir", "capacity": "100000 m3"},
    }
    for node, asked in users:
        components[f"user{node}"] = {
            "type": "industry",
            "demand": f"{asked} m3/s",
            "return_fraction": 1,
            "return_to": "lower",
        }
        components[f"pipe{node}"] = {"type": "pipeline", "source": sources[node], "target": f"user{node}"}
    folder = write_scenario(
        tmp_path / "flow",
        30,
        components,
        [least("shortfall"), least("shortage")],
        rules={"flow_demand": {"type": "minimum_flow", "subject": "rated", "minimum": f"{demand} m3/s"}},
        storages={"upper": "10000 m3", "lower": "10000 m3"},
    )
    plan = plan_folder(folder)
    assert demand == says["demand"]
    assert plan.values["rated", "inflow"] / DAY == pytest.approx([says["rating_curve_supplied"]] * 30, rel=1e-6)
    assert [rank.value for rank in plan.ranks] == pytest.approx([0, 0], abs=0.1)


def test_what_is_infeasible_is_named(shared: Path) -> None:
    """Theirs: (11 m - 10 m) / (50 000 s/m2) are pressed into a basin that is full. Ours: a place that can keep nothing.

    A full reservoir of ours spills, so that a junction stands for their basin without a way out.
    """
    says, model = expected(shared, "ribasim_infeasible"), "invalid_infeasible"
    ((high,),) = table(shared, model, "LevelBoundary / static", "level")
    ((low,),) = table(shared, model, "Basin / state", "level")
    ((resistance,),) = table(shared, model, "LinearResistance / static", "resistance")
    assert low == max(level for (level,) in table(shared, model, "Basin / profile", "level")), "the basin is full"
    full = case(
        make("weir", "boundary", inflow=(high - low) / resistance * DAY),
        make("river_reach", "resistance", source="boundary", target="basin"),
        make("junction", "basin"),
        days=(1,),
    )
    assert says["status"].startswith("infeasible")
    with pytest.raises(NoPlanError) as caught:
        solve(full.network, full.state, full.forecasts, full.policy)
    assert {"boundary", "basin"} <= {finding.where.component for finding in caught.value.findings}
