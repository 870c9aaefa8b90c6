"""Recorders of a model: the series that they look at, under their own names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.accounts import report_total
from waterbalance.interop.pywr.nodes_by_name import ACCOUNTS, STORAGES
from waterbalance.interop.pywr.steps import refusal, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.interop.pywr.nodes import NodeWriter

_OF_FLOW = frozenset(
    {
        "numpyarraynode",
        "totalflownode",
        "totalflow",
        "meanflownode",
        "meanflow",
        "annualtotalflow",
        "rollingmeanflownode",
        "flowdurationcurve",
        "seasonalflowdurationcurve",
    }
)
_OF_STORAGE = frozenset({"numpyarraystorage", "minimumvolumestorage", "minimumthresholdvolumestorage", "storagedurationcurve"})
_OF_PARAMETER = frozenset(
    {"numpyarrayparameter", "numpyarrayindexparameter", "totalparameter", "meanparameter", "rollingwindowparameter"}
)
_SERIES = frozenset({"numpyarraynode", "numpyarraystorage", "numpyarrayparameter", "numpyarrayindexparameter"})


def write_recorders(writer: NodeWriter, model: Mapping[str, Any]) -> None:
    """Report what recorders look at; those that look at nothing of that kind are listed."""
    told = model.get("recorders", {})
    file = writer.nodes.file
    if not isinstance(told, dict):
        raise refusal(file, "recorders", "the recorders are no mapping", shown(told), "{name: {type, ...}}")
    for name, data in told.items():
        place = f"recorders.{name}"
        if not isinstance(data, dict) or not isinstance(data.get("type"), str):
            raise refusal(file, place, "a recorder has no type", shown(data), "{type, ...}")
        kind = data["type"].lower().removesuffix("recorder")
        if kind in _OF_FLOW | _OF_STORAGE:
            _of_node(writer, name, data.get("node"), place)
        elif kind in _OF_PARAMETER:
            _of_parameter(writer, name, data.get("parameter"), place)
        else:
            what = f"recorders of type {data['type']!r} have no counterpart"
            writer.carried.lacks(place, what, "All nodes and parameters are in reported.csv, all quantities in simulation.csv.")
            continue
        if kind not in _SERIES:
            what = f"{data['type']} sums up a series"
            writer.carried.lacks(place, what, "The series itself is reported under its name; sum it up from there.")


def _of_node(writer: NodeWriter, name: str, node: object, place: str) -> None:
    found = writer.nodes.get(node, f"{place}.node")
    component = writer.carried.names[found.name]
    if found.kind in ACCOUNTS | STORAGES:
        quantity = "account" if found.kind in ACCOUNTS else "storage"
        writer.carried.report(name, "recorder", [f"{component}.{quantity}"], per_day=False)
    elif found.kind == "aggregatedstorage":
        report_total(writer, found, name, "recorder", place)
    else:
        writer.carried.report(name, "recorder", [f"{component}.flow"], per_day=True)


def _of_parameter(writer: NodeWriter, name: str, parameter: object, place: str) -> None:
    if isinstance(parameter, str) and parameter in writer.carried.parameters:
        writer.carried.report_parameter(parameter, name, "recorder")
    else:
        writer.carried.lacks(place, f"its parameter {shown(parameter)} is not carried over", "Nothing stands in its place.")
