"""Why a user is short: from the user up to the sources, along what holds the water back.

The walk asks of one quantity after another what keeps it from moving in the direction that would help. Its own bound (a full
canal, an empty lake) and limits with a number of their own (rules, rights) end the way there; a balance hands the question on
to everything else that stands in it, a storage to the days before and after. Water that a place does not have, other users of
the same goal, and what earlier goals or the sharing hold are ends, too.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from waterbalance.errors import UsageError

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.plan.plan import Plan
    from waterbalance.plan.prices import Prices, Ties

Kind = Literal["most", "least", "full", "empty", "rule", "switch", "water", "others", "held"]

LEAST_SHORTAGE = 0.5
"""What a user lacks below this is none: the audit's own tolerance. [m3]"""


@dataclass(frozen=True)
class Hold:
    """One thing that holds the water back."""

    kind: Kind
    """`most` and `least`: a bound of a quantity; `full` and `empty`: a storage; `rule`: a limit among several quantities;
    `switch`: it is off or on; `water`: a place has no more; `others`: another user of the same goal is short of the same
    water; `held`: an earlier goal or the sharing keeps it."""

    component: str
    quantity: str
    limit: float
    """Its number on the day nearest to the shortage: an amount over the step [m3]; of a switch 1 where it is on, 0 where off."""

    worth: float
    """Most that one unit more (or less, of what must at least be) would improve the goal. [goal/m3]"""

    steps: tuple[int, ...]
    """When it holds."""

    far: int
    """How many quantities lie between it and the user."""


@dataclass(frozen=True)
class Chain:
    """A shortage and all that holds its water back, nearest first."""

    user: str
    step: int
    shortage: float
    """[m3]"""

    rank: int
    goal: str
    holds: tuple[Hold, ...]


def worst_shortages(plan: Plan) -> tuple[tuple[str, int], ...]:
    """Every user that is ever short, with the step in which it lacks most a day; who lacks most comes first."""
    found = []
    for (component, quantity), values in plan.values.items():
        if quantity == "shortage" and values.max(initial=0.0) > LEAST_SHORTAGE:
            rate = values / plan.horizon.days
            # Rates that are equal but for rounding: the first of them.
            t = int(np.flatnonzero(rate >= rate.max() * (1 - 1e-6))[0])
            found.append((-float(rate[t]), component, t))
    return tuple((component, t) for _, component, t in sorted(found))


def why_short(plan: Plan, user: str, step: int) -> Chain | None:
    """The chain of one user in one step; None where it lacks nothing. Raises `UsageError` where the plan has no such user."""
    shortage = plan.values.get((user, "shortage"))
    if shortage is None or plan.ties is None:
        raise UsageError(f"{user!r} has no shortage in this plan; users are the components with a demand")
    if shortage[step] <= LEAST_SHORTAGE:
        return None
    for number, rank in enumerate(plan.ranks, start=1):
        counted = _counted(plan.ties, rank.prices, user, step)
        if counted:
            holds = _Walk(plan, plan.ties, rank.prices, user).holds(counted, step)
            return Chain(user, step, float(shortage[step]), number, rank.name, holds)
    return Chain(user, step, float(shortage[step]), 0, "", ())


def _counted(ties: Ties, prices: Prices, user: str, step: int) -> dict[int, float]:
    """What a goal counts of a user in a step: number and weight of the columns."""
    first = step * len(ties.columns)
    begin, end = np.searchsorted(prices.cost.index, (first, first + len(ties.columns)))
    here = zip(prices.cost.index[begin:end], prices.cost.value[begin:end], strict=True)
    return {int(column): float(weight) for column, weight in here if ties.column(int(column))[0][0] == user}


class _Walk:
    """Quantities to be asked, what has been found, and the prices of one goal."""

    def __init__(self, plan: Plan, ties: Ties, prices: Prices, user: str) -> None:
        self._ties = ties
        self._values = plan.values
        self._stocks = set(plan.stocks)
        self._switches = set(ties.switch)
        height, width = ties.matrix.shape
        self._y = prices.row.dense(height)
        self._d = prices.column.dense(width)
        self._cost = prices.cost.dense(width)
        self._least = prices.least
        # What is left when the rows of the network are paid is the price of rows that goals and sharing have added.
        self._held: Floats = self._d - self._cost + ties.matrix.T @ self._y
        self._queue: deque[tuple[int, int, int]] = deque()
        self._seen: set[tuple[int, int]] = set()
        self._found: dict[tuple[Kind, str, str], list[tuple[int, int, float, float]]] = {}
        self._user = user

    def holds(self, counted: dict[int, float], step: int) -> tuple[Hold, ...]:
        """Walk to every end from what the goal counts; one `Hold` for each thing, whatever the number of its days."""
        for column, weight in counted.items():
            self._ask(column, -int(np.sign(weight)), 0)
        while self._queue:
            self._visit(*self._queue.popleft())
        told = []
        for (kind, component, quantity), ends in self._found.items():
            nearest = min(ends, key=lambda end: (abs(end[0] - step), end[0]))
            limit = sum(end[2] for end in ends) if kind == "water" else nearest[2]
            # A user of the same goal is named once, and nobody is told what holds himself.
            known = component == self._user or ("others", component, quantity) in self._found
            if (kind == "water" and limit <= 0) or (kind == "held" and known):
                continue
            steps = tuple(sorted({end[0] for end in ends}))
            told.append(Hold(kind, component, quantity, limit, max(end[3] for end in ends), steps, min(end[1] for end in ends)))
        return tuple(sorted(told, key=lambda each: (each.far, each.component, each.quantity)))

    def _ask(self, column: int, way: int, far: int) -> None:
        if (column, way) not in self._seen:
            self._seen.add((column, way))
            self._queue.append((column, way, far))

    def _note(self, kind: Kind, key: tuple[str, str], end: tuple[int, int, float, float]) -> None:
        self._found.setdefault((kind, *key), []).append(end)

    def _visit(self, column: int, way: int, far: int) -> None:
        """Ask what keeps `column` from moving `way` (1 up, -1 down)."""
        key, step = self._ties.column(column)
        if self._cost[column] * way > self._least and key[0] != self._user:
            self._note("others", key, (step, far, 0.0, float(self._cost[column] * way)))
        if self._held[column] * way > self._least:
            self._note("held", key, (step, far, 0.0, float(self._held[column] * way)))
        if way < 0 and self._d[column] < -self._least:
            # Somebody takes all that can be taken because it is worth more there: what else feeds it is no help here.
            self._note("others", key, (step, far, 0.0, -float(self._d[column])))
            return
        if self._d[column] * way < -self._least:
            self._bound(column, key, step, way, far)
        by_column = self._ties.by_column
        start, stop = by_column.indptr[column : column + 2]
        for row, entry in zip(by_column.indices[start:stop], by_column.data[start:stop], strict=True):
            if -self._y[row] * entry * way > self._least:
                self._through(int(row), float(entry) * way, column, far)

    def _bound(self, column: int, key: tuple[str, str], step: int, way: int, far: int) -> None:
        limit = float(self._ties.upper[column] if way > 0 else self._ties.lower[column])
        end = (step, far, limit, abs(float(self._d[column])))
        if key in self._switches:
            on = float(round(self._values[key][step]))
            # What is off cannot go further off: a start that is not needed holds nothing back.
            if (way > 0) == (on == 0):
                self._note("switch", key, (step, far, on, end[3]))
        elif key in self._stocks:
            self._note("full" if way > 0 else "empty", key, end)
        elif way > 0:
            self._note("most", key, end)
        elif limit > 0:
            self._note("least", key, end)

    def _through(self, row: int, push: float, column: int, far: int) -> None:
        """A row that resists: the limit itself, or everything else that stands in it."""
        key, step = self._ties.row(row)
        side, worth = self._ties.side(row), abs(float(self._y[row]))
        if self._ties.is_limit(row) and side != 0:
            self._note("rule", key, (step, far + 1, side, worth))
            return
        if key[1] == "balance":
            self._note("water", key, (step, far + 1, side, worth))
        matrix = self._ties.matrix
        start, stop = matrix.indptr[row : row + 2]
        for other, entry in zip(matrix.indices[start:stop], matrix.data[start:stop], strict=True):
            if other != column:
                self._ask(int(other), -int(np.sign(entry * push)), far + 1)
