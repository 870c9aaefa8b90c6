"""What a parameter gives on the first day, or on all of them, where no state is asked for."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pydantic import ValidationError

from waterbalance.errors import InputError
from waterbalance.network.state import State
from waterbalance.parameter.moment import Moment
from waterbalance.parameter.parameter import parameter_kinds
from waterbalance.parameter.series import Series

if TYPE_CHECKING:
    from waterbalance.interop.pywr.carried import Argument, Carried
    from waterbalance.parameter.parameter import Argument as Built


def value_at_first(argument: Argument, carried: Carried) -> float | None:
    """The number on the first day; None where it depends on storages or flows."""
    return next(iter(_values(argument, carried, 1) or ()), None)


def values_on_steps(argument: Argument, carried: Carried) -> list[float] | None:
    """The numbers of all steps, of what does not look at flows; None where it depends on storages."""
    return _values(argument, carried, len(carried.steps.edges) - 1)


def _values(argument: Argument, carried: Carried, count: int) -> list[float] | None:
    edges = carried.steps.edges
    try:
        parameters = {name: _built(each, carried) for name, each in carried.parameters.items()}
        built = _built(argument, carried)
        moments = (
            Moment(start, float((end - start).days), State(start), parameters) for start, end in pairwise(edges[: count + 1])
        )
        return [moment.value(built) for moment in moments]
    except (InputError, ValidationError, KeyError):
        return None


def _built(argument: object, carried: Carried) -> Built:
    """The parameter that a mapping of the scenario file will be."""
    if not isinstance(argument, dict):
        return argument  # type: ignore[return-value]  # (a number or a name)
    fields = {name: _inside(value, carried) for name, value in argument.items() if name != "kind"}
    made = parameter_kinds()[argument["kind"]].model_validate(fields)
    if isinstance(made, Series):
        dates, columns = carried.tables[made.file]
        return made.with_rows(dates, tuple(columns[made.column]))
    return made


def _inside(value: object, carried: Carried) -> object:
    if isinstance(value, dict):
        return _built(value, carried)
    return [_inside(each, carried) for each in value] if isinstance(value, list) else value
