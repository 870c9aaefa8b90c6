"""OGC SensorThings API 1.0/1.1: datastreams with their observations, in pages that are linked by `@iot.nextLink`.

    url/Datastreams?$filter=...&$expand=Thing,Observations($filter=phenomenonTime ge ... and ...;$orderby=phenomenonTime asc)

A datastream is found by its number, or by the code of its thing's station and by its own name. Values that are told several times
a day become one number a day. The unit that the server tells must be of the kind of the unit in the settings.

Standard: OGC 18-088, SensorThings API Part 1: Sensing, version 1.1.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator

from waterbalance.errors import InputError, SourceError, UnitError
from waterbalance.scenario.wording import listed
from waterbalance.scenario.wording import shown as quoted
from waterbalance.sources.address import Address, shown
from waterbalance.sources.http_client import Answer, Question
from waterbalance.sources.json_parts import inside
from waterbalance.sources.plain_values import day_or_moment
from waterbalance.sources.samples import Sample, Telling, Wanted, few, readings_of
from waterbalance.sources.series_settings import SeriesName, SubdailySeries, UnitText, measure
from waterbalance.sources.source import Fetched, SourceSettings, Surroundings
from waterbalance.sources.stations import unpromised

if TYPE_CHECKING:
    from waterbalance.forecast.readings import Reading

_RESULT = "result"
_NEXT = "@iot.nextLink"


class DatastreamSeries(SubdailySeries):
    """One datastream."""

    unit: UnitText

    datastream: int | None = None
    """Its number (`@iot.id`)."""

    station: str | None = None
    """`stationCode` among its thing's properties, where no number is told."""

    name: str | None = None
    """Its own name, beside `station`."""

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if (self.datastream is None) == (self.station is None or self.name is None):
            raise ValueError("a datastream is told by its number, or by station and name; give one of the two")
        return self

    @property
    def condition(self) -> str:
        """The datastream, in the words of the standard's `$filter`."""
        if self.datastream is not None:
            return f"id eq {self.datastream}"
        texts = [str(each).replace("'", "''") for each in (self.station, self.name)]
        return f"Thing/properties/stationCode eq '{texts[0]}' and name eq '{texts[1]}'"

    def is_of(self, stream: Mapping[str, Any]) -> bool:
        """Whether a datastream is the one: not every server keeps to the filter."""
        if self.datastream is not None:
            return bool(stream.get("@iot.id") == self.datastream)
        code = inside(stream, "Thing", "properties", "stationCode")
        return bool(code == self.station and stream.get("name") == self.name)


class SensorThings(SourceSettings):
    """A SensorThings server."""

    type: Literal["sensorthings"]

    url: Address
    """Address of the service with its version, such as https://sta.example/v1.1."""

    times: Literal["told", "local"] = "told"
    """`local`: times are local whatever offset they tell."""

    page_size: int = Field(default=1000, ge=1, le=10_000, strict=True)
    """Observations that are asked for at a time."""

    most_pages: int = Field(default=200, ge=1, strict=True)
    """Pages of one series that are read at most."""

    series: Mapping[SeriesName, DatastreamSeries] = Field(min_length=1)
    """By `component.quantity`."""

    @property
    def _datastreams(self) -> str:
        return f"{self.url.rstrip('/')}/Datastreams"

    def read(self, first: dt.date, last: dt.date, around: Surroundings) -> Fetched:
        """As in `SourceSettings`."""
        telling = Telling(around.name, shown(self._datastreams))
        readings: list[Reading] = []
        failed: list[SourceError | InputError] = []
        for name, settings in self.series.items():
            wanted = Wanted(name, settings, _RESULT, measure(settings.unit), first, last)
            try:
                samples = self._samples(wanted, settings, around, telling)
            except (SourceError, InputError) as error:
                failed.append(error)
                telling.found.extend(error.findings)
                continue
            if samples:
                readings.extend(readings_of(wanted, samples, around, telling))
        if len(failed) == len(self.series):
            raise failed[0]
        return Fetched(tuple(readings), telling.all)

    def _samples(self, wanted: Wanted, settings: DatastreamSeries, around: Surroundings, telling: Telling) -> list[Sample]:
        """The observations of a series; none, and a finding, where there is no such datastream or its unit is another one."""
        pages = self._pages(self._question(wanted, settings, around), around, telling)
        seen: list[str] = []
        for stream, answer in _values(pages, telling):
            if not settings.is_of(stream):
                seen.append(f"{inside(stream, 'Thing', 'properties', 'stationCode')} {stream.get('name')}")
                continue
            if not _has_unit_of(stream, settings, wanted, telling):
                return []
            first = [self._sample(each, answer, around) for each in stream.get("Observations") or []]
            return _whole([*first, *self._further(stream, wanted, around, telling)], wanted, telling)
        remedy = "Look for the datastream's number, or the station's code and name, at the server."
        found_text = listed(dict.fromkeys(seen)) if len(seen) <= 5 else few(seen)
        telling.add("the datastream does not exist", settings.condition, found_text, remedy, wanted.name)
        return []

    def _further(
        self, stream: Mapping[str, Any], wanted: Wanted, around: Surroundings, telling: Telling
    ) -> Iterator[Sample | None]:
        """Observations of the pages after the first; those before a page that fails are kept, and it is told."""
        more = stream.get(f"Observations{_NEXT}")
        if not isinstance(more, str):
            return
        try:
            for each, page in _values(self._pages(Question(around.name, more), around, telling), telling):
                yield self._sample(each, page, around)
        except (SourceError, InputError) as error:
            telling.found.extend(error.findings)
            remedy = "Later observations are missing."
            telling.add("only a part has been read", "the first pages", "all pages", remedy, wanted.name)

    def _question(self, wanted: Wanted, settings: DatastreamSeries, around: Surroundings) -> Question:
        """Two days more than asked for on either side: midnights and shifts look beyond their day."""
        margin = dt.timedelta(days=2)
        start, end = (
            dt.datetime.combine(day, dt.time(), around.time_zone).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            for day in (wanted.first - margin, wanted.last + margin)
        )
        times = f"phenomenonTime ge {start} and phenomenonTime lt {end}"
        expand = f"Thing,Observations($filter={times};$orderby=phenomenonTime asc;$top={self.page_size})"
        query = {"$filter": settings.condition, "$expand": expand}
        return Question(around.name, self._datastreams, query, kept_as=f"{self._datastreams} {settings.condition}")

    def _pages(self, question: Question, around: Surroundings, telling: Telling) -> Iterator[Answer]:
        """The answer and those that it is continued by; hosts of links are checked as all others."""
        for _ in range(self.most_pages):
            answer = around.client.json(question, around.now)
            if answer.kept is not None:
                telling.found.append(answer.kept)
            yield answer
            more = inside(answer.value, _NEXT)
            if not isinstance(more, str):
                return
            question = Question(around.name, more)
        remedy = "Raise most_pages or page_size."
        telling.add("there are more pages than are read", f"{self.most_pages} pages", None, remedy)

    def _sample(self, observation: Any, answer: Answer, around: Surroundings) -> Sample | None:  # noqa: ANN401
        """One observation; None where it has no time. Of an interval, the beginning counts."""
        told = inside(observation, "phenomenonTime")
        try:
            at = day_or_moment(str(told).partition("/")[0], around.time_zone, local=self.times == "local")
        except ValueError:
            return None
        label = "" if answer.kept is None else answer.kept.what
        return Sample("", at, {_RESULT: observation.get(_RESULT)}, answer.known_at, label)


def _values(pages: Iterator[Answer], telling: Telling) -> Iterator[tuple[Mapping[str, Any], Answer]]:
    """What stands in the lists of pages. Raises `InputError` where a page is no page of the standard."""
    for answer in pages:
        values = inside(answer.value, "value")
        if not isinstance(values, list) or not all(isinstance(each, Mapping) for each in values):
            found = listed(answer.value) if isinstance(answer.value, Mapping) else quoted(answer.value)
            raise unpromised(telling, "the answer is no list of the SensorThings API", found, "a mapping with 'value: [...]'")
        yield from ((each, answer) for each in values)


def _has_unit_of(stream: Mapping[str, Any], settings: DatastreamSeries, wanted: Wanted, telling: Telling) -> bool:
    """Whether the server's unit, where one can be read, is the one of the settings."""
    told = str(inside(stream, "unitOfMeasurement", "symbol") or inside(stream, "unitOfMeasurement", "name") or "")
    try:
        served = measure(told) if told else wanted.measure
    except UnitError:
        return True
    if served == wanted.measure:
        return True
    remedy = f"Write 'unit: {told}', or ask the server's owner."
    telling.add("the server tells another unit", quoted(told), quoted(settings.unit), remedy, wanted.name)
    return False


def _whole(found: list[Sample | None], wanted: Wanted, telling: Telling) -> list[Sample]:
    samples = [each for each in found if each is not None]
    if len(samples) < len(found):
        what, lost = "observations without a time that can be read", f"{len(found) - len(samples)} of {len(found)}"
        telling.add(what, lost, "phenomenonTime as in ISO 8601", "They are left out.", wanted.name)
    if not samples:
        remedy = "Look whether the station still reports."
        telling.add("the datastream has no observations", None, f"{wanted.first} to {wanted.last}", remedy, wanted.name)
    return samples
