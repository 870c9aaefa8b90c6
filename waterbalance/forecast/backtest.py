"""Rolling origin: what a forecaster would have told on past days, beside what came."""

from __future__ import annotations

import copy
import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.history import checked_history
from waterbalance.forecast.skill import crps
from waterbalance.horizon import Horizon

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Forecaster


def backtest(
    forecaster: Forecaster,
    history: pd.Series,
    *,
    first_cutoff: dt.date,
    days_ahead: int = 30,
    every: int = 10,
    members: int = 100,
    seed: int = 0,
) -> pd.DataFrame:
    """Forecast daily rates again and again from growing history, one row for each origin and lead.

    At each cutoff, from `first_cutoff` on and `every` days apart, a copy of the forecaster is fitted on the days up to the
    cutoff, included, and tells the next `days_ahead` days; nothing later reaches it, and the forecaster itself stays as it was.

    Columns: `cutoff`, `date`, `lead` [day], `observed` (NaN where unknown), `mean`, `median`, `lo-80`, `hi-80`,
    `crps`, in the unit of the history. Raises `InputError` for a faulty history, or when no origin fits into it.
    """
    values = checked_history(history, shortest=1, lowest=None).values
    last_cutoff = values.index[-1] - pd.Timedelta(days=days_ahead)
    cutoffs = pd.date_range(pd.Timestamp(first_cutoff), last_cutoff, freq=f"{every}D")
    if not len(cutoffs) or cutoffs[0] < values.index[0]:
        found = f"first cutoff {first_cutoff}, history {values.index[0].date()} to {values.index[-1].date()}"
        finding = Finding("no origin fits into the history", found=found, allowed=f"{days_ahead} known days after a cutoff")
        raise InputError("a backtest", (finding,))
    rows = [_one_origin(forecaster, values, cutoff, days_ahead, members, seed) for cutoff in cutoffs]
    return pd.concat(rows, ignore_index=True)


def _one_origin(
    forecaster: Forecaster, values: pd.Series, cutoff: pd.Timestamp, days_ahead: int, members: int, seed: int
) -> pd.DataFrame:
    dates = pd.date_range(cutoff + pd.Timedelta(days=1), periods=days_ahead)
    edges = (*(date.date() for date in dates), dates[-1].date() + dt.timedelta(days=1))
    told = copy.deepcopy(forecaster).fit(values.loc[:cutoff]).predict(Horizon(edges), members=members, seed=seed).values
    observed = values.loc[dates].to_numpy(dtype=np.float64)
    low, middle, high = np.quantile(told, [0.1, 0.5, 0.9], axis=1)
    columns = {"cutoff": cutoff, "date": dates, "lead": np.arange(1, days_ahead + 1), "observed": observed}
    scores = {"mean": told.mean(axis=1), "median": middle, "lo-80": low, "hi-80": high, "crps": crps(told, observed)}
    return pd.DataFrame(columns | scores)
