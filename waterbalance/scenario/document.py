"""A YAML document as a tree in which every key and value knows its line and column.

The parser is ruamel.yaml's (YAML 1.2); the tree is built from its events, so that a hostile file is stopped while it is
read: by the depth of its nesting, by the size to which its aliases grow, by tags. Dates stay text; the schema reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from waterbalance.errors import Finding, Findings, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST_NESTING = 20
MOST_NODES = 200_000
"""Most keys and values of a document, aliases written out."""

LONGEST_TEXT = 4_000_000
"""Most characters of a YAML file; long series belong into tables."""

Value = str | int | float | bool | None
PathInside = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, Value] = {"": None, "~": None}
_WORDS |= dict.fromkeys(("null", "Null", "NULL"))
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)


@dataclass(frozen=True)
class Scalar:
    """A single value and the text that it was written as."""

    text: str
    value: Value
    line: int
    column: int


@dataclass(frozen=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int


@dataclass(frozen=True)
class Entries:
    """A mapping; keys in the order of the file."""

    entries: dict[str, tuple[Scalar, Node]]
    line: int
    column: int

    def __iter__(self) -> Iterator[tuple[str, Scalar, Node]]:
        return ((name, key, value) for name, (key, value) in self.entries.items())


Node = Scalar | Items | Entries


@dataclass(frozen=True)
class Document:
    """A tree with the name of its file."""

    file: str
    root: Node

    def existing(self, path: PathInside) -> PathInside:
        """The parts of a path that exist in the tree; names that pydantic gives to alternatives fall out."""
        found: list[str | int] = []
        node: Node | None = self.root
        for part in path:
            child = _child(node, part)
            if child is not None:
                found.append(part)
                node = child
        return tuple(found)

    def node(self, path: PathInside) -> Node | None:
        """What stands under a path of keys and numbers."""
        found: Node | None = self.root
        for part in path:
            found = _child(found, part)
        return found

    def place(self, path: PathInside, component: str | None = None) -> Place:
        """Where the value under a path stands; a mapping or a list stands at its own key, where the eye looks for it.

        Where the path does not exist to its end, the last part of it that does.
        """
        existing = self.existing(path)
        node = self.node(existing)
        if existing and not isinstance(node, Scalar):
            return self.key_place(existing, component)
        at = node or self.root
        return Place(self.file, at.line, at.column, component)

    def key_place(self, path: PathInside, component: str | None = None) -> Place:
        """Where the last key of a path stands; in a list, where its item stands."""
        existing = self.existing(path)
        parent, last = self.node(existing[:-1]), self.node(existing)
        if isinstance(parent, Entries) and existing:
            key = parent.entries[str(existing[-1])][0]
            return Place(self.file, key.line, key.column, component)
        at = last or self.root
        return Place(self.file, at.line, at.column, component)


def _child(node: Node | None, part: str | int) -> Node | None:
    if isinstance(node, Entries):
        entry = node.entries.get(str(part))
        return None if entry is None else entry[1]
    if isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
        return node.items[part]
    return None


def plain(node: Node) -> Any:  # noqa: ANN401 (the value of a YAML file may be anything)
    """A tree as plain Python values."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {name: plain(value) for name, _, value in node}


def parse_document(text: str, file: str, findings: Findings) -> Document | None:
    """Read a YAML text; None, and findings, where that is not possible."""
    if len(text) > LONGEST_TEXT:
        remedy = "Move long series into CSV tables."
        findings.add(Finding("the file is too large", Place(file), f"{len(text)} characters", f"at most {LONGEST_TEXT}", remedy))
        return None
    before = len(findings)
    builder = _Builder(file, findings)
    try:
        root = builder.build(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file) if mark is None else Place(file, mark.line + 1, mark.column + 1)
        problem = " ".join(filter(None, (error.context, error.problem)))
        findings.add(
            Finding("this is not YAML", place, problem, "YAML 1.2", "Look at the line's indentation, colons and quotes.")
        )
        return None
    except YAMLError as error:
        first_line = str(error).strip().splitlines()[0]
        findings.add(Finding("this is not YAML", Place(file), first_line, "YAML 1.2", "Save the file as plain text."))
        return None
    except _StopReadingError:
        return None
    if root is None:
        findings.add(Finding("the file holds no values", Place(file), "only comments", "a mapping", "Write the scenario."))
    return None if root is None or len(findings) > before else Document(file, root)


class _StopReadingError(Exception):
    """The rest of the document is not worth reading; a finding says why."""


class _Builder:
    """Builds a tree from events and counts what it builds."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings
        self.nodes = 0
        self.anchors: dict[str, tuple[Node, int]] = {}

    def build(self, events: Iterator[Event]) -> Node | None:
        root: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent) and root is not None:
                self._stop(
                    event, "the file holds a second document", "---", "one document", "Remove everything from this line on."
                )
            if isinstance(event, NodeEvent):
                root = self._node(event, events, 1)
        return root

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        line, column = self._position(event)
        if isinstance(event, AliasEvent):
            return self._alias(event)
        tag, anchor = getattr(event, "tag", None), getattr(event, "anchor", None)
        if tag is not None:
            self._stop(event, "tags are not read", str(tag), "plain values", "Remove the tag.")
        if depth > DEEPEST_NESTING:
            self._stop(
                event, "the nesting is too deep", f"level {depth}", f"at most {DEEPEST_NESTING}", "Look for brackets left open."
            )
        first = self.nodes
        self._count(event, 1)
        node: Node
        if isinstance(event, ScalarEvent):
            node = Scalar(event.value, _resolved(event.value) if event.implicit[0] else event.value, line, column)
        elif isinstance(event, SequenceStartEvent):
            node = Items(tuple(self._items(events, depth + 1)), line, column)
        else:
            node = Entries(self._entries(events, depth + 1), line, column)
        if anchor is not None:
            self.anchors[anchor] = (node, self.nodes - first)
        return node

    def _items(self, events: Iterator[Event], depth: int) -> Iterator[Node]:
        for event in events:
            if isinstance(event, SequenceEndEvent):
                return
            yield self._node(event, events, depth)

    def _entries(self, events: Iterator[Event], depth: int) -> dict[str, tuple[Scalar, Node]]:
        entries: dict[str, tuple[Scalar, Node]] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._node(event, events, depth)
            if not isinstance(key, Scalar):
                self._stop(event, "a key is not a word", "a list or mapping", "a word", "Write a word before the colon.")
                raise _StopReadingError
            value = self._node(next(events), events, depth)
            if key.text in entries:
                first = entries[key.text][0]
                self._add(
                    event, "a key is written twice", f"{key.text!r}, first in line {first.line}", "each key once", "Remove one."
                )
            else:
                entries[key.text] = (key, value)
        return entries

    def _alias(self, event: AliasEvent) -> Node:
        if event.anchor not in self.anchors:
            self._stop(event, "an alias has no anchor before it", f"*{event.anchor}", "a known anchor", "Write the value out.")
        node, size = self.anchors[event.anchor]
        self._count(event, size)
        return node

    def _count(self, event: Event, number: int) -> None:
        self.nodes += number
        if self.nodes > MOST_NODES:
            allowed = f"at most {MOST_NODES} keys and values, aliases written out"
            self._stop(event, "the document grows too large", f"more than {MOST_NODES}", allowed, "Move series into CSV tables.")

    def _position(self, event: Event) -> tuple[int, int]:
        return event.start_mark.line + 1, event.start_mark.column + 1

    def _add(self, event: Event, what: str, found: str, allowed: str, remedy: str) -> None:
        self.findings.add(Finding(what, Place(self.file, *self._position(event)), found, allowed, remedy))

    def _stop(self, event: Event, what: str, found: str, allowed: str, remedy: str) -> None:
        self._add(event, what, found, allowed, remedy)
        raise _StopReadingError


def _resolved(text: str) -> Value:
    """A plain scalar by the core schema of YAML 1.2, without octal, hexadecimal and infinite numbers: they stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text
