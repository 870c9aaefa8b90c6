"""Plain values as YAML that a person can read: mappings line by line, lists of numbers in one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

_PLAIN = re.compile(r"[A-Za-z_][\w./-]*( [\w./-]+)*")
_QUANTITY = re.compile(r"-?[0-9][0-9.e+-]* [A-Za-z][\w/]*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off"}


def yaml_text(values: Mapping[str, object]) -> str:
    """A document; keys in their order."""
    return "\n".join(_lines(values, "")) + "\n"


def node_count(value: object) -> int:
    """Keys, values, lists and mappings of a document, as whoever reads it counts them."""
    if isinstance(value, Mapping):
        return 1 + sum(1 + node_count(each) for each in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return 1 + sum(node_count(each) for each in value)
    return 1


def _lines(values: Mapping[str, object], indent: str) -> Iterator[str]:
    for name, value in values.items():
        key = _scalar(name)
        if isinstance(value, Mapping) and value:
            yield f"{indent}{key}:"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(each, Mapping) for each in value):
            yield f"{indent}{key}:"
            yield from _items(value, indent + "  ")
        else:
            yield f"{indent}{key}: {_flow(value)}"


def _items(values: Sequence[object], indent: str) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping) and value:
            first, *others = _lines(value, indent + "  ")
            yield f"{indent}- {first.lstrip()}"
            yield from others
        else:
            yield f"{indent}- {_flow(value)}"


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(name)}: {_flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, str):
        plain = (_PLAIN.fullmatch(value) and value.lower() not in _WORDS) or _QUANTITY.fullmatch(value)
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return repr(value)
