"""From days to the steps of a horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from waterbalance.horizon import Horizon

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

Kind = Literal["rate", "level"]
"""A rate is summed to the amount of a step; a level, fraction or price is averaged."""


def days_of(horizon: Horizon) -> pd.DatetimeIndex:
    """Every local day of a horizon."""
    return pd.date_range(horizon.start, horizon.end, freq="D", inclusive="left")


def over_steps(daily: Floats, horizon: Horizon, kind: Kind = "rate") -> Floats:
    """Daily values, shape (days, members), on the steps, shape (steps, members).

    rate:  amount[t] = sum over the days d of step t of daily[d] x length[d]
    level: mean[t] = the same sum / length of step t

    The length of a day is 1 but where summer time begins or ends.
    """
    dates = (*(day.date() for day in days_of(horizon)), horizon.end)
    lengths = Horizon(dates, horizon.time_zone).days
    first_days = np.searchsorted(np.array(dates, dtype="datetime64[D]"), np.array(horizon.starts, dtype="datetime64[D]"))
    amounts = np.add.reduceat(daily * lengths[:, None], first_days, axis=0)
    return np.asarray(amounts if kind == "rate" else amounts / horizon.days[:, None])
