"""How far a device's new orders lie from those in force: in volume, and at any hour.

    change = max(|mean setpoint of the new rows - mean setpoint of the rows in force|,
                 the greatest c for which |new(t) - in force(t)| >= c holds for ten minutes or longer without a break)

Where the rows in force have ended, or not begun, what they told at the same hour of their nearest day counts.
"""

from __future__ import annotations

import datetime as dt
import math
from itertools import groupby
from typing import TYPE_CHECKING

from waterbalance.schedule.command import elapsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from waterbalance.schedule.command import Command, Row

LASTING = 600.0
"""Shorter changes count by their volume alone. [s]"""

_DAY = dt.timedelta(days=1)


def mean_change(new: Command, old: Command) -> float:
    """How far the mean setpoints lie apart, in their unit."""
    return abs(_mean(new) - _mean(old))


def greatest_change(new: Command, old: Command) -> float:
    """In the unit of the setpoints, which both commands tell in the same one."""
    return _greatest(new, old, abs)


def greatest_rise(new: Command, old: Command) -> float:
    """The same, of what is more than in force only: a device that closes does not change."""
    return _greatest(new, old, lambda change: max(0.0, change))


def mean_rise(new: Command, old: Command) -> float:
    """By how much the mean setpoint rises."""
    return max(0.0, _mean(new) - _mean(old))


def _greatest(new: Command, old: Command, size: Callable[[float], float]) -> float:
    apart = _apart(new.rows, old.rows) if old.rows else ((row.seconds, row.setpoint) for row in new.rows)
    pieces = tuple((seconds, size(change)) for seconds, change in apart)
    lasting = (change for change in {change for _, change in pieces} if _longest(pieces, change) >= LASTING)
    return max(size(_mean(new) - _mean(old)), max(lasting, default=0.0))


def _longest(pieces: tuple[tuple[float, float], ...], change: float) -> float:
    """Longest time without a break for which the difference is at least `change`. [s]."""
    runs = groupby(pieces, lambda piece: piece[1] >= change)
    return max((sum(seconds for seconds, _ in run) for apart, run in runs if apart), default=0.0)


def _apart(new: Sequence[Row], old: Sequence[Row]) -> Iterator[tuple[float, float]]:
    """Pieces of the new rows in their order: seconds, and how far the setpoint lies above the one in force."""
    begins, ends = old[0].start, old[-1].end
    for row in new:
        at = row.start
        while at < row.end:
            # Whole days back to before the end, or on to after the beginning; of orders for less than a day the first row.
            days = max(0, math.floor((at - ends) / _DAY) + 1) or min(0, math.floor((at - begins) / _DAY))
            then = at - days * _DAY
            held = next((each for each in old if each.start <= then < each.end), None)
            ends_of_piece = (begins + days * _DAY, begins) if held is None else (held.end + days * _DAY,)
            until = min(each for each in (*ends_of_piece, row.end) if each > at)
            yield elapsed(at, until), row.setpoint - (held or old[0]).setpoint
            at = until


def _mean(command: Command) -> float:
    """Mean setpoint over time."""
    seconds = sum(row.seconds for row in command.rows)
    return sum(row.setpoint * row.seconds for row in command.rows) / seconds if seconds else 0.0
