"""Nodes of a model as components; what is made of several nodes inside is written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.nearest import NEAREST_NODES
from waterbalance.interop.pywr.nodes_by_name import ACCOUNTS, GROUPS, STORAGES
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number
from waterbalance.interop.pywr.writer import FLOW, PRICE, ComponentWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from waterbalance.interop.pywr.carried import Argument
    from waterbalance.interop.pywr.nodes_by_name import ModelNode, ModelNodes
    from waterbalance.interop.pywr.parameters import ParameterReader

_LIMITS = (("min_flow", "minimum_flow", FLOW), ("max_flow", "maximum_flow", FLOW), ("cost", "price", PRICE))


class NodeWriter(ComponentWriter):
    """Writes components for nodes, and tells what of a node has no place."""

    def __init__(self, reader: ParameterReader) -> None:
        super().__init__(reader)
        self.reader: ParameterReader = reader
        self.nodes: ModelNodes = reader.nodes

    def name_all(self) -> None:
        """Give every node a component's name, before parameters speak about them."""
        for node in self.nodes:
            name = self.carried.names[node.name] = self.carried.new_name(node.name)
            if node.kind not in STORAGES | ACCOUNTS and node.kind != "aggregatedstorage":
                self.carried.flows.add(name)

    def write_all(self, kinds: Mapping[str, Callable[[NodeWriter, ModelNode], None]]) -> None:
        """Every node that water flows through; `kinds` says how, by the type in small letters."""
        for node in self.nodes:
            if node.kind in ACCOUNTS | GROUPS:
                continue
            kind = kinds.get(node.kind)
            if kind is None:
                near = NEAREST_NODES.get(node.kind, "The nearest are source_node, link_node, demand_node and storage_node.")
                self.carried.lacks(
                    node.place, f"nodes of type {node.data['type']!r} have no counterpart", f"Water passes it freely. {near}"
                )
                kind = _unknown
            kind(self, node)
            self._report(node)

    def targets(self, node: ModelNode) -> list[str]:
        """Components downstream of a node, by whatever slot."""
        every = [each for names in self.nodes.targets(node.name).values() for each in names]
        return [self.carried.names[each] for each in dict.fromkeys(every)]

    def limits(self, node: ModelNode, component: str, known: Sequence[str] = ()) -> None:
        """Limits and cost of a node, and a list of its words that are not known here."""
        for word, field, unit in _LIMITS:
            self.give(component, field, node.data.get(word), unit, f"{node.place}.{word}")
        self.others(node, (*(word for word, _, _ in _LIMITS), *known))

    def _report(self, node: ModelNode) -> None:
        name = self.carried.names[node.name]
        if node.kind in STORAGES:
            self.carried.report(node.name, "volume", [f"{name}.storage"], per_day=False)
        else:
            self.carried.report(node.name, "flow", [f"{name}.flow"], per_day=True)


def _input(writer: NodeWriter, node: ModelNode) -> None:
    writer.limits(node, writer.component(node, "source_node", writer.targets(node)))


def _output(writer: NodeWriter, node: ModelNode) -> None:
    writer.limits(node, writer.component(node, "demand_node", writer.targets(node)))


def _link(writer: NodeWriter, node: ModelNode) -> None:
    writer.limits(node, writer.component(node, "link_node", writer.targets(node)))


def _unknown(writer: NodeWriter, node: ModelNode) -> None:
    writer.component(node, "link_node", writer.targets(node))


def _catchment(writer: NodeWriter, node: ModelNode) -> None:
    """A flow that is forced."""
    name = writer.component(node, "source_node", writer.targets(node))
    flow = node.data.get("flow", 0.0)
    for field in ("minimum_flow", "maximum_flow"):
        writer.give(name, field, flow, FLOW, f"{node.place}.flow")
    writer.give(name, "price", node.data.get("cost"), PRICE, f"{node.place}.cost")
    writer.others(node, ("flow", "cost"))


def _loss_link(writer: NodeWriter, node: ModelNode) -> None:
    """What comes out is limited and priced; the loss is a share of it (net) or of what goes in (gross)."""
    name = writer.component(node, "link_node", writer.targets(node))
    writer.limits(node, name, ("loss_factor", "loss_factor_type"))
    kind, place = str(node.data.get("loss_factor_type", "net")).lower(), f"{node.place}.loss_factor"
    if kind not in {"net", "gross"}:
        raise refusal(writer.nodes.file, f"{node.place}.loss_factor_type", "this is no kind of loss", shown(kind), "net or gross")
    try:
        loss = writer.reader.argument(node.data.get("loss_factor", 0.0), place)
    except UncarriedError as error:
        writer.carried.lacks(place, error.what, f"{name} loses nothing here. {error.instead}")
        return
    lose(writer, name, loss, place, gross=kind == "gross")


def lose(writer: ComponentWriter, name: str, loss: Argument, place: str, *, gross: bool) -> None:
    """A share of what comes out of a link is lost before, or one of all that goes in."""
    fixed = writer.reader.constant(loss)
    if fixed is not None and fixed < 0.0:
        writer.carried.lacks(
            place, f"a loss of {fixed:g} would make water", f"{name} loses nothing here. Give a share of 0 or more."
        )
    elif not gross:
        writer.put(name, "loss_share", loss if fixed is None else fixed, "")
    elif fixed is None:
        left = {"kind": "aggregated", "function": "product", "of": [-1.0, loss]}
        ratio = {"kind": "aggregated", "function": "sum", "of": [1.0, left]}
        writer.put(name, "loss_share", {"kind": "quotient", "numerator": loss, "denominator": ratio}, "")
    elif fixed >= 1.0:
        writer.put(name, "maximum_flow", 0.0, FLOW)
        writer.carried.set_by.pop(f"{name}.maximum_flow", None)
    else:
        writer.put(name, "loss_share", fixed / (1.0 - fixed), "")


def _delay(writer: NodeWriter, node: ModelNode) -> None:
    """So many days or steps later."""
    place, length = node.place, writer.carried.steps.days
    steps, days = node.data.get("timesteps"), node.data.get("days")
    if length is None:
        writer.carried.lacks(place, "a delay in steps of months", "Water passes at once. Use steps of days.")
        _unknown(writer, node)
        return
    delay = (
        number(steps, f"{place}.timesteps", writer.nodes.file) * length
        if steps
        else number(days or 0, f"{place}.days", writer.nodes.file)
    )
    if delay < 0 or delay % length:
        allowed = f"a multiple of {length} days"
        raise refusal(writer.nodes.file, place, "the delay is no number of whole steps", f"{delay:g} days", allowed)
    name = writer.component(node, "delay_node", writer.targets(node))
    writer.carried.components[name]["travel_time"] = f"{delay!r} days"
    initial = number(node.data.get("initial_flow", 0.0), f"{place}.initial_flow", writer.nodes.file)
    if initial:
        writer.carried.components[name]["initial_flow"] = f"{initial!r} {FLOW}"
    writer.others(node, ("timesteps", "days", "initial_flow"))


KINDS: Mapping[str, Callable[[NodeWriter, ModelNode], None]] = {
    "input": _input,
    "output": _output,
    "link": _link,
    "river": _link,
    "breaklink": _link,
    "catchment": _catchment,
    "discharge": _catchment,
    "losslink": _loss_link,
    "delaynode": _delay,
}
"""Type of a node in small letters -> how it is written."""
