"""What an import has made so far: components, parameters, tables, and the list of what could not be carried over."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waterbalance.interop.pywr.steps import Steps

Argument = float | str | dict[str, Any]
"""A parameter as it stands in the scenario file: a number, a name, or a kind with its fields."""

_NO_NAME = re.compile(r"[^\w-]+")


def negative(of: Argument) -> Argument:
    """A parameter turned round."""
    return -of if isinstance(of, float) else {"kind": "aggregated", "function": "product", "of": [-1.0, of]}


@dataclass(frozen=True)
class NotCarried:
    """One thing of the model that the scenario does not have."""

    place: str
    """Where it stands in the model, such as `nodes[3] 'res1'.cost`."""

    what: str
    instead: str
    """What the scenario has in its place, and the nearest thing to use."""

    def __str__(self) -> str:
        return f"{self.place}: {self.what}. {self.instead}"


class UncarriedError(Exception):
    """Something that has no counterpart, found where it is; who asked for it goes on without."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(what)
        self.what = what
        self.instead = instead


@dataclass
class Carried:
    """The scenario in the making."""

    steps: Steps
    names: dict[str, str] = field(default_factory=dict)
    """Name of a node in the model -> its component."""

    flows: set[str] = field(default_factory=set)
    """Components and rules that have a flow."""

    components: dict[str, dict[str, Any]] = field(default_factory=dict)
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    parameters: dict[str, Argument] = field(default_factory=dict)
    set_by: dict[str, Argument] = field(default_factory=dict)
    stocks: dict[str, float] = field(default_factory=dict)
    """`component.quantity` -> what is stored before the first step."""

    tables: dict[str, tuple[tuple[dt.date, ...], dict[str, list[float]]]] = field(default_factory=dict)
    """File -> its dates, and its columns."""

    reported: list[dict[str, Any]] = field(default_factory=list)
    not_carried: list[NotCarried] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What was carried over in another form."""

    _given: set[str] = field(default_factory=set)
    """Names that somebody has got, who may not have made the component yet."""

    def lacks(self, place: str, what: str, instead: str) -> None:
        """List something that could not be carried over."""
        self.not_carried.append(NotCarried(place, what, instead))

    def new_name(self, node: str) -> str:
        """A name for a component that nothing has yet: letters, digits, `_` and `-`."""
        plain = _NO_NAME.sub("_", node).strip("_-") or "node"
        name, number = plain, 2
        while name in self._given or name in self.components or name in self.rules:
            name, number = f"{plain}_{number}", number + 1
        self._given.add(name)
        return name

    def series(self, name: str, values: Mapping[dt.date, float]) -> Argument:
        """A parameter that follows values by date, which become a column of a table."""
        dates = tuple(values)
        file = next((file for file, known in self.tables.items() if known[0] == dates), f"series_{len(self.tables) + 1}.csv")
        columns = self.tables.setdefault(file, (dates, {}))[1]
        column, number = name, 2
        while column in columns:
            column, number = f"{name} {number}", number + 1
        columns[column] = [values[date] for date in dates]
        last = self.steps.edges[-1] - dt.timedelta(days=1)
        return {"kind": "series", "file": file, "column": column, "last_day": str(last)}

    def report(self, name: str, attribute: str, of: Sequence[str], *, per_day: bool) -> None:
        """Have a series reported under the model's own name."""
        entry: dict[str, Any] = {"name": name, "attribute": attribute, "of": list(of)}
        self.reported.append({**entry, "per_day": True} if per_day else entry)

    def report_parameter(self, parameter: str, name: str, attribute: str) -> None:
        """Have a parameter reported as a recorder of the model tells it: a deficit is that of the step itself."""
        entry: dict[str, Any] = {"name": name, "attribute": attribute}
        made = self.parameters[parameter]
        if isinstance(made, dict) and made["kind"] == "deficit_before":
            flow = made["component"]
            self.reported.append({**entry, "of": [f"{flow}.maximum_flow"], "minus": [f"{flow}.flow"], "per_day": True})
        else:
            self.reported.append({**entry, "parameter": parameter})
