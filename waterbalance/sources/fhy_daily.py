"""Daily report of reservoirs of Taiwan's flood service: one answer a day, numbers as numbers, local times.

    url?date=2026-04-05
    InflowTotal, OutflowTotal  1e4 m3/day    AccumulatedRainfall  mm/day    DeadWaterHeight, FullWaterHeight  m

`EffectiveCapacity` is what the reservoir can hold. `Time` is the hour of the report, local even where an offset is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import Field, field_validator

from waterbalance.errors import InputError, SourceError
from waterbalance.sources.address import Address, shown
from waterbalance.sources.http_client import Question
from waterbalance.sources.samples import Sample, Telling
from waterbalance.sources.series_settings import SeriesName
from waterbalance.sources.source import Fetched, SourceSettings, Surroundings
from waterbalance.sources.stations import Rows, fetched, rows_in, samples_of
from waterbalance.sources.wra_daily_operation import DailyOperationSeries, no_capacity_for_storage

ROWS = Rows(station="StationNo", time="Time", local=True, synonyms={})


class FhyDaily(SourceSettings):
    """The flood service's daily report."""

    type: Literal["fhy_daily"]

    url: Address
    """Address of the report; the date is added."""

    series: Mapping[SeriesName, DailyOperationSeries] = Field(min_length=1)
    """By `component.quantity`."""

    _storage = field_validator("series")(no_capacity_for_storage)

    def read(self, first: dt.date, last: dt.date, around: Surroundings) -> Fetched:
        """As in `SourceSettings`; a day whose report is not had costs that day only."""
        telling = Telling(around.name, shown(self.url))
        samples: list[Sample] = []
        failed: list[SourceError | InputError] = []
        dates = self._dates(first, last)
        for date in dates:
            try:
                samples.extend(self._report(date, around, telling))
            except (SourceError, InputError) as error:
                failed.append(error)
                telling.found.extend(error.findings)
        if len(failed) == len(dates):
            raise failed[0]
        return fetched(self.series, samples, (first, last), around, telling, ROWS.synonyms)

    def _dates(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """Days whose reports are needed."""
        shifts = [settings.shift for settings in self.series.values()]
        start, end = first - max(shifts), last - min(shifts)
        return [start + dt.timedelta(days=number) for number in range((end - start).days + 1)]

    def _report(self, date: dt.date, around: Surroundings, telling: Telling) -> list[Sample]:
        answer = around.client.json(Question(around.name, self.url, {"date": date.isoformat()}), around.now)
        samples = samples_of(rows_in(answer.value, telling), ROWS, answer, around, telling)
        if answer.kept is not None:
            telling.found.append(answer.kept)
        others = sorted({str(sample.date) for sample in samples if sample.date != date})
        if others:
            found, allowed = ", ".join(others), str(date)
            telling.add("the report is of another day", found, allowed, "Its rows count for the day that they tell.")
        return samples
