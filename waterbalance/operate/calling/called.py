"""Who was called already: in the audit log of the store, and where there is no store in a file beside the configuration."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from waterbalance.errors import WaterBalanceError
from waterbalance.report.atomic import write_text
from waterbalance.store.audit_log import Event, append, lines_about

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from waterbalance.store.database import Store


class Memory(Protocol):
    """Remembers the calls about one matter."""

    def known(self) -> frozenset[str]:
        """Contacts that have taken a call."""

    def keep(self, contact: str, at: dt.datetime) -> None:
        """Somebody has."""


@dataclass(frozen=True)
class InStore:
    """In the audit log. Raises `StoreError`."""

    store: Store
    matter: str

    def known(self) -> frozenset[str]:
        """Contacts that have taken a call."""
        with self.store.reading() as connection:
            lines, _ = lines_about(connection, self.matter)
        return frozenset(str(line["details"].get("contact")) for line in lines if line["what"] == "called")

    def keep(self, contact: str, at: dt.datetime) -> None:
        """Somebody has."""
        with self.store.writing() as connection:
            append(connection, at, Event("engine", "called", self.matter, {"contact": contact}))


@dataclass(frozen=True)
class InFile:
    """In a file that holds one matter, the last; where it cannot be written, calls are made again rather than not at all."""

    path: Path
    matter: str

    def known(self) -> frozenset[str]:
        """Contacts that have taken a call."""
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            return frozenset(told["called"]) if told["matter"] == self.matter else frozenset()
        except (OSError, ValueError, KeyError, TypeError):
            return frozenset()

    def keep(self, contact: str, at: dt.datetime) -> None:
        """Somebody has."""
        told = {"matter": self.matter, "called": sorted({*self.known(), contact}), "at": at.isoformat()}
        with suppress(WaterBalanceError):
            write_text(self.path, json.dumps(told, ensure_ascii=False))
