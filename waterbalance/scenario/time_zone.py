"""Whose days a scenario counts, also where the rest of it cannot be read: who is called in trouble is called of the right day."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance.errors import Place
from waterbalance.scenario.document import Scalar, parse_document
from waterbalance.scenario.folder import Folder

if TYPE_CHECKING:
    from pathlib import Path


def zone_of(folder: Path) -> ZoneInfo | None:
    """Time zone of the scenario in a folder; None, and no complaint, where it cannot be had: `None` means the machine's own."""
    files = Folder(folder)
    text = files.text("scenario.yaml", Place(str(folder)))
    document = None if text is None else parse_document(text, str(folder), files.findings)
    node = None if document is None else document.node(("time_zone",))
    try:
        return ZoneInfo(node.text.strip()) if isinstance(node, Scalar) else None
    except (OSError, ValueError):
        return None
