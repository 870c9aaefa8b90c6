"""The ladder of forecasts: what each series is expected to be, and on which rung that stands.

    0 fresh              what its forecaster tells today
    1 previous shifted   what was told on an earlier day, for the days from today on
    2 climatology        the past years of the scenario's own record
    3 old readings       what its forecaster tells all the same, where only their age speaks against it

A series goes down a rung where its forecaster refuses or fails, where its newest reading or issue is too old, where it tells
what is no number, and where too few of its members differ. Days beyond the end of an earlier forecast are climatology's. Where
the last rung fails, too, the series is named, with the reasons of all rungs, and there are no forecasts.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError, Place, UsageError
from waterbalance.forecast.climatology import TenDayClimatology
from waterbalance.forecast.daily_steps import days_of, over_steps
from waterbalance.forecast.exogenous import own_record
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.forecast.history import Doubt, known_before, newest_day
from waterbalance.horizon import Horizon
from waterbalance.scenario.forecaster_settings import kind_of
from waterbalance.scenario.forecasts import predicted, with_tables
from waterbalance.scenario.freshness import issue_notes, issued_members, stale_notes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from waterbalance.operate.configuring.expect_settings import ExpectSettings
    from waterbalance.scenario.forecasters import Recipe
    from waterbalance.scenario.scenario import Scenario

Key = tuple[str, str]
Rows: TypeAlias = pd.Series | pd.DataFrame

RUNGS = ("fresh", "previous shifted", "climatology", "old readings")

FAILURES = (InputError, UsageError, ArithmeticError, ValueError, LookupError, RuntimeError, TypeError)
"""What takes one rung of one series: a refusal, or trouble with numbers in a library."""


@dataclass(frozen=True)
class Issued:
    """What was told of one series on an earlier day."""

    day: dt.date
    """The first day of the plan that it was made for."""

    values: Rows
    """By day, in the internal unit of a day (a rate per [day], or a level); a column for each member where there are several."""


@dataclass(frozen=True)
class Expected:
    """All series of a plan, with their members."""

    forecasts: Forecasts
    rungs: Mapping[Key, int]
    """On which rung each series with a forecaster stands."""

    notes: tuple[str, ...]
    """What went down a rung, and why."""


class _FailedError(Exception):
    """A rung of one series, with the reason."""


def expect(
    scenario: Scenario,
    horizon: Horizon,
    settings: ExpectSettings,
    *,
    history: Mapping[Key, Rows] | None = None,
    previous: Mapping[Key, Issued] | None = None,
) -> Expected:
    """Every series of a scenario on a horizon.

    `history` gives forecasters newer daily values than the scenario's tables, `previous` what was told before. Raises
    `InputError` with a finding for each reason why no rung can tell a series, and for tables that do not cover the horizon.
    """
    made: dict[Key, Forecast] = {}
    rungs: dict[Key, int] = {}
    notes: list[str] = []
    complaints = Findings(_unknown_names(scenario, settings))
    untold: list[_Series] = []
    for key, recipe in scenario.forecasts.items():
        one = _Series(key, recipe, horizon, settings, history or {}, (previous or {}).get(key))
        told = one.told()
        if told is None:
            untold.append(one)
            continue
        made[key], rungs[key] = told
        if rungs[key]:
            notes.append(f"{one.name}: {RUNGS[rungs[key]]}, because {'; '.join(one.reasons)}")
    complaints.extend(_untold(untold))
    return Expected(with_tables(scenario, made, horizon, complaints), rungs, tuple(notes))


def _unknown_names(scenario: Scenario, settings: ExpectSettings) -> Iterator[Finding]:
    """Settings for series that no forecaster makes."""
    known = sorted(".".join(key) for key in scenario.forecasts)
    for setting, names in (("freshness", settings.freshness), ("least_members", settings.least_members)):
        for name in sorted(set(names) - set(known)):
            yield Finding(f"{setting} of a series that no forecaster makes", found=name, allowed=", ".join(known))


class _Series:
    """One series on its way down."""

    def __init__(
        self,
        key: Key,
        recipe: Recipe,
        horizon: Horizon,
        settings: ExpectSettings,
        history: Mapping[Key, Rows],
        previous: Issued | None,
    ) -> None:
        self.name = ".".join(key)
        self.reasons: list[str] = []
        self._key, self._recipe, self._horizon, self._settings = key, recipe, horizon, settings
        self._history, self._previous = history, previous

    @property
    def day(self) -> dt.date:
        """The first one that is to be told."""
        return self._horizon.start

    @property
    def files(self) -> tuple[str, ...]:
        """From which it learns."""
        return tuple(dict.fromkeys(each.where.file for each in self._recipe.columns.values() if each.where.file))

    def told(self) -> tuple[Forecast, int] | None:
        """The forecast on the first rung that holds, and its number; None where none does."""
        ways: tuple[Callable[[], Forecast], ...] = (self._fresh, self._shifted, self._climatology, self._from_old)
        for rung, way in enumerate(ways):
            try:
                forecast = way()
            except _FailedError as reason:
                self.reasons.append(f"{RUNGS[rung]}: {reason}")
            except FAILURES as error:
                self.reasons.append(f"{RUNGS[rung]}: {_words(error)}")
            else:
                return (self._doubted(forecast, rung) if rung else forecast), rung
        return None

    def _fresh(self) -> Forecast:
        stale = tuple(self._stale())
        if stale:
            raise _FailedError("; ".join(stale))
        return self._told_today()

    def _told_today(self) -> Forecast:
        forecast = predicted(self._key, self._recipe, self._history, self._horizon)
        least, issued = self._settings.least_members.get(self.name, 1), issued_members(self._recipe.columns, self._horizon.start)
        differ = int(np.unique(forecast.values, axis=1).shape[1]) if issued is None else issued
        if differ < least:
            raise _FailedError(f"only {differ} members differ: fewer than {least}")
        return forecast

    def _stale(self) -> Iterator[str]:
        start, rows = self._horizon.start, self._rows()
        limit = self._settings.freshness.get(self.name)
        if limit is None:
            yield from stale_notes(rows, self._recipe.settings, self._key[1], start)
        else:
            own = own_record(rows)
            newest = None if own is None else newest_day(own)
            if newest is None:
                yield "there is no reading at all"
            elif (start - newest).days > limit:
                yield f"the newest reading is {(start - newest).days} days old ({newest}): more than {limit:g} days"
        yield from issue_notes(self._recipe.columns, start)

    def _rows(self) -> Rows:
        """What the forecaster learns from."""
        given = self._history.get(self._key)
        return self._recipe.history(self._key, self._horizon.start) if given is None else given

    def _shifted(self) -> Forecast:
        before, start = self._previous, self._horizon.start
        if before is None:
            raise _FailedError("there is none")
        age = (start - before.day).days
        if not 0 <= age <= self._settings.oldest_previous:
            raise _FailedError(f"it is of {before.day}, {age} days before: more than {self._settings.oldest_previous:g}")
        days = days_of(self._horizon)
        rows = before.values.to_frame() if isinstance(before.values, pd.Series) else before.values
        known = rows.set_axis(pd.DatetimeIndex(rows.index)).reindex(days).to_numpy(dtype=np.float64)
        told = np.isfinite(known).all(axis=1)
        if not told[0]:
            raise _FailedError(f"that of {before.day} does not tell {start}")
        kind, label = kind_of(self._recipe.unit), f"forecast of {before.day}"
        if not told.all():
            daily = Horizon((*(day.date() for day in days), self._horizon.end), self._horizon.time_zone)
            past = self._past_years(daily, known.shape[1])
            lengths = daily.days[:, None] if kind == "rate" else 1.0
            known = np.where(told[:, None], known, past.values / lengths)
            label = f"{label} on {int(told.sum())} of {len(days)} days, else {past.label}"
        return Forecast(over_steps(known, self._horizon, kind), label)

    def _climatology(self) -> Forecast:
        return self._past_years(self._horizon, self._recipe.settings.members)

    def _from_old(self) -> Forecast:
        """A night goes on with old weather rather than not at all."""
        if not tuple(self._stale()):
            raise _FailedError("its readings are not the trouble")
        return self._told_today()

    def _past_years(self, horizon: Horizon, members: int) -> Forecast:
        told = _of_past_years(self._recipe, self._rows(), horizon, members)
        if told is None:
            raise _FailedError("the scenario has no record of it")
        return told

    def _doubted(self, forecast: Forecast, rung: int) -> Forecast:
        doubt = Doubt(f"{RUNGS[rung]} instead of a fresh forecast ({'; '.join(self.reasons)})")
        return replace(forecast, notes=(*forecast.notes, doubt))


def _untold(series: Sequence[_Series]) -> Iterator[Finding]:
    """Why no rung holds: each reason once, with all of its series; the last one says which files are meant, and what to do."""
    names: dict[str, list[str]] = {}
    for one in series:
        for reason in one.reasons:
            names.setdefault(reason, []).append(one.name)
    files = dict.fromkeys(file for one in series for file in one.files)
    where = f" ({', '.join(files)}; rows of {series[0].day} and later do not count)" if files else ""
    remedy = f"Mend the record{where} or its source, plan a later day, or give an earlier forecast."
    for number, (reason, of) in enumerate(names.items(), start=1):
        yield Finding(reason, Place(component=", ".join(of)), remedy=remedy if number == len(names) else None)


def past_years(scenario: Scenario, horizon: Horizon) -> Forecasts:
    """Climatology of every series that has a record of its own, as it stood when the horizon began; the rest is left out."""
    found: dict[Key, Forecast] = {}
    for key, recipe in scenario.forecasts.items():
        with suppress(*FAILURES):
            told = _of_past_years(recipe, recipe.history(key, horizon.start), horizon, recipe.settings.members)
            if told is not None:
                found[key] = told
    return Forecasts(horizon, found)


def _of_past_years(recipe: Recipe, rows: Rows, horizon: Horizon, members: int) -> Forecast | None:
    """None where there is no record."""
    own = own_record(known_before(rows, horizon.start))
    if own is None:
        return None
    climatology = TenDayClimatology(kind=kind_of(recipe.unit)).fit(own)
    return climatology.predict(horizon, members=members, seed=recipe.settings.seed)


def _words(error: Exception) -> str:
    if isinstance(error, InputError | UsageError):
        return "; ".join((error.title, *(str(finding) for finding in error.findings)))
    return f"{type(error).__name__}: {error}"
