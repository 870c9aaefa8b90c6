"""A scenario's folder: files are read from inside of it only, once, by their size first; every file read is hashed."""

from __future__ import annotations

import hashlib
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from waterbalance.errors import Finding, Findings, Place

LARGEST_FILE = 64 * 1024 * 1024
"""Files above this are refused unread. [byte]"""

_ADDRESS = re.compile(r"^\s*(?:[A-Za-z][A-Za-z0-9+.-]+:|www\.|//)")
_DRIVE = re.compile(r"^\s*[A-Za-z]:")
_ALLOWED = "a file inside the scenario's folder, such as tables/inflow.csv"
_COPY = "Copy the file into the folder and name it relative to scenario.yaml."


class _RefusedError(Exception):
    """A file that is not read, with the finding that says why."""

    def __init__(self, what: str, where: Place, found: str, allowed: str, remedy: str) -> None:
        super().__init__(what)
        self.finding = Finding(what, where, found, allowed, remedy)


@dataclass
class Folder:
    """Reads files for one call of `read_scenario`; what is wrong with them goes to `findings`."""

    path: Path
    findings: Findings = field(default_factory=Findings)
    hashes: dict[str, str] = field(default_factory=dict)
    """File name inside the folder -> SHA-256 of its bytes."""

    def label(self, name: str) -> str:
        """How a file is called in complaints: the path as the user gave it, so that an editor can open it."""
        return str(self.path / name)

    def text(self, name: str, asked_at: Place) -> str | None:
        """Text of a file in the folder, without a byte order mark; None, and a finding, where it cannot be had."""
        try:
            return self._text(name, asked_at)
        except _RefusedError as refusal:
            self.findings.add(refusal.finding)
        except OSError as error:
            found = f"{name!r} ({error.strerror or error})"
            self.findings.add(Finding("the file cannot be read", asked_at, found, "a readable file in the folder", _COPY))
        return None

    def _text(self, name: str, asked_at: Place) -> str:
        path = self._inside(name, asked_at)
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            remedy = "Name a file, not a folder or a device."
            raise _RefusedError("this is not a file", asked_at, repr(name), _ALLOWED, remedy)
        self._check_size(name, status.st_size)
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        self._check_size(name, len(content))
        self.hashes[name] = hashlib.sha256(content).hexdigest()
        return self._decoded(name, content)

    def _inside(self, name: str, asked_at: Place) -> Path:
        """The real path of a file, which must lie in the folder."""
        if _ADDRESS.match(name) or _DRIVE.match(name):
            raise _RefusedError("an address stands where a file belongs", asked_at, repr(name), _ALLOWED, _COPY)
        if not name.strip() or "\\" in name or any(ord(character) < 32 for character in name):
            remedy = "Write the name with plain letters and '/'."
            raise _RefusedError("this is not the name of a file", asked_at, repr(name), _ALLOWED, remedy)
        outside = "the path leads out of the scenario's folder"
        if Path(name).is_absolute() or name.startswith("~") or ".." in Path(name).parts:
            raise _RefusedError(outside, asked_at, repr(name), _ALLOWED, _COPY)
        try:
            real = (self.path / name).resolve(strict=True)
        except RuntimeError:
            raise _RefusedError("the link leads in a circle", asked_at, repr(name), _ALLOWED, _COPY) from None
        if not real.is_relative_to(self.path.resolve()):
            raise _RefusedError(outside, asked_at, f"{name!r}, a link", _ALLOWED, _COPY)
        return real

    def _decoded(self, name: str, content: bytes) -> str:
        if not content.strip():
            place = Place(self.label(name), 1)
            raise _RefusedError("the file is empty", place, f"{len(content)} bytes", "text", "Write the file, or restore it.")
        if b"\0" in content:
            place = Place(self.label(name), content[: content.index(b"\0")].count(b"\n") + 1)
            remedy = "Save it as text (CSV or YAML) in UTF-8."
            raise _RefusedError("the file is binary, not text", place, "a zero byte", "text in UTF-8", remedy)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            place = Place(self.label(name), content[: error.start].count(b"\n") + 1)
            found = f"byte 0x{content[error.start]:02x}"
            remedy = "Save it again with the encoding UTF-8."
            raise _RefusedError("the file is not text in UTF-8", place, found, "UTF-8", remedy) from None

    def _check_size(self, name: str, size: int) -> None:
        if size > LARGEST_FILE:
            found, allowed = f"{size / 1024**2:.0f} MB or more", f"at most {LARGEST_FILE / 1024**2:.0f} MB"
            remedy = "Keep only the rows that the plan needs."
            raise _RefusedError("the file is too large", Place(self.label(name)), found, allowed, remedy)
