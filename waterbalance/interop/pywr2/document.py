"""The nodes, virtual nodes and edges of a model by name; nothing is carried over yet."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.nodes_by_name import ModelNode
from waterbalance.interop.pywr.steps import refusal, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

AGGREGATED, AGGREGATED_STORAGE, VIRTUAL_STORAGE = "aggregated", "aggregatedstorage", "virtualstorage"

_SLOTS = ("Storage", "River", "Spill", "Compensation", "Abstraction", "Split", "User")


@dataclass(frozen=True)
class Edge:
    """Water may go from a node, by one of its slots, to another one."""

    start: str
    end: str
    slot: str | None
    """Such as `Spill`, `Split 0` or `User intake`; None for the one that a node has anyway."""

    place: str


@dataclass(frozen=True)
class Document:
    """All nodes of a model, and who is joined to whom."""

    nodes: Mapping[str, ModelNode]
    virtual: Mapping[str, ModelNode]
    """Aggregated nodes, aggregated storages and virtual storages."""

    edges: tuple[Edge, ...]
    file: str

    def get(self, name: object, place: str) -> ModelNode:
        """A node, virtual or not. Raises `InputError` where there is none of that name."""
        if isinstance(name, str):
            for each in (self.nodes, self.virtual):
                if name in each:
                    return each[name]
        what = "this names a node that does not exist"
        known = [*self.nodes, *self.virtual]
        raise refusal(self.file, place, what, shown(name), "the name of a node", guess(name, known, "Mend the name."))

    def named(self, reference: object, place: str) -> ModelNode:
        """The node of a reference `{name, component}`."""
        if isinstance(reference, dict):
            return self.get(reference.get("name"), f"{place}.name")
        raise refusal(self.file, place, "this is no reference to a node", shown(reference), "{name: text}")


def document_of(network: Mapping[str, Any], file: str) -> Document:
    """The nodes and edges of a network. Raises `InputError` for what cannot be one."""
    nodes = _nodes(network, "nodes", file)
    if not nodes:
        raise refusal(file, "network.nodes", "the model has no nodes", "nothing", "a list of nodes")
    virtual = _nodes(network, "virtual_nodes", file)
    for name in virtual:
        if name in nodes:
            found = f"also {nodes[name].place}"
            raise refusal(file, virtual[name].place, "two nodes have the same name", found, "names of their own")
    return Document(nodes, virtual, tuple(_edges(network, nodes, virtual, file)), file)


def items_of(network: Mapping[str, Any], section: str, file: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Place, name and mapping of everything in a section, which all have `meta` and `type`; each name once."""
    told = network.get(section)
    if told is not None and not isinstance(told, list):
        raise refusal(file, f"network.{section}", "the section is no list", shown(told), "a list of mappings")
    known: dict[str, str] = {}
    for number, data in enumerate(told or ()):
        place = f"network.{section}[{number}]"
        meta = data.get("meta") if isinstance(data, dict) else None
        name = meta.get("name") if isinstance(meta, dict) else None
        if not isinstance(name, str) or not name.strip():
            raise refusal(file, place, "this has no name", shown(data), "{meta: {name: text}, type: word, ...}")
        place = f"{place} {name!r}"
        if not isinstance(data.get("type"), str):
            raise refusal(file, place, "this has no type", shown(data.get("type")), "a word such as Link or Constant")
        if name in known:
            raise refusal(file, place, "two have the same name", f"also {known[name]}", "names of their own")
        known[name] = place
        yield place, name, data


def type_of(told: object) -> str:
    """The word under `type` in a mapping; nothing where there is no such word."""
    word = told.get("type") if isinstance(told, dict) else None
    return word if isinstance(word, str) else ""


def guess(name: object, known: Iterable[str], otherwise: str) -> str:
    """What may be meant by a name that does not exist."""
    close = difflib.get_close_matches(str(name), list(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else otherwise


def _nodes(network: Mapping[str, Any], section: str, file: str) -> dict[str, ModelNode]:
    return {name: ModelNode(name, data["type"].lower(), data, place) for place, name, data in items_of(network, section, file)}


def _edges(
    network: Mapping[str, Any], nodes: Mapping[str, ModelNode], virtual: Mapping[str, ModelNode], file: str
) -> Iterator[Edge]:
    told = network.get("edges", [])
    if not isinstance(told, list):
        raise refusal(file, "network.edges", "the edges are no list", shown(told), "[{from_node, to_node}, ...]")
    for number, edge in enumerate(told):
        yield edge_of(edge, f"network.edges[{number}]", nodes, virtual, file)


def edge_of(edge: object, place: str, nodes: Mapping[str, ModelNode], virtual: Mapping[str, ModelNode], file: str) -> Edge:
    """One edge. Raises `InputError` where it joins what cannot be joined."""
    if not isinstance(edge, dict):
        raise refusal(file, place, "an edge is no mapping", shown(edge), "{from_node: text, to_node: text}")
    for word in ("from_node", "to_node"):
        name = edge.get(word)
        if isinstance(name, str) and name in virtual:
            what = "an edge names what no water flows through"
            raise refusal(file, f"{place}.{word}", what, f"{name!r}, a virtual node", "a node that water flows through")
        if not isinstance(name, str) or name not in nodes:
            what, remedy = "an edge names a node that does not exist", guess(name, nodes, "Mend the name, or add the node.")
            raise refusal(file, f"{place}.{word}", what, shown(name), "the name of a node", remedy)
    start, end = edge["from_node"], edge["to_node"]
    if start == end:
        raise refusal(file, place, "an edge leads from a node to itself", shown(start), "two different nodes")
    if edge.get("to_slot") is not None:
        allowed = "no 'to_slot': water comes into a node by one way"
        raise refusal(file, f"{place}.to_slot", "this slot is not read", shown(edge["to_slot"]), allowed)
    return Edge(start, end, _slot(edge.get("from_slot"), f"{place}.from_slot", file), place)


def _slot(told: object, place: str, file: str) -> str | None:
    if told is None:
        return None
    kind = type_of(told)
    if not isinstance(told, dict) or kind not in _SLOTS:
        raise refusal(file, place, "this is no slot", shown(told), f"{{type: {' or '.join(_SLOTS)}}}")
    if kind == "Split":
        return f"Split {told.get('position')}"
    return f"User {told.get('name')}" if kind == "User" else str(kind)
