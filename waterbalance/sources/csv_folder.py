"""CSV and Excel files in a folder: what most offices have.

Wide tables have a column for each series, long ones a column of stations and one of values for all of them:

    date,dam.inflow [m3/s],dam.storage [1e4 m3]        date,reservoir_id,inflow,outflow
    2021-02-01,12.5,"45,000"                           2021-02-01,30502,5.0,31.2

What stood in a sound file and does not stand there any more, from its first day on, is withdrawn.

A wide table with such headings needs no more settings. All others are told by `series`: the column, and for long tables the
station; the unit stands in the settings, or in square brackets in the heading. Rows are of days, or of moments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from waterbalance import units
from waterbalance.errors import Findings, UnitError
from waterbalance.network.fields import Duration
from waterbalance.scenario.wording import listed, nearest, shown
from waterbalance.sources.headings import Column, heading, tell_headings, tell_missing
from waterbalance.sources.plain_values import day_or_moment
from waterbalance.sources.samples import Sample, Telling, Wanted, few, readings_of
from waterbalance.sources.series_settings import SeriesName, SubdailySeries, measure
from waterbalance.sources.source import Fetched, SourceSettings, Surroundings, key_of
from waterbalance.sources.stations import unpromised
from waterbalance.sources.tables import rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.forecast.readings import Key, Reading
    from waterbalance.scenario.csv_file import Row


def _inside(pattern: str) -> str:
    parts = PurePath(pattern).parts
    if not parts or PurePath(pattern).is_absolute() or ".." in parts or any("**" in part and part != "**" for part in parts):
        raise ValueError("a pattern of names inside the folder, such as *.csv or **/daily.csv")
    return pattern


class ColumnSeries(SubdailySeries):
    """One column, or the part of it that is of one station."""

    column: str | None = None
    """Its heading without the unit; left out: the name of the series."""

    station: str | None = None
    """In a long table: the station whose rows count."""


class CsvFolder(SourceSettings):
    """A folder of tables."""

    type: Literal["csv_folder"]

    folder: str = "."
    """The folder, relative to the configuration."""

    files: Annotated[str, AfterValidator(_inside)] = "*.csv"
    """Which of its files, as in `*.csv`, `2021-*.xlsx` or `**/daily.csv`."""

    date: str = "date"
    """Heading of the column of days or moments."""

    stations: str | None = None
    """Heading of the column of stations, in a long table."""

    arrives: Duration | None = None
    """How long after the end of its day a value counts as known, for records of the past: a night of that time sees none that
    came later. Left out: a value becomes known when it is read. [day]"""

    series: Mapping[SeriesName, ColumnSeries] = Field(default_factory=dict)
    """By `component.quantity`; left out: every column whose heading is `component.quantity [unit]`."""

    @model_validator(mode="after")
    def _is_wide_or_long(self) -> Self:
        for name, settings in self.series.items():
            if (settings.station is None) != (self.stations is None):
                raise ValueError(
                    f"{name}: a long table has its column of stations, and each series its station; give both or none"
                )
        return self

    @property
    def keys(self) -> tuple[Key, ...]:
        """As in `SourceSettings`; none where the headings of the files tell them."""
        return tuple(key_of(name) for name in self.series)

    def read(self, first: dt.date, last: dt.date, around: Surroundings) -> Fetched:
        """As in `SourceSettings`."""
        folder = around.folder / self.folder
        telling = Telling(around.name, str(folder / self.files))
        columns: dict[str, Column] = {}
        samples: list[Sample] = []
        for path in self._paths(folder, telling):
            findings = Findings()
            rows = rows_of(path, findings)
            telling.found.extend(findings)
            samples.extend(self._samples(path, rows, columns, around, telling))
        if not samples:
            raise unpromised(telling, "no row could be read", "; ".join(map(str, telling.found[:3])) or "no rows", "rows of days")
        renamed = self._renamed(columns, around.due, telling)
        if not self.series:
            own_names = {self.date, self.stations}
            tell_headings([each for name, each in columns.items() if name not in own_names], around, telling)
        readings: list[Reading] = []
        whole: dict[Key, tuple[dt.date, dt.date]] = {}
        sound = not telling.found
        for name, settings in (self.series or _told_by_headings(columns)).items():
            if name in renamed:
                continue
            wanted = self._wanted(name, settings, columns, (first, last), telling)
            own = self._own(samples, name, settings, telling) if wanted is not None else []
            found = readings_of(wanted, own, around, telling) if wanted is not None and own else ()
            readings.extend(found)
            # A record of the past, by `arrives`, is no word of today's.
            if found and sound and self.arrives is None:
                whole[key_of(name)] = (max(first, _begins(own) + settings.shift), last)
        return Fetched(tuple(self._known(each, around) for each in readings if self._is_known(each, around)), telling.all, whole)

    def _paths(self, folder: Path, telling: Telling) -> list[Path]:
        """The files by name. Raises `InputError` where there is none."""
        paths = sorted(path for path in folder.glob(self.files) if path.is_file() and not path.name.startswith((".", "~$")))
        if not paths:
            inside = few(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else "no such folder"
            raise unpromised(telling, "there are no such files", inside or "an empty folder", self.files)
        return paths

    def _samples(
        self, path: Path, rows: list[Row], columns: dict[str, Column], around: Surroundings, telling: Telling
    ) -> list[Sample]:
        """The rows of one file; its headings are added to `columns`."""
        if not rows:
            return []
        headings = [heading(cell, path) for cell in rows[0].cells]
        names = [each.name for each in headings]
        missing = [each for each in (self.date, self.stations) if each is not None and each not in names]
        if missing:
            remedy = nearest(missing[0], names, "Name it in the settings: 'date', and 'stations' for a long table.")
            telling.add(f"{path.name} has no column {missing[0]!r}", listed(names), missing[0], remedy)
            return []
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            telling.add(f"{path.name} has columns that stand twice", listed(twice), "each once", "They are left out.")
        others = self._in_other_units(path, headings, columns, telling) | set(twice) - {self.date, self.stations}
        found: list[Sample] = []
        broken: list[str] = []
        for row in rows[1:]:
            fields = {name: cell for name, cell in zip(names, row.cells, strict=True) if name not in others}
            try:
                at = day_or_moment(fields[self.date], around.time_zone, local=False)
            except ValueError:
                broken.append(f"{shown(fields[self.date])} in line {row.line}")
                continue
            found.append(Sample(fields[self.stations] if self.stations else "", at, fields, around.now))
        if broken:
            allowed = "a day such as 2021-02-01, or a moment such as 2021-02-01T07:00"
            telling.add(f"{path.name} has rows without a date", few(broken), allowed, "They are left out.")
        return _midnights(found, around)

    def _in_other_units(self, path: Path, headings: list[Column], columns: dict[str, Column], telling: Telling) -> frozenset[str]:
        """Columns whose unit is another one than in the files before: they would be read wrongly."""
        others = [each for each in headings if each.name and not each.is_like(columns.setdefault(each.name, each))]
        for each in others:
            found, allowed = shown(each.unit), f"{shown(columns[each.name].unit)}, as in the file before"
            remedy = "Its values are left out; convert the file."
            telling.add(f"{path.name} tells {each.name} in another unit", found, allowed, remedy)
        return frozenset(each.name for each in others) - {self.date, self.stations}

    def _renamed(self, columns: Mapping[str, Column], due: Mapping[Key, str], telling: Telling) -> frozenset[str]:
        """Series whose columns are not there, where they are several; they and the columns that nobody asks for are told."""
        asked = {settings.column or name: (name, settings) for name, settings in self.series.items()}
        there = {name.lower() for name in columns}
        gone = {column: told for column, told in asked.items() if column.lower() not in there}
        wanted = {each.lower() for each in (*asked, self.date, self.stations or self.date)}
        others = [each for name, each in columns.items() if name.lower() not in wanted]
        if len(gone) < 2 or not others:
            return frozenset()
        kinds = {
            column: due.get(key_of(name)) or (measure(settings.unit).internal if settings.unit else None)
            for column, (name, settings) in gone.items()
        }
        tell_missing(kinds, others, telling)
        return frozenset(name for name, _ in gone.values())

    def _wanted(
        self, name: str, settings: ColumnSeries, columns: Mapping[str, Column], days: tuple[dt.date, dt.date], telling: Telling
    ) -> Wanted | None:
        """The series with its unit; None, and a finding, where none is told, or two that differ."""
        column = settings.column or name
        heading = columns.get(column, Column(column, None))
        try:
            told = [measure(unit) for unit in (settings.unit, heading.unit) if unit]
        except UnitError as error:
            telling.add("the unit in the heading is wrong", shown(heading.unit), None, f"{error.title}.", name)
            return None
        if not told:
            remedy = f"Write 'unit: ...' in the settings, or the heading as '{column} [unit]'."
            telling.add("the unit is not told", "no unit", "m3/s, 1e4 m3, mm/day and others", remedy, name)
            return None
        if len(set(told)) > 1:
            telling.add("heading and settings differ in the unit", shown(heading.unit), shown(settings.unit), "Mend one.", name)
            return None
        if settings.unit is None:
            return Wanted(name, settings, column, told[0], *days, heading=f"{column} [{heading.unit}]", file=heading.file)
        return Wanted(name, settings, column, told[0], *days)

    def _own(self, samples: list[Sample], name: str, settings: ColumnSeries, telling: Telling) -> list[Sample]:
        """The rows of the series' files and station."""
        column = settings.column or name
        own = [each for each in samples if column in each.fields] or samples
        if settings.station is None:
            return own
        of_station = [each for each in own if each.station == settings.station]
        if not of_station:
            stations = sorted({each.station for each in own})
            remedy = nearest(settings.station, stations, "Mend the identifier.")
            telling.add("the station does not exist here", shown(settings.station), few(stations), remedy, name)
        return of_station

    def _known_at(self, reading: Reading, around: Surroundings) -> dt.datetime:
        if self.arrives is None:
            return around.now
        # A stock holds at its day's first moment, all else is whole at its end.
        whole = reading.date + dt.timedelta(days=0 if reading.unit == units.VOLUME else 1)
        return dt.datetime.combine(whole, dt.time(), around.time_zone) + dt.timedelta(days=self.arrives)

    def _is_known(self, reading: Reading, around: Surroundings) -> bool:
        return self._known_at(reading, around) <= around.now

    def _known(self, reading: Reading, around: Surroundings) -> Reading:
        return replace(reading, known_at=self._known_at(reading, around))


def _told_by_headings(columns: Mapping[str, Column]) -> Mapping[str, ColumnSeries]:
    return {name: ColumnSeries() for name, column in columns.items() if column.names_a_series}


def _begins(own: list[Sample]) -> dt.date:
    """First day that is there whole: files that are cut at an hour lack the beginning of theirs."""
    first = min(own, key=lambda each: each.date)
    return first.date + dt.timedelta(days=1 if isinstance(first.at, dt.datetime) else 0)


def _midnights(samples: list[Sample], around: Surroundings) -> list[Sample]:
    """Where a file tells moments, a date alone is its midnight: spreadsheets write it so."""
    if not any(isinstance(each.at, dt.datetime) for each in samples):
        return samples
    return [
        each if isinstance(each.at, dt.datetime) else replace(each, at=dt.datetime.combine(each.at, dt.time(), around.time_zone))
        for each in samples
    ]
