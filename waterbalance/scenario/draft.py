"""A scenario file on its way to a `Scenario`: what the readers of its parts share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waterbalance.errors import Finding, Findings, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.scenario.document import Document
    from waterbalance.scenario.entries import Entry
    from waterbalance.scenario.folder import Folder
    from waterbalance.scenario.tables import Known


@dataclass(frozen=True)
class Draft:
    """One scenario file, as far as it has been read."""

    document: Document
    folder: Folder
    sections: Mapping[str, Any]
    """The sections that could be read, by name (see `ScenarioFile`)."""

    entries: tuple[Entry, ...]
    """Components and rules whose type is known."""

    known: Known
    """What the columns of tables may speak about."""

    @property
    def findings(self) -> Findings:
        """Every problem so far."""
        return self.folder.findings

    @property
    def sources_required(self) -> bool:
        """Whether every figure needs a source."""
        return bool(self.sections.get("sources_required"))

    def ask_for_source(self, source: str | None, where: Place, what: str) -> None:
        """Complain where a source is required and not given."""
        if self.sources_required and not (source and source.strip()):
            remedy = "Add 'source: ...' beside it."
            self.findings.add(Finding(f"{what} has no source", where, "no 'source'", "a source, or the word 'assumed'", remedy))
