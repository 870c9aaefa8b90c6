"""Small canals for the tests of turns."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from waterbalance.schedule.canal_tree import Canal, CanalTree, Gate, Hours, Reach, Turnout
from waterbalance.schedule.slots import Slots, slots_of
from waterbalance.schedule.wanted import Wanted

MONDAY = dt.date(2026, 3, 2)


def hourly(count: int) -> Slots:
    """Slots of an hour from a Monday's midnight on."""
    return Slots(slots_of(MONDAY, "Asia/Taipei", 1.0, 1).start, 1.0, count)


def turnout(name: str, gate: Gate) -> Turnout:
    """A turnout to a zone of the same name."""
    return Turnout(name, name, gate)


def lateral(capacity: float, gates: Sequence[Gate], hours: Hours | None = None) -> CanalTree:
    """One reach without losses, and a turnout for each gate: a, b, c and so on."""
    turnouts = tuple(turnout(chr(ord("a") + number), gate) for number, gate in enumerate(gates))
    canal = Canal("lateral", Gate(capacity, automatic=True), (Reach(capacity, turnouts=turnouts),))
    return CanalTree((canal,), hours or Hours())


def at_the_end(volumes: Sequence[float], slots: Slots) -> Wanted:
    """Volumes that may come at any time."""
    cumulative = np.zeros((len(volumes), slots.count))
    cumulative[:, -1] = volumes
    looked_at = np.zeros(cumulative.shape, dtype=np.bool_)
    return Wanted(cumulative, looked_at)
