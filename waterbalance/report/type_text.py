"""The types of components and rules in words, for `waterbalance describe`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Literal, get_args, get_origin

from waterbalance import units
from waterbalance.errors import Finding, UsageError
from waterbalance.network.component import Component, component_types
from waterbalance.network.field_docs import field_docs
from waterbalance.network.fields import rows_inside, unit_inside
from waterbalance.report.language import Wording
from waterbalance.scenario.forecasters import FORECASTERS
from waterbalance.scenario.schema import ForecastSettings
from waterbalance.scenario.spoken import spoken_by
from waterbalance.scenario.wording import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from waterbalance.scenario.spoken import Quantity, Spoken


def type_text(type_name: str | None = None, say: Wording = Wording("en")) -> str:  # noqa: B008 (frozen)
    """All types and forecasters with a line each; or one with all that it takes and gives.

    That is: its equations; fields with units, defaults and the keys of their rows; what it writes into a plan and which of
    that a policy may rank; what tables and forecasts may give; what the state has to tell. Equations and fields are in English
    in every language, as the types themselves have them.

    Raises `UsageError` for an unknown type, with the nearest known one.
    """
    types = component_types()
    if type_name is None:
        return _overview(types, say)
    if type_name in FORECASTERS:
        return "\n".join(_forecaster(type_name, say)) + "\n"
    if type_name not in types:
        known = [*types, *FORECASTERS]
        remedy = nearest(type_name, known, "Choose one of those, or name the folder of a scenario.")
        raise UsageError(
            "nothing was described", (Finding("unknown type", found=repr(type_name), allowed=listed(known), remedy=remedy),)
        )
    return "\n".join(_in_full(type_name, types[type_name], say)) + "\n"


def _overview(types: Mapping[str, type[Component]], say: Wording) -> str:
    width = max(len(name) for name in (*types, *FORECASTERS))
    lines = []
    for title, is_rule in (("components", False), ("rules", True)):
        lines += [
            _heading(f"describe.{title}", say),
            *(f"  {name:<{width}}  {_first_line(kind)}" for name, kind in types.items() if kind.is_rule == is_rule),
        ]
    lines += [
        _heading("describe.forecasters", say),
        *(f"  {name:<{width}}  {_first_line(kind)}" for name, kind in FORECASTERS.items()),
    ]
    return "\n".join(lines) + "\n"


def _forecaster(name: str, say: Wording) -> Iterator[str]:
    """A forecaster's settings."""
    kind = FORECASTERS[name]
    yield f"{name} ({say('describe.forecaster')})"
    yield ""
    yield inspect.getdoc(kind) or ""
    for title, is_common in (("fields", False), ("common_fields", True)):
        chosen = {
            field: info for field, info in kind.model_fields.items() if (field in ForecastSettings.model_fields) == is_common
        }
        lines = (line for field in chosen if field != "forecaster" for line in _field(kind, field, "  ", say))
        yield from _section(f"describe.{title}", lines, say)


def _first_line(kind: type[BaseModel]) -> str:
    return (inspect.getdoc(kind) or "").splitlines()[0]


def _in_full(name: str, kind: type[Component], say: Wording) -> Iterator[str]:
    spoken = spoken_by(kind)
    fields = {field: info for field, info in kind.model_fields.items() if field != "name"}
    yield f"{name} ({say('describe.rule' if kind.is_rule else 'describe.component')})"
    yield ""
    yield inspect.getdoc(kind) or ""
    for title, is_common in (("fields", False), ("common_fields", True)):
        chosen = {field: info for field, info in fields.items() if (field in Component.model_fields) == is_common}
        lines = (line for field in chosen for line in _field(kind, field, "  ", say))
        yield from _section(f"describe.{title}", lines, say)
    yield from _section("describe.writes", _quantities(spoken.quantities, say), say)
    measures = (name for name, quantity in spoken.quantities.items() if quantity.is_measure)
    yield from _section("describe.measures", [f"  {listed(measures)}"], say)
    yield from _section("describe.givens", _named(spoken.givens, say), say)
    yield from _section("describe.state", _state(spoken, say), say)


def _heading(key: str, say: Wording) -> str:
    return say.pair(key, "").rstrip()


def _section(title: str, lines: Iterable[str], say: Wording) -> Iterator[str]:
    yield from ("", _heading(title, say))
    yield from tuple(lines) or (f"  {say('describe.none')}",)


def _field(kind: type[BaseModel], field: str, indent: str, say: Wording) -> Iterator[str]:
    """A field, and the keys of its rows below it."""
    info = kind.model_fields[field]
    unit = unit_inside(info)
    written = "" if unit is None else say("describe.written", kind=units.describe(unit), examples=units.examples(unit))
    words = ", ".join(map(str, _words(info.annotation)))
    chosen = "" if not words else say("describe.one_of" if unit is None else "describe.or_one_of", words=words)
    yield f"{indent}{field} ({_need(info, unit, say)}{written}{chosen})"
    yield f"{indent}    {' '.join(field_docs(kind).get(field, '').split())}"
    for row in rows_inside(info.annotation):
        yield f"{indent}    {say('describe.rows', name=row.__name__)}"
        for key in row.model_fields:
            yield from _field(row, key, f"{indent}      ", say)


def _need(info: FieldInfo, unit: str | None, say: Wording) -> str:
    if info.is_required():
        return say("describe.required")
    default = info.get_default(call_default_factory=True)
    if default is None or default in ((), {}, ""):
        return say("describe.optional")
    if isinstance(default, bool):
        return say("describe.default", value=str(default).lower())
    value = f"{default:g} {'' if unit in {None, units.FRACTION} else unit}".strip() if isinstance(default, float) else default
    return say("describe.default", value=value)


def _words(annotation: object) -> Iterator[object]:
    """The words that a field may hold, however deep."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
        return
    for argument in get_args(annotation):
        yield from _words(argument)


def _quantities(quantities: Mapping[str, Quantity], say: Wording) -> Iterator[str]:
    width = max((len(f"{name} [{each.unit}]") for name, each in quantities.items()), default=0)
    for name, each in quantities.items():
        told = [say(f"describe.{each.kind}")]
        told += [say("describe.measure")] * each.is_measure
        told += [say("describe.with", fields=say("describe.or").join(each.one_of))] * bool(each.one_of)
        told += [say("describe.with", fields=say("describe.and").join(each.all_of))] * bool(each.all_of)
        yield f"  {f'{name} [{each.unit}]':<{width}}  {say('describe.comma').join(told)}{_in_words(name, say)}"


def _in_words(name: str, say: Wording) -> str:
    """What the quantity is called in another language."""
    own = name.partition(" ")[0].removesuffix("_<n>")
    word = say.quantity(own)
    return "" if say.language == "en" or word == own.replace("_", " ") else f"  {word}"


def _named(named: Mapping[str, str], say: Wording) -> Iterator[str]:
    return (f"  {name} [{unit}]{_in_words(name, say)}" for name, unit in named.items())


def _state(spoken: Spoken, say: Wording) -> Iterator[str]:
    yield from _named(spoken.state, say)
    for name in spoken.under_way:
        yield f"  {say('describe.under_way', flow=name)}"
