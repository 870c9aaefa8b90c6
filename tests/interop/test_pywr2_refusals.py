"""Broken and hostile models of Pywr 2: a clear complaint, nothing written, no file read outside of the model's folder."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from interop.pywr2_cases import MODELS
from interop.refusing import refused
from shared_data import needs_shared
from waterbalance.errors import InputError
from waterbalance.interop.pywr.import_model import import_model

DAY = {"type": "Days", "days": 1}
TIME = {"start": "2015-01-01", "end": "2015-01-05", "timestep": DAY}
FULL = {"type": "Proportional", "proportion": 1.0}


def named(kind: str, name: str, **fields: object) -> dict[str, Any]:
    return {"meta": {"name": name}, "type": kind, **fields}


def literal(value: object) -> dict[str, Any]:
    return {"type": "Literal", "value": value}


def edge(start: str, end: str, **fields: object) -> dict[str, Any]:
    return {"from_node": start, "to_node": end, **fields}


def model(*nodes: Mapping[str, Any], time: object = TIME, **changed: object) -> dict[str, Any]:
    """A spring, a town, and further nodes."""
    network: dict[str, Any] = {
        "nodes": [
            named("Input", "spring", max_flow=literal(10)),
            named("Output", "town", max_flow=literal(5), cost=literal(-1)),
            *nodes,
        ],
        "edges": [edge("spring", "town")],
    }
    return {"metadata": {"title": "a town"}, "time": time, "network": network | changed}


def with_flow(flow: object, **changed: object) -> dict[str, Any]:
    return model(named("Catchment", "more", flow=flow), edges=[edge("spring", "town"), edge("more", "town")], **changed)


def with_parameter(kind: str, **fields: object) -> dict[str, Any]:
    return with_flow({"type": "Parameter", "name": "x"}, parameters=[named(kind, "x", **fields)])


def with_series(**fields: object) -> dict[str, Any]:
    return with_flow({"type": "Timeseries", "name": "flow"}, timeseries=[named("Polars", "flow", time_col="date", **fields)])


def with_table(**fields: object) -> dict[str, Any]:
    told = {"lookup": {"type": "Row", "cols": 1}, **fields}
    return with_flow({"type": "Table", "table": "t", "row": "a"}, tables=[named("Scalar", "t", **told)])


def licence(**fields: object) -> dict[str, Any]:
    told = {"nodes": [{"name": "spring"}], "max_volume": literal(9), "initial_volume": FULL, **fields}
    return model(virtual_nodes=[named("VirtualStorage", "paper", **told)])


def group(**fields: object) -> dict[str, Any]:
    return model(virtual_nodes=[named("Aggregated", "both", **{"nodes": [{"name": "spring"}, {"name": "town"}], **fields})])


def storage(kind: str = "Storage", **fields: object) -> dict[str, Any]:
    return model(named(kind, "lake", **{"max_volume": literal(9), "initial_volume": FULL, **fields}))


REFERENCE = {"type": "Parameter", "name": "b"}
CHAIN = [named("Negative", f"p{n}", phase="Before", parameter={"type": "Parameter", "name": f"p{n + 1}"}) for n in range(20_000)]

BROKEN: dict[str, tuple[object, str]] = {
    "not a number": ('{"network": {"nodes": [NaN]}}', "NaN is no number"),
    "cut off": ('{"network": {"nodes": [', "this is not JSON"),
    "deep": ('{"network":' * 100_000, "the nesting is too deep"),
    "huge number": ('{"network": {"nodes": [1e999]}}', "a number is too large"),
    "key twice": ('{"network": {}, "network": {}}', "'network' is written twice"),
    "several networks": ({"networks": []}, "Import each of them on its own"),
    "network of a word": ({"time": TIME, "network": "x.json"}, "the network is no mapping"),
    "no network": ({"time": TIME}, "the network is no mapping"),
    "no steps": (model(time=None), "the model has no time steps"),
    "no date": (model(time={**TIME, "start": "yesterday"}), "this is not a date"),
    "in the morning": (model(time={**TIME, "start": "2015-01-01T09:00:00"}), "a day begins at midnight here"),
    "backwards": (model(time={**TIME, "end": "2014-01-01"}), "ends before it starts"),
    "hours": (model(time={**TIME, "timestep": {"type": "Hours", "hours": 6}}), "Bring the model to steps of a day"),
    "minutes": (model(time={**TIME, "timestep": {"type": "Frequency", "freq": "PT1M"}}), "this step length is not read"),
    "no step": (model(time={**TIME, "timestep": {"type": "Days", "days": 0}}), "this step length is not read"),
    "for ever": (model(time={**TIME, "end": "7999-01-01"}), "too many steps"),
    "no nodes": (model(nodes=[]), "the model has no nodes"),
    "nodes of a word": (model(nodes="spring"), "the section is no list"),
    "node of a word": (model(nodes=["spring"]), "this has no name"),
    "node without a type": (model(nodes=[{"meta": {"name": "spring"}}]), "this has no type"),
    "name twice": (model(named("Link", "town")), "two have the same name"),
    "name twice, once virtual": (
        model(virtual_nodes=[named("Aggregated", "town", nodes=[{"name": "spring"}])]),
        "two nodes have the same name",
    ),
    "unknown node": (model(edges=[edge("spring", "tow")]), "Did you mean 'town'?"),
    "edge to itself": (model(edges=[edge("town", "town")]), "from a node to itself"),
    "edge of a pair": (model(edges=[["spring", "town"]]), "an edge is no mapping"),
    "edge from an end": (model(edges=[edge("town", "spring")]), "water does not leave this node by that slot"),
    "unknown slot": (model(edges=[edge("spring", "town", from_slot={"type": "River"})]), "does not leave this node"),
    "no slot": (model(edges=[edge("spring", "town", from_slot={"type": "Door"})]), "this is no slot"),
    "text for a number": (with_flow(literal("ten")), "a number is wanted"),
    "no metric": (with_flow({"type": "Wish"}), "this is no metric"),
    "attribute of another node": (with_flow({"type": "Node", "name": "town", "attribute": "Power"}), "has no such attribute"),
    "volume of what stores nothing": (with_flow({"type": "Node", "name": "town", "attribute": "Volume"}), "stores nothing"),
    "unknown parameter": (with_flow({"type": "Parameter", "name": "limit"}), "there is no such parameter"),
    "short profile": (with_parameter("MonthlyProfile", values=[1, 2]), "another number of values"),
    "no scenario": (with_parameter("ConstantScenario", values=[1], scenario_group="A"), "there is no such scenario"),
    "too many scenarios": (
        {**with_flow(1.0), "scenarios": {"groups": [{"name": name, "size": 1000} for name in "abc"]}},
        "the scenarios have too many combinations",
    ),
    "no points": (with_parameter("RbfProfile", points=[[400, 1]], function={"type": "Linear"}), "no points of a profile"),
    "no aggregation": (with_parameter("Aggregated", metrics=[literal(1)], agg_func={"type": "Sun"}), "this is no aggregation"),
    "no table": (with_flow({"type": "Table", "table": "t", "row": "a"}), "there is no such table"),
    "no such edge": (with_flow({"type": "Edge", "edge": edge("more", "spring")}), "the model has no such edge"),
    "circle": (
        with_flow(
            {"type": "Parameter", "name": "a"},
            parameters=[
                named("Max", "a", phase="Before", parameter=REFERENCE),
                named("Negative", "b", phase="Before", parameter={"type": "Parameter", "name": "a"}),
            ],
        ),
        "a -> b -> a",
    ),
    "long chain": (model(parameters=[*CHAIN, named("Constant", "p20000", value=1)]), "too many parameters need each other"),
    "no volume at first": (storage(initial_volume={"type": "Half"}), "this is no volume at first"),
    "share of no limit": (storage(max_volume=None), "a share of a volume without limit"),
    "no steps of a storage": (storage("PiecewiseStorage", steps=[]), "a list of mappings is wanted"),
    "rain on no surface": (storage("Reservoir", rainfall={"data": literal(1)}), "the reservoir has no surface"),
    "compensation to nowhere": (storage("Reservoir", compensation=literal(1)), "the compensation leads nowhere"),
    "spill to nowhere": (storage("Reservoir", spill="LinkNode"), "the spill leads nowhere"),
    "licence of nothing": (licence(nodes=[{"name": "sprin"}]), "Did you mean 'spring'?"),
    "licence of no day": (licence(reset={"type": "Annual", "day": 31, "month": 2}), "there is no such day"),
    "licence of two factors": (licence(factors=[1, 2]), "another number of factors"),
    "window of nothing": (licence(window={"type": "Days", "days": 0}), "this is no window"),
    "too many run": (group(relationship={"type": "Exclusive", "max_active": 3}), "so many cannot run"),
    "shares above one": (group(relationship={"type": "Proportion", "factors": [literal(1.5)]}), "add up to more than 1"),
    "no file": (with_series(url="missing.csv"), "the file cannot be read"),
    "address": (with_series(url="https://example.org/flow.csv"), "an address stands where a file belongs"),
    "file address": (with_series(path="file:///etc/hosts.csv"), "an address stands where a file belongs"),
    "share": (with_series(url="\\\\server\\flow.csv"), "an address stands where a file belongs"),
    "out of the folder": (with_series(url="../flow.csv"), "leads out of the model's folder"),
    "from the root": (with_series(url="/etc/hosts.csv"), "leads out of the model's folder"),
    "home": (with_series(url="~/flow.csv"), "leads out of the model's folder"),
    "no table from the root": (with_table(url="/etc/passwd"), "leads out of the model's folder"),
    "table from the root": (with_table(url="/etc/hosts.csv"), "leads out of the model's folder"),
    "table of no lookup": (with_table(url="t.csv", lookup={"type": "Row", "cols": 9}), "no way to look up"),
    "array out of the folder": (with_parameter("TablesArray", url="../x.h5", where="/", node="x"), "leads out of the model's"),
}


@pytest.mark.parametrize(("content", "complaint"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_model_is_refused_with_its_reason(content: object, complaint: str, tmp_path: Path) -> None:
    assert complaint in refused(tmp_path, content)


def test_the_sound_model_is_none_of_them(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(with_flow(literal(1))), encoding="utf-8")
    assert import_model(path, tmp_path / "out").not_carried == []


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("date,flow\n2015-01-01,1\n", encoding="utf-8")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "flow.csv").symlink_to(tmp_path / "secret.csv")
    assert "leads out of the model's folder" in refused(inside, with_series(url="flow.csv"))


def test_a_file_with_another_checksum_is_refused(tmp_path: Path) -> None:
    (tmp_path / "flow.csv").write_text("date,flow\n01/01/2015,1\n", encoding="utf-8")
    told = {"type": "SHA256", "hash": "0" * 64}
    assert "another one than the model was made with" in refused(tmp_path, with_series(url="flow.csv", checksum=told))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name,value\nb,1\n", "no such row or column"),
        ("name,value\na,x\n", "text where a number belongs"),
        ("name,value\na\n", "some of other lengths"),
        ("name,value\na,inf\n", "text where a number belongs"),
    ],
)
def test_a_table_without_the_number_is_refused(text: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    assert complaint in refused(tmp_path, with_table(url="t.csv"))


def test_a_series_that_is_too_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "flow.csv").write_text("date,flow\n01/01/2015,1\n02/01/2015,1\n", encoding="utf-8")
    assert "does not cover the model's steps" in refused(tmp_path, with_series(url="flow.csv"))


@needs_shared
@pytest.mark.parametrize("name", [path.name for path in sorted((MODELS / "invalid").glob("*.json"))])
def test_what_pywr_cannot_build_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        import_model(MODELS / "invalid" / name, tmp_path / "out")
    assert not (tmp_path / "out").exists()
