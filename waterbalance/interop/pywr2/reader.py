"""Metrics and parameters of a model as parameters of a scenario."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.at_first import value_at_first
from waterbalance.interop.pywr.carried import Argument, UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number, numbers
from waterbalance.interop.pywr2.attributes import Deficit, Flows, Power
from waterbalance.interop.pywr2.dated import is_undated
from waterbalance.interop.pywr2.document import guess, items_of
from waterbalance.interop.pywr2.nearest import NEAREST
from waterbalance.interop.pywr2.tables import Tables
from waterbalance.interop.pywr2.time_series import TimeSeries
from waterbalance.interop.pywr2.turbine import is_power_alone, power_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.interop.pywr.carried import Carried
    from waterbalance.interop.pywr.data_files import DataFiles
    from waterbalance.interop.pywr.nodes_by_name import ModelNode
    from waterbalance.interop.pywr.steps import Combination
    from waterbalance.interop.pywr2.attributes import Attributes, Stores

    Kind = Callable[["MetricReader", Mapping[str, Any], str], Argument]

Key = tuple[str | None, str]
"""The node that a parameter belongs to, None for the model itself, and the parameter's name there."""

AFTER = "After"

NONE_YET = 1e300
"""A flow that stands for none: greater than any."""


class MetricReader:
    """Carries metrics over, each parameter once; before a step they look at how the one before it ended."""

    def __init__(
        self,
        network: Mapping[str, Any],
        attributes: Attributes,
        files: DataFiles,
        combination: Combination,
        kinds: Mapping[str, Kind],
    ) -> None:
        """`kinds`: how each type of parameter is carried over, by its word in small letters."""
        self.attributes = attributes
        self.document = attributes.document
        self.carried: Carried = attributes.carried
        self.files = files
        self.combination = combination
        self.file = self.document.file
        self.tables = Tables(network, files, self.file)
        self.node: ModelNode | None = None
        """The node whose local parameters are meant where a metric names none."""

        self._kinds = kinds
        self._series = TimeSeries(network, files, self.file)
        self._told: dict[Key, tuple[str, Mapping[str, Any], ModelNode | None]] = {
            (None, name): (place, data, None) for place, name, data in items_of(network, "parameters", self.file)
        }
        for node in (*self.document.nodes.values(), *self.document.virtual.values()):
            local = {"parameters": node.data.get("parameters")}
            for place, name, data in items_of(local, "parameters", self.file):
                self._told[node.name, name] = (place.replace("network", node.place, 1), data, node)
        self._names: dict[Key, str] = {}
        self._failed: dict[Key, UncarriedError] = {}
        self._open: list[Key] = []
        self._columns: dict[str, str] = {}
        self._powers: dict[Key, str] = {}

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """All parameters of the model itself, by name."""
        return {name: data for (_, name), (_, data, node) in self._told.items() if node is None}

    def read_all(self) -> None:
        """Every parameter; those that have no counterpart are listed."""
        for key, (place, _, _) in self._told.items():
            try:
                self.named(key, place)
            except UncarriedError as error:
                self.carried.lacks(place, error.what, error.instead)

    def argument(self, data: object, place: str) -> Argument:
        """What a metric stands for before a step. Raises `UncarriedError` where it has no counterpart."""
        if not isinstance(data, dict):
            return number(data, place, self.file)
        kind = data.get("type")
        carry = _METRICS.get(str(kind).lower())
        if carry is None:
            known = "Literal, Table, Node, VirtualNode, Edge, TimeSeries, Parameter or LocalParameter"
            raise refusal(self.file, f"{place}.type", "this is no metric", shown(kind), known)
        return carry(self, data, place)

    def arguments(self, data: object, place: str) -> list[Argument]:
        """A list of them."""
        if not isinstance(data, list) or not data:
            raise refusal(self.file, place, "a list of metrics is wanted", shown(data), "[{type, ...}]")
        return [self.argument(each, f"{place}[{position}]") for position, each in enumerate(data)]

    def asked(self, data: Mapping[str, Any], word: str, place: str) -> Argument:
        """The metric under a word that must be there."""
        if data.get(word) is None:
            raise refusal(self.file, place, f"there is no {word!r}", "nothing", "a metric {type, ...}")
        return self.argument(data[word], f"{place}.{word}")

    def number(self, data: object, place: str) -> float:
        """A number that never changes: as it is, as a literal, or from a table."""
        found = self.argument(data, place)
        if not isinstance(found, float):
            raise refusal(self.file, place, "a number is wanted that never changes", shown(data), "a literal or a table")
        return found

    def numbers(self, data: object, place: str) -> list[float]:
        """A list of numbers that never change: as they are, as literals, or from a table."""
        if isinstance(data, dict) and data.get("type") == "Table":
            return self.tables.numbers(data, place)
        if isinstance(data, dict) and data.get("type") == "Literal":
            return numbers(data.get("values"), f"{place}.values", self.file)
        return numbers(data, place, self.file)

    def constant(self, argument: Argument | None) -> float | None:
        """The number that an argument always is; None where it may change."""
        if isinstance(argument, str):
            return self.constant(self.carried.parameters.get(argument))
        return argument if isinstance(argument, float) else None

    def at_first(self, argument: Argument) -> float | None:
        """What an argument gives on the first day; None where it depends on storages or flows."""
        return value_at_first(argument, self.carried)

    def member(self, group: object, place: str) -> int:
        """The chosen member of a group of scenarios."""
        if not isinstance(group, str) or group not in self.combination.members:
            known = ", ".join(self.combination.members) or "none"
            raise refusal(self.file, place, "there is no such scenario", shown(group), known)
        return self.combination.members[group]

    def capacity(self, stores: Stores) -> Argument:
        """What storages can hold together. Raises `UncarriedError` where one has no limit."""
        each = []
        for node in stores.nodes:
            if node.data.get("max_volume") is None:
                raise UncarriedError(f"how full {node.name!r} is, which has no limit", "Give it a 'max_volume'.")
            each.append(self.within(node, node.data["max_volume"], f"{node.place}.max_volume"))
        return each[0] if len(each) == 1 else {"kind": "aggregated", "function": "sum", "of": each}

    def within(self, node: ModelNode | None, data: object, place: str) -> Argument:
        """A metric that a node tells, whose own parameters are meant by local ones."""
        outer, self.node = self.node, node
        try:
            return self.argument(data, place)
        finally:
            self.node = outer

    def named(self, key: Key, place: str) -> str:
        """The scenario's parameter for one of the model."""
        if key in self._failed:
            error = self._failed[key]
            raise UncarriedError(f"it needs parameter {key[1]!r}: {error.what}", error.instead)
        if key not in self._names:
            if key in self._open:
                circle = " -> ".join(name for _, name in [*self._open[self._open.index(key) :], key])
                allowed = "parameters that need no other in a circle"
                raise refusal(self.file, place, "parameters go round in a circle", circle, allowed)
            self._open.append(key)
            where, data, node = self._told[key]
            outer, self.node = self.node, node
            try:
                made = self._made(data, where)
                self._names[key] = self._keep(key[1] if node is None else f"{node.name} {key[1]}", made, own=node is None)
            except UncarriedError as error:
                self._failed[key] = error
                raise
            except RecursionError:
                raise refusal(self.file, place, "too many parameters need each other", repr(key[1]), "fewer") from None
            finally:
                self.node = outer
                self._open.pop()
        return self._names[key]

    def keep(self, wanted: str, made: Argument) -> str:
        """Keep a part of what is being read under a name of its own."""
        (_, name) = self._open[-1] if self._open else (None, "")
        return self._keep(f"{name} {wanted}".strip(), made, own=False)

    def _keep(self, wanted: str, made: Argument, *, own: bool) -> str:
        """Keep a parameter under a name that no other has; those of the model itself have their own."""
        name, number_ = wanted, 2
        while name in self.carried.parameters or (not own and (None, name) in self._told):
            name, number_ = f"{wanted} {number_}", number_ + 1
        self.carried.parameters[name] = made
        return name

    def _made(self, data: Mapping[str, Any], place: str) -> Argument:
        word = data["type"]
        carry = self._kinds.get(word.lower())
        if carry is None:
            near = difflib.get_close_matches(word.lower(), self._kinds, n=1)
            otherwise = f"The nearest is {near[0]!r}." if near else "Use another parameter, or a table of its values."
            raise UncarriedError(f"parameters of type {word!r} have no counterpart", NEAREST.get(word.lower(), otherwise))
        return carry(self, data, place)

    def parameter(self, data: Mapping[str, Any], place: str) -> Argument:
        """A parameter's value before a step, or that after the step before."""
        key = self.key_of(data, place)
        returns = data.get("return_value")
        made = (self.after if returns in (AFTER, "AfterOrElseInitial") else self.named)(key, place)
        if data.get("key") is not None:
            raise UncarriedError(f"the value {data['key']!r} of a parameter with several", "Use parameters with one value.")
        if returns not in (None, "Before", AFTER, "AfterOrElseInitial", "Both"):
            allowed = "Before, After or AfterOrElseInitial"
            raise refusal(self.file, f"{place}.return_value", "this is no value of a parameter", shown(returns), allowed)
        if returns not in (AFTER, "AfterOrElseInitial"):
            if self.is_after(key):
                what, allowed = "a parameter that is worked out after a step has no value before it", "AfterOrElseInitial"
                raise refusal(self.file, f"{place}.return_value", what, repr(key[1]), allowed)
        elif not is_undated(made, self.carried):
            what = f"the value of {key[1]!r} after the step before, which follows the calendar"
            raise UncarriedError(what, "The nearest is its value before this step.")
        else:
            return self._after_first(made)
        return made

    def _after_first(self, made: Argument) -> Argument:
        """What is worked out after a step is nothing before the first one: then no flow is known."""
        component = min(self.carried.flows)
        flow = {"kind": "flow_before", "component": component, "initial": NONE_YET}
        return {"kind": "threshold", "of": flow, "is": "<", "threshold": NONE_YET, "values": [0.0, made]}

    def is_after(self, key: Key) -> bool:
        """Whether a parameter is only worked out after each step."""
        data = self._told[key][1]
        return data.get("phase") == AFTER or is_power_alone(data)

    def after(self, key: Key, place: str) -> str:
        """The scenario's parameter for what one of the model gives after a step: the power of a flow, or the same as before."""
        where, data, node = self._told[key]
        if data["type"].lower() != "hydropowertarget" or is_power_alone(data):
            return self.named(key, place)
        if key not in self._powers:
            flow = self.within(node, data.get("actual_flow"), f"{where}.actual_flow")
            self._powers[key] = self._keep(f"{key[1]} after", self.power(data, node, flow, where), own=False)
        return self._powers[key]

    def power(self, data: Mapping[str, Any], node: ModelNode | None, flow: Argument, place: str) -> Argument:
        """The power of a flow, by what a turbine or a parameter of a node tells."""
        water = data.get("water_elevation")
        elevation = None if water is None else self.within(node, water, f"{place}.water_elevation")
        return power_of(data, flow, elevation, place, self.file)

    def key_of(self, data: Mapping[str, Any], place: str) -> Key:
        """The key of the parameter that a metric names. Raises `InputError` where there is none."""
        name, node = data.get("name"), None
        if data["type"] == "LocalParameter":
            node = self.node if data.get("node") is None else self.document.get(data["node"], f"{place}.node")
        key = (None if node is None else node.name, name)
        if not isinstance(name, str) or key not in self._told:
            known = [each for owner, each in self._told if owner == key[0]]
            remedy = guess(name, known, "Add it to 'parameters'.")
            raise refusal(self.file, place, "there is no such parameter", shown(name), "a name of 'parameters'", remedy)
        return key[0], name

    def of_node(self, data: Mapping[str, Any], place: str) -> Argument:
        """An attribute of a node as the step before left it."""
        node = self.document.get(data.get("name"), f"{place}.name")
        found = self.attributes.of(node, data.get("attribute"), place)
        if isinstance(found, Deficit):
            return {"kind": "deficit_before", "component": found.component}
        if isinstance(found, Flows):
            return flows_before(found)
        if isinstance(found, Power):
            return self.power(found.node.data, found.node, flows_before(Flows((found.flow,))), found.node.place)
        if found.attribute == "MaxVolume":
            return self.capacity(found)
        made: dict[str, Any] = {"kind": "stored", "storages": [component for component, _ in found.keys]}
        return {**made, "capacity": self.capacity(found)} if found.attribute == "ProportionalVolume" else made

    def of_edge(self, data: Mapping[str, Any], place: str) -> Argument:
        """The flow along an edge in the step before."""
        return flows_before(self.attributes.edge(self.attributes.known_edge(data.get("edge"), f"{place}.edge")))

    def of_series(self, data: Mapping[str, Any], place: str) -> Argument:
        """A series by date, each once."""
        name, values = self._series.values(data, self.carried.steps, self.combination, place)
        if name not in self._columns:
            self._columns[name] = self._keep(name, self.carried.series(name, values), own=False)
        return self._columns[name]


def flows_before(flows: Flows) -> Argument:
    """A sum of flows of the step before."""
    of: list[Argument] = [_flow_before(*key) for key in flows.of]
    of += [{"kind": "aggregated", "function": "product", "of": [-1.0, _flow_before(*key)]} for key in flows.minus]
    if not of:
        return 0.0
    return of[0] if len(of) == 1 else {"kind": "aggregated", "function": "sum", "of": of}


def _flow_before(component: str, quantity: str) -> dict[str, Any]:
    made = {"kind": "flow_before", "component": component}
    return made if quantity == "flow" else {**made, "quantity": quantity}


def _literal(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    return number(data.get("value"), f"{place}.value", reader.file)


def _table(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    return reader.tables.number(data, place)


def _transfer(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:  # noqa: ARG001
    what = f"what another network hands over ({shown(data.get('name'))})"
    raise UncarriedError(what, "Networks are carried over one by one; give what the other told as a table.")


_METRICS: Mapping[str, Kind] = {
    "literal": _literal,
    "constant": _literal,
    "table": _table,
    "node": MetricReader.of_node,
    "virtualnode": MetricReader.of_node,
    "edge": MetricReader.of_edge,
    "timeseries": MetricReader.of_series,
    "parameter": MetricReader.parameter,
    "localparameter": MetricReader.parameter,
    "internetworktransfer": _transfer,
}
"""Type of a metric in small letters -> what it stands for."""
