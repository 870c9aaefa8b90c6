"""One river: its season, how it goes on from today, and when it is dry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from waterbalance.forecast.anomaly_paths import MEMORIES, AnomalyModel, fit_anomaly_model, wetness_of
from waterbalance.forecast.flow_anomalies import FlowSeason, flow_season

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.horizon import Floats

_BEFORE: Final = max(MEMORIES)


@dataclass(frozen=True)
class River:
    """What was learned of a river."""

    season: FlowSeason
    model: AnomalyModel

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
        past = self.season.anomalies(flows[-_BEFORE:], days[-_BEFORE:])
        wetness = np.zeros(_BEFORE) if rain is None else wetness_of(rain[-_BEFORE:])
        told = None if told_rain is None else wetness_of(told_rain)
        return self.season.flows(self.model.paths(past, wetness, ahead, told, members, seed), ahead)


def learn_river(flows: Floats, days: pd.DatetimeIndex, rain: Floats | None) -> River | None:
    """Learn from daily flows and rain [mm] with gaps (NaN); None where no days in a row are known well enough."""
    if not np.isfinite(flows).any():
        return None
    season = flow_season(flows, days)
    model = fit_anomaly_model(season.anomalies(flows, days), days, rain)
    return None if model is None else River(season, model)


def dry_below(members: Floats, observed: Floats) -> float:
    """What members may not exceed to count as a dry river, so that they are dry as often as the river was; same unit."""
    known = np.isfinite(observed)
    dry = float((observed[known] <= 0.0).mean()) if known.any() else 0.0
    return float(np.quantile(members[known], dry)) if dry > 0.0 else 0.0
