"""The entries of the sections `components` and `rules`: names and types, before their fields are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from waterbalance.errors import Finding, Findings, Place
from waterbalance.scenario.document import Document, Entries, PathInside, Scalar
from waterbalance.scenario.wording import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waterbalance.network.component import Component

_NAME = re.compile(r"\w[\w-]*")


@dataclass(frozen=True)
class Entry:
    """One entry of `components` or `rules`."""

    document: Document
    section: Literal["components", "rules"]
    name: str
    kind: type[Component]
    node: Entries

    @property
    def path(self) -> PathInside:
        """Where the entry stands."""
        return self.section, self.name

    def key_place(self, *keys: str) -> Place:
        """Where a key of the entry stands."""
        return self.document.key_place((*self.path, *keys), self.name)

    def place(self, *keys: str) -> Place:
        """Where a value of the entry stands."""
        return self.document.place((*self.path, *keys), self.name)

    @property
    def fields(self) -> tuple[str, ...]:
        """Keys that the type allows."""
        return ("type", *(field for field in self.kind.model_fields if field != "name"))


def find_entries(document: Document, types: Mapping[str, type[Component]], findings: Findings) -> tuple[Entry, ...]:
    """Entries whose name and type are good; a name that stands in both sections is a finding."""
    return tuple(_entries(document, types, findings))


def named_in(document: Document) -> frozenset[str]:
    """All names of both sections, good or not."""
    sections = (document.node((section,)) for section in ("components", "rules"))
    return frozenset(name for section in sections if isinstance(section, Entries) for name, _, _ in section)


def _entries(document: Document, types: Mapping[str, type[Component]], findings: Findings) -> Iterator[Entry]:
    seen: dict[str, Place] = {}
    sections: tuple[Literal["components", "rules"], ...] = ("components", "rules")
    for section in sections:
        node = document.node((section,))
        for name, key, value in node if isinstance(node, Entries) else ():
            place = Place(document.file, key.line, key.column, name)
            if name in seen:
                remedy = "Give one of them another name."
                findings.add(
                    Finding("a name is used twice", place, f"{name!r}, first in line {seen[name].line}", "unique names", remedy)
                )
                continue
            seen[name] = place
            if not _NAME.fullmatch(name):
                allowed = "letters, digits, _ and -"
                findings.add(Finding("this is not a name", place, repr(name), allowed, "Write it without spaces and dots."))
            elif isinstance(value, Entries):
                kind = _kind_of(document, section, name, types, findings)
                if kind is not None:
                    yield Entry(document, section, name, kind, value)


def _kind_of(
    document: Document, section: str, name: str, types: Mapping[str, type[Component]], findings: Findings
) -> type[Component] | None:
    """The class of an entry, or None and a finding."""
    wants_rule = section == "rules"
    fitting = [word for word, kind in types.items() if kind.is_rule == wants_rule]
    node = document.node((section, name, "type"))
    if not isinstance(node, Scalar):
        place = document.key_place((section, name), name)
        findings.add(Finding("the type is missing", place, "no 'type'", listed(fitting), "Add 'type: ...'."))
        return None
    kind = types.get(node.text)
    place = document.place((section, name, "type"), name)
    if kind is None:
        remedy = nearest(node.text, fitting, "Choose one of those; `waterbalance describe` tells them apart.")
        findings.add(Finding("unknown type", place, repr(node.text), listed(fitting), remedy))
        return None
    if kind.is_rule != wants_rule:
        other = "rules" if kind.is_rule else "components"
        remedy = f"Move {name!r} to the section '{other}'."
        findings.add(Finding(f"this type belongs under '{other}'", place, repr(node.text), listed(fitting), remedy))
        return None
    return kind
