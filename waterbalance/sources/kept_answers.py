"""The last good answer to each question, on disk, for the night on which its server fails."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Kept:
    """An answer of an earlier time."""

    content: bytes
    at: dt.datetime
    """When it came."""


@dataclass(frozen=True)
class KeptAnswers:
    """A folder with one file a question: the moment on its first line, the answer after it.

    A file's name is the hash of the address without its keys, so that no name tells one and two questions never meet.
    """

    folder: Path

    def keep(self, address: str, content: bytes, at: dt.datetime) -> None:
        """Put an answer in the place of the one before; a reader sees the whole of one or of the other. Raises `OSError`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        head = json.dumps({"at": at.isoformat(), "sha256": hashlib.sha256(content).hexdigest()}).encode()
        descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(head + b"\n" + content)
            Path(name).replace(self._file(address))
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def of(self, address: str) -> Kept | None:
        """The last good answer; None where there is none that is whole."""
        try:
            head, _, content = self._file(address).read_bytes().partition(b"\n")
            told = json.loads(head)
            kept = Kept(content, dt.datetime.fromisoformat(told["at"]))
            whole = hashlib.sha256(content).hexdigest() == told["sha256"] and kept.at.tzinfo is not None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return kept if whole else None

    def _file(self, address: str) -> Path:
        return self.folder / f"{hashlib.sha256(address.encode()).hexdigest()}.answer"
