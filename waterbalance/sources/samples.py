"""Samples of stations become readings of days: the work that all adapters share once they know rows, names and times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from waterbalance import units
from waterbalance.errors import Finding, Place
from waterbalance.forecast.readings import Reading, Trust
from waterbalance.scenario.tables import LARGEST
from waterbalance.scenario.wording import listed, nearest, shown
from waterbalance.sources.days import Day, Thin, days_of
from waterbalance.sources.kind import other_kind
from waterbalance.sources.plain_values import TRACE, number
from waterbalance.sources.series_settings import Measure, SeriesSettings, SubdailySeries
from waterbalance.sources.source import Surroundings, key_of

Synonyms = Mapping[str, tuple[str, ...]]
"""Other spellings of a field, which the same source has had at other times."""

_SHOWN = 5

_OF_RAIN = frozenset({units.DEPTH_RATE, units.LENGTH})
"""Internal units in which there may be a trace."""


@dataclass(frozen=True)
class Sample:
    """One row of a source: what a station told at one time."""

    station: str
    at: dt.date | dt.datetime
    """A date, or a moment with an offset."""

    fields: Mapping[str, object]
    known_at: dt.datetime
    label: str = ""
    """What should be known of the answer that it came with, such as its age."""

    @property
    def date(self) -> dt.date:
        """Local date."""
        return self.at.date() if isinstance(self.at, dt.datetime) else self.at


@dataclass
class Telling:
    """The findings of one source, in order."""

    name: str
    """Of the source."""

    file: str
    """File, folder or address without its query."""

    found: list[Finding] = field(default_factory=list)

    @property
    def all(self) -> tuple[Finding, ...]:
        """Each finding once: pages and days of one server fail alike."""
        return tuple(dict.fromkeys(self.found))

    def add(
        self,
        what: str,
        found: str | None,
        allowed: str | None,
        remedy: str | None,
        series: str | None = None,
        *,
        file: str | None = None,
    ) -> None:
        """Keep one more, about the source or one of its series; `file`: where one of several is meant."""
        about = f"source {self.name}" if series is None else f"source {self.name}, {series}"
        self.found.append(Finding(what, Place(file or self.file, None, None, about), found, allowed, remedy))


@dataclass(frozen=True)
class Wanted:
    """One series: where it stands, and which days of it are asked for."""

    name: str
    """Component and quantity, with a point between them."""

    settings: SeriesSettings
    column: str
    measure: Measure
    first: dt.date
    last: dt.date
    heading: str | None = None
    """Where the unit stands in the heading of a column: the heading."""

    file: str | None = None
    """Whose heading it is."""

    @property
    def unit(self) -> str:
        """As it is written."""
        return self.settings.unit or (self.heading or "").partition("[")[2].removesuffix("]") or self.measure.internal

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """Dates that the source gives to the days asked for."""
        days = (self.last - self.first).days + 1
        return tuple(self.first + dt.timedelta(days=number) - self.settings.shift for number in range(days))


def spelt(fields: Iterable[str], wanted: str, synonyms: Synonyms) -> str | None:
    """The name of a field among those that a row has; capitals and known other spellings are taken for it."""
    by_lower = {name.lower(): name for name in fields}
    return next(
        (by_lower[each.lower()] for each in (wanted, *synonyms.get(wanted.lower(), ())) if each.lower() in by_lower), None
    )


def readings_of(
    wanted: Wanted, samples: Sequence[Sample], around: Surroundings, telling: Telling, synonyms: Synonyms | None = None
) -> tuple[Reading, ...]:
    """The readings of one series out of the rows of its station; what is missing or wrong is told.

    Rows with a moment count for their day, whatever its hour, unless the settings are those of a `SubdailySeries`.
    """
    column = _column(wanted, samples, telling, synonyms or {})
    if column is None or not _is_due(wanted, around, telling):
        return ()
    values = _numbers(wanted, samples, column, telling)
    if not values:
        remedy = "Look whether the source still reports it."
        telling.add("the series has no value", f"{len(samples)} rows without a number", None, remedy, wanted.name)
        return ()
    moments = [(sample.at, value) for sample, value in values if isinstance(sample.at, dt.datetime)]
    if moments and isinstance(wanted.settings, SubdailySeries):
        days = _of_moments(wanted, wanted.settings, moments, around, telling)
    else:
        days = _of_dates(wanted, [(sample.date, value) for sample, value in values], telling)
    newest = {sample.date: sample for sample, _ in values}
    dates = set(wanted.dates)
    readings = [_reading(wanted, day, newest, around) for day in sorted(days, key=lambda each: each.date) if day.date in dates]
    if not readings:
        known, asked = sorted(newest), f"{wanted.first} to {wanted.last}"
        remedy = "Look whether the source still reports, and whether it tells days as old as these."
        telling.add("no day asked for has a value", f"{known[0]} to {known[-1]}", asked, remedy, wanted.name)
    return tuple(readings)


def _is_due(wanted: Wanted, around: Surroundings, telling: Telling) -> bool:
    """Whether the unit is one of the series' own kind: a volume is never taken for a flow."""
    due = around.due.get(key_of(wanted.name))
    other = None if due is None else other_kind(wanted.unit, due)
    if other is None:
        return True
    what, allowed, meant = other
    write = f"unit: {meant}" if wanted.heading is None else f"{wanted.column} [{meant}]"
    found = wanted.unit if wanted.heading is None else wanted.heading
    remedy = f"Write '{write}' if its numbers are that, else convert them. The series is left out."
    telling.add(what, shown(found), allowed, remedy, wanted.name, file=wanted.file)
    return False


def _column(wanted: Wanted, samples: Sequence[Sample], telling: Telling, synonyms: Synonyms) -> str | None:
    names = list(dict.fromkeys(name for sample in samples for name in sample.fields))
    column = spelt(names, wanted.column, synonyms)
    if column is None:
        remedy = nearest(wanted.column, names, "Mend the name, or look whether the source has changed it.")
        telling.add("the field does not exist", shown(wanted.column), listed(names), remedy, wanted.name)
    return column


def _numbers(wanted: Wanted, samples: Sequence[Sample], column: str, telling: Telling) -> list[tuple[Sample, float]]:
    """Rows that hold a number, with it, in the internal unit."""
    found: list[tuple[Sample, float]] = []
    bad: list[str] = []
    marked: list[str] = []
    for sample in samples:
        cell = sample.fields.get(column)
        try:
            value = number(cell)
        except ValueError:
            bad.append(f"{shown(cell)} at {sample.at}")
            continue
        other_than_rain = str(cell).strip() == TRACE and wanted.measure.internal not in _OF_RAIN
        if other_than_rain or (value is not None and abs(value * wanted.measure.factor) > LARGEST):
            bad.append(f"{shown(cell)} at {sample.at}")
            continue
        if value in wanted.settings.missing:
            marked.append(str(sample.at))
        elif value is not None:
            found.append((sample, value * wanted.measure.factor))
    if bad:
        telling.add("text stands in the place of a number", few(bad), "a number", "Those rows are left out.", wanted.name)
    if marked:
        told = listed(f"{each:g}" for each in wanted.settings.missing)
        telling.add(f"the number {told} means that there is none", few(marked), None, "Those rows are left out.", wanted.name)
    return found


def _of_moments(
    wanted: Wanted,
    settings: SubdailySeries,
    values: Sequence[tuple[dt.datetime, float]],
    around: Surroundings,
    telling: Telling,
) -> list[Day]:
    moments = dict(values)
    differing = sorted({str(at) for at, value in values if moments[at] != value})
    if differing:
        allowed = "each moment once"
        telling.add(
            "a moment stands twice, with different values", few(differing), allowed, "The last one is taken.", wanted.name
        )
    per_day = settings.becomes(wanted.measure.internal)
    found = days_of(moments, settings, per_day, around.time_zone, wanted.dates)
    thin = [f"{day.date}: {day.told}" for day in found if isinstance(day, Thin)]
    if thin:
        remedy = "These days are left out; look whether the station still reports."
        telling.add(f"too few values for the day's {per_day}", few(thin), None, remedy, wanted.name)
    return [day for day in found if isinstance(day, Day)]


def _of_dates(wanted: Wanted, rows: Sequence[tuple[dt.date, float]], telling: Telling) -> list[Day]:
    """One number a day; where a day stands twice with different values, the row that comes last counts and is doubtful."""
    by_date: dict[dt.date, list[float]] = {}
    for date, value in rows:
        by_date.setdefault(date, []).append(value)
    asked = set(wanted.dates)
    twice = [str(date) for date, values in sorted(by_date.items()) if len(values) > 1 and date in asked]
    if twice:
        telling.add("a day stands twice", few(twice), "each day once", "The row that comes last is taken.", wanted.name)
    doubt = "the day stands twice, with different values"
    return [
        Day(date, values[-1], doubt, doubtful=True) if len(set(values)) > 1 else Day(date, values[-1])
        for date, values in by_date.items()
    ]


def _reading(wanted: Wanted, day: Day, newest: Mapping[dt.date, Sample], around: Surroundings) -> Reading:
    component, quantity = key_of(wanted.name)
    # The value of a midnight may stand in the evening before it, and what is stamped with its end at the next day's first moment.
    near = (day.date + dt.timedelta(days=number) for number in (0, 1, -1))
    sample = next(newest[date] for date in near if date in newest)
    return Reading(
        component,
        quantity,
        day.date + wanted.settings.shift,
        day.value,
        wanted.measure.internal,
        around.name,
        sample.known_at,
        trust=Trust.DOUBTFUL if day.doubtful else Trust.RELIABLE,
        why=tuple(filter(None, (day.told, sample.label))),
    )


def few(texts: Sequence[str]) -> str:
    """The first ones in a row, and how many more there are."""
    more = len(texts) - _SHOWN
    return "; ".join(texts[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
