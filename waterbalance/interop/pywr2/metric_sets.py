"""What a model wants to be told: its metric sets as reported series, under the names that Pywr gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr2.attributes import Flows, Stores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.interop.pywr2.document import Edge
    from waterbalance.interop.pywr2.nodes import Writer


def write_reports(writer: Writer, network: Mapping[str, Any]) -> None:
    """Report the default attribute of every node and every parameter, and what metric sets ask for besides."""
    told = network.get("metric_sets") or []
    if not isinstance(told, list):
        raise refusal(writer.file, "network.metric_sets", "the section is no list", shown(told), "[{name, metrics}]")
    reports = _Reports(writer)
    for index, each in enumerate(told):
        _report_set(writer, reports, each, f"network.metric_sets[{index}]")
    for node in (*writer.document.nodes.values(), *writer.document.virtual.values()):
        reports.add({"type": "Node", "name": node.name}, node.place)
    for name in writer.reader.parameters:
        reports.add({"type": "Parameter", "name": name}, f"parameters.{name}")


def _report_set(writer: Writer, reports: _Reports, told: object, place: str) -> None:
    if not isinstance(told, dict):
        raise refusal(writer.file, place, "a metric set is no mapping", shown(told), "{name, metrics}")
    metrics = told.get("metrics") or []
    if not isinstance(metrics, list) or not all(isinstance(metric, dict) for metric in metrics):
        raise refusal(writer.file, f"{place}.metrics", "the metrics are no list", shown(metrics), "[{type, ...}]")
    for number, metric in enumerate(metrics):
        reports.add(metric, f"{place}.metrics[{number}]")
    filters = told.get("filters") or {}
    if isinstance(filters, dict) and filters.get("all_edges"):
        for edge in writer.document.edges:
            reports.edge(edge)
    if told.get("aggregator") is not None:
        what = "an aggregation of what is reported"
        writer.carried.lacks(f"{place}.aggregator", what, "The series itself is reported; sum it up from there.")


class _Reports:
    """Reports every series once."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._done: set[tuple[str, str]] = set()

    def add(self, metric: Mapping[str, Any], place: str) -> None:
        """Report a metric, or list why not."""
        kind = str(metric.get("type")).lower()
        try:
            if kind in {"node", "virtualnode"}:
                self._node(metric, place)
            elif kind == "edge":
                self.edge(self._writer.attributes.known_edge(metric.get("edge"), f"{place}.edge"))
            elif kind in {"parameter", "localparameter"}:
                self._parameter(metric, place)
            else:
                self._value(metric, place)
        except UncarriedError as error:
            self._writer.carried.lacks(place, error.what, f"It is not reported. {error.instead}")

    def _node(self, metric: Mapping[str, Any], place: str) -> None:
        writer = self._writer
        node = writer.document.get(metric.get("name"), f"{place}.name")
        attribute = metric.get("attribute") or writer.attributes.default(node)
        if not self._is_new(node.name, str(attribute)):
            return
        found = writer.attributes.of(node, attribute, place)
        entry: dict[str, Any] = {"name": node.name, "attribute": attribute}
        if isinstance(found, Flows):
            self._flows(entry, found)
        elif isinstance(found, Stores) and attribute == "Volume":
            writer.carried.report(node.name, "Volume", list(map(".".join, found.keys)), per_day=False)
        else:
            argument = writer.reader.within(node, {"type": "Node", "name": node.name, "attribute": attribute}, place)
            self._own_parameter(entry, f"{node.name} {attribute}", argument, at_end=attribute != "MaxVolume")

    def edge(self, edge: Edge) -> None:
        """Report the flow along an edge."""
        name = f"{edge.start}->{edge.end}"
        if self._is_new(name, "Flow"):
            self._flows({"name": name, "attribute": "Flow"}, self._writer.attributes.edge(edge))

    def _flows(self, entry: Mapping[str, Any], flows: Flows) -> None:
        if not flows.of:
            self._own_parameter(entry, f"{entry['name']} {entry['attribute']}", 0.0, at_end=False)
            return
        of, minus = (list(map(".".join, keys)) for keys in (flows.of, flows.minus))
        self._writer.carried.reported.append({**entry, "of": of, **({"minus": minus} if minus else {}), "per_day": True})

    def _parameter(self, metric: Mapping[str, Any], place: str) -> None:
        """A parameter has its value before a step, and another one after it."""
        reader = self._writer.reader
        key = reader.key_of(metric, place)
        after = reader.is_after(key) or str(metric.get("return_value")).startswith("After")
        attribute = "after" if after else "before"
        if metric.get("key") is not None:
            raise UncarriedError(f"the value {metric['key']!r} of a parameter with several", "Use parameters with one value.")
        name = key[1] if key[0] is None else ".".join((key[0], key[1]))
        if self._is_new(name, attribute):
            entry = {"name": name, "attribute": attribute, "parameter": (reader.after if after else reader.named)(key, place)}
            self._writer.carried.reported.append({**entry, "at_end": True} if after else entry)

    def _value(self, metric: Mapping[str, Any], place: str) -> None:
        """A number, a table or a series, which the next step has as well."""
        writer = self._writer
        table, name = metric.get("table"), metric.get("name")
        attribute = ";".join(writer.reader.tables.names(metric)) if table is not None else "value"
        entry = {"name": str(table if table is not None else name or "literal"), "attribute": attribute}
        argument = writer.reader.argument(metric, place)
        if self._is_new(entry["name"], entry["attribute"]):
            self._own_parameter(entry, f"{entry['name']} {attribute}", argument, at_end=False)

    def _own_parameter(self, entry: Mapping[str, Any], wanted: str, argument: Any, *, at_end: bool) -> None:  # noqa: ANN401
        carried = self._writer.carried
        name, number = wanted, 2
        while name in carried.parameters:
            name, number = f"{wanted} {number}", number + 1
        carried.parameters[name] = argument
        carried.reported.append({**entry, "parameter": name, **({"at_end": True} if at_end else {})})

    def _is_new(self, name: str, attribute: str) -> bool:
        known = (name, attribute) in self._done
        self._done.add((name, attribute))
        return not known
