"""A scenario that knows what was observed up to a day: readings put into the tables of its state and of its forecasters.

    observed stock of date d, d <= day     a reading wins over the scenario's own row of the same date
    record of a flow, rate or depth        the scenario's own rows before the day, spread over their days, and the readings

Rows of `day` and later are cut from records: they tell what only the future brings. So a past night is planned with what was
known then, also where the scenario's forecasters are told to take a record as it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from waterbalance import units
from waterbalance.forecast.history import every_day, known_before
from waterbalance.forecast.readings import by_series, usable_series
from waterbalance.scenario.needs import needs_of
from waterbalance.scenario.river_settings import ENSEMBLE
from waterbalance.scenario.series import Series
from waterbalance.scenario.weather_settings import WEATHER, WEATHER_AHEAD

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from waterbalance.forecast.readings import Reading
    from waterbalance.scenario.forecasters import Recipe
    from waterbalance.scenario.scenario import Scenario

Key = tuple[str, str]
OBSERVED = "observed"

ISSUES = frozenset({ENSEMBLE, WEATHER_AHEAD})
"""Owners of columns that tell of days to come; each issue says when it was made."""


def informed(
    scenario: Scenario, readings: Iterable[Reading], day: dt.date, feeds: Mapping[str, tuple[str, ...]] | None = None
) -> Scenario:
    """The scenario as it is known when `day` begins.

    `feeds`: weather station -> forecasts (`component.quantity`) whose tables of weather its readings continue. Readings that are
    unreliable, or of nothing that the scenario asks for, are left aside (`unheard` names the latter).
    """
    known = {key: usable_series(rows) for key, rows in by_series(readings).items()}
    stations = {forecast: station for station, forecasts in (feeds or {}).items() for forecast in forecasts}
    stocks = _carried(scenario) & {*known}
    observations = {**scenario.observations, **{key: _observed(scenario, key, known[key], day) for key in sorted(stocks)}}
    forecasts = {
        key: replace(recipe, columns=_columns(recipe, known, stations.get(".".join(key)), day))
        for key, recipe in scenario.forecasts.items()
    }
    return replace(scenario, observations=observations, forecasts=forecasts)


def unheard(scenario: Scenario, keys: Iterable[Key], feeds: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Key, ...]:
    """Series of readings that no forecaster learns from and no state begins with."""
    heard = {column for recipe in scenario.forecasts.values() for column in recipe.columns}
    weather = {name for owner, name in heard if owner == WEATHER}
    stocks = _carried(scenario)
    stations = feeds or {}
    return tuple(key for key in sorted(set(keys)) if key not in heard | stocks and not (key[0] in stations and key[1] in weather))


def _carried(scenario: Scenario) -> set[Key]:
    """What is carried over from one day to the next: stocks, and switches that are compared with the step before."""
    needs = needs_of(scenario.network)
    return {*needs.stocks, *needs.carried_switches}


def _observed(scenario: Scenario, key: Key, known: pd.Series, day: dt.date) -> Series:
    """The rows of the scenario's own table and the readings, up to the day itself: a stock is read as the day begins."""
    own = scenario.observations.get(key)
    rows = {} if own is None else dict(zip(own.dates, own.values.tolist(), strict=True))
    rows |= {date.date(): float(value) for date, value in known.items() if date.date() <= day}  # type: ignore[attr-defined]
    unit = units.VOLUME if own is None else own.unit
    return _series(key, unit, rows)


def _columns(recipe: Recipe, known: Mapping[Key, pd.Series], station: str | None, day: dt.date) -> dict[Key, Series]:
    """The tables of a forecaster. Where readings continue one of them by days, all are told by days, as one frame has to be."""
    records = {column for column, series in recipe.columns.items() if series.kind == "date" and column[0] not in ISSUES}
    read = {
        column: _read(known.get((station, column[1]) if station and column[0] == WEATHER else column), day) for column in records
    }
    by_days = any(each is not None for each in read.values())
    return {
        column: _continued(series, read[column], day, by_days=by_days) if column in records else series
        for column, series in recipe.columns.items()
    }


def _read(known: pd.Series | None, day: dt.date) -> pd.Series | None:
    """Readings of days that are over; None where there is none."""
    before = None if known is None else known[known.index < np.datetime64(day)]
    return None if before is None or before.empty else before


def _continued(series: Series, known: pd.Series | None, day: dt.date, *, by_days: bool) -> Series:
    """A record cut at the day, with the readings since; unchanged where it ends before and nothing was read."""
    own = pd.Series(series.values, index=pd.DatetimeIndex(list(series.dates)), dtype="float64")
    before = cast("pd.Series", known_before(own, day))
    if not by_days:
        kept = len(before)
        return series if kept == len(own) else replace(series, dates=series.dates[:kept], values=series.values[:kept])
    daily = every_day(before, pd.DatetimeIndex(before.index)) if len(before) else before
    told = daily if known is None else known.combine_first(daily)
    rows = {date.date(): float(value) for date, value in told.dropna().items()}  # type: ignore[attr-defined]
    return replace(_series(series.key, series.unit, rows), label=series.label, source=series.source, where=series.where)


def _series(key: Key, unit: str, rows: Mapping[dt.date, float]) -> Series:
    dates = tuple(sorted(rows))
    return Series(*key, "date", unit, np.array([rows[date] for date in dates]), dates, label=OBSERVED)
