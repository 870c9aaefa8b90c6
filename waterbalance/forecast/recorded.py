"""A past that is planned again: recorded days as they were, all others by another forecaster."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from waterbalance.forecast.daily_steps import Kind, asked_days, over_steps
from waterbalance.forecast.exogenous import target_of
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import checked_history, known_before
from waterbalance.horizon import Horizon

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Forecaster, Past, Weather
    from waterbalance.forecast.history import History


@dataclass
class RecordedFirst:
    """Days that the history holds as recorded, alike in all members; other days as another forecaster tells them.

    value[d, m] = recorded[d] where it is known, else forecaster[d, m]
    amount[t, m] = sum over the days d of step t of value[d, m] x length of d

    The other forecaster learns from what was before the horizon. For planning a past season again, with one scenario file
    for past and future. The record is known beyond the first day of the plan, so such a plan knows its future: do not judge
    forecasts, policies or reliability with it.
    """

    forecaster: Forecaster
    """Tells the days that are not recorded."""

    kind: Kind = "rate"
    """Whether the history is a rate (amounts per step are told) or a level (means are told)."""

    lowest: float | None = 0.0
    """Smallest value allowed in the history; None for no limit."""

    history_: History | None = field(default=None, init=False, repr=False)
    given_: Past | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Keep the history, and let the other forecaster learn from it.

        Raises `InputError` when the history is no series of numbers on dates, or the other forecaster refuses it.
        """
        self.history_ = checked_history(target_of(history), shortest=1, lowest=self.lowest)
        self.forecaster.fit(history)
        self.given_ = history.set_axis(pd.DatetimeIndex(history.index).tz_localize(None), axis=0)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts (or mean levels) over the steps, shape (steps, members); one member where every day is recorded."""
        days = asked_days(horizon, members, seed)
        recorded = fitted(self.history_, self).values.reindex(days).to_numpy(dtype=np.float64)[:, None]
        known = ~np.isnan(recorded)
        if known.all():
            return Forecast(over_steps(recorded, horizon, self.kind), "recorded")
        other = self.forecaster
        if self.given_ is not None and days[0] <= fitted(self.history_, self).values.index[-1]:
            other = copy.deepcopy(other).fit(known_before(self.given_, horizon.start))
        if not known.any():
            return other.predict(horizon, weather=weather, members=members, seed=seed)
        daily = Horizon((*(day.date() for day in days), horizon.end), horizon.time_zone)
        told = other.predict(daily, weather=weather, members=members, seed=seed)
        lengths = daily.days[:, None] if self.kind == "rate" else 1.0
        values = np.where(known, recorded, told.values / lengths)
        label = f"recorded on {int(known.sum())} of {len(days)} days, else {told.label}"
        return replace(told, values=over_steps(values, horizon, self.kind), label=label)
