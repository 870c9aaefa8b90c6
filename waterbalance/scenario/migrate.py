"""File versions: older files are lifted step by step, each step a small function of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Findings
from waterbalance.scenario.document import Document, Entries, Scalar
from waterbalance.scenario.schema import FILE_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEY = "waterbalance"

STEPS: Mapping[int, Callable[[Document], Document]] = {}
"""From version n to n + 1, by n. Version 1 is the first: there is nothing older to lift yet."""


def lift(document: Document, findings: Findings, steps: Mapping[int, Callable[[Document], Document]] = STEPS) -> Document | None:
    """The document in today's version; None, and a finding, when its version is missing, unknown or newer."""
    literal = f"'{KEY}: {FILE_VERSION}'"
    node = document.root.entries.get(KEY) if isinstance(document.root, Entries) else None
    if node is None:
        remedy = f"Add the line {literal} at the top of the file."
        findings.add(Finding("the file's version is missing", document.place(()), f"no {KEY!r} key", literal, remedy))
        return None
    place = document.place((KEY,))
    version = node[1].value if isinstance(node[1], Scalar) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < min((FILE_VERSION, *steps)):
        found = repr(version) if isinstance(node[1], Scalar) else "a list or mapping"
        findings.add(Finding("this version of the file is not known", place, found, literal, f"Write {literal}."))
        return None
    if version > FILE_VERSION:
        remedy = "Update waterbalance; this one is older than the file."
        findings.add(Finding("the file is newer than this program", place, f"version {version}", f"up to {FILE_VERSION}", remedy))
        return None
    for number in range(version, FILE_VERSION):
        document = steps[number](document)
    return document
