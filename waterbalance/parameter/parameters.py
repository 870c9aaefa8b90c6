"""The parameters of a scenario, and the quantities that they give.

quantity of a step = parameter on the step's first day, from the state before the step
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from waterbalance.parameter.moment import Moment
from waterbalance.parameter.parameter import names_in, tree_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from waterbalance.network.state import State
    from waterbalance.parameter.parameter import Argument, Key, Parameter


@dataclass(frozen=True)
class Parameters:
    """Named parameters, and what is set by which."""

    named: Mapping[str, Argument] = field(default_factory=dict)
    sets: Mapping[Key, Argument] = field(default_factory=dict)
    """Component and quantity -> the parameter that gives it."""

    def at(self, start: dt.date, days: float, state: State) -> Moment:
        """The moment at which a step begins."""
        return Moment(start, days, state, self.named)

    def each(self) -> Iterator[Parameter]:
        """Every parameter, those inside of others included."""
        return chain.from_iterable(tree_of(argument) for argument in (*self.named.values(), *self.sets.values()))

    def moves(self, argument: Argument) -> bool:
        """Whether an argument looks at how the step before ended, itself or by others that it names."""
        if any(True for each in tree_of(argument) for _ in chain(each.remembers(), each.stocks())):
            return True
        return any(self.moves(self.named[name]) for name in names_in(argument))

    def remembered(self) -> tuple[Key, ...]:
        """Flows of earlier steps that some parameter looks at."""
        return tuple(dict.fromkeys(key for parameter in self.each() for key in parameter.remembers()))
