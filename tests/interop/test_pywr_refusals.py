"""Broken and hostile models: a clear complaint, nothing written, no file read outside of the model's folder."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from interop.refusing import refused
from waterbalance.errors import InputError
from waterbalance.interop.pywr.import_model import import_model

STEPS = {"start": "2015-01-01", "end": "2015-01-05", "timestep": 1}


def model(*nodes: Mapping[str, Any], **changed: object) -> dict[str, Any]:
    """A spring, a town, and further nodes."""
    whole: dict[str, Any] = {
        "timestepper": STEPS,
        "nodes": [
            {"name": "spring", "type": "Input", "max_flow": 10},
            {"name": "town", "type": "Output", "max_flow": 5, "cost": -1},
            *nodes,
        ],
        "edges": [["spring", "town"]],
    }
    return whole | changed


def with_flow(**parameter: object) -> dict[str, Any]:
    return model({"name": "more", "type": "catchment", "flow": parameter}, edges=[["spring", "town"], ["more", "town"]])


BROKEN: dict[str, tuple[object, str]] = {
    "empty": ("", "this is not JSON"),
    "no mapping": ("[1]", "the file is no model"),
    "not a number": ('{"nodes": [NaN]}', "NaN is no number"),
    "cut off": ('{"nodes": [', "this is not JSON"),
    "deep": ("[" * 100_000, "the nesting is too deep"),
    "deep mappings": ('{"a":' * 60 + "1" + "}" * 60, "the nesting is too deep"),
    "huge number": ('{"nodes": [1e999]}', "a number is too large"),
    "huge whole number": ('{"nodes": [1' + "0" * 400 + "]}", "a number is too large; found 100000... (401 letters)"),
    "key twice": ('{"nodes": [], "nodes": []}', "'nodes' is written twice"),
    "several models": ({"models": []}, "Import each of them on its own"),
    "no steps": (model(timestepper=None), "the model has no time steps"),
    "no date": (model(timestepper={**STEPS, "start": "yesterday"}), "this is not a date"),
    "backwards": (model(timestepper={**STEPS, "end": "2014-01-01"}), "ends before it starts"),
    "hours": (model(timestepper={**STEPS, "timestep": "6h"}), "this step length is not read"),
    "for ever": (model(timestepper={**STEPS, "end": "7999-01-01"}), "too many steps"),
    "no nodes": (model(nodes=[]), "the model has no nodes"),
    "node of a word": (model(nodes=["spring"]), "a node is no mapping"),
    "node without a type": (model(nodes=[{"name": "spring"}]), "a node has no type"),
    "name twice": (model({"name": "town", "type": "Link"}), "two nodes have the same name"),
    "unknown node": (model(edges=[["spring", "tow"]]), "Did you mean 'town'?"),
    "edge to itself": (model(edges=[["town", "town"]]), "from a node to itself"),
    "edge of three": (model(edges=[["spring"]]), "an edge is no pair"),
    "edge to a licence": (
        model({"name": "paper", "type": "VirtualStorage", "nodes": ["spring"]}, edges=[["spring", "paper"]]),
        "no water flows through",
    ),
    "licence of nothing": (model({"name": "paper", "type": "VirtualStorage", "nodes": ["sprin"]}), "Did you mean 'spring'?"),
    "text for a number": (
        model({"name": "lake", "type": "Storage", "max_volume": [1], "initial_volume": 1}),
        "a number is wanted",
    ),
    "unknown parameter": (model({"name": "x", "type": "Link", "max_flow": "limit"}), "there is no such parameter"),
    "parameter of no type": (with_flow(values=[1]), "the parameter has no type"),
    "short profile": (with_flow(type="monthlyprofile", values=[1, 2]), "another number of values"),
    "no scenario": (with_flow(type="constantscenario", scenario="A", values=[1]), "there is no such scenario"),
    "no table": (with_flow(type="constant", table="flows"), "there is no such table"),
    "circle": (
        model(
            {"name": "x", "type": "Link", "max_flow": "a"},
            parameters={
                "a": {"type": "max", "parameter": "b"},
                "b": {"type": "negative", "parameter": {"type": "offset", "parameter": "a", "offset": 1}},
            },
        ),
        "a -> b -> a",
    ),
    "long chain": (
        model(parameters={**{f"p{n}": {"type": "negative", "parameter": f"p{n + 1}"} for n in range(20_000)}, "p20000": 1}),
        "too many parameters need each other",
    ),
    "no folder": (with_flow(type="dataframe", url="missing.csv"), "the file cannot be read"),
    "address": (with_flow(type="dataframe", url="https://example.org/flow.csv"), "an address stands where a file belongs"),
    "address of no table": (with_flow(type="dataframe", url="file:///etc/hosts"), "an address stands where a file belongs"),
    "no table from the root": (with_flow(type="dataframe", url="/etc/passwd"), "leads out of the model's folder"),
    "file address": (with_flow(type="dataframe", url="file:///etc/hosts.csv"), "an address stands where a file belongs"),
    "share": (with_flow(type="dataframe", url="\\\\server\\flow.csv"), "an address stands where a file belongs"),
    "out of the folder": (with_flow(type="dataframe", url="../flow.csv"), "leads out of the model's folder"),
    "from the root": (with_flow(type="dataframe", url="/etc/hosts.csv"), "leads out of the model's folder"),
    "home": (with_flow(type="dataframe", url="~/flow.csv"), "leads out of the model's folder"),
}


@pytest.mark.parametrize(("content", "complaint"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_model_is_refused_with_its_reason(content: object, complaint: str, tmp_path: Path) -> None:
    assert complaint in refused(tmp_path, content)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("date,flow\n2015-01-01,1\n", encoding="utf-8")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "flow.csv").symlink_to(tmp_path / "secret.csv")
    assert "leads out of the model's folder" in refused(inside, with_flow(type="dataframe", url="flow.csv", index_col=0))


def test_an_hdf5_file_does_not_lead_to_another_one(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason="needs the extra hdf5")
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["flow"] = [1.0] * 5
    inside = tmp_path / "inside"
    inside.mkdir()
    with h5py.File(inside / "flow.h5", "w") as file:
        file["far"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "/flow")
        layout = h5py.VirtualLayout(shape=(5,), dtype="f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "flow", shape=(5,))
        file.create_virtual_dataset("virtual", layout)
    for node, complaint in (("far", "is a link"), ("virtual", "is kept in another file")):
        parameter = {"type": "tablesarray", "url": "flow.h5", "where": "/", "node": node}
        assert complaint in refused(inside, with_flow(**parameter))


@pytest.mark.parametrize("taken", ["file", "folder"])
def test_nothing_is_overwritten(taken: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(model()), encoding="utf-8")
    out = path if taken == "file" else tmp_path
    with pytest.raises(InputError, match="no scenario was written"):
        import_model(path, out)
    assert json.loads(path.read_text(encoding="utf-8")) == model()


def test_a_volume_below_nothing_is_refused(tmp_path: Path) -> None:
    lake = {"name": "lake", "type": "Storage", "max_volume": -100, "initial_volume": 0}
    assert "'lake'.max_volume: a volume is negative; found -100; allowed: 0 or more" in refused(tmp_path, model(lake))


def test_volumes_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    """Without it what is stored at first would stay for ever, as it may where a limit moves."""
    lake = {"name": "lake", "type": "Storage", "max_volume": 4, "min_volume": 6, "initial_volume": 5}
    assert "contradict each other; found max_volume 4 and min_volume 6" in refused(tmp_path, model(lake))


def test_a_model_that_no_scenario_holds_is_refused_before_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size that counts is that of the scenario, which the reading of it would find after all the work."""
    monkeypatch.setattr("waterbalance.interop.pywr.scenario_texts.MOST_NODES", 60)
    monkeypatch.setattr("waterbalance.interop.pywr.import_model.read_scenario", None)
    links = [{"name": f"link {number}", "type": "Link"} for number in range(20)]
    assert "22 components and rules, which are " in refused(tmp_path, model(*links))
