"""Which versions of everything are at work here: what may change a number without anybody having changed an input."""

from __future__ import annotations

import json
import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, distributions, version

from waterbalance.schedule.canonical import sha256


def version_of(name: str) -> str:
    """Version of a distribution, or that there is none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


@cache
def installed() -> dict[str, str]:
    """Version of every installed distribution, by its name; and of Python itself."""
    found = {each.name: each.version for each in distributions()}
    return {"python": platform.python_version(), **dict(sorted(found.items(), key=lambda each: each[0].casefold()))}


def installed_hash() -> str:
    """One hash of all of them."""
    return sha256(json.dumps(installed(), sort_keys=True).encode())


def host() -> dict[str, str | int | None]:
    """The machine: arithmetic libraries may take other ways on another one."""
    return {
        "name": platform.node(),
        "system": platform.system(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
    }
