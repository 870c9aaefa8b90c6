"""Components in the making: fields from what was carried over, and what of a node has no place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from waterbalance.interop.pywr.carried import Argument, UncarriedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.interop.pywr.carried import Carried
    from waterbalance.interop.pywr.nodes_by_name import ModelNode

FLOW, PRICE, VOLUME = "m3/day", "currency/m3", "m3"

LOOKS = frozenset({"name", "type", "comment", "position", "color", "visible", "tags", "schematic", "component_attributes"})
"""Words of a node that say nothing about water."""


class Reader(Protocol):
    """What reads the values of a model."""

    @property
    def carried(self) -> Carried:
        """The scenario in the making."""

    def argument(self, data: object, place: str) -> Argument:
        """What a value of the model stands for. Raises `UncarriedError` where it has no counterpart."""

    def constant(self, argument: Argument | None) -> float | None:
        """The number that an argument always is; None where it may change."""

    def at_first(self, argument: Argument) -> float | None:
        """What an argument gives on the first day; None where it depends on storages or flows."""


class ComponentWriter:
    """Writes components for nodes, and tells what of a node has no place."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.carried = reader.carried

    def component(self, node: ModelNode, kind: str, to: Sequence[str], name: str | None = None) -> str:
        """A component without limits; its own name in the model where that had to be changed."""
        own = name or self.carried.names[node.name]
        made: dict[str, Any] = {"type": kind}
        if name is None and own != node.name:
            made["title"] = {"en": node.name}
        self.carried.components[own] = made | ({"to": list(to)} if to else {})
        return own

    def part(self, node: ModelNode, kind: str, title: str, to: Sequence[str], name: str | None = None) -> str:
        """A component for a part of a node."""
        name = name or self.carried.new_name(title)
        self.component(node, kind, to, name)
        if name != title:
            self.carried.components[name]["title"] = {"en": title}
        return name

    def give(self, component: str, field: str, data: object, unit: str, place: str) -> None:
        """A field of a component from a number, a name or a mapping; nothing where the model says null."""
        if data is None:
            return
        try:
            self.put(component, field, self.reader.argument(data, place), unit)
        except UncarriedError as error:
            self.carried.lacks(place, error.what, f"{component} has no {field} here. {error.instead}")

    def put(self, component: str, field: str, argument: Argument, unit: str) -> None:
        """A field of a component from what was carried over."""
        fixed = argument if isinstance(argument, float) else None
        section = self.carried.components if component in self.carried.components else self.carried.rules
        if fixed is None:
            self.carried.set_by[f"{component}.{field}"] = argument
        elif fixed < 0.0 and unit != PRICE:
            self.carried.set_by[f"{component}.{field}"] = fixed
        else:
            section[component][field] = f"{fixed!r} {unit}".strip()

    def others(self, node: ModelNode, known: Sequence[str]) -> None:
        """List the words of a node that nothing here reads."""
        for word in node.data:
            if word not in known and word not in LOOKS:
                self.carried.lacks(
                    f"{node.place}.{word}", "this word of the node is not carried over", "Nothing stands in its place."
                )
