"""What is known on a day and what the day then brings: records that forecasters learn from, cut at the day.

    known on day d:    rows of the record whose period ended before d began
    observed on day d: the record's value of d, where it has one

A mean over ten days is known on the day after its last one, not before. Where the record before the first day of a
simulation is too short to learn from, the whole of it is used throughout, and the notes say so.

Tables of the scenario itself (rule curves, capacities, outages) are agreements and known ahead; where a table tells what
only the future brings, planning with it is perfect foresight, which `notes_of` names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from waterbalance import units
from waterbalance.errors import InputError
from waterbalance.forecast.daily_steps import over_steps
from waterbalance.forecast.exogenous import own_record
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.forecast.history import checked_history, known_before
from waterbalance.horizon import Horizon
from waterbalance.scenario.forecaster_settings import kind_of
from waterbalance.scenario.forecasts import forecast
from waterbalance.scenario.weather_settings import is_dated, weather_note

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from waterbalance.scenario.forecasters import Recipe
    from waterbalance.scenario.scenario import Scenario

Key = tuple[str, str]

OBSERVED = "observed"
AS_PLANNED = "as planned"


@dataclass(frozen=True)
class Record:
    """The past of one quantity, and of the days that a simulation will come to."""

    rows: pd.Series | pd.DataFrame
    """As the scenario's table has it, by date."""

    daily: pd.Series | None
    """The quantity itself on every day, NaN where it is not known; None where the record is of something else (weather)."""

    whole: bool = False
    """Whether the forecaster learns from all of it, because what was known when the simulation begins is too short."""

    def before(self, day: dt.date) -> pd.Series | pd.DataFrame:
        """The rows that are complete when `day` begins."""
        return self.rows if self.whole else known_before(self.rows, day)

    def on(self, day: dt.date) -> float | None:
        """What was observed on a day."""
        if self.daily is None:
            return None
        value = float(self.daily.get(pd.Timestamp(day), np.nan))
        return None if np.isnan(value) else value


def records_of(scenario: Scenario, start: dt.date) -> dict[Key, Record]:
    """The record of every quantity whose forecaster learns from one, for a simulation that begins on `start`."""
    found = {}
    for key, recipe in scenario.forecasts.items():
        rows = recipe.settings.learns_from(key, recipe.columns)
        if len(rows) == 0:
            continue
        own = own_record(rows)
        daily = None if own is None else checked_history(own, shortest=1, lowest=None).values
        record = Record(rows, daily)
        found[key] = record if _is_enough(recipe, record.before(start)) else replace(record, whole=True)
    return found


def _is_enough(recipe: Recipe, known: pd.Series | pd.DataFrame) -> bool:
    """Whether a forecaster can learn from what is known."""
    try:
        recipe.settings.build(recipe.unit, recipe.columns).fit(cast("pd.Series", known))
    except InputError:
        return False
    return True


def expected_on(scenario: Scenario, records: Mapping[Key, Record], horizon: Horizon) -> Forecasts:
    """The forecasts as they are known when the horizon begins, one member a series as the scenario plans."""
    known = {key: record.before(horizon.start) for key, record in records.items()}
    return forecast(scenario, known, horizon).choose(scenario.planning_values)


def observed_on(scenario: Scenario, records: Mapping[Key, Record], expected: Forecasts) -> Forecasts:
    """What the first step of `expected`, one day, really brings; the expected value where nobody observed it."""
    day = Horizon(expected.horizon.edges[:2], expected.horizon.time_zone)
    series = {}
    for key, each in expected.series.items():
        if key not in scenario.forecasts:
            series[key] = Forecast(each.values[:1], each.label)
            continue
        value = records[key].on(day.start) if key in records else None
        if value is None:
            series[key] = Forecast(each.values[:1], AS_PLANNED)
        else:
            kind = kind_of(scenario.forecasts[key].unit)
            series[key] = Forecast(over_steps(np.array([[value]]), day, kind), OBSERVED)
    return Forecasts(day, series)


def labels_of(scenario: Scenario, records: Mapping[Key, Record], days: Sequence[dt.date]) -> dict[Key, str]:
    """Where the numbers of a simulation came from, by series."""
    labels = {key: series.label for key, series in scenario.series.items()}
    for key in scenario.forecasts:
        known = _days_observed(records.get(key), days)
        labels[key] = OBSERVED if known == len(days) else f"{OBSERVED} on {known} of {len(days)} days, else {AS_PLANNED}"
    return dict(sorted(labels.items()))


def notes_of(scenario: Scenario, records: Mapping[Key, Record], days: Sequence[dt.date]) -> tuple[str, ...]:
    """What plans knew ahead, and what nobody observed.

    Tables that repeat every year and values that hold until further notice are what a planner has at hand; storages and
    curves [m3] are agreements. Any other dated table without a forecaster is perfect foresight, and so is a table of weather to
    come that tells no days of issue.
    """
    foreseen = [key for key, series in scenario.series.items() if series.last_day is not None and series.unit != units.VOLUME]
    foreseen += [key for key, recipe in scenario.forecasts.items() if not all(map(is_dated, recipe.columns))]
    partly = [key for key in scenario.forecasts if _days_observed(records.get(key), days) < len(days)]
    notes = []
    if foreseen:
        notes.append(f"perfect foresight, for a dated table tells them ahead: {_listed(foreseen)}")
    whole = [key for key, record in records.items() if record.whole]
    if whole:
        notes.append(f"learnt from a record that reaches beyond the day, for it is too short before: {_listed(whole)}")
    if partly:
        notes.append(f"taken as planned on days on which nobody observed them: {_listed(partly)}")
    weather = {
        key: weather_note(recipe.columns)
        for key, recipe in scenario.forecasts.items()
        if recipe.settings.weather_names() and key not in foreseen
    }
    notes += [
        f"{note}: {_listed(key for key, each in weather.items() if each == note)}" for note in sorted(set(weather.values()))
    ]
    return tuple(notes)


def _days_observed(record: Record | None, days: Sequence[dt.date]) -> int:
    return 0 if record is None else sum(record.on(day) is not None for day in days)


def _listed(keys: Iterable[Key]) -> str:
    return ", ".join(".".join(key) for key in sorted(keys))
