"""What looks across steps: linked column = weights x source column + history.

    before:   x[t] = source[t - 1],                           history[0] = the observed state
    delayed:  x[t] = sum_j overlap(j shifted by the travel time, t) / length_j x source[j]
    total:    x[t] = sum_j overlap(j, window that ends with t) / length_j x source[j]
    recent:   x[t] = sum_j source[j] over all j that began less than so many days before t, t included

Volumes flow evenly within a step, so that overlaps are exact for steps of unequal length.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from waterbalance.errors import Finding, InputError, Place
from waterbalance.network.season import Season
from waterbalance.optimise.step import Before, Delayed, Key, LinkedColumn, LinkKind, Recent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.horizon import Floats, Horizon, Integers
    from waterbalance.network.state import Past, State
    from waterbalance.network.step import Window


A_MICROSECOND = 1e-6 / 86_400.0
"""Overlaps below it are the rounding of sums of days of 23, 24 and 25 hours. [day]"""


@dataclass(frozen=True)
class Weights:
    """How much of each step's source counts at each step, for several kinds of links: the kinds one below the other."""

    first: Integers
    """Where the entries of each kind begin, and the number of all; shape (kinds + 1,)."""

    step: Integers
    """Step of the linked column, shape (entries,)."""

    source_step: Integers
    """Step of the source that counts there, shape (entries,)."""

    value: Floats
    """Share of the source's volume that counts, shape (entries,)."""


def weights_of(kinds: Sequence[LinkKind], horizon: Horizon) -> Weights:
    """The weights of all kinds, found together."""
    steps = len(horizon)
    looks = [_looks_at(kind, horizon) for kind in kinds]
    starts = np.array([start for start, _ in looks]).ravel()
    ends = np.array([end for _, end in looks]).ravel()
    edges = horizon.offsets
    first = np.maximum(np.searchsorted(edges, starts, side="right") - 1, 0)
    count = np.maximum(np.minimum(np.searchsorted(edges, ends, side="left"), steps) - first, 0)
    row = np.repeat(np.arange(len(starts)), count)
    source = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
    overlap = np.minimum(ends[row], edges[source + 1]) - np.maximum(starts[row], edges[source])
    real = overlap > A_MICROSECOND
    row, source, overlap = row[real], source[real], overlap[real]
    recent = np.array([isinstance(kind, Recent) for kind in kinds], dtype=bool)
    return Weights(
        first=np.searchsorted(row, np.arange(len(kinds) + 1) * steps),
        step=row % steps,
        source_step=source,
        value=np.where(recent[row // steps], 1.0, overlap / horizon.days[source]),
    )


def weights(kind: LinkKind, horizon: Horizon) -> sp.csr_array:
    """The weights of one kind as a matrix, shape (steps, steps)."""
    steps, found = len(horizon), weights_of((kind,), horizon)
    return sp.csr_array((found.value, (found.step, found.source_step)), shape=(steps, steps))


def history(link: LinkedColumn, horizon: Horizon, state: State) -> Floats:
    """What comes from before the horizon; shape (steps,)."""
    if isinstance(link.kind, Before):
        opening = np.zeros(len(horizon))
        opening[0] = _opening(link.source, state, horizon)
        return opening
    past = state.past.get(link.source, ())
    if not past:
        return np.zeros(len(horizon))
    begin = np.array([horizon.offset(each.start) for each in past])
    finish = np.array([horizon.offset(each.end) for each in past])
    volume = np.array([each.volume for each in past])
    if isinstance(link.kind, Recent):
        ago = horizon.calendar[:-1, None] - np.array([(each.start - horizon.start).days for each in past])
        begun: Floats = (ago < link.kind.days) @ (volume * _still_counts(link.kind, begin, volume, state, horizon))
        return begun
    starts, ends = _looks_at(link.kind, horizon)
    arrived: Floats = _overlap(starts, ends, begin, finish) @ (volume / (finish - begin))
    return arrived


def _still_counts(kind: Recent, begin: Floats, volume: Floats, state: State, horizon: Horizon) -> Floats:
    """1 for what happened before the plan and still counts, else 0; shape (past intervals,)."""
    if kind.switch is None:
        return np.ones_like(volume)
    happened = begin[volume > 0.5]
    holds = round(_opening(kind.switch, state, horizon)) == kind.left_at
    return np.where(holds & (begin == happened.max(initial=-np.inf)), 1.0, 0.0)


def _opening(source: Key, state: State, horizon: Horizon) -> float:
    """A stock as observed; a flow at the mean daily rate of its last recorded interval."""
    if source in state.stocks:
        return state.stocks[source]
    past = state.past.get(source, ())
    if past:
        last: Past = max(past, key=lambda each: each.end)
        return last.volume / (horizon.offset(last.end) - horizon.offset(last.start))
    component, quantity = source
    finding = Finding(
        "the opening value is not known",
        Place(component=component, date=str(state.day)),
        found=f"no {quantity!r} in the state",
        allowed="an observed value for every stock, and a past flow where a rule compares with the step before",
        remedy=f"Add {component}.{quantity} to the state.",
    )
    raise InputError("the state is incomplete", (finding,))


def _looks_at(kind: LinkKind, horizon: Horizon) -> tuple[Floats, Floats]:
    """The interval before or within the horizon that each step looks at, as offsets from its start. [day]."""
    starts, ends = horizon.offsets[:-1], horizon.offsets[1:]
    if isinstance(kind, Before):
        return np.concatenate([starts[:1], starts[:-1]]), np.concatenate([starts[:1], ends[:-1]])
    if isinstance(kind, Delayed):
        return starts - kind.travel_time, ends - kind.travel_time
    if isinstance(kind, Recent):
        # From the first step that begins within the window to the end of this one: whole steps only.
        # Counted by the calendar, for a day of 23 hours is a day, too.
        days = horizon.calendar[:-1]
        first = np.searchsorted(days, days - kind.days, side="right")
        return starts[first], ends
    if isinstance(kind.window, int | float):
        return ends - kind.window, ends
    opens = [window_start(kind.window, end - dt.timedelta(days=1)) for end in horizon.ends]
    first_moments = np.array([horizon.offset(day) for day in opens])
    if isinstance(kind.window, Season):
        return first_moments, np.minimum(ends, [horizon.offset(kind.window.ends(day)) for day in opens])
    return first_moments, ends


def window_start(window: Window, day: dt.date) -> dt.date:
    """First day of the calendar month, season (from 1 January and 1 July, or of its own) or year that holds `day`."""
    if isinstance(window, Season):
        return window.begins(day)
    if window == "month":
        return day.replace(day=1)
    if window == "season":
        return dt.date(day.year, 1 if day.month <= 6 else 7, 1)
    return dt.date(day.year, 1, 1)


def _overlap(starts: Floats, ends: Floats, begin: Floats, finish: Floats) -> Floats:
    """Length of the overlap of intervals; shape (len(starts), len(begin))."""
    last_start = np.maximum(starts[:, None], begin[None, :])
    first_end = np.minimum(ends[:, None], finish[None, :])
    overlap: Floats = np.maximum(0.0, first_end - last_start)
    return overlap
