"""Files that are either the old one or the new one, never half of one."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from waterbalance.errors import Finding, InputError, Place

READABLE = 0o644


def write_text(path: Path, text: str) -> None:
    """Write beside the file, then put it in its place. Raises `InputError` where the folder cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).chmod(READABLE)
            Path(beside).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(beside).unlink()
            raise
    except OSError as error:
        finding = Finding(
            "the file cannot be written", Place(file=str(path)), error.strerror, remedy="Choose another folder with --out."
        )
        raise InputError("nothing could be written", (finding,)) from None
