"""A file to which calls are added, one JSON line each: for a screen on the wall, a siren, a program that looks."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from waterbalance.controllers.contact import Call, ContactSettings

if TYPE_CHECKING:
    from pathlib import Path


class FileContact(ContactSettings):
    """A file."""

    kind: Literal["file"]

    path: str = Field(min_length=1)
    """Of the file, relative to the configuration."""

    def call(self, call: Call, folder: Path) -> None:
        """Add one line, whole or not at all. Raises `ContactError`."""
        line = json.dumps(call.content(self.name), ensure_ascii=False).encode() + b"\n"
        file = folder / self.path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(handle, line)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise self.unreached(error.strerror or type(error).__name__, str(file)) from None
