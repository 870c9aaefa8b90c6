"""Turns: groups of canals have water one after another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import chain, pairwise
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import model_validator

from waterbalance.network.fields import Duration, Subject
from waterbalance.network.rules._limit import IN_FORCE, _Limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step

OPEN = "open "
"""Givens of the rule begin with this word: share of the step in which a group has its turn; the group's name follows."""


class Rotation(_Limit):
    """Groups of canals (or pipes, or pumps) that have water in turn, in a cycle of turns, and none in between.

    flow <= open(group) x capacity
    open(group) = share of the step that lies in the group's turns
    running = 0 where open(group) = 0, for what runs or stands still

    The first group's turn begins on first_day, the next one's when it ends, and after the last turn the cycle begins
    again; with `pause` nobody has water between two cycles. Turns need not be whole days (3.5 days): of a step that is
    partly in a turn the canal has that share of its capacity, and of a long step the share of its turns. They follow the
    calendar: a day of 23 or 25 hours counts as one. Before first_day
    and out of service there are no turns, and a step that is partly so is limited as a whole. The order is that of the
    file. Lifelines need enough water in every turn and pause.

    A canal that is dry between its turns has to be filled again: give it a fill_volume, or the rotation seems to cost
    nothing. It is filled after every step that lies wholly between its turns, as daily steps do. Fillings within a
    longer step, in which turns begin and end, are not counted: over ten-day steps a plan with shorter turns is too
    hopeful by those fillings. A pump between its turns stands still, so that its minimum times have to fit its turns.
    """

    cuts: ClassVar[tuple[str, ...]] = ("groups",)

    groups: Mapping[str, tuple[Subject, ...]]
    """The canals of each group, in the order of their turns."""

    turns: Mapping[str, Duration]
    """How long each group's turn lasts. [day]"""

    first_day: dt.date
    """Day on which the first turn of the first cycle begins."""

    pause: Duration = 0.0
    """Time at the end of each cycle in which nobody has water. [day]"""

    @model_validator(mode="after")
    def _every_group_has_a_turn(self) -> Self:
        if not self.groups or not all(self.groups.values()):
            raise ValueError("groups needs at least one group, and each group at least one canal")
        if set(self.groups) != set(self.turns) or not all(length > 0 for length in self.turns.values()):
            raise ValueError(f"turns needs a length above 0 for each of {', '.join(self.groups)}, and for nothing else")
        names = list(chain.from_iterable(self.groups.values()))
        if len(set(names)) < len(names):
            raise ValueError("groups names a canal twice; each has its turn in one group")
        return self

    def neighbours(self) -> Iterator[tuple[str, str, str]]:
        """All canals of all groups."""
        yield from (("groups", "subject", name) for names in self.groups.values() for name in names)

    def closings(self) -> tuple[frozenset[str], ...]:
        """In each turn all other groups, in a pause all groups."""
        every = frozenset(chain.from_iterable(self.groups.values()))
        turns = tuple(every - frozenset(names) for names in self.groups.values())
        return (*turns, every) if self.pause > 0 else turns

    def given_by_date(self, name: str, horizon: Horizon) -> Floats | None:
        """Shares of the steps in the turns of a group; 1 before the first turn."""
        if not name.startswith(OPEN):
            return super().given_by_date(name, horizon)
        elapsed = np.array([(edge - self.first_day).days for edge in horizon.edges])
        open_until = np.array([self._open_until(name.removeprefix(OPEN), days) for days in elapsed])
        shares: Floats = np.where(elapsed[1:] <= 0, 1.0, np.diff(open_until) / np.diff(elapsed))
        return shares

    def _open_until(self, group: str, elapsed: float) -> float:
        """How long a group has had water by a moment, since the first cycle began. [day]."""
        if elapsed <= 0:
            return 0.0
        begins = sum(self.turns[each] for each in list(self.groups)[: list(self.groups).index(group)])
        cycles, into = divmod(elapsed, sum(self.turns.values()) + self.pause)
        return float(cycles * self.turns[group] + np.clip(into - begins, 0.0, self.turns[group]))

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        in_force = step.given(self, IN_FORCE)
        for group, names in self.groups.items():
            share = step.given(self, f"{OPEN}{group}")
            for name in names:
                most = step.derived(self, f"most {name}", _while_open, share, step.given(name, "capacity"), in_force)
                flow = step.flow(self, f"flow {name}", upper=most)
                step.constraint(self, f"flow {name}", flow == step.of(name, "inflow"))
                if step.has(name, "running"):
                    turn = step.derived(self, f"turn {name}", _has_turn, share, in_force)
                    step.constraint(self, f"stopped {name}", step.of(name, "running") <= turn)

    def check(self, ledger: Ledger) -> None:
        """Every turn laid on the calendar, one after another."""
        horizon = ledger.horizon
        open_days = {group: np.zeros(len(horizon)) for group in self.groups}
        edges, begins = np.array([edge.toordinal() for edge in horizon.edges], dtype=float), float(self.first_day.toordinal())
        free = (edges[1:] <= begins) | (ledger.given(self, IN_FORCE) == 0)
        while begins < edges[-1]:
            ends = np.cumsum([begins, *(self.turns[group] for group in self.groups)])
            for group, (first, last) in zip(self.groups, pairwise(ends), strict=True):
                open_days[group] += np.maximum(0.0, np.minimum(edges[1:], last) - np.maximum(edges[:-1], first))
            begins = ends[-1] + self.pause
        for group, names in self.groups.items():
            share = open_days[group] / np.diff(edges)
            for name in names:
                flow, capacity = ledger.value(name, "inflow"), ledger.given(name, "capacity")
                ledger.equal(self, f"flow {name}", ledger.value(self, f"flow {name}"), flow)
                limited = np.where(share > 1e-12, np.where(np.isfinite(capacity), share * capacity, np.inf), 0.0)
                ledger.within(self, f"flow {name}", flow, 0.0, np.where(free, np.inf, limited))
                if ledger.has(name, "running"):
                    running = ledger.value(name, "running")
                    ledger.within(self, f"running {name}", running, 0.0, np.where(free | (share > 1e-12), 1.0, 0.0))


def _while_open(share: Floats, capacity: Floats, in_force: Floats) -> Floats:
    """Most that may pass: the share of the capacity in the turn, nothing outside of it, anything out of force."""
    unlimited = np.where(share > 1e-12, np.inf, 0.0)
    limit = np.where(np.isfinite(capacity), share * np.where(np.isfinite(capacity), capacity, 0.0), unlimited)
    return np.where(in_force > 0, limit, np.inf)


def _has_turn(share: Floats, in_force: Floats) -> Floats:
    """0 in steps that lie wholly outside of the turns, 1 in all others and out of force."""
    return np.where((share > 1e-12) | (in_force == 0), 1.0, 0.0)
