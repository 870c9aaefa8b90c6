"""The contract of parameters: a small frozen tree that gives one number when a step begins.

To add a parameter, write a class in a file of this room: fields, and `value(moment)`. A scenario file knows it by its name in
snake case under `kind`. A field of type `Argument` holds a number, the name of another parameter, or one in its place.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.parameter.moment import Moment
    from waterbalance.parameter.moments import Moments

Key = tuple[str, str]


class Parameter(BaseModel):
    """A number for each step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def kind(cls) -> str:
        """The word for this kind in a scenario file."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    def value(self, moment: Moment) -> float:
        """The number for the step that begins."""
        raise NotImplementedError

    def over(self, moments: Moments) -> Floats:
        """The numbers of many steps at once, shape (steps,); for what the state does not move."""
        return np.array([self.value(moment) for moment in moments.each], dtype=float)

    def index(self, moment: Moment) -> int:
        """The place in a list for which it stands; its whole part unless a kind says otherwise."""
        return int(self.value(moment))

    def remembers(self) -> Iterator[Key]:
        """Flows of earlier steps that it looks at, as component and quantity."""
        return iter(())

    def stocks(self) -> Iterator[str]:
        """Components whose stock it looks at."""
        return iter(())

    def arguments(self) -> Iterator[Argument]:
        """Every number, name and parameter in its fields."""
        for name, field in type(self).model_fields.items():
            if "Argument" in field.metadata or "Arguments" in field.metadata:
                yield from _inside(getattr(self, name))


Number = Annotated[float, Field(allow_inf_nan=False)]

Argument = Number | str | Parameter
"""A number, the name of a parameter, or a parameter."""

One = Annotated[Argument, "Argument"]
OneOrNone = Annotated[Argument | None, "Argument"]
Several = Annotated[tuple[Argument, ...], "Arguments"]


def _inside(value: object) -> Iterator[Argument]:
    if isinstance(value, float | int | str | Parameter):
        yield value
    elif isinstance(value, Sequence):
        for each in value:
            yield from _inside(each)


def parameter_kinds() -> Mapping[str, type[Parameter]]:
    """All kinds by name."""
    from waterbalance import parameter  # noqa: PLC0415 (its files import this one)

    for module in pkgutil.iter_modules(parameter.__path__):
        importlib.import_module(f"{parameter.__name__}.{module.name}")
    return {kind.kind(): kind for kind in sorted(_descendants(Parameter), key=lambda kind: kind.kind())}


def _descendants(kind: type[Parameter]) -> Iterator[type[Parameter]]:
    for child in kind.__subclasses__():
        if not child.__name__.startswith("_"):
            yield child
        yield from _descendants(child)


def tree_of(argument: Argument) -> Iterator[Parameter]:
    """A parameter and those written inside of it; not those that it names."""
    if isinstance(argument, Parameter):
        yield argument
        for each in argument.arguments():
            yield from tree_of(each)


def names_in(argument: Argument) -> Iterator[str]:
    """Names of other parameters in a parameter, however deep."""
    if isinstance(argument, str):
        yield argument
    elif isinstance(argument, Parameter):
        for each in argument.arguments():
            yield from names_in(each)
