"""The equations of filling: what it takes of the water, and when it keeps a reach from serving.

A reach that starts in slot t is filled over n slots (see `filling.py`):

    filling[t] = sum of start[t - k] for 0 <= k < n,  filling <= wet
    taken[t] = fill_volume / (n slot) x filling[t]

A reach in use that was not full when the first slot began goes on for the rest of its n slots, if it stays wet. Where water
stands in a reach that is not in use, the first start finds what has not seeped away by then:

    kept <= start,  start <= sum of kept until then,  sum of kept <= 1
    taken[t] = fill_volume / (n slot) x filling[t] - sum of left[t - k] / (n slot) x kept[t - k]

and one that is still full then serves at once. A reach that neither seeps nor can be drained stays full behind a shut head: it is
filled at its first start only, and not at all where it was in use and full. Others are taken to fall dry whenever they stop.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.filling import slots_to_fill
from waterbalance.schedule.slots import MOMENT

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Integers
    from waterbalance.schedule.canal_tree import CanalTree
    from waterbalance.schedule.equations import Equations
    from waterbalance.schedule.running import Running
    from waterbalance.schedule.slots import Slots

    Term = tuple[Floats, Integers]
    """Coefficients and columns, shape (any, slots), to be added up over the first axis."""

HAIR = 1e-6
"""Less than this is nothing. [m3]"""


@dataclass(frozen=True)
class Filling:
    """Of one reach."""

    taken: tuple[Term, ...]
    """What it takes of the water. [m3/s]"""

    lasts: tuple[Term, ...]
    """1 while the reach is filled, else 0."""


def fillings(
    equations: Equations, tree: CanalTree, slots: Slots, running: Running, wet: Integers, start: Integers
) -> tuple[Filling, ...]:
    """One for each reach; `wet` and `start` of shape (reaches, slots)."""
    found = []
    for at, count in enumerate(slots_to_fill(tree, slots).tolist()):
        filling = _filling(equations, tree, slots, running, at, count, (wet[at], start[at]))
        if filling.lasts:
            equations.sums((-np.ones((1, slots.count)), wet[at][None]), *filling.lasts, upper=0.0)
        found.append(filling)
    return tuple(found)


def still_to_fill(tree: CanalTree, running: Running, at: int, count: int) -> tuple[float, int]:
    """What a reach in use lacks as the first slot begins, and over how many of its `count` slots it is still filled. [m3]."""
    volume = tree.nodes[at].reach.fill_volume
    lacks = volume - running.content(tree, at)
    if not running.is_wet(tree, at) or lacks <= HAIR:
        return 0.0, 0
    return lacks, max(1, math.ceil(count * lacks / volume - MOMENT))


def _filling(
    equations: Equations,
    tree: CanalTree,
    slots: Slots,
    running: Running,
    at: int,
    count: int,
    switches: tuple[Integers, Integers],
) -> Filling:
    wet, start = switches
    reach = tree.nodes[at].reach
    lacks, rest = still_to_fill(tree, running, at, count)
    stays_full = reach.keeps_its_water and not rest
    if count == 0 or (stays_full and running.is_wet(tree, at)):
        return Filling((), ())
    if stays_full:
        start = _first(equations, start)
    each = 1.0 / (count * slots.seconds)
    begun, recent = _recent(start, count)
    taken, lasts = [(reach.fill_volume * each * begun, recent)], [(begun, recent)]
    if rest:
        goes_on = (np.arange(slots.count) < rest).astype(float)[None]
        taken.append((lacks / (rest * slots.seconds) * goes_on, wet[None]))
        lasts.append((goes_on, wet[None]))
    elif not running.is_wet(tree, at) and running.content(tree, at) > 0.0:
        left = np.maximum(running.content(tree, at) - reach.seepage * slots.seconds * np.arange(slots.count), 0.0)
        kept = start if stays_full else _first(equations, start)
        begun, recent = _recent(kept, count)
        since = np.maximum(np.arange(slots.count)[None] - np.arange(count)[:, None], 0)
        taken.append((-left[since] * each * begun, recent))
        lasts.append((-((left[since] >= reach.fill_volume - HAIR) * begun), recent))
    return Filling(tuple(taken), tuple(lasts))


def _first(equations: Equations, start: Integers) -> Integers:
    """1 at the first start, else 0: nothing starts before it, and there is one at most."""
    first = equations.columns(len(start), upper=1.0)
    equations.rows((1.0, first), (-1.0, start), upper=0.0)
    for slot in range(len(start)):
        equations.total((1.0, first[: slot + 1]), (-1.0, start[slot : slot + 1]), lower=0.0)
    equations.total((1.0, first), upper=1.0)
    return first


def _recent(start: Integers, count: int) -> Term:
    """Columns of the last `count` slots, shape (count, slots), and 0 where those lie before the first slot."""
    slot = np.arange(len(start))[None] - np.arange(count)[:, None]
    return (slot >= 0).astype(float), start[np.maximum(slot, 0)]
