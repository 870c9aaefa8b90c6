"""Made-up examples of a type with few, many and all of its fields, to hear what it says with each of them.

The values are of the right kind and mean nothing: they pass no validator, since it takes all combinations to hear all words.
Names are the field that asks for them, `<subject>`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import Neighbour, Unit, metadata_inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

_SHARE, _AMOUNT = 0.25, 2.5
"""A share lies below one; a time of several days looks back."""

_ROWS = 2
"""Rows of a made-up field of rows: enough for a line between two points."""


@dataclass(frozen=True)
class Specimens:
    """Examples of a type, and what each shows."""

    fewest: Component
    """With the required fields only."""

    one_more: Mapping[str, Component]
    """With one more field, as a scenario would have it."""

    most: Component
    """With all fields."""

    one_less: Mapping[str, Component]
    """With all fields but one."""


def specimens(kind: type[Component]) -> Specimens:
    """Examples of a type, from the annotations of its fields."""
    options = {name: list(_options(name, info)) for name, info in kind.model_fields.items() if _is_own(name)}
    fewest: dict[str, object] = {name: values[0] for name, values in options.items()}
    most = {name: values[1] if len(values) > 1 else values[0] for name, values in options.items()}
    return Specimens(
        _make(kind, fewest),
        {_told(name, value): _make(kind, fewest | {name: value}) for name, values in options.items() for value in values[1:]},
        _make(kind, most),
        {_told(name, values[1]): _make(kind, most | {name: values[0]}) for name, values in options.items() if len(values) > 1},
    )


def _is_own(name: str) -> bool:
    return name not in Component.model_fields


def _make(kind: type[Component], values: Mapping[str, Any]) -> Component:
    return kind.model_construct(None, name=kind.type_name(), **values)


def _told(field: str, value: object) -> str:
    """How a scenario has it: a word or a switch with its value, else the field."""
    if isinstance(value, bool):
        return f"{field}: {str(value).lower()}"
    return f"{field}: {value}" if isinstance(value, str) and not value.startswith("<") else field


def _options(name: str, info: FieldInfo) -> Iterator[object]:
    """The default first where there is one, then other values of the right kind."""
    values = [value for value in _values(_annotated(info), name) if value is not None]
    if info.is_required():
        yield from values
        return
    default = info.get_default(call_default_factory=True)
    yield default
    if not (isinstance(default, str) and info.annotation is str):
        yield from (value for value in values if value != default)


def _annotated(info: FieldInfo) -> object:
    """The annotation as it was written."""
    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation


def _values(annotation: object, name: str) -> Iterator[object]:
    """Values of an annotated type; the first one is the plainest."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        is_share = Unit(units.FRACTION) in arguments
        yield from (_SHARE if is_share and isinstance(value, float) else value for value in _values(arguments[0], name))
    elif origin in {Union, UnionType}:
        for argument in arguments:
            yield from _values(argument, name)
    elif origin is Literal:
        yield from arguments
    elif origin is tuple:
        yield tuple(_first(arguments[0], name, row) for row in range(_ROWS))
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield {key: _first(arguments[1], _role(arguments[1], name)) for key in _values(arguments[0], _role(arguments[0], name))}
    elif annotation is bool:
        yield from (False, True)
    elif isinstance(annotation, type):
        yield _plain(annotation, name)


def _first(annotation: object, name: str, row: int = 0) -> object:
    value = next(_values(annotation, name))
    return value * (row + 1) if isinstance(value, float) else _raised(value, row)


def _raised(value: object, row: int) -> object:
    """The same row further along: rows of a survey rise."""
    if not isinstance(value, BaseModel):
        return value
    numbers = {name: number * (row + 1) for name, number in value if isinstance(number, float)}
    return value.model_copy(update=numbers)


def _role(annotation: object, name: str) -> str:
    """In a mapping, components are named by their role and all else by the field."""
    return next((item.role for item in metadata_inside(annotation) if isinstance(item, Neighbour)), name)


def _plain(kind: type, name: str) -> object:
    if issubclass(kind, BaseModel):
        return kind.model_construct(None, **{field: _field(info, field, name) for field, info in kind.model_fields.items()})
    plain = {float: _AMOUNT, int: 2, str: f"<{name.removesuffix('s')}>", dt.date: dt.date(2021, 1, 1), NoneType: None}
    return plain.get(kind, f"<{name}>")


def _field(info: FieldInfo, field: str, rows: str) -> object:
    """A field of a row; the name of a row is that of the rows."""
    return next(value for value in _values(_annotated(info), rows if field == "name" else field) if value is not None)
