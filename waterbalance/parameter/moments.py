"""Many looks at once: at many steps, for parameters that the state does not move, or of many members at one step."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import InputError
from waterbalance.parameter.moment import Moment
from waterbalance.parameter.parameter import Parameter

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from waterbalance.horizon import Floats, Integers
    from waterbalance.network.states import States
    from waterbalance.parameter.parameter import Argument


class Moments:
    """The beginnings of steps; every named parameter is worked out once for all of them."""

    def __init__(self, each: tuple[Moment, ...], parameters: Mapping[str, Argument] | None = None) -> None:
        self._each = each
        self.parameters: Mapping[str, Argument] = parameters or {}
        self._known: dict[str, Floats] = {}

    @property
    def each(self) -> tuple[Moment, ...]:
        """One by one."""
        return self._each

    @cached_property
    def months(self) -> Integers:
        """Number of the month in which each step begins, from 0; shape (steps,)."""
        return np.array([moment.start.month - 1 for moment in self.each], dtype=np.int64)

    @cached_property
    def days(self) -> Floats:
        """Lengths of the steps, shape (steps,). [day]."""
        return np.array([moment.days for moment in self.each])

    def stored(self, component: str) -> Floats:
        """What a storage holds, or what is left in an account, shape (steps,). [m3]."""
        return np.array([moment.stored(component) for moment in self.each])

    def values(self, argument: Argument) -> Floats:
        """The numbers that an argument stands for, shape (steps,)."""
        if isinstance(argument, Parameter):
            return argument.over(self)
        if isinstance(argument, str):
            if argument not in self._known:
                self._known[argument] = self._named(argument)
            return self._known[argument]
        return np.full(len(self.days), float(argument))

    def _named(self, name: str) -> Floats:
        return self.values(self.parameters[name])


class OfMembers(Moments):
    """The beginning of one step, of every member. All arrays have shape (members,)."""

    def __init__(self, moment: Moment, states: States, moving: Collection[str]) -> None:
        """`moment` is that of any member; `moving` names the parameters that look at a state."""
        super().__init__((), moment.parameters)
        self._moment, self._states, self._moving = moment, states, moving

    @cached_property
    def _every(self) -> tuple[Moment, ...]:
        moment = self._moment
        return tuple(Moment(moment.start, moment.days, state, moment.parameters) for state in self._states.each)

    @property
    def each(self) -> tuple[Moment, ...]:
        """One by one."""
        return self._every

    @cached_property
    def months(self) -> Integers:
        """The same month for all."""
        return np.full(self._states.count, self._moment.start.month - 1)

    @cached_property
    def days(self) -> Floats:
        """The same length for all."""
        return np.full(self._states.count, self._moment.days)

    def stored(self, component: str) -> Floats:
        """See `Moment.stored`."""
        for quantity in ("storage", "account"):
            if (component, quantity) in self._states.stocks:
                return self._states.stocks[component, quantity]
        raise InputError(f"a parameter looks at the storage of {component}, which the state does not know")

    def values(self, argument: Argument) -> Floats:
        """The numbers that an argument stands for."""
        if self._states.count == 1:
            return np.array([self.each[0].value(argument)])
        return super().values(argument)

    def _named(self, name: str) -> Floats:
        if name not in self._moving:
            return np.full(self._states.count, self._moment.value(name))
        return super()._named(name)
