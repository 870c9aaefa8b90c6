"""One river: its season, how it goes on from today, and when it is dry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from waterbalance.forecast.anomaly_paths import AnomalyModel, fit_anomaly_model
from waterbalance.forecast.flow_anomalies import FlowSeason, flow_season
from waterbalance.forecast.past_stretches import LEADS, StretchModel, fit_stretch_model
from waterbalance.forecast.recent_spread import SPAN, recent_spread
from waterbalance.forecast.river_state import MEMORIES, wetness_of

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

_BEFORE: Final = max(MEMORIES)


@dataclass(frozen=True)
class River:
    """What was learned of a river."""

    season: FlowSeason
    model: AnomalyModel
    stretches: StretchModel | None
    """None where too little is known for it."""

    spread: Floats
    """Of members about their median at leads 1 to 30, where nobody tells the rain; one where errors are as usual [1]."""

    def of_late(self, flows: Floats, days: pd.DatetimeIndex, rain: Floats | None) -> Self:
        """The same with members as far apart as the errors of the last `days` have been (`recent_spread.py`)."""
        if self.stretches is None:
            return self
        late = days[-SPAN:]
        wet = np.zeros(len(late)) if rain is None else wetness_of(rain[-SPAN:])
        return replace(self, spread=recent_spread(self.stretches, self.season.anomalies(flows[-SPAN:], late), late, wet))

    def members(
        self,
        flows: Floats,
        days: pd.DatetimeIndex,
        rain: Floats | None,
        ahead: pd.DatetimeIndex,
        told_rain: Floats | None,
        members: int,
        seed: int,
    ) -> Floats:
        """Flows of the days `ahead`, which follow `days`, shape (days ahead, members).

        `flows` and `rain` [mm] are those of `days`, `told_rain`, shape (days ahead, members), what a forecast tells.
        """
        past = _without_gaps(self.season.anomalies(flows[-_BEFORE:], days[-_BEFORE:]))
        wetness = np.zeros(_BEFORE) if rain is None else _as_long(wetness_of(rain[-_BEFORE:]))
        if told_rain is not None:
            told = self.model.paths(past, wetness, ahead, wetness_of(told_rain), members, seed)
        else:
            told = self._spread(self._untold(past, wetness, ahead, members, seed))
        return self.season.flows(told, ahead)

    def _untold(self, past: Floats, wetness: Floats, ahead: pd.DatetimeIndex, members: int, seed: int) -> Floats:
        """Anomalies where nobody tells the rain: half of the members are paths, half begin as past stretches."""
        half = members // 2 if self.stretches is not None else 0
        paths = self.model.paths(past, wetness, ahead, None, members - half, seed)
        if self.stretches is None or not half:
            return paths
        first, drawn = self.stretches.members(past, wetness, ahead[:LEADS], half, seed)
        if len(ahead) <= LEADS:
            return np.hstack([paths, first])
        before = np.vstack([np.repeat(past[:, None], half, axis=1), first])
        later = self.model.paths(before, self.model.wetness[drawn], ahead[LEADS:], None, half, seed)
        return np.hstack([paths, np.vstack([first, later])])

    def _spread(self, told: Floats) -> Floats:
        """Anomalies as far from their median as the spread says, within what paths may reach, shape (days, members)."""
        spread = np.ones(len(told))
        spread[:LEADS] = self.spread[: len(told)]
        middle = np.median(told, axis=1, keepdims=True)
        return np.clip(middle + spread[:, None] * (told - middle), *self.model.range)


def learn_river(flows: Floats, days: pd.DatetimeIndex, rain: Floats | None) -> River | None:
    """Learn from daily flows and rain [mm] with gaps (NaN); None where no days in a row are known well enough."""
    if not np.isfinite(flows).any():
        return None
    season = flow_season(flows, days)
    anomalies = season.anomalies(flows, days)
    wet = np.zeros(len(days)) if rain is None else wetness_of(rain)
    model = fit_anomaly_model(anomalies, days, wet)
    if model is None:
        return None
    return River(season, model, fit_stretch_model(anomalies, days, wet, model.range), np.ones(LEADS))


def dry_below(members: Floats, observed: Floats) -> float:
    """What members may not exceed to count as a dry river, so that they are dry as often as the river was; same unit."""
    known = np.isfinite(observed)
    dry = float((observed[known] <= 0.0).mean()) if known.any() else 0.0
    return float(np.quantile(members[known], dry)) if dry > 0.0 else 0.0


def _without_gaps(past: Floats) -> Floats:
    """Anomalies of the last days with gaps carried forward; zeros (the mean) before the record begins, shape (90,)."""
    return _as_long(np.asarray(pd.Series(past).ffill().fillna(0.0), dtype=np.float64))


def _as_long(values: Floats) -> Floats:
    """The same after as many zeros as are missing, shape (90,)."""
    return np.concatenate([np.zeros(_BEFORE - len(values)), values])
