"""Alerts from a folder, one file each: what people, another program or a bridge from MQTT puts there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from waterbalance.errors import Finding, InputError, Place
from waterbalance.sources.cap.alert_source import AlertSource, Told, read_all, unread
from waterbalance.sources.cap.message import LARGEST

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.sources.source import Surroundings

ENDINGS = frozenset({".xml", ".cap"})
"""Of files that are read; names that begin with a dot are not finished yet."""


class CapFolder(AlertSource):
    """A folder with CAP messages.

    Whoever may write into it may send alerts: its permissions are what keeps others out.
    """

    type: Literal["cap_folder"]
    """CAP files in a folder."""

    folder: str
    """Relative to the configuration."""

    most: int = Field(default=2_000, ge=1, le=100_000, strict=True)
    """Files that are read, the newest first."""

    def read(self, around: Surroundings) -> Told:
        """See `AlertSource`."""
        folder = around.folder / self.folder
        try:
            files = [each for each in folder.iterdir() if _is_message(each)]
            newest = sorted(files, key=lambda file: (_changed(file), file.name), reverse=True)
        except OSError as error:
            place = Place(str(folder), component=f"alerts {around.name}")
            remedy = "Make the folder, or let this process read it."
            finding = Finding("the folder of alerts cannot be read", place, error.strerror, remedy=remedy)
            raise InputError(f"{around.name} gives no alerts", (finding,)) from None
        found, findings = [], []
        for file in newest[: self.most]:
            place = Place(str(file), component=f"alerts {around.name}")
            try:
                with file.open("rb") as opened:
                    found.append((place, opened.read(LARGEST + 1)))
            except OSError as error:
                findings.append(unread(place, str(error.strerror)))
        told = read_all(found)
        return Told(told.messages, (*findings, *told.findings))


def _changed(file: Path) -> float:
    """When a file was changed; the oldest is one that has gone meanwhile."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _is_message(file: Path) -> bool:
    return file.suffix.lower() in ENDINGS and not file.name.startswith(".") and file.is_file()
