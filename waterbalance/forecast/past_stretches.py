"""Standardised anomalies of the days to come, each by a regression of its own, and past stretches of what that left over.

    z[d + lead - 1] = state[d] . weights(lead) + e[d, lead],       lead = 1 ... 30

Beside the autoregression (`anomaly_paths.py`), whose errors add up from day to day, this one is aimed at each day at once, and
a member's e[d, .] is that of one stretch of the past as a whole, from the same days at every river; on the first five days by
how the river stands (`residual_states.py`). That such members stand beside the paths was chosen within the first 70 % of seven
rivers. To take the nearest of several drawn days to how the river stands (4, 8, 16) won 0.01 there on the first day, nothing on
the others, and tore neighbouring rivers apart.

Source: regression with residuals of past days, Prairie, J. R. et al. (2006), doi:10.1061/(ASCE)1084-0699(2006)11:4(371).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from waterbalance.forecast.past_days import PastDays
from waterbalance.forecast.residual_states import NEAR, ResidualStates, residual_states
from waterbalance.forecast.river_state import ridge_weights, spread_of, state_columns, state_now

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.horizon import Floats

LEADS: Final = 30
"""Days that have a regression of their own. [day]"""

STATED: Final = 15
"""Days ahead whose errors are told apart by how the river stood (`recent_spread.py`). [day]"""

_LEAST_KNOWN: Final = 0.9


@dataclass(frozen=True)
class StretchModel:
    """What was learned."""

    weights: Floats
    """Shape (30, columns)."""

    left: Floats
    """e of the stretches that begin on the days of the record, shape (days, 30)."""

    states: tuple[ResidualStates, ...]
    """The same of the first fifteen leads by how the river stood."""

    starts: PastDays
    """Days on which known stretches begin."""

    range: tuple[float, float]
    """Between which anomalies members stay. [1]"""

    def members(
        self, past: Floats, past_wetness: Floats, days: pd.DatetimeIndex, members: int, seed: int
    ) -> tuple[Floats, npt.NDArray[np.intp]]:
        """Anomalies of the `days` after the past, at most 30, and which days of the record lent theirs; (days, members) each.

        `past` are the known anomalies up to the day before, 90 or more, `past_wetness` their r, shape (days,).
        """
        drawn = self.starts.draw(days[0], members, [seed, LEADS, LEADS])
        state = state_now(past, past_wetness, days[:1])
        left = self.left[drawn, : len(days)].T
        for lead, states in enumerate(self.states[: min(NEAR, len(days))]):
            left[lead] = states.lent(spread_of(state), drawn)
        told = (self.weights[: len(days)] @ state)[:, None] + left
        return np.clip(told, *self.range), drawn + np.arange(len(days))[:, None]


def fit_stretch_model(anomalies: Floats, days: pd.DatetimeIndex, wet: Floats, reach: tuple[float, float]) -> StretchModel | None:
    """Learn from daily anomalies with gaps (NaN) and r; None where no stretch of 30 days is known well enough.

    A stretch must know nine tenths of its days; at the others nothing is left over.
    """
    columns = state_columns(anomalies, days, wet, told=False)
    stands = np.isfinite(columns).all(axis=1)
    left = np.full((len(days), LEADS), np.nan)
    weights = np.zeros((LEADS, columns.shape[1]))
    for lead in range(min(LEADS, len(days))):
        came = np.concatenate([anomalies[lead:], np.full(lead, np.nan)])
        known = stands & np.isfinite(came)
        if not known.any():
            continue
        weights[lead] = ridge_weights(columns[known], came[known])
        left[known, lead] = came[known] - columns[known] @ weights[lead]
    whole = np.isfinite(left).mean(axis=1) >= _LEAST_KNOWN
    if not whole.any():
        return None
    states = tuple(residual_states(each, spread_of(columns)) for each in left.T[:STATED])
    return StretchModel(weights, np.nan_to_num(left), states, PastDays.among(days, whole), reach)
