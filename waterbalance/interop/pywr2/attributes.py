"""Attributes of nodes as quantities of components: flows that are added up and taken off, or storages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr2.document import AGGREGATED, AGGREGATED_STORAGE, VIRTUAL_STORAGE, Edge, edge_of
from waterbalance.interop.pywr2.shapes import INFLOW, OUTFLOW, VOLUME, WHOLE, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waterbalance.interop.pywr.carried import Carried
    from waterbalance.interop.pywr.nodes_by_name import ModelNode
    from waterbalance.interop.pywr2.document import Document

Key = tuple[str, str]
"""Component and quantity."""

OF_STORAGES = frozenset({VOLUME, "ProportionalVolume", "MaxVolume"})


@dataclass(frozen=True)
class Flows:
    """A sum of flows less another one."""

    of: tuple[Key, ...]
    minus: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Stores:
    """What several storages hold together, told as an attribute says."""

    nodes: tuple[ModelNode, ...]
    keys: tuple[Key, ...]
    attribute: str


@dataclass(frozen=True)
class Deficit:
    """What the flow of a component is short of its largest one."""

    component: str


@dataclass(frozen=True)
class Power:
    """What a turbine makes of its flow."""

    node: ModelNode
    flow: Key


class Attributes:
    """Finds what an attribute stands for; every part of a node has its component's name from the start."""

    def __init__(self, document: Document, carried: Carried) -> None:
        self.document = document
        self.carried = carried
        self.shapes = {name: shape_of(node) for name, node in document.nodes.items()}
        for name, node in (*document.nodes.items(), *document.virtual.items()):
            carried.names[name] = carried.new_name(name)
            for part in self.shapes[name].parts if name in self.shapes else ():
                carried.names[_key(node, part)] = carried.new_name(f"{name} {part}")

    @property
    def accounts(self) -> frozenset[str]:
        """Components that keep water on paper only."""
        return frozenset(self.component(node) for node in self.document.virtual.values() if node.kind == VIRTUAL_STORAGE)

    def component(self, node: ModelNode, part: str = WHOLE) -> str:
        """The component of a node, or that of one of its parts."""
        return self.carried.names[node.name if part == WHOLE else _key(node, part)]

    def default(self, node: ModelNode) -> str:
        """The attribute that is meant where none is named."""
        if node.name in self.shapes:
            return self.shapes[node.name].default
        return OUTFLOW if node.kind == AGGREGATED else VOLUME

    def of(self, node: ModelNode, attribute: object, place: str) -> Flows | Stores | Deficit | Power:
        """What an attribute of a node is.

        Raises `InputError` where the node cannot have it, `UncarriedError` where it has no counterpart.
        """
        word = self.default(node) if attribute is None else str(attribute)
        if word in OF_STORAGES:
            return self._stores(node, word, place)
        if word == "Deficit" and node.kind == "output":
            if node.data.get("max_flow") is None:
                raise UncarriedError(f"the deficit of {node.name!r}, which has no 'max_flow'", "Give it a 'max_flow'.")
            return Deficit(self.component(node))
        if word == "Power" and node.kind == "turbine":
            return Power(node, (self.component(node), "flow"))
        if node.kind == AGGREGATED and word in {INFLOW, OUTFLOW}:
            return self._together(node, word, place)
        shape = self.shapes.get(node.name)
        if shape is None or word not in shape.attributes:
            known = ", ".join([*(shape.attributes if shape else ()), *(OF_STORAGES if shape and shape.storages else ())])
            what = "the node has no such attribute"
            raise refusal(self.document.file, place, what, f"{shown(word)} of {node.name!r}, a {node.data['type']}", known)
        return Flows(self._flows(node, shape.attributes[word]), self._flows(node, shape.minus.get(word, ())))

    def known_edge(self, told: object, place: str) -> Edge:
        """The edge of the model that a metric tells. Raises `InputError` where there is none."""
        document = self.document
        edge = edge_of(told, place, document.nodes, document.virtual, document.file)
        wanted = edge.start, edge.end, edge.slot
        found = next((each for each in document.edges if (each.start, each.end, each.slot) == wanted), None)
        if found is None:
            between = f"{edge.start} to {edge.end}"
            raise refusal(document.file, place, "the model has no such edge", between, "an edge of 'network.edges'")
        return found

    def edge(self, edge: Edge) -> Flows:
        """The flow along an edge."""
        node, end = self.document.nodes[edge.start], self.carried.names[edge.end]
        return Flows(tuple((self.component(node, part), f"to {end}") for part in self.exits(node, edge.slot, edge.place)))

    def exits(self, node: ModelNode, slot: str | None, place: str) -> tuple[str, ...]:
        """The parts of a node from which water leaves by a slot. Raises `InputError` where it has no such slot."""
        exits = self.shapes[node.name].exits
        if slot not in exits:
            known = ", ".join("none" if each is None else each for each in exits) or "no edge: water ends here"
            what = "water does not leave this node by that slot"
            raise refusal(self.document.file, place, what, f"{slot or 'no slot'} of {node.name!r}", known)
        return exits[slot]

    def targets(self, node: ModelNode, part: str) -> list[str]:
        """Components to which the water of a part may go."""
        found = (
            self.carried.names[edge.end]
            for edge in self.document.edges
            if edge.start == node.name and part in self.exits(node, edge.slot, edge.place)
        )
        return list(dict.fromkeys(found))

    def storages(self, node: ModelNode, place: str) -> Iterator[ModelNode]:
        """The nodes that keep what a node stores. Raises `InputError` for one that stores nothing."""
        if node.kind == AGGREGATED_STORAGE:
            members = node.data.get("storage_nodes")
            if not isinstance(members, list) or not members:
                what = "an aggregated storage needs 'storage_nodes'"
                raise refusal(self.document.file, node.place, what, shown(members), "[{name: text}]")
            for number, member in enumerate(members):
                where = f"{node.place}.storage_nodes[{number}]"
                found = self.document.named(member, where)
                if found.kind == AGGREGATED_STORAGE:
                    raise UncarriedError(f"{node.name!r} adds up storages that add up others", "Name the storages themselves.")
                yield from self.storages(found, where)
        elif node.kind == VIRTUAL_STORAGE or (node.name in self.shapes and self.shapes[node.name].storages):
            yield node
        elif node.name in self.document.virtual and node.kind != AGGREGATED:
            raise UncarriedError(f"{node.name!r} is a {node.data['type']}, which has no counterpart", "See what is told of it.")
        else:
            what, allowed = "this node stores nothing", "a storage"
            raise refusal(self.document.file, place, what, f"{node.name!r}, a {node.data['type']}", allowed)

    def _stores(self, node: ModelNode, attribute: str, place: str) -> Stores:
        nodes = tuple(self.storages(node, place))
        keys: list[Key] = []
        for each in nodes:
            if each.kind == VIRTUAL_STORAGE:
                keys.append((self.component(each), "account"))
            else:
                keys += [(self.component(each, part), "storage") for part in self.shapes[each.name].storages]
        return Stores(nodes, tuple(keys), attribute)

    def _together(self, node: ModelNode, attribute: str, place: str) -> Flows:
        """Flows of the nodes of a group; a source has no inflow, an end no outflow."""
        members = node.data.get("nodes")
        found = [self.document.named(each, f"{node.place}.nodes") for each in (members if isinstance(members, list) else ())]
        fitting = (
            [each for each in found if attribute in self.shapes[each.name].attributes] if _all_real(found, self.shapes) else []
        )
        flows = [self.of(each, attribute, place) for each in fitting]
        of = tuple(key for each in flows if isinstance(each, Flows) for key in each.of)
        return Flows(of, tuple(key for each in flows if isinstance(each, Flows) for key in each.minus))

    def _flows(self, node: ModelNode, parts: tuple[str, ...]) -> tuple[Key, ...]:
        return tuple((self.component(node, part), "flow") for part in parts)


def _all_real(nodes: list[ModelNode], shapes: Mapping[str, object]) -> bool:
    return all(each.name in shapes for each in nodes)


def _key(node: ModelNode, part: str) -> str:
    """A key that no node can have as its name, which begins otherwise."""
    return f"{node.place}.{part}"
