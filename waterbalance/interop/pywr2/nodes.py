"""Nodes as components: those that water flows through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import Argument, UncarriedError, negative
from waterbalance.interop.pywr.nodes import lose
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.writer import FLOW, PRICE, ComponentWriter
from waterbalance.interop.pywr2.document import type_of
from waterbalance.interop.pywr2.hydropower import flow_for
from waterbalance.interop.pywr2.nearest import NEAREST_NODES
from waterbalance.interop.pywr2.shapes import MOST_PARTS, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from waterbalance.interop.pywr.nodes_by_name import ModelNode
    from waterbalance.interop.pywr2.reader import MetricReader

LIMITS = (("min_flow", "minimum_flow", FLOW), ("max_flow", "maximum_flow", FLOW), ("cost", "price", PRICE))

_ALWAYS = frozenset({"meta", "type", "parameters"})


class Writer(ComponentWriter):
    """Writes components for nodes and their parts, and tells what of a node has no place."""

    def __init__(self, reader: MetricReader) -> None:
        super().__init__(reader)
        self.reader: MetricReader = reader
        self.attributes = reader.attributes
        self.document = reader.document
        self.file = reader.file
        for name, node in self.document.nodes.items():
            parts = (WHOLE, *self.attributes.shapes[name].parts)
            self.carried.flows.update(self.attributes.component(node, part) for part in parts)

    def write_all(self, kinds: Mapping[str, Callable[[Writer, ModelNode], None]]) -> None:
        """Every node that water flows through; `kinds` says how, by the type in small letters."""
        for edge in self.document.edges:
            self.attributes.exits(self.document.nodes[edge.start], edge.slot, edge.place)
        for node in self.document.nodes.values():
            kind = kinds.get(node.kind)
            if kind is None:
                near = NEAREST_NODES.get(node.kind, "The nearest are source_node, link_node, demand_node and storage_node.")
                what = f"nodes of type {node.data['type']!r} have no counterpart"
                self.carried.lacks(node.place, what, f"Water passes it freely. {near}")
                kind = _unknown
            self.reader.node = node
            kind(self, node)
            self.reader.node = None

    def make(self, node: ModelNode, kind: str, part: str = WHOLE, parts: Iterable[str] = ()) -> str:
        """The component of a node or of one of its parts, from which water goes on to other parts and to other nodes."""
        within = [self.attributes.component(node, each) for each in parts]
        to = list(dict.fromkeys([*within, *self.attributes.targets(node, part)]))
        if part == WHOLE:
            return self.component(node, kind, to)
        return self.part(node, kind, f"{node.name} {part}", to, self.attributes.component(node, part))

    def limit(self, node: ModelNode, component: str, words: Sequence[tuple[str, str, str]]) -> None:
        """Fields of a component from words of a node: word, field and unit of each."""
        for word, field, unit in words:
            self.give(component, field, node.data.get(word), unit, f"{node.place}.{word}")

    def priced(self, node: ModelNode, part: str, limit: object, cost: object, word: str) -> str:
        """A part of a link with its own largest flow and cost."""
        made = self.make(node, "link_node", part)
        self.give(made, "maximum_flow", limit, FLOW, f"{node.place}.{word}")
        self.give(made, "price", cost, PRICE, f"{node.place}.{word}_cost")
        return made

    def known(self, node: ModelNode, *words: str) -> None:
        """List the words of a node that nothing reads."""
        for word, value in node.data.items():
            if word not in words and word not in _ALWAYS and value is not None:
                what = "this word of the node is not carried over"
                self.carried.lacks(f"{node.place}.{word}", what, "Nothing stands in its place.")

    def mapping(self, node: ModelNode, word: str) -> Mapping[str, Any]:
        """The mapping under a word of a node."""
        told = node.data[word]
        if not isinstance(told, dict):
            raise refusal(self.file, f"{node.place}.{word}", "a mapping is wanted", shown(told), "{word: value}")
        return told

    def items(self, node: ModelNode, word: str) -> list[Mapping[str, Any]]:
        """The list of mappings under a word of a node."""
        told = node.data.get(word)
        if not isinstance(told, list) or not 1 <= len(told) <= MOST_PARTS or not all(isinstance(each, dict) for each in told):
            raise refusal(self.file, f"{node.place}.{word}", "a list of mappings is wanted", shown(told), f"1 to {MOST_PARTS}")
        return told


def _unknown(writer: Writer, node: ModelNode) -> None:
    writer.make(node, "link_node")


def _input(writer: Writer, node: ModelNode) -> None:
    writer.limit(node, writer.make(node, "source_node"), LIMITS)
    writer.known(node, "min_flow", "max_flow", "cost")


def _output(writer: Writer, node: ModelNode) -> None:
    writer.limit(node, writer.make(node, "demand_node"), LIMITS)
    writer.known(node, "min_flow", "max_flow", "cost")


def _catchment(writer: Writer, node: ModelNode) -> None:
    """A flow that is forced."""
    name = writer.make(node, "source_node")
    writer.limit(node, name, (("flow", "minimum_flow", FLOW), ("flow", "maximum_flow", FLOW), ("cost", "price", PRICE)))
    writer.known(node, "flow", "cost")


def _link(writer: Writer, node: ModelNode) -> None:
    """A soft least flow has its own cost; what goes beyond a soft largest flow has another one."""
    writer.known(node, "min_flow", "max_flow", "cost", "soft_min", "soft_max")
    soft_min, soft_max = (
        writer.mapping(node, word) if node.data.get(word) is not None else None for word in ("soft_min", "soft_max")
    )
    if soft_min is None and soft_max is None:
        writer.limit(node, writer.make(node, "link_node"), LIMITS)
        return
    whole = writer.make(node, "link_node", WHOLE, writer.attributes.shapes[node.name].parts)
    writer.limit(node, whole, LIMITS[:2])
    hard = writer.priced(node, "hard", None, node.data.get("cost"), "cost")
    if soft_min is not None:
        soft = writer.priced(node, "soft min", soft_min.get("flow"), soft_min.get("cost"), "soft_min")
    if soft_max is not None:
        writer.priced(node, "soft max", None, soft_max.get("cost"), "soft_max")
        if soft_min is None:
            writer.give(hard, "maximum_flow", soft_max.get("flow"), FLOW, f"{node.place}.soft_max.flow")
        elif soft_max.get("flow") is not None:
            rule = writer.carried.new_name(f"{node.name} below soft max")
            writer.carried.rules[rule] = {"type": "flow_group", "weights": {hard: 1.0, soft: 1.0}}
            writer.give(rule, "maximum_flow", soft_max["flow"], FLOW, f"{node.place}.soft_max.flow")


def _gauge(writer: Writer, node: ModelNode) -> None:
    """A wanted flow at its cost, and the rest."""
    writer.make(node, "link_node", WHOLE, ("mrf", "bypass"))
    writer.priced(node, "mrf", _or_none(node.data.get("mrf")), node.data.get("mrf_cost"), "mrf")
    writer.priced(node, "bypass", None, node.data.get("bypass_cost"), "bypass")
    writer.known(node, "mrf", "mrf_cost", "bypass_cost")


def _or_none(limit: object) -> object:
    """A wanted flow that is left out is none."""
    return 0.0 if limit is None else limit


def _piecewise(writer: Writer, node: ModelNode) -> None:
    parts = writer.attributes.shapes[node.name].parts
    writer.make(node, "link_node", WHOLE, parts)
    for number, (part, step) in enumerate(zip(parts, writer.items(node, "steps"), strict=True)):
        made = writer.make(node, "link_node", part)
        for word, field, unit in LIMITS:
            writer.give(made, field, step.get(word), unit, f"{node.place}.steps[{number}].{word}")
    writer.known(node, "steps")


def losing_part(writer: Writer, node: ModelNode, part: str, parts: Sequence[str] = ()) -> str:
    """A link that loses a share of what comes out of it, or of what goes into it."""
    name = writer.make(node, "link_node", part, parts)
    if node.data.get("loss_factor") is None:
        return name
    told, place = writer.mapping(node, "loss_factor"), f"{node.place}.loss_factor"
    if type_of(told) not in {"Net", "Gross"}:
        raise refusal(writer.file, f"{place}.type", "this is no kind of loss", shown(told.get("type")), "Net or Gross")
    try:
        loss = writer.reader.asked(told, "factor", place)
    except UncarriedError as error:
        writer.carried.lacks(place, error.what, f"{name} loses nothing here. {error.instead}")
    else:
        lose(writer, name, loss, place, gross=told["type"] == "Gross")
    return name


_NET_LIMITS = (("min_net_flow", "minimum_flow", FLOW), ("max_net_flow", "maximum_flow", FLOW), ("net_cost", "price", PRICE))


def _loss_link(writer: Writer, node: ModelNode) -> None:
    if node.data.get("loss_factor") is None:
        net = writer.make(node, "link_node")
    else:
        writer.make(node, "link_node", WHOLE, ("net",))
        net = losing_part(writer, node, "net")
    writer.limit(node, net, _NET_LIMITS)
    writer.known(node, "loss_factor", *(word for word, _, _ in _NET_LIMITS))


def _works(writer: Writer, node: ModelNode) -> None:
    """The net flow is limited; some of it may be wanted at a cost of its own."""
    soft = node.data.get("soft_min_flow")
    last = () if soft is None else ("soft min", "above soft min")
    writer.make(node, "link_node", WHOLE, ("net",))
    writer.limit(node, losing_part(writer, node, "net", last), LIMITS)
    if soft is not None:
        writer.priced(node, "soft min", soft, node.data.get("soft_min_flow_cost"), "soft_min_flow")
        writer.priced(node, "above soft min", None, None, "soft_min_flow")
    writer.known(node, "min_flow", "max_flow", "cost", "loss_factor", "soft_min_flow", "soft_min_flow_cost")


def _turbine(writer: Writer, node: ModelNode) -> None:
    """The flow that makes the target is the most, the least, or both."""
    name = writer.make(node, "link_node")
    writer.give(name, "price", node.data.get("cost"), PRICE, f"{node.place}.cost")
    told = node.data.get("target_type") or "MaxFlow"
    if told not in ("MaxFlow", "MinFlow", "Both"):
        raise refusal(writer.file, f"{node.place}.target_type", "this is no target", shown(told), "MaxFlow, MinFlow or Both")
    if node.data.get("target") is not None:
        try:
            flow = flow_for(writer.reader, node.data, node.place)
        except UncarriedError as error:
            writer.carried.lacks(f"{node.place}.target", error.what, f"{name} has no limit here. {error.instead}")
        else:
            for field in {"MaxFlow": ("maximum_flow",), "MinFlow": ("minimum_flow",)}.get(told, ("minimum_flow", "maximum_flow")):
                writer.put(name, field, flow, FLOW)
    words = ("efficiency", "energy_unit_conversion", "flow_unit_conversion", "min_head", "turbine_elevation", "water_density")
    writer.known(node, "cost", "target", "target_type", "water_elevation", *words)


def _abstraction(writer: Writer, node: ModelNode) -> None:
    """Some of a river is taken; what is wanted to go on has its own cost."""
    parts = writer.attributes.shapes[node.name].parts
    writer.make(node, "link_node", WHOLE, parts)
    if "mrf" in parts:
        writer.priced(node, "mrf", node.data.get("mrf"), node.data.get("mrf_cost"), "mrf")
    writer.make(node, "link_node", "bypass")
    limits = [(f"abs_{word}", field, unit) for word, field, unit in LIMITS]
    writer.limit(node, writer.make(node, "link_node", "abstraction"), limits)
    writer.known(node, "mrf", "mrf_cost", *(word for word, _, _ in limits))


def _split(writer: Writer, node: ModelNode) -> None:
    """Shares of what is more than the wanted flow: each of itself and what goes on together."""
    parts = writer.attributes.shapes[node.name].parts
    splits = writer.items(node, "splits")
    writer.make(node, "link_node", WHOLE, parts)
    writer.priced(node, "mrf", _or_none(node.data.get("mrf")), node.data.get("mrf_cost"), "mrf")
    links = [writer.make(node, "link_node", part) for part in parts[1:]]
    writer.known(node, "mrf", "mrf_cost", "splits")
    place = f"{node.place}.splits"
    try:
        factors = [writer.reader.asked(each, "factor", f"{place}[{index}]") for index, each in enumerate(splits)]
    except UncarriedError as error:
        writer.carried.lacks(place, error.what, f"Nothing shares the flow here. {error.instead}")
        return
    rest, *shares = links
    for index, (link, factor) in enumerate(zip(shares, factors, strict=True)):
        name = writer.carried.new_name(f"{node.name} split {index}")
        writer.carried.rules[name] = {"type": "flow_group", "weights": {rest: 1.0, link: 1.0}}
        share(writer, name, [rest, link], [factor], f"{place}[{index}]")


def share(writer: Writer, rule: str, links: Sequence[str], factors: Sequence[Argument], place: str) -> None:
    """Flows in the proportion of factors, the first of which is what is left of 1."""
    rest: Argument = {"kind": "aggregated", "function": "sum", "of": [1.0, *map(negative, factors)]}
    fixed = [writer.reader.constant(each) for each in factors]
    if all(each is not None for each in fixed):
        rest = 1.0 - sum(each for each in fixed if each is not None)
        if rest < 0.0:
            raise refusal(writer.file, place, "the factors add up to more than 1", f"{1.0 - rest:g}", "at most 1")
    proportion(writer, rule, dict(zip(links, [rest, *factors], strict=True)))


def proportion(writer: Writer, rule: str, told: Mapping[str, Argument]) -> None:
    """Flows in the proportion of numbers; where one moves, 1 stands in the file for it."""
    if len(told) < 2:  # one flow alone is in no proportion
        return
    fixed = {component: writer.reader.constant(each) for component, each in told.items()}
    writer.carried.rules[rule]["proportions"] = {component: 1.0 if each is None else each for component, each in fixed.items()}
    moving = {component: each for component, each in told.items() if fixed[component] is None}
    writer.carried.set_by |= {f"{rule}.proportion {component}": each for component, each in moving.items()}


KINDS: Mapping[str, Callable[[Writer, ModelNode], None]] = {
    "input": _input,
    "output": _output,
    "catchment": _catchment,
    "link": _link,
    "rivergauge": _gauge,
    "piecewiselink": _piecewise,
    "losslink": _loss_link,
    "watertreatmentworks": _works,
    "turbine": _turbine,
    "abstraction": _abstraction,
    "riversplitwithgauge": _split,
}
"""Type of a node in small letters -> how it is written."""
