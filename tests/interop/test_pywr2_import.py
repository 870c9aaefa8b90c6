"""What nodes, virtual nodes and parameters of Pywr 2 become, in small systems whose numbers Pywr 2.0.0b8 gives as well."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from interop.pywr2_cases import Told, simulated
from interop.test_pywr2_refusals import DAY, FULL, edge, literal, named
from waterbalance.interop.pywr.carried import Carried

HALF = {"type": "Proportional", "proportion": 0.5}
SUM, MEAN = {"type": "Sum"}, {"type": "Mean"}


def imported(folder: Path, days: int, step: Mapping[str, Any] = DAY, **network: object) -> tuple[Carried, Told]:
    """What is carried over of a network, and what a simulation of some days of January 2015 reports."""
    time = {"start": "2015-01-01", "end": f"2015-01-{days:02d}", "timestep": step}
    path = folder / "model.json"
    path.write_text(json.dumps({"metadata": {"title": "small"}, "time": time, "network": network}), encoding="utf-8")
    return simulated(path, folder)


def metric(name: str, attribute: str | None = None, kind: str = "Node") -> dict[str, Any]:
    return {"type": kind, "name": name, **({} if attribute is None else {"attribute": attribute})}


FLOW, STORED, FULLNESS = metric("town", "Inflow"), metric("lake", "Volume"), metric("lake", "ProportionalVolume")
WANTED = metric("wanted", kind="Parameter")
CURVES = [literal(0.8), literal(0.6)]

PARAMETERS: dict[str, tuple[dict[str, Any], Sequence[float]]] = {
    "flow": ({"type": "Aggregated", "agg_func": SUM, "metrics": [FLOW]}, (0, 3, 3, 3)),
    "deficit": ({"type": "Aggregated", "agg_func": SUM, "metrics": [metric("town", "Deficit")]}, (0, 2, 2, 2)),
    "edge": ({"type": "Aggregated", "agg_func": SUM, "metrics": [{"type": "Edge", "edge": edge("lake", "way")}]}, (0, 3, 3, 3)),
    "largest volume": ({"type": "Aggregated", "agg_func": SUM, "metrics": [metric("lake", "MaxVolume")]}, (10,) * 4),
    "count": ({"type": "Aggregated", "agg_func": {"type": "CountNonZero"}, "metrics": [FLOW, STORED, literal(0)]}, (1, 2, 2, 2)),
    "any": ({"type": "Aggregated", "agg_func": {"type": "AnyNonZero"}, "metrics": [FLOW, literal(1e-6)]}, (0, 1, 1, 1)),
    "curve": ({"type": "ControlCurve", "storage_metric": FULLNESS, "control_curves": CURVES, "values": [1, 2, 3]}, (3, 2, 2, 1)),
    "curve of a flow": (
        {"type": "ControlCurve", "storage_metric": FLOW, "control_curves": [7, 2], "values": [1, 2, 3]},
        (3, 2, 2, 2),
    ),
    "curve index": ({"type": "ControlCurveIndex", "storage_metric": STORED, "control_curves": [8, 6]}, (2, 1, 1, 0)),
    "line": (
        {"type": "ControlCurveInterpolated", "storage_metric": FULLNESS, "control_curves": CURVES, "values": [1, 2, 3, 4]},
        (3 + 1 / 6, 3, 2.5, 2),
    ),
    "pieces": (
        {
            "type": "ControlCurvePiecewiseInterpolated",
            "storage_metric": FULLNESS,
            "control_curves": CURVES,
            "values": [[1, 2], [3, 4], [5, 6]],
            "minimum": 0.1,
        },
        (5.2, 4, 3.5, 2),
    ),
    "threshold": ({"type": "Threshold", "metric": STORED, "threshold": 6, "predicate": "LT"}, (1, 0, 0, 0)),
    "threshold of two": (
        {"type": "Threshold", "metric": STORED, "threshold": 6, "predicate": "GE", "returned_metrics": [10, 20]},
        (10, 20, 20, 20),
    ),
    "thresholds": ({"type": "MultiThreshold", "metric": STORED, "thresholds": [5, 6, 7], "predicate": "LE"}, (0, 1, 2, 3)),
    "delay": ({"type": "Delay", "metric": FLOW, "delay": 2, "initial_value": 9.0}, (9, 9, 3, 3)),
    "delay of a storage": ({"type": "Delay", "metric": STORED, "delay": 2, "initial_value": 9.0}, (9, 9, 6, 7)),
    "delay of a profile": ({"type": "Delay", "metric": WANTED, "delay": 1, "initial_value": 9.0}, (9, 5, 5, 5)),
    "rolling": ({"type": "Rolling", "metric": FLOW, "window_size": 3, "initial_value": 9.0, "agg_func": MEAN}, (9, 9, 9, 3)),
    "rolling sum": (
        {"type": "Rolling", "metric": FLOW, "window_size": 3, "initial_value": 9.0, "min_values": 1, "agg_func": SUM},
        (9, 3, 6, 9),
    ),
    "rolling storage": (
        {"type": "Rolling", "metric": STORED, "window_size": 3, "initial_value": 9.0, "agg_func": MEAN},
        (9, 9, 9, 7),
    ),
    "difference": ({"type": "Difference", "a": STORED, "b": 7, "min": -1, "max": 0.5}, (-1, -1, 0, 0.5)),
    "offset": ({"type": "Offset", "metric": STORED, "offset": 0.5}, (5.5, 6.5, 7.5, 8.5)),
    "division": ({"type": "Division", "numerator": STORED, "denominator": 5}, (1, 1.2, 1.4, 1.6)),
    "larger": ({"type": "Max", "parameter": STORED, "threshold": 7}, (7, 7, 7, 8)),
    "smaller": ({"type": "Min", "parameter": STORED, "threshold": 7}, (5, 6, 7, 7)),
    "negative larger": ({"type": "NegativeMax", "metric": STORED, "threshold": -6}, (-5, -6, -6, -6)),
    "negative smaller": ({"type": "NegativeMin", "metric": literal(-2)}, (0,) * 4),
    "negative": ({"type": "Negative", "parameter": STORED}, (-5, -6, -7, -8)),
    "polynomial": ({"type": "Polynomial1D", "metric": STORED, "coefficients": [1, 2], "offset": -5, "scale": 1.0}, (1, 3, 5, 7)),
    "points": ({"type": "Interpolated", "x": STORED, "xp": [6, 8], "fp": [1, 5], "error_on_bounds": False}, (1, 1, 3, 5)),
    "discount": ({"type": "DiscountFactor", "discount_rate": 0.05, "base_year": 2013}, (1 / 1.05**2,) * 4),
    "drawdown": (
        {"type": "UniformDrawdownProfile", "residual_days": 10, "reset_day": 2},
        (10 / 365, 1, 1 - 355 / 365**2, 1 - 2 * 355 / 365**2),
    ),
    "day": ({"type": "DiurnalProfile", "values": list(range(24))}, (0,) * 4),
    "days": ({"type": "DailyProfile", "values": list(range(365))}, (0, 1, 2, 3)),
    "weeks": ({"type": "WeeklyProfile", "values": list(range(52)), "interp_day": "First"}, (0, 1 / 7, 2 / 7, 3 / 7)),
    "months": ({"type": "MonthlyProfile", "values": [31.0, *[0.0] * 11], "interp_day": "Last"}, (1, 2, 3, 4)),
    "radial": (
        {"type": "RbfProfile", "points": [[90, 0.5], [180, 0.3], [270, 0.7]], "function": {"type": "Linear"}},
        [0.5 + 0.2 * (90 - day) / 185 for day in range(4)],
    ),
    "target": ({"type": "HydropowerTarget", "target": 2, "water_elevation": 10, "efficiency": 0.9}, (2 / 0.08829,) * 4),
}
"""Parameter beside what it gives before each of four steps, in which the lake goes from 5 to 6, 7, 8 and the town has 3 of 5."""


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters(name: str, tmp_path: Path) -> None:
    fields, wanted = PARAMETERS[name]
    carried, told = imported(
        tmp_path,
        4,
        nodes=[
            named("Input", "river", max_flow=literal(4)),
            named("Storage", "lake", max_volume=literal(10), initial_volume=HALF, cost=literal(-1)),
            named("Link", "way", max_flow=literal(3)),
            named("Output", "town", max_flow=metric("wanted", kind="Parameter"), cost=literal(-5)),
        ],
        edges=[edge("river", "lake"), edge("lake", "way"), edge("way", "town")],
        parameters=[named("Constant", "wanted", value=literal(5)), {"meta": {"name": "asked"}, "phase": "Before", **fields}],
    )
    assert [str(each) for each in carried.not_carried] == []
    assert told["lake", "Volume"] == pytest.approx([6, 7, 8, 9])
    assert told["asked", "before"] == pytest.approx(wanted)


def test_values_after_a_step(tmp_path: Path) -> None:
    """The town is 2 short each day. What it was short after a step is known before the next one, and nothing before the first."""
    short = named("Aggregated", "short", phase="After", agg_func=SUM, metrics=[metric("town", "Deficit")])
    later = {"type": "Parameter", "name": "short", "return_value": "AfterOrElseInitial"}
    known = named("Aggregated", "known", phase="Before", agg_func=SUM, metrics=[later, literal(10)])
    nodes = [named("Input", "river", max_flow=literal(3)), named("Output", "town", max_flow=literal(5), cost=literal(-5))]
    _, told = imported(tmp_path, 3, nodes=nodes, edges=[edge("river", "town")], parameters=[short, known])
    assert told["short", "after"] == pytest.approx([2, 2, 2])
    assert told["known", "before"] == pytest.approx([10, 12, 12])


def test_the_power_of_a_turbine(tmp_path: Path) -> None:
    """3 a day fall from a lake of 7, 8 and 9 at the end of each day to a turbine at 1; a head below 6.5 makes no power."""
    unit = 1000 * 9.81 * 0.9 * 1e-6
    told_of = {
        "water_elevation": metric("lake", "Volume"),
        "turbine_elevation": 1.0,
        "efficiency": 0.9,
        "min_head": 6.5,
        "water_density": 1000.0,
        "flow_unit_conversion": 1.0,
        "energy_unit_conversion": 1e-6,
    }
    nodes = [
        named("Input", "river", max_flow=literal(4)),
        named("Storage", "lake", max_volume=literal(12), initial_volume=HALF, cost=literal(-1)),
        named("Turbine", "mill", **told_of),
        named("Output", "sea", max_flow=literal(3), cost=literal(-5)),
    ]
    edges = [edge("river", "lake"), edge("lake", "mill"), edge("mill", "sea")]
    told_of["min_head"] = 0.0
    both = named(
        "HydropowerTarget", "wanted", target=literal(2), actual_flow=metric("sea", "Inflow"), max_flow=literal(2), **told_of
    )
    asked = [metric("mill", "Power"), {"type": "Parameter", "name": "wanted", "return_value": "After"}]
    sets = [{"name": "power", "metrics": [*asked, {"type": "Parameter", "name": "wanted"}]}]
    carried, told = imported(tmp_path, 3, nodes=nodes, edges=edges, parameters=[both], metric_sets=sets)
    assert carried.not_carried == []
    assert told["lake", "Volume"] == pytest.approx([7, 8, 9])
    assert told["mill", "Power"] == pytest.approx([0, 3 * 7 * unit, 3 * 8 * unit])
    assert told["wanted", "after"] == pytest.approx([3 * 6 * unit, 3 * 7 * unit, 3 * 8 * unit])
    assert told["wanted", "before"] == pytest.approx([2, 2, 2])


@pytest.mark.parametrize(
    ("step", "rows", "wanted"),
    [
        (DAY, "01/01/2015,1\n02/01/2015,2\n03/01/2015,3\n04/01/2015,4\n", (1, 2, 3, 4)),
        (DAY, "2015-01-01,1\n2015-01-03,3\n", (1, 1, 3, 3)),
        (
            DAY,
            "2015-01-01 00:00,1\n2015-01-01 12:00,2\n2015-01-02 00:00,3\n2015-01-02 12:00,5\n2015-01-03,6\n2015-01-04,7",
            (1.5, 4, 6, 7),
        ),
        ({"type": "Days", "days": 2}, "2015-01-01,1\n2015-01-02,2\n2015-01-03,3\n2015-01-04,4\n", (1.5, 3.5)),
        ({"type": "Days", "days": 2}, "2015-01-01,1\n2015-01-03,2\n", (1, 2)),
    ],
)
def test_series_come_to_the_steps(step: dict[str, Any], rows: str, wanted: Sequence[float], tmp_path: Path) -> None:
    """A row holds from its date on; of several in a step the mean counts."""
    (tmp_path / "flow.csv").write_text("date,flow\n" + rows, encoding="utf-8")
    nodes = [named("Input", "river", max_flow={"type": "TimeSeries", "name": "flow"}), named("Output", "sea", cost=literal(-1))]
    series = [named("Polars", "flow", time_col="date", path="flow.csv")]
    carried, told = imported(tmp_path, 4, step, nodes=nodes, edges=[edge("river", "sea")], time_series=series)
    assert carried.not_carried == []
    assert told["sea", "Inflow"] == pytest.approx(wanted)


LICENCES: dict[str, tuple[dict[str, Any], Sequence[float]]] = {
    "never": ({}, (12, 4, 0, 0, 0, 0)),
    "least": ({"min_volume": literal(5)}, (12, 5, 5, 5, 5, 5)),
    "every year": ({"reset": {"type": "Annual", "day": 2, "month": 1}}, (12, 12, 4, 0, 0, 0)),
    "to the initial": (
        {"initial_volume": {"type": "Absolute", "volume": 10.0}, "reset": {"type": "Annual", "day": 3, "month": 1}},
        (2, 0, 2, 0, 0, 0),
    ),
    "to the largest": (
        {"initial_volume": HALF, "reset_volume": "Max", "reset": {"type": "Annual", "day": 3, "month": 1}},
        (12, 4, 12, 4, 0, 0),
    ),
    "window": ({"window": {"type": "Days", "days": 3}}, (12, 4, 0, 0, 0, 0)),
    "window in use": ({"window": {"type": "Timesteps", "timesteps": 3}, "initial_volume": HALF}, (16 / 3, 2 / 3, 0, 0, 0, 0)),
    "season": (
        {"reset": {"type": "Seasonal", "start_day": 2, "start_month": 1, "end_day": 4, "end_month": 1}},
        (20, 12, 4, 0, 20, 20),
    ),
}
"""Virtual storage of 20 beside what is left of it after each of six days on which 8 are wanted."""


@pytest.mark.parametrize("name", LICENCES)
def test_virtual_storages(name: str, tmp_path: Path) -> None:
    fields, wanted = LICENCES[name]
    licence = named(
        "VirtualStorage", "licence", **{"nodes": [{"name": "well"}], "max_volume": literal(20), "initial_volume": FULL} | fields
    )
    nodes = [named("Input", "well"), named("Output", "town", max_flow=literal(8), cost=literal(-5))]
    carried, told = imported(tmp_path, 6, nodes=nodes, virtual_nodes=[licence], edges=[edge("well", "town")])
    assert [str(each) for each in carried.not_carried] == []
    assert told["licence", "Volume"] == pytest.approx(wanted)


def net(factor: float, kind: str = "Net") -> dict[str, Any]:
    return {"type": kind, "factor": literal(factor)}


WAYS: dict[str, tuple[dict[str, Any], Sequence[float]]] = {
    "free": (named("Link", "way"), (4, 4)),
    "soft least": (named("Link", "way", cost=literal(20), soft_min={"flow": literal(2), "cost": literal(-10)}), (2, 2)),
    "soft largest": (named("Link", "way", soft_max={"flow": literal(2), "cost": literal(10)}), (2, 2)),
    "soft largest that gives way": (
        named("Link", "way", cost=literal(1), soft_max={"flow": literal(2), "cost": literal(3)}),
        (4, 4),
    ),
    "net loss": (named("LossLink", "way", loss_factor=net(0.25)), (3.2, 3.2)),
    "gross loss": (named("LossLink", "way", loss_factor=net(0.25, "Gross")), (3, 3)),
    "limited net": (named("LossLink", "way", max_net_flow=literal(2), net_cost=literal(1)), (2, 2)),
    "works": (named("WaterTreatmentWorks", "way", loss_factor=net(0.1), max_flow=literal(3)), (3, 3)),
    "works at a least": (
        named("WaterTreatmentWorks", "way", cost=literal(6), soft_min_flow=literal(2), soft_min_flow_cost=literal(-20)),
        (2, 2),
    ),
    "steps": (
        named("PiecewiseLink", "way", steps=[{"max_flow": literal(1)}, {"max_flow": literal(3), "cost": literal(6)}]),
        (1, 1),
    ),
    "gauge": (named("RiverGauge", "way", mrf=literal(2), mrf_cost=literal(-10), bypass_cost=literal(20)), (2, 2)),
    "turbine": (
        named(
            "Turbine",
            "way",
            target=literal(0.1),
            water_elevation=literal(10),
            turbine_elevation=3.0,
            efficiency=0.9,
            water_density=1000.0,
            min_head=0.0,
            flow_unit_conversion=1.0,
            energy_unit_conversion=1e-6,
        ),
        (0.1 / (1e-6 * 1000 * 9.81 * 7 * 0.9),) * 2,
    ),
    "delay": (named("Delay", "way", delay=literal(1), initial_value=literal(1.5)), (1.5, 4)),
    "river": (named("River", "way"), (4, 4)),
    "river that loses late": (
        named("River", "way", loss_factor=net(0.25), routing_method={"type": "Delay", "delay": 1, "initial_value": literal(2.5)}),
        (2, 3.2),
    ),
}
"""Node beside what the town gets through it on two days, of the 4 that come."""


@pytest.mark.parametrize("name", WAYS)
def test_nodes_that_water_passes(name: str, tmp_path: Path) -> None:
    node, wanted = WAYS[name]
    # What does not go that way goes to the sea, except where nothing of it can be left.
    nodes = [
        named("Catchment", "river", flow=literal(4)),
        node,
        named("Output", "town", max_flow=literal(9), cost=literal(-5)),
        named("Output", "sea", cost=literal(0.5)),
    ]
    edges = [edge("river", "way"), edge("river", "sea"), edge("way", "town")]
    if node["type"] in {"Delay", "River"}:
        edges.remove(edge("river", "sea"))
        nodes.pop()
    carried, told = imported(tmp_path, 2, nodes=nodes, edges=edges)
    assert [str(each) for each in carried.not_carried] == []
    assert told["town", "Inflow"] == pytest.approx(wanted)


def test_muskingum_routing(tmp_path: Path) -> None:
    """outflow = C0 inflow + C1 inflow before + C2 outflow before, with K = 2 steps and X = 0.2: 1/21, 9/21 and 11/21."""
    flows = [10.0, 20.0, 40.0, 30.0, 20.0, 10.0]
    wanted, before = [], (5.0, 8.0)
    for flow in flows:
        before = (flow, flow / 21 + before[0] * 9 / 21 + before[1] * 11 / 21)
        wanted.append(before[1])
    routing = {
        "type": "Muskingum",
        "travel_time": literal(2.0),
        "weight": literal(0.2),
        "initial_condition": {"type": "Specified", "inflow": 5.0, "outflow": 8.0},
    }
    nodes = [
        named("Catchment", "above", flow=metric("flow", kind="Parameter")),
        named("River", "reach", routing_method=routing),
        named("Output", "below"),
    ]
    profile = named("DailyProfile", "flow", values=[*flows, *[10.0] * 360])
    carried, told = imported(
        tmp_path, 6, nodes=nodes, edges=[edge("above", "reach"), edge("reach", "below")], parameters=[profile]
    )
    assert carried.not_carried == []
    assert told["below", "Inflow"] == pytest.approx(wanted)


def test_a_reservoir_in_rain_and_sun(tmp_path: Path) -> None:
    """The surface is 2 + 0.5 x volume: 4.5 at first, of which 0.45 rain and 0.9 evaporate; 0.3 leak away."""
    lake = named(
        "Reservoir",
        "lake",
        max_volume=literal(10),
        initial_volume=HALF,
        surface_area={"data": {"Polynomial": [2.0, 0.5]}, "is_storage_proportional": False},
        rainfall={"data": literal(0.1)},
        evaporation={"data": literal(0.2), "cost": literal(-100)},
        leakage={"loss": literal(0.3), "cost": literal(-50)},
    )
    nodes = [named("Input", "river", max_flow=literal(0)), lake, named("Output", "town", max_flow=literal(0))]
    carried, told = imported(tmp_path, 2, nodes=nodes, edges=[edge("river", "lake"), edge("lake", "town")])
    assert carried.not_carried == []
    first = 5 + 0.45 - 0.9 - 0.3
    second = first - 0.1 * (2 + 0.5 * first) - 0.3
    assert told["lake", "Volume"] == pytest.approx([first, second])


RATCHET = {"type": "Threshold", "metric": STORED, "threshold": 1, "predicate": "LT", "ratchet": True}

NOT_CARRIED: dict[str, tuple[dict[str, Any], str, str]] = {
    "python": ({"type": "Python", "object": {}, "source": {}}, "of type 'Python' have no counterpart", "'series'"),
    "ratchet": (RATCHET, "a ratchet remembers for ever", "without 'ratchet'"),
    "switch": ({"type": "AsymmetricSwitchIndex"}, "'AsymmetricSwitchIndex' have no counterpart", "'threshold'"),
    "placeholder": ({"type": "Placeholder"}, "'Placeholder' have no counterpart", "put that in its place"),
    "misspelt": ({"type": "MonthlyProfil"}, "'MonthlyProfil' have no counterpart", "The nearest is 'monthlyprofile'"),
    "transfer": (
        {"type": "Negative", "parameter": {"type": "InterNetworkTransfer", "name": "x"}},
        "another network",
        "as a table",
    ),
}
"""Parameter, what the import says of it, and the nearest thing."""


@pytest.mark.parametrize("name", NOT_CARRIED)
def test_what_has_no_counterpart_is_listed_by_place(name: str, tmp_path: Path) -> None:
    fields, what, instead = NOT_CARRIED[name]
    nodes = [
        named("Input", "river", max_flow=metric("asked", kind="Parameter")),
        named("Storage", "lake", max_volume=literal(10), initial_volume=HALF),
        named("Output", "town", max_flow=literal(3), cost=literal(-5)),
    ]
    network = {"nodes": nodes, "edges": [edge("river", "lake"), edge("lake", "town")]}
    carried, told = imported(tmp_path, 1, **network, parameters=[{"meta": {"name": "asked"}, "phase": "Before", **fields}])
    listed = {each.place: each for each in carried.not_carried}
    assert what in listed["network.parameters[0] 'asked'"].what
    assert instead in listed["network.parameters[0] 'asked'"].instead
    assert "river has no maximum_flow here" in listed["network.nodes[0] 'river'.max_flow"].instead
    assert ("asked", "before") not in told
    assert (tmp_path / "model-0" / "not_carried.csv").exists()


def test_a_virtual_node_without_counterpart_is_listed_and_does_not_stop_the_import(tmp_path: Path) -> None:
    nodes = [named("Input", "river", max_flow=literal(5)), named("Output", "town", max_flow=literal(3), cost=literal(-5))]
    rolling = named("RollingVirtualStorage", "licence", nodes=[{"name": "river"}], max_volume=literal(9))
    carried, _ = imported(tmp_path, 1, nodes=nodes, edges=[edge("river", "town")], virtual_nodes=[rolling])
    first, *_ = [each for each in carried.not_carried if each.place == "network.virtual_nodes[0] 'licence'"]
    assert "virtual nodes of type 'RollingVirtualStorage' have no counterpart" in first.what
    assert "a VirtualStorage with a 'window'" in first.instead
