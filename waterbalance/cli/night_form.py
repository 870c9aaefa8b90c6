"""The option `--log`."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """How a log looks."""

    JSON = "json"
    CONSOLE = "console"
