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
        path = self._inside(name, asked_at)
        if path is None:
            return None
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                return self._refuse("this is not a file", asked_at, name, "a file in the scenario's folder")
            if status.st_size > LARGEST_FILE:
                return self._too_large(name, status.st_size)
            content = path.read_bytes()
        except OSError as error:
            return self._refuse(
                "the file cannot be read", asked_at, f"{name!r} ({error.strerror})", "a readable file in the folder"
            )
        if len(content) > LARGEST_FILE:
            return self._too_large(name, len(content))
        self.hashes[name] = hashlib.sha256(content).hexdigest()
        return self._decoded(name, content)

    def _inside(self, name: str, asked_at: Place) -> Path | None:
        """The path of a file, or None where the name leads out of the folder."""
        allowed = "a file inside the scenario's folder, such as tables/inflow.csv"
        remedy = "Copy the file into the folder and name it relative to scenario.yaml."
        if _ADDRESS.match(name):
            return self._refuse("an address or a drive stands where a file belongs", asked_at, repr(name), allowed, remedy)
        if not name.strip() or "\\" in name or any(ord(character) < 32 for character in name):
            return self._refuse("this is not the name of a file", asked_at, repr(name), allowed)
        path = self.path / name
        if Path(name).is_absolute() or name.startswith("~") or ".." in Path(name).parts:
            return self._refuse("the path leads out of the scenario's folder", asked_at, repr(name), allowed, remedy)
        try:
            real = path.resolve(strict=True)
            inside = real.is_relative_to(self.path.resolve())
        except (OSError, RuntimeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it leads in a circle"
            return self._refuse("the file cannot be opened", asked_at, f"{name!r} ({reason})", allowed)
        if not inside:
            return self._refuse("the path leads out of the scenario's folder", asked_at, f"{name!r}, a link", allowed, remedy)
        return real

    def _decoded(self, name: str, content: bytes) -> str | None:
        place = Place(self.label(name))
        if not content.strip():
            return self._refuse("the file is empty", place, f"{len(content)} bytes", "text", "Write the file, or restore it.")
        if b"\0" in content:
            line = content[: content.index(b"\0")].count(b"\n") + 1
            place = Place(self.label(name), line)
            return self._refuse(
                "the file is binary, not text", place, "a zero byte", "text in UTF-8", "Save it as text (CSV or YAML)."
            )
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            found = f"byte 0x{content[error.start]:02x}"
            place = Place(self.label(name), line)
            return self._refuse("the file is not text in UTF-8", place, found, "UTF-8", "Save it again with the encoding UTF-8.")

    def _too_large(self, name: str, size: int) -> None:
        found, allowed = f"{size / 1024**2:.0f} MB", f"at most {LARGEST_FILE / 1024**2:.0f} MB"
        self._refuse("the file is too large", Place(self.label(name)), found, allowed, "Keep only the rows that the plan needs.")

    def _refuse(self, what: str, place: Place, found: str, allowed: str, remedy: str = "Mend the name or the file.") -> None:
        self.findings.add(Finding(what, place, found, allowed, remedy))
