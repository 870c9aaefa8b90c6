"""The types of components and rules in words, for `waterbalance describe`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from waterbalance import units
from waterbalance.errors import Finding, UsageError
from waterbalance.network.component import Component, component_types
from waterbalance.scenario.wording import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo


def describe(type_name: str | None = None) -> str:
    """All types with a line each; or one type with its equations, fields, units and defaults.

    Raises `UsageError` for an unknown type, with the nearest known one.
    """
    types = component_types()
    if type_name is None:
        return _overview(types)
    if type_name not in types:
        remedy = nearest(type_name, types, "Choose one of those.")
        raise UsageError("unknown type", (Finding("unknown type", found=repr(type_name), allowed=listed(types), remedy=remedy),))
    return _in_full(type_name, types[type_name])


def _overview(types: Mapping[str, type[Component]]) -> str:
    width = max(len(name) for name in types)
    lines = []
    for title, is_rule in (("components", False), ("rules", True)):
        lines += [
            f"{title}:",
            *(f"  {name:<{width}}  {_first_line(kind)}" for name, kind in types.items() if kind.is_rule == is_rule),
        ]
    return "\n".join(lines) + "\n"


def _first_line(kind: type[Component]) -> str:
    return (inspect.getdoc(kind) or "").splitlines()[0]


def _in_full(name: str, kind: type[Component]) -> str:
    own = {field: info for field, info in kind.model_fields.items() if field not in Component.model_fields}
    common = {field: info for field, info in kind.model_fields.items() if field in Component.model_fields and field != "name"}
    lines = [f"{name} ({'rule' if kind.is_rule else 'component'})", "", inspect.getdoc(kind) or "", "", "fields:"]
    lines += [line for field, info in own.items() for line in _field(kind, field, info)]
    lines += ["", "fields of all types:"]
    lines += [line for field, info in common.items() for line in _field(kind, field, info)]
    if kind.varying:
        lines += [
            "",
            f"may change by date (a table, a forecast, dates in the field or a list of 12 months): {listed(kind.varying)}",
        ]
    return "\n".join(lines) + "\n"


def _field(kind: type[Component], field: str, info: FieldInfo) -> list[str]:
    unit = kind.unit_of(field)
    written = "" if unit is None else f", {units.describe(unit)} such as {units.examples(unit)}"
    need = "required" if info.is_required() else f"default {info.get_default(call_default_factory=True)!r}"
    return [f"  {field} ({need}{written})", f"      {' '.join((info.description or '').split())}"]
