"""Outlets and spillway of one reservoir, which draw it down together."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from waterbalance.horizon import Floats
    from waterbalance.network.components._open_water import _OpenWater
    from waterbalance.network.components._rating import Rated
    from waterbalance.network.ledger import Ledger

SUBSTEPS = 48
"""Parts of a step in which the storage is followed."""

LITTLE = 0.01
"""Of the storage between the first and the last row: taken to be above the sill where there is less. [-]"""


ROUNDING = 1e-6
"""A release that is this little more than a gate passes is none. [-]"""


@dataclass(frozen=True)
class Gate:
    """An outlet or a spillway, as it was operated in the last pass."""

    rated: Rated
    released: Floats
    """Volume that left over each step, shape (steps,). [m3]"""

    full: npt.NDArray[np.bool_]
    """Steps in which it was fully open, and would release more if more could pass, shape (steps,)."""


@runtime_checkable
class Gated(Protocol):
    """What draws from a reservoir through a gate with a rating."""

    name: str

    def gate(self, ledger: Ledger, reservoir: _OpenWater) -> Gate | None:
        """The gate as the plan operates it; None where no rating limits it."""
        ...


@dataclass(frozen=True)
class Followed:
    """One step of a reservoir with all of its gates."""

    end: float
    """Storage at the end. [m3]"""

    over: float
    """Volume that found no room below the top. [m3]"""

    limits: tuple[float, ...]
    """Volume that each gate would pass if it were fully open all the time. [m3]"""


@dataclass(frozen=True)
class Sweep:
    """What the gates can pass over a plan, each of shape (steps,)."""

    limits: tuple[Floats, ...]
    """For each gate. [m3]"""

    over: Floats
    """Volume that finds no room below the top. [m3]"""

    share: Floats
    """Rising steps: what the first gate passes, as a share of all water that the step has above its sill, else 0. [-]"""

    share_before: Floats
    """Falling steps: the same as a share of the storage above its sill when the step begins, else 0. [-]"""


def follow(gates: Sequence[Gate], step: int, before: float, net: float, days: float, top: float) -> Followed:
    """Follow the storage through a step that gains `net` [m3] evenly, gates apart.

    A gate that is not full releases its volume evenly; one that could not is full after all.
    """
    full = [bool(gate.full[step]) for gate in gates]
    while True:
        done = _followed(gates, full, step, before, net, days, top)
        short = [
            number
            for number, gate in enumerate(gates)
            if not full[number] and done.limits[number] < gate.released[step] * (1 - ROUNDING)
        ]
        if not short:
            return done
        for number in short:
            full[number] = True


def _followed(
    gates: Sequence[Gate], full: Sequence[bool], step: int, before: float, net: float, days: float, top: float
) -> Followed:
    """d(storage)/dt = net / days - sum over the gates of (rating(storage) where full, else released / days), below `top`.

    By the exponential Euler method: exact along straight lines of the ratings, and at rest below the sill however fast a
    gate is.
    """
    lines = [gate.rated.lines(step) for gate in gates]
    steady = net / days - sum(gate.released[step] / days for gate, is_full in zip(gates, full, strict=True) if not is_full)
    limits = [0.0] * len(gates)
    time, storage, over = days / SUBSTEPS, before, 0.0
    for _ in range(SUBSTEPS):
        over, storage = over + max(0.0, storage - top), min(storage, top)
        ratings = [_on_line(line, storage) for line in lines]
        open_now = [rating for rating, is_full in zip(ratings, full, strict=True) if is_full]
        change, steepness = steady - sum(rate for rate, _ in open_now), sum(slope for _, slope in open_now)
        # `time` as it counts for what falls off, and the time integral of what the storage has changed by then.
        damped = -math.expm1(-steepness * time) / steepness if steepness > 0 else time
        risen = change * (time - damped) / steepness if steepness > 0 else change * time**2 / 2
        for number, (rate, slope) in enumerate(ratings):
            limits[number] += max(0.0, rate * time + slope * risen)
        storage += change * damped
    return Followed(storage, over, tuple(limits))


def follow_each(gates: Sequence[Gate], before: Floats, net: Floats, days: Floats, top: Floats) -> tuple[Floats, ...]:
    """What each gate could pass in every step of a finished plan, from the plan's own storages. [m3]."""
    steps = [follow(gates, t, before[t], net[t], days[t], top[t]).limits for t in range(len(days))]
    return tuple(np.array(limits) for limits in zip(*steps, strict=True))


def sweep(gates: Sequence[Gate], opening: float, net: Floats, days: Floats, top: Floats) -> Sweep:
    """What the gates can pass in the pass to come, from the storages as they will then be.

    Storages are carried on from step to step, so that a limit that changes in one step is felt in all later ones at once
    and not only pass by pass.
    """
    storage, followed, shares = max(0.0, opening), [], []
    for t in range(len(days)):
        done = follow(gates, t, storage, net[t], days[t], top[t])
        shares.append(_shares(gates, t, storage, net[t], days[t], top[t], done))
        end = max(0.0, done.end)
        over = max(0.0, end - top[t])
        followed.append((done.limits, done.over + over))
        storage = end - over
    limits = zip(*(each for each, _ in followed), strict=True)
    share, share_before = np.array(shares).T
    return Sweep(tuple(np.array(each) for each in limits), np.array([over for _, over in followed]), share, share_before)


def _shares(
    gates: Sequence[Gate], step: int, before: float, net: float, days: float, top: float, done: Followed
) -> tuple[float, float]:
    """What the first gate passes as a share of the water of a rising step, and of the storage before a falling one.

    Where there is no water above the sill, those of a little water: the next pass may bring some.
    """
    storages = gates[0].rated.storages[:, step]
    others = before + net - done.end - done.over - done.limits[0]
    is_falling = net < others
    above = before - storages[0] + (0.0 if is_falling else net - others)
    missing = max(0.0, LITTLE * (storages[-1] - storages[0]) - above)
    if missing > 0.0:
        done = follow(gates, step, before + missing, net, days, top)
    share = min(1.0, done.limits[0] / max(above + missing, 1e-9))
    return (0.0, share) if is_falling else (share, 0.0)


def _on_line(line: tuple[list[float], list[float], list[float]], storage: float) -> tuple[float, float]:
    """Rate [m3/day] and its slope [1/day] at a storage."""
    storages, releases, slopes = line
    row = bisect_right(storages, storage) - 1
    if row < 0:
        return 0.0, 0.0
    return releases[row] + slopes[row] * (storage - storages[row]), slopes[row]
