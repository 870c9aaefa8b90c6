"""How far the running round of turns has come at each field as its orders begin, and who is behind.

    ordered = ordered before in this round + by the orders before since they began
    planned = ordered + lacking                        (what lacked as the round began, and what was planned on its days since)
    whole = planned + planned for the rest of the round, as far as the slots reach
    behind = planned - ordered = lacking                                                        [m3], below 0 where it is ahead

In the middle of a round a field whose turn is over is ahead and one whose turn comes later is behind; at its end nobody is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.account import RoundSoFar
from waterbalance.schedule.followed_through import passed
from waterbalance.schedule.turn_fields import TOLERANCE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from waterbalance.horizon import Floats
    from waterbalance.schedule.canal_tree import CanalTree, Rotation
    from waterbalance.schedule.schedule import Schedule
    from waterbalance.schedule.slots import Slots
    from waterbalance.schedule.timetable import Timetable

NEARLY_NOTHING = 1.0
"""Less than this is nothing. [m3]"""

GREATER_PART = 0.5
"""Of what a field is behind, which the turn brings that is named. [-]"""


@dataclass(frozen=True)
class Round:
    """The running round of one turnout. Volumes at the field in [m3]."""

    turnout: str
    zone: str
    begin: dt.datetime
    """When its first turn began, at the turnout."""

    planned: float
    ordered: float
    whole: float
    turn: dt.datetime | None
    """When the run begins that brings the greater part of what it is behind; None where none of the slots does."""

    @property
    def behind(self) -> float:
        """What was planned and is not ordered yet; below 0 where it is ahead. [m3]."""
        return self.planned - self.ordered

    @property
    def is_behind(self) -> bool:
        """Whether by more than a hundredth of the round."""
        return self.behind > max(NEARLY_NOTHING, TOLERANCE * self.whole)


def rounds_so_far(before: Schedule | None, tree: CanalTree, slots: Slots) -> tuple[RoundSoFar | None, ...]:
    """What the orders before have brought in the round that runs as the first slot begins; None for a turnout without turns."""
    orders = {} if before is None else {order.structure: order for order in before.orders}
    accounts = {} if before is None else {account.turnout: account for account in before.accounts}
    found: list[RoundSoFar | None] = []
    for place, turnout in tree.turnouts:
        rotation, travel = tree.nodes[place].canal.rotation, tree.nodes[place].travel
        if rotation is None:
            found.append(None)
            continue
        first, _ = _edges(rotation, slots)
        begin, ordered = slots.moment(first, travel), 0.0
        order, account = orders.get(turnout.name), accounts.get(turnout.name)
        known = None if account is None else account.round
        # Where clocks change, rounds that are counted from another midnight begin an hour apart.
        near = 3600.0 * rotation.turn / 2
        if known is not None and abs(known.begin.timestamp() - begin.timestamp()) < near:
            ordered = known.ordered
        if order is not None:
            ordered += passed(order, begin, slots.moment(0, travel))
        found.append(RoundSoFar(begin, ordered))
    return tuple(found)


def rounds_of(timetable: Timetable, so_far: Sequence[RoundSoFar | None], lacking: Floats) -> tuple[Round, ...]:
    """One for each turnout with turns; `lacking` as the first slot begins, shape (turnouts,) [m3]."""
    tree, slots = timetable.tree, timetable.slots
    found = []
    for row, ((place, turnout), known) in enumerate(zip(tree.turnouts, so_far, strict=True)):
        rotation, behind = tree.nodes[place].canal.rotation, float(lacking[row])
        if known is None or rotation is None:
            continue
        _, end = _edges(rotation, slots)
        whole = known.ordered + float(timetable.wanted.cumulative[row, min(end, slots.count) - 1])
        slot = _turn(timetable.take[row] * slots.seconds, behind)
        turn = None if slot is None else slots.moment(slot, tree.nodes[place].travel)
        found.append(Round(turnout.name, turnout.zone, known.begin, known.ordered + behind, known.ordered, whole, turn))
    return tuple(found)


def _edges(rotation: Rotation, slots: Slots) -> tuple[int, int]:
    """Edges of slots between which the running round lies; the first is not after the first slot's."""
    size = round(rotation.turn / slots.hours) * len(rotation.groups)
    first = -(round(rotation.since / slots.hours) % size)
    return first, first + size


def _turn(volumes: Floats, behind: float) -> int | None:
    """The slot in which the run begins that brings the greater part of what a field is behind."""
    enough = np.flatnonzero(np.cumsum(volumes) >= GREATER_PART * max(behind, 2 * NEARLY_NOTHING))
    if not len(enough):
        return None
    shut = np.flatnonzero(volumes[: enough[0]] <= 0.0)
    return int(shut[-1]) + 1 if len(shut) else 0
