"""The nodes of a model by name, with what parameters must know of them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

STORAGES = frozenset({"storage", "reservoir"})
ACCOUNTS = frozenset(
    {"virtualstorage", "annualvirtualstorage", "seasonalvirtualstorage", "monthlyvirtualstorage", "rollingvirtualstorage"}
)
GROUPS = frozenset({"aggregatednode", "aggregatedstorage"})


@dataclass(frozen=True)
class ModelNode:
    """One node as the model has it."""

    name: str
    kind: str
    """Its type in small letters."""

    data: Mapping[str, Any]
    place: str
    """Where it stands, such as `nodes[3] 'lake'`."""


@dataclass(frozen=True)
class ModelNodes:
    """All nodes, and who is joined to whom."""

    by_name: Mapping[str, ModelNode]
    edges: tuple[tuple[str, str, str | None], ...]
    """From, to, and the slot that the water leaves by."""

    file: str

    def __iter__(self) -> Iterator[ModelNode]:
        return iter(self.by_name.values())

    def get(self, name: object, place: str) -> ModelNode:
        """A node. Raises `InputError` where there is none of that name."""
        if not isinstance(name, str) or name not in self.by_name:
            what = "this names a node that does not exist"
            raise refusal(self.file, place, what, shown(name), "the name of a node", _guess(name, self.by_name))
        return self.by_name[name]

    def storages(self, name: object, place: str) -> tuple[ModelNode, ...]:
        """The storage or account of a name; all those of an aggregated storage.

        Raises `UncarriedError` for a node that nothing here stores, and `InputError` where there is none.
        """
        node = self.get(name, place)
        if node.kind == "aggregatedstorage":
            members = node.data.get("storage_nodes")
            if not isinstance(members, list) or not members:
                raise refusal(self.file, node.place, "an aggregated storage needs 'storage_nodes'", shown(members), "[names]")
            if any(self.get(member, f"{node.place}.storage_nodes").kind == "aggregatedstorage" for member in members):
                raise UncarriedError(f"{name!r} adds up storages that add up others", "Name the storages themselves.")
            return tuple(each for member in members for each in self.storages(member, f"{node.place}.storage_nodes"))
        if node.kind not in STORAGES | ACCOUNTS:
            raise UncarriedError(f"the storage of {name!r}, of type {node.kind}", "Nodes of that type store nothing here.")
        return (node,)

    def targets(self, name: str) -> dict[str | None, tuple[str, ...]]:
        """Nodes downstream of one, by the slot that leads there."""
        found: dict[str | None, tuple[str, ...]] = {}
        for end, slot in self._leaving.get(name, ()):
            if end not in found.get(slot, ()):
                found[slot] = (*found.get(slot, ()), end)
        return found

    @cached_property
    def _leaving(self) -> Mapping[str, list[tuple[str, str | None]]]:
        """The edges that leave each node."""
        found: dict[str, list[tuple[str, str | None]]] = {}
        for start, end, slot in self.edges:
            found.setdefault(start, []).append((end, slot))
        return found


def nodes_of(model: Mapping[str, Any], file: str) -> ModelNodes:
    """The nodes and edges of a model. Raises `InputError` for what cannot be a network."""
    nodes: dict[str, ModelNode] = {}
    told = model.get("nodes")
    if not isinstance(told, list) or not told:
        raise refusal(file, "nodes", "the model has no nodes", shown(told), "a list of nodes")
    for number, data in enumerate(told):
        place = f"nodes[{number}]"
        if not isinstance(data, dict):
            raise refusal(file, place, "a node is no mapping", shown(data), "{name, type}")
        name, kind = data.get("name"), data.get("type")
        if not isinstance(name, str) or not name.strip():
            raise refusal(file, place, "a node has no name", shown(name), "a text")
        place = f"{place} {name!r}"
        if not isinstance(kind, str):
            raise refusal(file, place, "a node has no type", shown(kind), "a word such as Input, Link or Storage")
        if name in nodes:
            raise refusal(file, place, "two nodes have the same name", f"also {nodes[name].place}", "names of their own")
        nodes[name] = ModelNode(name, kind.lower(), data, place)
    return ModelNodes(nodes, tuple(_edges(model, nodes, file)), file)


def _edges(model: Mapping[str, Any], nodes: Mapping[str, ModelNode], file: str) -> Iterator[tuple[str, str, str | None]]:
    told = model.get("edges", [])
    if not isinstance(told, list):
        raise refusal(file, "edges", "the edges are no list", shown(told), "[[from, to], ...]")
    for number, edge in enumerate(told):
        place = f"edges[{number}]"
        if not isinstance(edge, list) or not 2 <= len(edge) <= 4:
            raise refusal(file, place, "an edge is no pair of names", shown(edge), "[from, to]")
        for name in edge[:2]:
            if not isinstance(name, str) or name not in nodes:
                what = "an edge names a node that does not exist"
                raise refusal(file, place, what, shown(name), "the name of a node", _guess(name, nodes))
            if nodes[name].kind in ACCOUNTS | GROUPS:
                what = "an edge names what no water flows through"
                raise refusal(file, place, what, f"{name!r}, of type {nodes[name].kind}", "a node that water flows through")
        if edge[0] == edge[1]:
            raise refusal(file, place, "an edge leads from a node to itself", shown(edge[0]), "two different nodes")
        slot = edge[2] if len(edge) > 2 else None
        yield edge[0], edge[1], None if slot is None else str(slot)


def _guess(name: object, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(name), list(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else "Mend the name, or add the node."
