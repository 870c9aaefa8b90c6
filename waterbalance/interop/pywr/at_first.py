"""What a parameter gives on the first day, where no state is asked for."""

from __future__ import annotations

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
    steps = carried.steps
    moment = Moment(
        steps.edges[0],
        float((steps.edges[1] - steps.edges[0]).days),
        State(steps.edges[0]),
        {name: _built(each, carried) for name, each in carried.parameters.items()},
    )
    try:
        return moment.value(_built(argument, carried))
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
