"""The synthetic systems of `pywr_systems` as Pywr 2 has them, made from their neutral form."""

import json
import shutil
from pathlib import Path
from typing import Any

from interop.pywr_systems import FOLDER

JANUARY = {"type": "Annual", "day": 1, "month": 1}


def literal(value: float) -> dict[str, Any]:
    return {"type": "Literal", "value": value}


def named(kind: str, name: str, **fields: object) -> dict[str, Any]:
    return {"meta": {"name": name}, "type": kind, **fields}


def written(name: str, folder: Path) -> Path:
    """The model of a system in a folder, with its inflows beside it."""
    system = json.loads((FOLDER / f"neutral_{name}.json").read_text(encoding="utf-8"))
    folder.mkdir()
    shutil.copy(FOLDER / f"inflow_{name}.csv", folder / "inflow.csv")
    network: dict[str, list[Any]] = {
        "nodes": [named("Output", "sea")],
        "virtual_nodes": [],
        "edges": [],
        "parameters": [],
        "timeseries": [named("Polars", "inflow", time_col="date", url="inflow.csv", kwargs={"dayfirst": False})],
    }
    for number, reservoir in enumerate(system["reservoirs"]):
        _reservoir(network, number, reservoir)
    network["nodes"] += [
        named("Link", each["name"], max_flow=literal(each["max_flow"]), cost=literal(each["cost"])) for each in system["canals"]
    ]
    for zone in system["zones"]:
        demand = [zone["demand"] * share for share in zone["monthly_profile"]]
        wanted = f"demand of {zone['name']}"
        network["parameters"].append(named("MonthlyProfile", wanted, values={"type": "Literal", "values": demand}))
        most = {"type": "Parameter", "name": wanted}
        network["nodes"].append(named("Output", zone["name"], max_flow=most, cost=literal(-zone["benefit"])))
        _join(network, zone["canal"], zone["name"])
    for start, end in system["canal_edges"]:
        _join(network, start, end)
    time = {"start": "2015-01-01", "end": "2015-12-31", "timestep": {"type": "Days", "days": 1}}
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"metadata": {"title": name}, "time": time, "network": network}), encoding="utf-8")
    return path


def _reservoir(network: dict[str, list[Any]], number: int, told: dict[str, Any]) -> None:
    """A reservoir with its catchment, offtake, spill, licence, and a value of water that depends on how full it is."""
    name = told["name"]
    catchment, offtake, spill = f"catch{number}", f"offtake{number}", f"spill{number}"
    inflow = {"type": "Timeseries", "name": "inflow", "columns": {"type": "Column", "name": name}}
    value = {"type": "LocalParameter", "name": "value"}
    curve = named(
        "ControlCurve",
        "value",
        storage_metric={"type": "Node", "name": name, "attribute": "ProportionalVolume"},
        control_curves=[literal(told["control_curve"])],
        values=[literal(-told["value_above"]), literal(-told["value_below"])],
    )
    volumes = {"max_volume": literal(told["capacity"]), "initial_volume": {"type": "Absolute", "volume": told["initial"]}}
    network["nodes"] += [
        named("Catchment", catchment, flow=inflow),
        named("Storage", name, cost=value, parameters=[curve], **volumes),
        named("Link", spill, cost=literal(50.0)),
        named("Link", offtake, max_flow=literal(told["offtake_max"])),
    ]
    full = {"type": "Proportional", "proportion": 1.0}
    licence = {"max_volume": literal(told["annual_licence"]), "initial_volume": full, "reset": JANUARY}
    network["virtual_nodes"].append(named("VirtualStorage", f"licence{number}", nodes=[{"name": offtake}], **licence))
    for start, end in ((catchment, name), (name, offtake), (name, spill), (spill, "sea")):
        _join(network, start, end)


def _join(network: dict[str, list[Any]], start: str, end: str) -> None:
    network["edges"].append({"from_node": start, "to_node": end})
