"""The states of several members at one moment, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from waterbalance.network.state import Past, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from waterbalance.horizon import Floats

Key = tuple[str, str]


@dataclass(frozen=True)
class Flowed:
    """Volumes that flowed evenly between two days."""

    start: dt.date
    end: dt.date
    volumes: Floats
    """Of each member, shape (members,). [m3]"""


@dataclass(frozen=True)
class States:
    """What `State` holds, of each member; all of them have the same stocks and pasts of the same days."""

    day: dt.date
    count: int
    stocks: Mapping[Key, Floats]
    """Shape (members,). [m3]"""

    past: Mapping[Key, tuple[Flowed, ...]]

    @classmethod
    def beside(cls, states: Sequence[State]) -> Self:
        """States of one day, each with the same names."""
        first = states[0]
        past = {
            key: tuple(
                Flowed(one.start, one.end, np.array([state.past[key][number].volume for state in states]))
                for number, one in enumerate(flows)
            )
            for key, flows in first.past.items()
        }
        stocks = {key: np.array([state.stocks[key] for state in states]) for key in first.stocks}
        return cls(first.day, len(states), stocks, past)

    def one(self, member: int) -> State:
        """The state of one member."""
        past = {
            key: tuple(Past(each.start, each.end, float(each.volumes[member])) for each in flows)
            for key, flows in self.past.items()
        }
        return State(self.day, {key: float(values[member]) for key, values in self.stocks.items()}, past)

    @cached_property
    def each(self) -> tuple[State, ...]:
        """The states of all members, one by one."""
        return tuple(self.one(member) for member in range(self.count))
