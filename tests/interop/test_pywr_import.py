"""What models say and how it is carried over, each with an answer by hand; and what is not, by name."""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from waterbalance.errors import Findings, InputError, NoPlanError
from waterbalance.interop.pywr.carried import Carried
from waterbalance.interop.pywr.import_model import import_model
from waterbalance.interop.yaml_text import node_count
from waterbalance.operate.planning.fall_back import plan_or_fall_back
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.operate.rolling.roll import simulate
from waterbalance.operate.rolling.simulation import Simulation
from waterbalance.scenario.document import _Builder, plain
from waterbalance.scenario.read import read_scenario

STEPS = {"start": "2015-01-30", "end": "2015-02-03", "timestep": 1}
SPRING = {"name": "spring", "type": "Input", "max_flow": 100}
TOWN = {"name": "town", "type": "Output", "max_flow": 10, "cost": -10}


def imported(folder: Path, nodes: list[Mapping[str, Any]], edges: list[list[str]], **sections: object) -> Carried:
    whole = {"timestepper": STEPS, "nodes": nodes, "edges": edges} | sections
    (folder / "model.json").write_text(json.dumps(whole), encoding="utf-8")
    return import_model(folder / "model.json", folder / "out")


def simulated(folder: Path) -> Mapping[tuple[str, str], np.ndarray]:
    scenario = read_scenario(folder / "out")
    assert scenario.horizon.last_day is not None
    simulation: Simulation = simulate(scenario, scenario.horizon.start, scenario.horizon.last_day, myopic=True)
    assert simulation.findings == ()
    return {(each.name, each.attribute): values for each, values in simulation.reports()}


def flows(folder: Path, town_flow: object, **sections: object) -> list[float]:
    """What a town gets whose largest flow is a parameter."""
    imported(folder, [SPRING, {**TOWN, "max_flow": town_flow}], [["spring", "town"]], **sections)
    return [round(float(each), 9) for each in simulated(folder)["town", "flow"]]


BY_MONTH = {"type": "MonthlyProfileParameter", "values": list(range(1, 13))}


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        (BY_MONTH, [1, 1, 2, 2, 2]),
        ({"type": "max", "parameter": BY_MONTH, "threshold": 1.5}, [1.5, 1.5, 2, 2, 2]),
        ({"type": "min", "parameter": BY_MONTH, "threshold": 1.5}, [1, 1, 1.5, 1.5, 1.5]),
        (
            {"type": "negativemin", "parameter": {"type": "negative", "parameter": BY_MONTH}, "threshold": 1.5},
            [1, 1, 1.5, 1.5, 1.5],
        ),
        (
            {"type": "negativemax", "parameter": {"type": "negative", "parameter": BY_MONTH}, "threshold": 1.5},
            [1.5, 1.5, 2, 2, 2],
        ),
        ({"type": "offset", "parameter": BY_MONTH, "offset": 3}, [4, 4, 5, 5, 5]),
        ({"type": "division", "numerator": 6, "denominator": BY_MONTH}, [6, 6, 3, 3, 3]),
        ({"type": "aggregated", "agg_func": "sum", "parameters": [BY_MONTH, 1]}, [2, 2, 3, 3, 3]),
        ({"type": "constant", "value": 2, "scale": 3, "offset": 1}, [7, 7, 7, 7, 7]),
        ({"type": "arrayindexed", "values": [5, 4, 3, 2, 1]}, [5, 4, 3, 2, 1]),
        ({"type": "scaledprofile", "scale": 2, "profile": BY_MONTH}, [2, 2, 4, 4, 4]),
        ({"type": "flow", "node": "town", "initial_value": 4}, [4, 4, 4, 4, 4]),
        (
            {
                "type": "currentordinaldaythreshold",
                "threshold": dt.date(2015, 2, 1).toordinal(),
                "predicate": "GE",
                "values": [8, 9],
            },
            [8, 8, 9, 9, 9],
        ),
        ({"type": "constant", "values": 5}, [5] * 5),
        ({"type": "nodethreshold", "node": "town", "threshold": 6, "predicate": "LT", "values": [4, 9]}, [4, 9, 4, 9, 4]),
        ({"type": "nodethreshold", "node": "town", "threshold": 3, "predicate": "GT", "values": [4, 9]}, [4, 9, 9, 9, 9]),
        ({"type": "interpolated", "parameter": BY_MONTH, "x": [0, 4], "y": [0, 8]}, [2, 2, 4, 4, 4]),
    ],
)
def test_parameters_of_a_limit(parameter: object, expected: list[float], tmp_path: Path) -> None:
    assert flows(tmp_path, parameter) == expected


def test_days_of_a_table_are_averaged_and_held(tmp_path: Path) -> None:
    days = pd.date_range("2015-01-30", periods=10)
    pd.DataFrame({"Date": days.strftime("%d/%m/%Y"), "flow": range(10)}).to_csv(tmp_path / "daily.csv", index=False)
    parameter = {
        "type": "dataframe",
        "url": "daily.csv",
        "column": "flow",
        "index_col": "Date",
        "parse_dates": True,
        "dayfirst": True,
    }
    steps = {"start": "2015-01-30", "end": "2015-02-08", "timestep": 5}
    assert flows(tmp_path, parameter, timestepper=steps) == [2, 7]


def test_months_of_a_table_hold_all_their_days(tmp_path: Path) -> None:
    (tmp_path / "monthly.csv").write_text("date,flow\n2014-12-31,9\n2015-01-31,1\n2015-02-28,2\n2015-03-31,9\n", encoding="utf-8")
    parameter = {"type": "dataframe", "url": "monthly.csv", "index_col": "date", "parse_dates": True}
    assert flows(tmp_path, parameter) == [1, 1, 2, 2, 2]


def test_a_workbook(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl", reason="needs the extra excel")
    frame = pd.DataFrame({"flow": [3.0, 1, 4, 1, 5]}, index=pd.date_range("2015-01-30", periods=5, name="date"))
    frame.to_excel(tmp_path / "book.xlsx", sheet_name="river")
    parameter = {"type": "dataframe", "url": "book.xlsx", "sheet_name": "river", "index_col": "date", "parse_dates": True}
    assert flows(tmp_path, parameter) == [3, 1, 4, 1, 5]


def test_a_table_with_two_keys(tmp_path: Path) -> None:
    (tmp_path / "levels.csv").write_text("level,node,max_flow\n0,town,4\n1,town,6\n", encoding="utf-8")
    tables = {"levels": {"url": "levels.csv", "index_col": ["level", "node"]}}
    parameter = {"type": "constant", "table": "levels", "column": "max_flow", "index": [1, "town"]}
    assert flows(tmp_path, parameter, tables=tables) == [6] * 5


def test_rows_that_are_missing_are_told(tmp_path: Path) -> None:
    (tmp_path / "short.csv").write_text("date,flow\n2015-01-30,1\n2015-01-31,2\n", encoding="utf-8")
    parameter = {"type": "dataframe", "url": "short.csv", "index_col": "date", "parse_dates": True}
    with pytest.raises(
        InputError, match="does not cover the model's steps; found steps without a value: 3, the first on 2015-02-01"
    ):
        flows(tmp_path, parameter)


def test_files_that_are_included_are_joined(tmp_path: Path) -> None:
    (tmp_path / "more.json").write_text(json.dumps({"parameters": {"limit": BY_MONTH}}), encoding="utf-8")
    assert flows(tmp_path, "limit", includes=["more.json"]) == [1, 1, 2, 2, 2]
    assert read_scenario(tmp_path / "out").description.count("could not be carried over") == 0


def test_rain_and_evaporation_of_a_reservoir(tmp_path: Path) -> None:
    """1 000 m2 with 20 mm of rain and 30 mm of evaporation a day: 10 a day are lost, and the town has its 10."""
    lake = {"name": "lake", "type": "Reservoir", "max_volume": 500, "initial_volume": 400, "area": 1000}
    lake |= {"rainfall": 20, "evaporation": 30, "evaporation_cost": -1000}
    imported(tmp_path, [lake, TOWN], [["lake", "town"]])
    assert simulated(tmp_path)["lake", "volume"].tolist() == [380, 360, 340, 320, 300]


def test_a_reservoir_above_its_curve_gives_its_water_away(tmp_path: Path) -> None:
    """Above half a unit in store is worth nothing, below it 20; the town pays 10."""
    lake = {"name": "lake", "type": "Reservoir", "max_volume": 100, "initial_volume_pc": 0.65}
    lake |= {"control_curve": 0.5, "above_curve_cost": 0, "cost": -20}
    imported(tmp_path, [lake, TOWN], [["lake", "town"]])
    assert simulated(tmp_path)["lake", "volume"].tolist() == [55, 45, 45, 45, 45]


def test_a_limit_of_storage_that_falls_lets_what_is_there_stay(tmp_path: Path) -> None:
    lake = {
        "name": "lake",
        "type": "Storage",
        "max_volume": {"type": "arrayindexed", "values": [100, 50, 50, 50, 50]},
        "initial_volume": 80,
    }
    imported(tmp_path, [SPRING, lake], [["spring", "lake"]])
    assert simulated(tmp_path)["lake", "volume"].tolist() == [80] * 5


def test_names_that_are_no_names_here_are_kept_for_people(tmp_path: Path) -> None:
    town = {**TOWN, "name": "The town (east)."}
    carried = imported(tmp_path, [{**SPRING, "name": "The town [east]"}, town], [["The town [east]", "The town (east)."]])
    assert carried.names == {"The town [east]": "The_town_east", "The town (east).": "The_town_east_2"}
    assert simulated(tmp_path)["The town (east).", "flow"].tolist() == [10] * 5
    assert read_scenario(tmp_path / "out").network["The_town_east_2"].label() == "The town (east)."


def test_what_is_not_carried_over_is_named_with_its_place_and_the_nearest_thing(tmp_path: Path) -> None:
    carried = imported(
        tmp_path,
        [SPRING, {**TOWN, "max_flow": "wanted", "colour": "red"}, {"name": "ground", "type": "KeatingAquifer"}],
        [["spring", "town"], ["ground", "town"]],
        parameters={
            "shape": {"type": "piecewiseintegralparameter", "x": [0, 1], "y": [1, 2]},
            "wanted": {"type": "max", "parameter": "shape"},
            "own": {"type": "MyOwnParameter"},
        },
        recorders={"deficit": {"type": "TotalDeficitNode", "node": "town"}, "flow": {"type": "numpyarraynode", "node": "town"}},
        solvers={"name": "glpk"},
    )
    told = {each.place: str(each) for each in carried.not_carried}
    assert set(told) == {
        "solvers",
        "parameters.shape",
        "parameters.wanted",
        "parameters.own",
        "nodes[1] 'town'.max_flow",
        "nodes[1] 'town'.colour",
        "nodes[2] 'ground'",
        "recorders.deficit",
    }
    assert "'interpolated'" in told["parameters.shape"]
    assert "it needs parameter 'shape'" in told["parameters.wanted"]
    assert "town has no maximum_flow here" in told["nodes[1] 'town'.max_flow"]
    assert "aquifer" in told["nodes[2] 'ground'"]
    listed = (tmp_path / "out" / "not_carried.csv").read_text(encoding="utf-8")
    assert len(listed.splitlines()) == 1 + len(told)
    assert "8 things could not be carried over" in read_scenario(tmp_path / "out").description
    assert "8 things" not in carried.remarks


def test_combinations_of_scenarios(tmp_path: Path) -> None:
    scenarios = [{"name": "wet", "size": 3, "slice": [1, 3]}, {"name": "big", "size": 2}]
    limit = {
        "type": "aggregated",
        "agg_func": "sum",
        "parameters": [
            {"type": "constantscenario", "scenario": "wet", "values": [10, 20, 30]},
            {"type": "constantscenario", "scenario": "big", "values": [1, 2]},
        ],
    }
    whole = {
        "timestepper": STEPS,
        "nodes": [SPRING, {**TOWN, "max_flow": limit}],
        "edges": [["spring", "town"]],
        "scenarios": scenarios,
    }
    (tmp_path / "model.json").write_text(json.dumps(whole), encoding="utf-8")
    found = []
    for number in range(4):
        carried = import_model(tmp_path / "model.json", tmp_path / str(number), number)
        assert f"combination {number}" in carried.remarks[0]
        scenario = read_scenario(tmp_path / str(number))
        found.append(simulate(scenario, scenario.horizon.start, scenario.horizon.start, myopic=True).reports()[1][1][0])
    assert found == [21, 22, 31, 32]
    with pytest.raises(InputError, match="there is no such combination"):
        import_model(tmp_path / "model.json", tmp_path / "4", 4)


def test_more_combinations_than_are_counted_are_refused_as_such(tmp_path: Path) -> None:
    many = [{"name": name, "size": 1000} for name in "abc"]
    with pytest.raises(InputError, match="too many combinations; found 1000000000; allowed: at most 1000000"):
        flows(tmp_path, 1.0, scenarios=many)


def test_a_slice_that_leaves_no_member_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"scenarios\[0\]\.slice: the slice leaves no member"):
        flows(tmp_path, 1.0, scenarios=[{"name": "wet", "size": 3, "slice": [2, 2]}])


def test_a_step_without_a_plan_names_its_day_and_the_conflict(tmp_path: Path) -> None:
    forced = {"type": "arrayindexed", "values": [5, 5, 20, 5, 5]}
    imported(tmp_path, [{"name": "spring", "type": "catchment", "flow": forced}, TOWN], [["spring", "town"]])
    with pytest.raises(NoPlanError, match="2015-02-01") as error:
        simulated(tmp_path)
    assert "spring" in str(error.value)


def test_a_plan_with_a_look_ahead_names_what_it_holds(tmp_path: Path) -> None:
    lake = {"name": "lake", "type": "Storage", "max_volume": 100, "initial_volume": 60}
    curve = {"type": "controlcurve", "storage_node": "lake", "control_curve": 0.5, "values": [10, 2]}
    imported(tmp_path, [lake, {**TOWN, "max_flow": curve}], [["lake", "town"]])
    assert simulated(tmp_path)["town", "flow"].tolist() == [10, 10, 2, 2, 2]
    planned = plan_scenario(read_scenario(tmp_path / "out"))
    assert planned.findings == ()
    assert planned.plan.values["town", "flow"].tolist() == [10, 10, 10, 10, 10]
    assert any(note.startswith("town.maximum_flow: what a parameter gives") for note in planned.plan.notes)
    laddered = plan_or_fall_back(read_scenario(tmp_path / "out"))
    assert laddered.plan.values["town", "flow"].tolist() == [10, 10, 10, 10, 10]


def test_days_with_a_look_ahead_do_what_they_planned(tmp_path: Path) -> None:
    """The town pays twice as much on the last two days, so that the lake's 25 wait for them; without a look ahead they do not."""
    lake = {"name": "lake", "type": "Storage", "max_volume": 100, "initial_volume": 25}
    imported(tmp_path, [lake, {**TOWN, "cost": {"type": "arrayindexed", "values": [-1, -1, -1, -2, -2]}}], [["lake", "town"]])
    assert simulated(tmp_path)["town", "flow"].tolist() == [10, 10, 5, 0, 0]
    scenario = read_scenario(tmp_path / "out")
    simulation = simulate(scenario, scenario.horizon.start, scenario.horizon.start + dt.timedelta(days=4))
    assert simulation.findings == ()
    told = {each.name: values for each, values in simulation.reports()}
    assert told["town"][3:] == pytest.approx([10, 10], abs=0.01)
    assert told["town"].sum() == pytest.approx(25, abs=0.01)


def test_a_circle_in_which_water_is_paid_for_running_is_named(tmp_path: Path) -> None:
    links = [{"name": "weir", "type": "Link", "cost": -5, "max_flow": 7}, {"name": "pump", "type": "Link", "cost": 2}]
    edges = [["spring", "weir"], ["weir", "pump"], ["pump", "weir"], ["weir", "town"]]
    carried = imported(tmp_path, [SPRING, *links, TOWN], edges)
    (told,) = map(str, carried.not_carried)
    assert "pump -> weir -> pump" in told or "weir -> pump -> weir" in told


def test_a_circle_that_costs_something_is_none(tmp_path: Path) -> None:
    links = [{"name": "weir", "type": "Link", "cost": -2}, {"name": "pump", "type": "Link", "cost": 2}]
    edges = [["spring", "weir"], ["weir", "pump"], ["pump", "weir"], ["weir", "town"]]
    assert imported(tmp_path, [SPRING, *links, TOWN], edges).not_carried == []


def test_a_loss_that_would_make_water_is_told(tmp_path: Path) -> None:
    pipe = {"name": "pipe", "type": "LossLink", "loss_factor": -0.25}
    carried = imported(tmp_path, [SPRING, pipe, TOWN], [["spring", "pipe"], ["pipe", "town"]])
    assert "nodes[1] 'pipe'.loss_factor: a loss of -0.25 would make water" in "\n".join(map(str, carried.not_carried))
    assert simulated(tmp_path)["town", "flow"] == pytest.approx([10.0] * 5)


def test_a_scenario_is_as_large_as_who_reads_it_counts(tmp_path: Path) -> None:
    imported(tmp_path, [SPRING, TOWN], [["spring", "town"]])
    text = (tmp_path / "out" / "scenario.yaml").read_text(encoding="utf-8")
    builder = _Builder("scenario.yaml", Findings())
    root = builder.build(YAML(typ="safe", pure=True).parse(text))
    assert root is not None
    assert node_count(plain(root)) == builder.nodes


RADIAL = {"type": "rbfprofile", "days_of_year": [1, 90, 180, 270], "values": [10, 20, 5, 12]}


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({}, (10.0, 18.748675176917388, 18.748675176917388, 4.740620887132888, 9.981155924400078)),
        ({"min_value": 6.0, "max_value": 15.0}, (10.0, 15.0, 15.0, 6.0, 9.981155924400078)),
        (
            {"rbf_kwargs": {"function": "linear", "smooth": 0.1}},
            (10.006645600165044, 16.510093815914402, 16.510093815914402, 6.563950817970602, 10.027361248939366),
        ),
    ],
)
def test_radial_profiles_are_as_pywr_has_them(extra: Mapping[str, Any], expected: tuple[float, ...], tmp_path: Path) -> None:
    """Measured with the released Pywr 1.31.1 on 1 January, 28 and 29 February, 19 July and 31 December of 2016."""
    leap = {"start": "2016-01-01", "end": "2016-12-31", "timestep": 1}
    found = flows(tmp_path, "shape", parameters={"shape": {**RADIAL, **extra}}, timestepper=leap)
    assert [found[day] for day in (0, 58, 59, 200, 365)] == pytest.approx([min(each, 100) for each in expected], rel=1e-9)


@pytest.mark.parametrize(("line", "expected"), [("first", [10, 37, 37, 38]), ("last", [11, 38, 38, 38])])
def test_a_line_through_months_knows_no_leap_year(line: str, expected: list[float], tmp_path: Path) -> None:
    """1, 28 and 29 February and 1 March of 2016: 28 days from 10 to 38, and Pywr repeats the 28th."""
    profile = {"type": "monthlyprofile", "values": [10, 10 if line == "first" else 38, *[38] * 10], "interp_day": line}
    leap = {"start": "2016-01-01", "end": "2016-12-31", "timestep": 1}
    found = flows(tmp_path, "shape", parameters={"shape": profile}, timestepper=leap)
    assert [found[day] for day in (31, 58, 59, 60)] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("days", [[1, 90], [5, 90, 180, 270], [1, 90, 80, 270], [1, 90, 180, 366], [1, 90, 180]])
def test_days_that_make_no_radial_profile(days: list[int], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="these are no points of a profile"):
        flows(tmp_path, "shape", parameters={"shape": {**RADIAL, "days_of_year": days}})


@pytest.mark.parametrize(
    ("thresholds", "expected"),
    [
        ([9, 6, 3], [3, 3, 2, 2, 2, 1, 1, 1, 0, 0, 0, 0]),
        ([3, 6, 9], [3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ([3, "six", 9], [3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ([6], [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_the_first_threshold_that_is_reached(thresholds: list[object], expected: list[int], tmp_path: Path) -> None:
    """In months of the values 1 to 12; measured with the released Pywr 1.31.1 (but for the single one)."""
    parameters = {
        "six": {"type": "constant", "value": 6},
        "place": {"type": "multiplethresholdparameterindex", "parameter": BY_MONTH, "thresholds": thresholds},
        "flow": {"type": "indexedarray", "index_parameter": "place", "params": [0, 1, 2, 3][: len(thresholds) + 1]},
    }
    year = {"start": "2015-01-01", "end": "2015-12-31", "timestep": 1}
    found = flows(tmp_path, "flow", parameters=parameters, timestepper=year)
    assert [found[dt.date(2015, month, 15).timetuple().tm_yday - 1] for month in range(1, 13)] == expected
