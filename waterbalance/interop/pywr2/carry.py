"""A Pywr 2 model as everything of it that a scenario can hold.

Like its forerunner, Pywr 2 solves one linear program for each time step, which makes the sum of cost x flow small; metrics
look at how the step before ended. Its nodes are made of simple ones inside, and so they are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import Carried
from waterbalance.interop.pywr.circles import list_paid_circle
from waterbalance.interop.pywr.data_files import DataFiles
from waterbalance.interop.pywr.steps import Combination, refusal, shown
from waterbalance.interop.pywr2.attributes import Attributes
from waterbalance.interop.pywr2.curve_kinds import CURVE_KINDS
from waterbalance.interop.pywr2.document import document_of
from waterbalance.interop.pywr2.hydropower import HYDROPOWER_KINDS
from waterbalance.interop.pywr2.metric_sets import write_reports
from waterbalance.interop.pywr2.nodes import KINDS, Writer
from waterbalance.interop.pywr2.parameter_kinds import PARAMETER_KINDS
from waterbalance.interop.pywr2.past_kinds import PAST_KINDS
from waterbalance.interop.pywr2.reader import MetricReader
from waterbalance.interop.pywr2.routing import ROUTING_KINDS
from waterbalance.interop.pywr2.storages import STORAGE_KINDS
from waterbalance.interop.pywr2.times import combination_of, steps_of
from waterbalance.interop.pywr2.virtual_nodes import write_virtual

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SECTIONS = frozenset({"metadata", "time", "scenarios", "network"})
_OF_NETWORK = frozenset(
    {"nodes", "virtual_nodes", "edges", "parameters", "tables", "timeseries", "time_series", "metric_sets", "outputs"}
)


def is_second(model: Mapping[str, Any]) -> bool:
    """Whether a document is one of Pywr 2: its nodes stand in a network, and its steps under `time`."""
    return any(word in model for word in ("network", "networks", "time"))


def carry_second(model: Mapping[str, Any], path: Path, combination: int = 0) -> tuple[Carried, Combination]:
    """Everything of a model that a scenario can hold. Raises `InputError` where it is no sound model."""
    file = str(path)
    if "networks" in model:
        allowed = "one model with 'network'"
        raise refusal(
            file, "networks", "this file joins several networks", "'networks'", allowed, "Import each of them on its own."
        )
    network = model.get("network")
    if not isinstance(network, dict):
        raise refusal(file, "network", "the network is no mapping", shown(network), "{nodes, edges, ...}")
    carried, files = Carried(steps_of(model, file)), DataFiles(path)
    chosen = combination_of(model, combination, file)
    for place, section, known in (("", model, _SECTIONS), ("network.", network, _OF_NETWORK)):
        for word in section:
            if word not in known:
                carried.lacks(f"{place}{word}", "this section is not read", "Nothing stands in its place.")
    kinds = {**PARAMETER_KINDS, **CURVE_KINDS, **PAST_KINDS, **HYDROPOWER_KINDS}
    reader = MetricReader(network, Attributes(document_of(network, file), carried), files, chosen, kinds)
    writer = Writer(reader)
    reader.read_all()
    writer.write_all({**KINDS, **ROUTING_KINDS, **STORAGE_KINDS})
    write_virtual(writer)
    write_reports(writer, network)
    list_paid_circle(carried, reader)
    return carried, chosen
