"""Paths of departures: what several ways tell in the median, and how wrong that was on past days.

    told[h] = median of the ways                                  h <= 7
    told[h] = long[h] + (told[h'] - long[h']) p^(h - h')           h > 7, h' = the same weekday of the first week
    long[h] = p^h x[0]                                            a departure x that returns, with persistence p

    member[h] = told[h] + error[o, h]                             h <= 28, errors of one past day o: paths that hang together
    member[h] = told[h] + x[h] + noise                            further ahead, x goes on from what is left of error[o, 28]

What the ways see has no lone spikes (`without_spikes`); errors are those of what was observed. They are drawn evenly over the
last year of origins, and centred, so that few members do not shift what is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from waterbalance.forecast.departure_members import LEADS, WAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.forecast.departure_members import Parameters
    from waterbalance.horizon import Floats

_ERROR_LEADS: Final = 28
_FIRST_ORIGIN: Final = 28
_ORIGINS: Final = 364
_SPIKE: Final = 5.0
_TOO_NEW: Final = 3


@dataclass(frozen=True)
class DeparturePaths:
    """What is told from the last day of the record on, and past errors."""

    week: Floats
    """Told departures of the first week, shape (7,)."""

    departure: float
    persistence: float
    shock: float
    noise: float
    errors: Floats
    """Of past origins, shape (origins, leads); empty where nothing ever varied."""

    def told(self, leads: Floats) -> Floats:
        """Departures at leads counted from 1, shape (leads,)."""
        ahead = continued(self.week[None], np.array([self.departure]), self.persistence, int(leads[-1]))
        return np.asarray(ahead[0, leads - 1])

    def drawn(self, leads: Floats, members: int, seed: int) -> Floats:
        """Members at these leads, shape (leads, members)."""
        generator = np.random.default_rng(seed)
        paths = np.zeros((int(leads[-1]), members))
        if self.errors.size:
            even = (np.arange(members) + generator.random()) / members * len(self.errors)
            origins = generator.permutation(even.astype(np.int64))
            known = min(len(paths), self.errors.shape[1])
            paths[:known] = self.errors[origins, :known].T
            self._go_on(paths, known, generator)
            paths -= np.median(paths, axis=1, keepdims=True)
        return np.asarray(self.told(leads)[:, None] + paths[leads - 1])

    def _go_on(self, paths: Floats, known: int, generator: np.random.Generator) -> None:
        """Beyond past errors: a departure that starts from what lasts of the last one."""
        lasting = self.shock**2 / max(1.0 - self.persistence**2, 1.0e-3)
        total = lasting + self.noise**2
        state = paths[known - 1] * (lasting / total if total > 0.0 else 0.0)
        for lead in range(known, len(paths)):
            state = self.persistence * state + self.shock * generator.standard_normal(paths.shape[1])
            paths[lead] = state + self.noise * generator.standard_normal(paths.shape[1])


def departure_paths(departures: Floats, ways: Mapping[str, Parameters], long_run: Parameters) -> DeparturePaths:
    """Paths from the end of `departures`, shape (days,), NaN where unknown."""
    persistence, shock, noise = (float(each) for each in long_run)
    tame = without_spikes(departures)
    lasting = filtered(tame, persistence, shock, noise)
    if not ways:
        return DeparturePaths(np.zeros(LEADS), lasting[-1], persistence, shock, noise, np.empty((0, 0)))
    as_seen = np.append(tame[:-_TOO_NEW], departures[-_TOO_NEW:])
    told = np.median([WAYS[name].tell(seen, learned) for name, learned in ways.items() for seen in (tame, as_seen)], axis=0)
    leads = min(_ERROR_LEADS, max(LEADS, len(departures) // 4))
    first = min(_FIRST_ORIGIN, max(len(departures) - leads - LEADS, 0))
    origins = np.arange(len(departures) - leads)[first:][-_ORIGINS:]
    ahead = continued(told[origins], lasting[origins], persistence, leads)
    errors = departures[origins[:, None] + np.arange(1, leads + 1)] - ahead
    return DeparturePaths(told[-1], lasting[-1], persistence, shock, noise, _without_gaps(errors))


def continued(week: Floats, departure: Floats, persistence: float, leads: int) -> Floats:
    """What is told from each origin, shape (origins, leads), of its first week, shape (origins, 7)."""
    ahead = np.arange(1, leads + 1)
    same = (ahead - 1) % LEADS
    long = departure[:, None] * persistence**ahead
    beyond = week[:, same] - departure[:, None] * persistence ** (same + 1)
    return np.asarray(long + beyond * persistence ** (ahead - 1 - same))


def without_spikes(departures: Floats) -> Floats:
    """Departures that stand alone, such as a burst's, brought near to the median of the days around them, shape (days,).

    At most `_SPIKE` robust standard deviations are left. Of the last three days nobody knows yet whether they are a spike
    or a new level: every way tells both, and the median is taken over all.
    """
    around = pd.Series(departures).rolling(7, center=True, min_periods=1).median().to_numpy()
    apart = departures - around
    most = _SPIKE * 1.4826 * np.nanmedian(np.abs(apart))
    return np.asarray(around + np.clip(apart, -most, most))


def filtered(departures: Floats, persistence: float, shock: float, noise: float) -> Floats:
    """Expected departure on each day by the Kalman filter, shape (days,); over gaps it fades."""
    state, doubt = 0.0, shock**2 / max(1.0 - persistence**2, 1.0e-3)
    told = np.empty(len(departures))
    for day, observed in enumerate(departures):
        state, doubt = persistence * state, persistence**2 * doubt + shock**2
        if np.isfinite(observed) and doubt > 0.0:
            gain = doubt / (doubt + noise**2)
            state, doubt = state + gain * (observed - state), (1.0 - gain) * doubt
        told[day] = state
    return told


def _without_gaps(errors: Floats) -> Floats:
    """Errors of unknown days as those of the lead before (or after); origins without any are left out."""
    known = np.isfinite(errors)
    kept = errors[known.any(axis=1)]
    seen = np.isfinite(kept)
    before = np.maximum.accumulate(np.where(seen, np.arange(kept.shape[1]), -1), axis=1)
    first = seen.argmax(axis=1)[:, None]
    return np.asarray(np.take_along_axis(kept, np.where(before < 0, first, before), axis=1))
