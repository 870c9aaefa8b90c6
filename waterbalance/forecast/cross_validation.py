"""Rolling origin: what a forecaster would have told on past days, beside what came."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError, UsageError
from waterbalance.forecast.exogenous import TARGET, target_of
from waterbalance.forecast.forecaster import Follower
from waterbalance.forecast.frames import DATE, NO_QUANTILES, UNIQUE_ID, Levels, histories, local_midnights, told
from waterbalance.forecast.history import checked_history, of_ten_days
from waterbalance.forecast.skill import crps, probability_integral_transform
from waterbalance.horizon import Horizon, ten_day_start

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence

    from waterbalance.forecast.forecaster import Forecaster, Past, Weather

CUTOFF, LEAD, CRPS, PIT = "cutoff", "lead", "crps", "pit"


def cross_validation(  # noqa: PLR0913 (the settings that the field's libraries have)
    forecaster: Forecaster,
    history: Past,
    *,
    h: int = 7,
    step_size: int = 1,
    n_windows: int = 1,
    refit: bool = True,
    known_ahead: Sequence[str] = (),
    level: Levels = (80,),
    quantiles: Levels = NO_QUANTILES,
    members: int = 100,
    seed: int = 0,
    time_zone: str = "UTC",
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Forecast daily rates again and again from growing history, one row for each origin and lead.

    At each of `n_windows` cutoffs, `step_size` days apart, a copy of the forecaster learns from the days up to the cutoff,
    included, and tells the next `h` days; the last of them is the end of the history. Nothing later reaches it but the
    exogenous columns `known_ahead`, and the forecaster itself stays as it was. Name calendars and what is announced there:
    weather that is named makes the scores an upper bound, for nobody knew it. Without `refit` it learns at the first
    cutoff only and then goes on from the newest values (`Follower`).

    `history` is a series, a frame with `y` and exogenous columns, or a long frame with `unique_id, ds, y`. Dates with a time
    zone keep it in `ds` and `cutoff`; `time_zone` is that of dates without one. `progress` is told how many origins are done,
    and of how many.

    Columns: `unique_id` (of a long frame), `ds`, `cutoff`, `lead` [day], `y` (NaN where unknown), `mean`, `median`,
    `lo-80`, `hi-80` and what else is asked for, `crps`, in the unit of the history, and `pit` [1].

    Raises `InputError` for a faulty history or where no origin fits into it, and `UsageError` where `refit` is False and the
    forecaster cannot follow.
    """

    def rows_of(learned: Forecaster, one: _Series, cutoff: pd.Timestamp) -> pd.DataFrame:
        dates = pd.date_range(cutoff + pd.Timedelta(days=1), periods=h)
        # A fixed offset has no name, and its days are all equally long.
        zone = time_zone if one.time_zone is None else getattr(one.time_zone, "key", "UTC")
        horizon = Horizon((*(date.date() for date in dates), (dates[-1] + pd.Timedelta(days=1)).date()), zone)
        ahead = _ahead(one.history, dates, known_ahead)
        rates = learned.predict(horizon, weather=ahead, members=members, seed=seed).values / horizon.days[:, None]
        observed = one.values.reindex(dates).to_numpy(dtype=np.float64)
        cutoffs = pd.DatetimeIndex([cutoff] * h)
        columns = {DATE: one.in_its_zone(dates), CUTOFF: one.in_its_zone(cutoffs), LEAD: np.arange(1, h + 1), TARGET: observed}
        scores = {CRPS: crps(rates, observed), PIT: probability_integral_transform(rates, observed)}
        return pd.DataFrame(one.name | columns | told(rates, level, quantiles) | scores)

    rows = []
    for one in _series(history):
        learned: Forecaster | None = None
        cutoffs = _cutoffs(one, h, step_size, n_windows)
        for done, cutoff in enumerate(cutoffs, start=1):
            learned = _learned(forecaster, None if refit else learned, one.history.loc[:cutoff])
            rows.append(rows_of(learned, one, cutoff))
            if progress is not None:
                progress(done, len(cutoffs))
    return pd.concat(rows, ignore_index=True)


@dataclass(frozen=True)
class _Series:
    """One series that is forecast."""

    name: dict[str, str]
    """Its column `unique_id`, where it has one."""

    history: Past
    """On local days without a time zone."""

    values: pd.Series
    """A value a day, NaN where missing."""

    time_zone: dt.tzinfo | None
    """Of its dates as they came."""

    def in_its_zone(self, days: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """Local days as their dates came: with the time zone, or without one."""
        return days if self.time_zone is None else local_midnights(days, self.time_zone)


def _series(history: Past) -> Iterator[_Series]:
    """One series, or those of a long frame."""
    named: list[tuple[dict[str, str], Past]] = [({}, history)]
    if isinstance(history, pd.DataFrame) and UNIQUE_ID in history.columns:
        named = [({UNIQUE_ID: name}, one) for name, one in histories(history)]
    for name, one in named:
        values = checked_history(target_of(one), shortest=1, lowest=None).values
        dates = pd.DatetimeIndex(one.index)
        yield _Series(name, one.set_axis(dates.tz_localize(None), axis=0), values, dates.tz)


def _learned(forecaster: Forecaster, before: Forecaster | None, seen: Past) -> Forecaster:
    """A copy that has learned from what is seen, or the one from before that goes on from it."""
    if before is None:
        return copy.deepcopy(forecaster).fit(seen)
    if not isinstance(before, Follower):
        raise UsageError(f"{type(forecaster).__name__} has no follow(history); use refit=True")
    return before.follow(seen)


def _cutoffs(one: _Series, h: int, step_size: int, n_windows: int) -> pd.DatetimeIndex:
    """Days after which forecasts begin; the last one has `h` days after it.

    Of ten-day means only whole periods are known: the cutoffs are the last days of periods.
    """
    days = pd.DatetimeIndex(one.values.index)
    cutoffs = days[-1] - pd.to_timedelta(h + step_size * np.arange(n_windows - 1, -1, -1), unit="D")
    if of_ten_days(pd.DatetimeIndex(one.history.index)):
        starts = [pd.Timestamp(ten_day_start((cutoff + pd.Timedelta(days=1)).date())) for cutoff in cutoffs]
        cutoffs = pd.DatetimeIndex(starts).unique() - pd.Timedelta(days=1)
    if min(n_windows, h, step_size) < 1 or cutoffs[0] < days[0]:
        found = f"{n_windows} origins {step_size} days apart, {h} days each, on {len(days)} days"
        finding = Finding("no origin fits into the history", found=found, allowed="known days before the first cutoff")
        raise InputError("a cross-validation", (finding,))
    return pd.DatetimeIndex(cutoffs)


def _ahead(known: Past, dates: pd.DatetimeIndex, names: Sequence[str]) -> Weather:
    """Exogenous columns that are told ahead, as they came."""
    if not names:
        return None
    missing = [name for name in names if name not in getattr(known, "columns", ())]
    if missing or not isinstance(known, pd.DataFrame):
        raise UsageError(f"known_ahead names columns that the history does not have: {', '.join(missing)}")
    return known.reindex(dates)[list(names)]
