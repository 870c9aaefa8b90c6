"""Parts of an answer whose form may have changed: what is not there is None or empty, never an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def inside(value: Any, *path: str) -> Any:  # noqa: ANN401 (JSON may be anything)
    """What stands under a path of names; None where it ends before."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def several(value: Any) -> list[Any]:  # noqa: ANN401
    """A list, also of one that has lost its brackets."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def flat(value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, object]]:
    """Names and values of mappings in mappings, the names joined by points."""
    for name, each in value.items():
        if isinstance(each, Mapping):
            yield from flat(each, f"{before}{name}.")
        else:
            yield f"{before}{name}", each
