"""What the checks of a whole scenario are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.scenario.document import Document
    from waterbalance.scenario.entries import Entry
    from waterbalance.scenario.needs import Needs
    from waterbalance.scenario.scenario import Scenario


@dataclass(frozen=True)
class Whole:
    """A complete scenario with the document that it was read from."""

    scenario: Scenario
    document: Document
    entries: Mapping[str, Entry]
    needs: Needs
