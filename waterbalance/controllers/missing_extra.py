"""Libraries that only some need: imported when they are, and told by name where they are missing."""

from __future__ import annotations

import importlib
from typing import Any

from waterbalance.errors import Finding, UsageError


def library(module: str, extra: str) -> Any:  # noqa: ANN401 (a module, of which only its user knows what it holds)
    """Import a module. Raises `UsageError` that tells which extra to install."""
    try:
        return importlib.import_module(module)
    except ImportError:
        name = module.partition(".")[0]
        remedy = f"Install it with: pip install 'waterbalance[{extra}]'"
        raise UsageError("a library is missing", (Finding(f"{name} is not installed", remedy=remedy),)) from None
