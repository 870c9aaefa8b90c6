"""Answers with one row for each station and time: rows become samples, and every series looks for those of its station."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waterbalance.errors import Finding, InputError, Place
from waterbalance.scenario.wording import listed, nearest, shown
from waterbalance.sources.plain_values import day_or_moment
from waterbalance.sources.samples import Sample, Synonyms, Telling, Wanted, few, readings_of, spelt
from waterbalance.sources.series_settings import StationSeries, SubdailyStationSeries, measure
from waterbalance.sources.source import Fetched, Surroundings

if TYPE_CHECKING:
    from waterbalance.forecast.readings import Reading
    from waterbalance.sources.http_client import Answer


@dataclass(frozen=True)
class Rows:
    """What a source promises of its rows."""

    station: str
    """Field with the station's identifier."""

    time: str
    """Field with the date or the moment."""

    local: bool
    """Whether times are local whatever offset they tell."""

    daily: bool
    """Whether a row is of the whole day, whatever its hour."""

    synonyms: Synonyms


def samples_of(rows: Sequence[object], promised: Rows, answer: Answer, around: Surroundings, telling: Telling) -> list[Sample]:
    """The rows that have a station and a time. Raises `InputError` where none of them has."""
    label = "" if answer.kept is None else answer.kept.what
    found: list[Sample] = []
    broken: list[str] = []
    for row in rows:
        sample = _sample(row, promised, around)
        if sample is None:
            broken.append(shown(row))
        else:
            station, at, fields = sample
            found.append(Sample(station, at, fields, answer.known_at, label))
    if broken and not found:
        raise unpromised(telling, "no row has a station and a time", broken[0], f"{promised.station} and {promised.time}")
    if broken:
        allowed = f"{promised.station} and {promised.time}"
        telling.add("rows without a station or a time", few(broken), allowed, "They are left out.")
    return found


def fetched(
    series: Mapping[str, StationSeries] | Mapping[str, SubdailyStationSeries],
    samples: Iterable[Sample],
    days: tuple[dt.date, dt.date],
    around: Surroundings,
    telling: Telling,
    synonyms: Synonyms,
) -> Fetched:
    """The readings of all series of the days from the first to the last."""
    by_station: dict[str, list[Sample]] = {}
    for sample in samples:
        by_station.setdefault(sample.station, []).append(sample)
    readings: list[Reading] = []
    for name, settings in series.items():
        own = by_station.get(settings.station)
        if own is None:
            remedy = nearest(settings.station, by_station, "Mend the identifier, or look whether the station still reports.")
            found, allowed = shown(settings.station), few(sorted(by_station))
            telling.add("the station does not exist here", found, allowed or "none: the answer is empty", remedy, name)
            continue
        wanted = Wanted(name, settings, settings.field, measure(settings.unit), *days)
        readings.extend(readings_of(wanted, own, around, telling, synonyms))
    return Fetched(tuple(readings), tuple(telling.found))


def rows_in(value: Any, telling: Telling) -> list[Any]:  # noqa: ANN401 (JSON may be anything)
    """The list of an answer, which may stand alone or under one name. Raises `InputError` where there is none."""
    if isinstance(value, Mapping) and len(value) == 1:
        value = next(iter(value.values()))
    if not isinstance(value, list):
        keys = f"a mapping of {listed(str(key) for key in value)}" if isinstance(value, Mapping) else shown(value)
        raise unpromised(telling, "the answer is no list of rows", keys, "a list of rows")
    return value


def unpromised(telling: Telling, what: str, found: str, allowed: str) -> InputError:
    """The complaint about an answer of another form."""
    remedy = "Compare the answer with the data set's description: its form may have changed."
    place = Place(telling.file, component=f"source {telling.name}")
    return InputError(f"{telling.name} answers something else", (Finding(what, place, found, allowed, remedy),))


def _sample(row: object, promised: Rows, around: Surroundings) -> tuple[str, dt.date | dt.datetime, Mapping[str, object]] | None:
    if not isinstance(row, Mapping):
        return None
    fields = {str(name): value for name, value in row.items()}
    names = (spelt(fields, each, promised.synonyms) for each in (promised.station, promised.time))
    station, time = (fields.get(name) if name is not None else None for name in names)
    if not isinstance(station, str | int) or not str(station).strip():
        return None
    try:
        at = day_or_moment(time, around.time_zone, local=promised.local)
    except ValueError:
        return None
    return str(station).strip(), at.date() if promised.daily and isinstance(at, dt.datetime) else at, fields
