"""Frames as the ecosystem knows them: long ones with `unique_id, ds, y`, and forecasts with `mean`, `lo-80`, `hi-80`."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from waterbalance.forecast.forecast import Forecast
    from waterbalance.forecast.forecaster import Forecaster, Past, Weather
    from waterbalance.horizon import Floats, Horizon

UNIQUE_ID, DATE, TARGET = "unique_id", "ds", "y"

NO_QUANTILES: tuple[float, ...] = ()


def told(values: Floats, level: Sequence[float] = (80,), quantiles: Sequence[float] = NO_QUANTILES) -> dict[str, Floats]:
    """Columns that sum members up: `mean`, `median`, `lo-L` and `hi-L` for each level [%], `qP` for each quantile [1].

    `values` has the shape (steps, members); lo-80 and hi-80 are the quantiles 0.1 and 0.9.
    Raises `UsageError` for a level outside of 0 to 100 or a quantile outside of 0 to 1.
    """
    wrong = [each for each in level if not 0 < each < 100] + [each for each in quantiles if not 0 < each < 1]
    if wrong:
        raise UsageError(f"levels lie between 0 and 100, quantiles between 0 and 1; found {', '.join(map(str, wrong))}")
    columns = {"mean": values.mean(axis=1), "median": np.quantile(values, 0.5, axis=1)}
    for each in level:
        columns[f"lo-{each:g}"] = np.quantile(values, 0.5 - each / 200, axis=1)
        columns[f"hi-{each:g}"] = np.quantile(values, 0.5 + each / 200, axis=1)
    return columns | {f"q{each:g}": np.quantile(values, each, axis=1) for each in quantiles}


def forecast_frame(
    forecast: Forecast, horizon: Horizon, *, level: Sequence[float] = (80,), quantiles: Sequence[float] = NO_QUANTILES
) -> pd.DataFrame:
    """A forecast as a frame: `ds` (first day of each step, in the horizon's time zone), then the columns of `told`.

    Rates are amounts over each step, as in the forecast itself.
    """
    dates = pd.DatetimeIndex(horizon.starts).tz_localize(horizon.time_zone)
    return pd.DataFrame({DATE: dates, **told(forecast.values, level, quantiles)})


def predict_frame(
    forecaster: Forecaster,
    horizon: Horizon,
    weather: Weather = None,
    *,
    level: Sequence[float] = (80,),
    quantiles: Sequence[float] | None = None,
    members: int = 100,
    seed: int = 0,
) -> pd.DataFrame:
    """What a fitted forecaster tells, as `forecast_frame` has it."""
    forecast = forecaster.predict(horizon, weather=weather, members=members, seed=seed)
    return forecast_frame(forecast, horizon, level=level, quantiles=quantiles or NO_QUANTILES)


def histories(long: pd.DataFrame) -> Iterator[tuple[str, Past]]:
    """The history of each series of a long frame `unique_id, ds, y` and exogenous columns, in the order of their names.

    Raises `InputError` where a column is missing.
    """
    findings = Findings(
        Finding(f"the long frame lacks the column {name!r}", found=", ".join(map(str, long.columns)))
        for name in (UNIQUE_ID, DATE, TARGET)
        if name not in long.columns
    )
    findings.raise_if_any(InputError, "a history to learn from")
    for name, rows in long.groupby(UNIQUE_ID, sort=True):
        frame = rows.drop(columns=UNIQUE_ID).set_index(DATE)
        yield str(name), frame if len(frame.columns) > 1 else frame[TARGET]


def forecast_long(
    forecaster: Forecaster,
    long: pd.DataFrame,
    horizon: Horizon,
    weather: Mapping[str, Weather] | None = None,
    *,
    level: Sequence[float] = (80,),
    quantiles: Sequence[float] | None = None,
    members: int = 100,
    seed: int = 0,
) -> pd.DataFrame:
    """Fit a copy of the forecaster to each series of a long frame, and tell them all: `unique_id, ds, mean, ...`."""
    frames = []
    for name, history in histories(long):
        fitted = copy.deepcopy(forecaster).fit(history)
        ahead = None if weather is None else weather[name]
        frame = predict_frame(fitted, horizon, ahead, level=level, quantiles=quantiles, members=members, seed=seed)
        frame.insert(0, UNIQUE_ID, name)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)
