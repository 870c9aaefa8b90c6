"""From days to the steps of a horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError, Place
from waterbalance.forecast.member_draw import check_draw
from waterbalance.horizon import Horizon

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

Kind = Literal["rate", "level"]
"""A rate is summed to the amount of a step; a level, fraction or price is averaged."""


def asked_days(horizon: Horizon, members: int, seed: int) -> pd.DatetimeIndex:
    """Every local day of a horizon over which `members` are asked for, drawn with `seed`.

    Raises `InputError` where members are no whole number of 1 or more, or the seed none of 0 or more.
    """
    check_draw(members, seed)
    return days_of(horizon)


def days_of(horizon: Horizon) -> pd.DatetimeIndex:
    """Every local day of a horizon.

    Raises `InputError` for anything else: a number of days alone does not say where they begin, nor how long the steps are.
    """
    asked: object = horizon
    if not isinstance(asked, Horizon):
        remedy = "Make one with waterbalance.horizon.plan_horizon(first_day, last_day=..., time_zone=...)."
        found = f"{type(asked).__name__} {asked!r}" if isinstance(asked, int | float) else type(asked).__name__
        raise InputError("a forecast", (Finding("what is asked for is no horizon", Place(), found, "a Horizon", remedy),))
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
