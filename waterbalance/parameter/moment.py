"""What a parameter may know when a step begins: the calendar, and how the step before ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from waterbalance.errors import InputError
from waterbalance.parameter.parameter import Parameter

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from waterbalance.network.state import Past, State
    from waterbalance.parameter.parameter import Argument


@dataclass(frozen=True)
class Moment:
    """The beginning of one step; every named parameter is worked out once."""

    start: dt.date
    days: float
    """Length of the step. [day]"""

    state: State
    """How the step before ended."""

    parameters: Mapping[str, Argument] = field(default_factory=dict)
    _known: dict[str, float] = field(default_factory=dict, compare=False)

    def value(self, argument: Argument) -> float:
        """The number that an argument stands for."""
        if isinstance(argument, Parameter):
            return argument.value(self)
        if isinstance(argument, str):
            if argument not in self._known:
                self._known[argument] = self.value(self.parameters[argument])
            return self._known[argument]
        return float(argument)

    def index(self, argument: Argument) -> int:
        """The place in a list that an argument stands for."""
        if isinstance(argument, Parameter):
            return argument.index(self)
        return self.index(self.parameters[argument]) if isinstance(argument, str) else int(argument)

    def stored(self, component: str) -> float:
        """What a storage holds, or what is left in an account [m3]. Raises `InputError` where it has neither."""
        for quantity in ("storage", "account"):
            if (component, quantity) in self.state.stocks:
                return self.state.stocks[component, quantity]
        raise InputError(f"a parameter looks at the storage of {component}, which the state does not know")

    def earlier(self, component: str, quantity: str) -> tuple[Past, ...]:
        """What flowed in earlier steps, the last one last."""
        return self.state.past.get((component, quantity), ())

    def rates(self, component: str, quantity: str) -> Iterator[float]:
        """Mean flows of earlier steps, the last one first. [m3/day]."""
        return (each.volume / (each.end - each.start).days for each in reversed(self.earlier(component, quantity)))
