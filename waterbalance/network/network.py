"""Components and rules by name, and who is whose neighbour."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Findings, InputError, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from waterbalance.network.component import Component


@dataclass(frozen=True)
class Link:
    """One named neighbour: water flows from `upstream` to `downstream`."""

    upstream: str
    downstream: str
    field: str
    owner: str


@dataclass(frozen=True)
class Network:
    """What exists. Rules are components too; `places` hold a balance."""

    components: Mapping[str, Component]

    @classmethod
    def of(cls, components: Iterable[Component]) -> Network:
        """Make a network; raises `InputError` naming every name used twice."""
        found: dict[str, Component] = {}
        findings = Findings()
        for component in components:
            if component.name in found:
                findings.add(
                    Finding(
                        "two components have the same name",
                        Place(component=component.name),
                        found=f"a {found[component.name].type_name()} and a {component.type_name()}",
                        remedy="Give one of them another name.",
                    )
                )
            found[component.name] = component
        findings.raise_if_any(InputError, "the network has names used twice")
        return cls(MappingProxyType(found))

    def __getitem__(self, name: str) -> Component:
        return self.components[name]

    def __contains__(self, name: object) -> bool:
        return name in self.components

    def __iter__(self) -> Iterator[Component]:
        return iter(self.components.values())

    def __len__(self) -> int:
        return len(self.components)

    def __reduce__(self) -> tuple[type[Network], tuple[dict[str, Component]]]:
        """Pickle as a plain dictionary (a mapping proxy cannot be pickled)."""
        return Network, (dict(self.components),)

    @property
    def rules(self) -> tuple[Component, ...]:
        """Components that only speak about others."""
        return tuple(component for component in self if component.is_rule)

    @property
    def places(self) -> tuple[Component, ...]:
        """Components where water can be brought and taken."""
        return tuple(component for component in self if component.is_place)

    def links(self) -> tuple[Link, ...]:
        """Every named neighbour as a directed link."""
        found = []
        for component in self:
            for field, role, name in component.neighbours():
                if role == "upstream":
                    found.append(Link(name, component.name, field, component.name))
                elif role == "downstream":
                    found.append(Link(component.name, name, field, component.name))
        return tuple(found)
