"""The walk from a user up to the sources, along what holds the water back.

The walk asks of one quantity after another what keeps it from moving in the direction that would help. Its own bound (a full
canal, an empty lake) and limits with a number of their own (rules, rights) end the way there; a balance hands the question on
to everything else that stands in it, a storage to the days before and after. Water that a place does not have, other users of
the same goal, what a rule cuts, and what earlier goals or the sharing hold are ends, too.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from waterbalance.network.rules._drought_stages import CURTAILMENT, CUT
from waterbalance.network.rules.rule_curve import SUPPLY

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.plan.plan import Plan
    from waterbalance.plan.prices import Key, Prices, Ties

Kind = Literal[
    "most",
    "least",
    "full",
    "empty",
    "rule",
    "ratio",
    "cut",
    "switch",
    "bars",
    "asks",
    "water",
    "others",
    "held",
    "leeway",
    "sated",
    "past",
    "arrives",
]

WHOLE = 1e-6
"""How far a switch may lie from 0 or 1, and a sum of switches beyond its limit. [-]"""

BEGINNINGS = {"runs_when_started", "started_to_run", "started_from_rest"}
"""Limits that only say what a start is."""

PIECE = re.compile(r"\S+_\d+")
"""Pieces of a curve (of damage, of a square) have widths, which limit nothing."""


@dataclass(frozen=True)
class Hold:
    """One thing that holds the water back."""

    kind: Kind
    """What it is:

    `most`, `least`: a bound of a quantity; `full`, `empty`: a storage;
    `rule`: a limit among several quantities, `ratio`: one without a number of its own; `cut`: a rule lets a user have no more;
    `switch`: it is off or on; `bars`: a limit among switches keeps it so; `asks`: were it on, a limit would ask for so much;
    `water`: a place has no more; `others`: another user of the same goal is short of the same water;
    `held`: an earlier goal or the sharing keeps it; `leeway`: the goal was reached, and its target or tolerance leaves this
    much to later goals; `sated`: a user whose used water comes back has all it asks for; `past`: what was before the plan
    decides; `arrives`: what is sent to a place arrives in a later step."""

    component: str
    quantity: str
    limit: float
    """Its number on the day nearest to the shortage, in `unit`; of a switch 0 or 1, of a cut what the rule leaves or takes."""

    unit: str | None
    """Unit of the limit; None for a flow, told as its volume over the step [m3]."""

    worth: float
    """Most that one unit more (or less, of what must at least be) would improve the goal. [goal/m3]"""

    least_worth: float
    """The same on the day on which it would improve the goal least."""

    steps: tuple[int, ...]
    """When it holds."""

    far: int
    """How many quantities lie between it and the user."""

    goal: str = ""
    """Of `held`: the earlier goal that counts it; empty where it is the sharing."""


@dataclass(frozen=True)
class _End:
    """One step of a hold."""

    step: int
    far: int
    limit: float
    worth: float
    unit: str | None


class Walk:
    """Quantities to be asked, what has been found, and the prices of one goal."""

    def __init__(self, plan: Plan, ties: Ties, prices: Prices, user: str) -> None:
        self._ties = ties
        self._stocks = set(plan.stocks)
        self._switches = set(ties.switch)
        height, width = ties.matrix.shape
        self._x = np.array([plan.values[key] for key in ties.columns]).T.ravel()
        self._y = prices.row.dense(height)
        self._d = prices.column.dense(width)
        self._row_worth = prices.row_worth.dense(height)
        self._column_worth = prices.column_worth.dense(width)
        self._cost = prices.cost.dense(width)
        self._least = prices.least
        # What is left when the rows of the network are paid is the price of rows that goals and sharing have added.
        self._held: Floats = self._d - self._cost + ties.matrix.T @ self._y
        self._queue: deque[tuple[int, int, int]] = deque()
        self._seen: set[tuple[int, int]] = set()
        self._found: dict[tuple[Kind, Key, float | None], list[_End]] = {}
        self._user = user

    def holds(self, counted: dict[int, float], step: int) -> tuple[Hold, ...]:
        """Walk to every end from what the goal counts; one `Hold` for each thing, whatever the number of its days."""
        for column, weight in counted.items():
            self._ask(column, -int(np.sign(weight)), 0)
        while self._queue:
            self._visit(*self._queue.popleft())
        told = [self._hold(kind, key, ends, step) for (kind, key, _), ends in self._found.items()]
        # A place without any water is told by what else is found there.
        told = [each for each in told if each.kind != "water" or each.limit > 0]
        # A user of the same goal is named once, and nobody is told what holds himself, unless it is all that does.
        known = {self._user, *(each.component for each in told if each.kind == "others")}
        rest = [each for each in told if each.kind != "held" or each.component not in known]
        return tuple(sorted(rest or told, key=lambda each: (each.far, each.component, each.quantity)))

    @staticmethod
    def _hold(kind: Kind, key: Key, ends: list[_End], step: int) -> Hold:
        nearest = min(ends, key=lambda end: (abs(end.step - step), end.step))
        # A balance may be reached from several sides, and its water is there once.
        limit = sum({end.step: end.limit for end in ends}.values()) if kind == "water" else nearest.limit
        steps = tuple(sorted({end.step for end in ends}))
        by_step: dict[int, float] = {}
        for end in ends:
            by_step[end.step] = max(end.worth, by_step.get(end.step, 0.0))
        far = min(end.far for end in ends)
        return Hold(kind, *key, limit, nearest.unit, max(by_step.values()), min(by_step.values()), steps, far)

    def _ask(self, column: int, way: int, far: int) -> None:
        if (column, way) not in self._seen:
            self._seen.add((column, way))
            self._queue.append((column, way, far))

    def _note(self, kind: Kind, key: Key, end: _End) -> None:
        # A switch may be off on one day and on on another.
        state = end.limit if kind == "switch" else None
        self._found.setdefault((kind, key, state), []).append(end)

    def _visit(self, column: int, way: int, far: int) -> None:
        """Ask what keeps `column` from moving `way` (1 up, -1 down)."""
        key, step = self._ties.column(column)
        cost, held, price = (float(values[column]) * way for values in (self._cost, self._held, self._d))
        unit = self._ties.units.get(key)
        if way < 0 and key[1].startswith(CURTAILMENT):
            self._note("cut", key, _End(step, far, float(self._x[column]), self._gain(column, way), unit))
            return
        if cost > self._least:
            self._other(key, step, far, cost)
        if held > self._least:
            self._note("held", key, _End(step, far, 0.0, held, unit))
        if way < 0 and price > self._least:
            # Somebody takes all that can be taken because it is worth more there: what else feeds it is no help here.
            if key in self._switches:
                # It runs because it must: what it takes for that (a filling) is used up.
                self._note("switch", key, _End(step, far, float(self._x[column]), price, unit))
            else:
                self._other(key, step, far, price)
            return
        if price < -self._least:
            self._bound(column, way, _End(step, far, self._limit(column, way), self._gain(column, way), unit))
        by_column = self._ties.by_column
        start, stop = by_column.indptr[column : column + 2]
        for row, entry in zip(by_column.indices[start:stop], by_column.data[start:stop], strict=True):
            if -self._y[row] * entry * way > self._least:
                self._through(int(row), float(entry) * way, column, far)

    def _gain(self, column: int, way: int) -> float:
        """What the goal would gain by one unit more of a column; nothing where an earlier goal would take it."""
        return max(0.0, -float(self._column_worth[column]) * way)

    def _limit(self, column: int, way: int) -> float:
        return float(self._ties.upper[column] if way > 0 else self._ties.lower[column])

    def _other(self, key: Key, step: int, far: int, worth: float) -> None:
        """Another user of the same goal, whatever is counted of it."""
        if key[0] != self._user:
            self._note("others", (key[0], "shortage"), _End(step, far, 0.0, worth, None))

    def _bound(self, column: int, way: int, end: _End) -> None:
        key, _ = self._ties.column(column)
        if key in self._switches:
            self._switch(column, way, end)
        elif key in self._stocks:
            self._note("full" if way > 0 else "empty", key, end)
        elif PIECE.fullmatch(key[1]):
            return
        elif way > 0:
            self._note("cut" if key[1].startswith(SUPPLY) else "most", key, end)
        elif end.limit > 0:
            self._note("least", key, end)
        elif key == (self._user, "shortage") and self._x[column] > 0:
            # Nothing was short when this goal had its turn.
            self._note("leeway", key, _End(end.step, end.far, float(self._x[column]), 0.0, end.unit))
        elif key[1] == "shortage" and key[0] != self._user:
            self._note("sated", key, end)

    def _switch(self, column: int, way: int, end: _End) -> None:
        """A switch as the plan has it, and the limits that do not let it be otherwise."""
        key, step = self._ties.column(column)
        value = float(self._x[column])
        move = float(way > 0) - value
        if abs(move) <= WHOLE:
            return
        self._note("switch", key, _End(step, end.far, value, end.worth, end.unit))
        ties, by_column = self._ties, self._ties.by_column
        start, stop = by_column.indptr[column : column + 2]
        for row, entry in zip(by_column.indices[start:stop], by_column.data[start:stop], strict=True):
            numbers = ties.is_of_numbers(int(row))
            if ties.row(int(row))[0][1] in BEGINNINGS:
                continue
            if numbers and not ties.is_limit(int(row)):
                self._number_at_its_most(int(row), float(entry) * move, end)
            elif self._breaks(int(row), float(entry) * move) and numbers:
                self._note("bars", ties.row(int(row))[0], _End(step, end.far + 1, ties.side(int(row)), 0.0, "1"))
            elif self._breaks(int(row), float(entry) * move) and way > 0:
                size, unit = abs(float(entry)), ties.unit_of_row(int(row))
                self._note("asks", ties.row(int(row))[0], _End(step, end.far + 1, size, 0.0, unit))

    def _grows(self, row: int) -> bool:
        """Whether more stands in the same row of a later step: what is sent now arrives then."""
        height = len(self._ties.rows)
        return any(len(self._ties.entries(later)[0]) > 1 for later in range(row + height, self._ties.matrix.shape[0], height))

    def _arrives_later(self, row: int) -> bool:
        """Whether a place gets water in a later step from where nothing can have come yet."""
        height, width = len(self._ties.rows), len(self._ties.columns)
        now = {int(column) % width for column in self._ties.entries(row)[0]}
        later = range(row + height, self._ties.matrix.shape[0], height)
        sent = {int(column) % width for each in later for column in self._ties.entries(each)[0]} - now
        return any(self._ties.columns[column] not in self._stocks for column in sent)

    def _is_on(self, column: int) -> bool:
        return self._ties.column(column)[0] in self._switches and bool(self._x[column] > 1 - WHOLE)

    def _breaks(self, row: int, by: float) -> bool:
        """Whether a limit would not hold if what it limits changed by so much, and nothing else did."""
        columns, entries = self._ties.entries(row)
        moved = float(entries @ self._x[columns]) + by
        room = WHOLE * max(1.0, float(np.abs(entries).max()))
        return bool(moved > self._ties.row_upper[row] + room or moved < self._ties.row_lower[row] - room)

    def _number_at_its_most(self, row: int, by: float, end: _End) -> None:
        """A number that counts switches and can count no more of them."""
        for column, entry in zip(*self._ties.entries(row), strict=True):
            key, step = self._ties.column(int(column))
            most = float(self._ties.upper[column])
            if key not in self._switches and by * entry < 0 and most > 0 and self._x[column] >= most - WHOLE:
                self._note("bars", key, _End(step, end.far + 1, most, 0.0, self._ties.units.get(key)))

    def _through(self, row: int, push: float, column: int, far: int) -> None:
        """A row that resists: the limit itself, or everything else that stands in it."""
        ties = self._ties
        key, step = ties.row(row)
        side, worth = ties.side(row), max(0.0, float(self._row_worth[row] * np.sign(self._y[row])))
        columns, entries = ties.entries(row)
        others = [(int(other), float(entry)) for other, entry in zip(columns, entries, strict=True) if other != column]
        end = _End(step, far + 1, side, worth, ties.unit_of_row(row))
        numbers = ties.is_of_numbers(row)
        switched = any(ties.column(other)[0] in self._switches for other, _ in others)
        if ties.is_limit(row) and numbers and key[1] not in BEGINNINGS:
            self._note("bars", key, end)
            moved = ties.column(column)[0]
            if moved in self._switches:
                self._note("switch", moved, replace(end, limit=float(self._x[column]), unit="1"))
            return
        if ties.is_limit(row) and (side != 0 or not others) and not switched:
            self._note("rule", key, end)
            return
        if key[1] == "balance":
            self._note("arrives" if side == 0 and self._arrives_later(row) else "water", key, end)
        elif ties.is_limit(row) and others and not switched and not key[1].startswith(CUT):
            self._note("ratio", key, end)
        elif not others and (side != 0 or self._grows(row)):
            self._note("past", key, end)
        for other, entry in others:
            moved = ties.column(column)[0]
            if ties.is_limit(row) and self._is_on(other) and entry * push < 0 and not ties.is_number(moved):
                # It runs, and so this is its capacity.
                self._note("most", moved, replace(end, limit=float(self._x[column]), unit=ties.units.get(moved)))
            self._ask(other, -int(np.sign(entry * push)), far + 1)
