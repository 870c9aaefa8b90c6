"""Files that a model includes: JSON beside it, joined section by section."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from waterbalance.interop.json_model import parse_json_model
from waterbalance.interop.pywr.steps import refusal, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.interop.pywr.carried import Carried
    from waterbalance.interop.pywr.data_files import DataFiles

MOST_FILES = 100


def with_includes(model: Mapping[str, Any], files: DataFiles, file: str, carried: Carried) -> dict[str, Any]:
    """The model with the lists and mappings of the files that it includes; Python files are listed as not carried over."""
    names = model.get("includes", [])
    if not isinstance(names, list) or len(names) > MOST_FILES:
        raise refusal(file, "includes", "the included files are no list", shown(names), f"a list of at most {MOST_FILES} names")
    whole = {section: value for section, value in model.items() if section != "includes"}
    for position, name in enumerate(names):
        place = f"includes[{position}]"
        if isinstance(name, str) and name.lower().endswith(".py"):
            carried.lacks(place, f"{name} is Python code, which is not run", "Use the types that Pywr has itself.")
            continue
        content = files.content(name, place)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise refusal(file, place, "the file is not text in UTF-8", shown(name), "JSON in UTF-8") from None
        for section, value in parse_json_model(text, Path(str(name))).items():
            whole[section] = _joined(whole.get(section), value, file, f"{place}.{section}")
    return whole


def _joined(one: object, other: object, file: str, place: str) -> object:
    if one is None:
        return other
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *other]
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **other}
    raise refusal(file, place, "this cannot be joined with what the model has", shown(other), "a list or a mapping, as there")
