"""Frames as the ecosystem knows them: long ones with `unique_id, ds, y`, and forecasts with `mean`, `lo-80`, `hi-80`."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError, Place, UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from waterbalance.forecast.forecast import Forecast
    from waterbalance.forecast.forecaster import Forecaster, Past, Weather
    from waterbalance.horizon import Floats, Horizon

UNIQUE_ID, DATE, TARGET = "unique_id", "ds", "y"

NO_QUANTILES: tuple[float, ...] = ()


Levels: TypeAlias = "Sequence[float] | float"
"""Levels of central intervals [%], or quantiles [1]; one alone may stand for itself."""


def told(values: Floats, level: Levels = (80,), quantiles: Levels = NO_QUANTILES) -> dict[str, Floats]:
    """Columns that sum members up: `mean`, `median`, `lo-L` and `hi-L` for each level [%], `qP` for each quantile [1].

    `values` has the shape (steps, members); lo-80 and hi-80 are the quantiles 0.1 and 0.9.
    Raises `UsageError` for a level outside of 0 to 100 or a quantile outside of 0 to 1.
    """
    levels, ranks = np.atleast_1d(np.asarray(level)).tolist(), np.atleast_1d(np.asarray(quantiles)).tolist()
    wrong = [each for each in levels if not 0 < each < 100] + [each for each in ranks if not 0 < each < 1]
    if wrong:
        raise UsageError(f"levels lie between 0 and 100, quantiles between 0 and 1; found {', '.join(map(str, wrong))}")
    columns = {"mean": values.mean(axis=1), "median": np.quantile(values, 0.5, axis=1)}
    for each in levels:
        columns[f"lo-{each:g}"] = np.quantile(values, 0.5 - each / 200, axis=1)
        columns[f"hi-{each:g}"] = np.quantile(values, 0.5 + each / 200, axis=1)
    return columns | {f"q{each:g}": np.quantile(values, each, axis=1) for each in ranks}


def forecast_frame(
    forecast: Forecast,
    horizon: Horizon,
    *,
    level: Levels = (80,),
    quantiles: Levels = NO_QUANTILES,
    with_members: bool = False,
) -> pd.DataFrame:
    """A forecast as a frame: `ds` (first day of each step, in the horizon's time zone), then the columns of `told`.

    Rates are amounts over each step, as in the forecast itself. With `with_members` the equally likely members themselves
    follow as `member-1`, `member-2`, ...: only they tell how the days hang together.
    """
    values = forecast.values
    each = {f"member-{number}": values[:, number - 1] for number in range(1, values.shape[1] + 1)} if with_members else {}
    return pd.DataFrame({DATE: local_midnights(horizon.starts, horizon.time_zone), **told(values, level, quantiles), **each})


def local_midnights(days: Sequence[dt.date] | pd.DatetimeIndex, time_zone: str | dt.tzinfo) -> pd.DatetimeIndex:
    """When local days begin; where clocks skip midnight, the first moment of the day."""
    return pd.DatetimeIndex(list(days)).tz_localize(
        time_zone, ambiguous=np.ones(len(days), dtype=bool), nonexistent="shift_forward"
    )


def predict_frame(
    forecaster: Forecaster,
    horizon: Horizon,
    weather: Weather = None,
    *,
    level: Levels = (80,),
    quantiles: Levels | None = None,
    members: int = 100,
    seed: int = 0,
    with_members: bool = False,
) -> pd.DataFrame:
    """What a fitted forecaster tells, as `forecast_frame` has it."""
    forecast = forecaster.predict(horizon, weather=weather, members=members, seed=seed)
    chosen = NO_QUANTILES if quantiles is None else quantiles
    return forecast_frame(forecast, horizon, level=level, quantiles=chosen, with_members=with_members)


def histories(long: pd.DataFrame) -> Iterator[tuple[str, Past]]:
    """The history of each series of a long frame `unique_id, ds, y` and exogenous columns, in the order of their names.

    Raises `InputError` where a column is missing, or a row has no `unique_id`.
    """
    findings = Findings(
        Finding(f"the long frame lacks the column {name!r}", found=", ".join(map(str, long.columns)))
        for name in (UNIQUE_ID, DATE, TARGET)
        if name not in long.columns
    )
    findings.raise_if_any(InputError, "a history to learn from")
    nameless = long[UNIQUE_ID].isna() | (long[UNIQUE_ID].astype("string").str.strip() == "")
    if nameless.any():
        first = long[nameless].iloc[0]
        found, remedy = f"{int(nameless.sum())} of {len(long)} rows", "Name their series, or leave them out."
        finding = Finding(f"rows have no {UNIQUE_ID!r}", Place(date=str(first[DATE])[:10]), found, "a name in each", remedy)
        raise InputError("a history to learn from", (finding,))
    for name, rows in long.groupby(UNIQUE_ID, sort=True):
        frame = rows.drop(columns=UNIQUE_ID).set_index(DATE)
        yield str(name), frame if len(frame.columns) > 1 else frame[TARGET]


def forecast_long(  # noqa: PLR0913 (the settings that the field's libraries have)
    forecaster: Forecaster,
    long: pd.DataFrame,
    horizon: Horizon,
    weather: Mapping[str, Weather] | None = None,
    *,
    level: Levels = (80,),
    quantiles: Levels | None = None,
    members: int = 100,
    seed: int = 0,
    with_members: bool = False,
) -> pd.DataFrame:
    """Fit a copy of the forecaster to each series of a long frame, and tell them all: `unique_id, ds, mean, ...`."""
    frames = []
    for name, history in histories(long):
        fitted = copy.deepcopy(forecaster).fit(history)
        ahead = None if weather is None else weather[name]
        frame = predict_frame(
            fitted, horizon, ahead, level=level, quantiles=quantiles, members=members, seed=seed, with_members=with_members
        )
        frame.insert(0, UNIQUE_ID, name)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)
