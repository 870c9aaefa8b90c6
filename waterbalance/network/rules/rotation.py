"""Turns: groups of canals have water one after another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import chain, pairwise
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import model_validator

from waterbalance.horizon import Horizon
from waterbalance.network.fields import Duration, Subject
from waterbalance.network.rules._limit import IN_FORCE, _Limit
from waterbalance.network.service import in_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step

    Booleans = npt.NDArray[np.bool_]

OPEN = "open "
"""Givens of the rule begin with this word: share of the step in which a group has its turn; the group's name follows."""

BEGUN, DRY = "turns_begun ", "begins_dry "
"""Likewise: turns of a group that begin in the step, and 1 where the step does not begin in the midst of one."""

MOMENT = 1e-9
"""Two moments that differ by less are the same. [day]"""


class Rotation(_Limit):
    """Groups of canals (or pipes, or pumps) that have water in turn, in a cycle of turns, and none in between.

    flow <= open(group) x capacity
    open(group) = share of the step that lies in the group's turns
    running = 0 where open(group) = 0, for what runs or stands still
    refills = turns_begun(group) x running - begins_dry(group) x start, for a canal that is filled

    where
        turns_begun: how many of the group's turns begin in the step after a time without water.
        begins_dry: 1 where the step does not begin in the midst of a turn of the group, so that a start is one of these.

    The first group's turn begins on first_day, the next one's when it ends, and after the last turn the cycle begins
    again; with `pause` nobody has water between two cycles. Turns need not be whole days (3.5 days): of a step that is
    partly in a turn the canal has that share of its capacity, and of a long step the share of its turns. They follow the
    calendar: a day of 23 or 25 hours counts as one. Before first_day
    and out of service there are no turns, and a step that is partly so is limited as a whole. The order is that of the
    file. Lifelines need enough water in every turn and pause.

    A canal that is dry between its turns has to be filled again: give it a fill_volume, or the rotation seems to cost
    nothing. It is filled once for each turn that begins in a step in which it runs at all, however long the step: over
    ten-day steps a month takes as many fillings as over days, if the canal runs in all of its turns. A pump between its
    turns stands still, so that its minimum times have to fit its turns; its starts within a step are not counted.
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
        """Shares of the steps in the turns of a group, 1 before the first turn; turns that begin; steps that begin dry."""
        if name.startswith(BEGUN):
            return self._turns_begun(name.removeprefix(BEGUN), horizon)
        if name.startswith(DRY):
            return self._begins_dry(name.removeprefix(DRY), horizon)
        if not name.startswith(OPEN):
            return super().given_by_date(name, horizon)
        elapsed = np.array([(edge - self.first_day).days for edge in horizon.edges])
        open_until = np.array([self._open_until(name.removeprefix(OPEN), days) for days in elapsed])
        shares: Floats = np.where(elapsed[1:] <= 0, 1.0, np.diff(open_until) / np.diff(elapsed))
        return shares

    def _first(self, horizon: Horizon) -> float:
        """When the first cycle begins, by the calendar. [day]."""
        return float((self.first_day - horizon.start).days)

    def _open_until(self, group: str, elapsed: float) -> float:
        """How long a group has had water by a moment, since the first cycle began. [day]."""
        if elapsed <= 0:
            return 0.0
        cycles, into = divmod(elapsed, self._cycle)
        return float(cycles * self.turns[group] + np.clip(into - self._begins(group), 0.0, self.turns[group]))

    @property
    def _cycle(self) -> float:
        return sum(self.turns.values()) + self.pause

    def _begins(self, group: str) -> float:
        """When a group's turn begins in each cycle. [day]."""
        names = list(self.groups)
        return sum(self.turns[each] for each in names[: names.index(group)])

    def _turns_begun(self, group: str, horizon: Horizon) -> Floats:
        """How many turns of a group begin in each step, with nobody's or others' turns before them."""
        found = np.zeros(len(horizon))
        if self._cycle - self.turns[group] < MOMENT:
            return found
        first, begins = self._first(horizon), self._begins(group)
        # The first turn of all follows days on which water was free.
        number = max(1.0 if begins == 0 else 0.0, np.ceil((-MOMENT - first - begins) / self._cycle))
        moments = np.arange(first + begins + number * self._cycle, horizon.calendar[-1] - MOMENT, self._cycle)
        for moment in moments:
            t = int(np.searchsorted(horizon.calendar, moment + MOMENT, side="right")) - 1
            at_once = moment - horizon.calendar[t] <= MOMENT
            found[t] += 0.0 if at_once and not self._held_before(moment, horizon) else 1.0
        return found

    def _begins_dry(self, group: str, horizon: Horizon) -> Floats:
        """1 where a step does not begin in the midst of a turn of a group, nor in a time without turns."""
        begins, length = self._begins(group), self.turns[group]
        found = np.zeros(len(horizon))
        for t, moment in enumerate(horizon.calendar[:-1]):
            elapsed = moment - self._first(horizon)
            if elapsed < -MOMENT or self._cycle - length < MOMENT:
                continue
            into = np.mod(elapsed + MOMENT, self._cycle) - MOMENT - begins
            # At a turn's very beginning the time before decides.
            wet = MOMENT < into < length - MOMENT
            wet |= abs(into) <= MOMENT and (elapsed <= MOMENT or not self._held_before(moment, horizon))
            found[t] = 0.0 if wet else 1.0
        return found

    def _held_before(self, moment: float, horizon: Horizon) -> bool:
        """Whether the rule was in service just before a moment."""
        day = horizon.start + dt.timedelta(days=int(np.ceil(moment - MOMENT)) - 1)
        return bool(in_service(self, Horizon((day, day + dt.timedelta(days=1))))[0] > 0)

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
                if step.has(name, "refills"):
                    begun, dry = step.given(self, f"{BEGUN}{group}"), step.given(self, f"{DRY}{group}")
                    begun = step.derived(self, f"begun {name}", _held, begun, in_force)
                    dry = step.derived(self, f"dry {name}", _held, dry, in_force)
                    step.add(self, "refills", begun * step.of(name, "running") - dry * step.of(name, "start"), to=name)

    def check(self, ledger: Ledger) -> None:
        """Every turn laid on the calendar, one after another."""
        horizon = ledger.horizon
        turns, days = self._turns_until(horizon), np.diff(horizon.calendar)
        free = (horizon.calendar[1:] <= self._first(horizon)) | (ledger.given(self, IN_FORCE) == 0)
        for group, names in self.groups.items():
            share = np.zeros(len(horizon))
            for first, last in turns[group]:
                overlap = np.minimum(horizon.calendar[1:], last) - np.maximum(horizon.calendar[:-1], first)
                share += np.maximum(0.0, overlap) / days
            begun, wet = self._fillings(ledger, turns[group])
            for name in names:
                flow, capacity = ledger.value(name, "inflow"), ledger.given(name, "capacity")
                ledger.equal(self, f"flow {name}", ledger.value(self, f"flow {name}"), flow)
                limited = np.where(share > 1e-12, np.where(np.isfinite(capacity), share * capacity, np.inf), 0.0)
                ledger.within(self, f"flow {name}", flow, 0.0, np.where(free, np.inf, limited))
                if ledger.has(name, "running"):
                    running = ledger.value(name, "running")
                    ledger.within(self, f"running {name}", running, 0.0, np.where(free | (share > 1e-12), 1.0, 0.0))
                if ledger.has(name, "refills"):
                    started = np.where(wet | free, 0.0, ledger.value(name, "start"))
                    ledger.adds(name, "refills", np.where(free, 0.0, begun) * ledger.value(name, "running") - started)

    def _turns_until(self, horizon: Horizon) -> Mapping[str, list[tuple[float, float]]]:
        """First and last moment of all turns of each group up to the end of a horizon. [day]."""
        turns: dict[str, list[tuple[float, float]]] = {group: [] for group in self.groups}
        begins = self._first(horizon)
        while begins < horizon.calendar[-1]:
            ends = np.cumsum([begins, *(self.turns[group] for group in self.groups)])
            for group, turn in zip(self.groups, pairwise(ends), strict=True):
                turns[group].append(turn)
            begins = ends[-1] + self.pause
        return turns

    def _fillings(self, ledger: Ledger, turns: list[tuple[float, float]]) -> tuple[Floats, Booleans]:
        """Turns that begin in each step after a time without water, and whether a step begins with water in the canal."""
        starts, ends = ledger.horizon.calendar[:-1], ledger.horizon.calendar[1:]
        held = np.append(self._held_before(0.0, ledger.horizon), ledger.given(self, IN_FORCE)[:-1] > 0)
        last_end = self._first(ledger.horizon)
        begun, wet = np.zeros(len(starts)), starts < last_end - MOMENT
        for first, last in turns:
            at_once = np.abs(first - starts) <= MOMENT
            goes_on = (first - last_end <= MOMENT) | (at_once & ~held)
            begun += (starts - MOMENT <= first) & (first < ends - MOMENT) & ~goes_on
            wet |= ((first + MOMENT < starts) & (starts < last - MOMENT)) | (at_once & goes_on)
            last_end = last
        return begun, wet


def _held(number: Floats, in_force: Floats) -> Floats:
    """What counts while the rule is in force, and nothing else."""
    return np.where(in_force > 0, number, 0.0)


def _while_open(share: Floats, capacity: Floats, in_force: Floats) -> Floats:
    """Most that may pass: the share of the capacity in the turn, nothing outside of it, anything out of force."""
    unlimited = np.where(share > 1e-12, np.inf, 0.0)
    limit = np.where(np.isfinite(capacity), share * np.where(np.isfinite(capacity), capacity, 0.0), unlimited)
    return np.where(in_force > 0, limit, np.inf)


def _has_turn(share: Floats, in_force: Floats) -> Floats:
    """0 in steps that lie wholly outside of the turns, 1 in all others and out of force."""
    return np.where((share > 1e-12) | (in_force == 0), 1.0, 0.0)
