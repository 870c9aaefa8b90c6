"""Open data of Taiwan's Water Resources Agency, version 2: lists of rows in pages, every value a text, no key.

    url?format=JSON&sort=_importdate asc&page=1&size=1000

Pages are read until one is empty, or says the same as the one before (a server that has only one page).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from waterbalance.errors import InputError, SourceError
from waterbalance.sources.address import Address, shown
from waterbalance.sources.http_client import Question
from waterbalance.sources.samples import Sample, Telling
from waterbalance.sources.series_settings import SeriesName, StationSeries, SubdailyStationSeries
from waterbalance.sources.source import Fetched, SourceSettings, Surroundings
from waterbalance.sources.stations import Rows, fetched, rows_in, samples_of

if TYPE_CHECKING:
    import datetime as dt


class WraOpenData(SourceSettings):
    """A data set of the agency."""

    url: Address
    """Address of the data set, up to its identifier."""

    page_size: int = Field(default=1000, ge=1, le=10_000, strict=True)
    """Rows that are asked for at a time."""

    most_pages: int = Field(default=200, ge=1, strict=True)
    """Pages that are read at most."""

    series: Mapping[SeriesName, StationSeries] | Mapping[SeriesName, SubdailyStationSeries] = Field(min_length=1)
    """By `component.quantity`."""

    rows: ClassVar[Rows]
    """What the data set promises of its rows."""

    def read(self, first: dt.date, last: dt.date, around: Surroundings) -> Fetched:
        """As in `SourceSettings`."""
        telling = Telling(around.name, shown(self.url))
        samples = self._samples(around, telling)
        return fetched(self.series, samples, (first, last), around, telling, self.rows.synonyms)

    def _samples(self, around: Surroundings, telling: Telling) -> list[Sample]:
        """The rows of all pages; those before a page that fails are kept, and it is told."""
        found: list[Sample] = []
        before: Any = None
        for page in range(1, self.most_pages + 1):
            query = {"format": "JSON", "sort": "_importdate asc", "page": str(page), "size": str(self.page_size)}
            try:
                answer = around.client.json(Question(around.name, self.url, query), around.now)
                rows = rows_in(answer.value, telling)
                if not rows or rows == before:
                    return found
                found.extend(samples_of(rows, self.rows, answer, around, telling))
            except (SourceError, InputError) as error:
                if page == 1:
                    raise
                telling.found.extend(error.findings)
                telling.add("only a part has been read", f"{page - 1} pages", "all pages", "Later rows are missing.")
                return found
            if answer.kept is not None:
                telling.found.append(answer.kept)
            before = rows
        remedy = "Raise most_pages, or ask for fewer rows in the url."
        telling.add("there are more pages than are read", f"{self.most_pages} pages", None, remedy)
        return found
