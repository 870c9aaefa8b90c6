"""Files that are either the old one or the new one, never half of one; and what is said where they cannot be written."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, OutputError, Place, TryLaterError

if TYPE_CHECKING:
    from collections.abc import Iterator

READABLE = 0o644

_MAY_PASS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBUSY, errno.EAGAIN}
"""A full or troubled disk: the same command may succeed later."""


def write_text(path: Path, text: str) -> None:
    """See `write_bytes`; in UTF-8."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write beside the file, then put it in its place. Raises what `writing` raises."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).chmod(READABLE)
            Path(beside).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(beside).unlink()
            raise


def remove(path: Path) -> None:
    """Take a file away where there is one. Raises what `writing` raises."""
    with writing(path):
        path.unlink(missing_ok=True)


def require_writable(folder: Path) -> None:
    """Ask whether files can be put there before hours are spent on them. Raises what `writing` raises."""
    with writing(folder):
        nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        if not nearest.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell what the system says about a file: `TryLaterError` where the disk is full or troubled, else `OutputError`."""
    try:
        yield
    except OSError as error:
        kind = TryLaterError if error.errno in _MAY_PASS else OutputError
        remedy = "Make room and try again." if kind is TryLaterError else "Choose another folder with --out."
        finding = Finding("the file cannot be written", Place(file=str(path)), error.strerror, remedy=remedy)
        raise kind("nothing could be written", (finding,)) from None
