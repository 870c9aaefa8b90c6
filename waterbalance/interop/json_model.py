"""A JSON file of another tool as plain values, and nothing that could harm: no deep nesting, no numbers that are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from waterbalance.errors import Finding, InputError, Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST_FILE = 64 * 1024**2
"""Most bytes of a model. [bytes]"""

DEEPEST = 40
"""Most lists and mappings inside each other."""

MOST_VALUES = 3_000_000


def read_json_model(path: Path) -> dict[str, Any]:
    """The mapping that a file holds. Raises `InputError` where it holds none, or one that is too large or too deep."""
    return parse_json_model(_text(path), path)


def parse_json_model(text: str, path: Path) -> dict[str, Any]:
    """The mapping in a text that stands in `path`. Raises `InputError` as `read_json_model` does."""
    try:
        model = json.loads(text, parse_constant=_no_number, object_pairs_hook=_once_each)
    except RecursionError:
        raise _refusal(path, "the nesting is too deep", f"more than {DEEPEST} levels", f"at most {DEEPEST}") from None
    except json.JSONDecodeError as error:
        raise _refusal(path, "this is not JSON", error.msg, "JSON (RFC 8259)", error.lineno, error.colno) from None
    except ValueError as error:
        raise _refusal(path, "this is not JSON", str(error), "JSON (RFC 8259)") from None
    if not isinstance(model, dict):
        raise _refusal(path, "the file is no model", f"a {type(model).__name__}", "a mapping with 'nodes' and 'edges'")
    _require_modest(path, model)
    return model


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise _refusal(path, "there is no such file", None, "a JSON file")
        if path.stat().st_size > LARGEST_FILE:
            found = f"{path.stat().st_size / 1024**2:.0f} MB"
            raise _refusal(path, "the file is too large", found, f"at most {LARGEST_FILE // 1024**2} MB")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise _refusal(path, "the file cannot be read", error.strerror, "a readable file") from None
    except UnicodeDecodeError:
        raise _refusal(path, "the file is not text in UTF-8", "other bytes", "UTF-8") from None


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number; write null where there is no limit")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found and key != "comment":
            raise ValueError(f"the key {key!r} is written twice in one mapping; remove one")
        found[key] = value
    return found


def _require_modest(path: Path, model: Mapping[str, object]) -> None:
    """Raise where the values are too many, too deep, or not finite."""
    count, depth = 0, 0
    level: list[object] = [model]
    while level:
        depth += 1
        if depth > DEEPEST:
            raise _refusal(path, "the nesting is too deep", f"more than {DEEPEST} levels", f"at most {DEEPEST}")
        below: list[object] = []
        for each in level:
            inside = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
            for value in inside:
                count += 1
                if isinstance(value, dict | list):
                    below.append(value)
                elif isinstance(value, float | int) and not -1e300 < value < 1e300:
                    raise _refusal(path, "a number is too large", _shown(value), "at most 1e300")
        if count > MOST_VALUES:
            raise _refusal(path, "the model is too large", f"more than {MOST_VALUES} values", f"at most {MOST_VALUES}")
        level = below


def _shown(number: float) -> str:
    """A number in few letters; a whole one may be larger than any float."""
    digits = str(number)
    return digits if len(digits) <= 12 else f"{digits[:6]}... ({len(digits)} letters)"


def _refusal(
    path: Path, what: str, found: str | None, allowed: str, line: int | None = None, column: int | None = None
) -> InputError:
    finding = Finding(what, Place(str(path), line, column), found, allowed, "Mend the file, or export it again.")
    return InputError("the model cannot be read", (finding,))
