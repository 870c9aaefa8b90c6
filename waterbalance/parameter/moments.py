"""Many steps at once, for parameters that the state does not move."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.parameter.parameter import Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats, Integers
    from waterbalance.parameter.moment import Moment
    from waterbalance.parameter.parameter import Argument


@dataclass(frozen=True)
class Moments:
    """The beginnings of steps; every named parameter is worked out once for all of them."""

    each: tuple[Moment, ...]
    parameters: Mapping[str, Argument] = field(default_factory=dict)
    _known: dict[str, Floats] = field(default_factory=dict, compare=False)

    @cached_property
    def months(self) -> Integers:
        """Number of the month in which each step begins, from 0; shape (steps,)."""
        return np.array([moment.start.month - 1 for moment in self.each], dtype=np.int64)

    @cached_property
    def days(self) -> Floats:
        """Lengths of the steps, shape (steps,). [day]."""
        return np.array([moment.days for moment in self.each])

    def values(self, argument: Argument) -> Floats:
        """The numbers that an argument stands for, shape (steps,)."""
        if isinstance(argument, Parameter):
            return argument.over(self)
        if isinstance(argument, str):
            if argument not in self._known:
                self._known[argument] = self.values(self.parameters[argument])
            return self._known[argument]
        return np.full(len(self.each), float(argument))
