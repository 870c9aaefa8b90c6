"""How good a forecaster was on its past, lead by lead, beside the judges: seasonal naive and climatology."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from waterbalance.forecast.cross_validation import CRPS, CUTOFF, LEAD, PIT
from waterbalance.forecast.exogenous import TARGET
from waterbalance.forecast.skill import coverage, pinball

if TYPE_CHECKING:
    from collections.abc import Mapping

PINBALL_LEVELS: Final = (0.1, 0.5, 0.9)

COLUMNS: Final = (
    "origins",
    "mae",
    "mase",
    "crps",
    "pinball",
    "coverage_80",
    "pit_mean",
    "pit_spread",
    "accumulated_bias",
)


def scores_by_lead(told: pd.DataFrame, scale: float) -> pd.DataFrame:
    """Scores of a cross-validation at every lead, indexed by lead [day]; the last row, lead 0, is over all of them.

    mae = mean |y - median|,   mase = mae / `scale`,   crps as it is,
    pinball = mean loss of the quantiles 0.1, 0.5 and 0.9,
    coverage_80 = share of y from lo-80 to hi-80,
    pit_mean and pit_spread = mean of the probability integral transform (0.5 where unbiased) and its standard deviation over
        that of an even one (1 where the spread is right, more where members are too narrow),
    accumulated_bias = sum of the means from lead 1 on / sum of y - 1, over origins that are known as a whole

    `told` is what `cross_validation` gives for one series, `scale` the mean absolute change over a season in its history
    (`skill.seasonal_scale`). Rows without an observed value count nowhere. Source: Hyndman and Koehler (2006),
    doi:10.1016/j.ijforecast.2006.03.001; Gneiting et al. (2007), doi:10.1111/j.1467-9868.2007.00587.x.
    """
    rows = {lead: _scores(told[told[LEAD] == lead], scale) for lead in sorted(told[LEAD].unique().tolist())}
    rows[0] = _scores(told, scale)
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(LEAD)
    table["accumulated_bias"] = _accumulated_bias(told).reindex(table.index)
    table.loc[0, "accumulated_bias"] = table["accumulated_bias"].drop(0).iloc[-1]
    return table[list(COLUMNS)]


def skill_against(scores: pd.DataFrame, judges: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Scores with a column `skill_NAME` = 1 - crps / crps of each judge on the same origins; above 0 is better [1]."""
    with np.errstate(divide="ignore", invalid="ignore"):
        skill = {f"skill_{name}": 1.0 - scores["crps"] / judge["crps"] for name, judge in judges.items()}
    return scores.assign(**skill)


def _scores(part: pd.DataFrame, scale: float) -> dict[str, float]:
    known = part[part[TARGET].notna()]
    if known.empty:
        return {"origins": 0.0}
    error = (known[TARGET] - known["median"]).abs().mean()
    bounds = {0.1: "lo-80", 0.5: "median", 0.9: "hi-80"}
    losses = [pinball(known[bounds[level]], known[TARGET], level).mean() for level in PINBALL_LEVELS]
    return {
        "origins": float(known[CUTOFF].nunique()),
        "mae": float(error),
        "mase": float(error / scale),
        "crps": float(known[CRPS].mean()),
        "pinball": float(np.mean(losses)),
        "coverage_80": coverage(known["lo-80"], known["hi-80"], known[TARGET]),
        "pit_mean": float(known[PIT].mean()),
        "pit_spread": float(known[PIT].std(ddof=0) * np.sqrt(12.0)),
    }


def _accumulated_bias(told: pd.DataFrame) -> pd.Series:
    whole = told.groupby(CUTOFF)[TARGET].transform(lambda values: values.notna().all())
    sums = told[whole].groupby(LEAD)[["mean", TARGET]].sum().cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        return sums["mean"] / sums[TARGET] - 1.0
