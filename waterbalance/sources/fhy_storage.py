"""What reservoirs hold, by Taiwan's flood service: the newest figure of each, in regions, as numbers.

    EffectiveStorage  1e4 m3, what the reservoir holds    EffectiveCapacity  1e4 m3, what it can hold
    PercentageOfStorage  %    AccumulatedRainfall  mm

`Time` is local, though it is labelled +00:00: 07:00 is the hour at which reservoirs report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import field_validator

from waterbalance.sources.address import Address, shown
from waterbalance.sources.http_client import Question
from waterbalance.sources.json_parts import inside, several
from waterbalance.sources.samples import Telling
from waterbalance.sources.series_settings import SeriesName, SubdailyStationSeries
from waterbalance.sources.source import Fetched, SourceSettings, Surroundings
from waterbalance.sources.stations import Rows, fetched, rows_in, samples_of, unpromised
from waterbalance.sources.wra_daily_operation import no_capacity_for_storage

if TYPE_CHECKING:
    import datetime as dt

ROWS = Rows(station="StationNo", time="Time", local=True, daily=False, synonyms={})


class FhyStorage(SourceSettings):
    """The flood service's newest storages."""

    type: Literal["fhy_storage"]

    url: Address
    """Address of the figures."""

    series: Mapping[SeriesName, SubdailyStationSeries]

    _storage = field_validator("series")(no_capacity_for_storage)

    def read(self, first: dt.date, last: dt.date, around: Surroundings) -> Fetched:
        """As in `SourceSettings`."""
        telling = Telling(around.name, shown(self.url))
        answer = around.client.json(Question(around.name, self.url, {"$format": "JSON"}), around.now)
        if answer.kept is not None:
            telling.found.append(answer.kept)
        regions = rows_in(answer.value, telling)
        rows: list[Any] = [row for region in regions for row in several(inside(region, "ReservoirRealTimeInfos"))]
        if not rows:
            raise unpromised(telling, "the answer holds no reservoirs", f"{len(regions)} regions", "ReservoirRealTimeInfos")
        samples = samples_of(rows, ROWS, answer, around, telling)
        return fetched(self.series, samples, (first, last), around, telling, ROWS.synonyms)
